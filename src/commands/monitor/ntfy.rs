//! `clawtap monitor ntfy`

use std::path::Path;

use crate::cli;
use crate::commands::monitor::subscription::{self, Screen};
use crate::commands::outcome::Outcome;
use crate::config::edit::{self, Missing};
use crate::config::{self, channel};
use crate::context::{Context, print};
use crate::error::Error;
use crate::system::{random, terminal};

pub(super) fn run(arguments: &cli::MonitorNtfy, context: &Context) -> Result<Outcome, Error> {
    let server = arguments.server.as_deref().map(channel::server).transpose();
    let server =
        server.map_err(|reason| Error::usage(format!("--server is not usable: {reason}")))?;
    let path = config::config_path(context.config_path.as_deref(), &context.system.environment)?;
    make_what_is_missing(&path, server.as_deref(), context)?;
    let topics = edit::all(&path, &context.system.environment)?;
    let screen = Screen {
        columns: context.terminal.width,
        color: context.terminal.color,
        in_termux: context.system.environment.termux_prefix().is_some(),
    };
    let shown = terminal::stdout_is_terminal();
    let several = topics.len() > 1;
    let mut text = String::new();
    for (name, topic) in topics {
        if !shown {
            text.push_str(&format!("{}\n", subscription::link(&topic)));
            continue;
        }
        if several {
            let gap = if text.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{gap}{name}\n"));
        }
        text.push_str(&subscription::shown(&topic, &screen));
    }
    if shown {
        text.push_str("Then try it: clawtap monitor test-alert\n");
    }
    print(&text)?;
    Ok(Outcome::Done)
}

/// Adds a topic with a random name to the configuration, unless it has one, and prints where it is.
fn make_what_is_missing(path: &Path, server: Option<&str>, context: &Context) -> Result<(), Error> {
    let missing = edit::inspect(path, &context.system.environment)?;
    let spelled = context.system.environment.display_path(path);
    match (missing, server) {
        (Missing::Nothing, None) => return Ok(()),
        (Missing::Nothing, Some(_)) => {
            // A mistake in the configuration is reported before anything is written.
            edit::all(path, &context.system.environment)?;
            return Err(Error::usage("--server is for a new topic; there is one")
                .hint(format!("See [alerts.ntfy] in {spelled}, or NOTIFY_NTFY")));
        }
        (Missing::Topic { has_server: true }, Some(_)) => {
            return Err(
                Error::usage("--server is for a new topic; [alerts.ntfy] has a url")
                    .hint(format!("See {spelled}, or leave --server out")),
            );
        }
        (Missing::Topic { .. } | Missing::Table, _) => {}
    }
    let server = server.filter(|server| *server != channel::NTFY_SERVER);
    let random = random::token()
        .map_err(|error| Error::machine(format!("cannot make a secret topic: {error}")))?;
    edit::add_to_config(
        path,
        server,
        &format!("clawtap-{random}"),
        &context.system.environment,
    )?;
    terminal::eprint(&format!(
        "A new topic is in {spelled}.\n\
         Whoever knows it can read the alerts and\n\
         send some: keep it like a password.\n\n"
    ));
    Ok(())
}
