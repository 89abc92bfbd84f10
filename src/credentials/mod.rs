//! Credentials: what must not be seen, kept or logged.

#[allow(dead_code, reason = "the command follows")]
pub(crate) mod claude;
pub(crate) mod plan;
pub(crate) mod secret;
pub(crate) mod source;
