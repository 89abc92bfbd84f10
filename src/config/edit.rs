//! The topic of `[alerts.ntfy]`: finds whether the configuration has one, and adds one.

use std::io;
use std::path::Path;

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, TomlError, Value, value};

use crate::config::channel::{ChannelKind, Ntfy};
use crate::config::{LARGEST_CONFIG, parsed, read_config, read_text};
use crate::error::Error;
use crate::system::environment::Environment;
use crate::system::files;

/// What has to be added to a configuration for an ntfy topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Nothing can be added: there is a topic, or an error that a person has to correct.
    Nothing,
    /// The topic, in an existing table.
    Topic { has_server: bool },
    /// The table.
    Table,
}

/// Every topic and its channel's name, from the configuration at `path` and the variables; works without a gateway.
pub(crate) fn all(path: &Path, environment: &Environment) -> Result<Vec<(String, Ntfy)>, Error> {
    let mut alerts = read_config(path, environment)?.alerts;
    alerts.add_variables(environment)?;
    let topics = alerts
        .channels
        .into_iter()
        .filter_map(|channel| match channel.kind {
            ChannelKind::Ntfy(topic) => Some((channel.name, topic)),
            _ => None,
        });
    Ok(topics.collect())
}

/// Finds what is missing in the configuration at `path`. A topic from a variable needs no table.
pub(crate) fn inspect(path: &Path, environment: &Environment) -> Result<Missing, Error> {
    let text = read_text(path, environment)?;
    Ok(match missing(&text) {
        Ok(Missing::Table) if environment.text("NOTIFY_NTFY").is_some() => Missing::Nothing,
        Ok(missing) => missing,
        // The full parse reports the error.
        Err(_) => Missing::Nothing,
    })
}

/// Adds the missing topic to the configuration at `path`; creates the file if there is none.
pub(crate) fn add_to_config(
    path: &Path,
    server: Option<&str>,
    topic: &str,
    environment: &Environment,
) -> Result<(), Error> {
    let cannot_write = |error: io::Error| {
        let path = environment.display_path(path);
        Error::machine(format!("cannot write {path}: {error}"))
            .hint("Nothing was changed; check the folder and the space left")
    };
    let change = |before: &str| add(before, server, topic).map_err(io::Error::other);
    // A file with an error in it is not changed.
    let after = change(&read_text(path, environment)?).map_err(cannot_write)?;
    parsed(&after, path, environment)?;
    files::update_private(path, LARGEST_CONFIG, |before| change(&before)).map_err(cannot_write)
}

/// Finds what is missing.
///
/// # Errors
/// When `text` is not TOML.
fn missing(text: &str) -> Result<Missing, TomlError> {
    let mut document: DocumentMut = text.parse()?;
    if let Some(table) = unfinished(&mut document) {
        let has_server = table.contains_key("url");
        return Ok(Missing::Topic { has_server });
    }
    let there = document.get("alerts").and_then(|alerts| alerts.get("ntfy"));
    Ok(match there {
        Some(_) => Missing::Nothing,
        None => Missing::Table,
    })
}

/// Adds what is missing, and leaves every other byte unchanged. The default server is not written.
///
/// # Errors
/// When `text` is not TOML.
fn add(text: &str, server: Option<&str>, topic: &str) -> Result<String, TomlError> {
    let keys = server.map(|server| ("url", server));
    let keys = keys.into_iter().chain([("topic", topic)]);
    let mut document: DocumentMut = text.parse()?;
    match missing(text)? {
        Missing::Nothing => {}
        Missing::Topic { .. } => {
            if let Some(table) = unfinished(&mut document) {
                for (key, text) in keys {
                    table.insert(key, value(text));
                }
            }
        }
        Missing::Table => {
            let mut hidden = Table::new();
            hidden.set_implicit(true);
            match document.entry("alerts").or_insert(Item::Table(hidden)) {
                Item::Table(alerts) => {
                    let mut table = Table::new();
                    if !text.is_empty() {
                        table.decor_mut().set_prefix("\n");
                    }
                    for (key, text) in keys {
                        table[key] = value(text);
                    }
                    alerts.insert("ntfy", Item::Table(table));
                }
                Item::Value(Value::InlineTable(alerts)) => {
                    let table: InlineTable = keys.collect();
                    alerts.insert("ntfy", table.into());
                }
                _ => {}
            }
        }
    }
    Ok(document.to_string())
}

/// The first `[alerts.ntfy]` table that has no topic.
fn unfinished(document: &mut DocumentMut) -> Option<&mut dyn TableLike> {
    let lacks = |table: &dyn TableLike| !table.contains_key("topic");
    match document.get_mut("alerts")?.get_mut("ntfy")? {
        Item::ArrayOfTables(tables) => {
            let table = tables.iter_mut().find(|table| lacks(*table))?;
            Some(table)
        }
        other => other.as_table_like_mut().filter(|table| lacks(*table)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Missing, add, missing};
    use crate::config::channel::ChannelKind;
    use crate::config::file;
    use proptest::prelude::*;

    const TOPIC: &str = "topic = \"clawtap-1\"\n";

    /// The configuration after the change, and its topics.
    fn added(text: &str, server: Option<&str>) -> (String, Vec<String>) {
        let after = add(text, server, "clawtap-1").unwrap();
        let config = file::parse(&after, None).unwrap_or_else(|it| panic!("{it:?}:\n{after}"));
        let topics = config
            .alerts
            .channels
            .iter()
            .filter_map(|channel| match &channel.kind {
                ChannelKind::Ntfy(ntfy) => Some(format!("{}/{}", ntfy.server, ntfy.topic)),
                _ => None,
            });
        let topics = topics.collect();
        (after, topics)
    }

    #[test]
    fn a_table_is_added_and_nothing_else_is_touched() {
        let gateway = "[[gateway]] # mine\nname = 'a'\nlocal = true\n";
        let table = [
            String::new(),
            gateway.into(),
            format!("# first\n\n{gateway}\n\n# [tap]\n"),
            format!("{gateway}[alerts] # loud\nwarn_hours = [9]\n\n[signin]\nallowed_hosts = []\n"),
            format!("[alerts.phone]\n# mine\n\n{gateway}"),
            format!("[alerts]\nquiet = \"23:00-07:00\"\n[alerts.command]\nrun = ['a']\n{gateway}"),
            "alerts.warn_hours = [9]\n".into(),
        ];
        for before in table {
            let (after, topics) = added(&before, None);
            assert_eq!(topics, ["https://ntfy.sh/clawtap-1"], "{after}");
            let block = format!("[alerts.ntfy]\n{TOPIC}");
            let gap = if before.is_empty() { "" } else { "\n" };
            assert_eq!(after.replacen(&format!("{gap}{block}"), "", 1), before);
        }
    }

    #[test]
    fn a_table_in_one_line_stays_in_one() {
        let (after, topics) = added("alerts = {warn_hours = [9]} # mine\n", None);
        assert_eq!(topics, ["https://ntfy.sh/clawtap-1"]);
        let expected = "alerts = {warn_hours = [9], ntfy = { topic = \"clawtap-1\" } } # mine\n";
        assert_eq!(after, expected);
    }

    #[test]
    fn a_server_is_named_before_its_topic() {
        let (after, topics) = added("", Some("https://ntfy.example"));
        let expected = format!("[alerts.ntfy]\nurl = \"https://ntfy.example\"\n{TOPIC}");
        assert_eq!(
            (after, topics),
            (expected, vec!["https://ntfy.example/clawtap-1".into()])
        );
    }

    #[test]
    fn a_table_without_a_topic_gets_one() {
        let table = [
            ("[alerts.ntfy]\n", false, 1),
            (
                "[alerts.ntfy]\nfallback = true # mine\n\n[sync]\n",
                false,
                1,
            ),
            ("[alerts.ntfy]\nurl = 'https://ntfy.sh'\n", true, 1),
            (
                "[[alerts.ntfy]]\ntopic = 'a'\n[[alerts.ntfy]]\nurl = 'https://b.example'\n",
                true,
                2,
            ),
        ];
        for (before, has_server, count) in table {
            assert_eq!(
                missing(before).unwrap(),
                Missing::Topic { has_server },
                "{before}"
            );
            let (after, topics) = added(before, None);
            assert_eq!(topics.len(), count, "{after}");
            assert_eq!(after.replacen(TOPIC, "", 1), before);
        }
    }

    #[test]
    fn a_configuration_with_a_topic_stays_as_it_is() {
        let table = [
            "[alerts.ntfy]\ntopic = 'a'\n",
            "[alerts]\nntfy = { topic = 'a' }\n",
            "[[alerts.ntfy]]\ntopic = 'a'\n",
            "[alerts]\nntfy = 7\n",
        ];
        for before in table {
            assert_eq!(missing(before).unwrap(), Missing::Nothing, "{before}");
            assert_eq!(add(before, None, "clawtap-1").unwrap(), before);
        }
    }

    proptest! {
        #[test]
        fn every_line_stays(comments in prop::collection::vec("# [a-zA-Z0-9 =\\[\\]\"]{0,20}", 0..6)) {
            let before = comments.join("\n");
            let after = add(&before, None, "clawtap-1").unwrap();
            let mut lines = after.lines();
            for comment in &comments {
                prop_assert!(lines.any(|line| line == comment), "{comment} is lost:\n{after}");
            }
        }
    }
}
