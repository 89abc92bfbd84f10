//! The phone: Termux:API if it is installed, otherwise the terminal.

mod action;
mod action_command;
pub(crate) mod dialog;
pub(crate) mod notification;
mod termux;
pub(crate) mod widget_list;

use std::path::Path;
use std::time::Duration;

pub(crate) use crate::phone::action::{Alert, Api, PhoneActions, SignInNotification};
pub(crate) use crate::phone::action_command::{ActionCommand, inherited_variables};
use crate::phone::termux::TermuxError;
use crate::secret::Secret;
use crate::system::System;
use crate::system::environment::Environment;
use crate::system::parallel::in_parallel;

/// The command line that schedules a script as a periodic job of Android's, for a person to read.
pub(crate) fn scheduling(script: &Path, job: u32, every: Duration) -> String {
    termux::schedule(script, job, every).to_string()
}

const NO_JOBS: &str = "Termux:API is not installed: pkg install termux-api";

/// The user interface of this device.
pub(crate) enum Phone {
    Termux,
    Terminal,
}

impl Phone {
    /// Termux:API, if its commands are on `PATH`.
    pub(crate) fn find(environment: &Environment) -> Self {
        if environment.program("termux-toast").is_some() {
            Self::Termux
        } else {
            Self::Terminal
        }
    }

    /// Performs actions on a phone only: in a terminal the caller prints the same.
    pub(crate) fn show(&self, actions: &PhoneActions, system: &System) {
        if matches!(self, Self::Termux) {
            self.perform(actions, system);
        }
    }

    /// Performs all actions in parallel; a missing or hanging command does not stop the others.
    ///
    /// Returns the text for the terminal: the actions themselves without a phone, and the failures with one.
    pub(crate) fn perform(&self, actions: &PhoneActions, system: &System) -> Delivered {
        match self {
            Self::Terminal => Delivered {
                shown: spelled_out(actions),
                problems: Vec::new(),
                app_is_silent: false,
            },
            Self::Termux => {
                let calls = termux::calls(actions);
                let problems = in_parallel(&calls, |call| call.run(system).err());
                let problems: Vec<TermuxError> = problems.into_iter().flatten().collect();
                Delivered {
                    shown: String::new(),
                    app_is_silent: problems.iter().any(|problem| problem.app_is_silent),
                    problems: problems.into_iter().map(|problem| problem.text).collect(),
                }
            }
        }
    }
}

impl Phone {
    /// Probes the app without a visible effect.
    pub(crate) fn api(&self, system: &System) -> Api {
        match self {
            Self::Termux => termux::api(system),
            Self::Terminal => Api::NoCommands,
        }
    }

    /// The clipboard's text, if Android allows reading it: since Android 10 only while Termux has the focus.
    pub(crate) fn clipboard(&self, system: &System) -> Option<Secret> {
        match self {
            Self::Termux => termux::clipboard(system),
            Self::Terminal => None,
        }
    }

    /// Shows an alert's notification.
    ///
    /// # Errors
    /// Why it is not shown, for a person.
    pub(crate) fn alert(&self, alert: &Alert, system: &System) -> Result<(), String> {
        match self {
            Self::Termux => termux::alert(alert, system).map_err(|problem| problem.text),
            Self::Terminal => Err("there is no Termux:API: pkg install termux-api".into()),
        }
    }

    /// Checks the owner's fingerprint.
    ///
    /// # Errors
    /// Why it was not confirmed, for a person.
    pub(crate) fn check_fingerprint(&self, system: &System) -> Result<(), String> {
        match self {
            Self::Termux => termux::fingerprint(system),
            Self::Terminal => Err("only a phone can check a fingerprint".into()),
        }
    }

    /// Schedules a periodic job of Android's.
    pub(crate) fn schedule(
        &self,
        script: &Path,
        job: u32,
        every: Duration,
        system: &System,
    ) -> Result<(), String> {
        match self {
            Self::Termux => termux::schedule(script, job, every)
                .run(system)
                .map_err(|problem| problem.text),
            Self::Terminal => Err(NO_JOBS.into()),
        }
    }

    /// Android's pending jobs, as Termux:API prints them.
    pub(crate) fn pending_jobs(&self, system: &System) -> Result<String, String> {
        match self {
            Self::Termux => termux::pending_jobs()
                .answer(system)
                .map_err(|problem| problem.text),
            Self::Terminal => Err(NO_JOBS.into()),
        }
    }

    /// Cancels a job of Android's.
    pub(crate) fn cancel(&self, job: u32, system: &System) -> Result<(), String> {
        match self {
            Self::Termux => termux::cancel(job)
                .run(system)
                .map_err(|problem| problem.text),
            Self::Terminal => Err(NO_JOBS.into()),
        }
    }
}

/// The result of actions, for the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Delivered {
    pub(crate) shown: String,
    pub(crate) problems: Vec<String>,
    /// Whether the Termux:API app does not answer at all.
    pub(crate) app_is_silent: bool,
}

impl Delivered {
    /// Merges the result of other actions; each problem is listed once.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.shown.push_str(&other.shown);
        let news = |problem: &String| !self.problems.contains(problem);
        let news: Vec<String> = other.problems.into_iter().filter(news).collect();
        self.problems.extend(news);
        self.app_is_silent |= other.app_is_silent;
        self
    }
}

/// The actions as text for the terminal.
fn spelled_out(actions: &PhoneActions) -> String {
    let mut text = String::new();
    if !actions.toast.is_empty() {
        text.push_str(&format!("{}\n", actions.toast));
    }
    for notification in &actions.notifications {
        text.push_str(&format!("→ {}\n", notification.content));
    }
    if let Some(page) = &actions.page {
        text.push_str(&format!("  {page}\n"));
    }
    text
}
