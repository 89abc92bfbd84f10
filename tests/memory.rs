//! What is remembered of each gateway, and what comes of a memory that is no good.

use std::fs;
use std::os::unix::fs::symlink;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::support::{Clawtap, GatewayHome, Phone, fixture, wait_until};

const HOME: &str = ".local/state/clawtap/reports/home.json";
const REFUSED: &str = "ssh: connect to host home.example port 22: Connection refused";

/// A device that has asked its gateway, which is away from now on.
fn after_a_check() -> Phone {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let device = Phone::not_at_all(Clawtap::with(&gateway));
    let _ = device.run("check").status(0);
    device
}

/// What a tap prints while nobody answers.
fn tap_alone(device: &Phone, arguments: &str) -> (String, String) {
    let mut command = device.command(arguments);
    let output = command.env("FAKE_SSH_STDERR", REFUSED).output();
    let output = output.expect("it starts");
    assert_eq!(output.status.code(), Some(3));
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr))
}

const NOTHING_KNOWN: &str = "\
? home: no ssh server answers
→ Is sshd running there, and the port right?
";

/// Changes the record, seen as JSON.
fn change(device: &Phone, change: impl FnOnce(&mut Value)) {
    let mut record = serde_json::from_str(&device.read(HOME)).expect("JSON");
    change(&mut record);
    device.write(HOME, &record.to_string());
}

#[test]
fn every_command_that_asks_remembers_the_answer_and_no_secret() {
    let secret = "sk-ant-oat01-made-up";
    let extra = json!({ "token": secret, "access": { "refreshToken": secret } });
    let document = crate::expiries::document_with(&extra);
    assert!(document.contains(secret));
    for words in [
        "check",
        "status",
        "status --format json",
        "tap",
        "monitor",
        "check -g home",
    ] {
        let gateway = GatewayHome::new().stdout(&document).exit("0");
        let device = Phone::not_at_all(Clawtap::with(&gateway));
        let _ = device.run(words).status(0);
        let tree = device.tree(".local/state/clawtap/reports");
        assert_eq!(
            tree,
            [
                "600 .local/state/clawtap/reports/.lock",
                "600 .local/state/clawtap/reports/home.json",
                "700 .local/state/clawtap/reports/"
            ],
            "{words}"
        );
        let record = device.read(HOME);
        assert!(
            record.contains("anthropic") && !record.contains(secret),
            "{record}"
        );
    }
}

#[test]
fn a_document_from_a_file_a_failure_and_the_demo_leave_the_memory_alone() {
    let device = after_a_check();
    let before = device.read(HOME);
    device.write(
        "document",
        "{\"auth\":{\"missingProvidersInUse\":[\"openai\"]}}",
    );
    let _ = device.run("check --input document");
    let _ = device.run("demo").status(0);
    let _ = tap_alone(&device, "tap");
    assert_eq!(device.read(HOME), before);
}

#[test]
fn a_gateway_that_is_away_is_told_of_with_what_is_remembered() {
    let device = after_a_check();
    change(&device, |record| {
        let two_hours_ago = chrono::Utc::now() - chrono::TimeDelta::minutes(125);
        record["report"]["captured_at"] = json!(two_hours_ago.timestamp_millis());
    });
    let (stdout, stderr) = tap_alone(&device, "tap");
    assert_eq!(
        stdout,
        NOTHING_KNOWN.replace("answers", "answers · 2 h 5 m ago: ok, anthropic 299 d left")
    );
    assert_eq!(stderr, "");
}

/// Does this to the record.
fn spoil(device: &Phone, how: &str) {
    let captured = |days| {
        let then = chrono::Utc::now() + chrono::TimeDelta::days(days);
        change(device, |record| {
            record["report"]["captured_at"] = json!(then.timestamp_millis());
        });
    };
    match how {
        "corrupt" => device.write(HOME, "\u{0}\u{1}}{"),
        "empty" => device.write(HOME, ""),
        "half-written" => device.write(HOME, &device.read(HOME)[..400]),
        "too large" => device.write(HOME, &"[".repeat(2_000_000)),
        "another version's" => change(device, |record| record["version"] = json!(3)),
        "from the future" => captured(1),
        "a month old" => captured(-31),
        "another gateway's" => {
            let config = "[[gateway]]\nname = \"home\"\nssh = \"me@new.example\"\n";
            device.write(".config/clawtap/config.toml", config);
        }
        "a folder" => {
            fs::remove_file(device.path(HOME)).expect("it is there");
            fs::create_dir(device.path(HOME)).expect("a place for it");
        }
        _ => {
            let elsewhere = device.path("elsewhere");
            fs::rename(device.path(HOME), &elsewhere).expect("it is there");
            symlink(elsewhere, device.path(HOME)).expect("a place for it");
        }
    }
}

#[test]
fn a_memory_that_is_no_good_is_as_good_as_none_and_nobody_hears_of_it() {
    let table = [
        ("corrupt", "is broken: "),
        ("empty", "is broken: "),
        ("half-written", "is broken: "),
        ("too large", "is too large\n"),
        ("another version's", "is of another version of clawtap\n"),
        ("from the future", "is from the future\n"),
        ("another gateway's", "is about another gateway\n"),
        ("a folder", "is no file of ours\n"),
        ("a link", "is no file of ours\n"),
        ("a month old", ""),
    ];
    for (how, remark) in table {
        let device = after_a_check();
        spoil(&device, how);
        let (stdout, stderr) = tap_alone(&device, "tap");
        assert_eq!((&*stdout, &*stderr), (NOTHING_KNOWN, ""), "{how}");
        let (_, stderr) = tap_alone(&device, "tap -v");
        let file = "clawtap: ~/.local/state/clawtap/reports/home.json ";
        let told = stderr.starts_with(&format!("{file}{remark}"));
        assert!(
            told || (remark.is_empty() && stderr.is_empty()),
            "{how}: {stderr}"
        );
    }
}

#[test]
fn a_broken_memory_is_mended_by_the_next_answer() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let device = Phone::not_at_all(Clawtap::with(&gateway));
    device.write(HOME, "half of");
    let _ = device.run("check").status(0).stderr("");
    let (stdout, _) = tap_alone(&device, "tap");
    assert!(
        stdout.contains(" ago: ok, anthropic 299 d left") || stdout.contains("just now: ok"),
        "{stdout}"
    );
}

#[test]
fn where_nothing_can_be_remembered_everything_else_works() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let device = Phone::not_at_all(Clawtap::with(&gateway));
    device.write(".local/state/clawtap/reports", "a file is in the way");
    let well = "home: ok, anthropic 299 d left\n";
    let _ = device.run("check").status(0).stdout(well).stderr("");
    let said = device.run("check -v").status(0).stdout(well);
    let wrong = "clawtap: cannot remember the report in ~/.local/state/clawtap/reports/home.json: ";
    assert!(said.stderr.starts_with(wrong), "{}", said.stderr);
}

#[test]
fn gateways_that_nobody_asks_any_more_are_forgotten_after_a_month() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let device = Phone::not_at_all(Clawtap::with(&gateway));
    let _ = device.run("check").status(0);
    let aged = |name: &str, days: u64| {
        device.write(&format!(".local/state/clawtap/reports/{name}.json"), "{}");
        let file =
            fs::File::open(device.path(&format!(".local/state/clawtap/reports/{name}.json")));
        let then = std::time::SystemTime::now() - std::time::Duration::from_secs(days * 86_400);
        file.and_then(|file| file.set_modified(then))
            .expect("our file");
    };
    aged("gone", 31);
    aged("rare", 29);
    let _ = device.run("check").status(0);
    assert_eq!(
        device.tree(".local/state/clawtap/reports/"),
        [
            "600 .local/state/clawtap/reports/.lock",
            "600 .local/state/clawtap/reports/home.json",
            "644 .local/state/clawtap/reports/rare.json",
            "700 .local/state/clawtap/reports/",
        ]
    );
}

#[test]
fn an_answer_that_was_asked_for_before_does_not_replace_a_later_one() {
    // The first question gets its good answer at once, and ends last.
    let slow = "if rm \"$HOME/slow\" 2>/dev/null; then cat \"$HOME/good\"; : >\"$HOME/asked\"; \
                until [ -e \"$HOME/go-on\" ]; do sleep 0.05; done; exit 0; fi";
    let good = fs::read(fixture("corpus/2026.9.6/token_ok_am.json")).expect("a document");
    let gateway = GatewayHome::new()
        .document("2026.9.6/token_expired_am")
        .first(slow)
        .file("slow", "")
        .file("good", good);
    let home = gateway.path().to_path_buf();
    let device = Phone::not_at_all(Clawtap::with(&gateway));
    let mut first = device.command("check");
    let first = std::thread::spawn(move || first.output().expect("it starts").status.code());
    assert!(wait_until(|| home.join("asked").exists()));
    let _ = device
        .run("check")
        .status(1)
        .stdout("home: anthropic expired\n");
    fs::write(home.join("go-on"), "").expect("a place for it");
    assert_eq!(first.join().expect("it ends"), Some(0));
    let remembered = "home: anthropic expired · checked just now\n";
    let _ = device
        .run("check --remembered")
        .status(1)
        .stdout(remembered);
}

#[test]
fn a_clock_that_was_set_back_does_not_keep_an_old_answer() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let device = Phone::not_at_all(Clawtap::with(&gateway));
    let _ = device.run("check").status(0);
    change(&device, |record| {
        let tomorrow = chrono::Utc::now() + chrono::TimeDelta::days(1);
        record["asked_at"] = json!(tomorrow.timestamp_millis());
        record["report"]["captured_at"] = json!(tomorrow.timestamp_millis());
    });
    let _ = device.run("check --remembered").status(3);
    let _ = device.run("check").status(0);
    let remembered = "home: ok, anthropic 299 d left · checked just now\n";
    let _ = device
        .run("check --remembered")
        .status(0)
        .stdout(remembered);
}
