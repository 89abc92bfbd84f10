//! Parses Claude Code's login file on this device, and finds what is wrong with it.
//!
//! A gateway reads its own with node (`gateway/sh/claude.sh`), because the token must not leave that host.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::gateway::claude_login::Fault;
use crate::secret::Secret;
use crate::system::files::Inspected;

/// The largest file that is read, in bytes.
pub(crate) const LARGEST: u64 = 1024 * 1024;
/// The name of the file, in `CLAUDE_CONFIG_DIR` or `~/.claude`.
pub(crate) const FILE: &str = ".credentials.json";
/// The accepted lengths of an access token, which has 108 characters (reported, not documented): a shorter text is cut
/// off, a longer one contains more than a token.
const TOKEN_LENGTHS: std::ops::RangeInclusive<usize> = 100..=216;
/// 2001 to 2286, in milliseconds since 1970.
const EXPIRES_MS: std::ops::Range<f64> = 1e12..1e13;

/// A login of Claude Code. Its refresh token is not part of it.
pub(crate) struct ClaudeLogin {
    /// The access token.
    pub(crate) token: Secret,
    pub(crate) expires: DateTime<Utc>,
}

/// The parts of the file that are read. They borrow from its bytes, so that no copy of the token stays behind.
#[derive(Deserialize)]
struct ClaudeFile<'a> {
    #[serde(rename = "claudeAiOauth", borrow)]
    login: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Login<'a> {
    #[serde(borrow)]
    access_token: Option<&'a RawValue>,
    #[serde(borrow)]
    expires_at: Option<&'a RawValue>,
}

/// Parses the file, as it was inspected.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read(seen: &Inspected) -> Result<ClaudeLogin, Fault> {
    match seen {
        Inspected::Nothing => Err(Fault::Missing),
        Inspected::Link => Err(Fault::Link),
        Inspected::Other => Err(Fault::NotAFile),
        Inspected::Unreadable => Err(Fault::Unreadable),
        Inspected::File { mode, .. } if mode & 0o077 != 0 => Err(Fault::OpenToOthers),
        Inspected::File { bytes: None, .. } => Err(Fault::TooLarge),
        Inspected::File {
            bytes: Some(bytes), ..
        } => parse(bytes),
    }
}

fn parse(bytes: &[u8]) -> Result<ClaudeLogin, Fault> {
    if bytes.len() as u64 > LARGEST {
        return Err(Fault::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::NotJson)?;
    if text.starts_with('\u{feff}') {
        return Err(Fault::ByteOrderMark);
    }
    // White space of JSON only.
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    if text.is_empty() {
        return Err(Fault::Empty);
    }
    let file: &RawValue = serde_json::from_str(text).map_err(|_| {
        if text.ends_with('}') {
            Fault::NotJson
        } else {
            Fault::HalfWritten
        }
    })?;
    let file: ClaudeFile<'_> = object(file).ok_or(Fault::NoLogin)?;
    let login: Login<'_> = file.login.and_then(object).ok_or(Fault::NoLogin)?;
    let token = login.access_token.and_then(|raw| borrowed(raw));
    let token = token
        .filter(|token| is_token(token))
        .ok_or(Fault::NoToken)?;
    let expires = login.expires_at.and_then(|raw| raw.get().parse().ok());
    Ok(ClaudeLogin {
        token: token.to_owned().into(),
        expires: expires.and_then(time).ok_or(Fault::NoExpiry)?,
    })
}

/// Deserializes a JSON object; `None` for any other JSON, because serde would read a struct from an array too.
fn object<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Option<T> {
    raw.get()
        .starts_with('{')
        .then(|| serde_json::from_str(raw.get()).ok())?
}

/// A JSON string without escapes, borrowed from the file's bytes.
fn borrowed(raw: &RawValue) -> Option<&str> {
    serde_json::from_str(raw.get()).ok()
}

fn is_token(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    TOKEN_LENGTHS.contains(&text.len())
        && text.bytes().all(fine)
        && text.starts_with("sk-ant-oat01-")
        && text.matches("sk-ant-").count() == 1
}

fn time(ms: f64) -> Option<DateTime<Utc>> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it has at most thirteen digits"
    )]
    let whole = ms as i64;
    (EXPIRES_MS.contains(&ms) && ms.fract() == 0.0)
        .then(|| DateTime::from_timestamp_millis(whole))?
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
