//! The policy: the configured rules by which a notice is due.

use std::cmp::Reverse;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::alerts::condition::Problem;
use crate::config::channel::Channel;

/// The grace of a transient problem: it is notified after this many checks in a row, or after this long.
const GRACE_CHECKS: u32 = 3;
const GRACE: TimeDelta = TimeDelta::minutes(30);
/// OpenClaw's process is notified when it is still down at a second check after this long: on a small machine it starts
/// for minutes before it listens, and it restarts by itself after an update.
const LONGEST_START: TimeDelta = TimeDelta::minutes(10);

#[derive(Debug, Clone)]
pub(crate) struct Policy<'a> {
    /// Hours before an expiry at which it is notified, the most first.
    pub(crate) warn_hours: &'a [u32],
    /// Hours after which a reminder of what is still broken is due; 0 is never.
    pub(crate) remind_hours: u32,
    /// Whether these are quiet hours: only a login that has just broken is notified.
    pub(crate) quiet: bool,
    pub(crate) channels: &'a [Channel],
}

/// The level of an incident. A notice is due on a channel when it is higher than the one that it delivered last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// The login expires within this many hours, a threshold of the policy: fewer hours are a higher level.
    Warned(Reverse<u32>),
    /// A problem that often passes by itself.
    Transient,
    Broken,
}

impl Policy<'_> {
    /// The lowest threshold that is reached with this much time left, in hours.
    pub(crate) fn threshold(&self, left: TimeDelta) -> Option<u32> {
        let hours = self.warn_hours.iter().copied();
        hours
            .filter(|hours| left <= TimeDelta::hours(i64::from(*hours)))
            .min()
    }

    /// Whether a reminder is due this long after the last notice.
    pub(crate) fn is_reminder_due(&self, after: TimeDelta) -> bool {
        self.remind_hours > 0 && after >= TimeDelta::hours(i64::from(self.remind_hours))
    }

    /// The channels that are not fallbacks: every notice goes to them.
    pub(crate) fn primary(&self) -> impl Iterator<Item = &Channel> {
        self.channels.iter().filter(|channel| !channel.fallback)
    }
}

/// Whether a transient problem has lasted longer than its grace.
pub(crate) fn is_past_grace(problem: &Problem, checks: u32, lasting: TimeDelta) -> bool {
    match problem {
        Problem::Issue(issue) if issue.state.is_of_process() => {
            checks >= 2 && lasting > LONGEST_START
        }
        Problem::Issue(_) | Problem::Gateway(_) => checks >= GRACE_CHECKS || lasting >= GRACE,
    }
}
