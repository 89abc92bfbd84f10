//! `clawtap monitor test-alert`

use chrono::{DateTime, Utc};

use crate::alerts::channels::dispatcher::Dispatcher;
use crate::alerts::message::{Message, Severity, TEST};
use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::channel::{self, Channel, Undelivered};
use crate::config::{Config, Selection};
use crate::context::{Context, print};
use crate::error::{Error, Kind};
use crate::gateway::host::{Gateway, Identifier};
use crate::hint::Hint;
use crate::phone::Phone;
use crate::phone::notification::Notification;
use crate::suggest::nearest;
use crate::system::clock;
use crate::text::Text;

pub(super) fn run(arguments: &cli::TestAlert, context: &Context) -> Result<Outcome, Error> {
    let config = context.load_config(&Selection::Default)?;
    let channels = chosen(arguments.channel.as_deref(), &config, context)?;
    let dispatcher = Dispatcher {
        gateways: &config.known,
        phone: &context.phone,
        launcher: &context.launcher,
        system: &context.system,
    };
    let mut failed = 0;
    for channel in &channels {
        let result = send(channel, &config.gateways[0], &dispatcher);
        if context.system.processes.interrupted() {
            return Err(Error::new(Kind::Interrupted, "interrupted"));
        }
        print(&line(channel, result.as_ref().err()))?;
        failed += usize::from(result.is_err());
    }
    match failed {
        0 => Ok(Outcome::Done),
        _ => Ok(Outcome::Failed(Kind::Undelivered)),
    }
}

/// Sends a test about a gateway.
pub(in crate::commands) fn send(
    channel: &Channel,
    gateway: &Gateway,
    dispatcher: &Dispatcher,
) -> Result<(), Undelivered> {
    dispatcher.deliver(channel, &message(gateway, clock::now()))
}

/// All of them, or the one that is meant.
fn chosen(name: Option<&str>, config: &Config, context: &Context) -> Result<Vec<Channel>, Error> {
    let on_a_phone = matches!(context.phone, Phone::Termux);
    let mut channels = channel::in_use(&config.alerts.channels, on_a_phone);
    if channels.is_empty() {
        return Err(Error::new(
            Kind::Configuration,
            "no channel for alerts is configured yet",
        )
        .hint(
            Hint::run("Make one", "clawtap monitor ntfy")
                .say("; or add [alerts.openclaw] or [alerts.command]"),
        ));
    }
    let Some(name) = name else {
        return Ok(channels);
    };
    if let Some(place) = channels.iter().position(|channel| channel.name == name) {
        return Ok(vec![channels.swap_remove(place)]);
    }
    let names: Vec<&str> = channels.iter().map(|it| it.name.as_str()).collect();
    let name = Text::clean(name);
    let error = Error::new(Kind::Usage, format!("no channel is called \"{name}\""));
    Err(match nearest(name.as_str(), names.iter().copied()) {
        Some(near) => error.hint(format!("Did you mean {near}?")),
        None => error.hint(format!("There is: {}", names.join(", "))),
    })
}

/// Tells of nothing.
fn message(gateway: &Gateway, now: DateTime<Utc>) -> Message {
    let name = gateway.name.to_string();
    let agent = gateway.agent.as_ref().map(Identifier::as_str);
    let title = format!("{name}: test alert");
    let body = "This is a test of clawtap's alerts. Nothing is wrong.";
    Message {
        severity: Severity::Info,
        event: TEST,
        agent: agent.map(str::to_owned),
        provider: None,
        profile: None,
        ends: None,
        title: title.clone(),
        body: body.into(),
        page: None,
        notification: Notification {
            gateway: name.clone(),
            title,
            content: body.into(),
            priority: "low",
            ongoing: false,
            buttons: &[],
            picture: None,
        },
        gateway: name,
        at: now,
    }
}

fn line(channel: &Channel, problem: Option<&Undelivered>) -> String {
    let name = &channel.name;
    match problem {
        None => format!("✓ {name}: delivered\n"),
        Some(problem) => format!("✗ {name}: {}\n", problem.reason),
    }
}
