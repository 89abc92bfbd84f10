//! Asks the person for the input of a sign-in, until it is valid.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::context::Context;
use crate::gateway::host::Name;
use crate::phone::Phone;
use crate::phone::dialog::{Dialogs, Echo, NoAnswer, Person, Prompts};
use crate::secret::Secret;
use crate::signin::pasted::{self, Shape};
use crate::signin::prompt::{AnswerKind, Question};
use crate::signin::url_policy::Page;
use crate::system::System;

/// A question to the person.
pub(crate) enum Request {
    Choice { title: String, choices: Vec<String> },
    Line(Box<Line>),
}

/// A line to be asked for.
pub(crate) struct Line {
    pub(crate) question: Question,
    pub(crate) shape: Shape,
    /// The page that the answer comes from.
    pub(crate) page: Option<Page>,
    /// A remark before the question.
    pub(crate) remark: Option<String>,
    /// The gateway that it is for.
    pub(crate) gateway: Name,
}

/// The person's reply.
pub(crate) enum Reply {
    Declined,
    Line(Secret),
    Choice(usize),
}

/// Asks the questions of one sign-in.
#[derive(Clone)]
pub(crate) struct Prompter<'a> {
    phone: &'a Phone,
    /// The clipboard before the sign-in; only a later copy is offered.
    before: Arc<OnceLock<Option<Secret>>>,
}

impl<'a> Prompter<'a> {
    pub(crate) fn new(phone: &'a Phone) -> Self {
        Self {
            phone,
            before: Arc::default(),
        }
    }

    /// Remembers the clipboard, so that a later copy is known to be new.
    pub(crate) fn watch_clipboard(&self, system: &System) {
        self.before.get_or_init(|| self.phone.clipboard(system));
    }

    /// Asks until the reply is valid.
    pub(crate) fn ask(&self, request: &Request, system: &System) -> Result<Reply, NoAnswer> {
        let person = at(self.phone, system);
        match request {
            Request::Choice { title, choices } => {
                let choice = person.choose(title, choices)?;
                Ok(choice.map_or(Reply::Declined, Reply::Choice))
            }
            Request::Line(line) => self.line(line, &*person, system),
        }
    }

    fn line(&self, asked: &Line, person: &dyn Person, system: &System) -> Result<Reply, NoAnswer> {
        let Line {
            question,
            shape,
            page,
            remark,
            gateway,
        } = asked;
        let echo = if question.hidden { Echo::Off } else { Echo::On };
        let mut title = format!("{gateway}: {}", words(question, page.as_ref()));
        if let Some(remark) = remark {
            title.push_str(&format!("\n{remark}"));
        }
        loop {
            let Some(line) = person.ask(&title, self.hint(shape), echo)? else {
                return Ok(Reply::Declined);
            };
            let is_empty = line.reveal().trim().is_empty();
            if is_empty && question.answer == AnswerKind::Other {
                return Ok(Reply::Line(String::new().into()));
            }
            if is_empty && let Some(copied) = self.copied(shape, page.as_ref(), person, system)? {
                return Ok(Reply::Line(copied));
            }
            match pasted::check(shape, line.reveal(), page.as_ref()) {
                Ok(line) => return Ok(Reply::Line(line)),
                Err(reason) => title = format!("{gateway}: {reason}"),
            }
        }
    }

    /// The placeholder of the field, or the label before the line.
    fn hint(&self, shape: &Shape) -> &'static str {
        match (self.phone, shape) {
            (Phone::Termux, Shape::ClaudeCode | Shape::Redirect { .. }) => "Copied it? Just tap OK",
            (_, Shape::ClaudeCode) => "Code",
            (_, Shape::Redirect { .. }) => "Address",
            (_, Shape::SetupToken) => "Token",
            (_, Shape::ApiKey { .. }) => "API key",
            (_, Shape::Text) => "Answer",
        }
    }

    /// The clipboard's new text, if it fits the question and the person agrees.
    fn copied(
        &self,
        shape: &Shape,
        page: Option<&Page>,
        person: &dyn Person,
        system: &System,
    ) -> Result<Option<Secret>, NoAnswer> {
        let Some(text) = self.phone.clipboard(system) else {
            return Ok(None);
        };
        let is_old = self.before.get() == Some(&Some(text.clone()));
        if is_old || !pasted::looks_like(shape, text.reveal(), page) {
            return Ok(None);
        }
        let choices = ["Use the code you just copied".into(), "Type it".into()];
        let choice = person.choose("Use the code you just copied?", &choices)?;
        Ok((choice == Some(0)).then(|| pasted::tidy(text.reveal())))
    }
}

/// How long a sign-in may take, the person's part included.
pub(crate) const LIMIT: Duration = Duration::from_secs(10 * 60);

/// The dialogs of this phone or the prompts of this terminal; `None` if neither can be answered.
pub(crate) fn person(context: &Context) -> Option<Box<dyn Person + '_>> {
    let is_phone = matches!(context.phone, Phone::Termux);
    let reachable = is_phone || context.terminal.is_interactive;
    reachable.then(|| at(&context.phone, &context.system))
}

/// Dialogs on a phone, prompts in a terminal.
fn at<'a>(phone: &Phone, system: &'a System) -> Box<dyn Person + 'a> {
    match phone {
        Phone::Termux => Box::new(Dialogs {
            system,
            patience: LIMIT,
        }),
        Phone::Terminal => Box::new(Prompts {
            processes: &system.processes,
        }),
    }
}

/// The words of a question, or of the complaint about the last reply.
fn words(question: &Question, page: Option<&Page>) -> String {
    if !question.rejection.is_empty() {
        return question.rejection.to_string();
    }
    if let (AnswerKind::Code, Some(page)) = (question.answer, page) {
        return format!("paste the code from {}", page.host());
    }
    let mut parts: Vec<String> = question.context.iter().map(ToString::to_string).collect();
    parts.push(question.prompt.to_string());
    parts.join("\n")
}
