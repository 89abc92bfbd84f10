//! The events that a run of the monitor adds to the history.

use chrono::{DateTime, Utc};

use crate::alerts::condition::OK;
use crate::alerts::decide::{Change, Subject};
use crate::alerts::deliver::Sent;
use crate::alerts::state::{self, AlertState, Observed};
use crate::alerts::summary::{LocalTime, Summary};
use crate::history::Event;

/// The events for changed conditions of providers. While a gateway cannot be asked, each of its providers has that
/// condition.
pub(crate) fn of_changes(changes: &[Change], state: &AlertState, now: DateTime<Utc>) -> Vec<Event> {
    let mut events = Vec::new();
    for change in changes {
        let (Some(whole), None) = (&change.now, &change.subject.provider) else {
            continue;
        };
        let key = state::key(&change.subject.gateway, change.subject.agent.as_deref());
        let gateway = state.gateways.get(&key);
        for (provider, last) in gateway.into_iter().flat_map(|it| &it.providers) {
            let subject = Subject {
                provider: Some(provider.clone()),
                ..change.subject.clone()
            };
            let observed = if whole.word == OK {
                last.last.as_ref()
            } else {
                Some(whole)
            };
            // A provider that changed as well has an event already.
            let has_own = changes.iter().any(|other| other.subject == subject);
            if let Some(observed) = observed.filter(|_| !has_own) {
                events.extend(of_condition(&subject, Some(observed), now));
            }
        }
    }
    let own = changes
        .iter()
        .filter_map(|change| of_condition(&change.subject, change.now.as_ref(), now));
    events.extend(own);
    events
}

/// The events for alerts that were delivered or failed; a repeated failure is left out.
pub(crate) fn of_alerts(sent: &[Sent], now: DateTime<Utc>, local: LocalTime) -> Vec<Event> {
    let new = sent.iter().filter(|sent| !sent.is_repeated_failure());
    let events = new.map(|sent| {
        let summary = Summary::of(&sent.alert, now, local);
        Event::Alert {
            at: now,
            gateway: sent.alert.subject.gateway.clone(),
            provider: sent.alert.subject.provider.clone(),
            profile: summary.profile,
            event: summary.event.to_owned(),
            title: summary.title,
            delivered: sent.delivered.clone(),
            failed: sent.failed.iter().map(|(name, _)| name.clone()).collect(),
        }
    });
    events.collect()
}

fn of_condition(
    subject: &Subject,
    observed: Option<&Observed>,
    now: DateTime<Utc>,
) -> Option<Event> {
    Some(Event::State {
        at: now,
        gateway: subject.gateway.clone(),
        agent: subject.agent.clone(),
        provider: subject.provider.clone()?,
        profile: observed.and_then(|it| it.profile.clone()),
        state: observed.map_or("unused", |it| &it.word).to_owned(),
        ends: observed.and_then(|it| it.ends),
    })
}
