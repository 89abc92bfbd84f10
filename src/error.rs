//! What can go wrong with clawtap itself: kind, message, hint, and the one table of exit codes.

use std::fmt;
use std::process::ExitCode;

use crate::doctor::finding::Standing;
use crate::status::verdict::Verdict;

/// An error that ends the program, told in full on standard error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Error {
    pub(crate) kind: Kind,
    /// What happened.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
}

/// Whose business an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command line is wrong.
    Usage,
    /// The configuration is wrong or missing.
    Configuration,
    /// A gateway, or the way to it.
    Gateway,
    /// A sign-in that came to nothing.
    SignIn,
    /// The person did not want to.
    Declined,
    /// This machine did not let us read or write.
    Machine,
    /// An alert that no channel took; the next run tries again.
    Undelivered,
    /// The person ended it.
    Interrupted,
    /// Ours.
    Bug,
}

impl Error {
    /// An error without a hint yet.
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
        }
    }

    /// Says what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Error {
    /// What happened and what to do next, for where it is clear who says so.
    pub(crate) fn told(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{}\n→ {hint}", self.message),
            None => self.message.clone(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "clawtap: {}", self.told())
    }
}

/// Everything that a run can end with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It did what it was asked to, and there is nothing to judge.
    Done,
    /// It judged one or more gateways.
    Judged(Verdict),
    /// It looked at the set-up.
    Examined(Standing),
    Failed(Kind),
}

impl Outcome {
    /// The one table of exit codes. 64, 70, 74, 75 and 78 are those of sysexits.h; clap's own 2 for wrong usage
    /// would read as "expiring".
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done
            | Self::Judged(Verdict::Ok)
            | Self::Examined(Standing::Ok | Standing::Note) => 0,
            Self::Judged(Verdict::Broken)
            | Self::Examined(Standing::Problem)
            | Self::Failed(Kind::SignIn | Kind::Declined) => 1,
            Self::Judged(Verdict::Expiring) | Self::Examined(Standing::Warning) => 2,
            Self::Judged(Verdict::CannotTell) | Self::Failed(Kind::Gateway) => 3,
            Self::Failed(Kind::Usage) => 64,
            Self::Failed(Kind::Bug) => 70,
            Self::Failed(Kind::Machine) => 74,
            Self::Failed(Kind::Undelivered) => 75,
            Self::Failed(Kind::Configuration) => 78,
            Self::Failed(Kind::Interrupted) => 130,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome.code())
    }
}
