//! `clawtap init`

mod agents;
mod gateway;
mod host_key;
mod obstacle;

use std::path::Path;

use crate::app::assess::{Interactive, ask_one, assessment};
use crate::cli;
use crate::commands::init::obstacle::{explained, obstacle};
use crate::commands::outcome::Outcome;
use crate::config;
use crate::context::{Context, print};
use crate::error::Error;
use crate::gateway::error::ErrorKind;
use crate::gateway::host::{Gateway, Transport};
use crate::gateway::script::Want;
use crate::gateway::status::Reply;
use crate::render::summary;

pub(crate) fn run(arguments: cli::Init, context: &Context) -> Result<Outcome, Error> {
    let path = config::config_path(context.config_path.as_deref(), &context.system.environment)?;
    let configured = config::read_config(&path, &context.system.environment)?.known;
    let yes = arguments.yes;
    let mut gateway = gateway::described(arguments, &configured, context)?;

    let mut reply = ask_one(&gateway, Want::VersionAndStatus, Interactive::Yes, context);
    if let (Err(failure), Transport::Ssh(ssh)) = (&reply.outcome, &gateway.transport)
        && failure.kind == ErrorKind::HostKeyUnknown
    {
        host_key::pin(&gateway, ssh, yes, context)?;
        reply = ask_one(&gateway, Want::VersionAndStatus, Interactive::Yes, context);
    }
    if context.system.processes.interrupted() {
        return Err(Error::interrupted("interrupted; nothing was written"));
    }
    let agents = if configured.contains(&gateway) {
        Vec::new()
    } else {
        agents::find(&gateway, &reply, context)
    };
    if agents::needs_one(&reply) && !agents.is_empty() {
        gateway.agent = Some(agents::ask(&gateway, &agents, context)?);
        reply = ask_one(&gateway, Want::VersionAndStatus, Interactive::Yes, context);
    }
    if let Some(failure) = obstacle(&reply) {
        return Err(explained(failure, &gateway, context));
    }
    let mut text = found(&gateway, &reply);
    text.push_str(&written(&path, &gateway, &configured, context)?);
    text.push_str(&agents::others(&gateway, &agents));
    let assessment = assessment(&gateway, reply);
    text.push_str(&format!(
        "{} {}\n\nNext: clawtap status\n",
        summary::mark(assessment.verdict()),
        summary::line(&assessment)
    ));
    text.push_str(what_next(context));
    print(&text)?;
    Ok(Outcome::Done)
}

fn found(gateway: &Gateway, reply: &Reply) -> String {
    let place = match &gateway.transport {
        Transport::Ssh(ssh) => ssh.target.as_str(),
        Transport::Local => "this machine",
    };
    let mut text = format!("✓ {place} answers\n");
    match (&reply.version, &reply.openclaw) {
        (version, Some(path)) => {
            let version = version.as_ref().filter(|version| !version.is_empty());
            let version = version.map_or("openclaw", |version| version.as_str());
            text.push_str(&format!("✓ {version}\n  {path}\n"));
        }
        (_, None) => text.push_str("? openclaw not found there; its store is\n"),
    }
    text
}

/// The commands that come next: alerts, and on a phone the home screen.
fn what_next(context: &Context) -> &'static str {
    match context.system.environment.termux_prefix() {
        Some(_) => {
            "For the home screen: clawtap widgets install\nTo be told in time: clawtap monitor install\n"
        }
        None => "To be told in time: clawtap monitor install\n",
    }
}

/// Adds the gateway to the configuration, unless it is there already.
fn written(
    path: &Path,
    gateway: &Gateway,
    configured: &[Gateway],
    context: &Context,
) -> Result<String, Error> {
    let name = &gateway.name;
    let spelled = context.system.environment.display_path(path);
    if configured.iter().any(|known| known.name == *name) {
        return Ok(format!("✓ {name} is in {spelled} already\n"));
    }
    config::add_to_config(path, gateway).map_err(|error| {
        Error::machine(format!("cannot write {spelled}: {error}"))
            .hint("Nothing was changed; check the folder and the space left")
    })?;
    Ok(format!("✓ {name} is in {spelled}\n"))
}
