//! Faults of a sign-in: each ends it soon, with a message and a next step, and no process or file remains.

use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;

use super::{CUT_ERRAND, PROFILE, TOKEN, expect_clean, expired, lasting, mixed, reauth};
use crate::support::{GatewayHome, fakes};
use chrono::TimeDelta;

/// A script of the fake program that cuts the connection from the gateway's terminal.
const CUT: &str = "kill -9 $PPID; exit";
const OLD: &str = "The old login is as it was";
const OLD_AGAIN: &str = "The old login is as it was. Again: clawtap reauth";

/// Far more than any of these takes; the fakes' own delays are longer.
const SOON: Duration = Duration::from_secs(30);

struct Fault {
    gateway: GatewayHome,
    arguments: &'static str,
    answers: &'static str,
    exit: i32,
    /// The last two lines, without the program's and the gateway's name.
    what: &'static str,
    next: &'static str,
}

#[track_caller]
fn expect(fault: &Fault, stored: bool) {
    let what = fault.what;
    let started = Instant::now();
    let clawtap = reauth(&fault.gateway, fault.answers).args(fault.arguments.split_whitespace());
    let clawtap = clawtap.file("log/code", "made-up-code");
    let ran = clawtap.run().status(fault.exit).stdout("");
    assert!(started.elapsed() < SOON, "{what}: took too long");
    let last: Vec<_> = ran.stderr.lines().rev().take(2).collect();
    let expected = [
        format!("→ {}", fault.next),
        format!("clawtap: home: {what}"),
    ];
    assert_eq!(last, expected);
    assert_eq!(fault.gateway.stored(PROFILE).is_some(), stored, "{what}");
    expect_clean(&fault.gateway, &ran, TOKEN);
}

fn setup_token(gateway: GatewayHome, what: &'static str, next: &'static str) -> Fault {
    Fault {
        gateway,
        arguments: "",
        answers: "code",
        exit: 1,
        what,
        next,
    }
}

#[test]
fn a_code_that_is_refused_can_be_brought_again_or_given_up() {
    let refused = "OAuth error: That code wasn't accepted. It may be incomplete, expired, already used, or from an \
                   earlier sign-in attempt. Sign in again to get a new code.";
    let question = format!("radio -t {refused} -v Paste another code,Show the page again,Stop\n");
    for (answers, pages) in [("code 0 code", 1), ("code 1 code", 2)] {
        let gateway = expired().reply("claude-answers", "refused\nok\n");
        let ran = reauth(&gateway, answers).run().status(0);
        assert!(ran.log("termux-dialog").contains(&question));
        assert_eq!(ran.log("termux-open-url").lines().count(), pages);
        expect_clean(&gateway, &ran, TOKEN);
    }
    for (answer, gateway) in [
        ("code 2", expired().reply("claude-answers", "refused\n")),
        (
            "code cancel",
            expired().reply("claude-answers", "refused\n"),
        ),
        ("code 2", expired().reply("claude-answers", "down\n")),
    ] {
        let fault = setup_token(gateway, "not signed in", OLD);
        expect(
            &Fault {
                answers: answer,
                ..fault
            },
            false,
        );
    }
}

#[test]
fn a_program_that_fails_is_quoted() {
    let cli = |answer: &str, what| Fault {
        arguments: "--method cli",
        ..setup_token(expired().reply("claude-answers", answer), what, OLD_AGAIN)
    };
    expect(
        &cli(
            "refused\n",
            "Couldn't log in: That code wasn't accepted. It may be incomplete, expired, already used, or \
             from an earlier sign-in attempt. Sign in again to get a new code.",
        ),
        false,
    );
    expect(
        &cli(
            "down\n",
            "Couldn't log in: Request failed with status code 500",
        ),
        false,
    );
    let silent = expired().reply("claude-answers", "7\n");
    expect(
        &setup_token(silent, "the sign-in ended without a word", OLD_AGAIN),
        false,
    );
    let openai = |name: &str, answer: &str, arguments, what| Fault {
        arguments,
        answers: "file:code",
        ..setup_token(mixed().reply(name, answer), what, OLD_AGAIN)
    };
    let browser = "--provider openai --method browser";
    let device = "--provider openai";
    for fault in [
        openai(
            "login-answers",
            "refused\n",
            browser,
            "OpenAI Codex OAuth failed (callback_validation_failed): State mismatch",
        ),
        openai(
            "login-answers",
            "down\n",
            browser,
            "OpenAI Codex token exchange error: fetch failed",
        ),
        openai(
            "device",
            "expired",
            device,
            "OpenAI device authorization failed: expired_token (The device code has expired.)",
        ),
        openai(
            "device",
            "down",
            device,
            "OpenAI device authorization failed: HTTP 500",
        ),
    ] {
        expect(&fault, false);
    }
}

#[test]
fn a_claude_that_is_not_there_is_told_and_what_helps() {
    let gateway = expired();
    let bin = gateway.path().join("bin");
    std::fs::create_dir(&bin).expect("a fresh folder");
    std::os::unix::fs::symlink(fakes("gateway").join("openclaw"), bin.join("openclaw"))
        .expect("a fresh folder");
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let ran = reauth(&gateway, "code")
        .env("FAKE_GATEWAY_PATH", path)
        .run();
    let ran = ran.status(1).stdout("").stderr(
        "\
home: starting the sign-in…
clawtap: home: claude is not installed there
→ On a machine that has it: claude setup-token, then: clawtap reauth --method paste-token
",
    );
    assert_eq!(ran.log("termux-dialog") + &ran.log("termux-open-url"), "");
    expect_clean(&gateway, &ran, TOKEN);
}

#[test]
fn a_token_that_is_cut_off_is_never_stored() {
    let short = "sk-ant-oat01-MADE-UP-AND-TOO-SHORT";
    let gateway = expired().reply("claude-token", short);
    let ran = reauth(&gateway, "code").run().status(1);
    assert_eq!(
        ran.stderr,
        "home: starting the sign-in…\nclawtap: home: It is cut off: 34 of 108 characters.\n\
         → Nothing was stored. Again: clawtap reauth\n"
    );
    assert!(!gateway.calls().contains("paste-token"));
    assert_eq!(gateway.stored(PROFILE), None);
}

#[test]
fn a_store_that_cannot_be_written_leaves_the_old_login() {
    let full = expired().reply("disk-full", "");
    expect(
        &setup_token(full, "database or disk is full", OLD_AGAIN),
        false,
    );
    // It may even repeat what it was given.
    let talkative = expired().reply("at-paste", "fail \"Error: cannot take $line here\"");
    expect(
        &setup_token(talkative, "Error: cannot take … here", OLD_AGAIN),
        false,
    );
}

#[test]
fn what_openclaw_stored_before_it_failed_is_not_said_to_be_as_it_was() {
    let fails = "echo 'config is locked' >&2; exit 1";
    let stored = "It is stored all the same. See: clawtap status";
    let fault = setup_token(
        expired().reply("at-stored", fails),
        "config is locked",
        stored,
    );
    expect(
        &Fault {
            answers: "code 2",
            ..fault
        },
        true,
    );
    // Where it cannot be asked any more.
    let silent = "[ ! -f \"$HOME/store-anthropic:claude-code\" ] || exit 9";
    let gateway = expired().reply("at-stored", fails).first(silent);
    let may_be = "It may be stored. See: clawtap status";
    expect(
        &Fault {
            answers: "code 2",
            ..setup_token(gateway, "config is locked", may_be)
        },
        true,
    );
}

#[test]
fn a_connection_may_break_off_at_every_step() {
    let lost = |name: &str, script: &str, what, next| Fault {
        exit: 3,
        ..setup_token(expired().reply(name, script), what, next)
    };
    let broke = "the connection broke off";
    for step in ["at-claude", "at-claude-code", "at-claude-done"] {
        expect(&lost(step, CUT, broke, "Try again."), false);
    }
    let prompt = lost("at-claude-prompt", CUT, broke, "Try again.");
    expect(
        &Fault {
            answers: "hang",
            ..prompt
        },
        false,
    );
    // The fake's shell says "Killed".
    let broke = "the connection broke off (Killed)";
    for (step, stored) in [("at-paste", false), ("at-stored", true)] {
        let next = "It may be stored. See: clawtap status";
        expect(&lost(step, CUT_ERRAND, broke, next), stored);
    }
    let reading_back = format!("[ ! -f \"$HOME/store-{PROFILE}\" ] || {{ {CUT_ERRAND}; }}");
    let gateway = expired().first(&reading_back);
    let what = "signed in, but then: the connection broke off";
    expect(
        &setup_token(gateway, what, "See how it stands: clawtap status"),
        true,
    );
}

#[test]
fn what_openclaw_says_afterwards_has_to_fit_what_was_promised() {
    let after = |document: &str| expired().reply("document-after", document);
    let next = "See how it stands: clawtap status";
    let short = lasting("2026.9.6/token_ok_am", TimeDelta::hours(8));
    let table = [
        (short.as_str(), "promised 365 d, but openclaw says 7 h 59 m"),
        (
            "half a docu",
            "signed in, but then: openclaw's answer makes no sense",
        ),
    ];
    for (document, what) in table {
        expect(&setup_token(after(document), what, next), true);
    }
}

#[test]
fn a_dialog_that_gives_no_answer_ends_it() {
    let table = [
        ("cancel", "not signed in", OLD),
        (
            "fail",
            "termux-dialog failed",
            "In a terminal: clawtap reauth",
        ),
        (
            "garbage",
            "termux-dialog gave no answer that can be read",
            "In a terminal: clawtap reauth",
        ),
    ];
    for (answers, what, next) in table {
        let fault = setup_token(expired(), what, next);
        expect(&Fault { answers, ..fault }, false);
    }
}

#[test]
fn a_phone_whose_app_is_silent_is_told_of_and_does_not_hold_it_up() {
    let gateway = expired();
    let clawtap = reauth(&gateway, "code").env(
        "FAKE_HANG",
        "termux-toast termux-notification termux-clipboard-get",
    );
    let ran = clawtap
        .run()
        .status(0)
        .stdout("home: signed in, valid for 364 d\n");
    let silent = "clawtap: termux-notification got no answer: is the Termux:API app installed?\n";
    assert!(ran.stderr.contains(silent), "{}", ran.stderr);
    expect_clean(&gateway, &ran, TOKEN);
}
