//! Alerts: which notices are due, when, and on which channels.

pub(crate) mod channels;
pub(crate) mod condition;
pub(crate) mod decide;
pub(crate) mod deliver;
pub(crate) mod events;
pub(crate) mod incident;
pub(crate) mod message;
pub(crate) mod monitor;
pub(crate) mod observe;
pub(crate) mod policy;
#[cfg(test)]
pub(crate) mod simulation;
pub(crate) mod state;
pub(crate) mod state_file;
pub(crate) mod summary;
