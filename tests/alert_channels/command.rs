//! A program of the person's own: what it reads, and what its end means.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::{GATEWAY, expect_delivered, expect_undelivered, test_of};
use crate::support::{Clawtap, expect_none_left, wait_until};

/// A test through a program that is this script.
fn script(script: &str) -> Clawtap {
    let run = Value::from(vec!["sh", "-c", script]);
    test_of(&format!("[alerts.command]\nrun = {run}\ntimeout_s = 20\n"))
}

#[test]
fn the_program_reads_one_line_of_json() {
    let ran = expect_delivered(script("cat >told; wc -l >lines <told").run(), &["command"]);
    let told = ran.file("told").expect("it was run");
    let mut told: Value = serde_json::from_str(&told).expect("JSON");
    let at = told["at"].take();
    let at = at.as_str().expect("a moment").as_bytes();
    // 2026-11-22T17:30:00Z
    assert!(at.len() == 20 && at[10] == b'T' && at[19] == b'Z');
    assert_eq!(
        told,
        json!({
            "schema": 1,
            "severity": "info",
            "event": "test",
            "gateway": "home",
            "agent": null,
            "provider": null,
            "profile": null,
            "ends": null,
            "title": "home: test alert",
            "body": "This is a test of clawtap's alerts. Nothing is wrong.",
            "page": null,
            "at": null,
        })
    );
    assert_eq!(ran.file("lines").expect("it was run").trim(), "1");
}

#[test]
fn its_end_says_whether_it_was_delivered() {
    let table = [
        ("exit 75", "exit code 75"),
        (
            "echo no >&2; echo 'no network' >&2; echo >&2; exit 3",
            "exit code 3: no network",
        ),
        ("echo unheard; exit 3", "exit code 3"),
        ("kill -9 $$", "ended by signal 9"),
        (
            "printf '\\033[31mred\\033[0m\\007 \\302\\233 \\342\\200\\256end\\n' >&2; exit 1",
            "exit code 1: red end",
        ),
        (
            "echo 'refused: token=tk_0123456789abcdefghijklmnopq' >&2; exit 1",
            "exit code 1: refused: token=…",
        ),
        ("printf '\\377\\376' >&2; exit 1", "exit code 1"),
        (
            "head -c 2000000 /dev/zero",
            "it printed more than a megabyte and was ended",
        ),
    ];
    for (program, reason) in table {
        let _ = expect_undelivered(script(program).run(), &format!("command: {reason}"));
    }
    let ran = script("head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1").run();
    let ran = ran.status(75);
    assert!(ran.stdout.chars().count() < 240, "{}", ran.stdout.len());
}

#[test]
fn one_that_does_not_read_or_leaves_a_child_behind_is_delivered() {
    for program in ["exit 0", "exec <&-; exit 0", "sleep 20 & exit 0"] {
        let begun = Instant::now();
        let _ = expect_delivered(script(program).run(), &["command"]);
        assert!(begun.elapsed() < Duration::from_secs(15), "{program}");
    }
}

#[test]
fn one_that_hangs_is_ended_with_its_children() {
    let channel = "[alerts.command]\nrun = [\"sh\", \"-c\", \"trap '' TERM; sleep 600 & echo so far >&2; wait; sleep 600\"]\ntimeout_s = 1\n";
    let begun = Instant::now();
    let ran = test_of(channel).run();
    let ran = expect_undelivered(ran, "command: not done within 1 s, so it was ended: so far");
    assert!(begun.elapsed() < Duration::from_secs(30));
    expect_none_left(ran.home());
}

#[test]
fn the_program_is_found_as_a_shell_finds_it() {
    let on_path = |name: &str, mode: u32| {
        let clawtap = Clawtap::new()
            .file(&format!("bin/{name}"), "#!/bin/sh\ncat >told\n")
            .args(["monitor", "test-alert"]);
        let file = clawtap.home().join("bin").join(name);
        fs::set_permissions(file, fs::Permissions::from_mode(mode)).expect("our file");
        let bin = clawtap.home().join("bin");
        clawtap.path(&[&bin, "/usr/bin".as_ref(), "/bin".as_ref()])
    };
    let table = [
        ("tell-me", 0o755, Ok(())),
        ("~/bin/tell-me", 0o755, Ok(())),
        ("bin/tell-me", 0o755, Ok(())),
        ("tell-me", 0o644, Err("there is no program tell-me")),
        ("tell-you", 0o755, Err("there is no program tell-you")),
        (
            "~/bin/tell-me",
            0o644,
            Err("it did not start: Permission denied (os error 13)"),
        ),
        (
            "~/bin/tell-you",
            0o755,
            Err("it did not start: No such file or directory (os error 2)"),
        ),
    ];
    for (run, mode, expected) in table {
        let ran = on_path("tell-me", mode)
            .config(&format!("{GATEWAY}[alerts.command]\nrun = \"{run}\"\n"))
            .run();
        match expected {
            Ok(()) => {
                let ran = expect_delivered(ran, &["command"]);
                assert!(ran.file("told").is_some(), "{run}");
            }
            Err(reason) => {
                let _ = expect_undelivered(ran, &format!("command: {reason}"));
            }
        }
    }
}

#[test]
fn an_interruption_ends_it_and_is_no_failed_delivery() {
    let running = script("sleep 1; echo begun >log/program; sleep 600").start();
    assert!(wait_until(|| !running.log("program").is_empty()));
    running.signal(Signal::INT);
    let ran = running.end();
    let ran = ran.status(130).stdout("").stderr("clawtap: interrupted\n");
    expect_none_left(ran.home());
}
