//! The configuration: merges the file, the command line and the environment, once.

pub(crate) mod alerts;
pub(crate) mod channel;
mod channel_tables;
mod document;
pub(crate) mod edit;
mod fields;
pub(crate) mod file;
pub(crate) mod gateway;
pub(crate) mod host_name;
mod node;
pub(crate) mod quiet_hours;

use std::io;
use std::path::{Path, PathBuf};

pub(crate) use crate::config::fields::as_list;
pub(crate) use crate::config::file::Config;
use crate::error::Error;
use crate::gateway::host::{Gateway, Name, Target, Transport};
use crate::hint::Hint;
use crate::suggest::nearest;
use crate::system::environment::Environment;
use crate::system::files;

/// The largest configuration that is read, in bytes.
const LARGEST_CONFIG: u64 = 4 * 1024 * 1024;

/// The path of the configuration: `--config`, `CLAWTAP_CONFIG`, or below `XDG_CONFIG_HOME` or the home folder.
///
/// # Errors
/// When none of them is set.
pub(crate) fn config_path(
    flag: Option<&Path>,
    environment: &Environment,
) -> Result<PathBuf, Error> {
    let folder = || {
        environment
            .path("XDG_CONFIG_HOME")
            .or_else(|| Some(environment.home()?.join(".config")))
    };
    flag.map(Path::to_path_buf)
        .or_else(|| environment.path("CLAWTAP_CONFIG"))
        .or_else(|| Some(folder()?.join("clawtap/config.toml")))
        .ok_or_else(|| {
            Error::configuration("HOME is not set, so there is no configuration")
                .hint("Set HOME, or name a file with --config")
        })
}

/// The absolute path of the configuration, unless it is the default one below `~/.config`: for programs that are
/// started without the variables that set it.
pub(crate) fn unusual_config_path(
    flag: Option<&Path>,
    environment: &Environment,
) -> Result<Option<PathBuf>, Error> {
    let path = environment.absolute(&config_path(flag, environment)?);
    let usual = environment
        .home()
        .map(|home| home.join(".config/clawtap/config.toml"));
    Ok((Some(&path) != usual.as_ref()).then_some(path))
}

/// Reads the configuration; a missing file counts as an empty one.
pub(crate) fn read_config(path: &Path, environment: &Environment) -> Result<Config, Error> {
    parsed(&read_text(path, environment)?, path, environment)
}

fn read_text(path: &Path, environment: &Environment) -> Result<String, Error> {
    let text = files::read_text_if_there(path, LARGEST_CONFIG).map_err(|error| {
        Error::configuration(format!(
            "cannot read {}: {error}",
            environment.display_path(path)
        ))
        .hint("Check the file and its permissions")
    })?;
    Ok(text.unwrap_or_default())
}

/// Parses a text that is, or will be, the configuration at `path`.
fn parsed(text: &str, path: &Path, environment: &Environment) -> Result<Config, Error> {
    file::parse(text, environment.home().as_deref()).map_err(|mistake| {
        let (path, line) = (environment.display_path(path), mistake.line);
        let message = format!("{path}, line {line}: {}", mistake.message);
        Error {
            hint: mistake.hint.map(Hint::from),
            ..Error::configuration(message)
        }
    })
}

/// Adds a gateway to the configuration; creates the file if there is none.
pub(crate) fn add_to_config(path: &Path, gateway: &Gateway) -> io::Result<()> {
    files::update_private(path, LARGEST_CONFIG, |before| {
        gateway::add(&before, gateway).map_err(io::Error::other)
    })
}

/// The selection of gateways for a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selection {
    /// The gateway that `OPENCLAW_SERVER` names, or else every configured one.
    Default,
    /// Every configured one.
    All,
    One(String),
}

/// Reads the configuration, and applies the command line and the variables to it.
pub(crate) fn load(
    selection: &Selection,
    config: Option<&Path>,
    environment: &Environment,
) -> Result<Config, Error> {
    let mut config = match config_path(config, environment) {
        Ok(path) if is_named(config, environment) && !files::exists(&path) => {
            let path = environment.display_path(&path);
            return Err(
                Error::configuration(format!("there is no file {path}")).hint(Hint::run(
                    "Check --config and CLAWTAP_CONFIG, or make it",
                    "clawtap init me@gateway",
                )),
            );
        }
        Ok(path) => read_config(&path, environment)?,
        Err(_) if environment.text("OPENCLAW_SERVER").is_some() && *selection != Selection::All => {
            Config::default()
        }
        Err(error) => return Err(error),
    };
    apply(&mut config, selection, environment)?;
    Ok(config)
}

/// Chooses the gateways, at least one, and applies the variables.
///
/// `OPENCLAW_SERVER` (a variable of OpenClaw's own phone scripts) picks a configured gateway by name or target, or is
/// the target of a gateway that is not configured.
fn apply(
    config: &mut Config,
    selection: &Selection,
    environment: &Environment,
) -> Result<(), Error> {
    let chosen = match (selection, environment.text("OPENCLAW_SERVER")) {
        (Selection::Default, Some(server)) => Some(of_server(server, &config.known)?),
        (Selection::Default | Selection::All, _) => None,
        (Selection::One(name), server) => Some(named(name, &config.known, server)?),
    };
    if let Some(gateway) = chosen {
        if config.known.iter().all(|known| known.name != gateway.name) {
            config.known.push(gateway.clone());
        }
        config.gateways = vec![gateway];
    }
    if config.gateways.is_empty() {
        return Err(Error::configuration("no gateway is configured yet")
            .hint(Hint::run("Set one up", "clawtap init me@gateway")));
    }
    config.alerts.add_variables(environment)
}

/// Whether `--config` or a variable names the configuration.
fn is_named(flag: Option<&Path>, environment: &Environment) -> bool {
    flag.is_some() || environment.path("CLAWTAP_CONFIG").is_some()
}

fn of_server(server: &str, configured: &[Gateway]) -> Result<Gateway, Error> {
    let is_it = |gateway: &&Gateway| {
        gateway.name.as_str() == server
            || matches!(&gateway.transport, Transport::Ssh(ssh) if ssh.target.as_str() == server)
    };
    if let Some(gateway) = configured.iter().find(is_it) {
        return Ok(gateway.clone());
    }
    let target = Target::parse(server).map_err(|reason| {
        Error::configuration(format!("OPENCLAW_SERVER names no host: {reason}"))
            .hint("Set it to host, user@host or an ssh alias")
    })?;
    Ok(Gateway::at(Name::from_host(target.host()), target))
}

/// The gateway with this name: a configured one, or that of `OPENCLAW_SERVER`, named after its host.
fn named(name: &str, configured: &[Gateway], server: Option<&str>) -> Result<Gateway, Error> {
    let is_it = |gateway: &Gateway| gateway.name.as_str() == name;
    if let Some(gateway) = configured.iter().find(|gateway| is_it(gateway)) {
        return Ok(gateway.clone());
    }
    if let Some(Ok(gateway)) = server.map(|server| of_server(server, &[]))
        && is_it(&gateway)
    {
        return Ok(gateway);
    }
    let names: Vec<&str> = configured
        .iter()
        .map(|gateway| gateway.name.as_str())
        .collect();
    let shown = crate::text::Text::clean(name);
    let error = Error::usage(format!("no gateway is called \"{shown}\""));
    Err(match nearest(name, names.iter().copied()) {
        Some(near) => error.hint(format!("Did you mean {near}?")),
        None if names.is_empty() => error.hint(Hint::run("Set one up", "clawtap init me@gateway")),
        None => error.hint(format!("Configured: {}", names.join(", "))),
    })
}
