//! For any names of logins, the metrics can be parsed, and no series occurs twice.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{MOST_LOGINS, render};
use crate::status::assessment::{Assessment, Trouble};
use crate::status::wire;
use crate::text::Text;

fn now() -> DateTime<Utc> {
    "2026-09-14T14:05:00Z".parse().unwrap()
}

/// A gateway whose document has these logins, all listed under the provider of the first one, judged by the rule of
/// the newest OpenClaw; its models use the provider `in_use`.
fn gateway(name: &str, logins: &[Value], in_use: &str) -> Assessment {
    let document = json!({
        "resolvedDefault": format!("{in_use}/model"),
        "auth": {
            "modelRouteIssues": [],
            "oauth": {
                "profiles": logins,
                "providers": [{ "provider": logins.first().map(|login| &login["provider"]), "effectiveProfiles": logins }],
            },
        },
    });
    let report = wire::read(document.to_string().as_bytes(), None, now()).unwrap();
    Assessment::new(name.into(), Ok(report), Duration::from_millis(1500), now())
}

fn away(name: &str) -> Assessment {
    let trouble = Trouble {
        word: "timeout",
        what: "does not respond".into(),
        detail: Some(Text::clean("a secret path")),
        next_step: "Is it on?".into(),
    };
    Assessment::new(name.into(), Err(trouble), Duration::from_secs(30), now())
}

fn login(id: &str, kind: &str, status: &str, hours: Option<i64>) -> Value {
    let left = hours.map(|hours| hours * 3_600_000);
    json!({
        "profileId": id, "provider": "anthropic", "type": kind, "status": status,
        "remainingMs": left,
    })
}

type Labels = BTreeMap<String, String>;

/// Parses an exposition by the rules of both formats: families, each with its help, its type and then its samples,
/// and the end marker.
fn parsed(text: &str) -> Result<BTreeMap<(String, Labels), f64>, String> {
    let mut lines = text
        .strip_suffix("# EOF\n")
        .ok_or("no end")?
        .lines()
        .peekable();
    let (mut families, mut samples) = (BTreeSet::new(), BTreeMap::new());
    while let Some(line) = lines.next() {
        let help = line
            .strip_prefix("# HELP ")
            .ok_or(format!("no help: {line}"))?;
        let (name, help) = help.split_once(' ').ok_or("no text of help")?;
        if help.contains('\\') || !families.insert(name.to_owned()) {
            return Err(format!(
                "{name} comes twice, or its help would need escapes"
            ));
        }
        if lines.next() != Some(&format!("# TYPE {name} gauge")) {
            return Err(format!("no type of {name}"));
        }
        while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
            let rest = line
                .strip_prefix(name)
                .ok_or(format!("not of {name}: {line}"))?;
            let (labels, value) = labels(rest)?;
            let value: f64 = value.parse().map_err(|_| format!("no number: {line}"))?;
            if samples.insert((name.to_owned(), labels), value).is_some() {
                return Err(format!("twice: {line}"));
            }
        }
    }
    Ok(samples)
}

/// Parses `{name="content",…} `, and returns the rest too.
fn labels(text: &str) -> Result<(Labels, &str), String> {
    let mut labels = Labels::new();
    let mut rest = text.strip_prefix('{').ok_or("no labels")?;
    loop {
        let (name, quoted) = rest.split_once("=\"").ok_or("no label")?;
        let mut content = String::new();
        let mut characters = quoted.char_indices();
        let end = loop {
            match characters.next().ok_or("no end of a label")? {
                (at, '"') => break at + 1,
                (_, '\\') => match characters.next() {
                    Some((_, character @ ('\\' | '"'))) => content.push(character),
                    other => return Err(format!("no escape: {other:?}")),
                },
                (_, character) => content.push(character),
            }
        };
        if content.is_empty() || labels.insert(name.to_owned(), content).is_some() {
            return Err(format!("{name} is empty or comes twice"));
        }
        rest = &quoted[end..];
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None => return Ok((labels, rest.strip_prefix("} ").ok_or("no end of labels")?)),
        }
    }
}

fn value(text: &str, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let labels = labels
        .iter()
        .map(|(label, content)| ((*label).to_owned(), (*content).to_owned()));
    parsed(text)
        .unwrap()
        .get(&(name.into(), labels.collect()))
        .copied()
}

#[test]
fn only_what_is_certain_to_end_is_said_not_to_renew_itself() {
    let table = [
        (login("a", "token", "ok", Some(5)), Some(0.0)),
        (login("a", "token", "expired", Some(-5)), Some(0.0)),
        (login("a", "api_key", "static", None), Some(0.0)),
        (login("a", "oauth", "expiring", Some(5)), Some(0.0)),
        (login("a", "oauth", "expired", Some(-5)), Some(0.0)),
        (login("a", "oauth", "ok", Some(5)), Some(1.0)),
        (login("a", "oauth", "ok", Some(-5)), Some(1.0)),
        // OpenClaw shows only in the login's last day whether it has a refresh token.
        (login("a", "oauth", "ok", Some(25)), None),
    ];
    for (login, expected) in table {
        let text = render(&[gateway("home", std::slice::from_ref(&login), "anthropic")]);
        let labels = [
            ("gateway", "home"),
            ("provider", "anthropic"),
            ("profile", "a"),
        ];
        let renews = value(&text, "clawtap_login_renews_itself", &labels);
        assert_eq!(renews, expected, "{login}");
    }
}

#[test]
fn a_second_login_behind_a_healthy_one_is_not_in_use() {
    let logins = [
        login("first", "token", "ok", Some(500)),
        login("second", "token", "expired", Some(-5)),
    ];
    let in_use = |text: &str, profile| {
        let labels = [
            ("gateway", "home"),
            ("provider", "anthropic"),
            ("profile", profile),
        ];
        value(text, "clawtap_login_in_use", &labels)
    };
    let text = render(&[gateway("home", &logins, "anthropic")]);
    assert_eq!(in_use(&text, "first"), Some(1.0));
    assert_eq!(in_use(&text, "second"), Some(0.0));
    // No model uses the logins.
    let text = render(&[gateway("home", &logins, "openai")]);
    assert_eq!(in_use(&text, "first"), Some(0.0));
}

#[test]
fn a_gateway_that_is_away_says_nothing_of_its_logins() {
    let text = render(&[away("attic")]);
    let told: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let version = format!(
        "clawtap_build_info{{version=\"{}\"}} 1",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(
        told,
        [
            "clawtap_gateway_up{gateway=\"attic\"} 0",
            "clawtap_gateway_trouble{gateway=\"attic\",trouble=\"timeout\"} 1",
            "clawtap_gateway_verdict{gateway=\"attic\",verdict=\"ok\"} 0",
            "clawtap_gateway_verdict{gateway=\"attic\",verdict=\"expiring\"} 0",
            "clawtap_gateway_verdict{gateway=\"attic\",verdict=\"broken\"} 0",
            "clawtap_gateway_verdict{gateway=\"attic\",verdict=\"unknown\"} 1",
            "clawtap_check_duration_seconds{gateway=\"attic\"} 30",
            "clawtap_check_timestamp_seconds{gateway=\"attic\"} 1789394700",
            version.as_str(),
        ]
    );
}

#[test]
fn a_thousand_logins_are_not_a_thousand_series() {
    let logins: Vec<Value> = (0..1_000)
        .map(|number| login(&format!("a:{number}"), "token", "expired", None))
        .chain([login("used", "token", "ok", Some(100))])
        .collect();
    let mut document = gateway("home", &logins[..999], "anthropic");
    let text = render(std::slice::from_ref(&document));
    let told = |text: &str| text.matches("clawtap_login_in_use{").count();
    assert_eq!(told(&text), MOST_LOGINS);
    // The login in use is among them, although it comes last.
    document = gateway("home", &logins[100..], "anthropic");
    let text = render(&[document]);
    assert_eq!(told(&text), MOST_LOGINS);
    assert!(text.contains("profile=\"used\"} 1\n"));
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\"\\\\{},=\n\r a]{0,8}",
        Just("a".repeat(10_000)),
        Just("same".to_owned()),
        Just("sa\u{200b}me\n".to_owned()),
    ]
}

prop_compose! {
    fn any_login()(
        id in hostile(),
        provider in hostile(),
        kind in prop::sample::select(vec!["oauth", "token", "api_key", "?"]),
        status in prop::sample::select(vec!["ok", "expiring", "expired", "missing", "static", "?"]),
        left in any::<Option<i64>>(),
    ) -> Value {
        json!({
            "profileId": id, "provider": provider, "type": kind, "status": status, "remainingMs": left,
        })
    }
}

prop_compose! {
    fn any_gateway()(
        name in hostile().prop_map(|name| format!("g{name}")),
        logins in prop::collection::vec(any_login(), 0..6),
        in_use in hostile(),
        is_away in any::<bool>(),
    ) -> Assessment {
        if is_away { away(&name) } else { gateway(&name, &logins, &in_use) }
    }
}

proptest! {
    #[test]
    fn what_is_rendered_can_be_read_back_and_no_series_comes_twice(
        gateways in prop::collection::vec(any_gateway(), 0..4),
    ) {
        let text = render(&gateways);
        let samples = parsed(&text).map_err(TestCaseError::fail)?;
        for gateway in &gateways {
            let name = Text::clean(&gateway.name).to_string();
            let labels = Labels::from([("gateway".to_owned(), name)]);
            let up = samples.get(&("clawtap_gateway_up".to_owned(), labels));
            prop_assert!(up.is_some_and(|up| [0.0, 1.0].contains(up)));
        }
        for (name, labels) in samples.keys() {
            prop_assert!(labels.values().all(|content| content.chars().count() <= 202), "{name}");
        }
    }
}
