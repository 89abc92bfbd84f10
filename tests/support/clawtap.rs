//! Runs clawtap in its own home folder with a cleared environment, and checks what it did.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::mem;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use pretty_assertions::assert_eq;
use rustix::process::{Pid, Signal, kill_process};

use super::home::Home;
use super::processes::wait_at_most;
use super::terminal::Terminal;
use super::{GatewayHome, fakes};

/// Past this a run hangs, with the real programs as well.
const LONGEST: Duration = Duration::from_secs(300);

/// A run of clawtap that is being put together; `run` starts it.
#[must_use = "nothing runs before `run`"]
pub(crate) struct Clawtap {
    home: Home,
    arguments: Vec<OsString>,
    environment: BTreeMap<OsString, OsString>,
    path: Vec<PathBuf>,
    stdin: Vec<u8>,
    memory: Option<usize>,
}

impl Clawtap {
    /// In an empty home, with a fake ssh before the system's programs on `PATH`.
    pub(crate) fn new() -> Self {
        let home = Home::new();
        let log = home.path().join("log");
        fs::create_dir(&log).expect("a fresh folder");
        let path = vec![fakes("ssh"), "/usr/bin".into(), "/bin".into()];
        let temporary = home.temporary().to_path_buf();
        Self {
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            path,
            stdin: Vec::new(),
            memory: None,
            home,
        }
        .env("FAKE_LOG", log)
        .env("TZ", "UTC")
        .env("TMPDIR", &temporary)
        .env("XDG_RUNTIME_DIR", temporary)
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

    /// Without a variable that every run has here.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.environment.remove(OsStr::new(name));
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

    /// With no more than so many MiB of memory, its code and its stacks included; it dies of wanting more.
    #[cfg(feature = "test-sshd")]
    pub(crate) fn memory(mut self, mebibytes: usize) -> Self {
        self.memory = Some(mebibytes);
        // Each thread would reserve 64 MiB.
        self.env("MALLOC_ARENA_MAX", "1")
    }

    /// The command, ready to start.
    pub(crate) fn command(&self) -> Command {
        let program = env!("CARGO_BIN_EXE_clawtap");
        let mut command = match self.memory {
            None => Command::new(program),
            Some(mebibytes) => {
                let mut limited = Command::new("/bin/sh");
                let script = format!("ulimit -v {}; exec \"$0\" \"$@\"", mebibytes * 1024);
                limited.args(["-c", &script, program]);
                limited
            }
        };
        command.args(&self.arguments);
        self.in_its_home(&mut command);
        command
    }

    fn in_its_home(&self, command: &mut Command) {
        let path = std::env::join_paths(&self.path).expect("folders without colons");
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", path)
            .envs(&self.environment)
            .current_dir(self.home.path());
    }

    /// Another run in the same home, with these arguments alone.
    pub(crate) fn command_of(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawtap"));
        command.args(arguments);
        self.in_its_home(&mut command);
        command
    }

    /// Runs it in a terminal of its own, in which a person types `keys`: its exit code and what was on the
    /// screen.
    pub(crate) fn run_in_terminal(&self, keys: &str) -> (i32, String) {
        let mut terminal = self
            .script()
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

    /// What runs it in a terminal of its own.
    fn script(&self) -> Command {
        let program = env!("CARGO_BIN_EXE_clawtap").into();
        let words = std::iter::once(&program).chain(&self.arguments);
        let quoted: Vec<String> = words
            .map(|word: &OsString| {
                format!("'{}'", word.to_str().expect("UTF-8").replace('\'', r"'\''"))
            })
            .collect();
        let mut script = Command::new("/usr/bin/script");
        script
            .args(["-qec", &quoted.join(" "), "/dev/null"])
            .env_clear()
            .env("TERM", "xterm")
            .envs(
                self.command()
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("SHELL", "/bin/sh")
            .current_dir(self.home.path());
        script
    }

    /// Starts it, for a test that does something meanwhile.
    pub(crate) fn start(self) -> Running {
        let [stdout, stderr] = [(); 2].map(|()| tempfile::tempfile().expect("a temporary file"));
        let end = |file: &File| Stdio::from(file.try_clone().expect("our file"));
        let mut child = self
            .command()
            .stdin(Stdio::piped())
            .stdout(end(&stdout))
            .stderr(end(&stderr))
            .spawn()
            .expect("the program starts");
        // It may well end without reading.
        let _ = child.stdin.take().expect("piped").write_all(&self.stdin);
        Running {
            child: Guarded(child),
            stdout,
            stderr,
            home: self.home,
        }
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Ran {
        self.start().end()
    }

    /// Starts it in a terminal of its own, for a test that types when it is asked to.
    pub(crate) fn start_in_terminal(&self) -> Terminal {
        Terminal::start(&mut self.script())
    }
}

/// A run that has not ended yet.
#[must_use = "wait for it with `end`"]
pub(crate) struct Running {
    child: Guarded,
    stdout: File,
    stderr: File,
    home: Home,
}

/// A process that does not outlive the test.
struct Guarded(Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        // Failing means that it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// What a fake has written down of its calls so far.
    pub(crate) fn log(&self, fake: &str) -> String {
        fs::read_to_string(self.home().join("log").join(fake)).unwrap_or_default()
    }

    /// Waits until it has written something to standard error: a signal before that finds it not even begun.
    pub(crate) fn expect_begun(&self) {
        let said = || self.stderr.metadata().expect("our file").len() > 0;
        assert!(wait_at_most(LONGEST, said), "it says nothing");
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.0.id()).expect("a process id");
        let id = Pid::from_raw(id).expect("not zero");
        kill_process(id, signal).expect("it still runs");
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.0.try_wait(), Ok(None))
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(self) -> Ran {
        let (ran, signal) = self.end_within(LONGEST);
        assert_eq!(
            signal, None,
            "killed by a signal, having said {:?} and {:?}",
            ran.stdout, ran.stderr
        );
        ran
    }

    /// Waits so long for its end, also by a signal: then with that, and an exit code that is none.
    #[track_caller]
    pub(crate) fn end_within(mut self, limit: Duration) -> (Ran, Option<i32>) {
        let ended = wait_at_most(limit, || self.has_ended());
        let mut said = [&self.stdout, &self.stderr].map(|mut file| {
            let mut text = String::new();
            file.rewind().expect("our file");
            file.read_to_string(&mut text).expect("UTF-8");
            text
        });
        assert!(ended, "it hangs, having said {said:?}");
        let status = self.child.0.wait().expect("our child");
        let [stdout, stderr] = &mut said;
        let ran = Ran {
            status: status.code().unwrap_or(-1),
            stdout: mem::take(stdout),
            stderr: mem::take(stderr),
            home: self.home,
        };
        (ran, status.signal())
    }
}

/// A run that has ended.
#[must_use = "assert the exit code with `status`"]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    home: Home,
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
