//! The record: what of a run goes into the history.

use chrono::{DateTime, Utc};

use crate::alerts::condition::WELL;
use crate::alerts::decide::{About, Change};
use crate::alerts::deliver::Sent;
use crate::alerts::state::{self, Memory, Standing};
use crate::alerts::wording::{self, Local};
use crate::history::Event;

/// How providers stand from now on. Of a gateway that cannot be asked nothing is known of any of them.
pub(crate) fn of_changes(changes: &[Change], memory: &Memory, now: DateTime<Utc>) -> Vec<Event> {
    let mut events = Vec::new();
    for change in changes {
        let Some(sight) = change
            .standing
            .as_ref()
            .filter(|_| change.about.provider.is_none())
        else {
            continue;
        };
        let key = state::key(&change.about.gateway, change.about.agent.as_deref());
        let routes = memory.gateways.get(&key).map(|gateway| &gateway.routes);
        for (provider, thread) in routes.into_iter().flatten() {
            let about = About {
                provider: Some(provider.clone()),
                ..change.about.clone()
            };
            // What changed at the same time tells itself.
            let tells_itself = changes.iter().any(|other| other.about == about);
            let standing = if sight.word == WELL {
                thread.standing.as_ref()
            } else {
                Some(sight)
            };
            if let Some(standing) = standing.filter(|_| !tells_itself) {
                events.extend(state(&about, Some(standing), now));
            }
        }
    }
    let of_providers = changes
        .iter()
        .filter_map(|change| state(&change.about, change.standing.as_ref(), now));
    events.extend(of_providers);
    events
}

/// What went out, and what did not.
pub(crate) fn of_alerts(sent: &[Sent], now: DateTime<Utc>, local: Local) -> Vec<Event> {
    let news = sent.iter().filter(|round| !round.is_old_news());
    let events = news.map(|round| {
        let summary = wording::summary(&round.alert, now, local);
        Event::Alert {
            at: now,
            gateway: round.alert.about.gateway.clone(),
            provider: round.alert.about.provider.clone(),
            profile: summary.profile,
            event: summary.event.to_owned(),
            title: summary.title,
            delivered: round.delivered.clone(),
            failed: round.failed.iter().map(|(name, _)| name.clone()).collect(),
        }
    });
    events.collect()
}

fn state(about: &About, standing: Option<&Standing>, now: DateTime<Utc>) -> Option<Event> {
    Some(Event::State {
        at: now,
        gateway: about.gateway.clone(),
        agent: about.agent.clone(),
        provider: about.provider.clone()?,
        profile: standing.and_then(|it| it.profile.clone()),
        state: standing.map_or("unused", |it| &it.word).to_owned(),
        ends: standing.and_then(|it| it.ends),
    })
}
