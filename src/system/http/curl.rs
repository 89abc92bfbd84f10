//! curl: its configuration and its exit codes.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::system::http::{HttpError, Request};
use crate::text::Text;

/// Its arguments, which other users can read; `--disable` ignores `~/.curlrc`.
pub(super) const ARGUMENTS: [&str; 3] = ["--disable", "--config", "-"];

/// The limit for making a connection.
const CONNECTING: Duration = Duration::from_secs(8);

/// Its configuration, as <https://curl.se/docs/manpage.html#-K> describes the format.
pub(super) fn configuration(request: &Request<'_>, limit: Duration) -> Vec<u8> {
    let token = request.token.map_or("", |token| token.reveal());
    // Allocated at full size: a growing buffer would leave copies of the secret behind.
    let json = request.json.unwrap_or_default();
    let room = 2 * (request.url.len() + json.len() + token.len()) + 512;
    let mut text = Zeroizing::new(String::with_capacity(room));
    for flag in [
        "silent",
        "show-error",
        "include",
        "suppress-connect-headers",
        "globoff",
    ] {
        text.push_str(flag);
        text.push('\n');
    }
    let connecting = CONNECTING.min(limit).as_secs_f32().to_string();
    set(&mut text, "proto", &["=https,http"]);
    set(&mut text, "connect-timeout", &[&connecting]);
    set(&mut text, "max-time", &[&limit.as_secs_f32().to_string()]);
    set(
        &mut text,
        "user-agent",
        &[concat!("clawtap/", env!("CARGO_PKG_VERSION"))],
    );
    if request.json.is_some() {
        set(&mut text, "header", &["Content-Type: application/json"]);
    }
    if !token.is_empty() {
        set(&mut text, "header", &["Authorization: Bearer ", token]);
    }
    set(&mut text, "url", &[request.url]);
    if request.json.is_some() {
        set(&mut text, "data-raw", &[json]);
    }
    std::mem::take(&mut *text).into_bytes()
}

/// Adds a line. Its value is passed in parts, so that a secret is not copied to join them.
fn set(text: &mut String, option: &str, value: &[&str]) {
    text.push_str(option);
    text.push_str(" = \"");
    for character in value.iter().flat_map(|part| part.chars()) {
        match character {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{b}' => text.push_str("\\v"),
            other => text.push(other),
        }
    }
    text.push_str("\"\n");
}

/// Why curl ended with this exit code: <https://curl.se/libcurl/c/libcurl-errors.html>.
pub(super) fn failure(code: i32, stderr: &[u8]) -> HttpError {
    match code {
        5 | 6 => HttpError::NotFound,
        7 => HttpError::NotConnected,
        28 => HttpError::TimedOut,
        51 | 60 | 83 | 90 | 91 => HttpError::Untrusted,
        77 => HttpError::NoCertificates,
        35 => HttpError::NotEncrypted,
        // 1: the response does not begin like HTTP.
        1 | 8 | 16 | 18 | 52 | 55 | 56 | 92 => HttpError::NotHttp,
        _ => {
            let said = String::from_utf8_lossy(stderr);
            let said = said.trim_start_matches(&format!("curl: ({code}) "));
            let said = Text::clean(said);
            if said.is_empty() {
                return HttpError::Other(Text::clean(&format!("curl ended with {code}")));
            }
            HttpError::Other(said)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{configuration, failure};
    use crate::secret::Secret;
    use crate::system::http::{HttpError, Request};
    use crate::text::Text;
    use proptest::prelude::*;
    use std::time::Duration;

    /// The value that curl reads from this line of a configuration, by its documentation.
    fn unquoted(line: &str) -> String {
        let quoted = line.split_once(" = \"").unwrap().1;
        let mut characters = quoted.strip_suffix('"').unwrap().chars();
        let mut value = String::new();
        while let Some(character) = characters.next() {
            assert_ne!(character, '"', "the value ends early: {line}");
            value.push(match character {
                '\\' => match characters.next().unwrap() {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'v' => '\u{b}',
                    other => other,
                },
                other => other,
            });
        }
        value
    }

    fn lines<'a>(json: impl Into<Option<&'a str>>, token: Option<&Secret>) -> Vec<String> {
        let request = Request {
            url: "https://ntfy.sh/",
            token,
            json: json.into(),
        };
        let text = configuration(&request, Duration::from_millis(2500));
        let text = String::from_utf8(text).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_request_is_spelled_as_curl_reads_it() {
        let token = Secret::from("tk_1".to_owned());
        let lines = lines(r#"{"a":"\"b\" \\n"}"#, Some(&token));
        let expected = [
            "silent",
            "show-error",
            "include",
            "suppress-connect-headers",
            "globoff",
            "proto = \"=https,http\"",
            "connect-timeout = \"2.5\"",
            "max-time = \"2.5\"",
            concat!("user-agent = \"clawtap/", env!("CARGO_PKG_VERSION"), "\""),
            "header = \"Content-Type: application/json\"",
            "header = \"Authorization: Bearer tk_1\"",
            "url = \"https://ntfy.sh/\"",
            r#"data-raw = "{\"a\":\"\\\"b\\\" \\\\n\"}""#,
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_is_only_asked_for_has_no_body() {
        let lines = lines(None, None);
        assert_eq!(lines.last().unwrap(), "url = \"https://ntfy.sh/\"");
        assert!(!lines.iter().any(|line| line.contains("Content-Type")));
    }

    #[test]
    fn without_a_token_there_is_no_authorization() {
        let lines = lines("{}", None);
        assert!(
            !lines.iter().any(|line| line.contains("Authorization")),
            "{lines:?}"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_posted_arrives_as_it_was_and_sets_nothing_else(json in any::<String>()) {
            let lines = lines(&*json, None);
            prop_assert_eq!(lines.len(), 12);
            prop_assert_eq!(unquoted(&lines[11]), json);
        }
    }

    #[test]
    fn an_exit_code_is_a_reason() {
        let table = [
            (6, HttpError::NotFound),
            (7, HttpError::NotConnected),
            (28, HttpError::TimedOut),
            (60, HttpError::Untrusted),
            (35, HttpError::NotEncrypted),
            (52, HttpError::NotHttp),
            (2, HttpError::Other(Text::clean("unknown option"))),
        ];
        for (code, expected) in table {
            let said = format!("curl: ({code}) unknown option\n");
            assert_eq!(failure(code, said.as_bytes()), expected, "{code}");
        }
        let silent = HttpError::Other(Text::clean("curl ended with 99"));
        assert_eq!(failure(99, b""), silent);
    }
}
