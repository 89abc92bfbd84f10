//! What can be wrong with a set-up: a file for each check, which looks and judges.

mod agents;
pub(crate) mod channels;
mod claude;
mod clock;
pub(crate) mod configuration;
mod connection;
pub(crate) mod finding;
pub(crate) mod fix;
pub(crate) mod gateway;
mod host;
mod key_file;
mod keys;
mod known_host;
mod logins;
mod openclaw;
pub(crate) mod report;
#[cfg(test)]
mod samples;
pub(crate) mod ssh;
pub(crate) mod state;
pub(crate) mod termux;
pub(crate) mod timers;
pub(crate) mod widgets;
