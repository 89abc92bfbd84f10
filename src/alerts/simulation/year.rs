//! A simulated year of a gateway, and its alerts in order.
//!
//! To accept changed words, run the test with `CLAWTAP_ACCEPT=1`, and read tests/fixtures/alerts/a-year.txt.

use std::collections::VecDeque;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeDelta, Utc, Weekday};
use pretty_assertions::assert_eq;

use self::Event::{Down, Fails, Pause, Renewing, SignIn, Sleeps, Up, Uses, Wakes, WorksAgain};
use super::{Fate, SimulatedLogin, SimulatedMonitor, World, at};
use crate::alerts::summary;
use crate::config::quiet_hours::QuietHours;
use crate::status::login::LoginKind::{self, ApiKey, OAuth, Token};

const GOLDEN: &str = include_str!("../../../tests/fixtures/alerts/a-year.txt");

/// Central European time, which is two hours ahead of UTC from the last Sunday of March to that of October.
fn berlin(moment: DateTime<Utc>) -> DateTime<FixedOffset> {
    let last_sunday = |month| {
        let days = (25..=31).filter_map(|day| NaiveDate::from_ymd_opt(moment.year(), month, day));
        let sunday = days.filter(|day| day.weekday() == Weekday::Sun).max();
        let one_o_clock = sunday.and_then(|day| day.and_hms_opt(1, 0, 0)).unwrap();
        one_o_clock.and_utc()
    };
    let summer = (last_sunday(3)..last_sunday(10)).contains(&moment);
    let hours = if summer { 2 } else { 1 };
    moment.with_timezone(&FixedOffset::east_opt(hours * 3600).unwrap())
}

/// An event of the year.
#[derive(Clone, Copy)]
enum Event {
    /// A sign-in: its login, its kind, and for how many hours it is valid; a renewing one does not expire.
    SignIn(&'static str, LoginKind, i64),
    Renewing(&'static str),
    Uses(&'static [&'static str]),
    Down,
    Up,
    Sleeps,
    Wakes,
    Pause(&'static str, i64),
    Fails(&'static str),
    WorksAgain,
}

const CLAUDE: &str = "anthropic:claude-code";
const CODEX: &str = "openai:codex";
const DAY: i64 = 24;

/// The year: time (UTC), event, and what it tests.
const YEAR: &[(&str, Event, &str)] = &[
    ("2026-01-01 10:00", Uses(&["anthropic"]), "set up"),
    ("2026-01-01 10:00", SignIn(CLAUDE, Token, 30 * DAY), ""),
    ("2026-01-12 03:10", Down, "a router restarts for 20 minutes"),
    ("2026-01-12 03:35", Up, ""),
    (
        "2026-01-31 06:40",
        SignIn(CLAUDE, Token, 30 * DAY),
        "renewed after the first warning",
    ),
    ("2026-02-14 17:05", Down, "a power cut for a day and a half"),
    ("2026-02-16 08:20", Up, ""),
    (
        "2026-03-01 18:10",
        SignIn(CLAUDE, Token, 8),
        "renewed for the working day only",
    ),
    (
        "2026-03-02 08:05",
        SignIn(CLAUDE, Token, 26 * DAY + 17),
        "late, it had run out at night",
    ),
    (
        "2026-03-29 07:30",
        SignIn(CLAUDE, Token, 60 * DAY),
        "ran out in the night of the long hour",
    ),
    (
        "2026-04-10 09:00",
        Uses(&["anthropic", "openai"]),
        "a second model, not signed in yet",
    ),
    (
        "2026-04-10 09:40",
        Renewing(CODEX),
        "its login renews itself, every hour",
    ),
    ("2026-05-26 20:00", Sleeps, "the phone lies in a drawer"),
    ("2026-05-30 12:00", Wakes, "and finds the login expired"),
    ("2026-05-30 12:20", SignIn(CLAUDE, Token, 40 * DAY), ""),
    (
        "2026-06-15 10:05",
        Pause(CLAUDE, 20),
        "a cooldown of 20 minutes",
    ),
    ("2026-06-20 10:05", Pause(CLAUDE, 180), "one of three hours"),
    (
        "2026-07-08 11:00",
        SignIn("anthropic:api", ApiKey, 0),
        "a key besides, an hour before",
    ),
    (
        "2026-08-01 00:00",
        Uses(&["anthropic"]),
        "openai is given up",
    ),
    (
        "2026-08-20 09:00",
        Uses(&["anthropic", "google"]),
        "a third provider",
    ),
    (
        "2026-08-20 09:10",
        SignIn("google:main", OAuth, 20 * DAY),
        "",
    ),
    (
        "2026-09-08 00:00",
        Fails("ntfy"),
        "the ntfy server is down for three days",
    ),
    ("2026-09-11 06:00", WorksAgain, ""),
    (
        "2026-09-12 10:00",
        SignIn("google:main", OAuth, 43 * DAY - 9),
        "",
    ),
    (
        "2026-10-25 08:00",
        SignIn("google:main", OAuth, 30 * DAY),
        "after the night of two threes",
    ),
    (
        "2026-11-24 07:45",
        Fails("all"),
        "nothing gets through while it expires",
    ),
    (
        "2026-11-24 15:00",
        SignIn("google:main", OAuth, 10 * DAY),
        "and is mended",
    ),
    ("2026-11-24 16:00", WorksAgain, ""),
    (
        "2026-12-09 12:00",
        SignIn("google:main", OAuth, 90 * DAY),
        "after five days away",
    ),
];

fn events() -> VecDeque<(DateTime<Utc>, Event, &'static str)> {
    let events = YEAR
        .iter()
        .map(|(when, event, why)| (at(when), *event, *why));
    let mut events: Vec<_> = events.collect();
    events.sort_by_key(|(when, ..)| *when);
    events.into()
}

fn tell_the_year() -> String {
    let mut world = World::default();
    let mut monitor = SimulatedMonitor::new(&[("phone", false), ("ntfy", false)]);
    monitor.quiet = QuietHours::parse("23:00-07:00").ok();
    monitor.local = berlin;
    let (mut asleep, mut failing) = (false, "");
    let mut events = events();
    let mut told = String::new();
    let mut now = at("2026-01-01 10:00");
    while now < at("2027-01-01 00:00") {
        while let Some((when, event, why)) = events.pop_front_if(|(when, ..)| *when <= now) {
            if !why.is_empty() {
                told.push_str(&format!(
                    "{}  # {why}\n",
                    berlin(when).format("%d %b %H:%M")
                ));
            }
            match event {
                SignIn(id, kind, hours) => world.sign_in(SimulatedLogin {
                    id,
                    kind,
                    ends: (kind != ApiKey).then(|| when + TimeDelta::hours(hours)),
                    renews_itself: false,
                }),
                Renewing(id) => world.sign_in(SimulatedLogin {
                    id,
                    kind: OAuth,
                    ends: Some(when + TimeDelta::hours(1)),
                    renews_itself: true,
                }),
                Uses(providers) => world.in_use = providers.to_vec(),
                Down => world.down = true,
                Up => world.down = false,
                Sleeps => asleep = true,
                Wakes => asleep = false,
                Pause(id, minutes) => {
                    world.pause = Some((id, when + TimeDelta::minutes(minutes)));
                }
                Fails(channel) => failing = channel,
                WorksAgain => failing = "",
            }
        }
        if !asleep {
            let works = |channel: &str| failing != "all" && failing != channel;
            let sent = monitor.run(&world, now, works, Fate::Lives, |_, _| {});
            for sent in sent.iter().filter(|sent| !sent.is_repeated_failure()) {
                let line = summary::line(&sent.alert, now, berlin);
                let failed = sent.failed.iter().map(|(name, _)| format!("{name} failed"));
                let to: Vec<String> = sent.delivered.iter().cloned().chain(failed).collect();
                let time = berlin(now).format("%d %b %H:%M");
                told.push_str(&format!("{time}  {line} → {}\n", to.join(", ")));
            }
        }
        now += TimeDelta::minutes(30);
    }
    told
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test renews its own fixture")]
fn the_owner_hears_of_everything_once() {
    let told = tell_the_year();
    if std::env::var_os("CLAWTAP_ACCEPT").is_some() {
        std::fs::write("tests/fixtures/alerts/a-year.txt", told).unwrap();
        return;
    }
    assert_eq!(told, GOLDEN);
}
