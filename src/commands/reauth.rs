//! `clawtap reauth`

use crate::cli;
use crate::commands::questioning::{Person as Presence, ask_one, assess_these, assessment};
use crate::commands::signing_in::{Order, person, sign_in};
use crate::commands::{Session, print};
use crate::error::{Error, Kind, Outcome};
use crate::gateway::connection::Connection;
use crate::gateway::identity::Gateway;
use crate::gateway::request::Want;
use crate::login::plan;
use crate::login::route::{self, Choice, Route, Wish};
use crate::phone::dialog::Silence;
use crate::phone::{Phone, Reaction};
use crate::render::{summary, toast};
use crate::settings::{self, Selection};
use crate::status::assessment::{Assessment, Finding};
use crate::status::verdict::Verdict;

pub(crate) fn run(arguments: cli::Reauth, session: &Session) -> Result<Outcome, Error> {
    let phone = Phone::find(&session.environment);
    let outcome = reauth(arguments, &phone, session);
    let (toast, verdict) = match &outcome {
        Ok(line) => (line.clone(), Verdict::Ok),
        Err(error) => (error.to_string(), Verdict::Broken),
    };
    // A widget has no terminal: what came of it must reach the screen too.
    let reaction = Reaction {
        toast,
        vibration_ms: toast::vibration_ms(verdict),
        ..Reaction::default()
    };
    phone.tell(&reaction, &session.processes, &session.environment);
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
    let gateway = which(&settings.gateways, phone, session)?;
    let connection = Connection::to(gateway, &session.processes, &session.environment);
    let reply = ask_one(
        &connection.gateway,
        Want::Status,
        Presence::AtTerminal,
        session,
    );
    let before = assessment(&connection.gateway, reply);
    let Some(route) = choose(&before, &wish, phone, session)? else {
        return Ok(format!("{}: nothing to sign in to", summary::line(&before)));
    };
    if arguments.dry_run {
        return Ok(plan::described(&route, &connection.gateway)
            .trim_end()
            .into());
    }
    let report = match &before.finding {
        Finding::Judged(report, _) => Some(report.as_ref()),
        Finding::Unknown(_) => None,
    };
    let order = Order {
        connection: &connection,
        route: &route,
        before: report,
        restart: arguments.restart,
        phone,
        rules: &settings.sign_in,
        notification: settings.notification,
    };
    sign_in(&order, session).map(|done| done.line)
}

/// The gateway it is about: the only one, the only one where something is wrong, or the person's choice.
fn which<'a>(
    gateways: &'a [Gateway],
    phone: &Phone,
    session: &Session,
) -> Result<&'a Gateway, Error> {
    if let [only] = gateways {
        return Ok(only);
    }
    let assessments = assess_these(gateways, Presence::Away, session)?;
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
    let number = put("Sign in on which gateway?", &labels, phone, session)?;
    Ok(offered[number].0)
}

/// The sign-in for what is wrong or wished for; nothing if nothing is.
pub(crate) fn choose(
    assessment: &Assessment,
    wish: &Wish,
    phone: &Phone,
    session: &Session,
) -> Result<Option<Route>, Error> {
    let (report, judgement) = match &assessment.finding {
        Finding::Judged(report, judgement) => (report, judgement),
        Finding::Unknown(trouble) => {
            let what = format!("{}: {}", assessment.name, trouble.what);
            return Err(Error::new(Kind::Gateway, what).hint(trouble.next_step.clone()));
        }
    };
    match route::choose(Some(report), &judgement.concerns, wish)? {
        Choice::Nothing => Ok(None),
        Choice::One(route) => Ok(Some(route)),
        Choice::Several(mut candidates) => {
            let labels: Vec<String> = candidates.iter().map(route::Candidate::label).collect();
            let title = format!("{}: sign in to which?", assessment.name);
            let number = put(&title, &labels, phone, session)?;
            Ok(Some(candidates.swap_remove(number).route))
        }
    }
}

/// Has the person choose.
fn put(title: &str, labels: &[String], phone: &Phone, session: &Session) -> Result<usize, Error> {
    let usage = |what: &str| {
        Error::new(Kind::Usage, what).hint(format!("Say which: {}", labels.join("; ")))
    };
    let person = person(phone, session).ok_or_else(|| usage("there are several to choose from"))?;
    match person.choose(title, labels) {
        Ok(Some(number)) => Ok(number),
        Ok(None) => {
            Err(Error::new(Kind::SignIn, "nothing was chosen").hint("Again: clawtap reauth"))
        }
        Err(Silence::NobodyThere) => Err(usage("nobody chose")),
        Err(Silence::NotAsked(reason)) => Err(usage(&reason)),
    }
}
