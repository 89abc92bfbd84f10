//! Shows a new gateway's host key, and pins it.

use crate::commands::init::obstacle::explained;
use crate::context::Context;
use crate::error::Error;
use crate::gateway::error::GatewayError;
use crate::gateway::host::{Gateway, Ssh};
use crate::gateway::host_key;
use crate::hint::Hint;
use crate::system::terminal;

/// Asks first, unless `yes`.
pub(super) fn pin(gateway: &Gateway, ssh: &Ssh, yes: bool, context: &Context) -> Result<(), Error> {
    let explained = |failure: GatewayError| explained(&failure, gateway, context);
    let offer = host_key::offered(ssh, &context.system).map_err(explained)?;
    terminal::eprint(&format!(
        "{} is new to this device. Its host key:\n  {}\n",
        ssh.target.host(),
        offer.fingerprint
    ));
    if !yes {
        let refused = |message: &str| {
            Error::gateway(format!("{}: {message}; nothing was written", gateway.name))
        };
        if !context.terminal.is_interactive {
            return Err(refused("its host key is not confirmed")
                .hint("Compare it with the gateway's own, then run init again with --yes"));
        }
        let answer = terminal::ask("Is that the gateway's own? Pin it? [y/N] ")
            .ok()
            .flatten();
        if !answer.is_some_and(|answer| matches!(answer.to_lowercase().as_str(), "y" | "yes")) {
            return Err(refused("its host key was not accepted").hint(Hint::run(
                "On the gateway",
                "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
            )));
        }
    }
    let file = host_key::pin(&offer, ssh, &context.system).map_err(explained)?;
    terminal::eprint(&format!(
        "Pinned in {}\n",
        context.system.environment.display_path(&file)
    ));
    Ok(())
}
