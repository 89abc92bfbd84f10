//! History: what changed about each login, and which alerts went out, as the monitor wrote it down.

mod event;
pub(crate) mod log;
pub(crate) mod render;
pub(crate) mod timeline;

pub(crate) use event::Event;
pub(crate) use log::append;
