//! Runs a script in a gateway's shell, and reads its framed answer.

use std::io;
use std::time::Duration;

use crate::gateway::error::{self, ErrorKind, GatewayError};
use crate::gateway::failure_reason;
use crate::gateway::framing::{self, Answer, Incomplete};
use crate::gateway::host::{Gateway, Transport};
use crate::gateway::ssh_args::{self, BatchMode, CONNECT_TIMEOUT_S};
use crate::system::environment::Environment;
use crate::system::process::{Ending, Finished, Invocation, Terminal};
use crate::system::{System, random};
use crate::text::Text;

/// The largest answer that is read, in bytes: 8 MiB, and room for the frame and for banners before it.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024 + 64 * 1024;
/// The time for a login (MOTD, `.bashrc`) and the script's own steps, added to OpenClaw's limit.
pub(super) const ALLOWANCE: Duration = Duration::from_secs(15);
/// The time to type a passphrase.
const TYPING: Duration = Duration::from_secs(120);

/// How a program is run on a gateway.
pub(super) struct RunOptions<'a> {
    /// The limit for the program itself; the time to connect and log in is added.
    pub(super) limit: Duration,
    pub(super) stdin: &'a [u8],
    pub(super) batch_mode: BatchMode,
}

/// A script that has run, and the nonce of its answer.
pub(super) struct Exchange {
    pub(super) finished: Finished,
    nonce: String,
}

/// Runs the script that `text` makes for a nonce.
pub(super) fn run(
    gateway: &Gateway,
    text: impl Fn(&str) -> String,
    options: &RunOptions<'_>,
    system: &System,
) -> Result<Exchange, GatewayError> {
    let nonce = random::token().map_err(|error| cannot_start(&error))?;
    let line = ssh_args::shell_on(&gateway.transport, options.batch_mode, &text(&nonce));
    let program = find(gateway, line.program, &system.environment)?;
    let typing = match options.batch_mode {
        BatchMode::Off => TYPING,
        BatchMode::On => Duration::ZERO,
    };
    let overhead = Duration::from_secs(CONNECT_TIMEOUT_S) + ALLOWANCE;
    let mut invocation = Invocation::new(program, overhead + options.limit + typing)
        .arguments(line.arguments)
        .stdin(options.stdin);
    invocation.stdout_limit = LARGEST_ANSWER;
    // A background process of OpenClaw may hold the connection open after the answer.
    invocation.end_marker = Some(framing::end_marker(&nonce));
    if options.batch_mode == BatchMode::Off && matches!(gateway.transport, Transport::Ssh(_)) {
        invocation.terminal = Terminal::Shared;
    } else {
        invocation.first_byte = Some(overhead);
    }
    let finished = system.processes.run(&invocation);
    let finished = finished.map_err(|error| cannot_start(&error))?;
    Ok(Exchange { finished, nonce })
}

impl Exchange {
    /// The number of lines before the script's own.
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

/// Finds the program that connects to a gateway on `PATH`: `ssh`, or `sh` if the gateway is this machine.
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

/// The error of a script without a complete answer.
pub(super) fn no_answer(incomplete: Incomplete, ending: Ending, stderr: &[u8]) -> GatewayError {
    let problem = match (ending, incomplete) {
        (Ending::Interrupted, _) => ErrorKind::Interrupted,
        (Ending::TooMuchOutput, _) => ErrorKind::TooLarge,
        (Ending::NoOutput | Ending::TimedOut, _) => ErrorKind::Timeout,
        (_, Incomplete::CutOff) => ErrorKind::CutOff,
        (Ending::Exited(255), Incomplete::NotBegun) => return error::of_ssh(stderr),
        (Ending::Exited(_) | Ending::Killed(_) | Ending::Lingered, Incomplete::NotBegun) => {
            error::of_login_shell(stderr)
        }
    };
    GatewayError::new(problem).saying(failure_reason::last_line(&String::from_utf8_lossy(stderr)))
}
