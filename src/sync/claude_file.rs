//! Claude Code's login: the file or keychain entry it is in, and what can be wrong with it.
//!
//! A gateway reads its own with `gateway/sh/claude.sh`, which decides as this file does, byte for byte: the token must
//! not leave that host. So this is a reader of its own, stricter than JSON where Claude Code never writes what JSON
//! would allow.

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use crate::gateway::claude_login::Fault;
use crate::secret::Secret;
use crate::system::files::Inspected;

/// The largest file that is read, in bytes.
pub(crate) const LARGEST: u64 = 1024 * 1024;
/// The name of the file, in `CLAUDE_CONFIG_DIR` or `~/.claude`.
pub(crate) const FILE: &str = ".credentials.json";
/// How long an access token is: 108 characters (reported). A shorter one is cut off, a longer one is more than one.
const TOKEN_LENGTHS: std::ops::RangeInclusive<usize> = 100..=216;
/// More levels than these are not what Claude Code writes.
const DEEPEST: usize = 64;
/// The longest text that is of interest, in bytes.
const LONGEST: usize = 512;

/// A login of Claude Code. What it renews itself with is not part of it.
pub(crate) struct ClaudeLogin {
    /// The access token.
    pub(crate) token: Secret,
    pub(crate) expires: DateTime<Utc>,
}

/// Reads what was seen at the place of Claude Code's login.
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

/// Reads the content of Claude Code's file.
fn parse(bytes: &[u8]) -> Result<ClaudeLogin, Fault> {
    if bytes.len() as u64 > LARGEST {
        return Err(Fault::TooLarge);
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(Fault::ByteOrderMark);
    }
    if bytes.iter().all(|byte| is_space(*byte)) {
        return Err(Fault::Empty);
    }
    if bytes.windows(2).any(|pair| pair == b"\r\n") {
        return Err(Fault::WindowsLines);
    }
    let mut reader = Reader::default();
    for &byte in bytes {
        reader.step(byte);
    }
    match reader.expects {
        Expects::Nothing if reader.depth() == 0 => {}
        Expects::Broken => return Err(Fault::NotJson),
        _ => return Err(Fault::HalfWritten),
    }
    let login = reader.login.ok_or(Fault::NoLogin)?;
    let token = login.token.filter(|token| is_token(token));
    let token = token.ok_or(Fault::NoToken)?;
    let expires = login.expires.as_deref().filter(|text| is_time(text));
    let expires = expires.and_then(|text| text.parse().ok());
    let expires = expires.and_then(DateTime::from_timestamp_millis);
    Ok(ClaudeLogin {
        token: token.into(),
        expires: expires.ok_or(Fault::NoExpiry)?,
    })
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_token(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    TOKEN_LENGTHS.contains(&text.len())
        && text.bytes().all(fine)
        && text.starts_with("sk-ant-oat01-")
        && text.matches("sk-ant-").count() == 1
}

/// Milliseconds since 1970 of this time: thirteen digits, from 2001 to 2286.
fn is_time(text: &str) -> bool {
    text.len() == 13 && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_word(text: &str) -> bool {
    matches!(text, "true" | "false" | "null") || is_number(text)
}

fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (text, exponent) = match text.split_once(['e', 'E']) {
        Some((text, exponent)) => (
            text,
            Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        ),
        None => (text, None),
    };
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Expects {
    /// The outermost object.
    #[default]
    Start,
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    /// The rest of a text.
    Text,
    /// What follows a backslash.
    Escape,
    /// So many more digits of an escaped character.
    Digits(u8),
    /// The rest of a number or a name.
    Word,
    /// A comma or an end; at the outermost level, nothing more.
    Nothing,
    /// It is not JSON, or not as Claude Code writes it.
    Broken,
}

/// Takes JSON byte by byte, and keeps what is of interest in `claudeAiOauth`.
#[derive(Default)]
struct Reader {
    expects: Expects,
    /// What is open, from the outermost on: `{` or `[`.
    open: Vec<u8>,
    /// The key of each open object.
    keys: Vec<String>,
    /// The text or word being read, as far as it is of interest.
    text: Zeroizing<String>,
    /// Whether all of the text is in `text`: printable ASCII, without escapes, and not too long.
    plain: bool,
    is_key: bool,
    /// The keys of interest that were there, to refuse a second one.
    seen: Vec<String>,
    login: Option<Login>,
}

/// What `claudeAiOauth` holds.
#[derive(Default)]
struct Login {
    token: Option<Zeroizing<String>>,
    expires: Option<String>,
}

impl Reader {
    fn depth(&self) -> usize {
        self.open.len()
    }

    fn step(&mut self, byte: u8) {
        match self.expects {
            Expects::Broken => {}
            Expects::Text => self.in_text(byte),
            Expects::Escape => {
                self.expects = match byte {
                    b'u' => Expects::Digits(4),
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Expects::Text,
                    _ => Expects::Broken,
                }
            }
            Expects::Digits(left) if byte.is_ascii_hexdigit() => {
                self.expects = match left {
                    1 => Expects::Text,
                    _ => Expects::Digits(left - 1),
                }
            }
            Expects::Digits(_) => self.expects = Expects::Broken,
            Expects::Word if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) => {
                self.keep(byte);
            }
            Expects::Word => {
                self.end_word();
                self.between(byte);
            }
            _ => self.between(byte),
        }
    }

    /// A byte that is in no text and no word.
    fn between(&mut self, byte: u8) {
        let takes_value = matches!(self.expects, Expects::Value | Expects::ValueOrEnd);
        let takes_key = matches!(self.expects, Expects::Key | Expects::KeyOrEnd);
        match (byte, self.expects) {
            (_, Expects::Broken) => {}
            _ if is_space(byte) => {}
            (b'{', Expects::Start) => self.begin(byte),
            (b'{' | b'[', _) if takes_value => self.begin(byte),
            (b'}', Expects::KeyOrEnd | Expects::Nothing) => self.end(b'{'),
            (b']', Expects::ValueOrEnd | Expects::Nothing) => self.end(b'['),
            (b'"', _) if takes_value || takes_key => {
                self.is_key = takes_key;
                self.begin_text(Expects::Text);
            }
            (b':', Expects::Colon) => self.expects = Expects::Value,
            (b',', Expects::Nothing) if self.depth() > 0 => {
                self.expects = match self.open.last() {
                    Some(b'{') => Expects::Key,
                    _ => Expects::Value,
                }
            }
            (b'-' | b'0'..=b'9' | b't' | b'f' | b'n', _) if takes_value => {
                self.begin_text(Expects::Word);
                self.keep(byte);
            }
            _ => self.expects = Expects::Broken,
        }
    }

    fn begin(&mut self, kind: u8) {
        if self.depth() == DEEPEST {
            self.expects = Expects::Broken;
            return;
        }
        if kind == b'{' && self.depth() == 1 && self.is_login_key() {
            self.login = Some(Login::default());
        }
        self.open.push(kind);
        self.keys.push(String::new());
        self.expects = match kind {
            b'{' => Expects::KeyOrEnd,
            _ => Expects::ValueOrEnd,
        };
    }

    fn end(&mut self, kind: u8) {
        if self.open.last() != Some(&kind) {
            self.expects = Expects::Broken;
            return;
        }
        self.open.pop();
        self.keys.pop();
        self.expects = Expects::Nothing;
    }

    fn begin_text(&mut self, expects: Expects) {
        // As large as it can become: a buffer that grows leaves copies of the secret behind.
        self.text = Zeroizing::new(String::with_capacity(LONGEST));
        self.plain = true;
        self.expects = expects;
    }

    fn keep(&mut self, byte: u8) {
        let fits = self.text.len() < LONGEST && matches!(byte, b' '..=b'~');
        if fits {
            self.text.push(char::from(byte));
        } else {
            self.plain = false;
        }
    }

    fn in_text(&mut self, byte: u8) {
        match byte {
            b'"' => self.end_text(),
            b'\\' => {
                self.plain = false;
                self.expects = Expects::Escape;
            }
            0..b' ' => self.expects = Expects::Broken,
            _ => self.keep(byte),
        }
    }

    fn end_text(&mut self) {
        self.expects = if self.is_key {
            self.end_key()
        } else {
            self.take_text();
            Expects::Nothing
        }
    }

    fn end_key(&mut self) -> Expects {
        let (top, login) = (self.depth() == 1, self.in_login());
        // Another spelling of a key may be meant to hide what it is.
        if !self.plain && (top || login) {
            return Expects::Broken;
        }
        let matters = match self.text.as_str() {
            "claudeAiOauth" => top,
            "accessToken" | "refreshToken" | "expiresAt" | "subscriptionType" => login,
            _ => false,
        };
        let key = if self.plain { self.text.as_str() } else { "" };
        if matters {
            if self.seen.iter().any(|seen| seen == key) {
                return Expects::Broken;
            }
            self.seen.push(key.to_owned());
        }
        if let Some(last) = self.keys.last_mut() {
            key.clone_into(last);
        }
        Expects::Colon
    }

    fn is_login_key(&self) -> bool {
        self.keys.first().is_some_and(|key| key == "claudeAiOauth")
    }

    /// Whether what comes is directly in the login.
    fn in_login(&self) -> bool {
        self.depth() == 2 && self.open.last() == Some(&b'{') && self.is_login_key()
    }

    fn take_text(&mut self) {
        let inside = self.in_login();
        let Some(login) = self.login.as_mut().filter(|_| inside) else {
            return;
        };
        match self.keys.last().map_or("", String::as_str) {
            "accessToken" if self.plain => login.token = Some(self.text.clone()),
            _ => {}
        }
    }

    fn end_word(&mut self) {
        if !self.plain || !is_word(&self.text) {
            self.expects = Expects::Broken;
            return;
        }
        self.expects = Expects::Nothing;
        let inside = self.in_login();
        if let Some(login) = self.login.as_mut().filter(|_| inside)
            && self.keys.last().is_some_and(|key| key == "expiresAt")
        {
            login.expires = Some(self.text.to_string());
        }
    }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
