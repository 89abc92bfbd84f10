//! What can be wrong with a set-up, pure: facts in, findings out. A file for each thing that is looked at.

pub(crate) mod agents;
pub(crate) mod channels;
pub(crate) mod claude;
pub(crate) mod clock;
pub(crate) mod configuration;
pub(crate) mod finding;
pub(crate) mod host;
pub(crate) mod keeping;
pub(crate) mod keys;
pub(crate) mod logins;
pub(crate) mod mending;
pub(crate) mod openclaw;
pub(crate) mod reach;
#[cfg(test)]
mod samples;
pub(crate) mod ssh;
pub(crate) mod termux;
pub(crate) mod timers;
pub(crate) mod widgets;
