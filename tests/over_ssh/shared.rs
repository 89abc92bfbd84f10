//! One connection for every question, which stays for the next one.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use super::device::{Device, gateway, slow_once};
use crate::reauth::expired_in;
use crate::support::{Sshd, expect_none_left, wait_until};

#[test]
fn the_next_question_takes_the_connection_of_the_last() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    device.check();
    device.check();
    assert_eq!(sshd.connections(), 1);
    device.order("exit");
    assert!(wait_until(|| device.sockets().is_empty()));
    device.check();
    assert_eq!(sshd.connections(), 2);
    assert_eq!(gateway.calls(), "models status --json --check\n".repeat(3));
}

#[test]
fn our_connection_is_not_that_of_the_persons_own_ssh() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    let own = device.0.home().join("own");
    let settings = fs::read_to_string(sshd.ssh_config()).expect("its settings");
    let own_settings = format!(
        "{settings}ControlMaster auto\nControlPath {}\n",
        own.display()
    );
    fs::write(sshd.ssh_config(), own_settings).expect("its folder");
    device.check();
    assert!(!own.exists());
    assert_eq!(device.sockets().len(), 1);
}

#[test]
fn a_key_that_is_refused_later_does_not_matter_while_the_connection_is_there() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    device.check();
    sshd.refuse_the_key();
    device.check();
    device.order("exit");
    assert_eq!(device.answer(), "home: refuses this device's key\n");
}

#[test]
fn a_changed_host_key_is_an_alarm_for_the_next_connection() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    device.check();
    device.order("exit");
    sshd.change_host_key();
    assert_eq!(device.answer(), "home: HOST KEY HAS CHANGED\n");
    assert_eq!(gateway.calls().lines().count(), 1);
}

#[test]
fn one_who_is_ended_does_not_end_the_connection_of_others() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    device.check();
    let keeper = device.keeper();
    let gateway = slow_once(gateway);
    let mut slow = device.start();
    gateway.expect_asked();
    let id = Pid::from_child(&slow);
    kill_process(id, Signal::INT).expect("it runs");
    assert_eq!(slow.wait().expect("our child").code(), Some(130));
    gateway.go_on();
    device.check();
    assert_eq!(device.keeper(), keeper);
    assert_eq!(sshd.connections(), 1);
}

#[test]
fn what_a_person_types_a_passphrase_for_needs_none_the_next_time() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    sshd.lock_the_key("correct horse");
    let device = Device::of(&sshd);
    assert_eq!(device.answer(), "home: refuses this device's key\n");
    let mut terminal = device.0.start_in_terminal();
    terminal.expect("Enter passphrase for key");
    terminal.type_line("correct horse");
    let (exit, screen) = terminal.end();
    assert_eq!(exit, Some(0), "{screen}");
    let last = screen.trim_end().lines().last();
    assert_eq!(last, Some("home: ok, anthropic 299 d left"), "{screen}");
    let connections = sshd.connections();
    device.check();
    assert_eq!(sshd.connections(), connections);
}

#[test]
fn two_that_begin_at_once_both_get_their_answer() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| device.check());
        }
    });
    device.check();
    assert!(sshd.connections() <= 4);
    device.socket();
}

#[test]
fn a_sign_in_takes_the_connection_that_is_there_and_leaves_it_there() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    device.check();
    let keeper = device.keeper();
    let gateway = expired_in(gateway);
    let run = device.0.home().join("run");
    let ran = sshd
        .clawtap()
        .on_a_phone()
        .env("XDG_RUNTIME_DIR", &run)
        .env("TMPDIR", run)
        .env("FAKE_ANSWERS", "code")
        .args(["reauth"])
        .run()
        .status(0)
        .stdout("home: signed in, valid for 364 d\n");
    expect_none_left(gateway.path());
    expect_none_left(ran.home());
    assert_eq!(device.keeper(), keeper);
    assert_eq!(sshd.connections(), 1);
}
