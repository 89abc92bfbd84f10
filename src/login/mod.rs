//! Signing in.

pub(crate) mod code;
pub(crate) mod dialogue;
pub(crate) mod page;
pub(crate) mod provider;
pub(crate) mod route;
pub(crate) mod screen;
