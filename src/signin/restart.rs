//! The restart of OpenClaw's gateway process after a sign-in.

use clap::ValueEnum;

use crate::context::Context;
use crate::gateway::exec::{self, Done};
use crate::gateway::failure_reason::reason;
use crate::gateway::host::Gateway;
use crate::gateway::models_auth;
use crate::gateway::script::ExecRequest;
use crate::redact;
use crate::signin::ask_user::person;
use crate::signin::progress::report_progress;
use crate::system::{System, terminal};
use crate::text::Text;

/// Whether OpenClaw's gateway process is restarted where it asks for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Restart {
    /// Restart it
    Yes,
    /// Leave it, and say how
    No,
    /// Ask; leave it if nobody answers
    Ask,
}

/// Restarts the gateway process, or prints how, as `restart` and the person decide. The login is stored already.
pub(crate) fn restart(gateway: &Gateway, restart: Restart, context: &Context) {
    let wanted = match restart {
        Restart::Yes => true,
        Restart::No => false,
        Restart::Ask => {
            let person = person(context);
            let choices = ["Restart it", "Later"].map(String::from);
            let title = "OpenClaw must restart to use the new login";
            person.is_some_and(|person| person.choose(title, &choices) == Ok(Some(0)))
        }
    };
    if !wanted {
        terminal::eprint("Later, on the gateway: openclaw gateway restart\n");
        return;
    }
    report_progress(&format!("{}: restarting…", gateway.name), context);
    if let Err(why) = manage(gateway, &models_auth::restart(), &context.system) {
        report_progress(&format!("{}: not restarted: {why}", gateway.name), context);
        terminal::eprint("→ On the gateway: openclaw gateway restart\n");
    }
}

/// Runs a command that starts or restarts the gateway process.
///
/// # Errors
/// Why it failed, in OpenClaw's words if there are any.
pub(crate) fn manage(
    gateway: &Gateway,
    command: &ExecRequest,
    system: &System,
) -> Result<(), Text> {
    let why = match exec::run(gateway, command, &[], system) {
        Ok(Done::Ran { exit: 0, .. }) => return Ok(()),
        Ok(Done::Ran { said, .. }) => reason(&redact::redact(said.reveal())),
        Ok(Done::TooOld | Done::NoClaude) => None,
        Err(failure) => failure
            .detail
            .or_else(|| Some(Text::clean(failure.kind.what()))),
    };
    Err(why.unwrap_or_else(|| Text::clean("openclaw does not say why")))
}

/// Whether OpenClaw's output asks for a restart of its gateway process.
pub(crate) fn wants_restart(said: &str) -> bool {
    said.contains("gateway restart")
}
