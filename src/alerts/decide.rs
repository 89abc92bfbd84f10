//! Decides which notices are due, from the stored state and the observations. Pure: a notice counts as delivered only
//! after [`record`].

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::alerts::condition::{Condition, Problem};
use crate::alerts::incident::Due;
use crate::alerts::observe::Observation;
use crate::alerts::policy::{Level, Policy};
use crate::alerts::state::{
    self, AlertState, ChannelState, GatewayState, Observed, Resolution, SubjectState,
};

/// A notice, and the channels that it is due on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alert {
    pub(crate) subject: Subject,
    pub(crate) notice: Notice,
    /// In the order of the configuration.
    pub(crate) to: Vec<Recipient>,
    /// Whether a channel that is not a fallback has delivered it already, so that fallbacks do not get it.
    pub(crate) delivered_by_primary: bool,
}

/// What an alert is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) gateway: String,
    /// OpenClaw's agent, where one is configured.
    pub(crate) agent: Option<String>,
    /// None for the gateway as a whole.
    pub(crate) provider: Option<String>,
}

/// A channel that a notice is due on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recipient {
    pub(crate) channel: String,
    pub(crate) fallback: bool,
    /// Whether it could not deliver this notice at the last try.
    pub(crate) failed: bool,
    /// Whether the last try failed, and it is too early to retry.
    pub(crate) backs_off: bool,
}

/// The content of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    /// A login expires soon.
    Expiring {
        profile: Option<String>,
        ends: DateTime<Utc>,
        level: Level,
    },
    /// A provider does not work, or a gateway cannot be asked.
    Broken {
        problem: Problem,
        since: DateTime<Utc>,
        due: Due,
        level: Level,
    },
    Resolved(Resolution),
}

/// A subject whose condition differs from the last observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) subject: Subject,
    /// The new condition; `None` if the subject is no longer used.
    pub(crate) now: Option<Observed>,
}

/// The result of the observations.
#[derive(Debug, Default)]
pub(crate) struct Decision {
    /// The most urgent first.
    pub(crate) alerts: Vec<Alert>,
    pub(crate) changes: Vec<Change>,
}

/// Updates the state from the observations, and decides which notices are due.
pub(crate) fn decide(
    state: &mut AlertState,
    observations: &[Observation],
    policy: &Policy,
    now: DateTime<Utc>,
) -> Decision {
    let keys: BTreeSet<String> = observations.iter().map(Observation::key).collect();
    state.settle(&keys, now);
    let mut decision = Decision::default();
    for observation in observations {
        let gateway = state
            .gateways
            .entry(observation.key())
            .or_insert_with(|| GatewayState::new(observation.at));
        // Another run may have stored a newer observation meanwhile.
        if observation.at >= gateway.observed_at {
            let decider = Decider {
                observation,
                policy,
                channels: &state.channels,
                now,
            };
            decider.gateway(gateway, &mut decision);
        }
    }
    decision.alerts.sort_by_key(|alert| alert.notice.urgency());
    decision
}

/// Records whether a channel has delivered an alert.
pub(crate) fn record(
    state: &mut AlertState,
    alert: &Alert,
    channel: &str,
    delivered: bool,
    now: DateTime<Utc>,
) {
    let key = state::key(&alert.subject.gateway, alert.subject.agent.as_deref());
    let Some(gateway) = state.gateways.get_mut(&key) else {
        return;
    };
    if let Some(subject) = gateway.subject_mut(alert.subject.provider.as_deref()) {
        match (
            &alert.notice,
            &mut subject.incident,
            &mut subject.resolution,
        ) {
            (Notice::Resolved(_), _, Some(resolution)) if delivered => {
                resolution.pending.remove(channel);
                subject.resolution.take_if(|it| it.pending.is_empty());
            }
            (Notice::Resolved(_), _, Some(resolution)) => {
                resolution.pending.insert(channel.to_owned(), true);
            }
            (Notice::Expiring { level, .. } | Notice::Broken { level, .. }, Some(incident), _) => {
                if delivered {
                    incident.deliver(channel, *level, now);
                } else {
                    incident.fail(channel, *level);
                }
            }
            _ => {}
        }
    }
    gateway.providers.retain(|_, subject| !subject.is_empty());
}

impl Notice {
    /// The order of alerts: 0 is sent first.
    const fn urgency(&self) -> u8 {
        match self {
            Self::Broken {
                problem: Problem::Issue(_),
                due: Due::FirstTime,
                ..
            } => 0,
            Self::Broken {
                problem: Problem::Issue(_),
                ..
            } => 1,
            Self::Broken { .. } => 2,
            Self::Expiring { .. } => 3,
            Self::Resolved(_) => 4,
        }
    }

    /// Whether it is delivered in quiet hours too: a login that has just broken.
    pub(crate) const fn is_urgent(&self) -> bool {
        self.urgency() == 0
    }
}

/// Decides for one gateway.
struct Decider<'a> {
    observation: &'a Observation,
    policy: &'a Policy<'a>,
    channels: &'a BTreeMap<String, ChannelState>,
    now: DateTime<Utc>,
}

impl Decider<'_> {
    /// Updates the gateway as a whole and its providers; a provider that is no longer observed is unused.
    fn gateway(&self, gateway: &mut GatewayState, decision: &mut Decision) {
        let observation = self.observation;
        gateway.observed_at = observation.at;
        self.subject(None, &mut gateway.whole, &observation.whole, decision);
        for (provider, condition) in &observation.providers {
            let subject = gateway.providers.entry(provider.to_string()).or_default();
            self.subject(Some(provider.as_str()), subject, condition, decision);
        }
        if observation.complete {
            for (provider, subject) in &mut gateway.providers {
                let mut observed = observation.providers.iter();
                if observed.all(|(name, _)| name.as_str() != provider) {
                    self.subject(Some(provider), subject, &Condition::Unused, decision);
                }
            }
        }
        gateway.providers.retain(|_, subject| !subject.is_empty());
    }

    /// Updates one subject, and adds its change and the notices that are due to the decision.
    fn subject(
        &self,
        provider: Option<&str>,
        state: &mut SubjectState,
        condition: &Condition,
        decision: &mut Decision,
    ) {
        let subject = Subject {
            gateway: self.observation.gateway.clone(),
            agent: self.observation.agent.clone(),
            provider: provider.map(str::to_owned),
        };
        let before = state.last.clone();
        state.observe(condition, self.policy, self.now);
        if differs(before.as_ref(), state.last.as_ref()) {
            decision.changes.push(Change {
                subject: subject.clone(),
                now: state.last.clone(),
            });
        }
        let mut due = vec![self.resolved(state)];
        due.extend([Due::FirstTime, Due::Reminder].map(|due| self.open(state, condition, due)));
        let alerts = due.into_iter().flatten();
        decision
            .alerts
            .extend(alerts.map(|(notice, to, delivered_by_primary)| Alert {
                subject: subject.clone(),
                notice,
                to,
                delivered_by_primary,
            }));
    }

    /// The notice of an incident's end, for the channels that have not delivered it.
    fn resolved(&self, state: &SubjectState) -> Option<(Notice, Vec<Recipient>, bool)> {
        let resolution = state.resolution.as_ref().filter(|_| !self.policy.quiet)?;
        let recipients = self.policy.channels.iter().filter_map(|channel| {
            let failed = *resolution.pending.get(&channel.name)?;
            // A fallback that delivered the incident also delivers its end.
            Some(self.recipient(&channel.name, false, failed))
        });
        let to: Vec<Recipient> = recipients.collect();
        let is_due = to.iter().any(|it| !it.backs_off);
        is_due.then(|| (Notice::Resolved(resolution.clone()), to, false))
    }

    /// The notice of an open incident, for the channels on which it is due as `due`.
    fn open(
        &self,
        state: &SubjectState,
        condition: &Condition,
        due: Due,
    ) -> Option<(Notice, Vec<Recipient>, bool)> {
        let level = state.level(condition, self.policy, self.now)?;
        let incident = state.incident.as_ref()?;
        let notice = match condition {
            Condition::Works(basis) => Notice::Expiring {
                profile: basis.profile.clone(),
                ends: basis.ends?,
                level,
            },
            Condition::Broken(problem) => Notice::Broken {
                problem: problem.clone(),
                since: incident.outage.map_or(incident.opened, |it| it.since),
                due,
                level,
            },
            Condition::Unknown | Condition::Unused => return None,
        };
        if self.policy.quiet && !notice.is_urgent() {
            return None;
        }
        let is_due = |name: &str| incident.due(name, level, self.policy, self.now) == Some(due);
        let delivered_by_primary = !self.policy.primary().all(|channel| is_due(&channel.name));
        let channels = self.policy.channels.iter();
        let to: Vec<Recipient> = channels
            .filter(|channel| is_due(&channel.name))
            .map(|channel| {
                let failed = incident.has_failed(&channel.name, level);
                self.recipient(&channel.name, channel.fallback, failed)
            })
            .collect();
        let may_go_out = |it: &Recipient| !it.backs_off && (!it.fallback || !delivered_by_primary);
        to.iter()
            .any(may_go_out)
            .then_some((notice, to, delivered_by_primary))
    }

    fn recipient(&self, channel: &str, fallback: bool, failed: bool) -> Recipient {
        let retry_after = self.channels.get(channel).and_then(|it| it.retry_after);
        Recipient {
            channel: channel.to_owned(),
            fallback,
            failed,
            backs_off: failed && retry_after.is_some_and(|moment| moment > self.now),
        }
    }
}

/// Whether the condition differs; an expiry that moves by less than ten minutes does not count, as clocks differ.
fn differs(before: Option<&Observed>, after: Option<&Observed>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return before.is_some() != after.is_some();
    };
    let moved = match (before.ends, after.ends) {
        (Some(before), Some(after)) => (after - before).num_minutes().abs() >= 10,
        (before, after) => before.is_some() != after.is_some(),
    };
    before.word != after.word || before.profile != after.profile || moved
}
