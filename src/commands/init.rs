//! `clawtap init`

use std::path::{Path, PathBuf};

use crate::app::assess::{Interactive, ask_one, assessment};
use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config;
use crate::context::{Context, print};
use crate::error::{Error, Kind};
use crate::gateway::error::{ErrorKind, GatewayError};
use crate::gateway::host::{DEFAULT_LIMIT, Gateway, Identifier, Name, Ssh, Target, Transport};
use crate::gateway::host_key;
use crate::gateway::script::Want;
use crate::gateway::status::Reply;
use crate::hint::Hint;
use crate::render::summary;
use crate::system::{files, terminal};

pub(crate) fn run(arguments: cli::Init, context: &Context) -> Result<Outcome, Error> {
    let path = config::config_path(context.config_path.as_deref(), &context.system.environment)?;
    let configured = config::read_config(&path, &context.system.environment)?.known;
    let yes = arguments.yes;
    let gateway = described(arguments, &configured, context)?;

    let mut reply = ask_one(&gateway, Want::VersionAndStatus, Interactive::Yes, context);
    if let (Err(failure), Transport::Ssh(ssh)) = (&reply.outcome, &gateway.transport)
        && failure.kind == ErrorKind::HostKeyUnknown
    {
        pin_host_key(&gateway, ssh, yes, context)?;
        reply = ask_one(&gateway, Want::VersionAndStatus, Interactive::Yes, context);
    }
    if context.system.processes.interrupted() {
        return Err(Error::new(
            Kind::Interrupted,
            "interrupted; nothing was written",
        ));
    }
    if let Some(failure) = stands_in_the_way(&reply) {
        return Err(explained(failure, &gateway, context));
    }
    let mut text = found(&gateway, &reply);
    text.push_str(&written(&path, &gateway, &configured, context)?);
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

/// The gateway that the command line describes; what is missing is asked for.
fn described(
    arguments: cli::Init,
    configured: &[Gateway],
    context: &Context,
) -> Result<Gateway, Error> {
    let usage = |what: &str, reason: String| Error::new(Kind::Usage, format!("{what}: {reason}"));
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
    let asked = Gateway {
        name,
        transport,
        openclaw: (!arguments.openclaw.is_empty()).then_some(arguments.openclaw),
        agent: identifier("--agent", arguments.agent)?,
        profile: identifier("--profile", arguments.profile)?,
        limit: DEFAULT_LIMIT,
    };
    match configured.iter().find(|known| known.name == asked.name) {
        // Asked for again, to pin its key or to look: what is not said stays as it is configured.
        Some(known) if asked.leaves_open(known) => Ok(known.clone()),
        Some(known) => Err(Error::new(
            Kind::Usage,
            format!("{} is configured already, and differently", known.name),
        )
        .hint("Choose another --name, or edit the configuration")),
        None => Ok(asked),
    }
}

fn asked_for_target(context: &Context) -> Result<String, Error> {
    let missing = || {
        Error::new(Kind::Usage, "init needs to know the gateway")
            .hint(Hint::only("clawtap init me@gateway").say(", or --local for this machine"))
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
        .ok_or_else(|| {
            Error::new(Kind::Usage, "no free name is left").hint("Choose one with --name")
        })
}

fn pin_host_key(gateway: &Gateway, ssh: &Ssh, yes: bool, context: &Context) -> Result<(), Error> {
    let explained = |failure: GatewayError| explained(&failure, gateway, context);
    let offer = host_key::offered(ssh, &context.system).map_err(explained)?;
    terminal::eprint(&format!(
        "{} is new to this device. Its host key:\n  {}\n",
        ssh.target.host(),
        offer.fingerprint
    ));
    if !yes {
        let refused = |message: &str| {
            Error::new(
                Kind::Gateway,
                format!("{}: {message}; nothing was written", gateway.name),
            )
        };
        if !context.terminal.is_interactive {
            return Err(refused("its host key is not confirmed")
                .hint("Compare it with the gateway's own, then run init again with --yes"));
        }
        let answer = terminal::ask("Is that the gateway's own? Pin it? [y/N] ")
            .ok()
            .flatten();
        if !answer.is_some_and(|answer| matches!(answer.to_lowercase().as_str(), "y" | "yes")) {
            return Err(refused("its host key was not accepted").hint(Hint::run(
                "On the gateway",
                "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
            )));
        }
    }
    let file = host_key::pin(&offer, ssh, &context.system).map_err(explained)?;
    terminal::eprint(&format!(
        "Pinned in {}\n",
        context.system.environment.display_path(&file)
    ));
    Ok(())
}

/// What makes the gateway unusable. OpenClaw being there but unwell does not: that is for `status` to tell.
fn stands_in_the_way(reply: &Reply) -> Option<&GatewayError> {
    let failure = reply.outcome.as_ref().err()?;
    let unwell = matches!(
        failure.kind,
        ErrorKind::NeedsDoctor
            | ErrorKind::OpenClawError
            | ErrorKind::NoAnswer
            | ErrorKind::Unreadable
            | ErrorKind::OpenClawTimeout
    );
    (!unwell).then_some(failure)
}

fn explained(failure: &GatewayError, gateway: &Gateway, context: &Context) -> Error {
    let mut message = format!("{}: {}", gateway.name, failure.kind.what());
    if let Some(detail) = &failure.detail {
        message.push_str(&format!("\n  {detail}"));
    }
    let hint = match (failure.kind, &gateway.transport) {
        (ErrorKind::Refused, Transport::Ssh(ssh))
            if ssh.identity_file.is_none() && !has_key(context) =>
        {
            Hint::from("This device has no ssh key yet. Make one with ssh-keygen")
                .then(format!("ssh-copy-id {}", ssh.words()))
        }
        (ErrorKind::NoOpenClaw, _) => {
            let words = "Is OpenClaw installed there? If so, say where";
            Hint::run(words, "clawtap init … --openclaw PATH")
        }
        _ => failure.next_step(gateway),
    };
    Error::new(Kind::Gateway, message).hint(hint)
}

fn has_key(context: &Context) -> bool {
    let is_key = |name: &str| name.starts_with("id_");
    context
        .system
        .environment
        .home()
        .is_some_and(|home| files::holds(&home.join(".ssh"), is_key))
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

/// What else there is: alerts, and on a phone the home screen.
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
        Error::new(Kind::Machine, format!("cannot write {spelled}: {error}"))
            .hint("Nothing was changed; check the folder and the space left")
    })?;
    Ok(format!("✓ {name} is in {spelled}\n"))
}
