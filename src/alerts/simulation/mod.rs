//! Simulates a gateway (logins that expire, outages, a phone that sleeps, channels that fail) and the alerts about it.

pub(crate) mod days;
pub(crate) mod random;
pub(crate) mod year;

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::alerts::decide::{Alert, Decision, decide};
use crate::alerts::deliver::{self, Sent};
use crate::alerts::observe::Observation;
use crate::alerts::policy::Policy;
use crate::alerts::state::AlertState;
use crate::alerts::summary::LocalTime;
use crate::config::channel::{Channel, ChannelKind, DeliveryError};
use crate::config::quiet_hours::QuietHours;
use crate::status::assessment::{Assessment, Trouble};
use crate::status::login::{Login, LoginKind, Pause, PauseKind, Reported};
use crate::status::process::Process;
use crate::status::report::{Provider, Report, Rule, Source};
use crate::text::Text;

/// The true state of the gateway, whether or not it is observed.
#[derive(Debug, Clone, Default)]
struct World {
    logins: Vec<SimulatedLogin>,
    in_use: Vec<&'static str>,
    /// Whether the gateway does not answer.
    down: bool,
    /// OpenClaw does not use this login until then (a cooldown).
    pause: Option<(&'static str, DateTime<Utc>)>,
    process: Option<Process>,
}

/// A synthetic login.
#[derive(Debug, Clone, Copy)]
struct SimulatedLogin {
    id: &'static str,
    kind: LoginKind,
    ends: Option<DateTime<Utc>>,
    renews_itself: bool,
}

impl World {
    /// Signs in: replaces the login with this id.
    fn sign_in(&mut self, login: SimulatedLogin) {
        self.logins.retain(|other| other.id != login.id);
        self.logins.push(login);
    }

    fn assessment(&self, now: DateTime<Utc>) -> Assessment {
        let outcome = if self.down {
            Err(Trouble {
                word: "unreachable",
                what: "cannot be reached".into(),
                detail: None,
                next_step: "Look at its network.".into(),
            })
        } else {
            Ok(self.report(now))
        };
        Assessment::new("home".into(), outcome, Duration::ZERO, now)
    }

    fn report(&self, now: DateTime<Utc>) -> Report {
        let logins: Vec<Login> = self.logins.iter().map(|it| self.login(it, now)).collect();
        let names: BTreeSet<Text> = logins.iter().map(|it| it.provider.clone()).collect();
        let providers = names.into_iter().map(|name| Provider {
            order: (0..logins.len())
                .filter(|&index| logins[index].provider == name)
                .collect(),
            name,
            other_credential: false,
        });
        let in_use: Vec<Text> = self.in_use.iter().map(|name| Text::clean(name)).collect();
        let usable = |name: &Text| logins.iter().any(|it| it.provider == *name && it.eligible);
        Report {
            captured_at: now,
            source: Source::OpenClaw { exit: None },
            default_model: None,
            rule: Rule::Routes,
            warn_after: TimeDelta::hours(24),
            providers: providers.collect(),
            missing: in_use
                .iter()
                .filter(|name| !usable(name))
                .cloned()
                .collect(),
            in_use,
            logins,
            more_logins: 0,
            route_problems: Vec::new(),
            claude_code: None,
            ahead: None,
            process: self.process.clone(),
        }
    }

    fn login(&self, simulated: &SimulatedLogin, now: DateTime<Utc>) -> Login {
        let left = simulated.ends.map(|end| end - now);
        let reported = match left {
            None => Reported::Static,
            Some(_) if simulated.renews_itself => Reported::Ok,
            Some(left) if left <= TimeDelta::zero() => Reported::Expired,
            Some(left) if left < TimeDelta::hours(24) => Reported::Expiring,
            Some(_) => Reported::Ok,
        };
        let pause = self
            .pause
            .filter(|(id, until)| *id == simulated.id && *until > now);
        let spent = simulated.kind == LoginKind::Token && reported == Reported::Expired;
        let provider = simulated.id.split(':').next().unwrap_or_default();
        Login {
            id: Text::clean(simulated.id),
            provider: Text::clean(provider),
            kind: simulated.kind,
            reported,
            left,
            eligible: !spent && pause.is_none(),
            pause: pause.map(|(_, until)| Pause {
                kind: PauseKind::Cooldown,
                classification: None,
                hint: None,
                reason: None,
                left: Some(until - now),
            }),
        }
    }
}

/// The monitor: its state file, channels and policy.
#[derive(Debug, Clone)]
struct SimulatedMonitor {
    /// The content of the state file.
    kept: String,
    channels: Vec<Channel>,
    warn_hours: Vec<u32>,
    remind_hours: u32,
    quiet: Option<QuietHours>,
    local: LocalTime,
}

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Lives,
    /// It is killed after this many steps; a step is a write to disk or a delivery.
    KilledAfter(usize),
}

/// The error of a run that was killed.
struct Killed;

impl SimulatedMonitor {
    fn new(channels: &[(&str, bool)]) -> Self {
        Self {
            kept: String::new(),
            channels: channels
                .iter()
                .map(|(name, fallback)| Channel {
                    name: (*name).to_owned(),
                    fallback: *fallback,
                    kind: ChannelKind::Output,
                })
                .collect(),
            warn_hours: vec![24, 6, 1],
            remind_hours: 24,
            quiet: None,
            local: |moment| moment.fixed_offset(),
        }
    }

    fn policy(&self, now: DateTime<Utc>) -> Policy<'_> {
        Policy {
            warn_hours: &self.warn_hours,
            remind_hours: self.remind_hours,
            quiet: self
                .quiet
                .is_some_and(|it| it.cover((self.local)(now).time())),
            channels: &self.channels,
        }
    }

    /// Runs the monitor once. `works` returns whether a channel can deliver.
    fn run(
        &mut self,
        world: &World,
        now: DateTime<Utc>,
        works: impl Fn(&str) -> bool,
        fate: Fate,
        mut delivered: impl FnMut(&Alert, &str),
    ) -> Vec<Sent> {
        let mut steps = 0;
        let mut step = || {
            steps += 1;
            match fate {
                Fate::KilledAfter(last) if steps > last => Err(Killed),
                _ => Ok(()),
            }
        };
        let mut state = AlertState::parse(&self.kept).unwrap();
        let observation = Observation::of(&world.assessment(now), None);
        let policy = self.policy(now);
        let Decision { alerts, .. } = decide(&mut state, &[observation], &policy, now);
        if step().is_err() {
            return Vec::new();
        }
        self.kept = state.to_text();
        let dead = std::cell::Cell::new(false);
        let step = std::cell::RefCell::new(step);
        let kept = std::cell::RefCell::new(&mut self.kept);
        let sent = deliver::send(
            &mut state,
            alerts,
            now,
            |alert, channel| {
                if dead.get() || step.borrow_mut()().is_err() {
                    dead.set(true);
                    return Err(DeliveryError::because("killed"));
                }
                if !works(channel) {
                    return Err(DeliveryError::because("is down"));
                }
                delivered(alert, channel);
                Ok(())
            },
            |state| {
                if dead.get() || step.borrow_mut()().is_err() {
                    dead.set(true);
                    return Err(Killed);
                }
                **kept.borrow_mut() = state.to_text();
                Ok(())
            },
        );
        sent.unwrap_or_default()
    }
}

/// A moment, UTC: `2026-03-29 01:30`.
fn at(text: &str) -> DateTime<Utc> {
    format!("{}:00Z", text.replace(' ', "T")).parse().unwrap()
}
