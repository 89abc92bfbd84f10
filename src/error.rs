//! What can go wrong with clawtap itself: kind, message and hint.

use std::fmt;

use crate::hint::Hint;

/// An error that ends the program, told in full on standard error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Error {
    pub(crate) kind: Kind,
    /// What happened.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: Option<Hint>,
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
    pub(crate) fn hint(mut self, hint: impl Into<Hint>) -> Self {
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
