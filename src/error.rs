//! The error that ends a command: kind, message and hint.

use std::fmt;

use crate::hint::Hint;

/// An error that ends the program, printed in full on standard error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Error {
    pub(crate) kind: Kind,
    /// What happened.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: Option<Hint>,
}

/// The kind of an error, which decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command line is wrong.
    Usage,
    /// The configuration is wrong or missing.
    Configuration,
    /// A gateway that could not be reached, or that failed.
    Gateway,
    /// A sign-in that failed.
    SignIn,
    /// The person declined.
    Declined,
    /// This machine denied a read or a write.
    Machine,
    /// An alert that no channel delivered; the next run tries again.
    Undelivered,
    /// Ctrl-C, or another signal that ends the process.
    Interrupted,
    /// A bug in clawtap.
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

    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// The configuration is wrong or missing.
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(Kind::Configuration, message)
    }

    /// A gateway that could not be reached, or that failed.
    pub(crate) fn gateway(message: impl Into<String>) -> Self {
        Self::new(Kind::Gateway, message)
    }

    /// A sign-in that failed.
    pub(crate) fn sign_in(message: impl Into<String>) -> Self {
        Self::new(Kind::SignIn, message)
    }

    /// The person declined.
    pub(crate) fn declined(message: impl Into<String>) -> Self {
        Self::new(Kind::Declined, message)
    }

    /// This machine denied a read or a write.
    pub(crate) fn machine(message: impl Into<String>) -> Self {
        Self::new(Kind::Machine, message)
    }

    /// An alert that no channel delivered.
    pub(crate) fn undelivered(message: impl Into<String>) -> Self {
        Self::new(Kind::Undelivered, message)
    }

    /// Ctrl-C, or another signal that ends the process.
    pub(crate) fn interrupted(message: impl Into<String>) -> Self {
        Self::new(Kind::Interrupted, message)
    }

    /// A bug in clawtap.
    pub(crate) fn bug(message: impl Into<String>) -> Self {
        Self::new(Kind::Bug, message)
    }

    /// Adds the hint.
    pub(crate) fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Error {
    /// The message and the hint, without the program's name.
    pub(crate) fn full_text(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{}\n→ {hint}", self.message),
            None => self.message.clone(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "clawtap: {}", self.full_text())
    }
}
