//! Rules: by what is decided whether something is told.

use chrono::TimeDelta;

use crate::config::channel::Channel;

/// What passes by itself is told after as many checks, or after as long.
const GRACE_CHECKS: u32 = 3;
const GRACE: TimeDelta = TimeDelta::minutes(30);

/// The rules of a run.
#[derive(Debug, Clone)]
pub(crate) struct Rules<'a> {
    /// Hours before an end at which it is told, the longest first.
    pub(crate) warn_hours: &'a [u32],
    /// Hours after which what is broken is told again; 0 is never.
    pub(crate) remind_hours: u32,
    /// Whether only what has just broken may be told now.
    pub(crate) quiet: bool,
    pub(crate) channels: &'a [Channel],
}

impl Rules<'_> {
    /// The lowest rung of the ladder that is reached with this much time left.
    pub(crate) fn rung(&self, left: TimeDelta) -> Option<u32> {
        let rungs = self.warn_hours.iter().copied();
        rungs
            .filter(|hours| left <= TimeDelta::hours(i64::from(*hours)))
            .min()
    }

    /// Whether what was told so long ago has to be told again.
    pub(crate) fn is_worth_repeating(&self, told_ago: TimeDelta) -> bool {
        self.remind_hours > 0 && told_ago >= TimeDelta::hours(i64::from(self.remind_hours))
    }

    /// The channels that hear of everything.
    pub(crate) fn first_choices(&self) -> impl Iterator<Item = &Channel> {
        self.channels.iter().filter(|channel| !channel.fallback)
    }
}

/// Whether what often passes by itself has had the time to.
pub(crate) fn is_past_grace(checks: u32, lasting: TimeDelta) -> bool {
    checks >= GRACE_CHECKS || lasting >= GRACE
}
