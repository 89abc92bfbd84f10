//! The outcome of a command, and the table of exit codes.

use std::process::ExitCode;

use crate::doctor::finding::Severity;
use crate::error::Kind;
use crate::status::verdict::Verdict;

/// The outcome of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Success, without a verdict.
    Done,
    /// It judged one or more gateways.
    Judged(Verdict),
    /// The doctor examined the set-up.
    Examined(Severity),
    Failed(Kind),
}

impl Outcome {
    /// The one table of exit codes. 64, 70, 74, 75 and 78 are those of sysexits.h; clap's own 2 for wrong usage
    /// would read as "expiring".
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Judged(verdict) => verdict.exit_code(),
            Self::Done | Self::Examined(Severity::Ok | Severity::Note) => 0,
            Self::Examined(Severity::Problem) | Self::Failed(Kind::SignIn | Kind::Declined) => 1,
            Self::Examined(Severity::Warning) => 2,
            Self::Failed(Kind::Gateway) => 3,
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
