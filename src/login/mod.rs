//! Signing in.

#[allow(dead_code, reason = "its command follows")]
pub(crate) mod code;
pub(crate) mod dialogue;
#[allow(dead_code, reason = "its command follows")]
pub(crate) mod page;
#[allow(dead_code, reason = "its command follows")]
pub(crate) mod provider;
#[allow(dead_code, reason = "its command follows")]
pub(crate) mod route;
pub(crate) mod screen;
