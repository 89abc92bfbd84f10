//! Finds the status document in OpenClaw's output.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::redact::redact_line;
use crate::text::Text;

/// How many bytes are parsed in all, at lines that look like the start of a document: each attempt reads up to its first
/// error, at worst to the end.
const MOST_PARSED: usize = 64 * 1024 * 1024;
/// The estimated number of values that JSON may hold; OpenClaw's own has a few hundred. In memory the smallest values
/// take a hundred times their size in the text, and 8 MiB of text can hold a million of them.
const MOST_VALUES: usize = 100_000;

/// Why an output holds no status document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Nothing but white space.
    Empty,
    /// A document that is cut off or has a syntax error.
    Broken,
    /// Valid JSON, but not a status document.
    OtherJson,
    /// No JSON at all.
    NotJson,
    /// More values than OpenClaw would ever write.
    TooMuch,
    /// OpenClaw's own error, from 2026.8 on as JSON.
    Error(Text),
}

/// Decodes what a program or a person wrote to a file: UTF-8, or UTF-16 with a byte order mark, as `PowerShell` writes
/// it. Anything else is read as UTF-8 as far as it is.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, _) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16_lossy(&units).into()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        _ => String::from_utf8_lossy(bytes),
    }
}

/// Finds the document among log lines, banners and escape sequences.
pub(crate) fn find(text: &str) -> Result<Map<String, Value>, Unreadable> {
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    if has_too_much(text) {
        return Err(Unreadable::TooMuch);
    }
    let mut failure = Unreadable::NotJson;
    let mut left = MOST_PARSED;
    let mut position = 0;
    while let Some(start) = next_brace(text, position) {
        let mut values =
            serde_json::Deserializer::from_slice(&text.as_bytes()[start..]).into_iter::<Value>();
        let Some(Ok(Value::Object(object))) = values.next() else {
            if matches!(failure, Unreadable::NotJson | Unreadable::OtherJson) {
                failure = Unreadable::Broken;
            }
            position = start + 1;
            match left.checked_sub(text.len() - start) {
                Some(rest) => left = rest,
                None => break,
            }
            continue;
        };
        if object.get("auth").is_some_and(is_auth) {
            return Ok(object);
        }
        position = start + values.byte_offset();
        match error_message(&object) {
            Some(message) => failure = Unreadable::Error(message),
            None if matches!(failure, Unreadable::Error(_)) => {}
            None => failure = Unreadable::OtherJson,
        }
    }
    Err(failure)
}

/// Parses a line of JSON from a gateway; None if it is invalid or has too many values for memory.
pub(crate) fn line(text: &str) -> Option<Value> {
    if has_too_much(text) {
        return None;
    }
    serde_json::from_slice(text.as_bytes()).ok()
}

/// Whether a text may hold more than `MOST_VALUES` values. Commas and brackets inside strings are counted too.
fn has_too_much(text: &str) -> bool {
    let begins_a_value = |byte: &u8| matches!(byte, b',' | b'[' | b'{');
    let mut beginnings = text.bytes().filter(begins_a_value);
    // Each value takes at least a byte, so a short text need not be counted.
    text.len() > MOST_VALUES && beginnings.nth(MOST_VALUES).is_some()
}

/// Whether the object has a list of logins. Every version of OpenClaw writes both lists; an object without them must
/// not be judged as healthy.
fn is_auth(auth: &Value) -> bool {
    auth["oauth"]["profiles"].is_array() || auth["missingProvidersInUse"].is_array()
}

/// The next `{` that only white space and escape sequences precede on its line.
fn next_brace(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut position = from;
    let mut at_start = position == 0 || bytes.get(position - 1) == Some(&b'\n');
    while let Some(&byte) = bytes.get(position) {
        match byte {
            b'{' if at_start => return Some(position),
            b'\n' => at_start = true,
            b'\x1b' if bytes.get(position + 1) == Some(&b'[') => {
                position += 2;
                while bytes
                    .get(position)
                    .is_some_and(|&byte| !(0x40..=0x7e).contains(&byte) && byte != b'\n')
                {
                    position += 1;
                }
            }
            b' ' | b'\t' | b'\r' => {}
            _ => at_start = false,
        }
        position += 1;
    }
    None
}

/// The message of `{"ok":false,"error":{"type":"cli_error","message":"…"}}`.
fn error_message(object: &Map<String, Value>) -> Option<Text> {
    let message = object.get("error")?.get("message")?.as_str()?;
    Some(redact_line(message))
}

#[cfg(test)]
mod tests {
    use super::{Unreadable, find};

    const DOCUMENT: &str =
        r#"{"auth":{"oauth":{"profiles":[]},"missingProvidersInUse":["openai"]}}"#;

    #[test]
    fn noise_around_the_document_is_passed_over() {
        let expected = find(DOCUMENT).unwrap();
        for (before, after) in [
            (
                "[agents/auth-profiles] synced openai-codex credentials\n",
                "",
            ),
            ("Welcome!\n{ braces } in a motd\n", "\nbye\n"),
            ("\x1b[33mwarn\x1b[0m {\n", "\x1b[0m\x1b[?25h"),
            (
                "{\"level\":\"info\",\"msg\":\"starting\"}\n\x1b[0m",
                "\n{\"level\":\"info\"}\n",
            ),
            (
                "{\"ok\":false,\"error\":{\"message\":\"an old one\"}}\n",
                "",
            ),
            ("\u{feff}\r\n", "\r\n"),
        ] {
            assert_eq!(
                find(&format!("{before}{DOCUMENT}{after}")).as_ref(),
                Ok(&expected),
                "{before:?}"
            );
        }
    }

    #[test]
    fn what_is_no_document_is_told_apart() {
        let deep = format!("{}{}", "{\"auth\":".repeat(100_000), "}".repeat(100_000));
        let many = DOCUMENT.replace("[]", &format!("[{}0]", "{\"a\":0},".repeat(60_000)));
        let table = [
            ("", Unreadable::Empty),
            (" \n\n", Unreadable::Empty),
            ("│ box art │\n", Unreadable::NotJson),
            ("[1,2]", Unreadable::NotJson),
            ("{\"auth\":{\"oauth\":", Unreadable::Broken),
            (deep.as_str(), Unreadable::Broken),
            ("{\"hello\":1}", Unreadable::OtherJson),
            ("{\"auth\":7}", Unreadable::OtherJson),
            ("{\"auth\":{}}", Unreadable::OtherJson),
            (many.as_str(), Unreadable::TooMuch),
        ];
        for (stdout, expected) in table {
            assert_eq!(
                find(stdout),
                Err(expected),
                "{}",
                &stdout[..stdout.len().min(40)]
            );
        }
        let error = "{\"ok\":false,\"error\":{\"message\":\"file is \\u001b[31mnot a database\"}}";
        assert!(
            matches!(find(error), Err(Unreadable::Error(text)) if text.as_str() == "file is not a database")
        );
    }
}
