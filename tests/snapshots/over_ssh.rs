//! Snapshots through a real sshd, under everything that may be called sh there.

use std::path::Path;

use super::{OK, gateway, kept, starts};
use crate::support::{GatewayHome, Sshd, expect_none_left, fakes, program, wait_until};

/// Shells, and the programs of busybox in the place of the system's.
const SHELLS: [&str; 5] = ["dash", "bash", "mksh", "zsh", "busybox"];
const TOOLS: [&str; 13] = [
    "awk", "cat", "date", "head", "ls", "mkdir", "mkfifo", "mv", "ps", "rm", "sed", "sleep",
    "timeout",
];

/// A gateway on which this shell is sh, and an sshd for it.
fn with_shell(gateway: GatewayHome, shell: &str) -> (GatewayHome, Sshd) {
    let mut gateway = gateway.link("tools/sh", program(shell));
    if shell == "busybox" {
        for tool in TOOLS {
            gateway = gateway.link(&format!("tools/{tool}"), program("busybox"));
        }
    }
    let sshd = Sshd::of(&gateway)
        .path(&[
            &fakes("gateway"),
            &gateway.path().join("tools"),
            "/usr/bin".as_ref(),
            "/bin".as_ref(),
        ])
        .start();
    (gateway, sshd)
}

#[test]
fn every_shell_keeps_an_answer_and_tells_it_again() {
    for shell in SHELLS {
        let (gateway, sshd) = with_shell(gateway(), shell);
        for _ in 0..3 {
            let ran = sshd.clawtap().args(["check"]).run();
            assert_eq!(
                (ran.status, &*ran.stdout, &*ran.stderr),
                (0, OK, ""),
                "{shell}"
            );
        }
        assert_eq!(starts(&gateway), 1, "{shell}");
        assert_eq!(kept(&gateway), ["default+default"], "{shell}");
    }
}

#[test]
fn a_snapshot_is_told_with_two_programs() {
    let few = ["sh", "date", "cat"];
    let gateway = few.into_iter().fold(gateway(), |gateway, name| {
        gateway.link(&format!("few/{name}"), program(name))
    });
    let check = |folders: &[&Path]| {
        let sshd = Sshd::of(&gateway).path(folders).start();
        let _ = sshd.clawtap().args(["check"]).run().status(0).stdout(OK);
    };
    let fakes = fakes("gateway");
    check(&[&fakes, "/usr/bin".as_ref(), "/bin".as_ref()]);
    check(&[&fakes, &gateway.path().join("few")]);
    assert_eq!(starts(&gateway), 1);
}

#[test]
fn every_shell_has_others_wait_for_their_turn() {
    for shell in SHELLS {
        let (gateway, sshd) = with_shell(gateway().first("sleep 1"), shell);
        let first = sshd.clawtap().args(["check"]).start();
        assert!(
            wait_until(|| starts(&gateway) == 1),
            "{shell}: it never begins"
        );
        let second = sshd.clawtap().args(["check", "--fresh"]).start();
        for ran in [first.end(), second.end()] {
            assert_eq!(
                (ran.status, &*ran.stdout, &*ran.stderr),
                (0, OK, ""),
                "{shell}"
            );
        }
        assert_eq!(starts(&gateway), 1, "{shell}");
    }
}

#[test]
fn every_shell_tells_an_answer_that_cannot_be_written_down() {
    for shell in SHELLS {
        // As on a full disk: what is larger than a kilobyte cannot be written.
        let start_file = "trap '' XFSZ; ulimit -f 1\n";
        let gateway = gateway().file(".bashrc", start_file);
        let gateway = gateway.link("tools/sh", program(shell));
        let sshd = Sshd::of(&gateway)
            .login_shell("bash")
            .path(&[
                &fakes("gateway"),
                &gateway.path().join("tools"),
                "/usr/bin".as_ref(),
                "/bin".as_ref(),
            ])
            .start();
        for number in 1..=2 {
            let ran = sshd.clawtap().args(["check"]).run();
            assert_eq!(
                (ran.status, &*ran.stdout, &*ran.stderr),
                (0, OK, ""),
                "{shell}"
            );
            assert_eq!(starts(&gateway), 2 * number, "{shell}");
        }
        assert_eq!(kept(&gateway), [""; 0], "{shell}");
    }
}

#[test]
fn an_openclaw_that_hangs_gives_the_turn_back() {
    for shell in SHELLS {
        let (gateway, sshd) = with_shell(gateway().first("sleep 300 & sleep 300"), shell);
        let ran = sshd.clawtap_with("timeout_s = 1\n").args(["check"]).run();
        assert_eq!(
            (ran.status, &*ran.stdout),
            (3, "home: openclaw hangs; it was ended\n"),
            "{shell}"
        );
        assert_eq!(kept(&gateway), [""; 0], "{shell}");
        expect_none_left(gateway.path());
    }
}

#[test]
fn what_openclaw_leaves_behind_holds_nobody_up() {
    let gateway = gateway().first("sleep 600 & true");
    let sshd = Sshd::of(&gateway).start();
    for _ in 0..2 {
        let ran = sshd.clawtap().args(["check"]).run();
        let _ = ran.status(0).stdout(OK).stderr("");
    }
    assert_eq!(starts(&gateway), 1);
}
