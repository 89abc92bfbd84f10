//! The terminal: results on standard output, everything else on standard error, prompts.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{self, LocalModes, OptionalActions, Termios};
use zeroize::Zeroizing;

use crate::system::environment::Environment;

/// How often a waiting prompt checks whether it was cancelled.
const CANCELLED_WITHIN: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// What the three standard streams are connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terminal {
    /// The number of columns.
    pub(crate) width: usize,
    /// The number of lines.
    pub(crate) height: usize,
    /// Whether results may be coloured.
    pub(crate) color: bool,
    /// Whether standard error is a terminal, so that a spinner is of use.
    pub(crate) stderr_is_tty: bool,
    /// Whether a person can answer questions.
    pub(crate) is_interactive: bool,
}

impl Terminal {
    /// Inspects the streams of this process. `NO_COLOR` and `TERM=dumb` are honoured.
    pub(crate) fn of_process(environment: &Environment) -> Self {
        let plain =
            environment.path("NO_COLOR").is_some() || environment.text("TERM") == Some("dumb");
        let stdout = io::stdout().is_terminal();
        let stderr = io::stderr().is_terminal();
        let window = termios::tcgetwinsize(io::stdout()).ok();
        let window = window.filter(|_| stdout);
        let seen = |size: u16| (size > 0).then_some(usize::from(size));
        let named = |name| {
            environment
                .text(name)?
                .parse()
                .ok()
                .filter(|&size| size > 0)
        };
        let width = window.and_then(|window| seen(window.ws_col));
        let height = window.and_then(|window| seen(window.ws_row));
        let width = width.or_else(|| named("COLUMNS")).unwrap_or(80);
        let height = height.or_else(|| named("LINES")).unwrap_or(24);
        Self {
            width: width.clamp(20, 400),
            height: height.clamp(5, 1000),
            color: stdout && !plain,
            stderr_is_tty: stderr && environment.text("TERM") != Some("dumb"),
            is_interactive: io::stdin().is_terminal() && stderr,
        }
    }

    /// The number of columns for standard error, if it is a terminal.
    pub(crate) fn columns(self) -> Option<usize> {
        self.stderr_is_tty.then_some(self.width)
    }
}

/// Whether a person, not a program, reads the results.
pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Writes a result to standard output. A closed pipe (EPIPE, as with `| head -1`) is not an error.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes to standard error, for everything that is not the result. An error is ignored: it could not be shown.
pub(crate) fn eprint(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Asks a question and reads a line; `None` at the end of the input (EOF).
pub(crate) fn ask(question: &str) -> io::Result<Option<String>> {
    eprint(question);
    let mut line = String::new();
    let length = io::stdin().lock().read_line(&mut line)?;
    Ok((length > 0).then(|| line.trim().to_owned()))
}

/// Asks a question and reads a line, until `cancelled` returns true; `None` then, and at the end of the input (EOF).
///
/// If `hidden`, the terminal's echo is off meanwhile.
pub(crate) fn ask_until(
    question: &str,
    hidden: bool,
    cancelled: impl Fn() -> bool,
) -> io::Result<Option<Zeroizing<String>>> {
    eprint(question);
    let typing = hidden.then(EchoOff::begin);
    let stdin = io::stdin();
    while !cancelled() {
        let mut ready = [PollFd::new(&stdin, PollFlags::IN)];
        // A terminal is readable once a line is complete.
        match poll(&mut ready, Some(&CANCELLED_WITHIN)) {
            Ok(0) | Err(Errno::INTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let mut line = Zeroizing::new(String::new());
        let length = stdin.lock().read_line(&mut line)?;
        // The line break was not echoed, or there was none.
        if typing.is_some() || length == 0 {
            eprint("\n");
        }
        return Ok((length > 0).then_some(line));
    }
    eprint("\n");
    Ok(None)
}

/// Turns the terminal's echo off until dropped.
struct EchoOff;

impl EchoOff {
    fn begin() -> Self {
        let stdin = io::stdin();
        // A pipe has no echo.
        if let Ok(shown) = termios::tcgetattr(&stdin) {
            let mut hidden = shown.clone();
            hidden.local_modes.remove(LocalModes::ECHO);
            *lock(&SHOWN) = Some(shown);
            let _ = termios::tcsetattr(&stdin, OptionalActions::Now, &hidden);
        }
        Self
    }
}

impl Drop for EchoOff {
    fn drop(&mut self) {
        show_typing();
    }
}

/// The terminal's settings before its echo was turned off.
static SHOWN: Mutex<Option<Termios>> = Mutex::new(None);

/// Turns the terminal's echo on again, if it was turned off.
pub(super) fn show_typing() {
    if let Some(shown) = lock(&SHOWN).take() {
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Now, &shown);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
