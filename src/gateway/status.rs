//! Asks a gateway for its status: one session, one run of `sh/status.sh`, one report or error.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::gateway::claude_login::{ClaudeSource, claude_source};
use crate::gateway::error::{self, ErrorKind, GatewayError};
use crate::gateway::failure_reason;
use crate::gateway::framing::{self, Answer};
use crate::gateway::host::Gateway;
use crate::gateway::run::{Exchange, RunOptions, run};
use crate::gateway::script::{self, Want};
use crate::gateway::ssh_args::BatchMode;
use crate::status::document::Unreadable;
use crate::status::process::Process;
use crate::status::report::Report;
use crate::status::{stores, wire};
use crate::system::process::Finished;
use crate::system::{System, clock};
use crate::text::Text;

/// A gateway's reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) outcome: Result<Report, GatewayError>,
    /// OpenClaw's error, if its stores were read instead.
    pub(crate) openclaw_error: Option<GatewayError>,
    /// Where openclaw is on the gateway, if it was found.
    pub(crate) openclaw: Option<Text>,
    /// OpenClaw's version, if it was asked for.
    pub(crate) version: Option<Text>,
    /// Claude Code's login on the gateway, if it was looked for.
    pub(crate) claude: Option<ClaudeSource>,
    /// How long the run took.
    pub(crate) took: Duration,
}

/// What is asked, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) want: Want,
    pub(crate) batch_mode: BatchMode,
}

/// Asks one gateway. It takes at most the gateway's limit for each run of OpenClaw, 30 s more, and the time to type a
/// passphrase.
pub(crate) fn ask(gateway: &Gateway, question: Question, system: &System) -> Reply {
    let Question { want, batch_mode } = question;
    let runs = match want {
        Want::Status => 1,
        Want::VersionAndStatus => 2,
    };
    let terms = RunOptions {
        limit: gateway.limit * runs,
        stdin: &[],
        batch_mode,
    };
    let text = |nonce: &str| script::status(gateway, want, nonce);
    match run(gateway, text, &terms, system) {
        Ok(run) => understand(gateway, &run, clock::now()),
        Err(failure) => Reply::failed(failure),
    }
}

impl Reply {
    fn failed(failure: GatewayError) -> Self {
        Self {
            outcome: Err(failure),
            openclaw_error: None,
            openclaw: None,
            version: None,
            claude: None,
            took: Duration::ZERO,
        }
    }
}

/// Turns a script's answer into a report or an error; pure.
fn understand(gateway: &Gateway, run: &Exchange, now: DateTime<Utc>) -> Reply {
    let answer = run.answer();
    let said = |part: fn(&Answer<'_>) -> Option<String>| {
        let text = answer.as_ref().ok().and_then(part)?;
        Some(Text::clean(&text))
    };
    let openclaw = said(|answer| answer.openclaw.clone());
    let version = said(|answer| answer.version.clone());
    let claude = answer.as_ref().ok().and_then(claude_source);
    let outcome = answer.and_then(|answer| outcome(gateway, &answer, &run.finished, now));
    let (outcome, openclaw_error) = match outcome {
        Ok((report, failure)) => (Ok(report), failure),
        Err(failure) => (Err(failure), None),
    };
    Reply {
        outcome,
        openclaw_error,
        openclaw,
        version,
        claude,
        took: run.finished.took,
    }
}

/// The report; if it comes from OpenClaw's stores, also the error of OpenClaw itself.
fn outcome(
    gateway: &Gateway,
    answer: &Answer,
    finished: &Finished,
    captured_at: DateTime<Utc>,
) -> Result<(Report, Option<GatewayError>), GatewayError> {
    let from_openclaw = match &answer.run {
        Some(run) => wire::read(&run.stdout, Some(run.exit), captured_at)
            .map_err(|unreadable| unread(&unreadable, run, gateway, finished)),
        None => Err(error::no_openclaw(gateway)),
    };
    let (mut report, openclaw_error) =
        from_openclaw
            .map(|report| (report, None))
            .or_else(|failure| {
                let read = |line: &String| stores::read_login(line, answer.clock, "unknown");
                let logins: Vec<_> = answer.logins.iter().filter_map(read).collect();
                if logins.is_empty() || !failure.kind.openclaw_did_not_run() {
                    return Err(failure);
                }
                let report = stores::report(logins, failure.kind.what(), captured_at);
                Ok((report, Some(failure)))
            })?;
    let claude = answer.claude.as_deref();
    report.claude_code =
        claude.and_then(|line| stores::read_login(line, answer.clock, "claude-cli"));
    let clock = answer
        .clock
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    report.ahead = clock.map(|theirs| theirs - captured_at);
    report.process = answer.process.as_deref().and_then(Process::parse);
    Ok((report, openclaw_error))
}

/// The error behind an output of OpenClaw that is not a status document.
fn unread(
    unreadable: &Unreadable,
    run: &framing::Run<'_>,
    gateway: &Gateway,
    finished: &Finished,
) -> GatewayError {
    // `timeout` exits with 124; a program ended by the script's own watcher or by SIGKILL exits with 128 + signal.
    let ended_late = matches!(run.exit, 137 | 143) && finished.took >= gateway.limit;
    if run.exit == 124 || ended_late {
        return GatewayError::new(ErrorKind::OpenClawTimeout);
    }
    match unreadable {
        Unreadable::Error(message) => {
            // Standard error also says what OpenClaw was doing, such as reading its configuration.
            let stderr = String::from_utf8_lossy(&finished.stderr);
            let fuller = failure_reason::reason(&stderr)
                .filter(|reason| reason.as_str().ends_with(message.as_str()));
            GatewayError::new(error::of_message(message.as_str()))
                .saying(fuller.or_else(|| Some(message.clone())))
        }
        Unreadable::Broken => {
            GatewayError::new(ErrorKind::Unreadable).saying(Some(Text::clean("it breaks off")))
        }
        Unreadable::OtherJson => GatewayError::new(ErrorKind::Unreadable)
            .saying(Some(Text::clean("JSON, but no model status"))),
        Unreadable::TooMuch => GatewayError::new(ErrorKind::Unreadable)
            .saying(Some(Text::clean("more in it than any status has"))),
        Unreadable::Empty | Unreadable::NotJson => {
            let is_wrapped = gateway
                .openclaw
                .as_ref()
                .is_some_and(|words| words.len() > 1);
            error::of_openclaw(&run.stdout, &finished.stderr, run.exit, is_wrapped)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::unread;
    use crate::gateway::error::ErrorKind;
    use crate::gateway::failure_reason;
    use crate::gateway::framing;
    use crate::gateway::host::{Gateway, Name};
    use crate::status::document::Unreadable;
    use crate::system::process::{Ending, Finished};
    use crate::text::Text;
    use std::time::Duration;

    #[test]
    fn openclaws_message_is_told_with_what_it_was_doing() {
        let table = [
            (
                "config-broken",
                "JSON5: invalid end of input at 2:1",
                ErrorKind::OpenClawError,
                "Failed to read config at /x/home/.openclaw/openclaw.json: JSON5: invalid end of input at 2:1",
            ),
            (
                "busy",
                "database is locked",
                ErrorKind::Busy,
                "Failed to read config at /x/home/.openclaw/openclaw.json: database is locked",
            ),
            // Something else was printed there.
            (
                "no-service",
                "database is locked",
                ErrorKind::Busy,
                "database is locked",
            ),
        ];
        for (name, message, kind, detail) in table {
            let (exit, stderr) = failure_reason::sample(name);
            let run = framing::Run {
                stdout: (&b""[..]).into(),
                exit,
            };
            let finished = Finished {
                ending: Ending::Exited(0),
                stdout: Vec::new(),
                stderr: stderr.into_bytes(),
                first_byte: None,
                took: Duration::ZERO,
            };
            let gateway = Gateway::local(Name::parse("home").unwrap());
            let message = Unreadable::Error(Text::clean(message));
            let failure = unread(&message, &run, &gateway, &finished);
            assert_eq!(failure.kind, kind, "{name}");
            assert_eq!(failure.detail.unwrap().as_str(), detail, "{name}");
        }
    }
}
