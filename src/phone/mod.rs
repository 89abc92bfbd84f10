//! The phone: Termux:API where it is installed, the terminal where it is not.

pub(crate) mod dialog;
mod launcher;
pub(crate) mod notification;
mod termux;
pub(crate) mod widget_list;

use std::path::Path;
use std::time::Duration;

pub(crate) use crate::phone::launcher::{ActionCommand, handed_on};
use crate::phone::notification::Notification;
use crate::phone::termux::Problem;
use crate::secret::Secret;
use crate::system::System;
use crate::system::environment::Environment;
use crate::system::parallel::in_parallel;

/// The line that has Android run a script again and again, for a person to read.
pub(crate) fn scheduling(script: &Path, job: u32, every: Duration) -> String {
    termux::schedule(script, job, every).to_string()
}

const NO_JOBS: &str = "Termux:API is not installed: pkg install termux-api";

/// Everything one tap makes the phone do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PhoneActions {
    pub(crate) toast: String,
    pub(crate) vibration_ms: u32,
    pub(crate) notifications: Vec<Notification>,
    /// Ids of notifications that are no longer true.
    pub(crate) withdrawn: Vec<String>,
    /// What the buttons of the notifications start.
    pub(crate) launcher: ActionCommand,
    /// An https page to open.
    pub(crate) page: Option<String>,
    /// A page to offer in a notification as well: Android may not let a background task open one.
    pub(crate) sign_in_notification: Option<SignInNotification>,
    /// A text for the clipboard; never a secret.
    pub(crate) copied: Option<String>,
}

/// A notification that is to be heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alert {
    pub(crate) notification: Notification,
    /// What Android knows it by: it replaces the one of this id.
    pub(crate) id: String,
    /// Whether it makes no sound where it replaces one.
    pub(crate) silent_update: bool,
    /// What its buttons start.
    pub(crate) launcher: ActionCommand,
}

/// A notification that opens a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignInNotification {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) page: String,
}

/// What stands between us and the person.
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

    /// Tells a person who sees no terminal; one who does reads it there anyway.
    pub(crate) fn tell(&self, actions: &PhoneActions, system: &System) {
        if matches!(self, Self::Termux) {
            self.perform(actions, system);
        }
    }

    /// Does it all, side by side; an absent or hanging command never stops the rest.
    ///
    /// Returns what a person at a terminal should read: the actions themselves where there is no phone, and what
    /// did not work where there is one.
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
                let problems: Vec<Problem> = problems.into_iter().flatten().collect();
                Delivered {
                    shown: String::new(),
                    app_is_silent: problems.iter().any(|problem| problem.app_is_silent),
                    problems: problems.into_iter().map(|problem| problem.text).collect(),
                }
            }
        }
    }
}

/// How Termux:API is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Api {
    /// Its package is not installed.
    NoCommands,
    /// Its app says nothing: it is not there, of another source than Termux, or asleep.
    Silent,
    /// This build of Termux has none.
    Unavailable,
    /// A line for a person.
    Failing(String),
    /// The app answered with the jobs that it has Android run.
    Answering { pending: String },
}

impl Phone {
    /// Asks the app for something that nobody notices.
    pub(crate) fn api(&self, system: &System) -> Api {
        match self {
            Self::Termux => termux::api(system),
            Self::Terminal => Api::NoCommands,
        }
    }

    /// What is on the clipboard, if the phone lets us see it: since Android 10 only while Termux has the focus.
    pub(crate) fn clipboard(&self, system: &System) -> Option<Secret> {
        match self {
            Self::Termux => termux::clipboard(system),
            Self::Terminal => None,
        }
    }

    /// Puts an alert into the shade.
    ///
    /// # Errors
    /// Why it is not there, for a person.
    pub(crate) fn alert(&self, alert: &Alert, system: &System) -> Result<(), String> {
        match self {
            Self::Termux => termux::alert(alert, system).map_err(|problem| problem.text),
            Self::Terminal => Err("there is no Termux:API: pkg install termux-api".into()),
        }
    }

    /// Has the phone make sure of its owner.
    ///
    /// # Errors
    /// Why it is not certain, for a person.
    pub(crate) fn check_fingerprint(&self, system: &System) -> Result<(), String> {
        match self {
            Self::Termux => termux::fingerprint(system),
            Self::Terminal => Err("only a phone can check a fingerprint".into()),
        }
    }

    /// Has a script run again and again; only where the phone can do that.
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

    /// What Termux:API says of the scripts that Android is going to run.
    pub(crate) fn pending_jobs(&self, system: &System) -> Result<String, String> {
        match self {
            Self::Termux => termux::pending_jobs()
                .answer(system)
                .map_err(|problem| problem.text),
            Self::Terminal => Err(NO_JOBS.into()),
        }
    }

    /// Has Android forget a script.
    pub(crate) fn cancel(&self, job: u32, system: &System) -> Result<(), String> {
        match self {
            Self::Termux => termux::cancel(job)
                .run(system)
                .map_err(|problem| problem.text),
            Self::Terminal => Err(NO_JOBS.into()),
        }
    }
}

/// What actions leave to be said in the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Delivered {
    pub(crate) shown: String,
    pub(crate) problems: Vec<String>,
    /// Whether the Termux:API app does not answer at all.
    pub(crate) app_is_silent: bool,
}

impl Delivered {
    /// With what other actions leave; nothing twice.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.shown.push_str(&other.shown);
        let news = |problem: &String| !self.problems.contains(problem);
        let news: Vec<String> = other.problems.into_iter().filter(news).collect();
        self.problems.extend(news);
        self.app_is_silent |= other.app_is_silent;
        self
    }
}

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
