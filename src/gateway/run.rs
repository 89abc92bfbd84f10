//! One program run by a gateway's shell, and its framed answer.

use std::io;
use std::time::Duration;

use crate::gateway::control_master::{self, Route};
use crate::gateway::error::{self, ErrorKind, GatewayError};
use crate::gateway::framing::{self, Answer, Incomplete};
use crate::gateway::host::{Gateway, Transport};
use crate::gateway::ssh_args::{self, BatchMode, CONNECT_TIMEOUT_S, Sharing};
use crate::system::environment::Environment;
use crate::system::process::{Ending, Finished, Invocation, Terminal};
use crate::system::{System, random};
use crate::text::Text;

/// The largest answer that is read, in bytes: 8 MiB, and room for the frame and for banners before it.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024 + 64 * 1024;
/// What a login (MOTD, `.bashrc`) and a program's own steps may take beside OpenClaw's time.
pub(super) const ALLOWANCE: Duration = Duration::from_secs(15);
/// What a person may take to type a passphrase.
const TYPING: Duration = Duration::from_secs(120);
/// How long a shared connection that was there before may be silent: past it, the device has probably changed its
/// network. A login that is slower than this is asked over a connection of its own.
const SHARED_SILENCE: Duration = Duration::from_secs(3);

/// How a program is run on a gateway.
pub(super) struct RunOptions<'a> {
    /// For what the program does; the connection and the login come on top.
    pub(super) limit: Duration,
    pub(super) stdin: &'a [u8],
    pub(super) questions: BatchMode,
    pub(super) repetition: Repetition,
}

/// Whether a program may be run again when its answer got lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repetition {
    /// It only looks.
    Harmless,
    /// It changes something.
    Forbidden,
}

/// A program that has run, and the mark of its answer.
pub(super) struct Exchange {
    pub(super) finished: Finished,
    nonce: String,
    /// Whether ssh complained of the connection that it was to share.
    sharing_failed: bool,
}

/// Runs the program that `text` makes for a nonce, over the shared connection if there can be one. Where that one is
/// of no use, a program that may be repeated is run over a connection of its own.
pub(super) fn run(
    gateway: &Gateway,
    text: impl Fn(&str) -> String,
    terms: &RunOptions<'_>,
    system: &System,
) -> Result<Exchange, GatewayError> {
    let route = Route::to(gateway, &system.environment);
    let first = attempt(gateway, &text, terms, &route, system)?;
    // A person would be asked for the same passphrase again.
    let repeatable = terms.repetition == Repetition::Harmless && terms.questions == BatchMode::On;
    if !repeatable || !first.broke_on(&route) {
        return Ok(first);
    }
    route.close(gateway, system);
    attempt(gateway, &text, terms, &Route::direct(), system)
}

fn attempt(
    gateway: &Gateway,
    text: impl Fn(&str) -> String,
    terms: &RunOptions<'_>,
    route: &Route,
    system: &System,
) -> Result<Exchange, GatewayError> {
    let nonce = random::token().map_err(|error| cannot_start(&error))?;
    let text = text(&nonce);
    let line = ssh_args::shell_on(&gateway.transport, &route.sharing, terms.questions, &text);
    let program = find(gateway, line.program, &system.environment)?;
    let typing = match terms.questions {
        BatchMode::Off => TYPING,
        BatchMode::On => Duration::ZERO,
    };
    let overhead = Duration::from_secs(CONNECT_TIMEOUT_S) + ALLOWANCE;
    let mut invocation = Invocation::new(program, overhead + terms.limit + typing)
        .arguments(line.arguments)
        .stdin(terms.stdin);
    invocation.stdout_limit = LARGEST_ANSWER;
    // What a program that OpenClaw left behind does to the connection is no business of ours.
    invocation.end_marker = Some(framing::end_marker(&nonce));
    if terms.questions == BatchMode::Off && matches!(gateway.transport, Transport::Ssh(_)) {
        invocation.terminal = Terminal::Shared;
    } else {
        invocation.first_byte = Some(match terms.repetition {
            Repetition::Harmless if route.was_there => SHARED_SILENCE,
            _ => overhead,
        });
    }
    let mut finished = system
        .processes
        .run(&invocation)
        .map_err(|error| cannot_start(&error))?;
    let sharing_failed = control_master::complains_of_sharing(&finished.stderr);
    finished.stderr = control_master::without_sharing(&finished.stderr);
    Ok(Exchange {
        finished,
        nonce,
        sharing_failed,
    })
}

impl Exchange {
    /// Whether the shared connection may be what failed, and not the gateway.
    fn broke_on(&self, route: &Route) -> bool {
        let incomplete = framing::read(&self.finished.stdout, &self.nonce).err();
        match (&route.sharing, self.finished.ending, incomplete) {
            (Sharing::Shared(_), Ending::NoOutput, _) => route.was_there,
            // The ssh that keeps it can be killed, and then nobody says anything.
            (Sharing::Shared(_), Ending::Exited(255), Some(Incomplete::CutOff)) => true,
            (Sharing::Shared(_), Ending::Exited(255), Some(Incomplete::NotBegun)) => {
                route.was_there
                    || self.sharing_failed
                    || self.finished.stderr.trim_ascii().is_empty()
            }
            _ => false,
        }
    }

    /// In how many lines something spoke before the program did.
    pub(super) fn lines_before(&self) -> usize {
        framing::lines_before(&self.finished.stdout, &self.nonce)
    }

    /// The answer, or why there is none.
    pub(super) fn answer(&self) -> Result<Answer<'_>, GatewayError> {
        framing::read(&self.finished.stdout, &self.nonce).map_err(|incomplete| {
            no_answer(incomplete, self.finished.ending, &self.finished.stderr)
        })
    }
}

/// The program that leads to a gateway.
pub(super) fn find(
    gateway: &Gateway,
    program: &str,
    environment: &Environment,
) -> Result<std::path::PathBuf, GatewayError> {
    let problem = match gateway.transport {
        Transport::Ssh(_) => ErrorKind::NoSsh,
        Transport::Local => ErrorKind::CannotStart,
    };
    environment
        .program(program)
        .ok_or_else(|| GatewayError::new(problem))
}

pub(super) fn cannot_start(error: &io::Error) -> GatewayError {
    GatewayError::new(ErrorKind::CannotStart).saying(Some(Text::clean(&error.to_string())))
}

/// Why a program that was run on a gateway gave no whole answer.
pub(super) fn no_answer(incomplete: Incomplete, ending: Ending, stderr: &[u8]) -> GatewayError {
    let problem = match (ending, incomplete) {
        (Ending::Interrupted, _) => ErrorKind::Interrupted,
        (Ending::TooMuchOutput, _) => ErrorKind::TooLarge,
        (Ending::NoOutput | Ending::TimedOut, _) => ErrorKind::Timeout,
        (_, Incomplete::CutOff) => ErrorKind::CutOff,
        (Ending::Exited(255), Incomplete::NotBegun) => return error::of_ssh(stderr),
        (Ending::Exited(_) | Ending::Killed(_) | Ending::Lingered, Incomplete::NotBegun) => {
            ErrorKind::NoShell
        }
    };
    GatewayError::new(problem).saying(error::last_line(&String::from_utf8_lossy(stderr)))
}
