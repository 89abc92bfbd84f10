//! Credentials: what must not be seen, kept or logged.

pub(crate) mod secret;
