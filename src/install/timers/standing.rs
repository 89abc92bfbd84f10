//! How a timer stands.

use std::path::PathBuf;

use crate::install::timers::kind::Kind;

/// How a timer that is set up stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimerStatus {
    pub(crate) kind: Kind,
    /// "every 30 min, next 14:32, last ended ok"
    pub(crate) words: String,
    /// Minutes from one check to the next, where they can be told.
    pub(crate) every: Option<u32>,
    pub(crate) course: Course,
    /// What is not as it was installed, a line each.
    pub(crate) troubles: Vec<String>,
    /// What it starts, where that can be told.
    pub(crate) program: Option<PathBuf>,
}

/// Whether it starts checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Course {
    Runs,
    /// It does, and the last one ended badly: by this exit code or signal.
    Failed(String),
    Stopped,
    /// Whoever knows cannot be asked.
    Unknown,
}
