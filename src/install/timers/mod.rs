//! Timers that run `clawtap monitor`: a file for each, with its install, remove and status.

mod android_job;
mod command;
mod cron;
mod interval;
pub(crate) mod portability;
pub(crate) mod systemd;
pub(crate) mod timer;

use crate::config::Config;
use crate::error::Error;
use crate::install::timers::timer::{Kind, Machine, Order, TimerStatus};
use crate::system::System;

/// Installs a timer, or changes the one that is there; for a person to read.
pub(crate) fn install(kind: Kind, order: &Order, config: &Config) -> Result<String, Error> {
    match kind {
        Kind::Systemd => systemd::install(order, config),
        Kind::Cron => cron::install(order),
        Kind::TermuxJob => android_job::install(order),
    }
}

/// Removes a timer; nothing where it is not set up.
pub(crate) fn remove(kind: Kind, order: &Order) -> Result<Option<String>, Error> {
    match kind {
        Kind::Systemd => systemd::remove(order),
        Kind::Cron => cron::remove(order),
        Kind::TermuxJob => android_job::remove(order),
    }
}

/// The status of each timer that is set up; `pending` asks Android which scripts it is going to run.
pub(crate) fn statuses(
    system: &System,
    pending: impl FnOnce() -> Result<String, String>,
) -> Result<Vec<TimerStatus>, Error> {
    let statuses = [
        systemd::status(system)?,
        cron::status(system),
        android_job::status(system, pending)?,
    ];
    Ok(statuses.into_iter().flatten().collect())
}

/// Whether one of our timers is installed, running or not.
pub(crate) fn is_set_up(kind: Kind, system: &System) -> bool {
    match kind {
        Kind::Systemd => systemd::is_set_up(system),
        Kind::Cron => cron::is_set_up(system),
        Kind::TermuxJob => android_job::is_set_up(system),
    }
}

/// The timers that this machine supports.
pub(crate) fn machine(system: &System) -> Machine {
    let environment = &system.environment;
    Machine {
        termux: environment.termux_prefix().is_some(),
        systemd: systemd::is_booted() && environment.program("systemctl").is_some(),
        crontab: environment.program("crontab").is_some(),
    }
}
