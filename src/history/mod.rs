//! The history that the monitor writes: the changes of each login, and the alerts sent.

mod event;
pub(crate) mod log;
pub(crate) mod render;
pub(crate) mod timeline;

pub(crate) use event::Event;
pub(crate) use log::append;
