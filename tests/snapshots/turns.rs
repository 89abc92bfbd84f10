//! Several who ask at once: one starts OpenClaw, the others wait for its answer, whatever becomes of the one.

use std::fs;
use std::path::PathBuf;
use std::process;

use rustix::process::{Pid, Signal, kill_process};

use super::{CONFIG, OK, check, expect_ok, folder, gateway, kept, now, rewrite, starts};
use crate::support::{GatewayHome, Running, wait_until};

/// The first OpenClaw that is started waits for this file.
const HELD: &str =
    "[ $(wc -l <\"$HOME/calls\") -gt 1 ] || until [ -e \"$HOME/go\" ]; do sleep 0.05; done";

fn turn(gateway: &GatewayHome) -> PathBuf {
    folder(gateway).join(".default+default")
}

/// Starts a check whose OpenClaw does not end by itself.
fn holding(gateway: &GatewayHome) -> Running {
    let running = check(gateway).start();
    assert!(wait_until(|| starts(gateway) == 1), "it never begins");
    running
}

fn let_go(gateway: &GatewayHome) {
    fs::write(gateway.path().join("go"), "").expect("ours");
}

/// The process id of the probe whose turn it is.
fn holder(gateway: &GatewayHome) -> Pid {
    let text = fs::read_to_string(turn(gateway)).expect("somebody's turn");
    let id = text.split(' ').next().and_then(|id| id.parse().ok());
    Pid::from_raw(id.expect("a number")).expect("not zero")
}

/// A turn that was taken by a process at a moment.
fn taken_by(pid: u32, moment: u64) -> String {
    format!("{pid} 0123456789abcdef {moment} 45\n")
}

#[test]
fn two_at_once_start_openclaw_once() {
    for flags in [&["check"][..], &["check", "--fresh"]] {
        let gateway = gateway().first(HELD);
        let ask = || {
            let clawtap = crate::support::Clawtap::with(&gateway);
            clawtap.args(flags).start()
        };
        let first = ask();
        assert!(wait_until(|| starts(&gateway) == 1), "it never begins");
        let second = ask();
        assert!(
            wait_until(|| !second.log("ssh").is_empty()),
            "it never asks"
        );
        // Long enough to have started another one.
        std::thread::sleep(std::time::Duration::from_millis(300));
        let_go(&gateway);
        let _ = first.end().status(0).stdout(OK).stderr("");
        let _ = second.end().status(0).stdout(OK).stderr("");
        assert_eq!(starts(&gateway), 1, "{flags:?}");
        assert_eq!(kept(&gateway), ["default+default"], "{flags:?}");
    }
}

#[test]
fn who_asks_for_it_fresh_does_not_wait_for_what_was_begun_long_before() {
    let gateway = gateway().first(HELD);
    let first = holding(&gateway);
    rewrite(&turn(&gateway), |text| {
        let since = format!(" {} ", now() - 10);
        let mut words: Vec<&str> = text.split(' ').collect();
        words[2] = since.trim();
        words.join(" ")
    });
    let fresh = check(&gateway).args(["--fresh"]).run();
    let _ = fresh.status(0).stdout(OK).stderr("");
    assert_eq!(starts(&gateway), 2);
    let newer = fs::read(super::snapshot(&gateway)).expect("a snapshot");
    let_go(&gateway);
    let _ = first.end().status(0).stdout(OK).stderr("");
    let kept_now = fs::read(super::snapshot(&gateway)).expect("a snapshot");
    assert!(
        newer == kept_now,
        "the older answer took the place of the newer"
    );
    assert_eq!(kept(&gateway), ["default+default"]);
}

#[test]
fn a_turn_whose_owner_was_killed_is_taken_over() {
    let gateway = gateway().first(HELD);
    let first = holding(&gateway);
    let second = check(&gateway).start();
    assert!(
        wait_until(|| !second.log("ssh").is_empty()),
        "it never asks"
    );
    kill_process(holder(&gateway), Signal::KILL).expect("it runs");
    let _ = second.end().status(0).stdout(OK).stderr("");
    // Its answer was lost with the connection, and is asked for once more.
    let _ = first.end().status(0).stdout(OK).stderr("");
    assert_eq!(starts(&gateway), 2);
    assert_eq!(kept(&gateway), ["default+default"]);
}

#[test]
fn a_probe_that_is_told_to_end_gives_its_turn_back() {
    let gateway = gateway().first(HELD);
    let first = holding(&gateway);
    kill_process(holder(&gateway), Signal::TERM).expect("it runs");
    let _ = first.end().status(3);
    assert!(
        wait_until(|| kept(&gateway).is_empty()),
        "{:?}",
        kept(&gateway)
    );
    let _ = expect_ok(&gateway);
    assert_eq!(starts(&gateway), 2);
}

#[test]
fn nobody_waits_longer_than_openclaw_may_take() {
    let gateway = gateway().first(HELD);
    let first = holding(&gateway);
    let config = format!("{CONFIG}timeout_s = 1\n");
    let second = check(&gateway).config(&config).run().status(3);
    let _ = second.stdout("home: openclaw hangs; it was ended\n");
    assert_eq!(starts(&gateway), 1);
    let_go(&gateway);
    let _ = first.end().status(0).stdout(OK);
}

#[test]
fn a_turn_that_cannot_be_anybodys_is_taken_over() {
    let ours = process::id();
    let dead = {
        let mut child = process::Command::new("/bin/true")
            .spawn()
            .expect("a program");
        child.wait().expect("our child");
        child.id()
    };
    let table = [
        ("nothing", String::new()),
        ("no numbers", "x y z\n".into()),
        (
            "a mark that leads elsewhere",
            format!("{ours} ../../../reply/document {} 45\n", now()),
        ),
        ("a dead one's", taken_by(dead, now())),
        ("one that has lasted too long", taken_by(ours, now() - 80)),
        ("one from the future", taken_by(ours, now() + 60)),
    ];
    for (what, text) in table {
        let gateway = gateway().file(".cache/clawtap/snapshots/.default+default", text);
        let _ = expect_ok(&gateway);
        let _ = expect_ok(&gateway);
        assert_eq!(starts(&gateway), 1, "{what}");
        assert_eq!(kept(&gateway), ["default+default"], "{what}");
    }
}
