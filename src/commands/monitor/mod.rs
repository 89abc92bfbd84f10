//! `clawtap monitor`

mod check;
mod ntfy;
pub(super) mod test_alert;
mod textfile;
pub(super) mod timers;

use crate::cli::{self, MonitorCommand};
use crate::commands::Session;
use crate::error::{Error, Outcome};

pub(crate) fn run(arguments: cli::Monitor, session: &Session) -> Result<Outcome, Error> {
    match arguments.command {
        None => check::run(arguments.run, session),
        Some(MonitorCommand::Install(arguments)) => timers::install(&arguments, session),
        Some(MonitorCommand::Uninstall(arguments)) => timers::uninstall(&arguments, session),
        Some(MonitorCommand::Status(_)) => timers::status(session),
        Some(MonitorCommand::TestAlert(arguments)) => test_alert::run(&arguments, session),
        Some(MonitorCommand::Ntfy(arguments)) => ntfy::run(&arguments, session),
    }
}
