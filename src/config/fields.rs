//! Deserializes values of the configuration: lists, numbers, programs and paths.

use std::fmt;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Error, IntoDeserializer, SeqAccess, Visitor};

/// Reads one value, or a list; `expected` completes "must be".
pub(super) fn one_or_many<'de, D, T>(deserializer: D, expected: &str) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    // The same message for every wrong value of the list.
    let values = deserializer.deserialize_any(OneOrMany(PhantomData));
    values.map_err(|_| D::Error::custom(format!("must be {expected}")))
}

/// Compiles to much less code than serde's `untagged`, which buffers a value of any type.
struct OneOrMany<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a value, or a list of values")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(vec![T::deserialize(text.into_deserializer())?])
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(vec![T::deserialize(number.into_deserializer())?])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(values)
    }
}

/// How messages describe a list of words.
pub(super) const WORDS: &str = "a text, or a list of texts";

/// A number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number<const MIN: u32, const MAX: u32>(pub(super) u32);

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for Number<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer).ok();
        number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| (MIN..=MAX).contains(number))
            .map(Self)
            .ok_or_else(|| D::Error::custom(format!("must be a number from {MIN} to {MAX}")))
    }
}

/// Reads a text and checks it with a function, whose error is a message.
pub(super) fn checked<'de, D, T>(
    deserializer: D,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// A program and its arguments, at least one word.
pub(super) struct Program(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Program {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words: Vec<String> = one_or_many(deserializer, WORDS)?;
        let wrong = |message: &str| Err(D::Error::custom(message));
        match words.first() {
            None => wrong("must name a program"),
            Some(program) if program.is_empty() || program.starts_with('-') => {
                wrong("must begin with a program")
            }
            Some(_) if words.iter().any(|word| word.contains(char::is_control)) => {
                wrong("must not hold control characters")
            }
            Some(program) if words.len() == 1 => match as_list(program) {
                Some(list) => wrong(&format!(
                    "must be a list where a program has arguments: {list}"
                )),
                None => Ok(Self(words)),
            },
            Some(_) => Ok(Self(words)),
        }
    }
}

/// The list to write instead of a command line in one text; None if it is one program. A path may have blanks.
pub(crate) fn as_list(program: &str) -> Option<String> {
    let mut words = program.split_whitespace();
    let is_path = words.clone().next().is_some_and(|word| word.contains('/'));
    if is_path || !program.contains(' ') {
        return None;
    }
    let quoted: Vec<String> = words.by_ref().map(|word| format!("\"{word}\"")).collect();
    Some(format!("[{}]", quoted.join(", ")))
}

/// Reads the path of a file; `~/` is expanded later.
pub(super) fn path<'de, D>(deserializer: D) -> Result<Option<PathBuf>, D::Error>
where
    D: Deserializer<'de>,
{
    checked(deserializer, |text| match text {
        "" => Err("must not be empty".into()),
        _ if text.contains(char::is_control) => Err("must not hold control characters".into()),
        _ => Ok(Some(text.into())),
    })
}

/// Expands `~/` to the home folder.
pub(super) fn expand(path: &mut PathBuf, home: Option<&Path>) {
    if let (Ok(rest), Some(home)) = (path.strip_prefix("~/"), home) {
        *path = home.join(rest);
    }
}
