//! How a sign-in ended, in the program's own words.

use crate::signin::prompt::bare;
use crate::signin::screen::Screen;
use crate::text::Text;

/// How many of the last lines may tell why.
const LAST: usize = 60;
/// From which length on a word of letters and digits may be a secret.
const OPAQUE: usize = 20;

/// The program's last words about what went wrong; nothing where it had none.
pub(crate) fn words(screen: &Screen) -> Option<Text> {
    let lines = screen.len().saturating_sub(LAST)..screen.len();
    let said: Vec<&str> = lines
        .map(|line| screen.text(line))
        .filter(|line| !is_framed(line))
        .map(bare)
        .filter(|words| words.chars().any(char::is_alphanumeric))
        .collect();
    let about = |words: &&&str| {
        let words = words.to_lowercase();
        let telling = [
            "error", "fail", "blocked", "denied", "expired", "invalid", "refused", "not ",
            "unknown",
        ];
        words.starts_with("no ") || telling.iter().any(|word| words.contains(word))
    };
    let words = said.iter().rev().find(about).or(said.last())?;
    let words = words.strip_prefix("Error: ").unwrap_or(words);
    Some(mask(words))
}

/// Part of a box: a note beside the matter, or a prompt.
fn is_framed(line: &str) -> bool {
    line.starts_with(['│', '├', '└', '╭', '╰', '┌', '◆']) || line.contains("───")
}

/// The words, without what may be a secret in them.
pub(crate) fn mask(words: &str) -> Text {
    let clean = Text::clean(words);
    let masked: Vec<String> = clean.as_str().split(' ').map(mask_word).collect();
    Text::clean(&masked.join(" "))
}

fn mask_word(word: &str) -> String {
    // The address helps, what was sent to it does not.
    if let Some(start) = word.find("://")
        && let Some(end) = word[start..].find(['?', '#'])
    {
        // A host is no secret for its length.
        let is_part = |c: char| is_opaque_part(c) && c != '.';
        return mask_parts(&word[..start + end], is_part) + "…";
    }
    mask_parts(word, is_opaque_part)
}

fn is_opaque_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+' | '%')
}

fn mask_parts(word: &str, is_part: impl Fn(char) -> bool + Copy) -> String {
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
    use super::{mask, words};
    use crate::signin::screen::Screen;
    use proptest::prelude::*;

    fn said(bytes: &str) -> Option<String> {
        let mut screen = Screen::new();
        screen.draw(bytes.as_bytes());
        words(&screen).map(|words| words.to_string())
    }

    #[test]
    fn the_last_words_about_what_went_wrong_are_taken() {
        let table = [
            ("", None),
            ("│  note  │\r\n├────╯\r\n", None),
            ("Signing in…\r\n", Some("Signing in…")),
            ("Error: No space left\r\nbye\r\n", Some("No space left")),
            (
                "It could not be verified.\r\nNo provider plugins found.\r\n",
                Some("No provider plugins found."),
            ),
            (
                "It could not be verified.\r\nUnknown auth method.\r\n",
                Some("Unknown auth method."),
            ),
            (
                "✘ Login failed: expired\r\n│ box │\r\n",
                Some("Login failed: expired"),
            ),
        ];
        for (bytes, expected) in table {
            assert_eq!(said(bytes).as_deref(), expected, "{bytes:?}");
        }
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
            assert_eq!(mask(words).as_str(), expected, "{words:?}");
        }
    }

    proptest! {
        #[test]
        fn no_token_survives(before in "[ -~]{0,40}", token in "sk-ant-oat01-[A-Za-z0-9_-]{20,95}", after in "[ -~]{0,40}") {
            let shown = mask(&format!("{before}{token}{after}"));
            prop_assert!(!shown.as_str().contains(&token));
        }
    }
}
