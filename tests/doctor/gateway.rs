//! What `clawtap doctor` finds on a gateway.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, GatewayHome, Ran, expect_none_left, fakes};

/// A phone's usual width. The configuration is closed to others, as `init` makes it.
fn doctor(gateway: &GatewayHome) -> Clawtap {
    closed(Clawtap::with(gateway)).args(["doctor"])
}

pub(super) fn closed(clawtap: Clawtap) -> Clawtap {
    let file = clawtap.home().join(".config/clawtap/config.toml");
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("our file");
    clawtap
}

/// The gateway's own section, with every time that was measured as T.
#[track_caller]
pub(super) fn section(ran: &Ran) -> String {
    let (_, rest) = ran.stdout.split_once("\nhome\n").expect(&ran.stdout);
    let section = rest.split("\n\n").next().unwrap_or_default();
    let lines = section
        .lines()
        .map(|line| match line.split_once("answers in ") {
            Some((before, _)) => format!("{before}answers in T\n"),
            None => format!("{line}\n"),
        });
    lines.collect()
}

fn healthy() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

/// Where the fakes are, as a folder in what is found.
fn spelled(text: &str) -> String {
    text.replace("FAKES", fakes("gateway").to_str().expect("UTF-8"))
}

#[test]
fn a_gateway_that_is_well_is_told_in_a_line_for_each_thing() {
    let gateway = healthy();
    let ran = doctor(&gateway).run();
    let expected = "✓ signs us in and answers in T\n\
                    ✓ its clock agrees with this device's\n\
                    ✓ openclaw 2026.9.6 in FAKES\n\
                    ✓ its gateway process runs\n\
                    ✓ Claude Code 2.1.330 in FAKES\n\
                    ✓ logins: ok, anthropic 299 d left\n";
    assert_eq!(section(&ran), spelled(expected));
    let log = ran.log("ssh");
    let sessions = log.lines().filter(|line| !line.contains("-O "));
    assert_eq!(sessions.count(), 2, "two exchanges");
    let mut calls: Vec<_> = gateway.calls().lines().map(String::from).collect();
    calls.sort();
    let asked = [
        "--version",
        "agents list --json",
        "claude --version",
        "gateway status --json",
        "models status --json --check",
    ];
    assert_eq!(calls, asked);
    let _ = ran.status(0);
}

#[test]
fn each_thing_that_is_wrong_is_told_with_what_to_do() {
    let gateway = healthy()
        .reply("version", "2026.5.12")
        .reply("process-down", "")
        .reply("agents", "main\nwork\n")
        .first("case $* in *'--agent work'*) exit 1 ;; esac")
        .program(".local/bin/openclaw", "echo OpenClaw 2026.9.6")
        .file(".openclaw-dev/openclaw.json", "{}");
    let ran = doctor(&gateway).run();
    let expected = "✓ signs us in and answers in T\n\
        ✓ its clock agrees with this device's\n\
        ✓ openclaw 2026.5.12 in FAKES\n\
        ! another openclaw, 2026.9.6, in ~/.local/bin\n\
        \x20 → Keep one of the two, or update both\n\
        ! no sync, setup token or API key sign-in: they need OpenClaw 2026.6\n\
        \x20 → Update it: ssh me@home.example, then: openclaw update\n\
        ! agents main, work: a sign-in must name one\n\
        \x20 → Set agent = \"main\" for [[gateway]] home in ~/.config/clawtap/config.toml\n\
        ! agent work: a login is missing or no longer works\n\
        \x20 → To see and renew it: agent = \"work\" in a [[gateway]] of its own in ~/.config/clawtap/config.toml\n\
        · its default profile is asked; it also has dev\n\
        \x20 → For another: profile = \"…\" in a [[gateway]] of its own in ~/.config/clawtap/config.toml\n\
        ! its gateway process is not running: the assistant is silent\n\
        \x20 → Start it: ssh me@home.example, then: openclaw gateway start\n\
        ✓ Claude Code 2.1.330 in FAKES\n\
        ✓ logins: ok, anthropic 299 d left\n";
    assert_eq!(unwrapped(&section(&ran)), spelled(expected));
    let _ = ran.status(2);
}

/// With each text on one line again.
pub(super) fn unwrapped(section: &str) -> String {
    section
        .replace("\n    ", " ")
        .replace("\n  ", " ")
        .replace(" → ", "\n  → ")
}

#[test]
fn a_gateway_that_cannot_be_reached_is_told_once() {
    let ran = doctor(&healthy())
        .env(
            "FAKE_SSH_STDERR",
            "ssh: connect to host home.example port 22: Connection refused",
        )
        .run();
    let expected = "✗ no ssh server answers\n\
                    \x20 → Is sshd running there, and the port right?\n\
                    ! its host key is not known yet\n\
                    \x20 → Once it answers: clawtap init me@home.example --name home\n";
    assert_eq!(unwrapped(&section(&ran)), expected);
    let _ = ran.status(1);
}

const HURRIED: &str = "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\ntimeout_s = 3\n";

#[test]
fn a_gateway_whose_openclaw_crashes_is_reached_all_the_same() {
    let crash = "case $* in --version) ;; *) echo 'Error: Cannot find module /x/gone.js' >&2; \
                 echo '    at async link (node:internal:1:2)' >&2; echo 'Node.js v26.10.0' >&2; exit 1 ;; esac";
    let ran = doctor(&healthy().first(crash)).run();
    let expected = "✓ signs us in and answers in T\n\
        ✓ its clock agrees with this device's\n\
        ✓ openclaw 2026.9.6 in FAKES\n\
        ✗ openclaw crashes there: Cannot find module /x/gone.js\n\
        \x20 → Install it again there. Try: ssh me@home.example, then: openclaw --version\n\
        ✓ Claude Code 2.1.330 in FAKES\n";
    assert_eq!(unwrapped(&section(&ran)), spelled(expected));
    let _ = ran.status(1);
}

#[test]
fn where_openclaw_hangs_it_is_asked_nothing_more() {
    let gateway = healthy().first("case $* in --version) ;; *) sleep 600 ;; esac");
    let ran = closed(Clawtap::new().config(HURRIED).reaching(&gateway))
        .args(["doctor"])
        .run();
    let expected = "✓ signs us in and answers in T\n\
        ✓ its clock agrees with this device's\n\
        ✓ openclaw 2026.9.6 in FAKES\n\
        ✗ openclaw hangs; it was ended\n\
        \x20 → Allow it more: timeout_s = 6 for [[gateway]] home in ~/.config/clawtap/config.toml\n\
        ✓ Claude Code 2.1.330 in FAKES\n";
    assert_eq!(unwrapped(&section(&ran)), spelled(expected));
    assert!(!gateway.calls().contains("agents"), "{}", gateway.calls());
    let _ = ran.status(1);
}

#[test]
fn a_command_that_hangs_costs_no_other_its_line() {
    let gateway = healthy().reply("at-gateway-status", "sleep 600");
    let ran = closed(Clawtap::new().config(HURRIED).reaching(&gateway))
        .args(["doctor"])
        .run();
    assert!(
        section(&ran).contains("Claude Code 2.1.330"),
        "{}",
        ran.stdout
    );
    assert!(!section(&ran).contains("process"), "{}", ran.stdout);
    expect_none_left(gateway.path());
    let _ = ran.status(0);
}

#[test]
fn a_clock_that_is_wrong_is_told_by_whose_it_is() {
    // It has stood still since 1970.
    let gateway = healthy().file("bin/date", "#!/bin/sh\necho 86400\n");
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(gateway.path().join("bin/date"), executable).expect("our file");
    let path = format!(
        "{}/bin:{}:/usr/bin:/bin",
        gateway.path().display(),
        fakes("gateway").display()
    );
    let ran = doctor(&gateway).env("FAKE_GATEWAY_PATH", path).run();
    let section = unwrapped(&section(&ran));
    let clock = section
        .lines()
        .skip(1)
        .take(2)
        .collect::<Vec<_>>()
        .join("\n");
    let expected = " years behind this device's; sign-ins fail, and logins are renewed too late\n  \
        → Set the gateway's clock: ssh me@home.example, then: sudo timedatectl set-ntp true";
    assert!(
        clock.starts_with("✗ its clock is ") && clock.ends_with(expected),
        "{section}"
    );
    let _ = ran.status(1);
}
