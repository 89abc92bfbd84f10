//! A login of the real OpenClaw that breaks before its time: whatever is asked afterwards says so.

use std::fs;
use std::process::Output;

use pretty_assertions::assert_eq;

use crate::real_openclaw::{PATIENT, sign_in, use_anthropic};
use crate::support::{Sshd, with_nvm};

#[test]
fn a_login_that_broke_is_broken_whoever_asks() {
    let gateway = with_nvm("v26.10.0", "node");
    let sshd = Sshd::of(&gateway)
        .path(&["/usr/bin".as_ref(), "/bin".as_ref()])
        .start();
    use_anthropic(&gateway);
    sign_in(&gateway, "300d");
    let phone = sshd.clawtap_with(PATIENT).on_a_phone();
    let run = |words: &[&str]| -> (Option<i32>, String) {
        let Output { status, stdout, .. } = phone.command_of(words).output().expect("it starts");
        (status.code(), String::from_utf8(stdout).expect("UTF-8"))
    };
    let log =
        |fake: &str| fs::read_to_string(phone.home().join("log").join(fake)).unwrap_or_default();

    assert_eq!(
        run(&["check"]),
        (Some(0), "home: ok, anthropic 299 d left\n".into())
    );
    assert_eq!(run(&["tap"]).0, Some(0));
    let path = phone.home().join(".local/state/clawtap/reports/home.json");
    let good = fs::read(&path).expect("a report");
    let remember_it = || fs::write(&path, &good).expect("our file");
    // Its provider no longer accepts it: OpenClaw knows it as expired, long before the time that was seen.
    sign_in(&gateway, "1s");
    assert_eq!(run(&["monitor"]).0, Some(1));
    let removed = log("termux-notification-remove");
    // What the notification's button "Check again" runs.
    remember_it();
    assert_eq!(run(&["tap", "--gateway", "home"]).0, Some(1));
    remember_it();
    let (code, line) = run(&["check"]);
    assert_eq!(code, Some(1), "{line}");
    assert!(line.starts_with("home: anthropic expired"), "{line}");
    remember_it();
    assert_eq!(run(&["tap"]).0, Some(1));
    let (code, line) = run(&["check", "--remembered"]);
    assert_eq!(code, Some(1), "{line}");

    // The standing notification stays, and each tap starts the sign-in.
    let standing = "--id clawtap-home --title home: anthropic expired";
    assert!(
        log("termux-notification").contains(standing),
        "{}",
        log("termux-notification")
    );
    let gone = &log("termux-notification-remove")[removed.len()..];
    assert!(
        !gone.lines().any(|line| line.ends_with(" clawtap-home")),
        "{gone}"
    );
    let started = log("termux-toast").matches("starting the sign-in").count();
    assert_eq!(started, 2, "{}", log("termux-toast"));
}
