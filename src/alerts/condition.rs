//! The condition of one subject: a provider's login, or the gateway as a whole.

use chrono::{DateTime, TimeDelta, Utc};

use crate::status::login::State;
use crate::status::verdict::Issue;

/// The words for a subject that works, and for one whose login expires soon.
pub(crate) const OK: &str = "ok";
pub(crate) const EXPIRING: &str = "expiring";

/// How a subject was observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Works(Basis),
    Broken(Problem),
    /// OpenClaw cannot determine it.
    Unknown,
    /// No model uses it any more.
    Unused,
}

/// The credential by which a subject works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Basis {
    /// OpenClaw's profile id.
    pub(crate) profile: Option<String>,
    /// When the provider stops working, if it does.
    pub(crate) ends: Option<DateTime<Utc>>,
    pub(crate) credential: Credential,
}

/// The kind of credential, as far as it shows how an incident was resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential {
    Login,
    RenewingLogin,
    /// An environment variable, or a key outside the stored logins.
    Other,
    /// None: the subject is the gateway as a whole.
    None,
}

/// Why a subject does not work: an issue of a login or of OpenClaw's process, or an unreachable gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    Issue(Box<Issue>),
    Gateway(Unreachable),
}

/// Why nothing is known of a gateway's logins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreachable {
    /// One word, such as `timeout`.
    pub(crate) word: &'static str,
    /// The end of a sentence that begins with the gateway's name.
    pub(crate) what: String,
    pub(crate) next_step: String,
    /// Whether it often passes by itself.
    pub(crate) is_transient: bool,
}

impl Condition {
    /// The time left, if the expiry is known; negative after it.
    pub(crate) fn left(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        match self {
            Self::Works(basis) => Some(basis.ends? - now),
            Self::Broken(_) | Self::Unknown | Self::Unused => None,
        }
    }
}

impl Problem {
    /// One word for programs.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Issue(issue) => issue.state.word(),
            Self::Gateway(unreachable) => unreachable.word,
        }
    }

    /// OpenClaw's id of the login that it is about.
    pub(crate) fn profile(&self) -> Option<String> {
        match self {
            Self::Issue(issue) => issue.login.as_ref().map(ToString::to_string),
            Self::Gateway(_) => None,
        }
    }

    /// Whether it often passes by itself.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Issue(issue) => {
                let passes = issue.state.is_of_process()
                    || matches!(issue.state, State::Cooldown | State::Indeterminate);
                passes && !issue.is_of_billing()
            }
            Self::Gateway(unreachable) => unreachable.is_transient,
        }
    }

    /// The moment at which the login expired, if that is the problem.
    pub(crate) fn ended(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Issue(issue) if issue.state == State::Expired => {
                now.checked_add_signed(issue.left?)
            }
            _ => None,
        }
    }
}
