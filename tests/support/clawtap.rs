//! The program in a home of its own, with a cleared environment, and what it did.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pretty_assertions::assert_eq;
use tempfile::TempDir;

use super::{GatewayHome, fakes};

/// A run of clawtap that is being put together; `run` starts it.
#[must_use = "nothing runs before `run`"]
pub(crate) struct Clawtap {
    home: TempDir,
    arguments: Vec<OsString>,
    environment: BTreeMap<OsString, OsString>,
    path: Vec<PathBuf>,
    stdin: Vec<u8>,
}

impl Clawtap {
    /// In an empty home, with a fake ssh before the system's programs on `PATH`.
    pub(crate) fn new() -> Self {
        let home = TempDir::new().expect("a temporary folder");
        let log = home.path().join("log");
        fs::create_dir(&log).expect("a fresh folder");
        let path = vec![fakes("ssh"), "/usr/bin".into(), "/bin".into()];
        Self {
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            path,
            stdin: Vec::new(),
            home,
        }
        .env("FAKE_LOG", log)
        .env("TZ", "UTC")
    }

    /// With one gateway, called home, behind the fake ssh.
    pub(crate) fn with(gateway: &GatewayHome) -> Self {
        Self::new()
            .config("[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n")
            .reaching(gateway)
    }

    /// The fake ssh leads to this gateway.
    pub(crate) fn reaching(self, gateway: &GatewayHome) -> Self {
        self.env("FAKE_GATEWAY", gateway.path())
    }

    /// With the committed fakes of Termux:API.
    pub(crate) fn on_a_phone(mut self) -> Self {
        self.path.insert(0, fakes("termux"));
        self
    }

    /// With exactly these folders on `PATH`.
    pub(crate) fn path(mut self, folders: &[&Path]) -> Self {
        self.path = folders.iter().map(|folder| folder.to_path_buf()).collect();
        self
    }

    pub(crate) fn config(self, text: &str) -> Self {
        self.file(".config/clawtap/config.toml", text)
    }

    /// A file in our home.
    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.home.path().join(name);
        fs::create_dir_all(path.parent().expect("a name has a parent")).expect("a fresh folder");
        fs::write(path, content).expect("a fresh folder");
        self
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn args<A: Into<OsString>>(
        mut self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = bytes.as_ref().to_vec();
        self
    }

    /// The command, ready to start.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawtap"));
        command
            .args(&self.arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env(
                "PATH",
                std::env::join_paths(&self.path).expect("folders without colons"),
            )
            .envs(&self.environment)
            .current_dir(self.home.path());
        command
    }

    /// Runs it in a terminal of its own, in which a person types `keys`: its exit code and what was on the
    /// screen.
    pub(crate) fn run_in_terminal(&self, keys: &str) -> (i32, String) {
        let program = env!("CARGO_BIN_EXE_clawtap").into();
        let words = std::iter::once(&program).chain(&self.arguments);
        let quoted: Vec<String> = words
            .map(|word: &OsString| {
                format!("'{}'", word.to_str().expect("UTF-8").replace('\'', r"'\''"))
            })
            .collect();
        let mut terminal = Command::new("/usr/bin/script")
            .args(["-qec", &quoted.join(" "), "/dev/null"])
            .env_clear()
            .env("TERM", "xterm")
            .envs(
                self.command()
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("SHELL", "/bin/sh")
            .current_dir(self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script, of util-linux, starts");
        let mut stdin = terminal.stdin.take().expect("piped");
        stdin.write_all(keys.as_bytes()).expect("it reads");
        let output = terminal.wait_with_output().expect("it ends");
        drop(stdin);
        let screen = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
        (output.status.code().expect("an exit code"), screen)
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Ran {
        let mut child = self
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // It may well end without reading.
        let _ = child.stdin.take().expect("piped").write_all(&self.stdin);
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.signal(), None, "killed by a signal");
        Ran {
            status: output.status.code().expect("an exit code"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
            home: self.home,
        }
    }
}

/// A run that has ended.
#[must_use = "assert the exit code with `status`"]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    home: TempDir,
}

impl Ran {
    #[track_caller]
    pub(crate) fn status(self, expected: i32) -> Self {
        assert_eq!(
            self.status, expected,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    #[track_caller]
    pub(crate) fn stdout(self, expected: &str) -> Self {
        assert_eq!(self.stdout, expected, "stderr:\n{}", self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn stderr(self, expected: &str) -> Self {
        assert_eq!(self.stderr, expected);
        self
    }

    /// Without what was said from the beginning of a sign-in on, which a tap and a guide end with.
    pub(crate) fn before_sign_in(mut self) -> Self {
        if let Some(start) = self.stderr.find(": starting the sign-in…\n") {
            let line = self.stderr[..start].rfind('\n').map_or(0, |end| end + 1);
            self.stderr.truncate(line);
        }
        self
    }

    /// A file in our home, if it is there.
    pub(crate) fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.home.path().join(name)).ok()
    }

    /// What a fake wrote down of its calls; nothing if it was never called.
    pub(crate) fn log(&self, fake: &str) -> String {
        self.file(&format!("log/{fake}")).unwrap_or_default()
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }
}
