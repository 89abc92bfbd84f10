//! Simulated days of a gateway, each for one behaviour of the alerts.

use chrono::TimeDelta;
use pretty_assertions::assert_eq;

use super::{Fate, SimulatedLogin, SimulatedMonitor, World, at};
use crate::alerts::decide::decide;
use crate::alerts::observe::Observation;
use crate::alerts::state::AlertState;
use crate::alerts::summary;
use crate::config::quiet_hours::QuietHours;
use crate::status::login::LoginKind::{ApiKey, OAuth, Token};
use crate::status::process::Process;
use crate::text::Text;

/// A change to the world or to the monitor, and the minutes until the next check.
type Step<'a> = (&'a dyn Fn(&mut Day), i64);

struct Day {
    world: World,
    monitor: SimulatedMonitor,
    now: chrono::DateTime<chrono::Utc>,
    failing: Vec<&'static str>,
    /// How far this device's clock is fast.
    skew: TimeDelta,
}

impl Day {
    fn token(&mut self, id: &'static str, hours: i64) {
        let ends = Some(self.now + TimeDelta::hours(hours));
        self.login(id, Token, ends);
    }

    fn login(
        &mut self,
        id: &'static str,
        kind: crate::status::login::LoginKind,
        ends: Option<chrono::DateTime<chrono::Utc>>,
    ) {
        self.world.sign_in(SimulatedLogin {
            id,
            kind,
            ends,
            renews_itself: false,
        });
    }
}

/// The alerts that are delivered, a line for each, with the time since the beginning.
fn told(steps: &[Step]) -> Vec<String> {
    let mut day = Day {
        world: World {
            in_use: vec!["anthropic"],
            ..World::default()
        },
        monitor: SimulatedMonitor::new(&[("ntfy", false)]),
        now: at("2026-01-01 12:00"),
        failing: Vec::new(),
        skew: TimeDelta::zero(),
    };
    let mut told = Vec::new();
    let mut minutes = 0;
    for (change, later) in steps {
        change(&mut day);
        minutes += later;
        day.now += TimeDelta::minutes(*later);
        let now = day.now + day.skew;
        let mut world = day.world.clone();
        for login in &mut world.logins {
            login.ends = login.ends.map(|end| end + day.skew);
        }
        let failing = day.failing.clone();
        let works = |channel: &str| !failing.contains(&channel);
        for sent in day.monitor.run(&world, now, works, Fate::Lives, |_, _| {}) {
            let line = summary::line(&sent.alert, now, day.monitor.local);
            let to = sent.delivered.join(", ");
            told.push(format!(
                "{:02}:{:02} {line} > {to}",
                minutes / 60,
                minutes % 60
            ));
        }
    }
    told
}

const NOTHING: &dyn Fn(&mut Day) = &|_| {};

#[test]
fn each_rung_is_told_once_and_rungs_that_were_slept_through_are_left_out() {
    let steps: [Step; 8] = [
        (&|day| day.token("anthropic:a", 30), 1),
        (NOTHING, 6 * 60),
        (NOTHING, 30),
        (NOTHING, 18 * 60),
        (NOTHING, 30),
        (NOTHING, 5 * 60),
        (NOTHING, 30),
        (NOTHING, 30),
    ];
    assert_eq!(
        told(&steps),
        [
            "06:01 home: anthropic expires in 23 h 59 m > ntfy",
            "24:31 home: anthropic expires in 5 h 29 m > ntfy",
            "30:01 home: anthropic expired 1 m ago > ntfy",
        ]
    );
}

#[test]
fn what_the_ladder_is_like_is_the_persons_choice() {
    let steps: [Step; 4] = [
        (
            &|day| {
                day.monitor.warn_hours = vec![72];
                day.token("anthropic:a", 60);
            },
            1,
        ),
        (NOTHING, 40 * 60),
        (NOTHING, 19 * 60),
        (NOTHING, 60),
    ];
    assert_eq!(
        told(&steps),
        [
            "00:01 home: anthropic expires in 2 d 11 h > ntfy",
            "60:01 home: anthropic expired 1 m ago > ntfy",
        ]
    );
}

#[test]
fn keys_and_logins_that_renew_themselves_are_left_in_peace() {
    let steps: [Step; 3] = [
        (
            &|day| {
                day.world.in_use = vec!["anthropic", "openai"];
                day.login("anthropic:key", ApiKey, None);
                day.world.sign_in(SimulatedLogin {
                    id: "openai:codex",
                    kind: OAuth,
                    ends: Some(day.now + TimeDelta::hours(1)),
                    renews_itself: true,
                });
            },
            30,
        ),
        (NOTHING, 30),
        (NOTHING, 24 * 60),
    ];
    assert_eq!(told(&steps), [""; 0]);
}

#[test]
fn a_login_that_works_outranks_one_that_does_not() {
    let steps: [Step; 3] = [
        (
            &|day| {
                day.token("anthropic:a", 2);
                day.login("anthropic:key", ApiKey, None);
            },
            30,
        ),
        (NOTHING, 3 * 60),
        (NOTHING, 30),
    ];
    assert_eq!(told(&steps), [""; 0]);
}

#[test]
fn a_gateway_out_of_reach_is_told_after_three_checks_or_half_an_hour() {
    let down: &dyn Fn(&mut Day) = &|day| day.world.down = true;
    let up: &dyn Fn(&mut Day) = &|day| day.world.down = false;
    let often: [Step; 7] = [
        (&|day| day.token("anthropic:a", 99), 5),
        (down, 5),
        (NOTHING, 5),
        (up, 5),
        (down, 5),
        (NOTHING, 5),
        (NOTHING, 5),
    ];
    assert_eq!(told(&often), ["00:35 home: cannot be reached > ntfy"]);
    let seldom: [Step; 5] = [
        (&|day| day.token("anthropic:a", 99), 5),
        (down, 30),
        (NOTHING, 30),
        (NOTHING, 30),
        (up, 30),
    ];
    assert_eq!(
        told(&seldom),
        [
            "01:05 home: cannot be reached > ntfy",
            "02:05 home: can be asked again > ntfy",
        ]
    );
}

#[test]
fn a_process_that_is_down_is_told_at_the_second_check_and_a_start_or_restart_is_not() {
    let down: &dyn Fn(&mut Day) = &|day| day.world.process = Some(Process::Down);
    let starting: &dyn Fn(&mut Day) = &|day| day.world.process = Some(Process::Starting);
    let up: &dyn Fn(&mut Day) = &|day| day.world.process = Some(Process::Running);
    let begin: &dyn Fn(&mut Day) = &|day| day.token("anthropic:a", 99);
    // An update in the night, with a slow start.
    let restarts: [Step; 7] = [
        (begin, 5),
        (down, 5),
        (NOTHING, 5),
        (NOTHING, 5),
        (starting, 5),
        (starting, 60),
        (up, 5),
    ];
    assert_eq!(told(&restarts), [""; 0]);
    let stopped: [Step; 6] = [
        (begin, 15),
        (down, 15),
        (NOTHING, 15),
        (NOTHING, 15),
        (starting, 15),
        (up, 15),
    ];
    assert_eq!(
        told(&stopped),
        [
            "00:45 home: OpenClaw is not running > ntfy",
            "01:30 home: OpenClaw runs again > ntfy",
        ]
    );
    let broken: [Step; 4] = [
        (begin, 30),
        (
            &|day| day.world.process = Some(Process::Failing(vec![Text::clean("telegram")])),
            30,
        ),
        (NOTHING, 30),
        (up, 30),
    ];
    assert_eq!(
        told(&broken),
        [
            "01:30 home: OpenClaw runs without telegram > ntfy",
            "02:00 home: OpenClaw runs again > ntfy",
        ]
    );
}

#[test]
fn one_that_never_gets_beyond_its_start_is_told_and_so_is_one_that_a_reboot_left_down() {
    let begin: &dyn Fn(&mut Day) = &|day| day.token("anthropic:a", 99);
    let down: &dyn Fn(&mut Day) = &|day| day.world.process = Some(Process::Down);
    let starting: &dyn Fn(&mut Day) = &|day| day.world.process = Some(Process::Starting);
    let unclear: &dyn Fn(&mut Day) = &|day| day.world.process = None;
    let looping: [Step; 7] = [
        (begin, 5),
        (down, 5),
        (starting, 5),
        (down, 5),
        (unclear, 5),
        (down, 5),
        (starting, 5),
    ];
    assert_eq!(
        told(&looping),
        ["00:30 home: OpenClaw is not running > ntfy"]
    );
    let away: &dyn Fn(&mut Day) = &|day| day.world.down = true;
    let back: &dyn Fn(&mut Day) = &|day| {
        day.world.down = false;
        day.world.process = Some(Process::Down);
    };
    let rebooted: [Step; 6] = [
        (begin, 30),
        (away, 30),
        (NOTHING, 30),
        (back, 30),
        (NOTHING, 30),
        (NOTHING, 30),
    ];
    assert_eq!(
        told(&rebooted),
        [
            "01:30 home: cannot be reached > ntfy",
            "02:00 home: can be asked again > ntfy",
            "02:30 home: OpenClaw is not running > ntfy",
        ]
    );
}

#[test]
fn an_expiry_while_the_process_is_down_is_told_besides() {
    let steps: [Step; 3] = [
        (
            &|day| {
                day.token("anthropic:a", 1);
                day.world.process = Some(Process::Down);
            },
            30,
        ),
        (NOTHING, 15),
        (NOTHING, 30),
    ];
    let told = told(&steps);
    assert!(
        told.iter().any(|line| line.contains("is not running")),
        "{told:?}"
    );
    assert!(
        told.iter().any(|line| line.contains("anthropic expired")),
        "{told:?}"
    );
}

#[test]
fn an_expiry_out_of_sight_is_told_only_once_it_is_seen() {
    let steps: [Step; 5] = [
        (&|day| day.token("anthropic:a", 30), 5),
        (&|day| day.world.down = true, 60),
        (NOTHING, 30 * 60),
        (&|day| day.world.down = false, 60),
        (NOTHING, 30),
    ];
    assert_eq!(
        told(&steps),
        [
            "31:05 home: cannot be reached > ntfy",
            "32:05 home: anthropic expired 2 h 5 m ago > ntfy",
            "32:05 home: can be asked again > ntfy",
        ]
    );
}

#[test]
fn quiet_hours_hold_back_all_but_what_expires() {
    let night = |day: &mut Day| {
        day.monitor.quiet = QuietHours::parse("23:00-07:00").ok();
        day.token("anthropic:a", 18);
        day.now = at("2026-01-01 22:00");
    };
    let steps: [Step; 6] = [
        (&night, 90),
        (NOTHING, 5 * 60),
        (NOTHING, 110),
        (&|day| day.token("anthropic:a", 300), 30),
        (NOTHING, 20),
        (NOTHING, 20),
    ];
    assert_eq!(
        told(&steps),
        [
            "08:20 home: anthropic expired 20 m ago > ntfy",
            "09:10 home: anthropic works again > ntfy",
        ]
    );
}

#[test]
fn what_is_still_broken_is_told_again_once_a_day_or_never() {
    let day_by_day = |remind_hours: u32| {
        let begin = move |day: &mut Day| day.monitor.remind_hours = remind_hours;
        let mut steps: Vec<Step> = vec![(&begin, 5)];
        steps.extend([(NOTHING, 6 * 60); 12]);
        told(&steps)
    };
    let first = "00:05 home: anthropic is not signed in > ntfy";
    let again = |hours| format!("{hours}:05 home: anthropic is not signed in > ntfy");
    assert_eq!(
        day_by_day(24),
        [first.to_owned(), again(24), again(48), again(72)]
    );
    assert_eq!(day_by_day(0), [first]);
}

#[test]
fn a_clock_that_jumps_tells_nothing_twice() {
    for hours in [-9000, -30, -1, 1, 30] {
        let jump = move |day: &mut Day| day.skew = TimeDelta::hours(hours);
        let back: &dyn Fn(&mut Day) = &|day| day.skew = TimeDelta::zero();
        let steps: [Step; 7] = [
            (
                &|day| {
                    day.monitor.remind_hours = 0;
                    day.world.in_use = vec!["anthropic", "openai"];
                    day.token("anthropic:a", 20);
                },
                30,
            ),
            (NOTHING, 30),
            (&jump, 30),
            (NOTHING, 30),
            (back, 30),
            (NOTHING, 30),
            (NOTHING, 30),
        ];
        let expected = [
            "00:30 home: openai is not signed in > ntfy",
            "00:30 home: anthropic expires in 19 h 30 m > ntfy",
        ];
        assert_eq!(told(&steps), expected, "by {hours} h");
    }
}

#[test]
fn reminders_come_although_the_clock_was_far_ahead() {
    let steps: [Step; 4] = [
        (&|day| day.skew = TimeDelta::days(100), 5),
        (&|day| day.skew = TimeDelta::zero(), 60),
        (NOTHING, 23 * 60),
        (NOTHING, 90),
    ];
    assert_eq!(
        told(&steps),
        [
            "00:05 home: anthropic is not signed in > ntfy",
            "25:35 home: anthropic is not signed in > ntfy",
        ]
    );
}

#[test]
fn an_end_that_wavers_by_minutes_is_no_renewal() {
    let later: &dyn Fn(&mut Day) = &|day| {
        let end = day.world.logins[0]
            .ends
            .map(|end| end + TimeDelta::minutes(6));
        day.login("anthropic:a", Token, end);
    };
    let steps: [Step; 4] = [
        (&|day| day.token("anthropic:a", 24), 1),
        (later, 1),
        (NOTHING, 1),
        (NOTHING, 5),
    ];
    assert_eq!(
        told(&steps),
        ["00:01 home: anthropic expires in 23 h 59 m > ntfy"]
    );
}

#[test]
fn an_escalation_does_not_wait_for_the_next_try() {
    let steps: [Step; 9] = [
        (
            &|day| {
                day.failing = vec!["ntfy"];
                day.token("anthropic:a", 3);
            },
            5,
        ),
        (NOTHING, 5),
        (NOTHING, 5),
        (NOTHING, 5),
        (NOTHING, 5),
        (NOTHING, 5),
        // The backoff would retry in an hour.
        (&|day| day.failing.clear(), 5),
        (NOTHING, 90),
        (NOTHING, 5),
    ];
    let delivered: Vec<String> = told(&steps)
        .into_iter()
        .filter(|line| line.ends_with("ntfy"))
        .collect();
    assert_eq!(delivered, ["02:05 home: anthropic expires in 55 m > ntfy"]);
}

#[test]
fn who_is_new_hears_of_what_is_wrong_now() {
    let steps: [Step; 3] = [
        (NOTHING, 5),
        (
            &|day| {
                let kept = std::mem::take(&mut day.monitor.kept);
                day.monitor = SimulatedMonitor::new(&[("ntfy", false), ("phone", false)]);
                day.monitor.kept = kept;
            },
            5,
        ),
        (NOTHING, 5),
    ];
    assert_eq!(
        told(&steps),
        [
            "00:05 home: anthropic is not signed in > ntfy",
            "00:10 home: anthropic is not signed in > phone",
        ]
    );
}

#[test]
fn what_the_last_resort_has_delivered_is_not_tried_again() {
    let steps: [Step; 3] = [
        (
            &|day| {
                day.monitor = SimulatedMonitor::new(&[("openclaw", false), ("phone", true)]);
                day.failing = vec!["openclaw"];
            },
            5,
        ),
        (&|day| day.failing.clear(), 5),
        (NOTHING, 12 * 60),
    ];
    assert_eq!(
        told(&steps),
        ["00:05 home: anthropic is not signed in > phone"]
    );
}

#[test]
fn a_sign_in_that_does_not_last_long_is_told_with_its_end_and_not_besides() {
    let steps: [Step; 4] = [
        (NOTHING, 5),
        (&|day| day.token("anthropic:a", 5), 5),
        (NOTHING, 5),
        (NOTHING, 4 * 60),
    ];
    assert_eq!(
        told(&steps),
        [
            "00:05 home: anthropic is not signed in > ntfy",
            "00:10 home: anthropic is signed in > ntfy",
            "04:15 home: anthropic expires in 50 m > ntfy",
        ]
    );
}

#[test]
fn a_run_that_looked_earlier_and_comes_later_changes_nothing() {
    let world = World {
        in_use: vec!["anthropic"],
        ..World::default()
    };
    let mut mended = world.clone();
    mended.sign_in(SimulatedLogin {
        id: "anthropic:key",
        kind: ApiKey,
        ends: None,
        renews_itself: false,
    });
    let monitor = SimulatedMonitor::new(&[("ntfy", false)]);
    let mut state = AlertState::default();
    let mut alerts = |world: &World, time| {
        let observation = Observation::of(&world.assessment(at(time)), None);
        let policy = monitor.policy(at("2026-01-01 10:05"));
        decide(&mut state, &[observation], &policy, at("2026-01-01 10:05"))
            .alerts
            .len()
    };
    assert_eq!(alerts(&mended, "2026-01-01 10:02"), 0);
    assert_eq!(alerts(&world, "2026-01-01 10:01"), 0);
    assert_eq!(alerts(&world, "2026-01-01 10:03"), 1);
}

#[test]
fn a_channel_that_is_gone_is_not_waited_for() {
    let only_the_phone: &dyn Fn(&mut Day) = &|day| {
        let kept = std::mem::take(&mut day.monitor.kept);
        day.monitor = SimulatedMonitor::new(&[("phone", false)]);
        day.monitor.kept = kept;
    };
    let back: &dyn Fn(&mut Day) = &|day| {
        let kept = std::mem::take(&mut day.monitor.kept);
        day.monitor = SimulatedMonitor::new(&[("ntfy", false)]);
        day.monitor.kept = kept;
        day.failing.clear();
    };
    let steps: [Step; 4] = [
        (NOTHING, 5),
        (
            &|day| {
                day.failing = vec!["ntfy"];
                day.login("anthropic:key", ApiKey, None);
            },
            5,
        ),
        (only_the_phone, 60),
        (back, 60),
    ];
    let delivered: Vec<String> = told(&steps)
        .into_iter()
        .filter(|line| !line.ends_with("> "))
        .collect();
    assert_eq!(delivered, ["00:05 home: anthropic is not signed in > ntfy"]);
}
