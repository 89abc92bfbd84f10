//! Connections: one for each question, one for a command that asks several times, and none that outlives its command.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pretty_assertions::assert_eq;
use rustix::process::{Pid, Signal, kill_process};

use crate::reauth::expired_in;
use crate::support::{
    Clawtap, GatewayHome, Sshd, expect_none_left, processes_in, program, wait_until,
};

const OK: &str = "home: ok, anthropic 299 d left\n";

fn gateway() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

/// A phone whose temporary folder a test can look into.
fn phone(sshd: &Sshd) -> (Clawtap, PathBuf) {
    let clawtap = sshd.clawtap().on_a_phone().env("FAKE_ANSWERS", "code");
    let folder = clawtap.home().join("run");
    fs::create_dir_all(&folder).expect("our home");
    (clawtap.env("TMPDIR", &folder), folder)
}

/// No ssh of this device is left, a master neither, and no socket of one.
#[track_caller]
fn expect_no_connection(home: &Path, folder: &Path) {
    expect_none_left(home);
    // A master overwrites its environment, but stays in its folder.
    let ended = wait_until(|| processes_in(home).is_empty());
    assert!(ended, "left behind: {:?}", processes_in(home));
    let left: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}

#[test]
fn each_question_has_a_connection_of_its_own_that_ends_with_it() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    for (count, verb) in (1..).zip(["check", "status", "tap", "monitor"]) {
        let (clawtap, folder) = phone(&sshd);
        let ran = clawtap.args([verb]).run().status(0);
        assert_eq!(sshd.connections(), count, "{verb}");
        expect_no_connection(ran.home(), &folder);
    }
}

#[test]
fn a_sign_in_asks_over_one_connection_that_ends_with_it() {
    let gateway = expired_in(gateway());
    let sshd = Sshd::of(&gateway).start();
    let (clawtap, folder) = phone(&sshd);
    let ran = clawtap.args(["reauth"]).run();
    let ran = ran.status(0).stdout("home: signed in, valid for 364 d\n");
    assert_eq!(sshd.connections(), 1);
    expect_no_connection(ran.home(), &folder);
    expect_none_left(gateway.path());
}

#[test]
fn the_doctor_asks_over_one_connection_that_ends_with_it() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let (clawtap, folder) = phone(&sshd);
    let ran = clawtap.args(["doctor"]).run();
    assert_eq!(sshd.connections(), 1);
    expect_no_connection(ran.home(), &folder);
}

#[test]
fn a_command_that_is_interrupted_leaves_no_connection() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let gateway = expired_in(gateway()).reply("at-storing", ": >\"$HOME/storing\"; sleep 300");
        let sshd = Sshd::of(&gateway).start();
        let (clawtap, folder) = phone(&sshd);
        let mut command = clawtap.command_of(&["reauth"]);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        assert!(wait_until(|| gateway.path().join("storing").exists()));
        kill_process(Pid::from_child(&child), signal).expect("it runs");
        assert!(wait_until(|| matches!(child.try_wait(), Ok(Some(_)))));
        expect_no_connection(clawtap.home(), &folder);
    }
}

#[test]
fn a_connection_that_breaks_at_the_gateway_leaves_nothing_here() {
    let gateway = expired_in(gateway()).reply("at-storing", ": >\"$HOME/storing\"; sleep 300");
    let sshd = Sshd::of(&gateway).start();
    let (clawtap, folder) = phone(&sshd);
    let clawtap = clawtap.args(["reauth"]);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            wait_until(|| gateway.path().join("storing").exists());
            sshd.hang_up();
        });
        let ran = clawtap.run().status(3);
        expect_no_connection(ran.home(), &folder);
    });
}

/// The person's own settings keep a connection to this gateway at a socket.
fn keep_a_connection(sshd: &Sshd) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = fs::read_to_string(sshd.ssh_config()).expect("its settings");
    let own = format!(
        "{settings}ControlMaster auto\nControlPersist 60\nControlPath {}/%C\n",
        folder.path().display()
    );
    fs::write(sshd.ssh_config(), own).expect("its folder");
    folder
}

/// Ends it as the person would.
fn end_the_connection(sshd: &Sshd) {
    let status = Command::new(program("ssh"))
        .args(["-O", "exit", "-p", &sshd.port().to_string(), "-F"])
        .arg(sshd.ssh_config())
        .arg("127.0.0.1")
        .stderr(Stdio::null())
        .status();
    assert!(status.expect("ssh starts").success(), "there was none");
}

#[test]
fn a_connection_that_the_persons_own_settings_keep_is_used_and_left_alone() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let _sockets = keep_a_connection(&sshd);
    let (clawtap, folder) = phone(&sshd);
    let said = |verb| {
        let output = clawtap.command_of(&[verb]).output().expect("it starts");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert_eq!([said("check"), said("check")], [OK, OK]);
    // The key is not needed again.
    sshd.refuse_the_key();
    assert!(said("doctor").contains("✓ logins: ok"));
    let _gateway = expired_in(gateway);
    assert_eq!(said("reauth"), "home: signed in, valid for 364 d\n");
    assert_eq!(sshd.connections(), 1);
    let left: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    assert!(left.is_empty(), "a connection of its own: {left:?}");
    end_the_connection(&sshd);
}

#[test]
fn a_passphrase_that_was_typed_for_it_does_not_hide_that_timers_have_none() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let _sockets = keep_a_connection(&sshd);
    let (clawtap, _) = phone(&sshd);
    let check = clawtap.command_of(&["check"]).output().expect("it starts");
    assert!(check.status.success(), "{check:?}");
    sshd.lock_the_key("made up");
    let doctor = clawtap.command_of(&["doctor"]).output().expect("it starts");
    let said = String::from_utf8(doctor.stdout).expect("UTF-8");
    assert!(said.contains("has a passphrase"), "{said}");
    assert!(said.contains("✓ logins: ok"), "{said}");
    end_the_connection(&sshd);
}

#[test]
fn a_passphrase_is_asked_for_once_in_a_sign_in() {
    let gateway = expired_in(gateway());
    let sshd = Sshd::of(&gateway).start();
    sshd.lock_the_key("correct horse");
    let clawtap = sshd.clawtap().args(["reauth"]);
    let mut terminal = clawtap.start_in_terminal();
    terminal.expect("Enter passphrase for key");
    terminal.type_line("correct horse");
    terminal.expect("Code:");
    let (_, screen) = {
        terminal.press("\x03");
        terminal.end()
    };
    assert_eq!(screen.matches("Enter passphrase").count(), 1, "{screen}");
}

#[test]
fn a_changed_host_key_is_an_alarm_at_the_next_question() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let _ = sshd.clawtap().args(["check"]).run().status(0);
    sshd.change_host_key();
    let ran = sshd.clawtap().args(["check"]).run().status(3);
    let _ = ran.stdout("home: HOST KEY HAS CHANGED\n");
    assert_eq!(gateway.calls().lines().count(), 1);
}
