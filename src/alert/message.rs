//! A message: an alert in words, the same for every channel.

use chrono::{DateTime, Utc};

use crate::render::notification::Notification;

/// What goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) severity: Severity,
    /// One word for programs: `expiring`, a broken state's word, `unreachable`, `recovered` or `test`.
    pub(crate) event: &'static str,
    /// The gateway's name.
    pub(crate) gateway: String,
    /// OpenClaw's agent, where one is configured.
    pub(crate) agent: Option<String>,
    pub(crate) provider: Option<String>,
    /// The login, as OpenClaw calls it.
    pub(crate) profile: Option<String>,
    /// When the login ends, or ended.
    pub(crate) ends: Option<DateTime<Utc>>,
    /// A line, without the program's name: "home: anthropic expires in 5 h".
    pub(crate) title: String,
    /// What to do next; lines.
    pub(crate) body: String,
    /// An https page where a person signs in.
    pub(crate) page: Option<String>,
    /// What stands in the phone's shade from then on; its sound is the channel's business.
    pub(crate) notification: Notification,
    /// When it was decided.
    pub(crate) at: DateTime<Utc>,
}

/// How loud a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// It is over, or only a test.
    Info,
    /// There is time left, or nothing can be told.
    Warning,
    /// Something does not work.
    Critical,
}

impl Severity {
    /// The word for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}
