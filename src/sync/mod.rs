//! Copies Claude Code's login into OpenClaw.

pub(crate) mod claude_file;
pub(crate) mod decide;
pub(crate) mod flow;
pub(crate) mod outcome;
pub(crate) mod source;
