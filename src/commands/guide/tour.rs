//! The loop over the guide's pages.

use crate::app::assess::{Interactive, assess_these};
use crate::config::Config;
use crate::context::Context;
use crate::error::Error;
use crate::guide::{self, Capabilities, Choice, Page, Question};
use crate::hint::Hint;
use crate::phone::dialog::{NoAnswer, Person};
use crate::phone::{Delivered, Phone, PhoneActions};
use crate::status::assessment::Assessment;
use crate::system::terminal;

/// A guide in progress.
pub(super) struct Tour<'a> {
    pub(super) person: &'a dyn Person,
    pub(super) config: Config,
    pub(super) assessments: Vec<Assessment>,
    pub(super) context: &'a Context,
}

/// Where to go after an action.
pub(super) enum Next {
    Page(Page),
    End,
}

impl Tour<'_> {
    /// Checks every gateway, with a toast before and a vibration by the verdict.
    pub(super) fn begin(&mut self) -> Result<(), Error> {
        let said = self.perform(&PhoneActions {
            toast: "checking…".into(),
            ..PhoneActions::default()
        });
        if said.app_is_silent {
            // Its dialogs would never appear, and each would be waited for.
            return Err(
                Error::machine("guide cannot ask without the Termux:API app")
                    .hint(Hint::run("Install it, or use", "clawtap status")),
            );
        }
        let gateways = &self.config.gateways;
        self.assessments = assess_these(gateways, Interactive::No, self.context)?;
        self.learned(&self.assessments);
        Ok(())
    }

    /// Shows pages until the person leaves.
    pub(super) fn walk(&mut self) -> Result<(), NoAnswer> {
        let capabilities = Capabilities {
            reminders: matches!(self.context.phone, Phone::Termux)
                && self.context.system.environment.termux_prefix().is_some(),
        };
        let mut page = guide::first(&self.assessments);
        loop {
            let next = match guide::question(page, &self.assessments, capabilities) {
                Question::Tell { title, message } => {
                    self.person.show(&title, &message)?;
                    None
                }
                Question::Choose { title, choices } => {
                    let labels: Vec<String> =
                        choices.iter().map(|(label, _)| label.clone()).collect();
                    let chosen = self.person.choose(&title, &labels)?;
                    chosen
                        .and_then(|index| choices.get(index))
                        .map(|(_, choice)| *choice)
                }
            };
            let next = match next {
                Some(Choice::Open(next)) => Next::Page(next),
                Some(Choice::Do(gateway, issue, action)) => {
                    self.act(page, gateway, issue, action)?
                }
                None => guide::back(page, &self.assessments).map_or(Next::End, Next::Page),
            };
            match next {
                Next::Page(next) => page = next,
                Next::End => return Ok(()),
            }
        }
    }

    /// Performs phone actions. Errors are printed in the terminal; the dialogs go on.
    pub(super) fn perform(&self, actions: &PhoneActions) -> Delivered {
        let said = self.context.phone.perform(actions, &self.context.system);
        terminal::eprint(&said.shown);
        for problem in &said.problems {
            terminal::eprint(&format!("clawtap: {problem}\n"));
        }
        said
    }
}
