//! The configuration file: its tables and keys.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::Path;

use serde::{Deserialize, Deserializer, de::Error};
use toml::Spanned;
use toml::de::DeValue;

use crate::config::alerts::Alerts;
use crate::config::channel_tables::{self, KINDS};
use crate::config::document::{ConfigError, Document};
use crate::config::fields::{WORDS, checked, expand, one_or_many};
use crate::config::host_name::Host;
use crate::gateway::host::{Gateway, Transport};

/// The configuration of a command: the file, then variables and the command line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Every gateway of the file, and one that only `OPENCLAW_SERVER` names.
    #[serde(rename = "gateway")]
    pub(crate) known: Vec<Gateway>,
    /// The gateways of the command: all, until a selection is applied.
    #[serde(skip)]
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) notification: Notification,
    #[serde(rename = "signin")]
    pub(crate) sign_in: SignIn,
    pub(crate) sync: Sync,
    pub(crate) alerts: Alerts,
}

/// The status notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "[notification]")]
pub(crate) struct Notification {
    /// Whether it is pinned, and shown even when all is well.
    pub(crate) ongoing: bool,
    /// Whether a tap shows it.
    pub(crate) after_tap: bool,
    /// Whether it has a picture.
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

/// The permissions of a sign-in on this device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "[signin]")]
pub(crate) struct SignIn {
    /// Hosts whose pages may be opened, besides those of known providers.
    #[serde(deserialize_with = "hosts")]
    pub(crate) allowed_hosts: Vec<Host>,
    /// The loopback address on which the browser's redirect is received, to be forwarded to the gateway. A browser goes
    /// to 127.0.0.1; another address is needed if gateway and browser are on the same machine.
    #[serde(deserialize_with = "loopback")]
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

fn hosts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Host>, D::Error> {
    let names: Vec<String> = one_or_many(deserializer, WORDS)?;
    let wrong = |name: &str| {
        let expected = "must have public host names such as login.example.com";
        D::Error::custom(format!("{expected}, not \"{}\"", name.escape_debug()))
    };
    let host = |name: &String| Host::parse(name).map_err(|_| wrong(name));
    names.iter().map(host).collect()
}

fn loopback<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ipv4Addr, D::Error> {
    checked(deserializer, |text| {
        let address = text.parse().ok().filter(Ipv4Addr::is_loopback);
        address.ok_or_else(|| "it is no address of this device, which begin with 127.".into())
    })
}

/// The settings of a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "[sync]")]
pub(crate) struct Sync {
    /// Whether the phone asks for a fingerprint first.
    pub(crate) fingerprint: bool,
}

/// Reads a configuration. `~/` in it is expanded to `home`.
///
/// # Errors
/// The first error in it.
pub(crate) fn parse(text: &str, home: Option<&Path>) -> Result<Config, ConfigError> {
    let mut document = Document::parse(text)?;
    let mut channels = Vec::new();
    if let DeValue::Table(root) = document.root.get_mut()
        && let Some(DeValue::Table(alerts)) = root.get_mut("alerts").map(Spanned::get_mut)
    {
        channels = channel_tables::take(alerts);
    }
    let mut config: Config = document.read(&document.root, ("alerts", &KINDS))?;
    let list = document.root.get_ref().get("gateway");
    let tables = list.and_then(|list| list.get_ref().as_array());
    let tables = tables.into_iter().flat_map(|tables| tables.iter());
    let mut names = BTreeSet::new();
    for (gateway, table) in config.known.iter_mut().zip(tables) {
        if !names.insert(gateway.name.as_str()) {
            return Err(document.error(table, &table.span(), "two gateways have the same name"));
        }
        if let Transport::Ssh(ssh) = &mut gateway.transport {
            for path in [&mut ssh.identity_file, &mut ssh.config]
                .into_iter()
                .flatten()
            {
                expand(path, home);
            }
        }
    }
    let names: Vec<&str> = config.known.iter().map(|it| it.name.as_str()).collect();
    config.alerts.channels = channel_tables::read(&channels, &document, &names, home)?;
    config.gateways.clone_from(&config.known);
    Ok(config)
}

#[cfg(test)]
mod tests;
