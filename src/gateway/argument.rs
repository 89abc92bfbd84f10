//! A word that may become an argument of a program on a gateway.

use std::fmt;

/// A checked word from a gateway or a person: not an option, and without shell metacharacters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Argument(String);

impl Argument {
    /// A provider id, such as `openai`.
    pub(crate) fn provider(text: &str) -> Option<Self> {
        let fine = |c: char| c.is_ascii_alphanumeric() || "._:@+/-".contains(c);
        Self::of(text, text.chars().all(fine), 128)
    }

    /// A profile id, such as `openai:me@example.com`: with letters of any script, and blanks between words.
    pub(crate) fn profile(text: &str) -> Option<Self> {
        let fine = |c: char| c.is_alphanumeric() || "._:@+/-".contains(c);
        let mut words = text.split(' ');
        let is_fine = words.all(|word| word.chars().all(fine) && !word.is_empty());
        Self::of(text, is_fine, 128)
    }

    /// A method id, such as `device-code`.
    pub(crate) fn method(text: &str) -> Option<Self> {
        let fine = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        Self::of(text, text.chars().all(fine), 64)
    }

    /// `longest` is in bytes.
    fn of(text: &str, is_fine: bool, longest: usize) -> Option<Self> {
        let is_whole = is_fine && (1..=longest).contains(&text.len());
        (is_whole && !text.starts_with('-')).then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Argument;

    #[test]
    fn a_profile_has_letters_of_any_script_and_single_blanks_and_nothing_a_shell_reads() {
        for fine in [
            "anthropic:my login",
            "openai:ü@example.com",
            "a/b_c-d+e.f",
            "東京:1",
        ] {
            assert!(Argument::profile(fine).is_some(), "{fine}");
        }
        for bad in [
            "",
            " a",
            "a ",
            "a  b",
            "-a",
            "a\tb",
            "a\u{202e}b",
            "a\u{a0}b",
            "a;b",
            "a$b",
            "a'b",
            "a\nb",
        ] {
            assert!(Argument::profile(bad).is_none(), "{bad:?}");
        }
        assert!(Argument::profile(&"a".repeat(128)).is_some());
        assert!(Argument::profile(&"a".repeat(129)).is_none());
        assert!(Argument::provider("x-ai").is_some() && Argument::provider("a b").is_none());
        assert!(Argument::method("device-code").is_some() && Argument::method("a b").is_none());
    }
}
