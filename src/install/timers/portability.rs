//! What works in this shell and will not in a timer's environment.

use std::path::Path;

use crate::config::Config;
use crate::config::channel::{ChannelKind, Token};
use crate::gateway::host::Transport;
use crate::install::timers::timer::Kind;
use crate::system::environment::Environment;

/// The programs that a check starts on this machine, by the configuration.
pub(super) fn started_here(config: &Config) -> impl Iterator<Item = &str> {
    let local = config
        .gateways
        .iter()
        .filter(|it| it.transport == Transport::Local);
    let openclaw = local.filter_map(|gateway| gateway.openclaw.as_ref()?.first());
    openclaw
        .map(String::as_str)
        .chain(started_by_alerts(config))
}

fn started_by_alerts(config: &Config) -> impl Iterator<Item = &str> {
    let channels = config.alerts.channels.iter();
    let programs = channels.filter_map(|channel| match &channel.kind {
        ChannelKind::Command(command) => command.run.first(),
        ChannelKind::Ntfy(ntfy) => match ntfy.token.as_ref()? {
            Token::Command(words) => words.first(),
            Token::File(_) => None,
        },
        ChannelKind::Phone | ChannelKind::OpenClaw(_) | ChannelKind::Output => None,
    });
    programs.map(String::as_str)
}

/// One thing that works here and will not under a timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remark {
    /// A variable that says whom to alert.
    NotHandedOn(&'static str),
    /// A program that is in no folder where the timer looks.
    NotFound(String),
}

impl Remark {
    /// The remark for a person who installs the timer.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::NotHandedOn(name) => format!(
                "clawtap: {name} is set here, and the timer will\nnot have it: put it into the configuration,\nunder [alerts]\n"
            ),
            Self::NotFound(name) => format!(
                "clawtap: the timer does not find {name}:\nput its full path into the configuration,\nunder [alerts]\n"
            ),
        }
    }
}

/// All of it.
pub(crate) fn remarks(kind: Kind, config: &Config, environment: &Environment) -> Vec<Remark> {
    let set = NOT_HANDED_ON.into_iter();
    let set = set.filter(|name| environment.path(name).is_some());
    // A job is handed the whole PATH.
    let bare = started_by_alerts(config).filter(|it| kind != Kind::TermuxJob && !it.contains('/'));
    let out_of_reach = bare.filter(|name| {
        let program = environment.program(name);
        let folder = program.as_deref().and_then(Path::parent);
        folder.is_some_and(|folder| !EVERYBODYS.map(Path::new).contains(&folder))
    });
    set.map(Remark::NotHandedOn)
        .chain(out_of_reach.map(|name| Remark::NotFound(name.to_owned())))
        .collect()
}

/// The folders in which cron looks for programs, and systemd too.
const EVERYBODYS: [&str; 2] = ["/usr/bin", "/bin"];

/// Alert targets are private, and other users can read a timer's command.
const NOT_HANDED_ON: [&str; 2] = ["NOTIFY_NTFY", "NOTIFY_PHONE"];
