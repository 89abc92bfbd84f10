//! The state machine of a sign-in's terminal dialogue: from the screen to the next step; pure.

use crate::secret::Secret;
use crate::signin::exit_message;
use crate::signin::output::{self, Shown};
use crate::signin::prompt::generic::{self, Guess};
use crate::signin::prompt::menu::{Menu, Move, Navigation, SelectBy};
use crate::signin::prompt::{Prompt, Question, Wants, clack, claude_code};
use crate::signin::screen::Screen;
use crate::text::Text;
use std::time::Duration;

/// The pause in a program's output after which text that looks like a prompt counts as one.
const PATIENCE: Duration = Duration::from_secs(2);
/// The same for text that does not end like a prompt, and may be an incomplete line.
const OPEN_PATIENCE: Duration = Duration::from_secs(15);
/// The same for a program whose usual prompts are known: a stalled connection is the likelier cause of the pause.
const LONG_PATIENCE: Duration = Duration::from_secs(30);
/// The pause after which a typed answer counts as received: with an echo, and without one.
const ECHOED: Duration = Duration::from_millis(80);
const SILENT: Duration = Duration::from_secs(2);
/// The number of draws after which a typed answer counts as received too: something else is drawing (a spinner).
const BUSY: u64 = 40;
/// How long a menu may take to move its marker.
const KEY_TIMEOUT: Duration = Duration::from_secs(30);
/// The most pages that are opened; a sign-in has one or two.
const MOST_PAGES: usize = 10;
/// The most device codes that are shown.
const MOST_CODES: usize = 50;

/// A page is opened once its address is on the screen and nothing was drawn for this long, or, if something else is
/// drawing, after this many draws: two programs that draw at the same time break each other's lines.
const STEADY: Duration = Duration::from_millis(50);
const STEADY_DRAWS: u64 = 10;

const ENTER: &str = "\r";

/// The program that signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// `claude setup-token`, which shows a token.
    SetupToken,
    /// `claude auth login`.
    AuthLogin,
    /// `openclaw models auth …`.
    OpenClaw,
    /// An unknown program.
    Other,
}

/// The next step of a sign-in.
pub(crate) enum Step {
    /// Wait until more is drawn or time passes.
    Wait,
    /// Open a sign-in page; its address is the program's, unchecked.
    Open(String),
    /// Show a device code, to be entered at a page.
    ShowCode { code: String, page: Option<String> },
    /// Ask the person for a line; the reply goes to `answer`.
    Ask(Question),
    /// Let the person choose from a menu; the reply goes to `choose`.
    Choose(Menu),
    /// The program refused the answer; `retry` asks again.
    Refused(Text),
    /// Withdraw the last question: the sign-in continued without an answer.
    Withdraw,
    /// Send these keys to the program.
    Type(Secret),
    /// The program showed the complete token, and the days that it is valid, if it prints them.
    Token {
        token: Secret,
        valid_days: Option<u32>,
    },
    /// Stop the sign-in, for this reason. The program is still running.
    GiveUp(Text),
}

/// How a sign-in ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    Done,
    /// The reason is the program's own, if it printed one.
    Failed(Option<Text>),
}

/// The state of the dialogue with one program.
#[derive(Clone)]
pub(crate) struct Dialogue {
    program: Program,
    pages: Vec<String>,
    /// The address to open next, and the number of draws when it first appeared.
    appeared: Option<(String, u64)>,
    /// The codes shown so far, and the person's answers: the echo of an answer must not be shown as a code.
    codes: Vec<Secret>,
    has_token: bool,
    last: Option<Last>,
    state: State,
}

/// The prompt that was answered last.
#[derive(Clone)]
struct Last {
    prompt: Prompt,
    /// Whether it has been off the screen since.
    gone: bool,
}

#[derive(Clone)]
enum State {
    /// Waiting for the program's next prompt.
    Watching,
    /// The person has been asked.
    Asked(Prompt),
    /// An answer is to be typed.
    Answered(Prompt, Secret),
    /// The answer was typed after this many draws; Enter is to follow.
    Typed(Prompt, u64),
    /// The marker is being moved to the choice.
    Choosing(Prompt, Navigation),
    /// Only Enter is to be typed.
    Entering(Prompt),
    /// The sign-in was given up.
    Over,
}

impl Dialogue {
    pub(crate) fn new(program: Program) -> Self {
        Self {
            program,
            pages: Vec::new(),
            appeared: None,
            codes: Vec::new(),
            has_token: false,
            last: None,
            state: State::Watching,
        }
    }

    /// The next step. `quiet` is the time since the last output or typed key.
    pub(crate) fn next(&mut self, screen: &Screen, quiet: Duration) -> Step {
        match std::mem::replace(&mut self.state, State::Watching) {
            // The answer belongs to the screen on which it was asked for, not to this one.
            State::Answered(prompt, text) => {
                self.state = State::Typed(prompt, screen.draws());
                return Step::Type(text);
            }
            State::Entering(prompt) => return self.enter(prompt),
            other => self.state = other,
        }
        if let Some(step) = self.show_output(screen, quiet) {
            return step;
        }
        match std::mem::replace(&mut self.state, State::Watching) {
            State::Watching | State::Answered(..) | State::Entering(_) => self.watch(screen, quiet),
            State::Asked(prompt) => {
                if is_current(screen, &prompt) || quiet < ECHOED {
                    self.state = State::Asked(prompt);
                    return Step::Wait;
                }
                Step::Withdraw
            }
            State::Typed(prompt, before) => {
                let drawn = screen.draws() - before;
                if drawn > 0 && quiet >= ECHOED || quiet >= SILENT || drawn >= BUSY {
                    return self.enter(prompt);
                }
                self.state = State::Typed(prompt, before);
                Step::Wait
            }
            State::Choosing(prompt, navigation) => self.steer(prompt, navigation, screen, quiet),
            State::Over => {
                self.state = State::Over;
                Step::Wait
            }
        }
    }

    /// Takes the person's line for the last `Ask`.
    pub(crate) fn answer(&mut self, text: Secret) {
        if let State::Asked(prompt) = &self.state {
            if self.codes.len() < MOST_CODES {
                self.codes.push(text.clone());
            }
            self.state = State::Answered(prompt.clone(), text);
        }
    }

    /// Takes the person's choice for the last `Choose`.
    pub(crate) fn choose(&mut self, index: usize) {
        let State::Asked(prompt) = &self.state else {
            return;
        };
        let Wants::Choice(menu) = &prompt.wants else {
            return;
        };
        let Some(choice) = menu.choices.get(index) else {
            return;
        };
        let letter = choice.as_str().chars().take(1).collect::<String>();
        let prompt = prompt.clone();
        self.state = match menu.select_by {
            SelectBy::Arrows => {
                State::Choosing(prompt.clone(), Navigation::new(menu.clone(), index))
            }
            SelectBy::Letter => State::Answered(prompt, Secret::from(letter.to_lowercase())),
            SelectBy::Enter => State::Entering(prompt),
        };
    }

    /// Asks again after the last `Refused`.
    pub(crate) fn retry(&mut self) {
        if let State::Asked(prompt) = &self.state {
            self.state = State::Entering(prompt.clone());
        }
    }

    /// The result, once the program has exited with this code.
    pub(crate) fn ended(&self, screen: &Screen, exit: i32) -> Ending {
        let done = exit == 0 && (self.program != Program::SetupToken || self.has_token);
        if done {
            Ending::Done
        } else {
            // The program's own question is not a reason.
            let asked = self.last.as_ref().map(|last| words(&last.prompt.wants).0);
            let said = exit_message::words(screen);
            Ending::Failed(said.filter(|said| Some(said.as_str()) != asked))
        }
    }

    /// The step for a page, a code or the token that is new on the screen; one for each.
    fn show_output(&mut self, screen: &Screen, quiet: Duration) -> Option<Step> {
        let mut page = None;
        for shown in output::all(screen) {
            match shown {
                Shown::Page(address) => {
                    // Shown again without its query, it is still the same page.
                    let known = self.pages.iter().any(|page| page.starts_with(&address));
                    if !known && self.pages.len() < MOST_PAGES {
                        if !self.is_steady(&address, screen, quiet) {
                            return Some(Step::Wait);
                        }
                        self.pages.push(address.clone());
                        return Some(Step::Open(address));
                    }
                    page = Some(address);
                }
                Shown::Code(code) => {
                    let known = self.codes.iter().any(|known| known.reveal() == code);
                    if !known && self.codes.len() < MOST_CODES {
                        self.codes.push(Secret::from(code.clone()));
                        return Some(Step::ShowCode { code, page });
                    }
                }
            }
        }
        if self.program == Program::SetupToken
            && !self.has_token
            && let Some((token, valid_days)) = output::token(screen)
        {
            self.has_token = true;
            return Some(Step::Token { token, valid_days });
        }
        None
    }

    /// Whether an address has been on the screen long enough to be complete.
    fn is_steady(&mut self, address: &str, screen: &Screen, quiet: Duration) -> bool {
        let draws = screen.draws();
        let since = match &self.appeared {
            Some((before, since)) if before == address => *since,
            _ => {
                self.appeared = Some((address.to_owned(), draws));
                draws
            }
        };
        quiet >= STEADY || draws - since >= STEADY_DRAWS
    }

    /// The step for a new prompt on the screen.
    fn watch(&mut self, screen: &Screen, quiet: Duration) -> Step {
        if let Some(last) = &mut self.last {
            last.gone |= !is_current(screen, &last.prompt);
        }
        let known = clack::detect(screen).or_else(|| claude_code::detect(screen));
        let Some(prompt) = known.or_else(|| self.guess(screen, quiet)) else {
            return Step::Wait;
        };
        if !self.is_new(&prompt, quiet) {
            return Step::Wait;
        }
        let step = match &prompt.wants {
            Wants::Line { question, .. } => Step::Ask(question.clone()),
            Wants::Choice(menu) => Step::Choose(menu.clone()),
            Wants::Retry(why) => Step::Refused(why.clone()),
            Wants::Several(title) => {
                self.state = State::Over;
                let why = format!("It wants several choices at once: {title}");
                return Step::GiveUp(Text::clean(&why));
            }
            Wants::Improper(words) => {
                self.state = State::Over;
                let why = format!("It asks for what no sign-in needs: {words}");
                return Step::GiveUp(Text::clean(&why));
            }
        };
        self.state = State::Asked(prompt);
        step
    }

    /// A prompt of unknown form, once the output has paused for long enough.
    fn guess(&self, screen: &Screen, quiet: Duration) -> Option<Prompt> {
        if quiet < PATIENCE {
            return None;
        }
        let Guess { prompt, closed } = generic::detect(screen)?;
        let is_likely =
            self.program == Program::Other || matches!(prompt.wants, Wants::Improper(_));
        let patience = match (is_likely, closed) {
            (true, true) => PATIENCE,
            (true, false) => OPEN_PATIENCE,
            (false, _) => LONG_PATIENCE,
        };
        (quiet >= patience).then_some(prompt)
    }

    /// Whether this prompt is unanswered. An answered one stays on the screen until the program redraws it.
    fn is_new(&self, prompt: &Prompt, quiet: Duration) -> bool {
        let Some(last) = &self.last else {
            return true;
        };
        if prompt.place != last.prompt.place {
            return true;
        }
        let (words, before) = (words(&prompt.wants), words(&last.prompt.wants));
        if !words.1.is_empty() && words.1 != before.1 {
            return true;
        }
        let same = words.0 == before.0;
        let other = !same && !words.0.starts_with(before.0);
        // The same question in the same place, as after the screen was cleared. If the prompt never left the
        // screen, it may still be the answered one.
        let again = same && is_untouched(prompt) && (last.gone || quiet >= LONG_PATIENCE);
        other || again
    }

    /// The next key of a menu, until its marker is at the choice.
    fn steer(
        &mut self,
        prompt: Prompt,
        mut navigation: Navigation,
        screen: &Screen,
        quiet: Duration,
    ) -> Step {
        let seen = clack::detect(screen).filter(|seen| seen.place == prompt.place);
        let step = match seen.map(|seen| seen.wants) {
            Some(Wants::Choice(menu)) => navigation.next(&menu),
            _ => Move::Wait,
        };
        match step {
            Move::Arrived => return self.enter(prompt),
            Move::Press(key) => {
                self.state = State::Choosing(prompt, navigation);
                return Step::Type(Secret::from(key.to_owned()));
            }
            Move::Wait if quiet < KEY_TIMEOUT => {
                self.state = State::Choosing(prompt, navigation);
                return Step::Wait;
            }
            Move::Wait | Move::Lost => {}
        }
        self.state = State::Over;
        Step::GiveUp(Text::clean("Its menu does not do what its keys should."))
    }

    /// Types Enter, which completes the answer.
    fn enter(&mut self, prompt: Prompt) -> Step {
        self.last = Some(Last {
            prompt,
            gone: false,
        });
        Step::Type(Secret::from(ENTER.to_owned()))
    }
}

/// Whether a prompt is still where it was.
fn is_current(screen: &Screen, prompt: &Prompt) -> bool {
    let lines = 0..screen.len();
    lines
        .filter(|&line| screen.place(line) == prompt.place)
        .any(|line| {
            screen
                .text(line)
                .trim_start()
                .starts_with(prompt.mark.trim())
        })
}

/// The words of a prompt, and why it refused the last answer.
fn words(wants: &Wants) -> (&str, &str) {
    match wants {
        Wants::Line { question, .. } => (question.prompt.as_str(), question.rejection.as_str()),
        Wants::Choice(menu) => (menu.title.as_str(), ""),
        Wants::Retry(words) | Wants::Improper(words) | Wants::Several(words) => {
            (words.as_str(), "")
        }
    }
}

/// Whether nothing has been typed at a prompt yet.
fn is_untouched(prompt: &Prompt) -> bool {
    match prompt.wants {
        Wants::Line { untouched, .. } => untouched,
        _ => true,
    }
}
