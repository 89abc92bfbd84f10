//! `clawtap reauth`

use crate::app::assess::{Interactive, ask_one, assess_these, assessment};
use crate::cli;
use crate::commands::outcome::Outcome;
use crate::commands::tap;
use crate::config::{Config, Selection};
use crate::context::{Context, print};
use crate::error::{Error, Kind};
use crate::gateway::control_master::ControlMaster;
use crate::gateway::host::Gateway;
use crate::gateway::script::Want;
use crate::hint::Hint;
use crate::phone::Phone;
use crate::render::summary;
use crate::signin::argv;
use crate::signin::choose::{self, ask_which};
use crate::signin::flow::{Order, person, sign_in};
use crate::signin::method::Request;
use crate::status::verdict::Verdict;

pub(crate) fn run(arguments: cli::Reauth, context: &Context) -> Result<Outcome, Error> {
    let phone = &context.phone;
    let outcome = reauth(arguments, phone, context);
    // A widget has no terminal: what came of it must reach the screen too.
    match &outcome {
        Ok(line) => tap::tell(phone, line.clone(), Verdict::Ok, context),
        Err(error) => tap::tell_error(phone, error, context),
    }
    print(&format!("{}\n", outcome?))?;
    Ok(Outcome::Done)
}

/// Signs in, or says why there is nothing to do.
fn reauth(arguments: cli::Reauth, phone: &Phone, context: &Context) -> Result<String, Error> {
    let selection = match arguments.gateway {
        Some(name) => Selection::One(name),
        None => Selection::Default,
    };
    let config = context.load_config(&selection)?;
    if person(phone, context).is_none() && !arguments.dry_run {
        return Err(
            Error::new(Kind::Usage, "reauth needs a phone or a terminal")
                .hint(Hint::run("Start it in a terminal", "clawtap reauth")),
        );
    }
    let request = Request {
        provider: arguments.provider,
        profile: arguments.profile,
        method: arguments.method,
    };
    let gateway = which(&config, phone, context)?;
    let connection = ControlMaster::prepare(gateway, &context.system);
    let reply = ask_one(&connection.gateway, Want::Status, Interactive::Yes, context);
    let before = assessment(&connection.gateway, reply);
    let Some(route) = choose::route(&before, &request, phone, context)? else {
        return Ok(format!("{}; nothing to sign in to", summary::line(&before)));
    };
    if arguments.dry_run {
        return Ok(argv::described(&route, &connection.gateway)
            .trim_end()
            .into());
    }
    let order = Order {
        connection: &connection,
        route: &route,
        before: before.report(),
        restart: arguments.restart,
        phone,
        rules: &config.sign_in,
        notification: config.notification,
        ticket: None,
    };
    sign_in(&order, context).map(|done| done.line)
}

/// The gateway it is about: the only one, the only one where something is wrong, or the person's choice.
fn which<'a>(config: &'a Config, phone: &Phone, context: &Context) -> Result<&'a Gateway, Error> {
    let gateways = &config.gateways[..];
    if let [only] = gateways {
        return Ok(only);
    }
    let assessments = assess_these(gateways, Interactive::No, context)?;
    let troubled: Vec<_> = gateways
        .iter()
        .zip(&assessments)
        .filter(|(_, assessment)| {
            matches!(assessment.verdict(), Verdict::Broken | Verdict::Expiring)
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
    let number = ask_which(title, &labels, "clawtap reauth", phone, context)?;
    Ok(offered[number].0)
}
