//! Alerts: what to tell, when, and by which channel.

pub(crate) mod channel;
pub(crate) mod message;
pub(crate) mod quiet;
