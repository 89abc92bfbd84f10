//! Runs one command of OpenClaw or Claude Code on a gateway, with its input on a pipe.

use crate::gateway::error::{ErrorKind, GatewayError, no_openclaw};
use crate::gateway::host::Gateway;
use crate::gateway::run::{self, RunOptions};
use crate::gateway::script::{self, ExecRequest, Tool};
use crate::gateway::ssh_args::BatchMode;
use crate::secret::Secret;
use crate::system::System;

/// The result of a command.
pub(crate) enum Done {
    /// The program ended, with its output (stdout and stderr). Older versions repeat their input there, so it must be
    /// redacted before it is shown.
    Ran { exit: i32, said: Secret },
    /// OpenClaw is too old for the command; nothing was sent to it.
    TooOld,
    /// Claude Code is not installed on the gateway.
    NoClaude,
}

/// Runs a command, with `input` on its standard input, then EOF.
pub(crate) fn run(
    gateway: &Gateway,
    request: &ExecRequest,
    input: &[u8],
    system: &System,
) -> Result<Done, GatewayError> {
    let terms = RunOptions {
        limit: request.limit,
        stdin: input,
        batch_mode: BatchMode::On,
    };
    let text = |nonce: &str| script::exec(gateway, request, nonce);
    let run = run::run(gateway, text, &terms, system)?;
    let answer = run.answer()?;
    match (answer.openclaw, answer.run) {
        (None, _) => match request.tool {
            Tool::OpenClaw => Err(no_openclaw(gateway)),
            Tool::Claude => Ok(Done::NoClaude),
        },
        (_, Some(run)) if run.exit == 124 => Err(GatewayError::new(ErrorKind::OpenClawTimeout)),
        (_, Some(run)) => Ok(Done::Ran {
            exit: run.exit,
            said: String::from_utf8_lossy(&run.stdout).into_owned().into(),
        }),
        (_, None) => Ok(Done::TooOld),
    }
}
