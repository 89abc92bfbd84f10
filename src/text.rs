//! Sanitizes text from a gateway.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthChar;

/// The maximum length, in characters; a longer text is cut.
const LONGEST: usize = 200;
/// The maximum number of combining marks (of zero width) on a character; more would cover the lines around it.
const MOST_MARKS: usize = 4;

/// Text without control, escape, bidi or invisible characters, on one line and of bounded length.
///
/// Every string from a gateway is sanitized here before it is stored or shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Text(String);

impl From<String> for Text {
    fn from(raw: String) -> Self {
        Self::clean(&raw)
    }
}

impl Text {
    /// Sanitizes a string.
    pub(crate) fn clean(raw: &str) -> Self {
        // Whole escape sequences are stripped first, so that their parameters do not remain.
        let visible = anstream::adapter::strip_str(raw).to_string();
        let mut text = String::new();
        let mut length = 0;
        let mut gap = false;
        // Full at first: a mark needs a character before it.
        let mut marks = MOST_MARKS;
        for character in visible.chars() {
            if character.is_whitespace() {
                gap = !text.is_empty();
                continue;
            }
            if character.is_control() || is_invisible(character) {
                continue;
            }
            match character.width() {
                Some(0) if marks == MOST_MARKS => continue,
                Some(0) => marks += 1,
                _ => marks = 0,
            }
            // A space and the character after it may exceed the limit by one.
            if length >= LONGEST {
                text.push('…');
                break;
            }
            if std::mem::take(&mut gap) {
                text.push(' ');
                length += 1;
            }
            text.push(character);
            length += 1;
        }
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Whether a character is invisible or changes how others are shown: Unicode's bidi controls, joiners and other
/// default-ignorable characters, and private-use ones, whose shape depends on the font.
pub(crate) fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{E000}'..='\u{F8FF}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Text, is_invisible};
    use proptest::prelude::*;

    #[test]
    fn what_could_deceive_is_gone() {
        let table = [
            ("plain", "plain"),
            ("\x1b[31mred\x1b[0m", "red"),
            ("\x1b]52;c;c2VjcmV0\x07clip", "clip"),
            ("\x1b]8;;https://evil.example\x07link\x1b]8;;\x07", "link"),
            ("a\u{202E}cilbup\u{202C}b", "acilbupb"),
            ("zero\u{200B}width\u{FEFF}", "zerowidth"),
            ("two\nlines\tand\r\n more", "two lines and more"),
            ("nul\0 bell\x07 c1\u{9b}31m", "nul bell c131m"),
            ("  around  ", "around"),
            ("größer 世界", "größer 世界"),
            ("n\u{303}o m\u{302}\u{301}", "n\u{303}o m\u{302}\u{301}"),
            (
                "\u{301}a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}b",
                "a\u{301}\u{302}\u{303}\u{304}b",
            ),
        ];
        for (raw, expected) in table {
            assert_eq!(Text::clean(raw).as_str(), expected, "{raw:?}");
        }
    }

    #[test]
    fn a_megabyte_of_name_becomes_a_line() {
        let text = Text::clean(&"x".repeat(1_000_000));
        assert_eq!(text.as_str().chars().count(), LONGEST + 1);
        assert!(text.as_str().ends_with('…'));
    }

    #[test]
    fn a_text_is_cut_wherever_its_blanks_are() {
        for word in 1..=LONGEST {
            let text = Text::clean(&format!("{} ", "x".repeat(word)).repeat(LONGEST));
            let length = text.as_str().chars().count();
            assert!(length <= LONGEST + 2, "{word}: {length}");
            assert!(text.as_str().ends_with('…'));
        }
    }

    proptest! {
        #[test]
        fn nothing_unshowable_survives(raw in any::<String>()) {
            let text = Text::clean(&raw);
            prop_assert!(!text.as_str().chars().any(|c| c.is_control() || is_invisible(c)));
            prop_assert!(text.as_str().chars().count() <= LONGEST + 2);
            prop_assert_eq!(Text::clean(text.as_str()), text);
        }
    }
}
