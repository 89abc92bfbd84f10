//! `clawtap guide`

mod actions;
mod choices;
mod reminder;
mod tour;

use std::time::Duration;

use crate::cli;
use crate::commands::guide::tour::Tour;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::Error;
use crate::gateway::control_master::prepare_each;
use crate::hint::Hint;
use crate::phone::Phone;
use crate::phone::dialog::{Dialogs, NoAnswer, Prompts};
use crate::status::assessment::worst;
use crate::system::terminal;

/// How long a dialog waits for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(arguments: cli::Guide, context: &Context) -> Result<Outcome, Error> {
    if matches!(context.phone, Phone::Terminal) && !context.terminal.is_interactive {
        return Err(Error::usage("guide needs a phone or a terminal")
            .hint(Hint::run("Without either", "clawtap status")));
    }
    let selection = arguments.which.into();
    let mut config = context.load_config(&selection)?;
    let _connections = prepare_each(&mut config.gateways, &context.system);
    let dialogs = Dialogs {
        system: &context.system,
        patience: PATIENCE,
    };
    let prompts = Prompts {
        processes: &context.system.processes,
    };
    let mut tour = Tour {
        person: if matches!(context.phone, Phone::Termux) {
            &dialogs
        } else {
            &prompts
        },
        config,
        assessments: Vec::new(),
        context,
    };
    tour.begin()?;
    match tour.walk() {
        Ok(()) => {}
        Err(NoAnswer::Timeout) => terminal::eprint("Nobody answered; guide has ended.\n"),
        Err(NoAnswer::Unavailable(reason)) if context.system.processes.interrupted() => {
            return Err(Error::interrupted(reason));
        }
        Err(NoAnswer::Unavailable(reason)) => {
            return Err(
                Error::machine(reason).hint(Hint::run("In a terminal there is", "clawtap status"))
            );
        }
    }
    Ok(Outcome::Judged(worst(&tour.assessments)))
}
