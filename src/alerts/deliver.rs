//! Delivers alerts, and saves the state after each delivery.

use chrono::{DateTime, TimeDelta, Utc};

use crate::alerts::decide::{Alert, Notice, record};
use crate::alerts::state::AlertState;
use crate::config::channel::DeliveryError;

/// The first wait after a failure; each further one doubles it.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(5);
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);
/// The maximum of the wait that a server asks for (`Retry-After`).
const LONGEST_ASKED: TimeDelta = TimeDelta::hours(24);

/// The result of sending an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) alert: Alert,
    /// The names of the channels.
    pub(crate) delivered: Vec<String>,
    pub(crate) failed: Vec<(String, DeliveryError)>,
}

impl Sent {
    /// Whether no channel has delivered it, now or before.
    pub(crate) fn is_lost(&self) -> bool {
        self.delivered.is_empty() && !self.alert.delivered_by_primary
    }

    /// Whether it failed again, and was delivered by no channel.
    pub(crate) fn is_repeated_failure(&self) -> bool {
        let had_failed = |name: &String| {
            let mut to = self.alert.to.iter();
            to.any(|it| it.failed && it.channel == *name)
        };
        self.delivered.is_empty() && self.failed.iter().all(|(name, _)| had_failed(name))
    }
}

/// Sends alerts in order. `deliver` sends one by a channel, `save` writes the state to disk.
///
/// # Errors
/// Those of `save`. No further alert is sent then, because every run would send it again.
pub(crate) fn send<E>(
    state: &mut AlertState,
    alerts: Vec<Alert>,
    now: DateTime<Utc>,
    mut deliver: impl FnMut(&Alert, &str) -> Result<(), DeliveryError>,
    mut save: impl FnMut(&AlertState) -> Result<(), E>,
) -> Result<Vec<Sent>, E> {
    let mut all = Vec::new();
    for alert in alerts {
        let mut sent = Sent {
            alert,
            delivered: Vec::new(),
            failed: Vec::new(),
        };
        for fallback in [false, true] {
            if fallback && (sent.alert.delivered_by_primary || !sent.delivered.is_empty()) {
                break;
            }
            let to = sent.alert.to.clone();
            for recipient in to
                .iter()
                .filter(|it| it.fallback == fallback && !it.backs_off)
            {
                let name = &recipient.channel;
                let outcome = deliver(&sent.alert, name);
                state.back_off(name, outcome.as_ref().err(), now);
                record(state, &sent.alert, name, outcome.is_ok(), now);
                match outcome {
                    Ok(()) => sent.delivered.push(name.clone()),
                    Err(undelivered) => sent.failed.push((name.clone(), undelivered)),
                }
                save(state)?;
            }
        }
        record_fallback(state, &sent, now);
        save(state)?;
        all.push(sent);
    }
    Ok(all)
}

/// Records for the other channels what a fallback has delivered, so that they do not retry.
fn record_fallback(state: &mut AlertState, sent: &Sent, now: DateTime<Utc>) {
    let alert = &sent.alert;
    let by_fallback = |name: &String| alert.to.iter().any(|it| it.fallback && it.channel == *name);
    if matches!(alert.notice, Notice::Resolved(_)) || !sent.delivered.iter().any(by_fallback) {
        return;
    }
    for recipient in alert.to.iter().filter(|it| !it.fallback) {
        record(state, alert, &recipient.channel, true, now);
    }
}

impl AlertState {
    /// Doubles a channel's wait after each failure (exponential backoff), and resets it after a delivery.
    fn back_off(&mut self, channel: &str, undelivered: Option<&DeliveryError>, now: DateTime<Utc>) {
        let Some(undelivered) = undelivered else {
            self.channels.remove(channel);
            return;
        };
        let state = self.channels.entry(channel.to_owned()).or_default();
        state.failures = state.failures.saturating_add(1);
        let doublings = state.failures.saturating_sub(1).min(16);
        let wait = (FIRST_WAIT * (1 << doublings)).min(LONGEST_WAIT);
        let asked = undelivered
            .retry_after
            .and_then(|wait| TimeDelta::from_std(wait).ok());
        let asked = asked.unwrap_or(TimeDelta::zero()).min(LONGEST_ASKED);
        state.retry_after = now.checked_add_signed(wait.max(asked));
    }
}
