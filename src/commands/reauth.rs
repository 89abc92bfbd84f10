//! `clawtap reauth`

use crate::cli;
use crate::commands::choosing::{self, ask_which};
use crate::commands::questioning::{Person as Presence, ask_one, assess_these, assessment};
use crate::commands::signing_in::{Order, person, sign_in};
use crate::commands::{Session, print, tap};
use crate::error::{Error, Kind, Outcome};
use crate::gateway::connection::Connection;
use crate::gateway::identity::Gateway;
use crate::gateway::request::Want;
use crate::login::plan;
use crate::login::route::Wish;
use crate::phone::Phone;
use crate::render::summary;
use crate::settings::{self, Selection, Settings};
use crate::status::verdict::Verdict;

pub(crate) fn run(arguments: cli::Reauth, session: &Session) -> Result<Outcome, Error> {
    let phone = Phone::find(&session.environment);
    let outcome = reauth(arguments, &phone, session);
    // A widget has no terminal: what came of it must reach the screen too.
    match &outcome {
        Ok(line) => tap::tell(&phone, line.clone(), Verdict::Ok, session),
        Err(error) => tap::tell_error(&phone, error, session),
    }
    print(&format!("{}\n", outcome?))?;
    Ok(Outcome::Done)
}

/// Signs in, or says why there is nothing to do.
fn reauth(arguments: cli::Reauth, phone: &Phone, session: &Session) -> Result<String, Error> {
    let selection = match arguments.gateway {
        Some(name) => Selection::One(name),
        None => Selection::Default,
    };
    let settings = settings::load(&selection, session.config.as_deref(), &session.environment)?;
    if person(phone, session).is_none() && !arguments.dry_run {
        return Err(
            Error::new(Kind::Usage, "reauth needs a phone or a terminal")
                .hint("Start it in a terminal: clawtap reauth"),
        );
    }
    let wish = Wish {
        provider: arguments.provider,
        profile: arguments.profile,
        method: arguments.method,
    };
    let gateway = which(&settings, phone, session)?;
    let connection = Connection::to(gateway, &session.processes, &session.environment);
    let reply = ask_one(
        &connection.gateway,
        Want::Status,
        settings.fresh(),
        Presence::AtTerminal,
        session,
    );
    let before = assessment(&connection.gateway, reply);
    let Some(route) = choosing::route(&before, &wish, phone, session)? else {
        return Ok(format!("{}; nothing to sign in to", summary::line(&before)));
    };
    if arguments.dry_run {
        return Ok(plan::described(&route, &connection.gateway)
            .trim_end()
            .into());
    }
    let order = Order {
        connection: &connection,
        route: &route,
        before: before.report(),
        restart: arguments.restart,
        phone,
        rules: &settings.sign_in,
        notification: settings.notification,
        freshness: settings.fresh(),
        ticket: None,
    };
    sign_in(&order, session).map(|done| done.line)
}

/// The gateway it is about: the only one, the only one where something is wrong, or the person's choice.
fn which<'a>(
    settings: &'a Settings,
    phone: &Phone,
    session: &Session,
) -> Result<&'a Gateway, Error> {
    let gateways = &settings.gateways[..];
    if let [only] = gateways {
        return Ok(only);
    }
    let assessments = assess_these(gateways, settings.fresh(), Presence::Away, session)?;
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
    let number = ask_which(title, &labels, "clawtap reauth", phone, session)?;
    Ok(offered[number].0)
}
