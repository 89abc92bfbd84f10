//! Words of a program, without what may be a secret in them.

use crate::credentials::secret::Secret;
use crate::login::ending::mask;

/// The lines of a text, cleaned, with every long and opaque word left out.
pub(crate) fn masked(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| mask(line).to_string()).collect();
    lines.join("\n")
}

/// The same without a secret that is known, whatever it looks like.
pub(crate) fn without(text: &str, secret: &Secret) -> String {
    masked(&text.replace(secret.reveal(), "…"))
}
