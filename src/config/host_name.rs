//! The name of a host whose pages may be opened.

use std::fmt;

/// A public host name in lower case, such as `login.example.com`: not an IP address, not a name of this device or its
/// network, and not punycode (`xn--`), which is shown as other letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host(String);

impl Host {
    /// Checks a host name.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let name = text.to_ascii_lowercase();
        let labels: Vec<&str> = name.split('.').collect();
        let fine = |label: &&str| {
            let within = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(within)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        // A browser may read a last label with a digit (`0x7f`) as a number, and the whole name as an IP address.
        let top = labels.last().copied().unwrap_or_default();
        if name.len() > 253 || !labels.iter().all(fine) {
            Err("its host is not a plain name".into())
        } else if top == "localhost" {
            Err("it leads to this device itself".into())
        } else if labels.iter().any(|label| label.starts_with("xn--")) {
            Err("its host is in disguise (xn--)".into())
        } else if labels.len() < 2 || !top.bytes().all(|c| c.is_ascii_lowercase()) {
            Err("its host is not a public name".into())
        } else {
            Ok(Self(name))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}
