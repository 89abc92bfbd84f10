//! Redaction: removes what may be a secret from a program's output.

use crate::secret::Secret;
use crate::text::Text;

/// The length in bytes from which a word with letters and digits may be a secret.
const OPAQUE: usize = 20;

/// Sanitizes the lines of a text, and replaces every long, opaque word by "…".
pub(crate) fn redact(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| redact_line(line).to_string())
        .collect();
    lines.join("\n")
}

/// Redacts a text, and every occurrence of a known secret in it.
pub(crate) fn redact_known(text: &str, secret: &Secret) -> String {
    redact(&text.replace(secret.reveal(), "…"))
}

/// Sanitizes one line, and replaces every long, opaque word by "…".
pub(crate) fn redact_line(words: &str) -> Text {
    let clean = Text::clean(words);
    let masked: Vec<String> = clean.as_str().split(' ').map(redact_word).collect();
    Text::clean(&masked.join(" "))
}

fn redact_word(word: &str) -> String {
    // The address of a URL is useful; its query and fragment are removed, because they may hold secrets.
    if let Some(start) = word.find("://")
        && let Some(end) = word[start..].find(['?', '#'])
    {
        // A long host name is not a secret: its labels are judged separately.
        let is_part = |c: char| is_opaque_part(c) && c != '.';
        return redact_parts(&word[..start + end], is_part) + "…";
    }
    redact_parts(word, is_opaque_part)
}

fn is_opaque_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+' | '%')
}

fn redact_parts(word: &str, is_part: impl Fn(char) -> bool + Copy) -> String {
    let opaque = |part: &str| {
        let has = |test: fn(&char) -> bool| part.chars().any(|c| test(&c));
        let mixed = has(char::is_ascii_digit) && has(char::is_ascii_alphabetic);
        part.len() >= 2 * OPAQUE && !part.contains('.')
            || part.len() >= OPAQUE && mixed
            || part.starts_with("sk-") && part.len() > 8
    };
    let mut masked = String::new();
    let mut rest = word;
    while let Some(start) = rest.find(is_part) {
        masked.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        masked.push_str(if opaque(&rest[..end]) {
            "…"
        } else {
            &rest[..end]
        });
        rest = &rest[end..];
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::{redact, redact_known, redact_line};
    use crate::secret::Secret;
    use proptest::prelude::*;

    #[test]
    fn words_stay_and_what_may_be_a_secret_goes() {
        let table = [
            (
                "Unknown provider \"openia\".",
                "Unknown provider \"openia\".",
            ),
            (
                "Updated ~/.openclaw/openclaw.json\nAuth profile: anthropic:manual (anthropic/token)",
                "Updated ~/.openclaw/openclaw.json\nAuth profile: anthropic:manual (anthropic/token)",
            ),
            ("bad key sk-or-v1-abc: refused", "bad key …: refused"),
            (
                "got {\"token\":\"0123456789abcdefghij\"}",
                "got {\"token\":\"…\"}",
            ),
            ("first\nsk-ant-oat01-AAAAAAAAAA\nlast", "first\n…\nlast"),
            (
                "see https://claude.ai/oauth?code=abc&state=def now",
                "see https://claude.ai/oauth… now",
            ),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("", ""),
        ];
        for (said, expected) in table {
            assert_eq!(redact(said), expected, "{said:?}");
        }
    }

    #[test]
    fn a_known_secret_goes_whatever_it_looks_like() {
        let secret = Secret::from("hunter two".to_owned());
        let said = "typed hunter two, and hunter two again";
        assert_eq!(redact_known(said, &secret), "typed …, and … again");
    }

    #[test]
    fn what_may_be_a_secret_is_masked() {
        let table = [
            ("bad token sk-ant-oat01-Ab3Ab3Ab3", "bad token …"),
            ("key=sk-abcdefgh!", "key=…!"),
            ("got 0123456789abcdef0123456789", "got …"),
            (
                "POST https://a.example/b?code=12 failed",
                "POST https://a.example/b… failed",
            ),
            (
                "at https://console4.long-name.example/sk-abcdefgh?x",
                "at https://console4.long-name.example/……",
            ),
            ("sk-ant-oat01-Ab3Ab3Ab3://?", "…://…"),
            (
                "resolves to private/internal/special-use IP",
                "resolves to private/internal/special-use IP",
            ),
        ];
        for (words, expected) in table {
            assert_eq!(redact_line(words).as_str(), expected, "{words:?}");
        }
    }

    proptest! {
        #[test]
        fn no_token_survives_wherever_it_stands(
            before in "[a-z \"'=:,\n(]{0,12}", token in "sk-ant-oat01-[A-Za-z0-9_-]{20,95}",
            after in "[ \"',;)\n]{0,1}[a-z ]{0,8}"
        ) {
            let said = format!("{before}{token}{after}");
            prop_assert!(!redact(&said).contains(&token[12..32]), "{}", redact(&said));
            let said = redact_known(&said, &Secret::from(token.clone()));
            prop_assert!(!said.contains(&token[12..32]), "{}", said);
        }
    }

    proptest! {
        #[test]
        fn no_token_survives(before in "[ -~]{0,40}", token in "sk-ant-oat01-[A-Za-z0-9_-]{20,95}", after in "[ -~]{0,40}") {
            let shown = redact_line(&format!("{before}{token}{after}"));
            prop_assert!(!shown.as_str().contains(&token));
        }
    }
}
