use super::{Entry, ReportCache, VERSION, origin, parse, round_trip};
use crate::config::file;
use crate::gateway::host::{Gateway, Name};
use crate::status::login::{Pause, PauseKind};
use crate::status::report::Report;
use crate::status::{stores, wire};
use crate::system::environment::Environment;
use crate::text::Text;
use chrono::{DateTime, TimeDelta, Utc};
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use serde_json::{Value, json};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

/// A report in which everything is set that can be.
fn report() -> Report {
    let document = include_bytes!("../../tests/fixtures/corpus/2026.8.2/oauth_mixed.json");
    let mut report = wire::read(document, Some(1), now()).unwrap();
    report.logins[0].pause = Some(Pause {
        kind: PauseKind::Cooldown,
        classification: None,
        hint: None,
        reason: Some(Text::clean("rate limit")),
        left: Some(TimeDelta::minutes(3)),
    });
    report.claude_code = stores::read_login(r#"{"id":"claude","expires":5}"#, Some(0), "x");
    assert!(!report.route_problems.is_empty() && !report.in_use.is_empty());
    report
}

fn captured(at: DateTime<Utc>) -> Report {
    Report {
        captured_at: at,
        ..report()
    }
}

fn local() -> Value {
    json!("local")
}

/// The content of a file, as JSON.
fn content() -> Value {
    let entry = Entry {
        version: VERSION,
        origin: local(),
        asked_at: now(),
        report: report(),
    };
    serde_json::to_value(&entry).unwrap()
}

fn read(content: &Value, now: DateTime<Utc>) -> Result<Report, String> {
    parse(content.to_string().as_bytes(), &local(), now).map(|entry| entry.report)
}

#[test]
fn a_report_comes_back_as_it_was() {
    let stores = stores::report(report().logins, "openclaw says nothing", now());
    for report in [report(), stores] {
        assert_eq!(round_trip(&report), Ok(report));
    }
}

#[test]
fn a_file_that_does_not_fit_is_no_memory() {
    let early = now() - TimeDelta::seconds(1);
    assert_eq!(read(&content(), early), Err("is from the future".into()));
    let table = [
        ("/version", json!(1), "is of another version"),
        ("/origin", json!("elsewhere"), "is about another gateway"),
        ("/report/rule", json!("whim"), "is broken: unknown variant"),
        ("/report/captured_at", json!("x"), "is broken: invalid type"),
        (
            "/report/providers/0/order",
            json!([9999]),
            "is broken: it does not add up",
        ),
        ("/report/logins", json!({}), "is broken: invalid type"),
        ("/version", json!(-1), "is broken: invalid value"),
    ];
    for (place, value, expected) in table {
        let mut changed = content();
        *changed.pointer_mut(place).unwrap() = value;
        let reason = read(&changed, now()).unwrap_err();
        assert!(reason.starts_with(expected), "{place}: {reason}");
    }
}

#[test]
fn what_was_written_into_a_file_is_cleaned_like_an_answer() {
    let mut changed = content();
    changed["report"]["logins"][0]["id"] = json!("\u{1b}[31mred\u{202e}\n");
    changed["report"]["logins"][0]["left"] = json!(i64::MIN);
    let login = &read(&changed, now()).unwrap().logins[0];
    assert_eq!(login.id.as_str(), "red");
    assert!(login.left.unwrap() > TimeDelta::days(-366_000));
}

/// A cache in a home of its own, and a gateway.
fn cache(home: &tempfile::TempDir) -> (Environment, Gateway) {
    let environment = Environment::from([("HOME", home.path().to_str().unwrap())]);
    (environment, Gateway::local(Name::parse("home").unwrap()))
}

#[test]
fn a_report_never_replaces_one_that_was_asked_for_later() {
    let home = tempfile::tempdir().unwrap();
    let (environment, gateway) = cache(&home);
    let cache = ReportCache::of(&environment).unwrap();
    let seconds = |count| now() + TimeDelta::seconds(count);
    // Asked for first, answered last.
    let (slow, quick) = (captured(seconds(9)), captured(seconds(6)));
    cache
        .store(&gateway, &quick, seconds(5), seconds(6))
        .unwrap();
    cache
        .store(&gateway, &slow, seconds(1), seconds(9))
        .unwrap();
    let known = cache.load(&gateway, seconds(10)).unwrap();
    assert_eq!(known.map(|it| it.captured_at), Some(seconds(6)));
    let next = captured(seconds(12));
    cache
        .store(&gateway, &next, seconds(11), seconds(12))
        .unwrap();
    let known = cache.load(&gateway, seconds(12)).unwrap();
    assert_eq!(known.map(|it| it.captured_at), Some(seconds(12)));
}

#[test]
fn a_report_of_before_the_clock_was_set_back_is_replaced() {
    let home = tempfile::tempdir().unwrap();
    let (environment, gateway) = cache(&home);
    let cache = ReportCache::of(&environment).unwrap();
    let hour_ago = now() - TimeDelta::hours(1);
    cache
        .store(&gateway, &captured(now()), now(), now())
        .unwrap();
    assert!(cache.load(&gateway, hour_ago).is_err());
    cache
        .store(&gateway, &captured(hour_ago), hour_ago, hour_ago)
        .unwrap();
    let known = cache.load(&gateway, hour_ago).unwrap();
    assert_eq!(known.map(|it| it.captured_at), Some(hour_ago));
}

fn gateway(line: &str) -> Gateway {
    let text = format!("[[gateway]]\nname = \"home\"\n{line}\n");
    file::parse(&text, None).unwrap().gateways.remove(0)
}

#[test]
fn whatever_leads_to_another_openclaw_is_another_origin() {
    let lines = [
        "ssh = \"me@a.example\"",
        "ssh = \"a.example\"",
        "ssh = \"me@a.example\"\nport = 2222",
        "ssh = \"me@a.example\"\nssh_config = \"/c\"",
        "ssh = \"me@a.example\"\nopenclaw = \"/opt/openclaw\"",
        "ssh = \"me@a.example\"\nopenclaw = [\"docker\", \"exec\"]",
        "ssh = \"me@a.example\"\nagent = \"x\"",
        "ssh = \"me@a.example\"\nprofile = \"x\"",
        "local = true",
    ];
    for (index, one) in lines.iter().enumerate() {
        for other in &lines[index + 1..] {
            assert_ne!(
                origin(&gateway(one)),
                origin(&gateway(other)),
                "{one}, {other}"
            );
        }
    }
    let plain = gateway("ssh = \"me@a.example\"");
    let other = gateway("ssh = \"me@a.example\"\nidentity_file = \"/k\"\ntimeout_s = 9");
    assert_eq!(origin(&plain), origin(&other));
}

proptest! {
    #[test]
    fn half_a_file_is_none(part in 0.0..1.0_f64) {
        let text = content().to_string();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let length = ((text.len() - 1) as f64 * part) as usize;
        let outcome = parse(&text.as_bytes()[..length], &local(), now());
        prop_assert!(outcome.is_err_and(|reason| reason.starts_with("is broken: ")));
    }
}
