//! The channels that alerts go out by, a file for each, and the dispatcher that picks one.

pub(crate) mod command;
pub(crate) mod dispatcher;
pub(crate) mod ntfy;
pub(crate) mod openclaw;
pub(crate) mod phone;
