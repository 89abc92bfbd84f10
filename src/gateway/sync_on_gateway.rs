//! A sync on the gateway: OpenClaw stores the login of the gateway's own Claude Code. The token never leaves that host.

use crate::gateway::claude_login::Fault;
use crate::gateway::error::{self, ErrorKind, GatewayError, no_openclaw};
use crate::gateway::framing::Answer;
use crate::gateway::host::Gateway;
use crate::gateway::run::{self, RunOptions};
use crate::gateway::script::{self, SyncRequest};
use crate::gateway::ssh_args::BatchMode;
use crate::secret::Secret;
use crate::system::System;
use crate::text::Text;

/// The result of a sync. Only with `Ran` was OpenClaw asked to store the token.
pub(crate) enum Done {
    /// OpenClaw exited by itself, with its output (stdout and stderr): redact it before it is shown.
    Ran { exit: i32, said: Secret },
    /// OpenClaw is too old: it would have printed the token.
    TooOld,
    /// The login has become missing or unusable: the fault, and the login's place.
    Fault(Fault, Text),
    /// The login is no longer the requested one: Claude Code has renewed it.
    Changed,
    /// The login has expired meanwhile.
    Expired,
}

/// Passes Claude Code's access token to OpenClaw, by `sh/sync_on_gateway.sh` on the gateway.
pub(crate) fn run(
    gateway: &Gateway,
    request: &SyncRequest,
    system: &System,
) -> Result<Done, GatewayError> {
    let terms = RunOptions {
        limit: request.limit,
        stdin: &[],
        batch_mode: BatchMode::On,
    };
    let text = |nonce: &str| script::sync_on_gateway(gateway, request, nonce);
    let run = run::run(gateway, text, &terms, system)?;
    let answer = run.answer()?;
    if answer.openclaw.is_none() {
        return Err(no_openclaw(gateway));
    }
    judge(answer, &run.finished.stderr)
}

/// The result of a sync, from its answer.
fn judge(answer: Answer<'_>, stderr: &[u8]) -> Result<Done, GatewayError> {
    if let Some(run) = answer.run {
        if run.exit == 124 {
            return Err(GatewayError::new(ErrorKind::OpenClawTimeout));
        }
        return Ok(Done::Ran {
            exit: run.exit,
            said: String::from_utf8_lossy(&run.stdout).into_owned().into(),
        });
    }
    if answer.version.is_none_or(|version| version.is_empty()) {
        return Err(error::of_openclaw(b"", stderr, 1, false));
    }
    match answer.skipped.as_deref() {
        Some("too-old") => return Ok(Done::TooOld),
        Some("changed") => return Ok(Done::Changed),
        Some("expired") => return Ok(Done::Expired),
        _ => {}
    }
    let fault = answer
        .source
        .and_then(|(word, place)| Some((Fault::from_word(&word)?, Text::clean(&place))));
    match fault {
        Some((fault, place)) => Ok(Done::Fault(fault, place)),
        None => Err(GatewayError::new(ErrorKind::NoAnswer)),
    }
}

#[cfg(test)]
mod tests;
