//! A sign-in under way: what the program draws goes to the dialogue, and what that wants to the person.
//!
//! A dialog of Android covers the browser. So on a phone the question comes first and the page after it: the page is
//! then on top, and the question is still there when the person comes back.

use std::collections::VecDeque;
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, Scope};
use std::time::Duration;

use crate::config::file::SignIn;
use crate::gateway::control_master::{ControlMaster, Forward};
use crate::gateway::host::Transport;
use crate::gateway::pty::{PtyEvent, RemoteTerminal};
use crate::gateway::script::{TerminalProgram, Tool};
use crate::phone::dialog::NoAnswer;
use crate::phone::{ActionCommand, Phone, PhoneActions, SignInNotification};
use crate::secret::Secret;
use crate::signin::ask_user::{LIMIT, Line, Prompter, Reply, Request};
use crate::signin::dialogue::{Dialogue, Ending, Program, Step};
use crate::signin::error::SignInError;
use crate::signin::pasted::{self, Shape};
use crate::signin::prompt::{Answer, Question};
use crate::signin::restart::wants_restart;
use crate::signin::screen::{COLUMNS, ROWS, Screen};
use crate::signin::url_policy::{self, Denied, Page};
use crate::system::{ChildGroup, System, port, terminal};
use crate::text::Text;

/// How much a program may draw, in bytes, without ever pausing for a [`TICK`]: what spins draws less in all its time.
const LONGEST_FLOOD: usize = 2 * 1024 * 1024;
/// How often time alone is a reason to look at the screen again.
const TICK: Duration = Duration::from_millis(50);

/// A program that signs in, and how it is spoken with.
pub(crate) struct Plan {
    pub(crate) tool: Tool,
    pub(crate) arguments: Vec<String>,
    pub(crate) program: Program,
    /// What it wants where it asks for a secret.
    pub(crate) secret: Shape,
    /// That secret, where it is known already.
    pub(crate) prepared: Option<Secret>,
}

/// What a sign-in happens in.
pub(crate) struct SignInContext<'a> {
    pub(crate) connection: &'a ControlMaster<'a>,
    pub(crate) phone: &'a Phone,
    pub(crate) launcher: &'a ActionCommand,
    pub(crate) rules: &'a SignIn,
    pub(crate) system: &'a System,
    /// Told the address of the page that the person is at.
    pub(crate) page_shown: &'a (dyn Fn(&str) + Sync),
}

/// A program that ended well.
pub(crate) struct Signed {
    /// The token that it showed, and for how many days it is valid.
    pub(crate) token: Option<(Secret, Option<u32>)>,
    /// Whether it asked for the gateway process to be restarted.
    pub(crate) wants_restart: bool,
}

/// Runs a program that signs in, on the gateway's terminal, to its end.
pub(crate) fn run(plan: Plan, scene: &SignInContext<'_>) -> Result<Signed, SignInError> {
    let program = TerminalProgram {
        tool: plan.tool,
        arguments: plan.arguments.clone(),
        limit: LIMIT,
        rows: ROWS,
        columns: COLUMNS,
    };
    let gateway = &scene.connection.gateway;
    let terminal =
        RemoteTerminal::start(gateway, &program, scene.system).map_err(SignInError::Lost)?;
    thread::scope(|scope| {
        Session {
            dialogue: Dialogue::new(plan.program),
            prompter: Prompter::new(scene.phone),
            looking: scene.system.child_group(),
            plan,
            scene,
            scope,
            terminal,
            screen: Screen::new(),
            quiet: Duration::ZERO,
            flood: 0,
            asked: None,
            postponed: VecDeque::new(),
            page: None,
            unopened: None,
            forward: None,
            remark: None,
            token: None,
        }
        .run()
    })
}

struct Session<'scope, 'env> {
    plan: Plan,
    scene: &'env SignInContext<'env>,
    scope: &'scope Scope<'scope, 'env>,
    prompter: Prompter<'env>,
    /// What looks at the clipboard before anything is copied.
    looking: ChildGroup,
    terminal: RemoteTerminal,
    screen: Screen,
    dialogue: Dialogue,
    /// For how long nothing has been drawn.
    quiet: Duration,
    /// How many bytes have been drawn since it last was quiet.
    flood: usize,
    asked: Option<Asked>,
    /// What has to wait until the person has decided about a page.
    postponed: VecDeque<Step>,
    page: Option<Page>,
    /// A page that waits for the question to be on the screen below it.
    unopened: Option<Page>,
    forward: Option<Forward<'env>>,
    /// What the person has to know about the page.
    remark: Option<String>,
    token: Option<(Secret, Option<u32>)>,
}

/// A question that is on the person's screen. Dropping it takes it back, as far as that can be done.
struct Asked {
    about: About,
    /// What shows it.
    _showing: ChildGroup,
    reply: Receiver<Result<Reply, NoAnswer>>,
}

enum About {
    /// For the program.
    Program,
    /// Whether to go on after a refusal.
    Denied,
    /// Whether to open a page on an unknown host.
    Stranger(Page),
}

impl<'env> Session<'_, 'env> {
    fn run(mut self) -> Result<Signed, SignInError> {
        let (prompter, system) = (self.prompter.clone(), self.looking.clone());
        self.scope
            .spawn(move || prompter.look_at_clipboard(&system));
        loop {
            loop {
                match self.dialogue.next(&self.screen, self.quiet) {
                    Step::Wait => break,
                    step => self.take(step)?,
                }
            }
            self.open_page();
            match self.terminal.watch(TICK) {
                PtyEvent::Drawn(bytes) => {
                    self.screen.draw(&bytes);
                    self.quiet = Duration::ZERO;
                    self.flood += bytes.len();
                    if self.flood > LONGEST_FLOOD {
                        let why = Text::clean("It draws without end.");
                        return Err(SignInError::Failed(Some(why)));
                    }
                }
                PtyEvent::Nothing => {
                    self.quiet += TICK;
                    self.flood = 0;
                }
                PtyEvent::Woken => self.heard()?,
                PtyEvent::Ended(exit) => return self.ended(exit),
                PtyEvent::Missing => return Err(SignInError::Missing(self.plan.tool)),
                PtyEvent::Lost(failure) => return Err(SignInError::Lost(failure)),
            }
        }
    }

    fn take(&mut self, step: Step) -> Result<(), SignInError> {
        if self.decides() {
            match step {
                Step::Open(_)
                | Step::ShowCode { .. }
                | Step::Ask(_)
                | Step::Choose(_)
                | Step::Refused(_) => {
                    self.postponed.push_back(step);
                    return Ok(());
                }
                Step::Withdraw => {
                    self.postponed.pop_back();
                    return Ok(());
                }
                Step::Wait | Step::Type(_) | Step::Token { .. } | Step::GiveUp(_) => {}
            }
        }
        match step {
            Step::Wait => {}
            Step::Open(address) => self.consider(&address)?,
            Step::ShowCode { code, page } => self.show_code(&code, page.as_deref())?,
            Step::Ask(question) => self.ask(question),
            Step::Choose(menu) => {
                let choices = menu.choices.iter().map(ToString::to_string).collect();
                let title = menu.title.to_string();
                self.put(About::Program, Request::Choice { title, choices });
            }
            Step::Refused(words) => {
                let choices = ["Paste another code", "Show the page again", "Stop"];
                let request = Request::Choice {
                    title: words.to_string(),
                    choices: choices.map(String::from).to_vec(),
                };
                self.put(About::Denied, request);
            }
            Step::Withdraw => self.asked = None,
            Step::Type(keys) => {
                // A program that no longer listens has ended, which is seen next.
                let _ = self.terminal.say(keys.reveal().as_bytes());
                self.quiet = Duration::ZERO;
            }
            Step::Token { token, valid_days } => self.token = Some((token, valid_days)),
            Step::GiveUp(reason) => return Err(SignInError::Failed(Some(reason))),
        }
        Ok(())
    }

    /// Whether the person is being asked about a page: a question of the program on top would hide that.
    fn decides(&self) -> bool {
        let about = self.asked.as_ref().map(|asked| &asked.about);
        matches!(about, Some(About::Stranger(_)))
    }

    /// Shows a page, if it is one to be shown.
    fn consider(&mut self, address: &str) -> Result<(), SignInError> {
        match url_policy::inspect(address, &self.scene.rules.allowed_hosts) {
            Ok(page) => self.show(page),
            Err(Denied::Invalid(reason)) => return Err(SignInError::BadPage(reason)),
            Err(Denied::Untrusted(page)) => {
                let title = format!(
                    "{} shows a page on {}, which is no known sign-in host",
                    self.scene.connection.gateway.name,
                    page.host()
                );
                let choices = ["Do not open it", "Open it this once"];
                let choices = choices.map(String::from).to_vec();
                self.put(About::Stranger(page), Request::Choice { title, choices });
            }
        }
        Ok(())
    }

    fn show(&mut self, page: Page) {
        if self.page.as_ref() == Some(&page) {
            return;
        }
        if let Some(callback) = page.callback() {
            (self.forward, self.remark) = match self.lead_back(callback.port) {
                Ok(forward) => (forward, None),
                Err(reason) => (None, Some(reason)),
            };
        }
        self.page = Some(page.clone());
        self.unopened = Some(page);
    }

    /// Has the browser's answer reach the gateway by itself; nothing is needed where the gateway is this machine.
    ///
    /// # Errors
    /// Why it cannot, for a person, who then has to paste it.
    fn lead_back(&self, port: u16) -> Result<Option<Forward<'env>>, String> {
        let connection = self.scene.connection;
        if connection.gateway.transport == Transport::Local {
            return Ok(None);
        }
        let from = self.scene.rules.forward_from;
        // ssh takes over a port that a sign-in which was killed has left with the connection.
        connection
            .forward(from, port)
            .map(Some)
            .map_err(|reason| match port::holder(from, port) {
                Some(holder) => format!("Port {port} is taken here by {holder}."),
                None => format!("Port {port} cannot lead to the gateway: {reason}."),
            })
    }

    fn open_page(&mut self) {
        let Some(page) = self.unopened.take() else {
            return;
        };
        (self.scene.page_shown)(page.url());
        let title = format!("Sign in at {}", page.host());
        if matches!(self.scene.phone, Phone::Terminal) {
            terminal::eprint(&format!("{title}:\n"));
        }
        self.perform(&PhoneActions {
            sign_in_notification: Some(self.sign_in_notification(title, &page)),
            page: Some(page.url().to_owned()),
            ..PhoneActions::default()
        });
        if self.forward.is_some() {
            terminal::eprint("The browser brings the answer back by itself.\n");
        }
    }

    fn show_code(&mut self, code: &str, address: Option<&str>) -> Result<(), SignInError> {
        if !pasted::is_device_code(code) {
            return Err(SignInError::BadPage("its code is none to be typed".into()));
        }
        if let Some(address) = address {
            self.consider(address)?;
        }
        // One that was shown before the code came is open already.
        let unopened = self.unopened.take();
        let host = self.page.as_ref().map(|page| page.host().to_string());
        let at = host.map(|host| format!(" at {host}")).unwrap_or_default();
        let sign_in_notification = self.page.as_ref().map(|page| {
            (self.scene.page_shown)(page.url());
            self.sign_in_notification(format!("Enter {code}{at}"), page)
        });
        self.perform(&PhoneActions {
            toast: format!("Enter {code}{at}"),
            copied: Some(code.to_owned()),
            sign_in_notification,
            page: unopened.map(|page| page.url().to_owned()),
            ..PhoneActions::default()
        });
        if matches!(self.scene.phone, Phone::Terminal) {
            terminal::eprint("Waiting until that is done; Ctrl-C ends it.\n");
        }
        Ok(())
    }

    fn sign_in_notification(&self, title: String, page: &Page) -> SignInNotification {
        SignInNotification {
            id: notification_id(self.scene.connection.gateway.name.as_str()),
            title,
            content: "Tap to open the page.".into(),
            page: page.url().to_owned(),
        }
    }

    fn ask(&mut self, question: Question) {
        let shape = match question.answer {
            Answer::Code if self.plan.tool == Tool::Claude => Shape::ClaudeCode,
            Answer::CodeOrAddress => Shape::Redirect { or_code: true },
            Answer::Secret => {
                if let Some(secret) = self.plan.prepared.take() {
                    self.dialogue.answer(secret);
                    return;
                }
                self.plan.secret.clone()
            }
            Answer::Code | Answer::Other => Shape::Text,
        };
        let request = Request::Line(Box::new(Line {
            question,
            shape,
            page: self.page.clone(),
            remark: self.remark.take(),
            gateway: self.scene.connection.gateway.name.clone(),
        }));
        self.put(About::Program, request);
    }

    /// Asks the person, without keeping the program waiting.
    fn put(&mut self, about: About, request: Request) {
        if matches!(self.scene.phone, Phone::Terminal) {
            // What is asked for comes from the page above.
            self.open_page();
        }
        let (sender, reply) = mpsc::channel();
        let showing = self.scene.system.child_group();
        let system = showing.clone();
        self.asked = Some(Asked {
            about,
            _showing: showing,
            reply,
        });
        let (prompter, waker) = (self.prompter.clone(), self.terminal.waker());
        self.scope.spawn(move || {
            let reply = prompter.put(&request, &system);
            // Nobody waits for it any more if this fails.
            let _ = sender.send(reply);
            waker.wake();
        });
    }

    /// What the person replied, if it is to what is still asked.
    fn heard(&mut self) -> Result<(), SignInError> {
        let Some(asked) = &self.asked else {
            return Ok(());
        };
        let Ok(reply) = asked.reply.try_recv() else {
            return Ok(());
        };
        let Some(mut asked) = self.asked.take() else {
            return Ok(());
        };
        let about = std::mem::replace(&mut asked.about, About::Program);
        match (about, reply.map_err(SignInError::NoAnswer)?) {
            (_, Reply::Declined) => return Err(SignInError::Declined),
            (About::Program, Reply::Line(line)) => self.dialogue.answer(line),
            (About::Program, Reply::Choice(index)) => self.dialogue.choose(index),
            (About::Denied, Reply::Choice(again @ (0 | 1))) => {
                if again == 1 {
                    self.unopened = self.page.clone();
                }
                self.dialogue.retry();
            }
            (About::Stranger(page), Reply::Choice(1)) => {
                self.show(page);
                while !self.decides()
                    && let Some(step) = self.postponed.pop_front()
                {
                    self.take(step)?;
                }
            }
            (About::Stranger(page), _) => {
                return Err(SignInError::UnknownHost(page.host().to_string()));
            }
            (About::Denied, _) => return Err(SignInError::Declined),
        }
        Ok(())
    }

    fn ended(mut self, exit: i32) -> Result<Signed, SignInError> {
        match self.dialogue.ended(&self.screen, exit) {
            Ending::Done => Ok(Signed {
                token: self.token.take(),
                wants_restart: self.wants_restart(),
            }),
            Ending::Failed(words) => Err(SignInError::Failed(words)),
        }
    }

    fn wants_restart(&self) -> bool {
        (0..self.screen.len()).any(|line| wants_restart(self.screen.text(line)))
    }

    /// Has the phone do it; what does not work is told in the terminal, and the sign-in goes on.
    fn perform(&self, actions: &PhoneActions) {
        let actions = PhoneActions {
            launcher: self.scene.launcher.clone(),
            ..actions.clone()
        };
        let said = self.scene.phone.perform(&actions, self.scene.system);
        terminal::eprint(&said.shown);
        // What was ended with everything else has not failed.
        let problems = said.problems.into_iter();
        for problem in problems.filter(|_| !self.scene.system.processes.interrupted()) {
            terminal::eprint(&format!("clawtap: {problem}\n"));
        }
    }
}

/// The id of the notification that invites to a gateway's sign-in page.
pub(crate) fn notification_id(gateway: &str) -> String {
    format!("clawtap-{gateway}-sign-in")
}
