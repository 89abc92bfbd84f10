//! The timeline of a login over some days.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::history::Event;
use crate::status::login::State;

/// The state from a moment on, until the next change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) at: DateTime<Utc>,
    pub(crate) profile: Option<String>,
    /// A state's word, or why the gateway could not be asked.
    pub(crate) word: String,
    pub(crate) ends: Option<DateTime<Utc>>,
}

/// The subject of a timeline: gateway, agent and provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject {
    pub(crate) gateway: String,
    pub(crate) agent: Option<String>,
    pub(crate) provider: String,
}

/// The changes of a provider's login, at least one, in the order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timeline {
    pub(crate) subject: Subject,
    changes: Vec<Change>,
}

/// The worst state of a login during a cell's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cell {
    /// The login did not work.
    Broken,
    /// It worked, with this much time left.
    Left(TimeDelta),
    /// It worked, and does not expire or renews itself.
    Endless,
    /// The gateway could not be asked, or there was no check after the login's expiry.
    Unknown,
    /// Before the first check.
    Before,
}

/// The timelines of all logins, by gateway.
pub(crate) fn timelines(events: &[Event], now: DateTime<Utc>) -> Vec<Timeline> {
    let mut timelines: BTreeMap<Subject, Vec<Change>> = BTreeMap::new();
    for event in events {
        let Event::State {
            at,
            gateway,
            agent,
            provider,
            profile,
            state,
            ends,
        } = event
        else {
            continue;
        };
        let subject = Subject {
            gateway: gateway.clone(),
            agent: agent.clone(),
            provider: provider.clone(),
        };
        let changes = timelines.entry(subject).or_default();
        // The event written last counts, whatever its time is: the clock may have been ahead, or was set back since.
        let at = (*at).min(now);
        while changes.last().is_some_and(|last| last.at > at) {
            changes.pop();
        }
        changes.push(Change {
            at,
            profile: profile.clone(),
            word: state.clone(),
            ends: *ends,
        });
    }
    let timelines = timelines.into_iter();
    timelines
        .map(|(subject, changes)| Timeline { subject, changes })
        .collect()
}

impl Timeline {
    /// The present state, if there is one.
    pub(crate) fn current(&self) -> Option<&Change> {
        self.changes.last()
    }

    /// Divides the time from `since` to `now` into cells.
    pub(crate) fn cells(
        &self,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
        columns: usize,
    ) -> Vec<Cell> {
        let count = i32::try_from(columns).unwrap_or(i32::MAX).max(1);
        let edge = |index: i32| since + (now - since) / count * index;
        (0..count)
            .map(|index| {
                let last = index + 1 == count;
                // An event of this second belongs to the last cell.
                let to = if last {
                    now + TimeDelta::seconds(1)
                } else {
                    edge(index + 1)
                };
                self.worst(edge(index), to)
            })
            .collect()
    }

    fn worst(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Cell {
        let nexts = self.changes.iter().skip(1).map(|next| Some(next.at));
        let spans = self.changes.iter().zip(nexts.chain([None]));
        spans
            .filter_map(|(change, next)| {
                let from = from.max(change.at);
                let to = next.map_or(to, |next| next.min(to));
                (from < to).then(|| change.cell(from, to))
            })
            .min()
            .unwrap_or(Cell::Before)
    }
}

impl Change {
    /// The state with this word, if there is one.
    pub(crate) fn state(&self) -> Option<State> {
        State::ALL
            .into_iter()
            .find(|state| state.word() == self.word)
    }

    fn cell(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Cell {
        match self.state() {
            None | Some(State::Indeterminate) => Cell::Unknown,
            Some(State::Static | State::Refreshable) => Cell::Endless,
            Some(state) if !state.works() => Cell::Broken,
            Some(_) => match self.ends {
                None => Cell::Endless,
                Some(ends) if ends > from => Cell::Left((ends - to).max(TimeDelta::zero())),
                Some(_) => Cell::Unknown,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, timelines};
    use crate::history::Event;
    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;

    /// An hour of the day that the tests show.
    fn hour(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn event(at: i64, state: &str, ends: Option<i64>) -> Event {
        Event::State {
            at: hour(at),
            gateway: "home".into(),
            agent: None,
            provider: "anthropic".into(),
            profile: None,
            state: state.into(),
            ends: ends.map(hour),
        }
    }

    /// Draws six hours, one character each, as seen at the end of the sixth.
    fn drawn(events: &[Event]) -> String {
        let timeline = timelines(events, hour(6)).remove(0);
        let cells = timeline.cells(hour(0), hour(6), 6);
        let sign = |cell: &Cell| match cell {
            Cell::Broken => "×".to_owned(),
            Cell::Left(left) => left.num_hours().to_string(),
            Cell::Endless => "∞".to_owned(),
            Cell::Unknown => "?".to_owned(),
            Cell::Before => "_".to_owned(),
        };
        cells.iter().map(sign).collect()
    }

    #[test]
    fn every_hour_shows_the_worst_of_it() {
        let half = |event: Event| match event {
            Event::State {
                at,
                gateway,
                agent,
                provider,
                profile,
                state,
                ends,
            } => Event::State {
                at: at + TimeDelta::minutes(30),
                gateway,
                agent,
                provider,
                profile,
                state,
                ends,
            },
            alert @ Event::Alert { .. } => alert,
        };
        // A cell shows the time left at the end of its hour; now is a second after the end of the last.
        let table = [
            (vec![event(0, "ok", Some(9))], "876542"),
            (vec![event(2, "ok", Some(9))], "__6542"),
            (vec![event(-9, "ok", Some(9))], "876542"),
            (vec![event(6, "ok", Some(9))], "_____2"),
            // A short outage within an hour is shown.
            (
                vec![
                    event(0, "ok", Some(3)),
                    half(event(2, "expired", Some(3))),
                    event(3, "ok", Some(9)),
                ],
                "21×542",
            ),
            // A short time within an hour in which the state is unknown is not shown.
            (
                vec![
                    event(0, "ok", Some(9)),
                    half(event(2, "timeout", None)),
                    event(4, "ok", Some(9)),
                ],
                "876?42",
            ),
            // There was no check after the expiry.
            (vec![event(0, "ok", Some(2))], "10????"),
            (vec![event(0, "refreshable", Some(2))], "∞∞∞∞∞∞"),
            (vec![event(0, "static", None)], "∞∞∞∞∞∞"),
            (vec![event(0, "ok", None)], "∞∞∞∞∞∞"),
            (vec![event(0, "of a newer version", Some(9))], "??????"),
            (vec![event(0, "cooldown", None)], "××××××"),
            // The clock was ahead, or was set back: the event written last counts.
            (
                vec![event(4, "expired", None), event(2, "ok", Some(9))],
                "__6542",
            ),
            (
                vec![
                    event(3, "expired", None),
                    event(4, "missing", None),
                    event(2, "ok", Some(9)),
                ],
                "__6542",
            ),
            (vec![event(900, "expired", None)], "_____×"),
            (
                vec![event(900, "expired", None), event(2, "ok", Some(9))],
                "__6542",
            ),
        ];
        for (events, expected) in table {
            assert_eq!(drawn(&events), expected, "{events:?}");
        }
    }

    proptest! {
        #[test]
        fn no_clock_and_no_end_is_too_odd(
            events in proptest::collection::vec(
                (any::<i32>(), "ok|expired|static|timeout", proptest::option::of(any::<i32>())),
                1..20,
            ),
            now in any::<i32>(),
            days in 1_i64..400,
            columns in 0_usize..100,
        ) {
            let moment = |seconds: i32| DateTime::from_timestamp(i64::from(seconds) * 90, 0).unwrap();
            let events: Vec<Event> = events
                .into_iter()
                .map(|(at, state, ends)| Event::State {
                    at: moment(at),
                    gateway: "home".into(),
                    agent: None,
                    provider: "anthropic".into(),
                    profile: None,
                    state,
                    ends: ends.map(moment),
                })
                .collect();
            let now = moment(now);
            let timeline = timelines(&events, now).remove(0);
            let cells = timeline.cells(now - TimeDelta::days(days), now, columns);
            prop_assert_eq!(cells.len(), columns.max(1));
            // The event written last is the present state.
            let Some(Event::State { state, .. }) = events.last() else { unreachable!() };
            prop_assert_eq!(&timeline.current().unwrap().word, state);
        }
    }
}
