//! The metrics, alert rules and dashboard, judged by Prometheus' own promtool.

mod dashboard;
mod rules;
mod story;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use crate::support::{Clawtap, GatewayHome};

/// A file of the repository for people who use Prometheus.
fn monitoring(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("monitoring")
        .join(name)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file of the repository")
}

/// Runs promtool, which has to be content and to say nothing on standard error.
#[track_caller]
fn promtool<const N: usize>(arguments: [&str; N], stdin: &str) {
    let mut promtool = Command::new("promtool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool, of the package prometheus");
    let mut pipe = promtool.stdin.take().expect("piped");
    pipe.write_all(stdin.as_bytes()).expect("it reads");
    drop(pipe);
    let output = promtool.wait_with_output().expect("it ends");
    let said = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "promtool {arguments:?}: {}\n{}{}",
        output.status,
        said(&output.stdout),
        said(&output.stderr)
    );
}

fn metrics_of(gateway: &GatewayHome) -> String {
    Clawtap::with(gateway)
        .args(["status", "--all", "--format", "prometheus"])
        .run()
        .stdout
}

/// What is printed of a gateway that does not answer.
fn metrics_while_away() -> String {
    Clawtap::with(&GatewayHome::new())
        .env("FAKE_SSH_STDERR", "connect: Connection timed out")
        .args(["status", "--all", "--format", "prometheus"])
        .run()
        .status(3)
        .stdout
}

/// The names of the metrics in an exposition.
fn families(metrics: &str) -> BTreeSet<String> {
    let lines = metrics.lines();
    let typed = lines.filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    typed.map(String::from).collect()
}

/// The names of metrics that a text speaks of, without those that rules record.
fn named_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "_:".contains(c)));
    words
        .filter(|word| word.starts_with("clawtap_"))
        .map(String::from)
        .collect()
}

#[test]
fn promtool_has_nothing_to_say_about_the_metrics() {
    promtool(["check", "metrics"], &metrics_while_away());
    for state in ["token_ok_am", "token_expired_am", "empty", "oauth_cooldown"] {
        let gateway = GatewayHome::new().document(&format!("2026.9.6/{state}"));
        promtool(["check", "metrics"], &metrics_of(&gateway));
    }
}

#[test]
fn hostile_names_neither_break_the_metrics_nor_repeat_a_series() {
    let named = |id: &str| json!({ "profileId": id, "provider": "an\"th\\ropic\n", "type": "token", "status": "ok" });
    let long = "x".repeat(10_000);
    let ids = [
        "a\"} 1\nclawtap_gateway_up 0",
        "a\\",
        "same",
        "sa\u{200b}me",
        "same\n",
        &long,
    ];
    let document = json!({ "auth": { "oauth": { "profiles": ids.map(named) } } });
    let gateway = GatewayHome::new().stdout(document.to_string()).exit("0");
    let metrics = metrics_of(&gateway);
    promtool(["check", "metrics"], &metrics);
    let in_use: Vec<&str> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("clawtap_login_in_use{gateway=\"home\","))
        .collect();
    let cut = format!(
        "provider=\"an\\\"th\\\\ropic\",profile=\"{}…\"}} 1",
        "x".repeat(200)
    );
    assert_eq!(
        in_use,
        [
            r#"provider="an\"th\\ropic",profile="a\"} 1 clawtap_gateway_up 0"} 1"#,
            r#"provider="an\"th\\ropic",profile="a\\"} 1"#,
            r#"provider="an\"th\\ropic",profile="same"} 1"#,
            &cut,
        ]
    );
}

/// Alerts rest on the logins in use: a verdict that none of them explains would be an alert that never comes.
#[test]
fn what_is_wrong_with_any_document_of_the_corpus_is_wrong_with_a_login_in_use() {
    let wrong = crate::corpus::documents_that_fail(|document| {
        let ran = Clawtap::new()
            .stdin(&document.json)
            .args(["status", "--input", "-", "--format", "prometheus"])
            .run();
        let holding = |family: &str| {
            let prefix = format!("{family}{{");
            let lines = ran.stdout.lines();
            let labels =
                lines.filter_map(move |line| line.strip_prefix(&prefix)?.strip_suffix("} 1"));
            labels.map(String::from).collect::<BTreeSet<_>>()
        };
        let in_use = holding("clawtap_login_in_use");
        let states = holding("clawtap_login_state");
        let any_is = |words: &[&str]| {
            in_use.iter().any(|login| {
                words
                    .iter()
                    .any(|word| states.contains(&format!("{login},state=\"{word}\"")))
            })
        };
        let well = !any_is(&["expiring", "expired", "missing"]);
        match ran.status {
            0 => well,
            1 => any_is(&[
                "expired",
                "rejected",
                "missing",
                "unavailable",
                "cooldown",
                "disabled",
                "indeterminate",
            ]),
            2 => any_is(&["expiring"]),
            _ => true,
        }
    });
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_metric_serves_an_alert_or_a_panel_and_none_is_made_up() {
    let printed = families(&metrics_while_away());
    let rules = read(&monitoring("prometheus/clawtap.rules.yml"));
    let named = named_in(&(rules + &read(&monitoring("grafana/clawtap.json"))));
    assert_eq!(named, printed);
}
