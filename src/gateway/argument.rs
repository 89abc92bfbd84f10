//! A word that may become an argument of a program on a gateway.

use std::fmt;

/// A checked word from a gateway or a person: not an option, and without shell metacharacters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Argument(String);

impl Argument {
    /// A provider or profile id, such as `openai:me@example.com`.
    pub(crate) fn id(text: &str) -> Option<Self> {
        Self::of(text, "._:@+/-", 128)
    }

    /// A method id, such as `device-code`.
    pub(crate) fn method(text: &str) -> Option<Self> {
        Self::of(text, "._-", 64)
    }

    fn of(text: &str, signs: &str, longest: usize) -> Option<Self> {
        let fine = |c: char| c.is_ascii_alphanumeric() || signs.contains(c);
        let whole = (1..=longest).contains(&text.len()) && text.chars().all(fine);
        (whole && !text.starts_with('-')).then(|| Self(text.to_owned()))
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
