//! A round: every alert goes to its channels, and each delivery is remembered before the next begins.

use chrono::{DateTime, TimeDelta, Utc};

use crate::alerts::decide::{Alert, News, note};
use crate::alerts::state::Memory;
use crate::config::channel::Undelivered;

/// The first wait after a failure; each further one doubles it.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(5);
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);
/// As long as another side may have us wait.
const LONGEST_ASKED: TimeDelta = TimeDelta::hours(24);

/// What became of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) alert: Alert,
    /// By name.
    pub(crate) delivered: Vec<String>,
    pub(crate) failed: Vec<(String, Undelivered)>,
}

impl Sent {
    /// Whether nobody has heard of it.
    pub(crate) fn is_lost(&self) -> bool {
        self.delivered.is_empty() && !self.alert.is_known
    }

    /// Whether it only failed once more.
    pub(crate) fn is_old_news(&self) -> bool {
        let had_failed = |name: &String| {
            let mut to = self.alert.to.iter();
            to.any(|it| it.failed && it.channel == *name)
        };
        self.delivered.is_empty() && self.failed.iter().all(|(name, _)| had_failed(name))
    }
}

/// Sends alerts, the first one first. `deliver` brings one to a channel, `keep` has the memory survive this process.
///
/// # Errors
/// Those of `keep`; nothing more is sent then, as it would be sent again and again.
pub(crate) fn send<E>(
    memory: &mut Memory,
    alerts: Vec<Alert>,
    now: DateTime<Utc>,
    mut deliver: impl FnMut(&Alert, &str) -> Result<(), Undelivered>,
    mut keep: impl FnMut(&Memory) -> Result<(), E>,
) -> Result<Vec<Sent>, E> {
    let mut sent = Vec::new();
    for alert in alerts {
        let mut round = Sent {
            alert,
            delivered: Vec::new(),
            failed: Vec::new(),
        };
        for fallback in [false, true] {
            if fallback && (round.alert.is_known || !round.delivered.is_empty()) {
                break;
            }
            let to = round.alert.to.clone();
            for addressee in to.iter().filter(|it| it.fallback == fallback && !it.waits) {
                let name = &addressee.channel;
                let outcome = deliver(&round.alert, name);
                memory.learn(name, outcome.as_ref().err(), now);
                note(memory, &round.alert, name, outcome.is_ok(), now);
                match outcome {
                    Ok(()) => round.delivered.push(name.clone()),
                    Err(undelivered) => round.failed.push((name.clone(), undelivered)),
                }
                keep(memory)?;
            }
        }
        take_over(memory, &round, now);
        keep(memory)?;
        sent.push(round);
    }
    Ok(sent)
}

/// What a channel of last resort has delivered, the others need not try again.
fn take_over(memory: &mut Memory, round: &Sent, now: DateTime<Utc>) {
    let alert = &round.alert;
    let by_fallback = |name: &String| alert.to.iter().any(|it| it.fallback && it.channel == *name);
    if matches!(alert.news, News::Mended(_)) || !round.delivered.iter().any(by_fallback) {
        return;
    }
    for addressee in alert.to.iter().filter(|it| !it.fallback) {
        note(memory, alert, &addressee.channel, true, now);
    }
}

impl Memory {
    /// How a channel is doing after a delivery, or the lack of one.
    fn learn(&mut self, channel: &str, undelivered: Option<&Undelivered>, now: DateTime<Utc>) {
        let Some(undelivered) = undelivered else {
            self.channels.remove(channel);
            return;
        };
        let memory = self.channels.entry(channel.to_owned()).or_default();
        memory.failures = memory.failures.saturating_add(1);
        let doublings = memory.failures.saturating_sub(1).min(16);
        let wait = (FIRST_WAIT * (1 << doublings)).min(LONGEST_WAIT);
        let asked = undelivered
            .retry_after
            .and_then(|wait| TimeDelta::from_std(wait).ok());
        let asked = asked.unwrap_or(TimeDelta::zero()).min(LONGEST_ASKED);
        memory.not_before = now.checked_add_signed(wait.max(asked));
    }
}
