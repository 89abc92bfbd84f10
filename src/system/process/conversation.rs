//! Runs a program whose input and output are used while it runs.

use std::io::{self, Read, Write};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use pty_process::blocking::Pty;
use zeroize::Zeroizing;

use super::{
    DRAIN, Ending, Event, Invocation, Processes, STDERR_LIMIT, Terminal, command, end_in_time,
    ending_of, read_output, watch,
};

/// A running program. Dropping it ends the program and its process group.
pub(crate) struct Conversation {
    processes: Processes,
    child: Child,
    stdin: Option<Box<dyn Write + Send>>,
    terminal: Terminal,
    events: Sender<Event>,
    inbox: Receiver<Event>,
    overdue: Instant,
    stderr: Vec<u8>,
    open_pipes: usize,
    exited_at: Option<Instant>,
    ended: Option<Ending>,
}

/// An event of a conversation.
pub(crate) enum Received {
    Output(Zeroizing<Vec<u8>>),
    /// Nothing from the program: a [`Waker`] was used.
    Woken,
    /// Nothing within the time limit.
    Nothing,
    /// The program is no longer running, and all its output was returned.
    Ended(Ending),
}

/// Ends a [`Conversation::listen`] from another thread.
#[derive(Clone)]
pub(crate) struct Waker(Sender<Event>);

impl Waker {
    pub(crate) fn wake(&self) {
        // An error means that the conversation is over.
        let _ = self.0.send(Event::Woken);
    }
}

impl Processes {
    /// Starts a program for a conversation. The invocation's `stdin` is written first; its `deadline` is that of the
    /// whole conversation.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn converse(&self, invocation: &Invocation) -> io::Result<Conversation> {
        let overdue = Instant::now() + invocation.deadline;
        let starting = self.waiting();
        let (mut child, side) = if invocation.terminal == Terminal::Own {
            let (child, side) = on_own_terminal(invocation)?;
            (child, Some(side))
        } else {
            (command(invocation).spawn()?, None)
        };
        let (events, inbox) = mpsc::channel();
        self.register(child.id(), &events);
        drop(starting);
        let watched = watch(&mut child, events.clone());
        let heard = side.as_ref().map(|side| read_output(side.clone(), &events));
        let mut conversation = Conversation {
            processes: self.clone(),
            stdin: match side {
                Some(side) => Some(Box::new(side)),
                None => child.stdin.take().map(|pipe| Box::new(pipe) as _),
            },
            child,
            terminal: invocation.terminal,
            events,
            inbox,
            overdue,
            stderr: Vec::new(),
            open_pipes: 2,
            exited_at: None,
            ended: None,
        };
        watched?;
        heard.transpose()?;
        if !invocation.stdin.is_empty() {
            conversation.write(&invocation.stdin)?;
        }
        Ok(conversation)
    }
}

/// The controlling side of a program's pseudo-terminal.
#[derive(Clone)]
struct OurSide(Arc<Pty>);

impl Read for OurSide {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Write for OurSide {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self.0).flush()
    }
}

/// Starts a program as the leader of a session, on a pseudo-terminal of its own.
fn on_own_terminal(invocation: &Invocation) -> io::Result<(Child, OurSide)> {
    let (pty, theirs) = pty_process::blocking::open().map_err(io::Error::other)?;
    let program = pty_process::blocking::Command::new(&invocation.program)
        .args(&invocation.arguments)
        .stderr(Stdio::piped());
    let child = program.spawn(theirs).map_err(io::Error::other)?;
    Ok((child, OurSide(Arc::new(pty))))
}

impl Conversation {
    /// Waits for the next output, at most for `patience`.
    pub(crate) fn listen(&mut self, patience: Duration) -> Received {
        let until = Instant::now() + patience;
        loop {
            if let Some(ending) = self.ended {
                return Received::Ended(ending);
            }
            if self.exited_at.is_some() && self.open_pipes == 0 {
                return self.over(None);
            }
            // A program that writes without pause would never reach the timeout below.
            if Instant::now() >= self.overdue {
                return self.over(self.exited_at.is_none().then_some(Ending::TimedOut));
            }
            let drained = self.exited_at.map(|moment| moment + DRAIN);
            let wake_at = until.min(drained.unwrap_or(self.overdue));
            match self
                .inbox
                .recv_timeout(wake_at.saturating_duration_since(Instant::now()))
            {
                Ok(Event::Output(piece)) => return Received::Output(Zeroizing::new(piece.bytes)),
                Ok(Event::Stderr(piece)) => {
                    self.stderr.extend_from_slice(&piece.bytes);
                    let surplus = self.stderr.len().saturating_sub(STDERR_LIMIT);
                    self.stderr.drain(..surplus);
                }
                Ok(Event::OutputEnded | Event::StderrEnded) => self.open_pipes -= 1,
                Ok(Event::Exited) => self.exited_at = Some(Instant::now()),
                Ok(Event::Woken) => return Received::Woken,
                Ok(Event::Interrupted) => return self.over(Some(Ending::Interrupted)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    let now = Instant::now();
                    if drained.is_some_and(|moment| moment <= now) {
                        return self.over(None);
                    }
                    if until <= now {
                        return Received::Nothing;
                    }
                }
            }
        }
    }

    /// Writes to the program's standard input or terminal.
    ///
    /// # Errors
    /// When it no longer reads; [`Conversation::listen`] returns the reason.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(stdin) = &mut self.stdin else {
            return Ok(());
        };
        stdin.write_all(bytes)?;
        stdin.flush()
    }

    pub(crate) fn waker(&self) -> Waker {
        Waker(self.events.clone())
    }

    /// The program's standard error, at most the last 64 KiB.
    pub(crate) fn stderr(&self) -> &[u8] {
        &self.stderr
    }

    /// Ends the program, unless it has exited by itself, and stores the reason.
    fn over(&mut self, ours: Option<Ending>) -> Received {
        self.stdin = None;
        if self.exited_at.is_none() {
            end_in_time(&self.child, self.terminal, &self.inbox);
        }
        let status = self.child.wait().map(ending_of);
        self.processes.unregister(self.child.id());
        let ending = ours.or(status.ok()).unwrap_or(Ending::Killed(0));
        self.ended = Some(ending);
        Received::Ended(ending)
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        if self.ended.is_none() {
            self.over(Some(Ending::Interrupted));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Conversation, Ending, Invocation, Processes, Received};
    use std::time::{Duration, Instant};

    const SECOND: Duration = Duration::from_secs(1);

    fn sh(script: &str, deadline: Duration) -> Conversation {
        let invocation = Invocation::new("sh", deadline).arguments(["-c", script]);
        Processes::default().converse(&invocation).unwrap()
    }

    fn next_output(conversation: &mut Conversation) -> String {
        match conversation.listen(10 * SECOND) {
            Received::Output(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            Received::Ended(ending) => panic!("{ending:?}"),
            Received::Woken | Received::Nothing => panic!("nothing was said"),
        }
    }

    #[test]
    fn a_program_answers_what_is_said_to_it_and_its_ending_comes_last() {
        let mut conversation = sh("read line; echo \"got $line\"; exit 4", 10 * SECOND);
        conversation.write(b"this\n").unwrap();
        assert_eq!(next_output(&mut conversation), "got this\n");
        let ended = conversation.listen(10 * SECOND);
        assert!(matches!(ended, Received::Ended(Ending::Exited(4))));
        let still = conversation.listen(10 * SECOND);
        assert!(matches!(still, Received::Ended(Ending::Exited(4))));
    }

    #[test]
    fn a_terminal_of_its_own_is_one_to_the_program() {
        let mut invocation = Invocation::new("sh", 10 * SECOND).arguments([
            "-c",
            "test -t 0 && test -t 1 && stty size; read line; echo \"got $line\"",
        ]);
        invocation.terminal = super::Terminal::Own;
        let mut conversation = Processes::default().converse(&invocation).unwrap();
        assert_eq!(next_output(&mut conversation), "0 0\r\n");
        conversation.write(b"this\n").unwrap();
        let mut heard = String::new();
        while !heard.contains("got this") {
            heard += &next_output(&mut conversation);
        }
        let ended = conversation.listen(10 * SECOND);
        assert!(matches!(ended, Received::Ended(Ending::Exited(0))));
    }

    #[test]
    fn silence_ends_the_waiting_and_the_deadline_the_program() {
        let mut conversation = sh("sleep 60", SECOND);
        let quiet = conversation.listen(Duration::from_millis(10));
        assert!(matches!(quiet, Received::Nothing));
        let ended = conversation.listen(10 * SECOND);
        assert!(matches!(ended, Received::Ended(Ending::TimedOut)));
    }

    #[test]
    fn whoever_never_stops_talking_is_ended_in_time_and_waits_to_be_heard() {
        let folder = tempfile::tempdir().unwrap();
        let said = folder.path().join("said");
        let script = format!(
            "head -c 10000000 /dev/zero; echo all >{}; exec yes",
            said.display()
        );
        let mut conversation = sh(&script, SECOND);
        std::thread::sleep(SECOND / 4);
        assert!(!said.exists(), "it could say all of it");
        let ended = loop {
            match conversation.listen(10 * SECOND) {
                Received::Output(_) => {}
                Received::Ended(ending) => break ending,
                Received::Woken | Received::Nothing => panic!("it talks on"),
            }
        };
        assert_eq!(ended, Ending::TimedOut);
    }

    #[test]
    fn somebody_else_can_end_the_waiting() {
        let mut conversation = sh("sleep 60", 60 * SECOND);
        let waker = conversation.waker();
        let waking = std::thread::spawn(move || waker.wake());
        assert!(matches!(conversation.listen(10 * SECOND), Received::Woken));
        waking.join().unwrap();
    }

    #[test]
    fn whoever_stops_listening_ends_the_program_and_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("child");
        let script = format!("sleep 60 & echo $! > {}; echo ready; wait", file.display());
        let mut conversation = sh(&script, 60 * SECOND);
        assert_eq!(next_output(&mut conversation), "ready\n");
        drop(conversation);
        let child = std::fs::read_to_string(file).unwrap();
        let gone = || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.trim()));
            stat.map_or(true, |stat| stat.contains(") Z"))
        };
        let waited = Instant::now();
        while !gone() {
            assert!(waited.elapsed() < 5 * SECOND, "the child lives on");
            std::thread::yield_now();
        }
    }
}
