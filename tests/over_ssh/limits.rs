//! What takes too long or says too much is ended, and nothing of it stays behind.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::support::{GatewayHome, Sshd, expect_none_left, fakes, fixture, program};

const MIB: usize = 1024 * 1024;

/// A healthy document with so many bytes more, on lines of 1 KiB.
fn document_with(padding: usize) -> String {
    let file = fixture("corpus/2026.9.6/token_ok_am.json");
    let document = fs::read_to_string(file).expect("a known document");
    let line = format!("    \"{}\",\n", "x".repeat(1024 - 8));
    let lines = line.repeat(padding / line.len());
    document.replacen('{', &format!("{{\n  \"padding\": [\n{lines}    0\n  ],"), 1)
}

#[test]
fn an_answer_of_nearly_8_mib_arrives_whole() {
    let document = document_with(8 * MIB - 16 * 1024);
    assert!(document.len() > 8 * MIB - 32 * 1024 && document.len() < 8 * MIB - 1024);
    let gateway = GatewayHome::new().stdout(document);
    let sshd = Sshd::of(&gateway).start();
    let ran = sshd.clawtap().args(["check"]).run();
    let _ = ran
        .status(0)
        .stdout("home: ok, anthropic 299 d left\n")
        .stderr("");
}

#[test]
fn a_larger_answer_is_refused() {
    let gateway = GatewayHome::new().stdout(document_with(9 * MIB));
    let sshd = Sshd::of(&gateway).start();
    let ran = sshd.clawtap().args(["check"]).run();
    let _ = ran.status(3).stdout("home: answers more than 8 MiB\n");
}

#[test]
fn an_answer_without_end_is_ended() {
    let gateway = GatewayHome::new().first("exec yes");
    let sshd = Sshd::of(&gateway).start();
    let ran = sshd.clawtap().args(["check"]).run();
    let _ = ran.status(3).stdout("home: answers more than 8 MiB\n");
    expect_none_left(gateway.path());
}

/// Checks a gateway whose openclaw hangs, together with a child, until it is ended.
#[track_caller]
fn expect_ended(
    gateway: GatewayHome,
    first: &str,
    shell: &str,
    tools: &[&str],
    made_by: impl Fn(&str) -> PathBuf,
) {
    let gateway = tools
        .iter()
        .fold(gateway.first(first), |gateway, name| {
            gateway.link(&format!("tools/{name}"), made_by(name))
        })
        .link("tools/sh", program(shell));
    let sshd = Sshd::of(&gateway)
        .path(&[&fakes("gateway"), &gateway.path().join("tools")])
        .start();
    let started = Instant::now();
    let ran = sshd.clawtap_with("timeout_s = 1\n").args(["check"]).run();
    let _ = ran.status(3).stdout("home: openclaw hangs; it was ended\n");
    let left = crate::support::processes_of(gateway.path());
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "{shell}, {first}: it hung: {left:?}"
    );
    expect_none_left(gateway.path());
}

/// Ways to hang: politely, deaf to being asked to end, and with a child that is.
const HANGING: [&str; 3] = [
    "sleep 300 & sleep 300",
    "trap '' TERM; sleep 300 & sleep 300; sleep 300",
    "(trap '' TERM; sleep 300) & sleep 300",
];
const SHELLS: [&str; 3] = ["dash", "bash", "mksh"];

#[test]
fn an_openclaw_that_hangs_is_ended_with_its_children() {
    let tools = [
        "awk", "cat", "date", "head", "printf", "sleep", "timeout", "tr",
    ];
    for (shell, first) in SHELLS.iter().zip(HANGING) {
        expect_ended(GatewayHome::new(), first, shell, &tools, program);
    }
}

#[test]
fn a_gateway_without_timeout_ends_it_as_well() {
    let tools = ["awk", "cat", "date", "head", "printf", "ps", "sleep", "tr"];
    for (shell, first) in SHELLS.iter().zip(HANGING) {
        expect_ended(GatewayHome::new(), first, shell, &tools, program);
    }
}

#[test]
fn a_busybox_whose_timeout_spares_the_children_is_not_left_to_it() {
    let tools = [
        "awk", "cat", "date", "head", "printf", "ps", "sleep", "timeout", "tr",
    ];
    for first in HANGING {
        let busybox = |_: &str| program("busybox");
        expect_ended(GatewayHome::new(), first, "busybox", &tools, busybox);
    }
}
