//! One program run by a gateway's shell, and its framed answer.

use std::io;
use std::time::Duration;

use crate::gateway::answer::{self, Answer, Incomplete};
use crate::gateway::command_line::{self, CONNECT_TIMEOUT_S, Questions};
use crate::gateway::failure::{self, Failure, Problem};
use crate::gateway::identity::{Gateway, Way};
use crate::status::text::Text;
use crate::system::environment::Environment;
use crate::system::process::{Ending, Finished, Invocation, Processes, Terminal};
use crate::system::random;

/// The largest answer that is read, in bytes: 8 MiB, and room for the frame and for banners before it.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024 + 64 * 1024;
/// What a login (MOTD, `.bashrc`) and a program's own steps may take beside OpenClaw's time.
pub(super) const ALLOWANCE: Duration = Duration::from_secs(15);
/// What a person may take to type a passphrase.
const TYPING: Duration = Duration::from_secs(120);

/// How a program is run on a gateway.
pub(super) struct Terms<'a> {
    /// For what the program does; the connection and the login come on top.
    pub(super) limit: Duration,
    pub(super) stdin: &'a [u8],
    pub(super) questions: Questions,
}

/// A program that has run, and the mark of its answer.
pub(super) struct Exchange {
    pub(super) finished: Finished,
    nonce: String,
}

/// Runs the program that `text` makes for a nonce.
pub(super) fn exchange(
    gateway: &Gateway,
    text: impl FnOnce(&str) -> String,
    terms: &Terms<'_>,
    processes: &Processes,
    environment: &Environment,
) -> Result<Exchange, Failure> {
    let nonce = random::token().map_err(|error| cannot_start(&error))?;
    let line = command_line::shell_on(&gateway.way, terms.questions, &text(&nonce));
    let program = find(gateway, line.program, environment)?;
    let typing = match terms.questions {
        Questions::Allowed => TYPING,
        Questions::Forbidden => Duration::ZERO,
    };
    let overhead = Duration::from_secs(CONNECT_TIMEOUT_S) + ALLOWANCE;
    let mut invocation = Invocation::new(program, overhead + terms.limit + typing)
        .arguments(line.arguments)
        .stdin(terms.stdin);
    invocation.stdout_limit = LARGEST_ANSWER;
    // What a program that OpenClaw left behind does to the connection is no business of ours.
    invocation.last_words = Some(answer::last_words(&nonce));
    if terms.questions == Questions::Allowed && matches!(gateway.way, Way::Ssh(_)) {
        invocation.terminal = Terminal::Shared;
    } else {
        invocation.first_byte = Some(overhead);
    }
    let finished = processes
        .run(&invocation)
        .map_err(|error| cannot_start(&error))?;
    Ok(Exchange { finished, nonce })
}

impl Exchange {
    /// The answer, or why there is none.
    pub(super) fn answer(&self) -> Result<Answer<'_>, Failure> {
        answer::read(&self.finished.stdout, &self.nonce).map_err(|incomplete| {
            no_answer(incomplete, self.finished.ending, &self.finished.stderr)
        })
    }
}

/// The program that leads to a gateway.
pub(super) fn find(
    gateway: &Gateway,
    program: &str,
    environment: &Environment,
) -> Result<std::path::PathBuf, Failure> {
    let problem = match gateway.way {
        Way::Ssh(_) => Problem::NoSsh,
        Way::Local => Problem::CannotStart,
    };
    environment
        .program(program)
        .ok_or_else(|| Failure::new(problem))
}

pub(super) fn cannot_start(error: &io::Error) -> Failure {
    Failure::new(Problem::CannotStart).saying(Some(Text::clean(&error.to_string())))
}

/// Why a program that was run on a gateway gave no whole answer.
pub(super) fn no_answer(incomplete: Incomplete, ending: Ending, stderr: &[u8]) -> Failure {
    let problem = match (ending, incomplete) {
        (Ending::Interrupted, _) => Problem::Interrupted,
        (Ending::TooMuchOutput, _) => Problem::TooLarge,
        (Ending::Silent | Ending::Overdue, _) => Problem::Timeout,
        (_, Incomplete::CutOff) => Problem::CutOff,
        (Ending::Exited(255), Incomplete::NotBegun) => return failure::of_ssh(stderr),
        (Ending::Exited(_) | Ending::Killed(_) | Ending::Outstaying, Incomplete::NotBegun) => {
            Problem::NoShell
        }
    };
    Failure::new(problem).saying(failure::last_line(&String::from_utf8_lossy(stderr)))
}
