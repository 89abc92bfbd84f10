//! Rendering, pure: assessments in, text or values for the phone out.

pub(crate) mod demo;
pub(crate) mod gauge;
pub(crate) mod json;
pub(crate) mod next_step;
pub(crate) mod notification;
pub(crate) mod picture;
pub(crate) mod prometheus;
pub(crate) mod row;
pub(crate) mod simple;
pub(crate) mod summary;
pub(crate) mod terminal;
pub(crate) mod toast;
pub(crate) mod upstream;
pub(crate) mod watch;
pub(crate) mod wrap;
