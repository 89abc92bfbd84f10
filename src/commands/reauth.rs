//! `clawtap reauth`

use crate::app::announce::{announce, announce_error};
use crate::app::assess::{Interactive, ask_one, assess_these, assessment};
use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::{Config, Selection};
use crate::context::{Context, print};
use crate::error::Error;
use crate::gateway::control_master::ControlMaster;
use crate::gateway::host::Gateway;
use crate::gateway::script::Want;
use crate::hint::Hint;
use crate::render::summary;
use crate::signin::argv;
use crate::signin::ask_user::person;
use crate::signin::choose::{self, ask_which};
use crate::signin::flow::SignInFlow;
use crate::signin::method::Request;
use crate::status::verdict::Verdict;

pub(crate) fn run(arguments: cli::Reauth, context: &Context) -> Result<Outcome, Error> {
    let outcome = reauth(arguments, context);
    // A widget has no terminal: the result is shown as a toast too.
    match &outcome {
        Ok(line) => announce(line.clone(), Verdict::Ok, context),
        Err(error) => announce_error(error, context),
    }
    print(&format!("{}\n", outcome?))?;
    Ok(Outcome::Done)
}

/// Signs in, or returns why there is nothing to do.
fn reauth(arguments: cli::Reauth, context: &Context) -> Result<String, Error> {
    let selection = match arguments.gateway {
        Some(name) => Selection::One(name),
        None => Selection::Default,
    };
    let config = context.load_config(&selection)?;
    if person(context).is_none() && !arguments.dry_run {
        return Err(Error::usage("reauth needs a phone or a terminal")
            .hint(Hint::run("Start it in a terminal", "clawtap reauth")));
    }
    let request = Request {
        provider: arguments.provider,
        profile: arguments.profile,
        method: arguments.method,
    };
    let gateway = which(&config, context)?;
    let mut connection = ControlMaster::prepare(gateway, &context.system);
    let reply = ask_one(&connection.gateway, Want::Status, Interactive::Yes, context);
    let before = assessment(&connection.gateway, reply);
    let Some(method) = choose::method(&before, &request, context)? else {
        return Ok(format!("{}; nothing to sign in to", summary::line(&before)));
    };
    if arguments.dry_run {
        return Ok(
            argv::described(&method, before.report(), &connection.gateway)
                .trim_end()
                .into(),
        );
    }
    let flow = SignInFlow {
        method: &method,
        before: before.report(),
        restart: arguments.restart,
        config: &config,
        for_sync: false,
        lock: None,
    };
    flow.run(&mut connection, context).map(|signed| signed.line)
}

/// The gateway to sign in on: the only one, the only one with an issue, or the person's choice.
fn which<'a>(config: &'a Config, context: &Context) -> Result<&'a Gateway, Error> {
    let gateways = &config.gateways[..];
    if let [only] = gateways {
        return Ok(only);
    }
    let assessments = assess_these(gateways, Interactive::No, context)?;
    let troubled: Vec<_> = gateways
        .iter()
        .zip(&assessments)
        .filter(|(_, assessment)| {
            // No sign-in starts an OpenClaw that is not running.
            matches!(
                assessment.login_verdict(),
                Verdict::Broken | Verdict::Expiring
            )
        })
        .collect();
    if let [(only, _)] = troubled[..] {
        return Ok(only);
    }
    let offered = if troubled.is_empty() {
        gateways.iter().zip(&assessments).collect()
    } else {
        troubled
    };
    let labels: Vec<String> = offered
        .iter()
        .map(|(_, assessment)| summary::line(assessment))
        .collect();
    let title = "Sign in on which gateway?";
    let number = ask_which(title, &labels, "clawtap reauth", context)?;
    Ok(offered[number].0)
}
