//! `[[gateway]]`: reads a gateway from the configuration, and adds one to it.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de::Error};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TomlError, Value};

use crate::config::fields::{Number, Program, path};
use crate::gateway::host::{DEFAULT_LIMIT, Gateway, Identifier, Name, Ssh, Target, Transport};

/// The keys. (`#[serde(flatten)]` could split them into a gateway and its transport, but loses their lines.)
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "[[gateway]]")]
struct GatewayTable {
    name: Name,
    ssh: Option<Target>,
    #[serde(default)]
    local: bool,
    port: Option<Number<1, 65535>>,
    #[serde(default, deserialize_with = "path")]
    identity_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "path")]
    ssh_config: Option<PathBuf>,
    openclaw: Option<Program>,
    agent: Option<Identifier>,
    profile: Option<Identifier>,
    timeout_s: Option<Number<1, 600>>,
}

impl<'de> Deserialize<'de> for Gateway {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer)
    }
}

fn checked<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Gateway, D::Error> {
    let table = GatewayTable::deserialize(deserializer)?;
    let of_ssh = [
        ("port", table.port.is_some()),
        ("identity_file", table.identity_file.is_some()),
        ("ssh_config", table.ssh_config.is_some()),
    ];
    let wrong = |message: &str| Err(D::Error::custom(message));
    let transport = match (table.ssh, table.local) {
        (Some(_), true) => return wrong("the keys `ssh` and `local` exclude each other"),
        (None, false) => return wrong("[[gateway]] needs `ssh = \"host\"` or `local = true`"),
        (None, true) => match of_ssh.iter().find(|(_, is_set)| *is_set) {
            Some((key, _)) => {
                return wrong(&format!("the key `{key}` is for `ssh`, not for `local`"));
            }
            None => Transport::Local,
        },
        (Some(target), false) => Transport::Ssh(Ssh {
            target,
            port: table.port.and_then(|port| port.0.try_into().ok()),
            identity_file: table.identity_file,
            config: table.ssh_config,
            control_path: None,
        }),
    };
    let seconds = |number: Number<1, 600>| Duration::from_secs(number.0.into());
    Ok(Gateway {
        name: table.name,
        transport,
        openclaw: table.openclaw.map(|program| program.0),
        agent: table.agent,
        profile: table.profile,
        limit: table.timeout_s.map_or(DEFAULT_LIMIT, seconds),
    })
}

/// Adds a gateway at the end of a configuration and leaves every other byte unchanged.
///
/// # Errors
/// When `text` is not TOML.
pub(crate) fn add(text: &str, gateway: &Gateway) -> Result<String, TomlError> {
    let mut document: DocumentMut = text.parse()?;
    let mut table = Table::new();
    let mut put = |key: &str, value: Option<Value>| table.extend(value.map(|value| (key, value)));
    put("name", Some(gateway.name.as_str().into()));
    match &gateway.transport {
        Transport::Local => put("local", Some(true.into())),
        Transport::Ssh(ssh) => {
            let path = |path: &PathBuf| path.to_string_lossy().into_owned().into();
            put("ssh", Some(ssh.target.as_str().into()));
            put("port", ssh.port.map(|port| i64::from(port).into()));
            put("identity_file", ssh.identity_file.as_ref().map(path));
            put("ssh_config", ssh.config.as_ref().map(path));
        }
    }
    let openclaw = gateway.openclaw.as_deref().map(|words| match words {
        [path] => path.into(),
        words => words.iter().collect::<Array>().into(),
    });
    put("openclaw", openclaw);
    let id = |id: &Identifier| id.as_str().into();
    put("agent", gateway.agent.as_ref().map(id));
    put("profile", gateway.profile.as_ref().map(id));
    let seconds = i64::try_from(gateway.limit.as_secs()).unwrap_or(i64::MAX);
    put(
        "timeout_s",
        (gateway.limit != DEFAULT_LIMIT).then(|| seconds.into()),
    );
    if !text.is_empty() {
        table.decor_mut().set_prefix("\n");
    }
    let new = Item::ArrayOfTables(ArrayOfTables::new());
    match document.entry("gateway").or_insert(new) {
        Item::ArrayOfTables(list) => list.push(table),
        // Written as `gateway = [{ … }]`.
        Item::Value(Value::Array(list)) => list.push(table.into_inline_table()),
        _ => {}
    }
    Ok(document.to_string())
}
