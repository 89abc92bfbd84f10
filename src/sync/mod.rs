//! Copies Claude Code's login into OpenClaw.

pub(crate) mod claude_file;
pub(crate) mod decide;
pub(crate) mod flow;
pub(crate) mod outcome;
mod renew;
pub(crate) mod source;
mod store;
