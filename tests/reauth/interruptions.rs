//! Signals at every step of a sign-in, which end the program on the gateway too; and the lock against a second one.

use pretty_assertions::assert_eq;
use rustix::process::Signal;

use super::{PAGE, PROFILE, Recorded, TOKEN, expect_clean, expired, mixed, on_its_own, reauth};
use crate::causes::broken;
use crate::support::{Clawtap, GatewayHome, Running, wait_until};

/// Stays at a step.
const STAY: &str = ": >\"$HOME/reached\"; sleep 600";

/// Stays there until it may go on.
const UNTIL_GO: &str = ": >\"$HOME/reached\"; until [ -f \"$HOME/go\" ]; do sleep 0.05; done";

/// Starts it and waits until it is there.
#[track_caller]
fn at(gateway: &GatewayHome, clawtap: Clawtap) -> Running {
    let running = clawtap.start();
    let reached = wait_until(|| gateway.read("reached").is_some());
    assert!(
        reached,
        "it does not get there: {}",
        running.log("every-call")
    );
    running
}

#[track_caller]
fn interrupted(step: &str, script: &str, answers: &str, signal: Signal, next: &str) {
    let gateway = expired().reply(step, script);
    let running = at(&gateway, reauth(&gateway, answers));
    running.signal(signal);
    let ran = running.end().status(130).stdout("");
    let end = format!("clawtap: interrupted\n→ {next}\n");
    assert!(ran.stderr.ends_with(&end), "{step}: {}", ran.stderr);
    assert!(!ran.stderr.contains("failed"), "{step}: {}", ran.stderr);
    if !ran.opened().is_empty() {
        let removed = ran.log("termux-notification-remove");
        assert_eq!(
            removed, "termux-notification-remove clawtap-home-sign-in\n",
            "{step}"
        );
    }
    // What is in the middle of storing may finish that.
    std::fs::write(gateway.path().join("go"), "").expect("our folder");
    expect_clean(&gateway, &ran, TOKEN);
}

#[test]
fn ctrl_c_ends_the_program_there_and_leaves_the_old_login() {
    let old = "The old login is as it was";
    for (step, answers) in [
        ("at-claude", "hang"),
        ("at-claude-prompt", "hang"),
        ("at-claude-code", "code"),
        ("at-claude-done", "code"),
    ] {
        interrupted(step, STAY, answers, Signal::INT, old);
    }
}

#[test]
fn ctrl_c_while_it_is_stored_does_not_promise_too_much() {
    for step in ["at-paste", "at-stored"] {
        interrupted(
            step,
            UNTIL_GO,
            "code",
            Signal::INT,
            "It may be stored. See: clawtap status",
        );
    }
}

#[test]
fn ctrl_c_after_a_refused_login_was_removed_does_not_promise_it() {
    let gateway = broken("disabled_auth_permanent").reply("at-removed", UNTIL_GO);
    let running = at(&gateway, reauth(&gateway, "code"));
    running.signal(Signal::INT);
    let ran = running.end().status(130).stdout("");
    let end = "clawtap: interrupted\n→ The refused login may be removed. See: clawtap status\n";
    assert!(ran.stderr.ends_with(end), "{}", ran.stderr);
    std::fs::write(gateway.path().join("go"), "").expect("our folder");
    expect_clean(&gateway, &ran, TOKEN);
}

#[test]
fn ctrl_c_while_openclaw_signs_in_itself_does_not_promise_too_much() {
    let gateway = mixed().reply("at-stored", STAY);
    let clawtap = reauth(&gateway, "").args(["--provider", "openai"]);
    let running = at(&gateway, clawtap);
    running.signal(Signal::INT);
    let ran = running.end().status(130).stdout("");
    let end = "clawtap: interrupted\n→ It may be stored. See: clawtap status\n";
    assert!(ran.stderr.ends_with(end), "{}", ran.stderr);
    expect_clean(&gateway, &ran, TOKEN);
}

#[test]
fn a_closed_terminal_and_a_kill_end_it_too() {
    for signal in [Signal::HUP, Signal::TERM] {
        interrupted(
            "at-claude-prompt",
            STAY,
            "hang",
            signal,
            "The old login is as it was",
        );
    }
}

#[test]
fn a_second_one_is_told_and_shown_the_page_and_a_third_works() {
    let gateway = expired().reply("at-claude-prompt", STAY);
    let first = at(&gateway, reauth(&gateway, "hang"));
    assert!(
        wait_until(|| !first.opened().is_empty()),
        "no page was opened"
    );
    let second = |answers: &str| {
        let clawtap = on_its_own(Clawtap::with(&gateway).on_a_phone()).args(["reauth"]);
        clawtap
            .env("FAKE_ANSWERS", answers)
            .env("HOME", first.home())
    };
    let told = second("")
        .run()
        .status(1)
        .stdout("")
        .stderr("clawtap: home: a sign-in is under way already\n→ Its page was opened again\n");
    assert_eq!(told.opened(), [PAGE]);
    assert_eq!(gateway.calls().matches("setup-token").count(), 1);
    first.signal(Signal::TERM);
    let over = wait_until(|| crate::support::processes_of(gateway.path()).is_empty());
    assert!(over, "it does not end");
    std::fs::remove_file(gateway.path().join("reply/at-claude-prompt")).expect("it was there");
    let _ = second("code")
        .run()
        .status(0)
        .stdout("home: signed in, valid for 364 d\n");
    let ran = first.end().status(130);
    assert!(gateway.stored(PROFILE).is_some());
    expect_clean(&gateway, &ran, TOKEN);
}

#[test]
fn a_dialog_that_stays_open_is_taken_away_when_the_program_ends() {
    let gateway = expired().reply("at-claude-prompt", "exit 9");
    let ran = reauth(&gateway, "hang").run().status(1).stdout("");
    assert!(
        ran.stderr
            .contains("→ The old login is as it was. Again: clawtap reauth\n"),
        "{}",
        ran.stderr
    );
    expect_clean(&gateway, &ran, TOKEN);
}
