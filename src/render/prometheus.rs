//! `--format prometheus`: metrics without secrets; the number of label sets is bounded by the number of logins.
//!
//! The text is valid both as `OpenMetrics` and in the older format of Prometheus that node_exporter's textfile
//! collector reads, which has neither units nor the type `info`. Both parsers reject the whole text if a series
//! occurs twice.

use std::collections::HashSet;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use crate::status::assessment::{Assessment, Finding};
use crate::status::login::{Login, LoginKind, Reported, State};
use crate::status::process::Process;
use crate::status::report::Report;
use crate::status::verdict::{Judgement, Verdict, relied_on};
use crate::text::Text;

/// The maximum number of logins per gateway, those in use first: Prometheus stores several series of each for weeks.
const MOST_LOGINS: usize = 50;

/// Renders all gateways as one exposition.
pub(crate) fn render(assessments: &[Assessment]) -> String {
    let gateways = gateways(assessments);
    let logins: Vec<Row> = gateways.iter().flat_map(rows).collect();
    let mut text = String::new();
    text.push_str(&of_gateways(&gateways));
    text.push_str(&of_logins(&logins));
    let mut build = Family::new("clawtap_build_info", "The clawtap that asked.");
    build.add(&[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    text.push_str(&build.text);
    text.push_str("# EOF\n");
    text
}

/// A gateway, and its name in labels.
struct Gateway<'a> {
    name: Text,
    assessment: &'a Assessment,
}

/// The gateways, each name once.
fn gateways(assessments: &[Assessment]) -> Vec<Gateway<'_>> {
    let mut told = HashSet::new();
    let named = assessments.iter().map(|assessment| Gateway {
        name: Text::clean(&assessment.name),
        assessment,
    });
    named
        .filter(|gateway| told.insert(gateway.name.clone()))
        .collect()
}

fn of_gateways(gateways: &[Gateway]) -> String {
    let mut up = Family::new("clawtap_gateway_up", "Whether the gateway answered.");
    let mut trouble = Family::new(
        "clawtap_gateway_trouble",
        "Why it did not; no sample if it did.",
    );
    let mut verdict = Family::new(
        "clawtap_gateway_verdict",
        "The verdict: 1 for the one that holds.",
    );
    let mut process = Family::new(
        "clawtap_openclaw_process_state",
        "OpenClaw's gateway process: 1 for the state that holds; no sample while that is not certain.",
    );
    let mut duration = Family::new("clawtap_check_duration_seconds", "How long asking took.");
    let mut timestamp = Family::new(
        "clawtap_check_timestamp_seconds",
        "When it was asked last, by the clock of who asked.",
    );
    for Gateway { name, assessment } in gateways {
        let gateway = ("gateway", name.as_str());
        let asked_at = match &assessment.finding {
            Finding::Judged(report, _) => {
                up.add(&[gateway], 1.0);
                report.captured_at
            }
            Finding::Unknown(why) => {
                up.add(&[gateway], 0.0);
                trouble.add(&[gateway, ("trouble", why.word)], 1.0);
                assessment.now
            }
        };
        for candidate in [
            Verdict::Ok,
            Verdict::Expiring,
            Verdict::Broken,
            Verdict::CannotTell,
        ] {
            let labels = [gateway, ("verdict", candidate.word())];
            verdict.add(&labels, flag(candidate == assessment.login_verdict()));
        }
        if let Some(is) = assessment.report().and_then(|it| it.process.as_ref()) {
            for word in Process::WORDS {
                process.add(&[gateway, ("state", word)], flag(is.word() == word));
            }
        }
        duration.add(&[gateway], assessment.took.as_secs_f64());
        timestamp.add(&[gateway], seconds(asked_at));
    }
    [up, trouble, verdict, process, duration, timestamp]
        .map(|family| family.text)
        .concat()
}

/// The values of one login; a provider in use that has no login is a row with an empty profile.
struct Row {
    gateway: Text,
    provider: Text,
    profile: Text,
    state: State,
    ends: Option<DateTime<Utc>>,
    in_use: bool,
    renews_itself: Option<bool>,
}

fn of_logins(rows: &[Row]) -> String {
    let mut expiry = Family::new(
        "clawtap_login_expiry_timestamp_seconds",
        "When a login ends, by the clock of who asked.",
    );
    let mut state = Family::new(
        "clawtap_login_state",
        "A login's state: 1 for the one that holds.",
    );
    let mut in_use = Family::new(
        "clawtap_login_in_use",
        "Whether the verdict rests on this login.",
    );
    let mut renews_itself = Family::new(
        "clawtap_login_renews_itself",
        "Whether it renews itself; no sample while that cannot be told.",
    );
    for row in rows {
        let labels = [
            ("gateway", row.gateway.as_str()),
            ("provider", row.provider.as_str()),
            ("profile", row.profile.as_str()),
        ];
        if let Some(ends) = row.ends {
            expiry.add(&labels, seconds(ends));
        }
        let of_logins = State::ALL
            .into_iter()
            .filter(|state| !state.is_of_process());
        for candidate in of_logins {
            let [gateway, provider, profile] = labels;
            let labels = [gateway, provider, profile, ("state", candidate.word())];
            state.add(&labels, flag(candidate == row.state));
        }
        in_use.add(&labels, flag(row.in_use));
        if let Some(renews) = row.renews_itself {
            renews_itself.add(&labels, flag(renews));
        }
    }
    [expiry, state, in_use, renews_itself]
        .map(|family| family.text)
        .concat()
}

/// The rows of a gateway, each login once.
fn rows(gateway: &Gateway) -> Vec<Row> {
    let Finding::Judged(report, judgement) = &gateway.assessment.finding else {
        return Vec::new();
    };
    let mut rows = without_login(gateway, judgement);
    let relied_on = relied_on(report, judgement, gateway.assessment.now);
    let (used, unused): (Vec<&Login>, Vec<&Login>) = report
        .logins
        .iter()
        .partition(|login| relied_on.contains(&login.id));
    let of_login = |login: &Login, in_use| {
        let left = login.left;
        Row {
            gateway: gateway.name.clone(),
            provider: login.provider.clone(),
            profile: login.id.clone(),
            state: login.state(report.moment(gateway.assessment.now)),
            ends: left.and_then(|left| report.captured_at.checked_add_signed(left)),
            in_use,
            renews_itself: renews_itself(login, report),
        }
    };
    rows.extend(used.into_iter().map(|login| of_login(login, true)));
    rows.extend(unused.into_iter().map(|login| of_login(login, false)));
    let mut told = HashSet::new();
    rows.retain(|row| told.insert((row.provider.clone(), row.profile.clone())));
    rows.truncate(MOST_LOGINS);
    rows
}

/// The rows of issues that are about a provider without a login.
fn without_login<'a>(gateway: &'a Gateway, judgement: &'a Judgement) -> Vec<Row> {
    let issues = judgement.issues.iter();
    let without = issues.filter(|issue| issue.login.is_none() && !issue.state.is_of_process());
    let row = without.map(|issue| Row {
        gateway: gateway.name.clone(),
        provider: issue.provider.clone(),
        profile: Text::default(),
        state: issue.state,
        ends: None,
        in_use: true,
        renews_itself: None,
    });
    row.collect()
}

/// Whether a login renews itself; None for an OAuth login that is "ok" and not within its warning time, when OpenClaw
/// does not show it yet.
fn renews_itself(login: &Login, report: &Report) -> Option<bool> {
    if login.renews_itself(report.warn_after) {
        return Some(true);
    }
    let may_yet = login.kind == LoginKind::OAuth && login.reported == Reported::Ok;
    (!may_yet).then_some(false)
}

const fn flag(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds since 1970 fit an f64 exactly"
)]
fn seconds(moment: DateTime<Utc>) -> f64 {
    moment.timestamp() as f64
}

/// A metric with its samples. All are gauges.
struct Family {
    name: &'static str,
    text: String,
}

impl Family {
    fn new(name: &'static str, help: &str) -> Self {
        Self {
            name,
            text: format!("# HELP {name} {help}\n# TYPE {name} gauge\n"),
        }
    }

    fn add(&mut self, labels: &[(&str, &str)], value: f64) {
        // Prometheus treats an empty label as a missing one.
        let labels: Vec<String> = labels
            .iter()
            .filter(|(_, content)| !content.is_empty())
            .map(|(label, content)| format!("{label}=\"{}\"", escaped(content)))
            .collect();
        let _ = writeln!(self.text, "{}{{{}}} {value}", self.name, labels.join(","));
    }
}

/// Escapes a label's value, which has no line breaks.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests;
