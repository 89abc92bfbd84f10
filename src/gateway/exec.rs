//! Errands: a program does one thing on a gateway, and reads what it is given on a pipe.

use crate::gateway::error::{ErrorKind, GatewayError};
use crate::gateway::host::Gateway;
use crate::gateway::run::{self, RunOptions};
use crate::gateway::script::{self, ExecRequest, Tool};
use crate::gateway::ssh_args::BatchMode;
use crate::secret::Secret;
use crate::system::System;

/// An errand that has been run.
pub(crate) enum Done {
    /// The program ended by itself, with what it said on both its outputs. Older ones repeat what they were given:
    /// not for any screen before it was looked through.
    Ran { exit: i32, said: Secret },
    /// OpenClaw is older than the errand needs; it was given nothing.
    TooOld,
    /// Claude Code is not there.
    NoClaude,
}

/// Runs an errand; OpenClaw reads `input`, and then the end of it.
pub(crate) fn run(
    gateway: &Gateway,
    errand: &ExecRequest,
    input: &[u8],
    system: &System,
) -> Result<Done, GatewayError> {
    let terms = RunOptions {
        limit: errand.limit,
        stdin: input,
        batch_mode: BatchMode::On,
    };
    let text = |nonce: &str| script::exec(gateway, errand, nonce);
    let run = run::run(gateway, text, &terms, system)?;
    let answer = run.answer()?;
    match (answer.openclaw, answer.run) {
        (None, _) => match errand.tool {
            Tool::OpenClaw => Err(GatewayError::new(ErrorKind::NoOpenClaw)),
            Tool::Claude => Ok(Done::NoClaude),
        },
        (_, Some(run)) if run.exit == 124 => Err(GatewayError::new(ErrorKind::OpenClawTimeout)),
        (_, Some(run)) => Ok(Done::Ran {
            exit: run.exit,
            said: String::from_utf8_lossy(run.stdout).into_owned().into(),
        }),
        (_, None) => Ok(Done::TooOld),
    }
}
