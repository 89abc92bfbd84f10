//! Asks a gateway: one connection, one run of the probe, one report or one failure.

use std::io;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::gateway::answer::{self, Answer, Incomplete};
use crate::gateway::command_line::{self, CONNECT_TIMEOUT_S, Questions};
use crate::gateway::failure::{self, Failure, Problem};
use crate::gateway::identity::{Gateway, Way};
use crate::gateway::request::{self, Want};
use crate::status::document::Unreadable;
use crate::status::report::Report;
use crate::status::text::Text;
use crate::status::{stores, wire};
use crate::system::clock;
use crate::system::environment::Environment;
use crate::system::process::{Ending, Finished, Invocation, Processes, Terminal};
use crate::system::random;

/// The largest answer that is read, in bytes: 8 MiB, and room for the frame and for banners before it.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024 + 64 * 1024;
/// What a login (MOTD, `.bashrc`) and the probe's own steps may take beside OpenClaw's time.
const ALLOWANCE: Duration = Duration::from_secs(15);
/// What a person may take to type a passphrase.
const TYPING: Duration = Duration::from_secs(120);

/// A gateway's reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) outcome: Result<Report, Failure>,
    /// Where openclaw is on the gateway, if it was found.
    pub(crate) openclaw: Option<Text>,
    /// Which it is, if that was asked for.
    pub(crate) version: Option<Text>,
    /// How long it all took.
    pub(crate) took: Duration,
}

/// Asks one gateway. It takes at most the gateway's own limit and half a minute more.
pub(crate) fn ask(
    gateway: &Gateway,
    want: Want,
    questions: Questions,
    processes: &Processes,
    environment: &Environment,
) -> Reply {
    let nonce = match random::token() {
        Ok(nonce) => nonce,
        Err(error) => {
            return Reply::failed(Failure::new(Problem::CannotStart).saying(Some(text_of(&error))));
        }
    };
    let program = request::probe(gateway, want, &nonce);
    let line = command_line::shell_on(&gateway.way, questions, &program);
    let Some(program) = environment.program(line.program) else {
        return Reply::failed(Failure::new(match gateway.way {
            Way::Ssh(_) => Problem::NoSsh,
            Way::Local => Problem::CannotStart,
        }));
    };
    let mut invocation =
        Invocation::new(program, deadline(gateway, want, questions)).arguments(line.arguments);
    invocation.stdout_limit = LARGEST_ANSWER;
    // What a program that OpenClaw left behind does to the connection is no business of ours.
    invocation.last_words = Some(answer::last_words(&nonce));
    if questions == Questions::Allowed && matches!(gateway.way, Way::Ssh(_)) {
        invocation.terminal = Terminal::Shared;
    } else {
        invocation.first_byte = Some(Duration::from_secs(CONNECT_TIMEOUT_S) + ALLOWANCE);
    }
    match processes.run(&invocation) {
        Ok(finished) => understand(gateway, &finished, &nonce, clock::now()),
        Err(error) => {
            Reply::failed(Failure::new(Problem::CannotStart).saying(Some(text_of(&error))))
        }
    }
}

fn deadline(gateway: &Gateway, want: Want, questions: Questions) -> Duration {
    let runs = match want {
        Want::Status => 1,
        Want::VersionAndStatus => 2,
    };
    let typing = match questions {
        Questions::Allowed => TYPING,
        Questions::Forbidden => Duration::ZERO,
    };
    Duration::from_secs(CONNECT_TIMEOUT_S) + ALLOWANCE + gateway.limit * runs + typing
}

impl Reply {
    fn failed(failure: Failure) -> Self {
        Self {
            outcome: Err(failure),
            openclaw: None,
            version: None,
            took: Duration::ZERO,
        }
    }
}

fn text_of(error: &io::Error) -> Text {
    Text::clean(&error.to_string())
}

/// Turns what came back into a report or a failure; pure.
fn understand(
    gateway: &Gateway,
    finished: &Finished,
    nonce: &str,
    captured_at: DateTime<Utc>,
) -> Reply {
    let read = answer::read(&finished.stdout, nonce);
    let mut reply = Reply {
        outcome: Err(Failure::new(Problem::CutOff)),
        openclaw: None,
        version: None,
        took: finished.took,
    };
    reply.outcome = match read {
        Ok(answer) => {
            reply.openclaw = answer.openclaw.as_deref().map(Text::clean);
            reply.version = answer.version.as_deref().map(Text::clean);
            outcome(gateway, &answer, finished, captured_at)
        }
        Err(incomplete) => Err(no_answer(incomplete, finished)),
    };
    reply
}

fn no_answer(incomplete: Incomplete, finished: &Finished) -> Failure {
    let stderr = String::from_utf8_lossy(&finished.stderr);
    let problem = match (finished.ending, incomplete) {
        (Ending::Interrupted, _) => Problem::Interrupted,
        (Ending::TooMuchOutput, _) => Problem::TooLarge,
        (Ending::Silent | Ending::Overdue, _) => Problem::Timeout,
        (_, Incomplete::CutOff) => Problem::CutOff,
        (Ending::Exited(255), Incomplete::NotBegun) => return failure::of_ssh(&finished.stderr),
        (Ending::Exited(_) | Ending::Killed(_) | Ending::Outstaying, Incomplete::NotBegun) => {
            Problem::NoShell
        }
    };
    Failure::new(problem).saying(failure::last_line(&stderr))
}

fn outcome(
    gateway: &Gateway,
    answer: &Answer,
    finished: &Finished,
    captured_at: DateTime<Utc>,
) -> Result<Report, Failure> {
    let from_openclaw = match answer.run {
        Some(run) => wire::read(run.stdout, Some(run.exit), captured_at)
            .map_err(|unreadable| unread(&unreadable, run, gateway, finished)),
        None => Err(Failure::new(Problem::NoOpenClaw)),
    };
    let mut report = from_openclaw.or_else(|failure| {
        let read = |line: &String| stores::read_login(line, answer.clock, "unknown");
        let logins: Vec<_> = answer.logins.iter().filter_map(read).collect();
        if logins.is_empty() || !failure.problem.openclaw_did_not_run() {
            return Err(failure);
        }
        Ok(stores::report(
            logins,
            failure.problem.what().to_owned(),
            captured_at,
        ))
    })?;
    let claude = answer.claude.as_deref();
    report.claude_code =
        claude.and_then(|line| stores::read_login(line, answer.clock, "claude-cli"));
    Ok(report)
}

/// Why OpenClaw's output is no document, and what that says of OpenClaw.
fn unread(
    unreadable: &Unreadable,
    run: answer::Run,
    gateway: &Gateway,
    finished: &Finished,
) -> Failure {
    // `timeout` reports 124; a shell's own watch, or a kill that was needed, shows as the signal.
    let ended_late = matches!(run.exit, 137 | 143) && finished.took >= gateway.limit;
    if run.exit == 124 || ended_late {
        return Failure::new(Problem::OpenClawTimeout);
    }
    match unreadable {
        Unreadable::Error(message) => {
            let problem = if message.as_str().contains("doctor --fix") {
                Problem::NeedsDoctor
            } else {
                Problem::OpenClawError
            };
            Failure::new(problem).saying(Some(message.clone()))
        }
        Unreadable::Broken => {
            Failure::new(Problem::Unreadable).saying(Some(Text::clean("it breaks off")))
        }
        Unreadable::OtherJson => {
            Failure::new(Problem::Unreadable).saying(Some(Text::clean("JSON, but no model status")))
        }
        Unreadable::Empty | Unreadable::NotJson => {
            failure::of_openclaw(run.stdout, &finished.stderr, run.exit)
        }
    }
}
