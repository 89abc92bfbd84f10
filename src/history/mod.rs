//! History: what changed about each login, and which alerts went out, as the monitor wrote it down.

pub(crate) mod course;
mod event;
pub(crate) mod log;

pub(crate) use event::Event;
pub(crate) use log::append;
