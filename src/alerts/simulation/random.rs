//! Random histories of a gateway: no alert is sent twice, and none is lost.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::{Fate, SimulatedLogin, SimulatedMonitor, World, at};
use crate::alerts::condition::Problem;
use crate::alerts::decide::{Alert, Notice};
use crate::alerts::incident::Due;
use crate::alerts::policy::Level;
use crate::status::login::LoginKind::{ApiKey, Token};

/// A change between two runs.
#[derive(Debug, Clone)]
enum Turn {
    /// A token for this many hours, for the second login of the provider if true, else for the first.
    SignIn(bool, i64),
    Key,
    Removed,
    Outage(bool),
    Fails(&'static str, bool),
    ClockJumps(i64),
    Nothing,
}

/// A run of the monitor: the change before it, the minutes since the last run, and the step at which it is killed.
type Run = (Turn, i64, Option<usize>);

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        4 => (any::<bool>(), 1..60_i64).prop_map(|(second, hours)| Turn::SignIn(second, hours)),
        1 => Just(Turn::Key),
        2 => Just(Turn::Removed),
        2 => any::<bool>().prop_map(Turn::Outage),
        2 => (prop::sample::select(vec!["ntfy", "phone"]), any::<bool>())
            .prop_map(|(channel, fails)| Turn::Fails(channel, fails)),
        1 => (-600..600_i64).prop_map(Turn::ClockJumps),
        12 => Just(Turn::Nothing),
    ]
}

fn run(killed: bool) -> impl Strategy<Value = Run> {
    let fate = if killed {
        prop_oneof![3 => Just(None), 1 => (0..8_usize).prop_map(Some)].boxed()
    } else {
        Just(None).boxed()
    };
    (turn(), 5..240_i64, fate)
}

/// A simulated history, and its alerts.
#[derive(Default)]
struct Simulation {
    world: World,
    failing: BTreeMap<&'static str, bool>,
    /// How far this device's clock is fast.
    skew: TimeDelta,
    /// The delivered alerts: the number of the run, the channel, and the alert.
    delivered: RefCell<Vec<(usize, String, Alert)>>,
    /// The runs that first observed the provider as broken.
    entries: Vec<usize>,
    /// The runs before which something improved.
    turns: Vec<usize>,
    was_broken: bool,
    /// The runs in which a channel did not work, with that channel.
    failed: Vec<(usize, &'static str)>,
}

impl Simulation {
    fn happens(&mut self, turn: &Turn, now: DateTime<Utc>) {
        let token = |id, hours| SimulatedLogin {
            id,
            kind: Token,
            ends: Some(now + TimeDelta::hours(hours)),
            renews_itself: false,
        };
        match turn {
            Turn::SignIn(false, hours) => self.world.sign_in(token("anthropic:a", *hours)),
            Turn::SignIn(true, hours) => self.world.sign_in(token("anthropic:b", *hours)),
            Turn::Key => self.world.sign_in(SimulatedLogin {
                id: "anthropic:key",
                kind: ApiKey,
                ends: None,
                renews_itself: false,
            }),
            Turn::Removed => self.world.logins.clear(),
            Turn::Outage(down) => self.world.down = *down,
            Turn::Fails(channel, fails) => {
                self.failing.insert(channel, *fails);
            }
            Turn::ClockJumps(minutes) => self.skew += TimeDelta::minutes(*minutes),
            Turn::Nothing => {}
        }
    }

    fn live(runs: &[Run], monitor: &mut SimulatedMonitor) -> Self {
        let mut simulation = Self {
            world: World {
                in_use: vec!["anthropic"],
                ..World::default()
            },
            ..Self::default()
        };
        let mut now = at("2026-01-01 10:00");
        for (number, (turn, minutes, killed)) in runs.iter().enumerate() {
            now += TimeDelta::minutes(*minutes);
            simulation.happens(turn, now);
            if matches!(turn, Turn::SignIn(..) | Turn::Key | Turn::Outage(false)) {
                simulation.turns.push(number);
            }
            simulation.check(
                number,
                now,
                killed.map_or(Fate::Lives, Fate::KilledAfter),
                monitor,
            );
        }
        simulation
    }

    fn check(
        &mut self,
        number: usize,
        now: DateTime<Utc>,
        fate: Fate,
        monitor: &mut SimulatedMonitor,
    ) {
        let works = |login: &SimulatedLogin| login.ends.is_none_or(|end| end > now);
        let broken = !self.world.logins.iter().any(works);
        let seen = !self.world.down && !matches!(fate, Fate::KilledAfter(0));
        if seen && broken && !self.was_broken {
            self.entries.push(number);
        }
        if seen {
            self.was_broken = broken;
        }
        // The gateway's clock is right, and so is the time left that it reports.
        let mut world = self.world.clone();
        for login in &mut world.logins {
            login.ends = login.ends.map(|end| end + self.skew);
        }
        let failing = self.failing.iter().filter(|(_, fails)| **fails);
        self.failed
            .extend(failing.map(|(channel, _)| (number, *channel)));
        let works = |channel: &str| !self.failing.get(channel).copied().unwrap_or_default();
        monitor.run(&world, now + self.skew, works, fate, |alert, channel| {
            let entry = (number, channel.to_owned(), alert.clone());
            self.delivered.borrow_mut().push(entry);
        });
    }
}

/// The provider and level of an alert that must not be sent twice.
fn key(alert: &Alert) -> Option<(Option<String>, Level)> {
    match &alert.notice {
        Notice::Expiring { level, .. }
        | Notice::Broken {
            level,
            due: Due::FirstTime,
            ..
        } => Some((alert.subject.provider.clone(), *level)),
        _ => None,
    }
}

fn is_of_broken_login(alert: &Alert) -> bool {
    matches!(
        alert.notice,
        Notice::Broken {
            problem: Problem::Issue(_),
            ..
        }
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_breaks_is_told_at_once_and_nothing_twice(runs in prop::collection::vec(run(false), 1..60)) {
        let mut monitor = SimulatedMonitor::new(&[("ntfy", false), ("phone", false)]);
        let simulation = Simulation::live(&runs, &mut monitor);
        let delivered = simulation.delivered.into_inner();
        for channel in ["ntfy", "phone"] {
            for entry in &simulation.entries {
                let works = !simulation.failed.contains(&(*entry, channel));
                let heard = delivered.iter().any(|(number, name, alert)| {
                    number == entry && name == channel && is_of_broken_login(alert)
                });
                prop_assert!(!works || heard, "{channel} did not hear at once in run {entry}");
            }
            let mut told = Vec::new();
            for (number, _, alert) in delivered.iter().filter(|(_, name, _)| name == channel) {
                // After an improvement the same alert may be sent again.
                let chapter = simulation.turns.iter().filter(|turn| *turn <= number).count();
                if let Some(key) = key(alert) {
                    prop_assert!(!told.contains(&(chapter, key.clone())), "{channel} told {key:?} twice");
                    told.push((chapter, key));
                }
            }
        }
    }

    #[test]
    fn no_expiry_is_lost(runs in prop::collection::vec(run(true), 1..60)) {
        let mut monitor = SimulatedMonitor::new(&[("ntfy", false), ("phone", false)]);
        let mut simulation = Simulation::live(&runs, &mut monitor);
        // At the end everything works again, for long enough to retry.
        simulation.failing.clear();
        simulation.world.down = false;
        let mut now = at("2026-03-01 10:00");
        for number in runs.len()..runs.len() + 40 {
            now += TimeDelta::minutes(30);
            simulation.check(number, now, Fate::Lives, &mut monitor);
        }
        let delivered = simulation.delivered.into_inner();
        for channel in ["ntfy", "phone"] {
            for entry in &simulation.entries {
                let tells = |alert: &Alert| match &alert.notice {
                    Notice::Resolved(resolution) => !["expiring", "ok"].contains(&resolution.was.as_str()),
                    _ => is_of_broken_login(alert),
                };
                let heard = delivered
                    .iter()
                    .any(|(number, name, alert)| number >= entry && name == channel && tells(alert) && alert.subject.provider.is_some());
                prop_assert!(heard, "{channel} did not hear of what broke in run {entry}");
            }
        }
    }

    #[test]
    fn what_the_first_choice_cannot_deliver_the_last_resort_does(
        runs in prop::collection::vec(run(false), 1..40),
    ) {
        let mut monitor = SimulatedMonitor::new(&[("openclaw", false), ("phone", true)]);
        let runs: Vec<Run> = runs
            .into_iter()
            .map(|(turn, minutes, fate)| match turn {
                Turn::Fails(..) => (Turn::Fails("openclaw", true), minutes, fate),
                turn => (turn, minutes, fate),
            })
            .collect();
        let simulation = Simulation::live(&runs, &mut monitor);
        let delivered = simulation.delivered.into_inner();
        for entry in &simulation.entries {
            let heard = delivered.iter().any(|(number, _, alert)| {
                number == entry && is_of_broken_login(alert) && alert.notice.is_urgent()
            });
            prop_assert!(heard, "nobody heard of what broke in run {entry}");
        }
    }
}
