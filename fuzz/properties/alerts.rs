//! What the monitor remembers, and what it tells over some checks.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::alerts::decide::{self, Addressee, Alert, Decision, News};
use crate::alerts::observe::{Blind, Condition, Credential, Observation, Route};
use crate::alerts::policy::Rules;
use crate::alerts::state::Memory;
use crate::alerts::{deliver, wording};
use crate::config::channel::{Channel, Means, Undelivered};
use crate::fuzzing::wire::{ZONES, is_showable};
use crate::status::assessment::{Assessment, Trouble};
use crate::status::login::{LoginKind, State};
use crate::status::verdict::{Issue, Verdict};
use crate::text::Text;

/// The keys that this version writes.
const KNOWN: [&str; 3] = ["schema", "gateways", "channels"];
/// Checks of a run; more are for longer runs of the same.
const MOST_CHECKS: usize = 24;

/// The first line is the file, and each two bytes behind it are a check: whatever is remembered, something is told
/// once and said plainly, and what a newer version wrote stays.
///
/// # Panics
/// When that does not hold.
pub fn alerts(bytes: &[u8]) {
    let cut = bytes.iter().position(|&byte| byte == b'\n');
    let (file, checks) = bytes.split_at(cut.unwrap_or(bytes.len()));
    let text = String::from_utf8_lossy(file);
    let Ok(mut memory) = Memory::parse(&text) else {
        return;
    };
    let (checks, _) = checks.get(1..).unwrap_or_default().as_chunks();
    let mut now = DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default();
    for &check in checks.iter().take(MOST_CHECKS) {
        now += TimeDelta::minutes(1 << (check[1] >> 4));
        run(&mut memory, check, now);
    }
    keeps(&text, &memory);
}

/// What a newer version wrote is still there, and the file can be read again.
fn keeps(text: &str, memory: &Memory) {
    let before: Value = serde_json::from_str(text).unwrap_or_default();
    // Of fractions, the last digit may change.
    if has_fractions(&before) {
        return;
    }
    let kept = memory.to_text();
    let again = Memory::parse(&kept).expect("what was written can be read");
    assert_eq!(again.to_text(), kept, "it changes on its way");
    let after: Value = serde_json::from_str(&kept).unwrap_or_default();
    let added = before.as_object().into_iter().flatten();
    for (key, value) in added.filter(|(key, _)| !KNOWN.contains(&key.as_str())) {
        assert_eq!(after.get(key), Some(value), "{key} is lost");
    }
}

fn has_fractions(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(list) => list.iter().any(has_fractions),
        Value::Object(entries) => entries.values().any(has_fractions),
        _ => false,
    }
}

fn run(memory: &mut Memory, [what, how]: [u8; 2], now: DateTime<Utc>) {
    let channels =
        [("ntfy", false), ("openclaw", false), ("phone", true)].map(|(name, fallback)| Channel {
            name: name.into(),
            fallback,
            means: Means::Output,
        });
    let rules = Rules {
        warn_hours: &[24, 6, 1],
        remind_hours: 24,
        quiet: how & 1 != 0,
        channels: &channels[..if how & 2 == 0 { 1 } else { 3 }],
    };
    let observations = [observation(what, now)];
    let Decision { alerts, .. } = decide::decide(memory, &observations, &rules, now);
    for alert in &alerts {
        say(alert, now);
    }
    let works = |channel: &str| channel != "ntfy" || how & 4 == 0;
    let mut told = HashSet::new();
    let sent = deliver::send(
        memory,
        alerts,
        now,
        |alert, channel| {
            if !works(channel) {
                return Err(Undelivered::because("is down"));
            }
            assert!(told.insert(matter(alert, channel)), "twice at once");
            Ok(())
        },
        |_| Ok::<(), ()>(()),
    );
    assert!(sent.is_ok());
    let Decision { alerts, changes } = decide::decide(memory, &observations, &rules, now);
    assert!(changes.is_empty(), "the same again is a change");
    for alert in &alerts {
        let again = |to: &&Addressee| !to.waits && told.contains(&matter(alert, &to.channel));
        assert_eq!(alert.to.iter().find(again), None, "told again at once");
    }
}

/// What a channel is told: that something is wrong, or that it is over.
fn matter(alert: &Alert, channel: &str) -> (Option<String>, bool, String) {
    let is_over = matches!(alert.news, News::Mended(_));
    (alert.about.provider.clone(), is_over, channel.to_owned())
}

fn observation(what: u8, now: DateTime<Utc>) -> Observation {
    let blind = (what & 0x0f == 0x0f).then(|| Blind {
        word: "timeout",
        what: "does not answer".into(),
        next_step: "Look at its network.".into(),
        lasting: what & 0x10 != 0,
    });
    let provider = |name, bits: u8| {
        let condition = condition(bits, now)?;
        let provider = Text::clean(name);
        Some(Route {
            provider,
            condition,
        })
    };
    let routes = [
        provider("anthropic", what & 7),
        provider("openai", what >> 3 & 7),
    ];
    Observation {
        gateway: "home".into(),
        agent: None,
        at: now,
        routes: if blind.is_some() {
            Vec::new()
        } else {
            routes.into_iter().flatten().collect()
        },
        complete: blind.is_none() && what & 0x40 == 0,
        blind,
    }
}

fn condition(bits: u8, now: DateTime<Utc>) -> Option<Condition> {
    let by = |name: &str| {
        Some(Credential {
            profile: Text::clean(name),
            kind: LoginKind::Token,
            renews_itself: false,
        })
    };
    let ends = |hours| {
        let left = TimeDelta::hours(hours);
        Condition::Ends {
            by: by("a:one"),
            at: now + left,
            left,
        }
    };
    let broken = |state, login: Option<&str>| {
        Condition::Broken(Box::new(Issue {
            verdict: Verdict::Broken,
            state,
            provider: Text::clean("anthropic"),
            login: login.map(Text::clean),
            kind: Some(LoginKind::Token),
            left: Some(TimeDelta::hours(-1)),
            detail: None,
        }))
    };
    match bits {
        0 => None,
        1 => Some(Condition::Lasts { by: by("a:two") }),
        2 => Some(ends(20)),
        3 => Some(ends(1)),
        4 => Some(broken(State::Expired, Some("a:one"))),
        5 => Some(broken(State::Cooldown, Some("a:one"))),
        6 => Some(broken(State::Missing, None)),
        _ => Some(Condition::Unclear),
    }
}

fn say(alert: &Alert, now: DateTime<Utc>) {
    let trouble = Trouble {
        word: "timeout",
        what: "does not answer".into(),
        detail: None,
        next_step: "Look at its network.".into(),
    };
    let assessment = Assessment::new("home".into(), Err(trouble), Duration::ZERO, now);
    for zone in ZONES {
        let message = wording::message(alert, &assessment, now, zone);
        assert!(!message.title.contains('\n'), "{:?}", message.title);
        is_showable(&message.title);
        is_showable(&message.body);
        let page = message.page.as_deref().unwrap_or("https://");
        assert!(page.starts_with("https://"), "{page}");
    }
}
