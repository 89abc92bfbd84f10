//! `clawtap history`

use chrono::TimeDelta;

use crate::cli;
use crate::commands::outcome::Outcome;
use crate::context::{Context, print};
use crate::error::Error;
use crate::history::render::{self, View};
use crate::history::{Event, log};
use crate::suggest::nearest;
use crate::system::{clock, terminal};
use crate::text::Text;

pub(crate) fn run(arguments: &cli::History, context: &Context) -> Result<Outcome, Error> {
    let log = log::read(&context.system.environment)?;
    if context.verbose && log.unreadable > 0 {
        let count = log.unreadable;
        terminal::eprint(&format!("clawtap: lines that cannot be read: {count}\n"));
    }
    let events = match &arguments.gateway {
        Some(name) => of_gateway(name, log.events)?,
        None => log.events,
    };
    let now = clock::now();
    let since = now - TimeDelta::days(arguments.days.into());
    print(&if arguments.json {
        let recent = events.iter().filter(|event| event.at() >= since);
        recent.map(Event::line).collect()
    } else {
        let view = View {
            since,
            now,
            width: context.terminal.width,
        };
        render::render(&events, view, clock::local)
    })?;
    Ok(Outcome::Done)
}

/// The history of one gateway, configured or not: a removed one still has a history.
fn of_gateway(name: &str, events: Vec<Event>) -> Result<Vec<Event>, Error> {
    let mut known: Vec<String> = events
        .iter()
        .map(|event| event.gateway().to_owned())
        .collect();
    known.sort();
    known.dedup();
    if known.is_empty() || known.iter().any(|gateway| gateway == name) {
        let of_it = events.into_iter().filter(|event| event.gateway() == name);
        return Ok(of_it.collect());
    }
    let shown = Text::clean(name);
    let message = format!("no gateway \"{shown}\" in the history");
    let hint = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("Did you mean {near}?"),
        None => format!("There are: {}", known.join(", ")),
    };
    Err(Error::usage(message).hint(hint))
}
