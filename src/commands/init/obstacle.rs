//! What keeps a gateway from being set up, and what to do about it.

use crate::context::Context;
use crate::error::Error;
use crate::gateway::error::{ErrorKind, GatewayError};
use crate::gateway::host::{Gateway, Transport};
use crate::gateway::status::Reply;
use crate::hint::Hint;
use crate::system::files;

/// The failure that makes a gateway unusable. A problem that OpenClaw itself reports is none: `status` shows it.
pub(super) fn obstacle(reply: &Reply) -> Option<&GatewayError> {
    let failure = reply.outcome.as_ref().err()?;
    let unwell = matches!(
        failure.kind,
        ErrorKind::NeedsDoctor
            | ErrorKind::NotAllowed
            | ErrorKind::Busy
            | ErrorKind::OpenClawError
            | ErrorKind::NoAnswer
            | ErrorKind::Unreadable
            | ErrorKind::OpenClawTimeout
    );
    (!unwell).then_some(failure)
}

pub(super) fn explained(failure: &GatewayError, gateway: &Gateway, context: &Context) -> Error {
    let mut message = format!("{}: {}", gateway.name, failure.kind.what());
    if let Some(detail) = &failure.detail {
        message.push_str(&format!("\n  {detail}"));
    }
    let hint = match (failure.kind, &gateway.transport) {
        (ErrorKind::Refused, Transport::Ssh(ssh))
            if ssh.identity_file.is_none() && !has_key(context) =>
        {
            Hint::from("This device has no ssh key yet. Make one with ssh-keygen")
                .then(format!("ssh-copy-id {}", ssh.words()))
        }
        (ErrorKind::NoOpenClaw, _) => {
            let words = "Is OpenClaw installed there? If so, say where";
            Hint::run(words, "clawtap init … --openclaw PATH")
        }
        _ => failure.next_step(gateway),
    };
    Error::gateway(message).hint(hint)
}

fn has_key(context: &Context) -> bool {
    let is_key = |name: &str| name.starts_with("id_");
    context
        .system
        .environment
        .home()
        .is_some_and(|home| files::holds(&home.join(".ssh"), is_key))
}
