//! Gateways behind links, and a phone to ask them from, with clawtap or with ssh alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::link::{Conditions, Link};
use crate::support::{Clawtap, GatewayHome, Sshd, program, wait_until};

/// What a gateway that is well says.
pub(crate) const WELL: &str = "2026.9.6/token_ok_am";

/// A gateway behind a link.
pub(crate) struct Far {
    /// It goes with its sshd.
    _home: GatewayHome,
    sshd: Sshd,
    link: Link,
    folder: TempDir,
}

impl Far {
    /// With these folders on its `PATH`, before the system's.
    pub(crate) fn new(home: GatewayHome, folders: &[PathBuf], conditions: Conditions) -> Self {
        let mut path: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
        path.extend([Path::new("/usr/bin"), Path::new("/bin")]);
        let sshd = Sshd::of(&home).path(&path).start();
        let link = Link::to(sshd.port(), conditions);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let far = Self {
            _home: home,
            sshd,
            link,
            folder,
        };
        fs::write(far.settings(), far.link.ssh_config(&far.sshd)).expect("a fresh folder");
        far
    }

    fn settings(&self) -> PathBuf {
        self.folder.path().join("ssh_config")
    }

    /// In clawtap's configuration.
    pub(crate) fn table(&self, name: &str) -> String {
        format!(
            "[[gateway]]\nname = \"{name}\"\nssh = \"127.0.0.1\"\nssh_config = \"{}\"\n",
            self.settings().display()
        )
    }

    /// ssh, over a connection of its own.
    pub(crate) fn ssh(&self, command: &str) -> Command {
        let mut ssh = Command::new(program("ssh"));
        ssh.args(self.ssh_arguments()).arg(command).env_clear();
        ssh
    }

    /// What leads ssh there.
    pub(crate) fn ssh_arguments(&self) -> [String; 4] {
        let settings = self.settings().display().to_string();
        ["-F".into(), settings, "--".into(), "127.0.0.1".into()]
    }

    /// The same stalls for everybody who is measured in this round.
    pub(crate) fn begin(&self, round: u64) {
        self.link.begin(round);
    }

    /// Breaks the connections.
    pub(crate) fn cool_down(&self) {
        self.sshd.hang_up();
    }
}

/// clawtap in a home that lasts, with the real ssh.
pub(crate) struct Near {
    clawtap: Clawtap,
}

impl Near {
    pub(crate) fn new(config: &str, before: &[&Path]) -> Self {
        let ssh = program("ssh");
        let mut path = before.to_vec();
        path.extend([ssh.parent().expect("in a folder"), Path::new("/bin")]);
        Self {
            clawtap: Clawtap::new().path(&path).config(config),
        }
    }

    /// With a file in its home.
    pub(crate) fn with_file(self, name: &str, content: &[u8]) -> Self {
        Self {
            clawtap: self.clawtap.file(name, content),
        }
    }

    pub(crate) fn run(&self, words: &[&str]) -> Command {
        let mut command = self.clawtap.command();
        command.args(words);
        command
    }

    /// Waits until no ssh of this home is left, once the connections are broken.
    pub(crate) fn cool_down(&self) {
        let home = self.clawtap.home();
        let quiet = wait_until(|| crate::support::processes_of(home).is_empty());
        assert!(quiet, "ssh outlives its connection");
        // The sshd at the other end takes a moment, too.
        thread::sleep(Duration::from_millis(50));
    }
}
