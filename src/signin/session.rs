//! A sign-in in progress: passes the program's screen to the dialogue, and the dialogue's steps to the person.
//!
//! A dialog of Android covers the browser. So on a phone the question comes first and the page after it: the page is
//! then on top, and the question is still there when the person comes back.

mod context;
mod pages;
mod person;
mod transport;

use std::thread;

use crate::gateway::script::Tool;
use crate::phone::Phone;
use crate::secret::Secret;
use crate::signin::ask_user::{Line, Reply, Request};
use crate::signin::dialogue::{Dialogue, Ending, Step};
use crate::signin::error::SignInError;
use crate::signin::pasted::{self, Shape};
use crate::signin::prompt::{AnswerKind, Question};
use crate::signin::restart::wants_restart;
pub(crate) use crate::signin::session::context::{SignInContext, SignInProgram, Signed};
use crate::signin::session::pages::Pages;
pub(crate) use crate::signin::session::pages::notification_id;
use crate::signin::session::person::{About, PersonSide};
use crate::signin::session::transport::{Event, Transport};
use crate::signin::url_policy::{self, Denied};

/// Runs a program that signs in, on the gateway's terminal, to its end.
pub(crate) fn run(plan: SignInProgram, context: &SignInContext<'_>) -> Result<Signed, SignInError> {
    let transport = Transport::start(&plan, context)?;
    thread::scope(|scope| {
        Session {
            dialogue: Dialogue::new(plan.program),
            person: PersonSide::new(context, scope),
            pages: Pages::new(context),
            plan,
            context,
            transport,
            token: None,
        }
        .run()
    })
}

struct Session<'scope, 'env> {
    plan: SignInProgram,
    context: &'env SignInContext<'env>,
    transport: Transport,
    dialogue: Dialogue,
    person: PersonSide<'scope, 'env>,
    pages: Pages<'env>,
    token: Option<(Secret, Option<u32>)>,
}

impl Session<'_, '_> {
    fn run(mut self) -> Result<Signed, SignInError> {
        self.person.read_clipboard();
        loop {
            loop {
                let Transport { screen, quiet, .. } = &self.transport;
                match self.dialogue.next(screen, *quiet) {
                    Step::Wait => break,
                    step => self.perform_step(step)?,
                }
            }
            self.pages.open();
            match self.transport.next()? {
                Event::Screen => {}
                Event::Woken => self.take_reply()?,
                Event::Ended(exit) => return self.ended(exit),
            }
        }
    }

    /// Performs a step of the dialogue, or postpones it while the person decides about a page.
    fn perform_step(&mut self, step: Step) -> Result<(), SignInError> {
        if self.person.is_deciding() {
            match step {
                Step::Open(_)
                | Step::ShowCode { .. }
                | Step::Ask(_)
                | Step::Choose(_)
                | Step::Refused(_) => {
                    self.person.postponed.push_back(step);
                    return Ok(());
                }
                Step::Withdraw => {
                    self.person.postponed.pop_back();
                    return Ok(());
                }
                Step::Wait | Step::Type(_) | Step::Token { .. } | Step::GiveUp(_) => {}
            }
        }
        match step {
            Step::Wait => {}
            Step::Open(address) => self.check_and_show_page(&address)?,
            Step::ShowCode { code, page } => self.show_code(&code, page.as_deref())?,
            Step::Ask(question) => self.ask(question),
            Step::Choose(menu) => {
                let choices = menu.choices.iter().map(ToString::to_string).collect();
                let title = menu.title.to_string();
                self.ask_person(About::Program, Request::Choice { title, choices });
            }
            Step::Refused(words) => {
                let choices = ["Paste another code", "Show the page again", "Stop"];
                let request = Request::Choice {
                    title: words.to_string(),
                    choices: choices.map(String::from).to_vec(),
                };
                self.ask_person(About::SignInFailed, request);
            }
            Step::Withdraw => self.person.withdraw(),
            Step::Type(keys) => self.transport.type_keys(&keys),
            Step::Token { token, valid_days } => self.token = Some((token, valid_days)),
            Step::GiveUp(reason) => return Err(SignInError::Failed(Some(reason))),
        }
        Ok(())
    }

    /// Shows a page that the URL policy allows; asks the person about an unknown host.
    fn check_and_show_page(&mut self, address: &str) -> Result<(), SignInError> {
        match url_policy::inspect(address, &self.context.rules.allowed_hosts) {
            Ok(page) => self.pages.show(page),
            Err(Denied::Invalid(reason)) => return Err(SignInError::BadPage(reason)),
            Err(Denied::Untrusted(page)) => {
                let title = format!(
                    "{} shows a page on {}, which is no known sign-in host",
                    self.context.connection.gateway.name,
                    page.host()
                );
                let choices = ["Do not open it", "Open it this once"];
                let choices = choices.map(String::from).to_vec();
                self.ask_person(
                    About::UntrustedPage(page),
                    Request::Choice { title, choices },
                );
            }
        }
        Ok(())
    }

    /// Shows a device code, and the page that it is typed into.
    fn show_code(&mut self, code: &str, address: Option<&str>) -> Result<(), SignInError> {
        if !pasted::is_device_code(code) {
            return Err(SignInError::BadPage("its code is none to be typed".into()));
        }
        if let Some(address) = address {
            self.check_and_show_page(address)?;
        }
        self.pages.show_code(code);
        Ok(())
    }

    /// Asks the person for a line; a secret that is known already is typed without asking.
    fn ask(&mut self, question: Question) {
        let shape = match question.answer {
            AnswerKind::Code if self.plan.tool == Tool::Claude => Shape::ClaudeCode,
            AnswerKind::CodeOrAddress => Shape::Redirect { or_code: true },
            AnswerKind::Secret => {
                if let Some(secret) = self.plan.prepared.take() {
                    self.dialogue.answer(secret);
                    return;
                }
                self.plan.secret.clone()
            }
            AnswerKind::Code | AnswerKind::Other => Shape::Text,
        };
        let request = Request::Line(Box::new(Line {
            question,
            shape,
            page: self.pages.page.clone(),
            remark: self.pages.remark.take(),
            gateway: self.context.connection.gateway.name.clone(),
        }));
        self.ask_person(About::Program, request);
    }

    /// Asks the person, while the program continues.
    fn ask_person(&mut self, about: About, request: Request) {
        if matches!(self.context.phone, Phone::Terminal) {
            // In a terminal the page is above the question.
            self.pages.open();
        }
        self.person.ask(about, request, self.transport.waker());
    }

    /// Passes the person's reply to the dialogue, if it has arrived.
    fn take_reply(&mut self) -> Result<(), SignInError> {
        let Some((about, reply)) = self.person.reply() else {
            return Ok(());
        };
        match (about, reply.map_err(SignInError::NoAnswer)?) {
            (_, Reply::Declined) => return Err(SignInError::Declined),
            (About::Program, Reply::Line(line)) => self.dialogue.answer(line),
            (About::Program, Reply::Choice(index)) => self.dialogue.choose(index),
            (About::SignInFailed, Reply::Choice(again @ (0 | 1))) => {
                if again == 1 {
                    self.pages.show_again();
                }
                self.dialogue.retry();
            }
            (About::UntrustedPage(page), Reply::Choice(1)) => {
                self.pages.show(page);
                while !self.person.is_deciding()
                    && let Some(step) = self.person.postponed.pop_front()
                {
                    self.perform_step(step)?;
                }
            }
            (About::UntrustedPage(page), _) => {
                return Err(SignInError::UnknownHost(page.host().to_string()));
            }
            (About::SignInFailed, _) => return Err(SignInError::Declined),
        }
        Ok(())
    }

    /// The result, once the program has exited.
    fn ended(mut self, exit: i32) -> Result<Signed, SignInError> {
        let screen = &self.transport.screen;
        match self.dialogue.ended(screen, exit) {
            Ending::Done => Ok(Signed {
                token: self.token.take(),
                wants_restart: (0..screen.len()).any(|line| wants_restart(screen.text(line))),
            }),
            Ending::Failed(words) => Err(SignInError::Failed(words)),
        }
    }
}
