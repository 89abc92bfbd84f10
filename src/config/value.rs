//! A table of the configuration, read key by key; what is left at the end was not meant to be there.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::suggest::nearest;

/// What is wrong with the configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigError {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// A table that is being read.
pub(crate) struct Table<'a> {
    text: &'a str,
    /// How a person finds it, such as `[[gateway]]`.
    title: &'static str,
    span: Range<usize>,
    entries: Vec<(&'a str, Range<usize>, &'a Spanned<DeValue<'a>>)>,
    known: Vec<&'static str>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(
        text: &'a str,
        title: &'static str,
        span: Range<usize>,
        table: &'a DeTable<'a>,
    ) -> Self {
        let entries = table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), value));
        Self {
            text,
            title,
            span,
            entries: entries.collect(),
            known: Vec::new(),
        }
    }

    /// Takes a key's value out of the table.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Value<'a>> {
        self.known.push(key);
        let index = self.entries.iter().position(|(name, ..)| *name == key)?;
        let (_, _, value) = self.entries.swap_remove(index);
        Some(Value {
            text: self.text,
            key,
            content: value,
        })
    }

    /// Fails if something is left, with the key that was probably meant.
    pub(crate) fn finish(self) -> Result<(), ConfigError> {
        let first = self.entries.iter().min_by_key(|(_, span, _)| span.start);
        let Some((name, span, _)) = first else {
            return Ok(());
        };
        let near = nearest(name, self.known.iter().copied());
        Err(ConfigError {
            line: line_at(self.text, span.start),
            message: format!("{} has no key `{}`", self.title, name.escape_debug()),
            hint: Some(match near {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("It has: {}", self.known.join(", ")),
            }),
        })
    }

    /// Where it begins, for the order of tables of different names.
    pub(crate) fn place(&self) -> usize {
        self.span.start
    }

    /// A mistake about the table as a whole.
    pub(crate) fn mistake(&self, message: impl Into<String>) -> ConfigError {
        self.beginning().mistake(message)
    }

    /// Where it begins, for a mistake that shows once it is read.
    pub(crate) fn beginning(&self) -> Beginning<'a> {
        Beginning {
            text: self.text,
            start: self.span.start,
        }
    }
}

/// Where a table begins. Which line that is takes counting, which is left for when it is needed.
#[derive(Clone, Copy)]
pub(crate) struct Beginning<'a> {
    text: &'a str,
    start: usize,
}

impl Beginning<'_> {
    pub(crate) fn mistake(self, message: impl Into<String>) -> ConfigError {
        ConfigError {
            line: line_at(self.text, self.start),
            message: message.into(),
            hint: None,
        }
    }
}

/// A value that is being read.
pub(crate) struct Value<'a> {
    text: &'a str,
    key: &'static str,
    content: &'a Spanned<DeValue<'a>>,
}

impl<'a> Value<'a> {
    pub(crate) fn string(&self) -> Result<&'a str, ConfigError> {
        match self.content.get_ref() {
            DeValue::String(text) if text.is_empty() => Err(self.mistake("must not be empty")),
            DeValue::String(text) => Ok(text.as_ref()),
            _ => Err(self.mistake("must be a text in quotes")),
        }
    }

    pub(crate) fn boolean(&self) -> Result<bool, ConfigError> {
        match self.content.get_ref() {
            DeValue::Boolean(value) => Ok(*value),
            _ => Err(self.mistake("must be true or false")),
        }
    }

    pub(crate) fn number(&self, range: std::ops::RangeInclusive<u64>) -> Result<u64, ConfigError> {
        let parsed = match self.content.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        parsed
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                self.mistake(&format!(
                    "must be a number from {} to {}",
                    range.start(),
                    range.end()
                ))
            })
    }

    /// A number, or a list of at least one.
    pub(crate) fn numbers(
        &self,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<Vec<u64>, ConfigError> {
        let DeValue::Array(items) = self.content.get_ref() else {
            return Ok(vec![self.number(range)?]);
        };
        let each = |content| {
            let item = Value { content, ..*self };
            item.number(range.clone())
        };
        let numbers: Vec<u64> = items.iter().map(each).collect::<Result<_, _>>()?;
        if numbers.is_empty() {
            return Err(self.mistake("must not be empty"));
        }
        Ok(numbers)
    }

    /// A text, or a list of texts.
    pub(crate) fn words(&self) -> Result<Vec<String>, ConfigError> {
        let DeValue::Array(items) = self.content.get_ref() else {
            return match self.content.get_ref() {
                DeValue::String(_) => Ok(vec![self.string()?.to_owned()]),
                _ => Err(self.mistake("must be a text, or a list of texts")),
            };
        };
        let words = items.iter().map(|item| match item.get_ref() {
            DeValue::String(word) => Ok(word.clone().into_owned()),
            _ => Err(self.mistake("must be a text, or a list of texts")),
        });
        words.collect()
    }

    /// A table such as `[notification]`.
    pub(crate) fn table(&self, title: &'static str) -> Result<Table<'a>, ConfigError> {
        match self.content.get_ref() {
            DeValue::Table(table) => Ok(Table::new(self.text, title, self.content.span(), table)),
            _ => Err(self.mistake(&format!("must be written as {title}"))),
        }
    }

    /// The tables of a list such as `[[gateway]]`.
    pub(crate) fn tables(&self, title: &'static str) -> Result<Vec<Table<'a>>, ConfigError> {
        let not_a_list = || self.mistake(&format!("must be written as {title}"));
        let DeValue::Array(items) = self.content.get_ref() else {
            return Err(not_a_list());
        };
        let tables = items.iter().map(|item| match item.get_ref() {
            DeValue::Table(table) => Ok(Table::new(self.text, title, item.span(), table)),
            _ => Err(not_a_list()),
        });
        tables.collect()
    }

    /// A table such as `[alerts.ntfy]`, or a list of such.
    pub(crate) fn one_or_more_tables(
        &self,
        title: &'static str,
    ) -> Result<Vec<Table<'a>>, ConfigError> {
        match self.content.get_ref() {
            DeValue::Array(_) => self.tables(title),
            _ => Ok(vec![self.table(title)?]),
        }
    }

    /// A mistake about this value: `message` continues a sentence that begins with the key.
    pub(crate) fn mistake(&self, message: &str) -> ConfigError {
        ConfigError {
            line: line_at(self.text, self.content.span().start),
            message: format!("`{}` {message}", self.key),
            hint: None,
        }
    }
}

/// The line of a byte offset, counted from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    1 + text.get(..offset).unwrap_or(text).matches('\n').count()
}
