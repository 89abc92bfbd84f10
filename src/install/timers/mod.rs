//! Timers that run `clawtap monitor`: systemd's, cron's and Android's; what each is given, as text.

pub(crate) mod command;
pub(crate) mod crontab;
pub(crate) mod interval;
pub(crate) mod job;
pub(crate) mod kind;
pub(crate) mod standing;
pub(crate) mod unit_state;
pub(crate) mod units;
