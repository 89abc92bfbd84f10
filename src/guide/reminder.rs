//! A reminder: a script that Android runs periodically, and that checks once it is due.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::gateway::script::quoted;

const SCRIPT: &str = include_str!("reminder.sh");

/// The time until a reminder is due.
pub(crate) const AFTER: TimeDelta = TimeDelta::hours(1);
/// The period in which Android runs the script; the shortest that it allows.
pub(crate) const EVERY: Duration = Duration::from_secs(15 * 60);

/// The script that runs `check`, a line of shell, once it is due. `job` is its job id with Android.
pub(crate) fn script(prefix: &Path, check: &str, job: u32, now: DateTime<Utc>) -> String {
    format!(
        "#!{prefix}/bin/sh\nprefix={quoted_prefix} job={job} due={due}\n{SCRIPT}{check}\n",
        prefix = prefix.display(),
        quoted_prefix = quoted(&prefix.to_string_lossy()),
        due = (now + AFTER).timestamp(),
    )
}

/// The job id of a gateway's reminder with Android: different for each gateway, and never 0, which other scripts use.
pub(crate) fn job(gateway: &str) -> u32 {
    // FNV-1a, folded into a range of our own.
    let hash = gateway.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    700_000 + hash % 100_000
}
