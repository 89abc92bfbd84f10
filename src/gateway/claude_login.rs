//! Claude Code's login on a gateway: where it is, until when it is valid, and what can be wrong with it.

use chrono::TimeDelta;

use crate::gateway::framing::Answer;
use crate::hint::Hint;
use crate::status::milliseconds::clamped;
use crate::status::{document, wire};
use crate::text::Text;

/// The place of Claude Code's login on a gateway, and the login or what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaudeSource {
    pub(crate) place: Text,
    pub(crate) login: Result<ClaudeExpiry, Fault>,
}

/// The expiry that Claude Code stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClaudeExpiry {
    /// Milliseconds since 1970.
    pub(crate) expires_ms: i64,
    /// The time until then, by the gateway's clock when it answered.
    pub(crate) left: TimeDelta,
}

/// Reads the lines of `claude.sh`.
pub(super) fn claude_source(answer: &Answer<'_>) -> Option<ClaudeSource> {
    let (word, place) = answer.source.as_ref()?;
    let expiry = || {
        let login = document::line(answer.claude.as_ref()?)?;
        let expires_ms = wire::integer(&login["expires"])?;
        let clock_ms = answer.clock?.saturating_mul(1000);
        Some(ClaudeExpiry {
            expires_ms,
            left: clamped(expires_ms.saturating_sub(clock_ms)),
        })
    };
    let login = match Fault::from_word(word) {
        Some(fault) => Err(fault),
        None => expiry().ok_or(Fault::NoExpiry),
    };
    Some(ClaudeSource {
        place: Text::clean(place),
        login,
    })
}

/// What can be wrong with the place of Claude Code's login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Missing,
    /// A symbolic link, which is not followed.
    Link,
    NotAFile,
    Unreadable,
    /// Readable or writable by other users.
    OpenToOthers,
    Empty,
    TooLarge,
    ByteOrderMark,
    WindowsLines,
    /// Not JSON, and without a `}` at its end: cut off.
    HalfWritten,
    NotJson,
    /// No login of Claude's in the file; there may be other logins.
    NoLogin,
    /// A login whose access token is missing or incomplete.
    NoToken,
    /// A login whose expiry is missing or implausible.
    NoExpiry,
    KeychainLocked,
}

impl Fault {
    pub(crate) const ALL: [Self; 15] = [
        Self::Missing,
        Self::Link,
        Self::NotAFile,
        Self::Unreadable,
        Self::OpenToOthers,
        Self::Empty,
        Self::TooLarge,
        Self::ByteOrderMark,
        Self::WindowsLines,
        Self::HalfWritten,
        Self::NotJson,
        Self::NoLogin,
        Self::NoToken,
        Self::NoExpiry,
        Self::KeychainLocked,
    ];

    /// Its word in a gateway's answer and in `--json`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Link => "link",
            Self::NotAFile => "not-a-file",
            Self::Unreadable => "unreadable",
            Self::OpenToOthers => "open-to-others",
            Self::Empty => "empty",
            Self::TooLarge => "too-large",
            Self::ByteOrderMark => "byte-order-mark",
            Self::WindowsLines => "windows-lines",
            Self::HalfWritten => "half-written",
            Self::NotJson => "not-json",
            Self::NoLogin => "no-login",
            Self::NoToken => "no-token",
            Self::NoExpiry => "no-expiry",
            Self::KeychainLocked => "keychain-locked",
        }
    }

    /// The fault with this word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.word() == word)
    }

    /// A sentence that describes the fault, with the path or name of the place.
    pub(crate) fn what(self, place: &str) -> String {
        let said = self.said_of(place);
        match said.strip_prefix("the ") {
            Some(rest) => format!("The {rest}"),
            None => said,
        }
    }

    fn said_of(self, place: &str) -> String {
        match self {
            Self::Missing => format!("There is no {place}"),
            Self::Link => format!("{place} is a link, and links are not followed"),
            Self::NotAFile => format!("{place} is not a file"),
            Self::Unreadable => format!("{place} cannot be read"),
            Self::OpenToOthers => format!("{place} is open to other users"),
            Self::Empty => format!("{place} is empty"),
            Self::TooLarge => format!("{place} is larger than 1 MiB"),
            Self::ByteOrderMark => format!("{place} begins with a byte order mark"),
            Self::WindowsLines => format!("{place} has Windows line ends"),
            Self::HalfWritten => format!("{place} breaks off"),
            Self::NotJson => format!("{place} is not as Claude Code writes it"),
            Self::NoLogin => format!("Nobody is signed in to Claude Code in {place}"),
            Self::NoToken => format!("The login in {place} has no whole access token"),
            Self::NoExpiry => format!("The login in {place} does not say until when it is valid"),
            Self::KeychainLocked => format!("{place} is locked"),
        }
    }

    /// What to do next.
    pub(crate) fn next_step(self) -> Hint {
        const SIGN_IN: &str = "claude auth login";
        match self {
            Self::Missing | Self::NoLogin => Hint::run("Sign in to Claude Code there", SIGN_IN),
            Self::Link => {
                "Put the file itself there, or set CLAUDE_CONFIG_DIR to its folder".into()
            }
            Self::NotAFile => Hint::run("Move it away, then sign in there", SIGN_IN),
            Self::Unreadable => "Make it your own, then chmod 600 it".into(),
            Self::OpenToOthers => {
                "chmod 600 it; if others use that machine, sign in again too".into()
            }
            Self::ByteOrderMark | Self::WindowsLines => {
                Hint::run("An editor did that. Sign in there again", SIGN_IN)
            }
            Self::HalfWritten => Hint::run("Try again in a moment; if it stays, sign in", SIGN_IN),
            Self::Empty | Self::TooLarge | Self::NotJson | Self::NoToken | Self::NoExpiry => {
                Hint::run("Sign in there again", SIGN_IN)
            }
            Self::KeychainLocked => Hint::run("Unlock it there", "security unlock-keychain"),
        }
    }
}
