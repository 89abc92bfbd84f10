//! Metrics over time, recorded from the program: what a gateway goes through, a check every half an hour.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{metrics_of, metrics_while_away};
use crate::process::not_running;
use crate::support::GatewayHome;

/// Minutes from one check to the next.
const STEP: i64 = 30;

/// What happens at a check.
#[derive(Clone)]
pub(super) enum Event {
    /// The gateway has these logins, in the order in which OpenClaw tries them.
    Answer(Vec<Held>),
    /// It has these, and OpenClaw's gateway process is not running.
    NotRunning(Vec<Held>),
    /// It does not answer.
    Away,
    /// Nobody asks; what was written last stays.
    Asleep,
    /// There are no metrics at all.
    Gone,
}

/// A login, and the minute of the story at which it ends.
#[derive(Clone, Copy)]
pub(super) struct Held {
    pub(super) id: &'static str,
    pub(super) kind: &'static str,
    pub(super) ends: i64,
    /// OpenClaw's word for it, where its end does not tell.
    pub(super) status: Option<&'static str>,
    /// Why OpenClaw leaves it unused, where it does.
    pub(super) unused: Option<&'static str>,
}

impl Held {
    /// As OpenClaw reports it. An OAuth login has a refresh token.
    fn reported(self, minute: i64) -> Value {
        let left = self.ends - minute;
        let by_end = match left {
            _ if self.kind == "oauth" => "ok",
            ..=0 => "expired",
            1..=1440 => "expiring",
            _ => "ok",
        };
        let provider = self.id.split(':').next();
        json!({
            "profileId": self.id, "provider": provider, "type": self.kind,
            "status": self.status.unwrap_or(by_end),
            "remainingMs": left * 60_000,
        })
    }
}

/// A gateway with these logins, one of which the default model needs.
fn gateway(logins: &[Held], minute: i64) -> GatewayHome {
    let reported: Vec<Value> = logins.iter().map(|held| held.reported(minute)).collect();
    let unused: Vec<Value> = logins
        .iter()
        .filter_map(|held| Some((held.id, held.unused?)))
        .map(|(id, reason)| json!({ "profileId": id, "kind": "cooldown", "reason": reason }))
        .collect();
    let is_used = |login: &&&Value| {
        unused
            .iter()
            .all(|it| it["profileId"] != login["profileId"])
    };
    let for_it = |login: &&Value| login["provider"] == "anthropic";
    let order: Vec<&Value> = reported.iter().filter(for_it).collect();
    let mut usable = order
        .iter()
        .filter(|login| login["status"] != "expired" && is_used(login));
    let exit = match usable.next().and_then(|picked| picked["status"].as_str()) {
        Some("ok") => "0",
        Some("expiring") => "2",
        Some(_) => "3",
        None => "1",
    };
    let missing = if exit == "1" {
        vec!["anthropic"]
    } else {
        Vec::new()
    };
    let document = json!({
        "resolvedDefault": "anthropic/claude-opus-4-5",
        "auth": {
            "missingProvidersInUse": missing,
            "modelRouteIssues": [],
            "unusableProfiles": unused,
            "oauth": {
                "profiles": reported,
                "providers": [{ "provider": "anthropic", "effectiveProfiles": order }],
            },
        },
    });
    GatewayHome::new().stdout(document.to_string()).exit(exit)
}

/// The series of a story, as promtool's `input_series`: name with labels, and values by the minute.
pub(super) fn recorded(events: &[Event]) -> Vec<(String, String)> {
    let mut seen: Vec<BTreeMap<String, String>> = Vec::new();
    for (event, minute) in events.iter().zip((0..).step_by(30)) {
        let now = match event {
            Event::Answer(logins) => samples(&metrics_of(&gateway(logins, minute)), minute),
            Event::NotRunning(logins) => {
                let gateway = not_running(gateway(logins, minute));
                samples(&metrics_of(&gateway), minute)
            }
            Event::Away => samples(&metrics_while_away(), minute),
            Event::Asleep => seen.last().cloned().unwrap_or_default(),
            Event::Gone => BTreeMap::new(),
        };
        seen.push(now);
    }
    let mut names: Vec<&String> = seen.iter().flat_map(BTreeMap::keys).collect();
    names.sort();
    names.dedup();
    // Of the words that could hold, those that never do would only make it long.
    let ever = |name: &String| {
        let is_word = name.contains("state=") || name.contains("verdict=");
        let value = |at: &BTreeMap<String, String>| at.get(name).is_some_and(|value| value != "0");
        !is_word || seen.iter().any(value)
    };
    let series = names.into_iter().filter(|name| ever(name));
    series
        .map(|name| {
            let values: Vec<Option<&String>> = seen.iter().map(|at| at.get(name)).collect();
            (name.clone(), spelled(&values))
        })
        .collect()
}

/// The samples of an exposition that is looked at in a minute of the story, with node_exporter's labels. Durations are
/// left out: they differ from run to run.
fn samples(metrics: &str, minute: i64) -> BTreeMap<String, String> {
    let told = metrics.lines().filter(|line| !line.starts_with('#'));
    let told = told.filter_map(|line| line.rsplit_once(' '));
    let asked = told
        .clone()
        .find(|(name, _)| name.starts_with("clawtap_check_timestamp_seconds"))
        .map(|(_, value)| value.parse::<i64>().expect("whole seconds"))
        .expect("the moment of the check");
    let told = told.filter(|(name, _)| !name.starts_with("clawtap_check_duration_seconds"));
    told.map(|(name, value)| {
        let name = name.replace('}', ",instance=\"phone:9100\",job=\"node\"}");
        let name = name.replace(env!("CARGO_PKG_VERSION"), "VERSION");
        if !name.contains("_timestamp_seconds") {
            return (name, value.to_owned());
        }
        let moment: i64 = value.parse().expect("whole seconds");
        (name, (moment - asked + minute * 60).to_string())
    })
    .collect()
}

/// Values of one step each, in promtool's shorthand for as many minutes: `1+0x29` is a 1 and 29 more, `_x30` thirty
/// times nothing. A series that ends is marked stale, as Prometheus does with what a scrape no longer brings.
fn spelled(steps: &[Option<&String>]) -> String {
    let runs: Vec<&[Option<&String>]> = steps.chunk_by(|one, next| one == next).collect();
    let mut words = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let minutes = i64::try_from(run.len()).expect("few") * STEP;
        words.push(match run[0] {
            Some(value) => format!("{value}+0x{}", minutes - 1),
            None if index == 0 => format!("_x{minutes}"),
            None => format!("stale _x{}", minutes - 1),
        });
    }
    words.join(" ")
}
