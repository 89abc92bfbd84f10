//! `clawtap sync`

use crate::app::announce::{announce, announce_error};
use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::Selection;
use crate::context::{Context, print};
use crate::error::Error;
use crate::gateway::argument::Argument;
use crate::signin::choose::ask_which;
use crate::status::verdict::Verdict;
use crate::sync::decide::Request;
use crate::sync::flow::Sync;
use crate::sync::outcome::{self, Synced};

pub(crate) fn run(arguments: &cli::Sync, context: &Context) -> Result<Outcome, Error> {
    let json = arguments.json;
    let outcome = sync(arguments, context);
    match &outcome {
        Ok(synced) => announce(synced.line(), Verdict::Ok, context),
        Err(error) => announce_error(error, context),
    }
    match &outcome {
        Ok(synced) if json => print(&synced.json())?,
        Ok(synced) => print(&format!("{}\n", synced.line()))?,
        Err(error) if json => print(&outcome::failed(error))?,
        Err(_) => {}
    }
    outcome.map(|_| Outcome::Done)
}

fn sync(arguments: &cli::Sync, context: &Context) -> Result<Synced, Error> {
    let selection = match &arguments.gateway {
        Some(name) => Selection::One(name.clone()),
        None => Selection::Default,
    };
    let config = context.load_config(&selection)?;
    let gateway = match &config.gateways[..] {
        [only] => only,
        several => {
            let names: Vec<_> = several.iter().map(|it| it.name.to_string()).collect();
            let title = "Sync on which gateway?";
            &several[ask_which(title, &names, "clawtap sync", context)?]
        }
    };
    let profile = arguments.profile.as_deref().map(|text| {
        Argument::profile(text).ok_or_else(|| {
            Error::usage("--profile is no login's id").hint("One is like anthropic:claude-code")
        })
    });
    let job = Sync {
        gateway,
        config: &config,
        request: Request {
            form: arguments.form,
            profile: profile.transpose()?,
            force: arguments.force,
        },
        from: arguments.from,
        restart: arguments.restart,
        dry_run: arguments.dry_run,
        context,
    };
    job.run()
}
