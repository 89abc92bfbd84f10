//! A person's terminal, here or on a gateway: what a program draws there, and what is typed.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[cfg(feature = "test-openclaw")]
use super::Sshd;

const ROWS: NonZeroU16 = NonZeroU16::new(100).expect("not zero");
const COLUMNS: NonZeroU16 = NonZeroU16::new(500).expect("not zero");
/// A loaded machine takes its time.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program that runs on one. Dropping it takes the terminal away.
pub(crate) struct Terminal {
    child: Child,
    keys: ChildStdin,
    seen: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Terminal {
    /// A program that runs over `ssh -tt`.
    #[cfg(feature = "test-openclaw")]
    pub(crate) fn remote(sshd: &Sshd, command: &str) -> Self {
        Self::over(sshd.client(), command)
    }

    /// With this ssh, whose host is 127.0.0.1.
    #[cfg(feature = "test-openclaw")]
    pub(crate) fn over(mut ssh: Command, command: &str) -> Self {
        Self::start(
            ssh.args(["-tt", "127.0.0.1"])
                // A shared connection hands on the modes of a terminal that there is none of: all of them off.
                .arg(format!(
                    "stty sane rows {ROWS} cols {COLUMNS}; exec {command}"
                )),
        )
    }

    /// Whatever puts a program on a terminal and passes keys and drawings on.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut output = child.stdout.take().expect("piped");
        let seen = Arc::<Mutex<Vec<u8>>>::default();
        let reader = thread::spawn({
            let seen = Arc::clone(&seen);
            move || {
                let mut buffer = [0; 4096];
                while let Ok(count @ 1..) = output.read(&mut buffer) {
                    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                    seen.extend_from_slice(&buffer[..count]);
                }
            }
        });
        Self {
            keys: child.stdin.take().expect("piped"),
            child,
            seen,
            reader: Some(reader),
        }
    }

    /// What is on the screen.
    pub(crate) fn screen(&self) -> String {
        let mut terminal = vt100::Parser::new(ROWS, COLUMNS, 0);
        terminal.process(&self.bytes());
        terminal.screen().contents()
    }

    /// Every byte so far.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.clone()
    }

    /// Waits until this is on the screen.
    #[track_caller]
    pub(crate) fn expect(&self, text: &str) {
        self.wait_for(text, |screen| screen.contains(text).then_some(()));
    }

    /// Waits for an address that begins so.
    #[cfg(feature = "test-openclaw")]
    #[track_caller]
    pub(crate) fn address(&self, beginning: &str) -> String {
        self.wait_for(beginning, |screen| {
            let mut words = screen.split_whitespace();
            words
                .find(|word| word.starts_with(beginning))
                .map(str::to_owned)
        })
    }

    #[track_caller]
    fn wait_for<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            let screen = self.screen();
            if let Some(found) = find(&screen) {
                return found;
            }
            assert!(started.elapsed() < PATIENCE, "no {what:?} on\n{screen}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Types a line; the return comes apart from it, as from a keyboard.
    pub(crate) fn type_line(&mut self, line: &str) {
        self.press(line);
        thread::sleep(Duration::from_millis(300));
        self.press("\r");
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("it reads");
        self.keys.flush().expect("it reads");
    }

    /// Waits for its end: the exit code and the last screen.
    #[track_caller]
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("our child") {
                let read = self.reader.take().map(JoinHandle::join);
                assert!(matches!(read, Some(Ok(()))), "what it drew is lost");
                return (status.code(), self.screen());
            }
            assert!(started.elapsed() < PATIENCE, "still at\n{}", self.screen());
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
