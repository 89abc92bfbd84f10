//! The state machine of one incident: opened, confirmed, notified, resolved.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::alerts::condition::{Basis, Condition, Credential, EXPIRING, OK, Problem};
use crate::alerts::policy::{Level, Policy, is_past_grace};
use crate::alerts::state::{Cause, Cursor, Incident, Observed, Outage, Resolution, SubjectState};
use crate::status::login::State;

/// An expiry that moves by less than this counts as unchanged: clocks differ.
const JITTER: TimeDelta = TimeDelta::minutes(10);

/// Why a notice is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// The channel has not delivered this level.
    FirstTime,
    /// The channel has delivered it, so long ago that a reminder is due.
    Reminder,
}

impl SubjectState {
    /// Updates the state from one observation: opens, confirms or resolves the incident.
    pub(crate) fn observe(&mut self, condition: &Condition, policy: &Policy, now: DateTime<Utc>) {
        let before = self.last.take();
        self.forget_removed_channels(policy);
        let threshold = condition.left(now).and_then(|left| policy.threshold(left));
        match (condition, threshold) {
            (Condition::Unknown, _) => {
                self.last = before;
                return;
            }
            (Condition::Broken(problem), _) => self.outage(problem, now),
            (Condition::Works(basis), Some(hours)) => {
                if self.is_better(before.as_ref(), basis, hours) {
                    self.resolve(
                        before.as_ref(),
                        cause(before.as_ref(), basis),
                        Some(basis),
                        policy,
                    );
                    self.expect(hours, now);
                }
                let incident = self.incident.get_or_insert_with(|| Incident::new(now));
                incident.outage = None;
            }
            (Condition::Works(basis), None) => {
                if !self.is_jitter(before.as_ref(), basis) {
                    self.resolve(
                        before.as_ref(),
                        cause(before.as_ref(), basis),
                        Some(basis),
                        policy,
                    );
                }
            }
            (Condition::Unused, _) => self.resolve(before.as_ref(), Cause::Unused, None, policy),
        }
        self.last = observed(condition, threshold.is_some(), now);
    }

    /// Removes channels that are no longer configured from the pending resolution.
    fn forget_removed_channels(&mut self, policy: &Policy) {
        if let Some(resolution) = &mut self.resolution {
            let exists = |name: &String| policy.channels.iter().any(|it| it.name == *name);
            resolution.pending.retain(|name, _| exists(name));
            self.resolution.take_if(|it| it.pending.is_empty());
        }
    }

    /// Records that the subject is broken, and confirms the incident if the problem is not transient or past its grace.
    fn outage(&mut self, problem: &Problem, now: DateTime<Utc>) {
        let incident = self.incident.get_or_insert_with(|| Incident::new(now));
        let outage = incident.outage.get_or_insert(Outage {
            since: now,
            checks: 0,
        });
        outage.checks = outage.checks.saturating_add(1);
        let lasting = now - outage.since;
        incident.confirmed |=
            !problem.is_transient() || is_past_grace(problem, outage.checks, lasting);
        if incident.confirmed {
            // Channels that have not delivered the end of the last incident deliver this incident instead.
            self.resolution = None;
        }
    }

    /// Whether a login that still expires soon is an improvement on what channels have delivered.
    fn is_better(&self, before: Option<&Observed>, basis: &Basis, hours: u32) -> bool {
        self.incident.as_ref().is_some_and(|incident| {
            let expires_later = !ends_alike(before, basis)
                && incident
                    .delivered()
                    .any(|level| level > Level::Warned(Reverse(hours)));
            incident.confirmed || expires_later
        })
    }

    /// Whether the time left is above all thresholds again only because clocks differ.
    fn is_jitter(&self, before: Option<&Observed>, basis: &Basis) -> bool {
        let incident = self.incident.as_ref();
        incident.is_some_and(|it| it.outage.is_none()) && ends_alike(before, basis)
    }

    /// Ends the incident. Its end is then pending on the channels that delivered it.
    fn resolve(
        &mut self,
        before: Option<&Observed>,
        cause: Cause,
        basis: Option<&Basis>,
        policy: &Policy,
    ) {
        let Some(incident) = self.incident.take() else {
            return;
        };
        let heard = |(name, cursor): (&String, &Cursor)| cursor.delivered.map(|_| name.clone());
        let mut channels: BTreeSet<String> = incident.cursors.iter().filter_map(heard).collect();
        if incident.confirmed {
            // Also channels that had not delivered it in time.
            channels.extend(policy.primary().map(|channel| channel.name.clone()));
        }
        let earlier = self.resolution.take();
        let (was, since) = match &earlier {
            // Not every channel has delivered the last end: this resolution covers both incidents.
            Some(earlier) => (earlier.was.clone(), earlier.since),
            None => (
                before.map_or(EXPIRING, |before| &before.word).to_owned(),
                incident
                    .outage
                    .map_or(incident.opened, |outage| outage.since),
            ),
        };
        let mut pending = earlier.map(|earlier| earlier.pending).unwrap_or_default();
        for channel in channels {
            pending.entry(channel).or_insert(false);
        }
        if !pending.is_empty() {
            self.resolution = Some(Resolution {
                was,
                since,
                cause,
                profile: basis.and_then(|basis| basis.profile.clone()),
                until: basis.and_then(|basis| basis.ends),
                pending,
            });
        }
    }

    /// Opens an incident for an expiry that the pending resolution's notice mentions, so that its channels skip the
    /// notice of this level.
    fn expect(&mut self, hours: u32, now: DateTime<Utc>) {
        let mut incident = Incident::new(now);
        let pending = self.resolution.iter().flat_map(|it| it.pending.keys());
        for channel in pending {
            incident.deliver(channel, Level::Warned(Reverse(hours)), now);
        }
        self.incident = Some(incident);
    }

    /// The level of the open incident; `None` if there is nothing to notify.
    pub(crate) fn level(
        &self,
        condition: &Condition,
        policy: &Policy,
        now: DateTime<Utc>,
    ) -> Option<Level> {
        let incident = self.incident.as_ref()?;
        match condition {
            Condition::Works(_) => {
                let hours = policy.threshold(condition.left(now)?)?;
                Some(Level::Warned(Reverse(hours)))
            }
            Condition::Broken(_) if !incident.confirmed => None,
            Condition::Broken(problem) if problem.is_transient() => Some(Level::Transient),
            Condition::Broken(_) => Some(Level::Broken),
            Condition::Unknown | Condition::Unused => None,
        }
    }
}

impl Incident {
    fn new(now: DateTime<Utc>) -> Self {
        Self {
            opened: now,
            outage: None,
            confirmed: false,
            cursors: [].into(),
        }
    }

    /// The highest level that each channel has delivered.
    fn delivered(&self) -> impl Iterator<Item = Level> {
        let cursors = self.cursors.values();
        cursors.filter_map(|cursor| Some(cursor.delivered?.0))
    }

    /// Why a notice of this level is due on a channel; `None` if it is not due.
    pub(crate) fn due(
        &self,
        channel: &str,
        level: Level,
        policy: &Policy,
        now: DateTime<Utc>,
    ) -> Option<Due> {
        let cursor = self.cursors.get(channel);
        match cursor.and_then(|cursor| cursor.delivered) {
            Some((delivered, at)) if delivered >= level => {
                let is_due = level >= Level::Transient && policy.is_reminder_due(now - at);
                is_due.then_some(Due::Reminder)
            }
            _ => Some(Due::FirstTime),
        }
    }

    /// Whether the channel could not deliver this level at the last try.
    pub(crate) fn has_failed(&self, channel: &str, level: Level) -> bool {
        let cursor = self.cursors.get(channel);
        cursor.is_some_and(|cursor| cursor.failed == Some(level))
    }

    /// Records that a channel has delivered this level.
    pub(crate) fn deliver(&mut self, channel: &str, level: Level, now: DateTime<Utc>) {
        let cursor = self.cursors.entry(channel.to_owned()).or_default();
        let highest = cursor
            .delivered
            .map_or(level, |(before, _)| before.max(level));
        *cursor = Cursor {
            delivered: Some((highest, now)),
            failed: None,
        };
    }

    /// Records that a channel could not deliver this level.
    pub(crate) fn fail(&mut self, channel: &str, level: Level) {
        self.cursors.entry(channel.to_owned()).or_default().failed = Some(level);
    }
}

/// Whether the expiry has not moved to later, apart from jitter.
fn ends_alike(before: Option<&Observed>, basis: &Basis) -> bool {
    match (before.and_then(|before| before.ends), basis.ends) {
        (Some(before), Some(now)) => now - before < JITTER,
        _ => false,
    }
}

/// What resolved an incident, from the credential that works now.
fn cause(before: Option<&Observed>, basis: &Basis) -> Cause {
    let paused = [State::Cooldown, State::Disabled, State::Rejected].map(State::word);
    let is_login = matches!(
        basis.credential,
        Credential::Login | Credential::RenewingLogin
    );
    match (before, basis.credential) {
        (Some(before), _)
            if is_login
                && before.profile == basis.profile
                && paused.contains(&before.word.as_str()) =>
        {
            Cause::PauseOver
        }
        (Some(before), Credential::Login)
            if before.profile.is_some() && before.profile != basis.profile =>
        {
            Cause::OtherLogin
        }
        (_, Credential::Login) => Cause::SignedIn,
        (_, Credential::RenewingLogin) => Cause::RenewsItself,
        (_, Credential::Other) => Cause::OtherCredential,
        (_, Credential::None) => Cause::Reachable,
    }
}

/// The condition in short; `None` if it is unknown or unused.
fn observed(condition: &Condition, expires_soon: bool, now: DateTime<Utc>) -> Option<Observed> {
    match condition {
        Condition::Works(basis) => Some(Observed {
            word: if expires_soon { EXPIRING } else { OK }.to_owned(),
            profile: basis.profile.clone(),
            ends: basis.ends,
        }),
        Condition::Broken(problem) => Some(Observed {
            word: problem.word().to_owned(),
            profile: problem.profile(),
            ends: problem.ended(now),
        }),
        Condition::Unknown | Condition::Unused => None,
    }
}
