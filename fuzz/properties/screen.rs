//! Property of the screen and of the dialogue: any output of a program.

use std::time::Duration;

use crate::fuzzing::pieces::pieces;
use crate::fuzzing::wire::is_showable;
use crate::secret::Secret;
use crate::signin::dialogue::{Dialogue, Ending, Program, Step};
use crate::signin::prompt::menu::Menu;
use crate::signin::screen::{Cursor, ROWS, Screen};
use crate::signin::url_policy;

/// The longest input that is drawn byte by byte as well as in pieces.
const SHORT: usize = 300;
const MOST_CHOICES: usize = 200;
/// The most pages and codes that are shown.
const MOST_PAGES: usize = 10;
const MOST_TOLD: usize = 50;
/// More steps than one screen can lead to.
const MOST_STEPS: usize = 2 * MOST_TOLD + 8;
/// Words that a question to the person must not contain.
const NEVER_ASKED: [&str; 4] = [
    "[sudo]",
    "password for ",
    "passphrase",
    "continue connecting",
];
/// Longer than any pause that the dialogue waits for.
const LATER: Duration = Duration::from_secs(40);

/// Checks that the screen does not depend on how the output is cut into pieces, and that only the person's answers are
/// typed into the program, each once, after it asked.
///
/// # Panics
/// When that does not hold.
pub fn screen(bytes: &[u8]) {
    let whole = drawn([bytes].into_iter());
    let seen = look(&whole);
    assert_eq!(look(&converse(bytes)), seen, "cut into pieces");
    if bytes.len() <= SHORT {
        assert_eq!(look(&drawn(bytes.chunks(1))), seen, "byte by byte");
    }
    assert!(whole.len() <= usize::from(ROWS));
    assert!(whole.cursor().line < whole.len(), "a cursor outside");
}

fn drawn<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Screen {
    let mut screen = Screen::new();
    pieces.for_each(|piece| screen.draw(piece));
    screen
}

/// Everything that a screen returns.
fn look(screen: &Screen) -> (Cursor, Vec<String>, Vec<(u64, String)>) {
    let links = screen.links().iter().map(|link| link.to_string());
    let drawn = (0..screen.len()).map(|line| (screen.place(line), screen.text(line).to_owned()));
    (screen.cursor(), links.collect(), drawn.collect())
}

/// A simulated person who answers every question, with the keys that may be typed next.
struct Person {
    dialogue: Dialogue,
    program: Program,
    answers: usize,
    may: May,
    pages: Vec<String>,
    codes: Vec<String>,
    has_token: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum May {
    Nothing,
    /// This answer, then Enter.
    Answer(String),
    /// At most this many more keys, then Enter.
    Keys(usize),
    Enter,
    /// Nothing more: the dialogue gave up.
    NeverAgain,
}

/// Draws the bytes piece by piece, with a simulated person at the keyboard.
fn converse(bytes: &[u8]) -> Screen {
    let programs = [
        Program::SetupToken,
        Program::AuthLogin,
        Program::OpenClaw,
        Program::Other,
    ];
    let program = programs[bytes.len() % programs.len()];
    let mut person = Person {
        dialogue: Dialogue::new(program),
        program,
        answers: 0,
        may: May::Nothing,
        pages: Vec::new(),
        codes: Vec::new(),
        has_token: false,
    };
    let mut screen = Screen::new();
    // Reading the screen takes time, so the pieces of a long input are longer.
    for piece in pieces(bytes, 40 + bytes.len() / 8) {
        screen.draw(piece);
        person.react(&screen, Duration::ZERO);
        if piece.len() % 4 == 0 {
            person.react(&screen, LATER);
        }
    }
    for _ in 0..3 {
        person.react(&screen, LATER);
    }
    for exit in [0, 1] {
        match person.dialogue.ended(&screen, exit) {
            Ending::Failed(Some(words)) => is_showable(words.as_str()),
            Ending::Failed(None) => {}
            Ending::Done => {
                assert!(exit == 0 && (program != Program::SetupToken || person.has_token));
            }
        }
    }
    screen
}

impl Person {
    fn react(&mut self, screen: &Screen, mut quiet: Duration) {
        for _ in 0..MOST_STEPS {
            match self.dialogue.next(screen, quiet) {
                Step::Wait => return,
                step => {
                    if matches!(step, Step::Type(_)) {
                        quiet = Duration::ZERO;
                    }
                    self.take(step);
                }
            }
        }
        panic!("no end of steps");
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Wait => {}
            Step::Open(address) => {
                let _ = url_policy::inspect(&address, &[]);
                self.pages.push(address);
                assert!(self.pages.len() <= MOST_PAGES);
            }
            Step::ShowCode { code, .. } => {
                let fine =
                    |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
                assert!(code.bytes().all(fine) && code.len() <= 30, "{code:?}");
                assert!(!self.codes.contains(&code), "{code} again");
                self.codes.push(code);
                assert!(self.codes.len() <= MOST_TOLD);
            }
            Step::Ask(question) => {
                self.is_asked();
                let prompt = question.prompt.as_str().to_lowercase();
                let asked = NEVER_ASKED.iter().find(|words| prompt.contains(**words));
                assert_eq!(asked, None, "{prompt:?}");
                self.answers += 1;
                let answer = format!("answer {}", self.answers);
                self.dialogue.answer(Secret::from(answer.clone()));
                self.may = May::Answer(answer);
            }
            Step::Choose(menu) => {
                self.is_asked();
                check(&menu);
                self.answers += 1;
                self.dialogue.choose(self.answers % menu.choices.len());
                self.may = May::Keys(menu.choices.len() + 1);
            }
            Step::Refused(_) => {
                self.is_asked();
                self.dialogue.retry();
                self.may = May::Enter;
            }
            Step::Withdraw => panic!("what was answered at once was withdrawn"),
            Step::Type(keys) => self.typed(keys.reveal()),
            Step::Token { token, .. } => {
                let token = token.reveal();
                assert!(self.program == Program::SetupToken && !self.has_token);
                assert!(token.starts_with("sk-ant-oat"));
                self.has_token = true;
            }
            Step::GiveUp(_) => {
                assert_ne!(self.may, May::NeverAgain, "it gave up twice");
                self.may = May::NeverAgain;
            }
        }
    }

    fn is_asked(&self) {
        assert_eq!(self.may, May::Nothing, "it asks before it was answered");
    }

    fn typed(&mut self, keys: &str) {
        self.may = match (&self.may, keys) {
            (May::Answer(answer), keys) if keys == answer => May::Enter,
            (May::Keys(left @ 1..), "\x1b[A" | "\x1b[B") => May::Keys(left - 1),
            (May::Keys(_), "y" | "n") => May::Enter,
            (May::Keys(_) | May::Enter, "\r") => May::Nothing,
            (may, keys) => panic!("{keys:?} was typed, and not {may:?}"),
        };
    }
}

fn check(menu: &Menu) {
    is_showable(menu.title.as_str());
    assert!(menu.marked < menu.choices.len(), "nothing is marked");
    assert!(menu.choices.len() <= MOST_CHOICES);
    menu.choices.iter().for_each(|it| is_showable(it.as_str()));
}
