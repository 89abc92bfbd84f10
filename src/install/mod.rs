//! What is installed on this device: a plan (pure), which `--dry-run` shows and which has an exact inverse.

pub(crate) mod inventory;
pub(crate) mod ledger;
pub(crate) mod manifest;
pub(crate) mod plan;
pub(crate) mod preview;
pub(crate) mod script;
pub(crate) mod timers;
pub(crate) mod widgets;
