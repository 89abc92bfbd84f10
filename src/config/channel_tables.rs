//! Takes `[alerts.ntfy]`, `[[alerts.command]]` and so on out of `[alerts]` in the order of the file, and reads them.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::channel::{Channel, ChannelKind, OpenClaw};
use crate::config::document::{ConfigError, Document};
use crate::suggest::nearest;

/// The kinds of channel, as `ChannelKind` calls them.
pub(super) const KINDS: [&str; 4] = ["ntfy", "phone", "openclaw", "command"];

/// The keys that channels of every kind have.
const COMMON: [&str; 2] = ["name", "fallback"];

/// Takes the tables out, each in the form of a `Channel`: `[alerts.ntfy]` with a `name` and a `topic` becomes
/// `{ name, kind = { ntfy = { topic } } }`. (`#[serde(flatten)]` would lose the lines of their keys.)
pub(super) fn take<'a>(alerts: &mut DeTable<'a>) -> Vec<Spanned<DeValue<'a>>> {
    let mut channels = Vec::new();
    for kind in KINDS {
        let Some(value) = alerts.remove(kind) else {
            continue;
        };
        let span = value.span();
        let tables = match value.into_inner() {
            DeValue::Array(tables) => tables.into_iter().collect(),
            table => vec![Spanned::new(span, table)],
        };
        let several = tables.len() > 1;
        for (number, table) in (1..).zip(tables) {
            let name = if several {
                format!("{kind}-{number}")
            } else {
                kind.to_owned()
            };
            channels.push(nested(kind, name, table));
        }
    }
    channels.sort_by_key(|channel| channel.span().start);
    channels
}

fn nested<'a>(
    kind: &'static str,
    name: String,
    mut table: Spanned<DeValue<'a>>,
) -> Spanned<DeValue<'a>> {
    let span = table.span();
    let key = |key: &'static str| Spanned::new(span.clone(), key.into());
    let value = |value| Spanned::new(span.clone(), value);
    let mut channel = DeTable::new();
    channel.insert(key("name"), value(DeValue::String(name.into())));
    if let DeValue::Table(own) = table.get_mut() {
        channel.extend(COMMON.iter().filter_map(|key| own.remove_entry(*key)));
    }
    let settings = DeTable::from_iter([(key(kind), table)]);
    channel.insert(key("kind"), value(DeValue::Table(settings)));
    value(DeValue::Table(channel))
}

/// Reads the channels. `~/` in them is expanded to `home`; the key `gateway` must name one of the `gateways`.
pub(super) fn read(
    tables: &[Spanned<DeValue>],
    document: &Document,
    gateways: &[&str],
    home: Option<&Path>,
) -> Result<Vec<Channel>, ConfigError> {
    let mut channels: Vec<Channel> = Vec::new();
    for table in tables {
        let mut channel: Channel = document.read(table, ("kind", &COMMON))?;
        let wrong = |message: &str| Err(document.error(table, &table.span(), message));
        if channels.iter().any(|other| other.name == channel.name) {
            return wrong("two channels have the same name");
        }
        if let ChannelKind::OpenClaw(OpenClaw {
            gateway: Some(name),
            ..
        }) = &channel.kind
            && !gateways.contains(&name.as_str())
        {
            return wrong(&no_gateway(name, gateways));
        }
        channel.kind.expand(home);
        channels.push(channel);
    }
    Ok(channels)
}

fn no_gateway(name: &str, gateways: &[&str]) -> String {
    let hint = match nearest(name, gateways.iter().copied()) {
        Some(near) => format!("\nDid you mean {near}?"),
        None if gateways.is_empty() => String::new(),
        None => format!("\nConfigured: {}", gateways.join(", ")),
    };
    format!("the key `gateway` names no [[gateway]]{hint}")
}
