//! Property of Claude Code's login file: any content.

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::sync::claude_file as credentials;
use crate::system::files::Inspected;

/// The valid expiries, from 2001 to 2286, in milliseconds since 1970.
const EXPIRES: std::ops::Range<i64> = 1_000_000_000_000..10_000_000_000_000;

/// The file as a general JSON parser reads it. Other fields are skipped unparsed: they may contain numbers that are too
/// large, and lone surrogates as escapes.
#[derive(Deserialize)]
struct File<'a> {
    #[serde(rename = "claudeAiOauth", borrow)]
    login: Login<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Login<'a> {
    access_token: &'a str,
    /// `1.9e12` is the same number.
    expires_at: serde_json::Number,
}

/// Checks that an accepted login is the one that a general JSON parser reads, that its token is one complete access
/// token without odd characters, and that it is never the refresh token.
///
/// # Panics
/// When that does not hold.
pub fn claude(bytes: &[u8]) {
    let seen = Inspected::File {
        mode: 0o100_600,
        bytes: Some(Zeroizing::new(bytes.to_vec())),
    };
    let Ok(login) = credentials::read(&seen) else {
        return;
    };
    let token = login.token.reveal();
    assert!(token.starts_with("sk-ant-oat01-") && (100..=216).contains(&token.len()));
    assert_eq!(token.matches("sk-ant-").count(), 1, "more than a token");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    assert!(token.bytes().all(plain), "a token with odd characters");
    let expires = login.expires.timestamp_millis();
    assert!(EXPIRES.contains(&expires), "{expires}");
    // A string in another field may be invalid UTF-8.
    let text = String::from_utf8_lossy(bytes);
    let file: File = serde_json::from_str(&text).expect("what is taken is JSON");
    assert_eq!(file.login.access_token, token, "another token");
    let same = expires.to_string().parse().ok();
    assert_eq!(file.login.expires_at.as_f64(), same, "another time");
}
