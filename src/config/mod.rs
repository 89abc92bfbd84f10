//! Settings: flags, configuration and environment, put together once.

pub(crate) mod alerts;
pub(crate) mod channel;
pub(crate) mod edit;
pub(crate) mod file;
pub(crate) mod host_name;
pub(crate) mod quiet_hours;
pub(crate) mod value;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::alerts::Alerts;
use crate::config::file::{Config, Notification, SignIn, Sync};
use crate::error::{Error, Kind};
use crate::gateway::host::{Gateway, Name, Target, Transport};
use crate::suggest::nearest;
use crate::system::environment::Environment;
use crate::system::files;

/// The largest configuration that is read, in bytes.
const LARGEST_CONFIG: u64 = 4 * 1024 * 1024;

/// Where the configuration is: `--config`, `CLAWTAP_CONFIG`, or below `XDG_CONFIG_HOME` or the home folder.
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
            Error::new(
                Kind::Configuration,
                "HOME is not set, so there is no configuration",
            )
            .hint("Set HOME, or name a file with --config")
        })
}

/// Where the configuration is, whole, unless it is below `.config` in the home folder: for what is started without
/// the variables that say so.
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

/// Reads the configuration; a file that is not there is an empty one.
pub(crate) fn read_config(path: &Path, environment: &Environment) -> Result<Config, Error> {
    parsed(&read_text(path, environment)?, path, environment)
}

fn read_text(path: &Path, environment: &Environment) -> Result<String, Error> {
    let text = files::read_text_if_there(path, LARGEST_CONFIG).map_err(|error| {
        Error::new(
            Kind::Configuration,
            format!("cannot read {}: {error}", environment.display_path(path)),
        )
        .hint("Check the file and its permissions")
    })?;
    Ok(text.unwrap_or_default())
}

/// What a text says that is, or comes to be, the configuration at `path`.
fn parsed(text: &str, path: &Path, environment: &Environment) -> Result<Config, Error> {
    file::parse(text, environment.home().as_deref()).map_err(|mistake| {
        let error = Error::new(
            Kind::Configuration,
            format!(
                "{}, line {}: {}",
                environment.display_path(path),
                mistake.line,
                mistake.message
            ),
        );
        match mistake.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    })
}

/// Adds a gateway to the configuration, and makes the file if there is none.
pub(crate) fn add_to_config(path: &Path, gateway: &Gateway) -> io::Result<()> {
    files::update_private(path, LARGEST_CONFIG, |before| {
        file::add(&before, gateway).map_err(io::Error::other)
    })
}

/// Which gateways a command is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selection {
    /// What `OPENCLAW_SERVER` names, or else every configured one.
    Default,
    /// Every configured one.
    All,
    One(String),
}

/// What a command works with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// At least one.
    pub(crate) gateways: Vec<Gateway>,
    /// Those, and every other one that is configured.
    pub(crate) known: Vec<Gateway>,
    pub(crate) notification: Notification,
    pub(crate) sign_in: SignIn,
    pub(crate) sync: Sync,
    pub(crate) alerts: Alerts,
}

/// The gateways that a command is about, and how it tells of them.
///
/// `OPENCLAW_SERVER` (the upstream scripts' variable) picks a configured gateway by name or target, or
/// stands for one that is not configured.
pub(crate) fn load(
    selection: &Selection,
    config: Option<&Path>,
    environment: &Environment,
) -> Result<Settings, Error> {
    let server = environment.text("OPENCLAW_SERVER");
    let configured = match config_path(config, environment) {
        Ok(path) if is_named(config, environment) && !files::exists(&path) => {
            let path = environment.display_path(&path);
            return Err(
                Error::new(Kind::Configuration, format!("there is no file {path}"))
                    .hint("Check --config and CLAWTAP_CONFIG, or make it: clawtap init me@gateway"),
            );
        }
        Ok(path) => read_config(&path, environment)?,
        Err(_) if server.is_some() && *selection != Selection::All => Config::default(),
        Err(error) => return Err(error),
    };
    let mut known = configured.gateways.clone();
    let chosen = match (selection, server) {
        (Selection::Default, Some(server)) => vec![of_server(server, configured.gateways)?],
        (Selection::Default | Selection::All, _) => configured.gateways,
        (Selection::One(name), server) => vec![named(name, configured.gateways, server)?],
    };
    if chosen.is_empty() {
        return Err(
            Error::new(Kind::Configuration, "no gateway is configured yet")
                .hint("Set one up: clawtap init me@gateway"),
        );
    }
    let names: BTreeSet<&Name> = known.iter().map(|gateway| &gateway.name).collect();
    let is_new = |gateway: &&Gateway| !names.contains(&gateway.name);
    let new: Vec<Gateway> = chosen.iter().filter(is_new).cloned().collect();
    known.extend(new);
    Ok(Settings {
        gateways: chosen,
        known,
        notification: configured.notification,
        sign_in: configured.sign_in,
        sync: configured.sync,
        alerts: alerts::with_variables(configured.alerts, environment)?,
    })
}

/// The gateways that a command is about, at least one.
pub(crate) fn gateways(
    selection: &Selection,
    config: Option<&Path>,
    environment: &Environment,
) -> Result<Vec<Gateway>, Error> {
    Ok(load(selection, config, environment)?.gateways)
}

/// Whether somebody said where the configuration is.
fn is_named(flag: Option<&Path>, environment: &Environment) -> bool {
    flag.is_some() || environment.path("CLAWTAP_CONFIG").is_some()
}

fn of_server(server: &str, configured: Vec<Gateway>) -> Result<Gateway, Error> {
    let is_it = |gateway: &Gateway| {
        gateway.name.as_str() == server
            || matches!(&gateway.transport, Transport::Ssh(ssh) if ssh.target.as_str() == server)
    };
    if let Some(gateway) = configured.into_iter().find(is_it) {
        return Ok(gateway);
    }
    let target = Target::parse(server).map_err(|reason| {
        Error::new(
            Kind::Configuration,
            format!("OPENCLAW_SERVER names no host: {reason}"),
        )
        .hint("Set it to host, user@host or an ssh alias")
    })?;
    Ok(Gateway::at(Name::from_host(target.host()), target))
}

/// The gateway of this name: a configured one, or that of `OPENCLAW_SERVER` as its notification calls it.
fn named(name: &str, configured: Vec<Gateway>, server: Option<&str>) -> Result<Gateway, Error> {
    let names: Vec<String> = configured
        .iter()
        .map(|gateway| gateway.name.to_string())
        .collect();
    let found = configured
        .into_iter()
        .find(|gateway| gateway.name.as_str() == name)
        .or_else(|| {
            of_server(server?, Vec::new())
                .ok()
                .filter(|it| it.name.as_str() == name)
        });
    found.ok_or_else(|| {
        let shown = crate::text::Text::clean(name);
        let error = Error::new(Kind::Usage, format!("no gateway is called \"{shown}\""));
        match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => error.hint(format!("Did you mean {near}?")),
            None if names.is_empty() => error.hint("Set one up: clawtap init me@gateway"),
            None => error.hint(format!("Configured: {}", names.join(", "))),
        }
    })
}
