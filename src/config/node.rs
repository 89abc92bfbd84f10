//! A serde deserializer of parsed TOML that records the key and the span of each error. toml's own would be compiled
//! three times for each table, because it also handles spans and dates as tables.

use std::fmt::{self, Display};
use std::ops::Range;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::{DeString, DeValue};

/// An error and its position.
#[derive(Debug)]
pub(super) struct NodeError {
    pub(super) fault: Fault,
    /// The innermost value with the error: its key, and its byte range in the text.
    pub(super) place: Option<(String, Range<usize>)>,
}

#[derive(Debug)]
pub(super) enum Fault {
    UnknownKey {
        name: String,
        known: &'static [&'static str],
    },
    MissingKey(&'static str),
    /// The value has the wrong type; this one was expected.
    WrongType(String),
    /// The message of the check of a value.
    Other(String),
}

impl NodeError {
    const fn new(fault: Fault) -> Self {
        Self { fault, place: None }
    }

    fn or_at(mut self, key: &str, span: Range<usize>) -> Self {
        self.place.get_or_insert_with(|| (key.to_owned(), span));
        self
    }
}

/// Required by serde's `Error`; the messages for people are made in `document`.
impl Display for NodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{self:?}")
    }
}

impl std::error::Error for NodeError {}

impl Error for NodeError {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(Fault::Other(message.to_string()))
    }

    fn invalid_type(_: Unexpected, expected: &dyn Expected) -> Self {
        Self::new(Fault::WrongType(expected.to_string()))
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        let name = name.to_owned();
        Self::new(Fault::UnknownKey { name, known })
    }

    fn missing_field(name: &'static str) -> Self {
        Self::new(Fault::MissingKey(name))
    }
}

/// A value, and its key, or the key of the list that contains it.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) key: &'a str,
    pub(super) value: &'a Spanned<DeValue<'a>>,
}

impl Node<'_> {
    fn read<'de, S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, NodeError> {
        let read = seed.deserialize(self);
        read.map_err(|error| error.or_at(self.key, self.value.span()))
    }
}

impl<'de> Deserializer<'de> for Node<'_> {
    type Error = NodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        match self.value.get_ref() {
            DeValue::String(text) => visitor.visit_str(text),
            DeValue::Integer(integer) => {
                let number = i64::from_str_radix(integer.as_str(), integer.radix());
                visitor.visit_i64(number.map_err(|_| Error::custom("the number is too large"))?)
            }
            DeValue::Float(float) => {
                let number = float.as_str().parse();
                visitor.visit_f64(number.unwrap_or(f64::NAN))
            }
            DeValue::Boolean(value) => visitor.visit_bool(*value),
            DeValue::Datetime(_) => Err(Error::custom("must not be a date")),
            DeValue::Array(values) => visitor.visit_seq(List {
                key: self.key,
                values: values.iter(),
            }),
            DeValue::Table(table) => visitor.visit_map(Entries {
                key: self.key,
                rest: table.iter(),
                value: None,
            }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, NodeError> {
        visitor.visit_newtype_struct(self)
    }

    /// Refuses a list, which serde's derived structs would read as the values of their fields.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NodeError> {
        match self.value.get_ref() {
            DeValue::Array(_) => Err(Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NodeError> {
        let table = self.value.get_ref().as_table();
        match table.and_then(|table| table.iter().next()) {
            Some((name, value)) => visitor.visit_enum(Variant {
                name: name.get_ref(),
                node: Node { value, ..self },
            }),
            None => Err(Error::custom("must be a table")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

struct List<'a> {
    key: &'a str,
    values: std::slice::Iter<'a, Spanned<DeValue<'a>>>,
}

impl<'de> SeqAccess<'de> for List<'_> {
    type Error = NodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, NodeError> {
        let key = self.key;
        let value = self.values.next();
        value
            .map(|value| Node { key, value }.read(seed))
            .transpose()
    }
}

type Entry<'a> = (&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>);

struct Entries<'a, I> {
    key: &'a str,
    rest: I,
    value: Option<Node<'a>>,
}

impl<'a, 'de, I: Iterator<Item = Entry<'a>>> MapAccess<'de> for Entries<'a, I> {
    type Error = NodeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, NodeError> {
        let Some((name, value)) = self.rest.next() else {
            return Ok(None);
        };
        let key: &str = name.get_ref();
        self.value = Some(Node { key, value });
        let read = seed.deserialize(key.into_deserializer());
        read.map(Some)
            .map_err(|error: NodeError| error.or_at(self.key, name.span()))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, NodeError> {
        match self.value.take() {
            Some(node) => node.read(seed),
            None => Err(Error::custom("a value before its key")),
        }
    }
}

struct Variant<'a> {
    name: &'a str,
    node: Node<'a>,
}

impl<'a, 'de> EnumAccess<'de> for Variant<'a> {
    type Error = NodeError;
    type Variant = Node<'a>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Node<'a>), NodeError> {
        let name = seed.deserialize(self.name.into_deserializer())?;
        Ok((name, self.node))
    }
}

impl<'de> VariantAccess<'de> for Node<'_> {
    type Error = NodeError;

    fn unit_variant(self) -> Result<(), NodeError> {
        Err(Error::custom("must be a table"))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, NodeError> {
        self.read(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, NodeError> {
        Err(Error::custom("must be a table"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, NodeError> {
        Err(Error::custom("must be a table"))
    }
}
