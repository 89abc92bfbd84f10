//! `clawtap monitor test-alert`

use crate::alerts::channels::Dispatcher;
use crate::alerts::message::Message;
use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::channel::{self, Channel, DeliveryError};
use crate::config::{Config, Selection};
use crate::context::{Context, print};
use crate::error::{Error, Kind};
use crate::hint::Hint;
use crate::phone::Phone;
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
        let message = Message::test(&config.gateways[0], clock::now());
        let result = dispatcher.deliver(channel, &message);
        if context.system.processes.interrupted() {
            return Err(Error::interrupted("interrupted"));
        }
        print(&line(channel, result.as_ref().err()))?;
        failed += usize::from(result.is_err());
    }
    match failed {
        0 => Ok(Outcome::Done),
        _ => Ok(Outcome::Failed(Kind::Undelivered)),
    }
}

/// All channels in use, or the one of this name.
fn chosen(name: Option<&str>, config: &Config, context: &Context) -> Result<Vec<Channel>, Error> {
    let on_a_phone = matches!(context.phone, Phone::Termux);
    let mut channels = channel::in_use(&config.alerts.channels, on_a_phone);
    if channels.is_empty() {
        return Err(
            Error::configuration("no channel for alerts is configured yet").hint(
                Hint::run("Make one", "clawtap monitor ntfy")
                    .say("; or add [alerts.openclaw] or [alerts.command]"),
            ),
        );
    }
    let Some(name) = name else {
        return Ok(channels);
    };
    if let Some(place) = channels.iter().position(|channel| channel.name == name) {
        return Ok(vec![channels.swap_remove(place)]);
    }
    let names: Vec<&str> = channels.iter().map(|it| it.name.as_str()).collect();
    let name = Text::clean(name);
    let error = Error::usage(format!("no channel is called \"{name}\""));
    Err(match nearest(name.as_str(), names.iter().copied()) {
        Some(near) => error.hint(format!("Did you mean {near}?")),
        None => error.hint(format!("There is: {}", names.join(", "))),
    })
}

fn line(channel: &Channel, problem: Option<&DeliveryError>) -> String {
    let name = &channel.name;
    match problem {
        None => format!("✓ {name}: delivered\n"),
        Some(problem) => format!("✗ {name}: {}\n", problem.reason),
    }
}
