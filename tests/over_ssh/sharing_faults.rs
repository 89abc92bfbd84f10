//! Shared connections that are of no use. The answer comes all the same, over another one, and nobody hears of it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;

use rustix::process::{Signal, kill_process};

use super::device::{Device, expect_answer, gateway, slow_once};
use crate::support::{Clawtap, GatewayHome, Sshd, wait_until};

/// What became of a connection, seen from the device.
#[track_caller]
fn expect_another_connection(device: &Device, sshd: &Sshd) {
    device.check();
    assert_eq!(sshd.connections(), 2);
    // And from then on that is shared, or the next.
    device.check();
    let connections = sshd.connections();
    device.check();
    assert_eq!(sshd.connections(), connections);
}

#[test]
fn a_socket_without_its_ssh_is_in_nobodys_way() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    device.check();
    kill_process(device.keeper(), Signal::KILL).expect("it runs");
    assert!(device.socket().exists());
    expect_another_connection(&device, &sshd);
}

#[test]
fn an_ssh_that_hangs_is_given_up_on() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    device.check();
    let keeper = device.keeper();
    kill_process(keeper, Signal::STOP).expect("it runs");
    expect_another_connection(&device, &sshd);
    kill_process(keeper, Signal::KILL).expect("it runs");
}

#[test]
fn a_socket_that_takes_calls_and_answers_none_is_given_up_on() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    device.check();
    let socket = device.socket();
    device.order("exit");
    assert!(wait_until(|| !socket.exists()));
    let _mute = UnixListener::bind(&socket).expect("our folder");
    expect_another_connection(&device, &sshd);
}

#[test]
fn a_network_that_is_gone_is_noticed_behind_an_ssh_that_lives() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    device.check();
    sshd.fall_silent();
    expect_another_connection(&device, &sshd);
}

#[test]
fn an_answer_that_is_lost_with_the_connection_is_asked_for_once_more() {
    for (warm, signal) in [
        (true, Signal::KILL),
        (true, Signal::TERM),
        (false, Signal::KILL),
    ] {
        let gateway = gateway();
        let sshd = Sshd::of(&gateway).start();
        let device = Device::of(&sshd);
        if warm {
            device.check();
        }
        let gateway = slow_once(gateway);
        let check = device.start();
        gateway.expect_asked();
        kill_process(device.keeper(), signal).expect("it runs");
        gateway.go_on();
        expect_answer(check);
        assert_eq!(sshd.connections(), 2, "{warm} {signal:?}");
        device.check();
    }
}

#[test]
fn a_server_with_room_for_one_session_is_asked_over_two_connections() {
    let gateway = slow_once(gateway());
    let sshd = gateway.sshd().option("MaxSessions 1").start();
    let device = Device::of(&sshd);
    let first = device.start();
    gateway.expect_asked();
    device.check();
    gateway.go_on();
    expect_answer(first);
    assert_eq!(sshd.connections(), 2);
    device.check();
    assert_eq!(sshd.connections(), 2);
}

/// Checks twice from a device where a socket can be nowhere.
#[track_caller]
fn expect_a_connection_each(spoil: impl FnOnce(Device) -> Device) {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = spoil(Device::of(&sshd));
    device.check();
    device.check();
    assert_eq!(sshd.connections(), 2);
}

/// Everything temporary goes to this place in the device's home.
fn keeping_at(device: Device, place: &str) -> Device {
    let path = device.0.home().join(place);
    let clawtap = device.0.env("XDG_RUNTIME_DIR", &path);
    Device(clawtap.env("TMPDIR", path))
}

#[test]
fn nothing_is_shared_through_a_folder_that_is_not_ours_alone() {
    expect_a_connection_each(|device| {
        let folder = device.folder();
        fs::create_dir(&folder).expect("a fresh folder");
        fs::set_permissions(folder, Permissions::from_mode(0o770)).expect("our folder");
        keeping_at(device, "run")
    });
    expect_a_connection_each(|device| {
        let elsewhere = device.0.home().join("elsewhere");
        fs::create_dir(&elsewhere).expect("a fresh folder");
        fs::set_permissions(&elsewhere, Permissions::from_mode(0o700)).expect("our folder");
        symlink(elsewhere, device.folder()).expect("a fresh folder");
        keeping_at(device, "run")
    });
    expect_a_connection_each(|device| {
        fs::write(device.folder(), "").expect("a fresh folder");
        keeping_at(device, "run")
    });
    if rustix::process::geteuid().is_root() {
        expect_a_connection_each(|device| {
            fs::create_dir(device.folder()).expect("a fresh folder");
            fs::set_permissions(device.folder(), Permissions::from_mode(0o700))
                .expect("our folder");
            std::os::unix::fs::chown(device.folder(), Some(1), Some(1)).expect("we are root");
            keeping_at(device, "run")
        });
    }
}

#[test]
fn nothing_is_shared_where_no_socket_can_be() {
    expect_a_connection_each(|device| keeping_at(device, &"long/".repeat(20)));
    expect_a_connection_each(|device| keeping_at(device, "not plain"));
    // Where nobody can make a folder.
    expect_a_connection_each(|device| keeping_at(device, "/proc"));
}

#[test]
fn a_runtime_folder_that_is_of_no_use_leaves_the_temporary_one() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    let run = device.0.home().join("run");
    let device = Device(device.0.env("XDG_RUNTIME_DIR", "/proc").env("TMPDIR", run));
    device.check();
    device.check();
    assert_eq!(sshd.connections(), 1);
}

#[test]
fn what_lies_in_the_sockets_place_gives_way_or_else_nothing_is_shared() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    device.check();
    let socket = device.socket();
    let gone = || {
        device.order("exit");
        assert!(wait_until(|| !socket.exists()));
    };
    let precious = device.0.home().join("precious");
    fs::write(&precious, "mine").expect("our home");
    gone();
    fs::write(&socket, "").expect("our folder");
    device.check();
    device.check();
    assert_eq!(sshd.connections(), 2);
    gone();
    symlink(&precious, &socket).expect("our folder");
    device.check();
    device.check();
    assert_eq!(sshd.connections(), 3);
    gone();
    fs::create_dir(&socket).expect("our folder");
    device.check();
    device.check();
    assert_eq!(sshd.connections(), 5);
    assert_eq!(fs::read_to_string(precious).expect("it is there"), "mine");
}

#[test]
fn a_disk_that_fills_up_meanwhile_is_noticed_by_ssh_and_nobody_else() {
    for complaint in [
        "unix_listener: cannot bind to path /tmp/x: No space left on device",
        "unix_listener: cannot bind to path /tmp/x: Permission denied",
        "",
    ] {
        let gateway = gateway();
        let ran = Clawtap::with(&gateway)
            .env("FAKE_SSH_CANNOT_SHARE", format!("{complaint}\n"))
            .args(["check"])
            .run()
            .status(0)
            .stdout("home: ok, anthropic 299 d left\n")
            .stderr("");
        let log = ran.log("ssh");
        let [first, second] = log.lines().collect::<Vec<_>>()[..] else {
            panic!("{log}")
        };
        assert!(first.contains("ControlMaster=auto") && first.contains("BatchMode=yes"));
        assert!(second.contains("ControlPath=none") && second.contains("BatchMode=yes"));
    }
}

#[test]
fn a_gateway_that_cannot_be_reached_is_tried_once() {
    let clawtap = Clawtap::with(&GatewayHome::new())
        .env(
            "FAKE_SSH_STDERR",
            "ssh: connect to host home.example port 22: Connection timed out",
        )
        .args(["check"]);
    let ran = clawtap.run().status(3).stdout("home: does not respond\n");
    assert_eq!(ran.log("ssh").lines().count(), 1);
}

#[test]
fn what_ssh_says_of_its_socket_is_not_taken_for_openclaws_words() {
    let gateway = GatewayHome::new()
        .stderr("ControlSocket /tmp/x already exists, disabling multiplexing\r\n")
        .exit("0");
    let ran = Clawtap::with(&gateway).args(["check"]).run();
    let _ = ran.status(3).stdout("home: openclaw says nothing\n");
}
