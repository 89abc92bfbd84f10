//! Property of a gateway's report: OpenClaw's document, the logins of the stores, and the report cache.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::Value;

use crate::alerts::observe::Observation;
use crate::alerts::summary::LocalTime;
use crate::render::terminal::{self, Look};
use crate::render::{json, notification, prometheus, simple, summary, toast};
use crate::report_cache;
use crate::status::assessment::Assessment;
use crate::status::report::Report;
use crate::status::verdict::judge;
use crate::status::{stores, wire as document};
use crate::system::clock::showable;
use crate::text::{self, Text};

/// The longest text, in characters: the retained part, a blank, and the sign for the truncated rest.
const LONGEST_TEXT: usize = 202;
const MOST_LOGINS: usize = 10_000;

/// Checks that a report is sanitized and limited, that it can be judged and shown at any moment, and that the report
/// cache returns it unchanged.
///
/// # Panics
/// When that does not hold.
pub fn wire(bytes: &[u8]) {
    let exit = bytes.len() % 5;
    let exit = (exit > 0).then(|| i32::try_from(exit - 1).unwrap_or_default());
    if let Ok(report) = document::read(bytes, exit, captured_at()) {
        of_report(&report);
    }
    let text = String::from_utf8_lossy(bytes);
    let clock = captured_at().timestamp();
    let logins = text.lines().filter_map(|line| {
        let clock = (line.len() % 3 > 0).then_some(clock);
        stores::read_login(line, clock, "anthropic")
    });
    let logins: Vec<_> = logins.collect();
    if !logins.is_empty() {
        of_report(&stores::report(logins, "it hangs", captured_at()));
    }
    if let Ok(report) = report_cache::read_local(bytes, captured_at()) {
        of_report(&report);
    }
}

/// The time zones furthest from UTC, where the date differs.
pub(super) const ZONES: [LocalTime; 2] =
    [|moment| in_zone(moment, 14), |moment| in_zone(moment, -12)];

fn in_zone(moment: DateTime<Utc>, hours: i32) -> DateTime<FixedOffset> {
    let moment = showable(moment);
    let zone = FixedOffset::east_opt(hours * 3600);
    zone.map_or_else(|| moment.fixed_offset(), |zone| moment.with_timezone(&zone))
}

fn captured_at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default()
}

fn of_report(report: &Report) {
    check(report);
    remember(report);
    // This device's clock may have any value for judging; reports are shown only at realistic times.
    for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        judge(report, now);
    }
    let later = |minutes| captured_at() + TimeDelta::minutes(minutes);
    for now in [0, 7 * 60, 60 * 24 * 365 * 100].map(later) {
        show(report, now);
    }
}

fn check(report: &Report) {
    let logins = || report.logins.iter().chain(&report.claude_code);
    let routes = || report.route_problems.iter();
    let pauses = logins().filter_map(|login| login.pause.as_ref());
    let texts = (report.in_use.iter().chain(&report.missing))
        .chain(&report.default_model)
        .chain(report.providers.iter().map(|provider| &provider.name))
        .chain(logins().flat_map(|login| [&login.id, &login.provider]))
        .chain(pauses.filter_map(|pause| pause.reason.as_ref()))
        .chain(routes().map(|problem| &problem.provider))
        .chain(routes().filter_map(|problem| problem.detail.as_ref()));
    texts.for_each(is_clean);
    for list in [&report.in_use, &report.missing] {
        assert!(list.len() <= MOST_LOGINS, "{} providers", list.len());
        let mut seen = HashSet::new();
        assert!(list.iter().all(|it| seen.insert(it)), "one of them twice");
    }
    assert!(report.logins.len() <= MOST_LOGINS);
    assert!(report.route_problems.len() <= 2 * MOST_LOGINS);
    let known = 0..report.logins.len();
    let mut order = report.providers.iter().flat_map(|it| &it.order);
    assert!(
        order.all(|index| known.contains(index)),
        "a login that is not there"
    );
    let age = TimeDelta::days(366_000);
    let left = logins().filter_map(|login| login.left);
    assert!(left.chain([report.warn_after]).all(|left| left.abs() < age));
}

fn is_clean(text: &Text) {
    let text = text.as_str();
    is_showable(text);
    assert!(!text.contains('\n') && text.trim() == text, "{text:?}");
    assert!(
        text.chars().count() <= LONGEST_TEXT,
        "{} characters",
        text.chars().count()
    );
    assert_eq!(Text::clean(text).as_str(), text, "it is not clean yet");
}

/// Checks that a text contains no control or invisible characters.
pub(super) fn is_showable(text: &str) {
    let odd = |c: char| c != '\n' && (c.is_control() || text::is_invisible(c));
    assert!(!text.contains(odd), "{text:?}");
}

fn remember(report: &Report) {
    let recalled = report_cache::round_trip(report);
    assert_eq!(
        recalled.as_ref(),
        Ok(report),
        "remembered otherwise than it was"
    );
}

fn show(report: &Report, now: DateTime<Utc>) {
    let took = Duration::from_secs(1);
    let assessment = Assessment::new("home".into(), Ok(report.clone()), took, now);
    let issues = assessment.issues();
    let texts = issues.iter().map(|issue| &issue.provider);
    let more = issues
        .iter()
        .flat_map(|it| [&it.login, &it.detail])
        .flatten();
    texts.chain(more).for_each(is_clean);
    for width in [40, 100] {
        let look = Look {
            width,
            color: false,
            verbose: true,
        };
        for zone in ZONES {
            is_showable(&terminal::render(&assessment, look, zone));
        }
        is_showable(&terminal::line(&assessment, " and so on", look));
    }
    is_line(&summary::line(&assessment));
    let notification = notification::of(&assessment, true);
    is_line(&notification.title);
    is_line(&notification.content);
    let observation = Observation::of(&assessment, None);
    assert!(
        observation.providers.len() <= 64,
        "{} routes",
        observation.providers.len()
    );
    let assessments = [assessment];
    is_showable(&toast::text(&assessments, &assessments));
    is_showable(&toast::remembered(&assessments));
    is_showable(&simple::render(&assessments));
    let shown = json::render(&assessments);
    is_showable(&shown);
    assert!(serde_json::from_str::<Value>(&shown).is_ok(), "{shown}");
    of_metrics(&prometheus::render(&assessments));
}

fn is_line(text: &str) {
    is_showable(text);
    assert!(!text.contains('\n'), "{text:?}");
}

/// Checks that no series is there twice: Prometheus would reject all of them.
fn of_metrics(text: &str) {
    is_showable(text);
    let mut seen = HashSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, value) = line.rsplit_once(' ').unwrap_or_default();
        assert!(value.parse::<f64>().is_ok(), "{line}");
        assert!(seen.insert(series), "{series} is there twice");
    }
}
