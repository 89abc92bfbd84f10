//! Snapshots: what a gateway keeps of OpenClaw's answers, when it will do, and when OpenClaw is asked instead.

mod dropped;
mod odd;
#[cfg(feature = "test-sshd")]
mod over_ssh;
mod turns;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, TimeDelta, Utc};
use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::{Clawtap, GatewayHome, Ran, fixture};

const OK: &str = "home: ok, anthropic 299 d left\n";
const EXPIRING: &str = "home: anthropic expires in 4 h 59 m\n";
const CONFIG: &str = "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n";

fn gateway() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

fn check(gateway: &GatewayHome) -> Clawtap {
    Clawtap::with(gateway).args(["check"])
}

/// Checks, and says nothing but the answer.
#[track_caller]
fn expect_ok(gateway: &GatewayHome) -> Ran {
    check(gateway).run().stdout(OK).stderr("").status(0)
}

/// How often OpenClaw was started.
fn starts(gateway: &GatewayHome) -> usize {
    gateway.calls().lines().count()
}

fn folder(gateway: &GatewayHome) -> PathBuf {
    gateway.path().join(".cache/clawtap/snapshots")
}

fn snapshot(gateway: &GatewayHome) -> PathBuf {
    folder(gateway).join("default+default")
}

/// Everything in the folder of the snapshots.
fn kept(gateway: &GatewayHome) -> Vec<String> {
    let entries = fs::read_dir(folder(gateway)).into_iter().flatten();
    let names = entries.flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
    names.sort();
    names
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("after 1970").as_secs()
}

/// Changes the snapshot.
fn rewrite(path: &Path, change: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(path).expect("a snapshot");
    fs::write(path, change(text)).expect("ours");
}

/// A snapshot that was begun at this moment (s).
fn begun_at(text: &str, moment: u64) -> String {
    let mut words: Vec<&str> = text.splitn(3, ' ').collect();
    let moment = moment.to_string();
    words[1] = &moment;
    words.join(" ")
}

/// Makes the snapshot so many seconds older.
fn age(gateway: &GatewayHome, seconds: u64) {
    rewrite(&snapshot(gateway), |text| begun_at(&text, now() - seconds));
}

#[test]
fn a_second_check_starts_no_openclaw() {
    let gateway = gateway();
    let _ = expect_ok(&gateway);
    let _ = expect_ok(&gateway);
    assert_eq!(starts(&gateway), 1);
    assert_eq!(kept(&gateway), ["default+default"]);
}

#[test]
fn what_is_kept_is_private_and_without_masked_secrets() {
    let gateway = gateway();
    let _ = expect_ok(&gateway);
    let mode = |path: &Path| fs::metadata(path).expect("ours").permissions().mode() & 0o777;
    assert_eq!(mode(&snapshot(&gateway)), 0o600);
    assert_eq!(mode(&folder(&gateway)), 0o700);
    let text = fs::read_to_string(snapshot(&gateway)).expect("UTF-8");
    let document = fs::read_to_string(gateway.path().join("reply/document")).expect("a document");
    let ends = |text: &str| text.matches("...").count();
    assert!(ends(&document) > 0 && ends(&text) == ends(&document));
    for masked in ["sk-ant", "token:sk"] {
        assert!(
            document.contains(masked) && !text.contains(masked),
            "{masked}"
        );
    }
}

#[test]
fn a_snapshot_is_judged_as_of_now_and_tells_its_age() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expiring_am");
    let first = check(&gateway).run();
    let _ = first.status(2).stdout(EXPIRING);
    age(&gateway, 9 * 60 + 5);
    let verbose = check(&gateway).args(["-v"]).run();
    let verbose = verbose
        .status(2)
        .stdout("home: anthropic expires in 4 h 50 m\n");
    assert_eq!(
        verbose.stderr.lines().next(),
        Some("home: OpenClaw said this 9 m ago; --fresh asks it now.")
    );
    let quiet = check(&gateway).run().status(2);
    assert!(!quiet.stderr.contains("ago"), "{}", quiet.stderr);
    let status = Clawtap::with(&gateway).args(["status", "-v"]).run();
    assert!(status.stdout.contains(", 9 m ago"), "{}", status.stdout);
    assert!(
        status.stdout.contains("! OpenClaw said this 9 m ago"),
        "{}",
        status.stdout
    );
    let json = Clawtap::with(&gateway).args(["status", "-f", "json"]).run();
    let json: Value = serde_json::from_str(&json.stdout).expect("JSON");
    let checked_at = json["gateways"][0]["checked_at"].as_str().expect("a time");
    let checked_at: DateTime<Utc> = checked_at.parse().expect("RFC 3339");
    let since = Utc::now() - checked_at;
    assert!(since >= TimeDelta::seconds(545) && since < TimeDelta::seconds(590));
    assert_eq!(starts(&gateway), 1);
}

#[test]
fn who_asks_for_it_gets_it_fresh() {
    let gateway = gateway();
    let _ = expect_ok(&gateway);
    let commands = [
        &["check", "--fresh"][..],
        &["status", "--fresh"],
        &["tap", "--fresh"],
    ];
    for (number, command) in commands.into_iter().enumerate() {
        age(&gateway, 300);
        let _ = Clawtap::with(&gateway).args(command).run().status(0);
        assert_eq!(starts(&gateway), number + 2, "{command:?}");
    }
    // Which serves the next one.
    let verbose = check(&gateway).args(["-v"]).run().status(0);
    assert!(
        verbose.stderr.contains("said this just now"),
        "{}",
        verbose.stderr
    );
    for command in ["status", "tap", "check"] {
        let _ = Clawtap::with(&gateway).args([command]).run().status(0);
    }
    assert_eq!(starts(&gateway), 4);
}

#[test]
fn a_snapshot_answers_for_ten_minutes() {
    for (age_s, expected) in [(590, 1), (601, 2)] {
        let gateway = gateway();
        let _ = expect_ok(&gateway);
        age(&gateway, age_s);
        let _ = check(&gateway).run().status(0).stdout(OK);
        assert_eq!(starts(&gateway), expected, "{age_s}");
    }
}

#[test]
fn what_decides_or_proves_something_is_asked_fresh() {
    let gateway = gateway();
    let _ = expect_ok(&gateway);
    for (number, command) in [&["monitor"][..], &["reauth", "--dry-run"]]
        .iter()
        .enumerate()
    {
        let _ = Clawtap::with(&gateway).args(*command).run().status(0);
        assert_eq!(starts(&gateway), number + 2, "{command:?}");
    }
}

#[test]
fn a_broken_answer_is_not_kept() {
    for state in ["token_expired_am", "empty"] {
        let gateway = GatewayHome::new().document(&format!("2026.9.6/{state}"));
        for number in 1..=2 {
            let _ = check(&gateway).run().status(1);
            assert_eq!(starts(&gateway), number, "{state}");
        }
        assert_eq!(kept(&gateway), [""; 0], "{state}");
    }
}

#[test]
fn a_login_that_ran_out_meanwhile_is_asked_about() {
    let document = fs::read_to_string(fixture("corpus/2026.9.6/token_expiring_am.json"));
    let lines = document.expect("a known document");
    let lines = lines
        .lines()
        .map(|line| match line.split_once("\"remainingMs\":") {
            Some((before, rest)) => {
                let comma = if rest.ends_with(',') { "," } else { "" };
                format!("{before}\"remainingMs\": 300000{comma}\n")
            }
            None => format!("{line}\n"),
        });
    let gateway = GatewayHome::new()
        .stdout(lines.collect::<String>())
        .exit("2");
    let _ = check(&gateway).run().status(2);
    age(&gateway, 200);
    let _ = check(&gateway).run().status(2);
    assert_eq!(starts(&gateway), 1);
    age(&gateway, 310);
    let gateway = gateway.document("2026.9.6/token_expired_am");
    let ran = check(&gateway).run().status(1);
    let ran = ran.stdout("home: anthropic expired\n");
    assert_eq!(starts(&gateway), 2);
    assert_eq!(ran.log("ssh").lines().count(), 2);
}

#[test]
fn each_question_has_an_answer_of_its_own() {
    let gateway = gateway();
    let agents = ["", "agent = \"other\"\n", "profile = \"work\"\n"];
    for lines in agents.iter().chain(&agents) {
        let config = format!("{CONFIG}{lines}");
        let _ = check(&gateway).config(&config).run().status(0).stdout(OK);
    }
    assert_eq!(starts(&gateway), 3);
    assert_eq!(
        kept(&gateway),
        ["default+default", "default+other", "work+default"]
    );
}

#[test]
fn this_machine_keeps_its_own() {
    let clawtap = || {
        let fakes = crate::support::fakes("gateway");
        Clawtap::new().path(&[&fakes, "/usr/bin".as_ref(), "/bin".as_ref()])
    };
    let home = gateway();
    for _ in 0..2 {
        let ran = clawtap()
            .config("[[gateway]]\nname = \"home\"\nlocal = true\n")
            .env("HOME", home.path())
            .env("CLAWTAP_CONFIG", "")
            .args(["check"]);
        let config = ran.home().join(".config/clawtap/config.toml");
        let ran = ran.args(["--config".into(), config.into_os_string()]).run();
        let _ = ran.status(0).stdout(OK).stderr("");
    }
    assert_eq!(starts(&home), 1);
    assert_eq!(kept(&home), ["default+default"]);
}
