//! A device that checks one gateway again and again.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::Pid;

use crate::support::{Clawtap, GatewayHome, Setup, Sshd, program, wait_until};

pub(super) fn gateway() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

/// A phone from which one gateway is checked again and again. What it keeps between runs goes where a test sees it.
pub(super) struct Device(pub(super) Clawtap);

impl Device {
    pub(super) fn of(sshd: &Sshd) -> Self {
        Self::with(sshd, "")
    }

    /// With further lines for the gateway's table.
    pub(super) fn with(sshd: &Sshd, lines: &str) -> Self {
        let clawtap = sshd.clawtap_with(lines);
        let folder = clawtap.home().join("run");
        fs::create_dir(&folder).expect("a fresh folder");
        let clawtap = clawtap
            .env("XDG_RUNTIME_DIR", &folder)
            .env("TMPDIR", folder);
        Self(clawtap.args(["check"]))
    }

    /// Checks, and expects the answer and not a word more.
    #[track_caller]
    pub(super) fn check(&self) {
        expect_answer(self.start());
    }

    /// Checks, and gives out what it says, whatever that is.
    pub(super) fn answer(&self) -> String {
        let output = self.start().wait_with_output().expect("it ends");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Begins to check.
    pub(super) fn start(&self) -> Child {
        let mut command = self.0.command();
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("the program starts")
    }

    pub(super) fn folder(&self) -> PathBuf {
        let user = rustix::process::geteuid().as_raw();
        self.0.home().join(format!("run/clawtap-{user}"))
    }

    /// The sockets of its connections.
    pub(super) fn sockets(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }

    #[track_caller]
    pub(super) fn socket(&self) -> PathBuf {
        let sockets = self.sockets();
        let [socket] = &sockets[..] else {
            panic!("not one socket: {sockets:?}")
        };
        socket.clone()
    }

    /// Has the ssh that keeps the connection do something.
    #[track_caller]
    pub(super) fn order(&self, order: &str) -> String {
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
    pub(super) fn keeper(&self) -> Pid {
        let said = self.order("check");
        let id = said
            .split_once("pid=")
            .and_then(|(_, rest)| rest.split_once(')'));
        let id = id.and_then(|(id, _)| id.parse().ok());
        id.and_then(Pid::from_raw).expect(&said)
    }
}

/// Waits for the answer, and expects it and not a word more.
#[track_caller]
pub(super) fn expect_answer(check: Child) {
    let output = check.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).expect("UTF-8"));
    let [stdout, stderr] = said.each_ref().map(String::as_str);
    let answer = "home: ok, anthropic 299 d left\n";
    assert_eq!(
        (stdout, stderr, output.status.code()),
        (answer, "", Some(0))
    );
}

/// A gateway that lets the next question wait, and only that one, until it may go on.
pub(super) struct Slow(GatewayHome);

pub(super) fn slow_once(gateway: GatewayHome) -> Slow {
    let wait = "if rm \"$HOME/slow\" 2>/dev/null; then : >\"$HOME/asked\"; \
                while [ -e \"$HOME/asked\" ]; do sleep 0.05; done; fi";
    Slow(gateway.first(wait).file("slow", ""))
}

impl Slow {
    /// An sshd for it.
    pub(super) fn sshd(&self) -> Setup {
        Sshd::of(&self.0)
    }

    /// Waits until the question has arrived.
    #[track_caller]
    pub(super) fn expect_asked(&self) {
        assert!(wait_until(|| self.0.path().join("asked").exists()));
    }

    pub(super) fn go_on(&self) {
        fs::remove_file(self.0.path().join("asked")).expect("it waits");
    }
}
