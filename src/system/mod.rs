//! The only place with effects, beside `phone/`: processes, files, environment, clock and terminal.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the doorway that the ban sends everybody to"
)]

pub(crate) mod clock;
pub(crate) mod crontab;
pub(crate) mod environment;
pub(crate) mod files;
pub(crate) mod http;
pub(crate) mod ownership;
pub(crate) mod parallel;
pub(crate) mod placement;
pub(crate) mod port;
pub(crate) mod process;
pub(crate) mod random;
pub(crate) mod screen;
pub(crate) mod socket;
pub(crate) mod spinner;
pub(crate) mod systemctl;
pub(crate) mod terminal;
mod unfinished;
