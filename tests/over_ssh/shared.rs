//! One connection for every question, which stays for the next one.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::support::{Clawtap, GatewayHome, Sshd, program, wait_until};

const ANSWER: &str = "home: ok, anthropic 299 d left\n";

fn gateway() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

/// A phone from which one gateway is checked again and again. What it keeps between runs goes where a test sees it.
struct Device(Clawtap);

impl Device {
    fn of(sshd: &Sshd) -> Self {
        Self::with(sshd, "")
    }

    /// With further lines for the gateway's table.
    fn with(sshd: &Sshd, lines: &str) -> Self {
        let clawtap = sshd.clawtap_with(lines);
        let folder = clawtap.home().join("run");
        fs::create_dir(&folder).expect("a fresh folder");
        Self(clawtap.args(["check"]).env("XDG_RUNTIME_DIR", folder))
    }

    /// Checks, and expects the answer and not a word more.
    #[track_caller]
    fn check(&self) {
        let output = self.0.command().output().expect("the program starts");
        let said =
            [output.stdout, output.stderr].map(|said| String::from_utf8(said).expect("UTF-8"));
        let [stdout, stderr] = said.each_ref().map(String::as_str);
        assert_eq!(
            (stdout, stderr, output.status.code()),
            (ANSWER, "", Some(0))
        );
    }

    fn folder(&self) -> PathBuf {
        let user = rustix::process::geteuid().as_raw();
        self.0.home().join(format!("run/clawtap-{user}"))
    }

    /// The sockets of its connections.
    fn sockets(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }

    #[track_caller]
    fn socket(&self) -> PathBuf {
        let sockets = self.sockets();
        let [socket] = &sockets[..] else {
            panic!("not one socket: {sockets:?}")
        };
        socket.clone()
    }

    /// Has the ssh that keeps the connection do something.
    #[track_caller]
    fn order(&self, order: &str) -> String {
        let output = Command::new(program("ssh"))
            .args(["-F", "/dev/null", "-O", order, "-S"])
            .arg(self.socket())
            .arg("127.0.0.1")
            .stdin(Stdio::null())
            .output()
            .expect("ssh starts");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).expect("UTF-8")
    }

    /// The process that keeps the connection.
    fn keeper(&self) -> rustix::process::Pid {
        let said = self.order("check");
        let id = said
            .split_once("pid=")
            .and_then(|(_, rest)| rest.split_once(')'));
        let id = id.and_then(|(id, _)| id.parse().ok());
        id.and_then(rustix::process::Pid::from_raw).expect(&said)
    }
}

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
fn no_connection_is_shared_or_kept_where_that_is_switched_off() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::with(&sshd, "ssh_multiplex = false\n");
    device.check();
    device.check();
    assert_eq!(sshd.connections(), 2);
    assert!(device.sockets().is_empty());
}

#[test]
fn what_is_said_for_all_gateways_counts_for_each() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    let config = format!("ssh_multiplex = false\n{}", sshd.table("home"));
    let device = Device(device.0.config(&config));
    device.check();
    assert!(device.sockets().is_empty());
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
    let output = device.0.command().output().expect("the program starts");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "home: refuses this device's key\n"
    );
}

#[test]
fn a_changed_host_key_is_an_alarm_for_the_next_connection() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    device.check();
    device.order("exit");
    sshd.change_host_key();
    let output = device.0.command().output().expect("the program starts");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "home: HOST KEY HAS CHANGED\n"
    );
    assert_eq!(gateway.calls().lines().count(), 1);
}

#[test]
fn one_who_is_ended_does_not_end_the_connection_of_others() {
    let gateway = GatewayHome::new()
        .document("2026.9.6/token_ok_am")
        .first("if [ -e \"$HOME/slow\" ]; then : >\"$HOME/answering\"; sleep 300; fi");
    let sshd = Sshd::of(&gateway).start();
    let device = Device::of(&sshd);
    device.check();
    let keeper = device.keeper();
    fs::write(gateway.path().join("slow"), "").expect("its folder");
    let mut slow = device
        .0
        .command()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    assert!(wait_until(|| gateway.path().join("answering").exists()));
    let id = rustix::process::Pid::from_child(&slow);
    rustix::process::kill_process(id, rustix::process::Signal::INT).expect("it runs");
    assert_eq!(slow.wait().expect("our child").code(), Some(130));
    fs::remove_file(gateway.path().join("slow")).expect("it is there");
    device.check();
    assert_eq!(device.keeper(), keeper);
    assert_eq!(sshd.connections(), 1);
}
