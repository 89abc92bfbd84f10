//! Credentials: what must not be seen, kept or logged.

pub(crate) mod claude_file;
pub(crate) mod decide;
pub(crate) mod flow;
pub(crate) mod outcome;
pub(crate) mod source;
