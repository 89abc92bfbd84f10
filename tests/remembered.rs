//! `--remembered`: what this device knows, without asking anybody.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::support::{Clawtap, GatewayHome, Phone, run_counted};

const HOME: &str = ".local/state/clawtap/reports/home.json";

/// A device that asked its gateway so many minutes ago.
fn after_a_check(document: &str, minutes: i64) -> Phone {
    let gateway = GatewayHome::new().document(document);
    let device = Phone::not_at_all(Clawtap::with(&gateway));
    let _ = device.run("check");
    let mut record: Value = serde_json::from_str(&device.read(HOME)).expect("JSON");
    let then = chrono::Utc::now() - chrono::TimeDelta::minutes(minutes);
    for place in ["/asked_at", "/report/captured_at"] {
        *record.pointer_mut(place).expect("it has it") = json!(then.timestamp_millis());
    }
    device.write(HOME, &record.to_string());
    device
}

#[test]
fn it_says_how_old_it_is_and_exits_by_what_is_remembered_judged_now() {
    let hours = |count: i64| count * 60;
    let table = [
        (
            "token_ok_am",
            12,
            0,
            "ok, anthropic 299 d left · checked 12 m ago",
        ),
        (
            "token_expiring_am",
            hours(1),
            2,
            "anthropic expires in 3 h 59 m · checked 1 h ago",
        ),
        (
            "token_expiring_am",
            hours(6),
            1,
            "anthropic expired 1 h ago · checked 6 h ago",
        ),
        (
            "token_expired_am",
            1,
            1,
            "anthropic expired · checked 1 m ago",
        ),
    ];
    for (document, minutes, code, expected) in table {
        let device = after_a_check(&format!("2026.9.6/{document}"), minutes);
        let ran = device.run("check --remembered").status(code);
        assert_eq!(ran.stdout, format!("home: {expected}\n"));
    }
}

#[test]
fn status_shows_it_in_every_format() {
    let device = after_a_check("2026.9.6/token_ok_am", 12);
    let full = device.run("status --remembered").status(0);
    assert!(
        full.stdout
            .starts_with("✓ home  ok, anthropic 299 d left\n"),
        "{}",
        full.stdout
    );
    assert!(full.stdout.contains(", 12 m ago\n"), "{}", full.stdout);
    let said = device.run("status --remembered --format json").status(0);
    let document: Value = serde_json::from_str(&said.stdout).expect("JSON");
    let checked_at = document["gateways"][0]["checked_at"].as_str();
    let checked_at: chrono::DateTime<chrono::Utc> =
        checked_at.expect("a time").parse().expect("RFC 3339");
    assert_eq!((chrono::Utc::now() - checked_at).num_minutes(), 12);
    let _ = device
        .run("status --remembered --format simple")
        .status(0)
        .stdout("OK\n");
}

#[test]
fn where_nothing_is_remembered_it_says_so_and_exits_with_3() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let device = Phone::not_at_all(Clawtap::with(&gateway));
    let next = "home: → Ask it: clawtap check --gateway home\n";
    let ran = device.run("check --remembered").status(3);
    let _ = ran.stdout("home: nothing is remembered yet\n").stderr(next);
    let table = [
        ("half of", "is broken: expected value at line 1 column 1"),
        ("{\"version\":1}", "is of another version of clawtap"),
    ];
    for (text, reason) in table {
        device.write(HOME, text);
        let ran = device.run("check --remembered").status(3);
        let _ = ran
            .stdout("home: nothing usable is remembered\n")
            .stderr(&format!("home: ~/{HOME} {reason}\n{next}"));
    }
    assert_eq!(gateway.calls(), "");
}

#[test]
fn without_a_home_folder_it_says_why_nothing_is_remembered() {
    let _ = Clawtap::new()
        .env("HOME", "")
        .env("OPENCLAW_SERVER", "me@home.example")
        .args(["check", "--remembered"])
        .run()
        .status(3)
        .stdout("home: nothing usable is remembered\n")
        .stderr("home: HOME is not set\nhome: → Ask it: clawtap check --gateway home\n");
}

#[test]
fn it_starts_no_program_and_writes_nothing() {
    for words in [
        "check --remembered",
        "status --remembered",
        "status --remembered -f json",
    ] {
        let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
        let clawtap = Clawtap::with(&gateway).on_a_phone();
        let check = clawtap.command_of(&["check"]).output().expect("it starts");
        assert!(check.status.success(), "{check:?}");
        let state = clawtap.home().join(".local/state/clawtap");
        let before = modified(&state);
        let words: Vec<&str> = words.split(' ').collect();
        let clawtap = clawtap.args(words);
        let (said, started) = run_counted(&clawtap);
        assert_eq!(started, Vec::<String>::new());
        assert_eq!(modified(&state), before);
        let _ = said.status(0).stderr("");
    }
}

/// The files of a folder, and when each was changed.
fn modified(folder: &std::path::Path) -> Vec<(std::path::PathBuf, std::time::SystemTime)> {
    let entries = std::fs::read_dir(folder).expect("our folder").flatten();
    let mut found: Vec<_> = entries
        .flat_map(|entry| {
            let metadata = entry.metadata().expect("it is there");
            let name = entry.path().file_name().expect("a name").into();
            let below = metadata.is_dir().then(|| modified(&entry.path()));
            let own = (name, metadata.modified().expect("a time"));
            below.unwrap_or_default().into_iter().chain([own])
        })
        .collect();
    found.sort();
    found
}

#[test]
fn of_several_gateways_the_worst_counts() {
    let states = [
        ("zoo", Some("token_ok_am")),
        ("alm", Some("token_expired_am")),
    ];
    let (gateway, config) = crate::several_gateways::gateways(&states);
    let device = Phone::not_at_all(Clawtap::new().config(&config).reaching(&gateway));
    let _ = device.run("check --all").status(1);
    let lines = "zoo: ok, anthropic 299 d left · checked just now\n\
                 alm: anthropic expired · checked just now\n";
    let _ = device
        .run("check --all --remembered")
        .status(1)
        .stdout(lines);
    let one = device.run("check -g zoo --remembered").status(0);
    assert_eq!(
        one.stdout,
        lines.split_inclusive('\n').next().expect("a line")
    );
}

#[test]
fn it_excludes_what_asks() {
    let clawtap = || Clawtap::with(&GatewayHome::new());
    for words in [
        "check --remembered --input x",
        "status --remembered --input x",
        "status --remembered --watch",
        "status --remembered --notify",
    ] {
        let _ = clawtap().args(words.split(' ')).run().status(64);
    }
}
