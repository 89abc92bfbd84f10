//! `clawtap monitor`

mod check;
mod ntfy;
pub(crate) mod qr_code;
pub(crate) mod subscription;
pub(super) mod test_alert;
mod textfile;
mod timers;

use crate::cli::{self, MonitorCommand};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;

pub(crate) fn run(arguments: cli::Monitor, context: &Context) -> Result<Outcome, Error> {
    match arguments.command {
        None => check::run(arguments.run, context),
        Some(MonitorCommand::Install(arguments)) => timers::install(&arguments, context),
        Some(MonitorCommand::Uninstall(arguments)) => timers::uninstall(&arguments, context),
        Some(MonitorCommand::Status(_)) => timers::status(context),
        Some(MonitorCommand::TestAlert(arguments)) => test_alert::run(&arguments, context),
        Some(MonitorCommand::Ntfy(arguments)) => ntfy::run(&arguments, context),
    }
}
