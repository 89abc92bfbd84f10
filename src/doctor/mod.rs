//! What can be wrong with a set-up, pure: facts in, findings out. A file for each thing that is looked at.

pub(crate) mod agents;
pub(crate) mod channels;
pub(crate) mod claude;
pub(crate) mod clock;
pub(crate) mod configuration;
pub(crate) mod connection;
pub(crate) mod finding;
pub(crate) mod fix;
pub(crate) mod host;
pub(crate) mod keys;
pub(crate) mod logins;
pub(crate) mod openclaw;
pub(crate) mod report;
#[cfg(test)]
mod samples;
pub(crate) mod ssh;
pub(crate) mod state;
pub(crate) mod termux;
pub(crate) mod timers;
pub(crate) mod widgets;
