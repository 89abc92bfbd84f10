//! Unpredictable numbers.

use std::fmt::Write as _;
use std::io;

/// 128 bits from the operating system, as 32 hexadecimal digits.
pub(crate) fn token() -> io::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    let mut text = String::with_capacity(32);
    for byte in bytes {
        write!(text, "{byte:02x}").map_err(io::Error::other)?;
    }
    Ok(text)
}
