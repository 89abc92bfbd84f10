//! Property of the alerts: any state file, followed by some checks.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::alerts::condition::{Basis, Condition, Credential, Problem, Unreachable};
use crate::alerts::decide::{self, Alert, Decision, Notice, Recipient};
use crate::alerts::observe::Observation;
use crate::alerts::policy::Policy;
use crate::alerts::state::AlertState;
use crate::alerts::{deliver, summary};
use crate::config::channel::{Channel, ChannelKind, DeliveryError};
use crate::fuzzing::wire::{ZONES, is_showable};
use crate::status::assessment::{Assessment, Trouble};
use crate::status::login::{LoginKind, State};
use crate::status::verdict::{Issue, Verdict};
use crate::text::Text;

/// The most checks of an input.
const MOST_CHECKS: usize = 24;

/// Checks that, whatever the state is, a notice is sent once and contains no control characters, and that the stored
/// state can be read again. The first line is the state file, each two bytes after it are a check.
///
/// # Panics
/// When that does not hold.
pub fn alerts(bytes: &[u8]) {
    let cut = bytes.iter().position(|&byte| byte == b'\n');
    let (file, checks) = bytes.split_at(cut.unwrap_or(bytes.len()));
    let Ok(mut state) = AlertState::parse(&String::from_utf8_lossy(file)) else {
        return;
    };
    let (checks, _) = checks.get(1..).unwrap_or_default().as_chunks();
    let mut now = DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default();
    for &check in checks.iter().take(MOST_CHECKS) {
        now += TimeDelta::minutes(1 << (check[1] >> 4));
        run(&mut state, check, now);
    }
    let stored = state.to_text();
    let again = AlertState::parse(&stored).expect("what was stored can be read");
    assert_eq!(again.to_text(), stored, "it changes on its way");
}

fn run(state: &mut AlertState, [what, how]: [u8; 2], now: DateTime<Utc>) {
    let channels =
        [("ntfy", false), ("openclaw", false), ("phone", true)].map(|(name, fallback)| Channel {
            name: name.into(),
            fallback,
            kind: ChannelKind::Output,
        });
    let policy = Policy {
        warn_hours: &[24, 6, 1],
        remind_hours: 24,
        quiet: how & 1 != 0,
        channels: &channels[..if how & 2 == 0 { 1 } else { 3 }],
    };
    let observations = [observation(what, now)];
    let Decision { alerts, .. } = decide::decide(state, &observations, &policy, now);
    for alert in &alerts {
        say(alert, now);
    }
    let works = |channel: &str| channel != "ntfy" || how & 4 == 0;
    let mut told = HashSet::new();
    let sent = deliver::send(
        state,
        alerts,
        now,
        |alert, channel| {
            if !works(channel) {
                return Err(DeliveryError::because("is down"));
            }
            assert!(told.insert(matter(alert, channel)), "twice at once");
            Ok(())
        },
        |_| Ok::<(), ()>(()),
    );
    assert!(sent.is_ok());
    let Decision { alerts, changes } = decide::decide(state, &observations, &policy, now);
    assert!(changes.is_empty(), "the same again is a change");
    for alert in &alerts {
        let again = |to: &&Recipient| !to.backs_off && told.contains(&matter(alert, &to.channel));
        assert_eq!(alert.to.iter().find(again), None, "told again at once");
    }
}

/// The key of a notice: its provider, whether it reports a problem or the end of one, and the channel.
fn matter(alert: &Alert, channel: &str) -> (Option<String>, bool, String) {
    let is_over = matches!(alert.notice, Notice::Resolved(_));
    (alert.subject.provider.clone(), is_over, channel.to_owned())
}

fn observation(what: u8, now: DateTime<Utc>) -> Observation {
    let is_unreachable = what & 0x0f == 0x0f;
    let whole = if is_unreachable {
        Condition::Broken(Problem::Gateway(Unreachable {
            word: "timeout",
            what: "does not answer".into(),
            next_step: "Look at its network.".into(),
            is_transient: what & 0x10 == 0,
        }))
    } else {
        works(None, None, Credential::None)
    };
    let provider =
        |name, bits: u8| condition(bits, now).map(|condition| (Text::clean(name), condition));
    let providers = [
        provider("anthropic", what & 7),
        provider("openai", what >> 3 & 7),
    ];
    let providers = providers.into_iter().flatten();
    Observation {
        gateway: "home".into(),
        agent: None,
        at: now,
        whole,
        providers: providers.filter(|_| !is_unreachable).collect(),
        complete: !is_unreachable && what & 0x40 == 0,
    }
}

fn works(profile: Option<&str>, ends: Option<DateTime<Utc>>, credential: Credential) -> Condition {
    Condition::Works(Basis {
        profile: profile.map(str::to_owned),
        ends,
        credential,
    })
}

fn condition(bits: u8, now: DateTime<Utc>) -> Option<Condition> {
    let login = |profile, ends| works(Some(profile), ends, Credential::Login);
    let ends = |hours| login("a:one", Some(now + TimeDelta::hours(hours)));
    let broken = |state, login: Option<&str>| {
        Condition::Broken(Problem::Issue(Box::new(Issue {
            verdict: Verdict::Broken,
            state,
            provider: Text::clean("anthropic"),
            login: login.map(Text::clean),
            kind: Some(LoginKind::Token),
            left: Some(TimeDelta::hours(-1)),
            detail: None,
            hint: None,
            secret_ref: None,
        })))
    };
    match bits {
        0 => None,
        1 => Some(login("a:two", None)),
        2 => Some(ends(20)),
        3 => Some(ends(1)),
        4 => Some(broken(State::Expired, Some("a:one"))),
        5 => Some(broken(State::Cooldown, Some("a:one"))),
        6 => Some(broken(State::Missing, None)),
        _ => Some(Condition::Unknown),
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
        let message = summary::message(alert, &assessment, now, zone);
        assert!(!message.title.contains('\n'), "{:?}", message.title);
        is_showable(&message.title);
        is_showable(&message.body);
        let page = message.page.as_deref().unwrap_or("https://");
        assert!(page.starts_with("https://"), "{page}");
    }
}
