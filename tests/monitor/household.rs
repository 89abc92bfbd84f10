//! A device that runs `clawtap monitor` for one gateway several times, and the messages that its owner gets.

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use pretty_assertions::assert_eq;

use crate::causes::cause;
use crate::support::{Clawtap, GatewayHome, fixture};

/// The configuration: one gateway, called home, and a program as the channel, which records every message.
pub(crate) const LISTENER: &str = "\
[[gateway]]
name = \"home\"
ssh = \"me@home.example\"
[alerts.command]
run = [\"/bin/sh\", \"-c\", \"cat >>heard\"]
";

/// A home in which `clawtap monitor` is run again and again.
pub(crate) struct Household {
    pub(crate) clawtap: Clawtap,
    pub(crate) gateway: GatewayHome,
    down: Cell<bool>,
}

/// What a run did.
pub(crate) struct Checked {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Household {
    pub(crate) fn new(config: &str) -> Self {
        let gateway = GatewayHome::new();
        let clawtap = Clawtap::new().config(config).reaching(&gateway);
        Self {
            clawtap,
            gateway,
            down: Cell::new(false),
        }
    }

    /// OpenClaw answers with this document of the corpus from now on.
    pub(crate) fn says(&self, name: &str) -> &Self {
        let reply = self.gateway.path().join("reply");
        let corpus = |kind| fixture(&format!("corpus/2026.9.6/{name}.{kind}"));
        fs::copy(corpus("json"), reply.join("document")).expect("a known document");
        let exit = fs::read_to_string(corpus("expect")).expect("a known document");
        fs::write(reply.join("exit"), exit.trim()).expect("a fresh folder");
        self
    }

    /// OpenClaw answers with this document of `fixtures/causes` from now on.
    pub(crate) fn says_why(&self, name: &str, exit: &str) -> &Self {
        let reply = self.gateway.path().join("reply");
        fs::write(reply.join("document"), cause(name)).expect("a fresh folder");
        fs::write(reply.join("exit"), exit).expect("a fresh folder");
        self
    }

    /// Sets whether the gateway answers from now on.
    pub(crate) fn is_down(&self, down: bool) -> &Self {
        self.down.set(down);
        self
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.clawtap.command();
        command.arg("monitor").args(arguments);
        if self.down.get() {
            let refusal = "ssh: connect to host home.example port 22: Connection refused";
            command.env("FAKE_SSH_STDERR", refusal);
        }
        command
    }

    /// Runs it once.
    pub(crate) fn check(&self) -> Checked {
        self.run(&[])
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Checked {
        Checked::of(self.command(arguments).output().expect("it starts"))
    }

    /// The messages that the owner's program got, their severity, event and title.
    pub(crate) fn heard(&self) -> Vec<String> {
        let heard = self.read("heard").unwrap_or_default();
        let messages = heard.lines().map(|line| {
            let message: serde_json::Value = serde_json::from_str(line).expect("a JSON document");
            let word = |key: &str| message[key].as_str().expect("a text").to_owned();
            format!("{} {} {}", word("severity"), word("event"), word("title"))
        });
        messages.collect()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.clawtap.home().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }

    pub(crate) fn write(&self, name: &str, content: &str) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a folder");
        self
    }
}

impl Checked {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self {
            code: output.status.code().expect("it was not killed"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    pub(crate) fn expect(&self, code: i32, stdout: &str, stderr: &str) {
        assert_eq!(
            (self.code, &self.stdout[..], &self.stderr[..]),
            (code, stdout, stderr)
        );
    }
}
