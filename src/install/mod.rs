//! What is installed on this device: files that carry a mark, by which they are known again, and a plan (pure) of what
//! to change, which `--dry-run` shows.

pub(crate) mod files;
pub(crate) mod inventory;
pub(crate) mod mark;
pub(crate) mod plan;
pub(crate) mod preview;
pub(crate) mod script;
pub(crate) mod timers;
pub(crate) mod unmarked;
pub(crate) mod widgets;
