//! Parses a configuration as TOML, and turns serde's errors into plain messages with their line.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::node::{Fault, Node, NodeError};
use crate::suggest::nearest;

/// Keys and tables that older versions had, and how messages show them.
const GONE: [(&str, &str); 2] = [("ssh_multiplex", "`ssh_multiplex`"), ("tap", "[tap]")];

/// A configuration error, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigError {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// The parsed text, in which every key and value has a span.
pub(super) struct Document<'a> {
    text: &'a str,
    pub(super) root: Spanned<DeValue<'a>>,
}

impl<'a> Document<'a> {
    /// Parses TOML.
    pub(super) fn parse(text: &'a str) -> Result<Self, ConfigError> {
        let root = DeTable::parse(text).map_err(|error| ConfigError {
            line: line_at(text, error.span().map_or(0, |span| span.start)),
            message: error.message().replace('\n', ", "),
            hint: None,
        })?;
        let root = Spanned::new(root.span(), DeValue::Table(root.into_inner()));
        Ok(Self { text, root })
    }

    /// Deserializes a value. `more` is a table's name and its keys that were taken out before, to be suggested too.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        value: &Spanned<DeValue>,
        more: (&str, &[&str]),
    ) -> Result<T, ConfigError> {
        T::deserialize(Node { key: "", value }).map_err(|NodeError { fault, place }| {
            let (key, span) = place.unwrap_or_else(|| (String::new(), value.span()));
            self.error(value, &span, &in_plain_words(fault, &key, more))
        })
    }

    /// An error at a span of the value, or, if the message begins with "the key", at that key of the table. A second
    /// line of the message is the hint.
    pub(super) fn error(
        &self,
        value: &Spanned<DeValue>,
        span: &Range<usize>,
        message: &str,
    ) -> ConfigError {
        let mut lines = message.split('\n').map(str::to_owned);
        let keys = message.strip_prefix("the key");
        let key = keys.and_then(|keys| keys.split('`').nth(1));
        let start = key.and_then(|key| place_of(key, value, span));
        ConfigError {
            line: line_at(self.text, start.unwrap_or(span.start)),
            message: lines.next().unwrap_or_default(),
            hint: lines.next(),
        }
    }
}

/// Where the value of this key begins in a table of this span.
fn place_of(key: &str, value: &Spanned<DeValue>, span: &Range<usize>) -> Option<usize> {
    let inside = |value| place_of(key, value, span);
    match value.get_ref() {
        DeValue::Table(table) => {
            let own = table.get(key).filter(|_| value.span() == *span);
            own.map(|it| it.span().start)
                .or_else(|| table.values().find_map(inside))
        }
        DeValue::Array(items) => items.iter().find_map(inside),
        _ => None,
    }
}

/// The message for an error. It quotes nothing from the file except the name of an unknown key.
fn in_plain_words(fault: Fault, key: &str, (title, more): (&str, &[&str])) -> String {
    match fault {
        Fault::UnknownKey { name, known } => {
            let more = more.iter().filter(|_| key == title);
            unknown_key(
                &name,
                &known.iter().chain(more).copied().collect::<Vec<_>>(),
            )
        }
        Fault::MissingKey(name) => format!("the key `{name}` is missing"),
        Fault::WrongType(expected) => match &*expected {
            "a boolean" => format!("`{key}` must be true or false"),
            "a string" => format!("`{key}` must be a text in quotes"),
            "a sequence" => "this must be written as [[gateway]]".into(),
            title if title.starts_with('[') => format!("this must be written as {title}"),
            expected => format!("`{key}` must be {expected}"),
        },
        Fault::Other(message) if message.starts_with("must ") => format!("`{key}` {message}"),
        Fault::Other(message) if message.starts_with("the key") || message.starts_with('[') => {
            message
        }
        Fault::Other(message) => format!("`{key}` is not usable: {message}"),
    }
}

fn unknown_key(name: &str, known: &[&str]) -> String {
    if let Some((_, shown)) = GONE.iter().find(|(gone, _)| *gone == name) {
        return format!("{shown} is no longer needed: remove it");
    }
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => format!("Known here: {}", known.join(", ")),
    };
    format!("unknown key `{}`\n{hint}", name.escape_debug())
}

/// The line of a byte offset, counted from 1.
fn line_at(text: &str, offset: usize) -> usize {
    1 + text.get(..offset).unwrap_or(text).matches('\n').count()
}
