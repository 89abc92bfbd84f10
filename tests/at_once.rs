//! `tap` says at once what is known, and says it again only if the answer is another one.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::support::{Clawtap, GatewayHome, Phone};

const HOME: &str = ".local/state/clawtap/reports/home.json";

/// A phone that has asked its gateway in this state of the corpus, some minutes ago.
fn phone(gateway: &GatewayHome, minutes_ago: i64) -> Phone {
    let phone = Phone::new(Clawtap::with(gateway), &[]);
    let _ = phone.run("check");
    let mut record: Value = serde_json::from_str(&phone.read(HOME)).expect("JSON");
    let then = chrono::Utc::now() - chrono::TimeDelta::seconds(minutes_ago * 60 + 1);
    record["report"]["captured_at"] = json!(then.timestamp_millis());
    phone.write(HOME, &record.to_string());
    phone
}

fn gateway(state: &str) -> GatewayHome {
    GatewayHome::new().document(&format!("2026.9.6/{state}"))
}

/// The toasts of the last tap.
fn toasts(phone: &Phone) -> Vec<String> {
    let log = phone.calls_of("termux-toast");
    let calls = log.split("termux-toast -g bottom\n  | ").skip(1);
    calls
        .map(|call| call.trim_end().replace("\n  | ", "\n"))
        .collect()
}

#[test]
fn what_is_known_is_said_before_anybody_has_answered() {
    // The gateway does not answer before the toast is up.
    let gateway = gateway("token_ok_am");
    let phone = phone(&gateway, 12);
    let log = phone.path("log/termux-toast");
    let gateway = gateway.first(&format!(
        "turns=0; until grep -q checked '{}'; do [ $((turns += 1)) -lt 600 ] || exit 1; sleep 0.1; done",
        log.display()
    ));
    let _ = phone.run("tap").status(0).stdout("").stderr("");
    assert_eq!(
        toasts(&phone),
        ["✓ home: ok, anthropic 299 d left · checked 12 m ago"]
    );
    drop(gateway);
}

#[test]
fn nobody_waits_for_the_toast() {
    let gateway = gateway("token_ok_am");
    let phone = phone(&gateway, 12);
    // The toast is up only once the gateway was asked.
    let calls = gateway.path().join("calls");
    std::fs::remove_file(&calls).expect("it was asked before");
    let mut tap = phone.command("tap");
    let output = tap
        .env("FAKE_TOAST_AFTER", &calls)
        .output()
        .expect("it starts");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(toasts(&phone).len(), 1);
}

#[test]
fn what_is_old_never_looks_fresh() {
    let gateway = gateway("token_ok_am");
    let phone = phone(&gateway, 125);
    let _ = phone.run("tap").status(0).stdout("").stderr("");
    assert_eq!(
        toasts(&phone),
        ["· home, seen 2 h 5 m ago: ok, anthropic 299 d left"]
    );
}

#[test]
fn it_is_judged_by_the_clock_of_now() {
    let gateway = gateway("token_expiring_am");
    let phone = phone(&gateway, 6 * 60);
    let _ = phone.run("tap").status(2).stderr("");
    assert_eq!(
        toasts(&phone),
        [
            "· home, seen 6 h ago: anthropic expired 1 h ago",
            "! home: anthropic expires in 4 h 59 m",
        ]
    );
}

#[test]
fn without_a_memory_there_is_one_toast() {
    let gateway = gateway("token_ok_am");
    let phone = Phone::new(Clawtap::with(&gateway), &[]);
    let _ = phone.run("tap").status(0).stdout("").stderr("");
    assert_eq!(toasts(&phone), ["✓ home: ok, anthropic 299 d left"]);
}

#[test]
fn the_answer_is_said_if_it_is_another_one_and_everything_else_is_its_business() {
    let table = [
        // Known, answered, exit code, whether it is news.
        ("token_ok_am", "token_ok_am", 0, false),
        ("token_expiring_am", "token_expiring_am", 2, false),
        ("token_expired_am", "token_expired_am", 1, false),
        ("token_ok_am", "token_expiring_am", 2, true),
        ("token_ok_am", "token_expired_am", 1, true),
        ("token_expired_am", "token_ok_am", 0, true),
        ("token_expired_am", "token_ok", 1, true),
    ];
    for (known, answered, code, is_news) in table {
        let phone = phone(&gateway(known), 1);
        let answering = gateway(answered);
        let mut tap = phone.command("tap");
        let output = tap.env("FAKE_GATEWAY", answering.path()).output();
        assert_eq!(
            output.expect("it starts").status.code(),
            Some(code),
            "{known} {answered}"
        );
        let said = toasts(&phone);
        let (first, rest) = said.split_first().expect("a toast");
        assert!(first.ends_with(" · checked 1 m ago"), "{said:?}");
        let marked = |toast: &&String| toast.starts_with(['✓', '!', '?', '✗']);
        let again = rest.iter().find(marked);
        assert_eq!(again.is_some(), is_news, "{known} {answered} {said:?}");
        let shaken = phone.calls_of("termux-vibrate");
        let verdict = match code {
            0 => "termux-vibrate -d 40\n",
            2 => "termux-vibrate -d 150\n",
            _ => "termux-vibrate -d 500\n",
        };
        assert!(shaken.starts_with(verdict), "{known} {answered} {shaken}");
        let standing = !phone.calls_of("termux-notification").is_empty();
        let gone = phone.calls_of("termux-notification-remove");
        let taken_away = gone.starts_with("termux-notification-remove clawtap-home\n");
        assert_eq!(
            (standing, taken_away),
            (code != 0, code == 0),
            "{known} {answered}"
        );
    }
}

#[test]
fn what_was_broken_and_is_not_any_more_opens_no_sign_in() {
    let phone = phone(&gateway("token_expired_am"), 1);
    let well = gateway("token_ok_am");
    let mut tap = phone.command("tap");
    let output = tap
        .env("FAKE_GATEWAY", well.path())
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(well.calls(), "models status --json --check\n");
    for fake in ["termux-dialog", "termux-open-url", "termux-notification"] {
        assert_eq!(phone.calls_of(fake), "", "{fake}");
    }
}

#[test]
fn a_gateway_that_is_away_is_told_of_with_what_is_known() {
    let gateway = gateway("token_ok_am");
    let phone = phone(&gateway, 12);
    let mut tap = phone.command("tap");
    let refused = "ssh: connect to host home.example port 22: Connection refused";
    let output = tap
        .env("FAKE_SSH_STDERR", refused)
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        toasts(&phone),
        [
            "✓ home: ok, anthropic 299 d left · checked 12 m ago",
            "? home: no ssh server answers · 12 m ago: ok, anthropic 299 d left",
        ]
    );
}

#[test]
fn a_toast_that_does_not_come_up_is_told_of_in_the_terminal() {
    let gateway = gateway("token_ok_am");
    let phone = phone(&gateway, 1);
    let mut tap = phone.command("tap");
    let output = tap
        .env("FAKE_FAIL", "termux-toast")
        .output()
        .expect("it starts");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "clawtap: termux-toast failed\n✓ home: ok, anthropic 299 d left\n"
    );
}

#[test]
fn a_terminal_is_told_the_answer_alone() {
    let gateway = gateway("token_ok_am");
    let device = Phone::not_at_all(Clawtap::with(&gateway));
    for _ in 0..2 {
        let said = device.run("tap").status(0).stderr("");
        let _ = said.stdout("✓ home: ok, anthropic 299 d left\n");
    }
}
