//! Runs programs, each with a deadline at which its whole process group is killed.

mod conversation;
mod semaphore;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use conversation::{Conversation, Received, Waker};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

use semaphore::{Permit, Semaphore};
use zeroize::Zeroizing;

use crate::system::screen;
use crate::system::temp_file;
use crate::text::Text;

/// The exit code after Ctrl-C, by the convention of shells: 128 plus the number of the signal (SIGINT, 2).
const INTERRUPTED: i32 = 130;
/// How long a program may take to exit by itself: after its end marker, and after SIGTERM.
const GRACE: Duration = Duration::from_millis(800);
/// How long output is still read after the program has exited: an ssh `ControlMaster` that continues in the
/// background holds the pipes open, so that they never reach their end.
const DRAIN: Duration = Duration::from_millis(300);
/// How many pieces of output, of at most 16 KiB, are buffered; then the program's writes block.
const MOST_UNHEARD: usize = 16;
/// The last part of standard error that is stored, in bytes.
const STDERR_LIMIT: usize = 64 * 1024;

/// A program to run, with everything it is given.
#[derive(Clone)]
pub(crate) struct Invocation {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// Given on standard input, which is then closed; it may be a secret, so it is wiped.
    pub(crate) stdin: Zeroizing<Vec<u8>>,
    /// After this the program and its process group are ended.
    pub(crate) deadline: Duration,
    /// After this without a first byte of output they are ended too.
    pub(crate) first_byte: Option<Duration>,
    /// Terminates the program once its output ends with this marker.
    pub(crate) end_marker: Option<Vec<u8>>,
    /// More output than this, in bytes, ends them as well.
    pub(crate) stdout_limit: usize,
    /// Whether the program may talk to the person at the terminal (ssh asking for a passphrase).
    pub(crate) terminal: Terminal,
}

/// A program's relation to the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Terminal {
    /// In a separate process group, which is ended as a whole; it cannot read from the terminal.
    Detached,
    /// In clawtap's process group, so that it can ask questions at the terminal. At the deadline only the program
    /// itself is signalled (SIGTERM); it has to end its own children, as ssh does.
    Shared,
    /// On a pseudo-terminal (pty) of its own; only in a [`Conversation`].
    Own,
}

impl Invocation {
    /// A program without arguments or input, detached, with a megabyte of output at most.
    pub(crate) fn new(program: impl Into<PathBuf>, deadline: Duration) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            stdin: Zeroizing::default(),
            deadline,
            first_byte: None,
            end_marker: None,
            stdout_limit: 1024 * 1024,
            terminal: Terminal::Detached,
        }
    }

    /// Adds arguments.
    pub(crate) fn arguments<A: Into<OsString>>(
        mut self,
        more: impl IntoIterator<Item = A>,
    ) -> Self {
        self.arguments.extend(more.into_iter().map(Into::into));
        self
    }

    /// Sets what is given on standard input.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Zeroizing::new(bytes.into());
        self
    }
}

/// Counts an open prompt, or a program being started, until dropped.
pub(crate) struct Waiting<'a>(&'a Processes);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.running.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The result of a program that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finished {
    pub(crate) ending: Ending,
    pub(crate) stdout: Vec<u8>,
    /// At most the last 64 KiB.
    pub(crate) stderr: Vec<u8>,
    /// The time until the first byte of output, if there was one.
    pub(crate) first_byte: Option<Duration>,
    pub(crate) took: Duration,
}

impl Finished {
    /// Whether the program ended by itself with exit code 0.
    pub(crate) fn succeeded(&self) -> bool {
        self.ending == Ending::Exited(0)
    }

    /// An error in one line: the program's last output line, or that there was none.
    pub(crate) fn failure_message(&self, command: &str) -> String {
        if self.ending == Ending::TimedOut {
            return format!("{command} did not end in time");
        }
        let said = String::from_utf8_lossy(&self.stderr);
        let last = said.lines().rev().map(Text::clean);
        match last.into_iter().find(|line| !line.is_empty()) {
            Some(line) => format!("{command} says: {}", line.as_str()),
            None => format!("{command} failed"),
        }
    }
}

/// Why a program is no longer running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Exited(i32),
    /// Killed by a signal that clawtap did not send.
    Killed(i32),
    /// Ended by us: it did not exit after its end marker.
    Lingered,
    /// Ended by us: past its deadline.
    TimedOut,
    /// Ended by us: not a byte of output in time.
    NoOutput,
    /// Ended by us: more output than allowed.
    TooMuchOutput,
    /// Ended by us: the person pressed Ctrl-C or the session is over.
    Interrupted,
}

enum Event {
    Output(Piece),
    OutputEnded,
    Stderr(Piece),
    StderrEnded,
    Exited,
    Interrupted,
    Woken,
}

/// A piece of output, with its permit of the buffer.
struct Piece {
    bytes: Vec<u8>,
    _room: Permit,
}

/// Starts and ends programs: one group for the whole process, and child groups of it.
#[derive(Clone, Default)]
pub(crate) struct Processes {
    running: Arc<Running>,
}

#[derive(Default)]
struct Running {
    interrupted: AtomicBool,
    watchers: Mutex<BTreeMap<u32, Sender<Event>>>,
    children: Mutex<Vec<Weak<Running>>>,
    /// The number of open prompts and of programs being started, which check for interruption themselves.
    under_way: AtomicUsize,
}

impl Running {
    /// Ends all programs of this group and its child groups; returns whether any program or prompt was open.
    fn interrupt(&self) -> bool {
        self.interrupted.store(true, Ordering::SeqCst);
        let watchers = lock(&self.watchers);
        for watcher in watchers.values() {
            let _ = watcher.send(Event::Interrupted);
        }
        let children = lock(&self.children);
        let on_branches = children.iter().filter_map(Weak::upgrade);
        let busy = on_branches.filter(|child| child.interrupt()).count();
        busy > 0 || !watchers.is_empty() || self.under_way.load(Ordering::SeqCst) > 0
    }
}

impl Processes {
    /// Ends all running programs on SIGINT (Ctrl-C), SIGTERM, and SIGHUP (a closed terminal).
    ///
    /// Their result is then [`Ending::Interrupted`]. If no program runs and no prompt is open, or at the second signal,
    /// the process exits at once.
    pub(crate) fn end_on_signals(&self) -> io::Result<()> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        let running = Arc::clone(&self.running);
        thread::Builder::new()
            .name("signals".into())
            .spawn(move || {
                for _ in signals.forever() {
                    let again = running.interrupted.load(Ordering::SeqCst);
                    let busy = running.interrupt();
                    if !busy || again {
                        let _none_half_written = temp_file::finish_writing();
                        screen::restore();
                        // The main thread may be anywhere, so the process exits from here.
                        std::process::exit(INTERRUPTED);
                    }
                }
            })?;
        Ok(())
    }

    /// Whether a signal, or the end of this group, has interrupted its programs.
    pub(crate) fn interrupted(&self) -> bool {
        self.running.interrupted.load(Ordering::SeqCst)
    }

    /// Registers a prompt, which checks [`Processes::interrupted`] itself, until dropped.
    pub(crate) fn waiting(&self) -> Waiting<'_> {
        self.running.under_way.fetch_add(1, Ordering::SeqCst);
        Waiting(self)
    }

    /// A child group: its programs can be ended separately, and end with those of this group.
    pub(super) fn child_group(&self) -> Self {
        let child = Self::default();
        let mut children = lock(&self.running.children);
        children.retain(|child| child.strong_count() > 0);
        children.push(Arc::downgrade(&child.running));
        if self.interrupted() {
            child.end();
        }
        drop(children);
        child
    }

    /// Ends the group's programs, and refuses to start more.
    pub(super) fn end(&self) {
        self.running.interrupt();
    }

    /// Runs a program to its end.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn run(&self, invocation: &Invocation) -> io::Result<Finished> {
        let started = Instant::now();
        let starting = self.waiting();
        let mut child = command(invocation).spawn()?;
        let (events, inbox) = mpsc::channel();
        self.register(child.id(), &events);
        drop(starting);
        let watched = feed(&mut child, invocation).and_then(|()| watch(&mut child, events));
        let collected = watched.map(|()| collect(&child, invocation, started, &inbox));
        if collected.is_err() {
            end(&child, invocation.terminal, Signal::KILL);
        }
        let status = child.wait();
        self.unregister(child.id());
        let mut finished = collected?;
        if finished.ending == Ending::Exited(0) {
            finished.ending = ending_of(status?);
        }
        finished.took = started.elapsed();
        Ok(finished)
    }

    fn register(&self, id: u32, events: &Sender<Event>) {
        let mut watchers = lock(&self.running.watchers);
        watchers.insert(id, events.clone());
        if self.running.interrupted.load(Ordering::SeqCst) {
            let _ = events.send(Event::Interrupted);
        }
    }

    fn unregister(&self, id: u32) {
        let mut watchers = lock(&self.running.watchers);
        watchers.remove(&id);
    }
}

fn command(invocation: &Invocation) -> Command {
    let mut command = Command::new(&invocation.program);
    command
        .args(&invocation.arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if invocation.terminal == Terminal::Detached {
        command.process_group(0);
    }
    command
}

/// Writes the child's standard input, and closes it.
fn feed(child: &mut Child, invocation: &Invocation) -> io::Result<()> {
    let Some(mut stdin) = child.stdin.take() else {
        return Ok(());
    };
    let bytes = invocation.stdin.clone();
    // A program that does not read its input (EPIPE) is not an error.
    spawn("stdin", move || drop(stdin.write_all(&bytes)))
}

/// Starts the threads that send the child's output and exit as events.
fn watch(child: &mut Child, events: Sender<Event>) -> io::Result<()> {
    if let Some(stdout) = child.stdout.take() {
        read_output(stdout, &events)?;
    }
    if let Some(stderr) = child.stderr.take() {
        let events = events.clone();
        spawn("stderr", move || {
            forward(stderr, &events, Event::Stderr);
            let _ = events.send(Event::StderrEnded);
        })?;
    }
    let id = pid(child);
    // WNOWAIT leaves the child unreaped, so that its process id is not reused before the deadline may kill it.
    spawn("wait", move || {
        let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(
            rustix::process::waitid(WaitId::Pid(id), ended),
            Err(rustix::io::Errno::INTR)
        ) {}
        let _ = events.send(Event::Exited);
    })
}

fn read_output(output: impl Read + Send + 'static, events: &Sender<Event>) -> io::Result<()> {
    let events = events.clone();
    spawn("stdout", move || {
        forward(output, &events, Event::Output);
        let _ = events.send(Event::OutputEnded);
    })
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map(drop)
}

fn forward(mut pipe: impl Read, events: &Sender<Event>, event: fn(Piece) -> Event) {
    let mut buffer = Zeroizing::new([0_u8; 16 * 1024]);
    let unheard = Arc::new(Semaphore::new(MOST_UNHEARD));
    loop {
        let room = unheard.acquire();
        match pipe.read(&mut *buffer) {
            Ok(0) => return,
            Ok(length) => {
                let piece = Piece {
                    bytes: buffer[..length].to_vec(),
                    _room: room,
                };
                if events.send(event(piece)).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// Collects output until the child has exited, or ends it. `Exited(0)` means that it exited, with any code.
fn collect(
    child: &Child,
    invocation: &Invocation,
    started: Instant,
    inbox: &Receiver<Event>,
) -> Finished {
    let mut stdout = Vec::new();
    let mut stderr = Vec::new();
    let mut open_pipes = 2;
    let mut exited_at = None;
    let mut said_all_at = None;
    let mut first_byte = None;
    let overdue = started + invocation.deadline;
    let ending = loop {
        if exited_at.is_some() && open_pipes == 0 {
            break Ending::Exited(0);
        }
        // A program that writes without pause would never reach the timeout below.
        if Instant::now() >= overdue {
            break exited_at.map_or(Ending::TimedOut, |_| Ending::Exited(0));
        }
        let (wake_at, reason) = match (exited_at.or(said_all_at), invocation.first_byte) {
            (Some(moment), _) if exited_at.is_some() => (moment + DRAIN, Ending::Exited(0)),
            (Some(moment), _) => (moment + GRACE, Ending::Lingered),
            (None, Some(limit)) if stdout.is_empty() && started + limit < overdue => {
                (started + limit, Ending::NoOutput)
            }
            (None, _) => (overdue, Ending::TimedOut),
        };
        match inbox.recv_timeout(wake_at.saturating_duration_since(Instant::now())) {
            Ok(Event::Output(piece)) => {
                first_byte.get_or_insert_with(|| started.elapsed());
                stdout.extend_from_slice(&piece.bytes);
                let said_all = |words: &Vec<u8>| stdout.ends_with(words);
                if invocation.end_marker.as_ref().is_some_and(said_all) {
                    said_all_at = Some(Instant::now());
                }
                if stdout.len() > invocation.stdout_limit {
                    stdout.truncate(invocation.stdout_limit);
                    break Ending::TooMuchOutput;
                }
            }
            Ok(Event::Stderr(piece)) => {
                stderr.extend_from_slice(&piece.bytes);
                if stderr.len() > 2 * STDERR_LIMIT {
                    stderr.drain(..stderr.len() - STDERR_LIMIT);
                }
            }
            Ok(Event::OutputEnded | Event::StderrEnded) => open_pipes -= 1,
            Ok(Event::Exited) => exited_at = Some(Instant::now()),
            Ok(Event::Interrupted) => break Ending::Interrupted,
            Ok(Event::Woken) => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break reason,
        }
    };
    if exited_at.is_none() {
        end_in_time(child, invocation.terminal, inbox);
    }
    stderr.drain(..stderr.len().saturating_sub(STDERR_LIMIT));
    Finished {
        ending,
        stdout,
        stderr,
        first_byte,
        took: started.elapsed(),
    }
}

/// Sends SIGTERM to a running child, and SIGKILL after the grace period.
fn end_in_time(child: &Child, terminal: Terminal, inbox: &Receiver<Event>) {
    end(child, terminal, Signal::TERM);
    let patience = Instant::now() + GRACE;
    while Instant::now() < patience {
        match inbox.recv_timeout(patience.saturating_duration_since(Instant::now())) {
            Ok(Event::Exited) | Err(_) => break,
            Ok(_) => {}
        }
    }
    end(child, terminal, Signal::KILL);
}

fn end(child: &Child, terminal: Terminal, signal: Signal) {
    // An error means that no process is left.
    let _ = match terminal {
        Terminal::Detached | Terminal::Own => {
            rustix::process::kill_process_group(pid(child), signal)
        }
        Terminal::Shared => rustix::process::kill_process(pid(child), signal),
    };
}

fn ending_of(status: ExitStatus) -> Ending {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ending::Exited(code),
        (None, signal) => Ending::Killed(signal.unwrap_or_default()),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

#[cfg(test)]
mod tests;
