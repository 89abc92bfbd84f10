//! Credentials: what must not be seen, kept or logged.

pub(crate) mod claude;
pub(crate) mod plan;
pub(crate) mod secret;
pub(crate) mod source;
