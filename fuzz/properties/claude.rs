//! Claude Code's login, as it may stand in its file.

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::sync::claude_file as credentials;
use crate::system::files::Inspected;

/// 2001 to 2286, in milliseconds since 1970.
const EXPIRES: std::ops::Range<i64> = 1_000_000_000_000..10_000_000_000_000;

/// The file as any reader of JSON sees it. What is of no interest is only looked through: a number may be too large
/// there, and half a character escaped.
#[derive(Deserialize)]
struct File<'a> {
    #[serde(rename = "claudeAiOauth", borrow)]
    login: Login<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Login<'a> {
    access_token: &'a str,
    expires_at: i64,
}

/// What is taken for a login is what any reader of JSON finds there, whole and plain, and never what renews it.
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
    // A text that is of no interest may be no UTF-8.
    let text = String::from_utf8_lossy(bytes);
    let file: File = serde_json::from_str(&text).expect("what is taken is JSON");
    assert_eq!(file.login.access_token, token, "another token");
    assert_eq!(file.login.expires_at, expires, "another time");
}
