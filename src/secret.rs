//! Secrets: texts that are never shown or logged, and are wiped from memory.

use zeroize::Zeroizing;

/// A token, key or code. It has neither `Debug` nor `Display`, and is wiped from memory when dropped (zeroize).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    /// The text itself, to be written to a pipe.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<Zeroizing<String>> for Secret {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}
