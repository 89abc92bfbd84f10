//! The gateway that `init` is about.

use crate::cli;
use crate::config::as_list;
use crate::context::Context;
use crate::error::Error;
use crate::gateway::host::{DEFAULT_LIMIT, Gateway, Identifier, Name, Ssh, Target, Transport};
use crate::system::terminal;
use std::path::PathBuf;

/// The gateway that the command line describes; asks for what is missing.
pub(super) fn described(
    arguments: cli::Init,
    configured: &[Gateway],
    context: &Context,
) -> Result<Gateway, Error> {
    let usage = |what: &str, reason: String| Error::usage(format!("{what}: {reason}"));
    let absolute = |path: PathBuf| context.system.environment.absolute(&path);
    let transport = if arguments.local {
        Transport::Local
    } else {
        let target = match arguments.target {
            Some(target) => target,
            None => asked_for_target(context)?,
        };
        Transport::Ssh(Ssh {
            target: Target::parse(&target).map_err(|reason| {
                usage("that target is not usable", reason)
                    .hint("Give a host, user@host or an ssh alias")
            })?,
            port: arguments.port,
            identity_file: arguments.identity_file.map(absolute),
            config: arguments.ssh_config.map(absolute),
            control_path: None,
        })
    };
    let identifier = |name: &str, value: Option<String>| {
        value
            .map(|value| Identifier::parse(&value).map_err(|reason| usage(name, reason)))
            .transpose()
    };
    let name = match arguments.name {
        Some(name) => Name::parse(&name).map_err(|reason| usage("--name", reason))?,
        None => default_name(&transport, configured)?,
    };
    if let [program] = &arguments.openclaw[..]
        && let Some(list) = as_list(program)
    {
        let words: Vec<String> = program
            .split_whitespace()
            .map(|word| format!("--openclaw {word}"))
            .collect();
        return Err(
            Error::usage(format!("--openclaw names one program, not {list}"))
                .hint(format!("Word by word: {}", words.join(" "))),
        );
    }
    let asked = Gateway {
        name,
        transport,
        openclaw: (!arguments.openclaw.is_empty()).then_some(arguments.openclaw),
        agent: identifier("--agent", arguments.agent)?,
        profile: identifier("--profile", arguments.profile)?,
        limit: DEFAULT_LIMIT,
    };
    match configured.iter().find(|known| known.name == asked.name) {
        // A second init of the same gateway, to pin its key: options that are left out keep their configured values.
        Some(known) if asked.leaves_open(known) => Ok(known.clone()),
        Some(known) => Err(Error::usage(format!(
            "{} is configured already, and differently",
            known.name
        ))
        .hint("Choose another --name, or edit the configuration")),
        None => Ok(asked),
    }
}

fn asked_for_target(context: &Context) -> Result<String, Error> {
    let missing = || {
        Error::usage("init needs to know the gateway")
            .hint("clawtap init me@gateway, or --local for this machine")
    };
    if !context.terminal.is_interactive {
        return Err(missing());
    }
    let answer = terminal::ask("Which gateway? (host, user@host or ssh alias) ");
    answer
        .ok()
        .flatten()
        .filter(|target| !target.is_empty())
        .ok_or_else(missing)
}

/// A name made from the host, with a number where that is taken by another gateway.
fn default_name(transport: &Transport, configured: &[Gateway]) -> Result<Name, Error> {
    let base = match transport {
        Transport::Ssh(ssh) => Name::from_host(ssh.target.host()),
        Transport::Local => Name::from_host("local"),
    };
    let taken = |name: &Name| {
        configured
            .iter()
            .any(|other| other.name == *name && !other.transport.is_same_place(transport))
    };
    if !taken(&base) {
        return Ok(base);
    }
    (2..1000)
        .filter_map(|number| Name::parse(&format!("{base}-{number}")).ok())
        .find(|name| !taken(name))
        .ok_or_else(|| Error::usage("no free name is left").hint("Choose one with --name"))
}
