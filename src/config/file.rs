//! The configuration file: read with mistakes that name a line, and added to without losing a comment.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::DeTable;

use crate::config::alerts::{self, Alerts};
use crate::config::host_name::Host;
use crate::config::value::{ConfigError, Table, Value, line_at};
use crate::gateway::host::{DEFAULT_LIMIT, Gateway, Identifier, Name, Ssh, Target, Transport};

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Config {
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) notification: Notification,
    pub(crate) sign_in: SignIn,
    pub(crate) sync: Sync,
    pub(crate) alerts: Alerts,
}

/// How a sync is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sync {
    /// Whether the phone makes sure of its owner first.
    pub(crate) fingerprint: bool,
}

/// What a sign-in may do on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignIn {
    /// Hosts whose pages may be opened, besides those of known providers.
    pub(crate) allowed_hosts: Vec<Host>,
    /// The loopback address at which the browser's answer is taken and forwarded to the gateway. A browser goes to
    /// 127.0.0.1; another one is for where gateway and browser share a machine.
    pub(crate) forward_from: Ipv4Addr,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            forward_from: Ipv4Addr::LOCALHOST,
        }
    }
}

/// What the standing notification is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Notification {
    /// Whether it stays when all is well.
    pub(crate) ongoing: bool,
    /// Whether a tap puts it up.
    pub(crate) after_tap: bool,
    /// Whether it carries a picture.
    pub(crate) picture: bool,
}

impl Default for Notification {
    fn default() -> Self {
        Self {
            ongoing: false,
            after_tap: true,
            picture: false,
        }
    }
}

/// Reads a configuration. `~/` in it means `home`.
///
/// # Errors
/// The first mistake in it.
pub(crate) fn parse(text: &str, home: Option<&Path>) -> Result<Config, ConfigError> {
    let document = DeTable::parse(text).map_err(|error| ConfigError {
        line: line_at(text, error.span().map_or(0, |span| span.start)),
        message: error.message().replace('\n', ", "),
        hint: None,
    })?;
    let mut root = Table::new(text, "the configuration", 0..0, document.get_ref());
    let tables = match root.take("gateway") {
        Some(value) => value.tables("[[gateway]]")?,
        None => Vec::new(),
    };
    let notification = match root.take("notification") {
        Some(value) => notification(value.table("[notification]")?)?,
        None => Notification::default(),
    };
    let sign_in = match root.take("signin") {
        Some(value) => sign_in(value.table("[signin]")?)?,
        None => SignIn::default(),
    };
    let sync = match root.take("sync") {
        Some(value) => sync(value.table("[sync]")?)?,
        None => Sync::default(),
    };
    let alerts = root.take("alerts");
    root.finish()?;
    let mut gateways: Vec<Gateway> = Vec::with_capacity(tables.len());
    let mut names = BTreeSet::new();
    for table in tables {
        let beginning = table.beginning();
        let gateway = gateway(table, home)?;
        if !names.insert(gateway.name.clone()) {
            return Err(beginning.mistake("two gateways have the same name"));
        }
        gateways.push(gateway);
    }
    let alerts = match alerts {
        Some(value) => alerts::read(value.table("[alerts]")?, home, &gateways)?,
        None => Alerts::default(),
    };
    Ok(Config {
        gateways,
        notification,
        sign_in,
        sync,
        alerts,
    })
}

fn sync(mut table: Table) -> Result<Sync, ConfigError> {
    let fingerprint = table.take("fingerprint");
    table.finish()?;
    Ok(Sync {
        fingerprint: match fingerprint {
            Some(value) => value.boolean()?,
            None => false,
        },
    })
}

fn sign_in(mut table: Table) -> Result<SignIn, ConfigError> {
    let allowed_hosts = table.take("allowed_hosts");
    let forward_from = table.take("forward_from");
    table.finish()?;
    let hosts = |value: Value| {
        let words = value.words()?;
        let hosts = words
            .iter()
            .map(|word| host(word).map_err(|wrong| value.mistake(&wrong)));
        hosts.collect()
    };
    Ok(SignIn {
        allowed_hosts: allowed_hosts.map(hosts).transpose()?.unwrap_or_default(),
        forward_from: match forward_from {
            Some(value) => checked(&value, loopback)?,
            None => Ipv4Addr::LOCALHOST,
        },
    })
}

fn host(text: &str) -> Result<Host, String> {
    Host::parse(text).map_err(|_| {
        let shown = text.escape_debug();
        format!("must have public host names such as login.example.com, not \"{shown}\"")
    })
}

fn loopback(text: &str) -> Result<Ipv4Addr, String> {
    text.parse()
        .ok()
        .filter(Ipv4Addr::is_loopback)
        .ok_or_else(|| "it is no address of this device, which begin with 127.".into())
}

fn notification(mut table: Table) -> Result<Notification, ConfigError> {
    let mut key = |name, unless_set| match table.take(name) {
        Some(value) => value.boolean(),
        None => Ok(unless_set),
    };
    let default = Notification::default();
    let notification = Notification {
        ongoing: key("ongoing", default.ongoing)?,
        after_tap: key("after_tap", default.after_tap)?,
        picture: key("picture", default.picture)?,
    };
    table.finish()?;
    Ok(notification)
}

fn gateway(mut table: Table, home: Option<&Path>) -> Result<Gateway, ConfigError> {
    let name = table.take("name");
    let ssh = table.take("ssh");
    let local = table.take("local");
    let port = table.take("port");
    let identity_file = table.take("identity_file");
    let ssh_config = table.take("ssh_config");
    let openclaw = table.take("openclaw");
    let agent = table.take("agent");
    let profile = table.take("profile");
    let timeout = table.take("timeout_s");
    let beginning = table.beginning();
    table.finish()?;

    let local = local
        .map(|value| value.boolean())
        .transpose()?
        .unwrap_or(false);
    let path = |value: Value| path(&value, home);
    let transport = match ssh {
        Some(ssh) if local => return Err(ssh.mistake("and `local` exclude each other")),
        None if local => match [&port, &identity_file, &ssh_config]
            .into_iter()
            .flatten()
            .next()
        {
            Some(option) => return Err(option.mistake("is for `ssh`, not for `local`")),
            None => Transport::Local,
        },
        None => {
            return Err(beginning.mistake("[[gateway]] needs `ssh = \"host\"` or `local = true`"));
        }
        Some(ssh) => Transport::Ssh(Ssh {
            target: checked(&ssh, Target::parse)?,
            port: port
                .map(|value| value.number(1..=65535))
                .transpose()?
                .and_then(|port| port.try_into().ok()),
            identity_file: identity_file.map(path).transpose()?,
            config: ssh_config.map(path).transpose()?,
            control_path: None,
        }),
    };
    Ok(Gateway {
        name: match name {
            Some(name) => checked(&name, Name::parse)?,
            None => return Err(beginning.mistake("[[gateway]] needs a `name`")),
        },
        transport,
        openclaw: openclaw.map(|value| program(&value)).transpose()?,
        agent: agent
            .map(|value| checked(&value, Identifier::parse))
            .transpose()?,
        profile: profile
            .map(|value| checked(&value, Identifier::parse))
            .transpose()?,
        limit: match timeout {
            Some(value) => Duration::from_secs(value.number(1..=600)?),
            None => DEFAULT_LIMIT,
        },
    })
}

pub(super) fn checked<T>(
    value: &Value,
    parse: fn(&str) -> Result<T, String>,
) -> Result<T, ConfigError> {
    parse(value.string()?).map_err(|reason| value.mistake(&format!("is not usable: {reason}")))
}

/// A program and its arguments, at least one word.
pub(super) fn program(value: &Value) -> Result<Vec<String>, ConfigError> {
    let words = value.words()?;
    match words.first() {
        None => Err(value.mistake("must name a program")),
        Some(program) if program.is_empty() || program.starts_with('-') => {
            Err(value.mistake("must begin with a program"))
        }
        Some(_) if words.iter().any(|word| word.contains(char::is_control)) => {
            Err(value.mistake("must not hold control characters"))
        }
        Some(_) => Ok(words),
    }
}

/// The path of a file.
pub(super) fn path(value: &Value, home: Option<&Path>) -> Result<PathBuf, ConfigError> {
    let text = value.string()?;
    if text.contains(char::is_control) {
        return Err(value.mistake("must not hold control characters"));
    }
    Ok(expand(text, home))
}

pub(super) fn expand(path: &str, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// Adds a gateway at the end of a configuration and leaves every other byte of it as it was.
///
/// # Errors
/// When `text` is not TOML.
pub(crate) fn add(text: &str, gateway: &Gateway) -> Result<String, toml_edit::TomlError> {
    use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};
    let mut document: DocumentMut = text.parse()?;
    let mut table = Table::new();
    table["name"] = value(gateway.name.as_str());
    match &gateway.transport {
        Transport::Local => table["local"] = value(true),
        Transport::Ssh(ssh) => {
            table["ssh"] = value(ssh.target.as_str());
            if let Some(port) = ssh.port {
                table["port"] = value(i64::from(port));
            }
            if let Some(file) = &ssh.identity_file {
                table["identity_file"] = value(file.to_string_lossy().into_owned());
            }
            if let Some(file) = &ssh.config {
                table["ssh_config"] = value(file.to_string_lossy().into_owned());
            }
        }
    }
    match gateway.openclaw.as_deref() {
        None => {}
        Some([path]) => table["openclaw"] = value(path),
        Some(words) => table["openclaw"] = value(words.iter().collect::<toml_edit::Array>()),
    }
    if let Some(agent) = &gateway.agent {
        table["agent"] = value(agent.as_str());
    }
    if let Some(profile) = &gateway.profile {
        table["profile"] = value(profile.as_str());
    }
    if gateway.limit != DEFAULT_LIMIT {
        table["timeout_s"] = value(i64::try_from(gateway.limit.as_secs()).unwrap_or(i64::MAX));
    }
    if !text.is_empty() {
        table.decor_mut().set_prefix("\n");
    }
    let list = document
        .entry("gateway")
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    match list {
        Item::ArrayOfTables(list) => list.push(table),
        // Written as `gateway = [{ … }]`.
        Item::Value(toml_edit::Value::Array(list)) => list.push(table.into_inline_table()),
        _ => {}
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests;
