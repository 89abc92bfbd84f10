//! Alerts: what to tell, when, and by which channel.

pub(crate) mod channel;
mod command;
pub(crate) mod courier;
pub(crate) mod message;
mod ntfy;
mod openclaw;
mod phone;
pub(crate) mod quiet;
