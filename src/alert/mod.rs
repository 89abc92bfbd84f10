//! Alerts: what to tell, when, and by which channel.

pub(crate) mod channel;
mod command;
pub(crate) mod courier;
pub(crate) mod decide;
pub(crate) mod keeping;
#[cfg(test)]
mod life;
pub(crate) mod memory;
pub(crate) mod message;
mod ntfy;
pub(crate) mod observation;
mod openclaw;
mod phone;
pub(crate) mod quiet;
pub(crate) mod record;
pub(crate) mod round;
pub(crate) mod rules;
pub(crate) mod sight;
pub(crate) mod thread;
pub(crate) mod wording;
