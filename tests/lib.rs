//! The whole program, from outside: exact output, exit code and files.
#![expect(
    clippy::disallowed_methods,
    reason = "tests stand outside the program and look at the machine directly"
)]

mod support;

mod alert_channels;
mod at_once;
mod bad_answers;
mod bad_gateways;
mod causes;
mod configuration;
mod corpus;
mod demo;
mod dependency_line;
mod doctor;
mod documents;
mod execs;
mod expiries;
mod fallback;
mod faults;
mod fleet;
mod formats;
mod guide;
mod history;
mod hostile;
#[cfg(feature = "test-sshd")]
mod init;
mod last_version;
mod live_rows;
mod memory;
mod monitor;
mod notification;
mod ntfy;
#[cfg(feature = "test-sshd")]
mod over_ssh;
mod picture;
mod process;
mod prometheus;
#[cfg(feature = "test-openclaw")]
mod real_alerts;
#[cfg(feature = "test-openclaw")]
mod real_ask_every_time;
#[cfg(feature = "test-openclaw")]
mod real_monitor;
#[cfg(feature = "test-openclaw")]
mod real_openclaw;
#[cfg(feature = "test-openclaw")]
mod real_process;
#[cfg(feature = "test-openclaw")]
mod real_reauth;
#[cfg(feature = "test-openclaw")]
mod real_sign_in;
#[cfg(feature = "test-openclaw")]
mod real_sync;
mod reauth;
mod remembered;
mod screen;
mod several_gateways;
mod status;
mod subscription;
mod supply_chain;
mod sync;
mod tap;
mod terminal;
mod timers;
mod usage;
mod watch;
mod widgets;
