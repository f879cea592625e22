//! How does serde read `a=1&b=2`? As the URL standard says a form is parsed, with two differences:
//! what is not percent-encoded UTF-8 is refused, as it is in a path, and not replaced; and a field
//! that is there several times is a list.
//!
//! This is not `serde_html_form`, whose values have no 128 bits, which takes an empty value for
//! `None` only where the type is a number of the standard library, and which does not say what is
//! wrong with a field that is there twice.

use std::borrow::Cow;

use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::rejection::Refused;

type Text<'q> = Cow<'q, str>;

/// The fields of a query or a form, in their order, each with one value.
pub(super) struct Fields<'q>(Vec<Field<'q>>);

type Field<'q> = (Text<'q>, Values<'q>);

/// So many fields are compared with each other rather than sorted.
const FEW: usize = 12;

impl<'q> Fields<'q> {
    /// Reads a value from the text of a query or a form.
    pub(super) fn read<T: DeserializeOwned>(text: &'q [u8]) -> Result<T, Refused> {
        let fields = Fields::decode(text)?;
        serde_path_to_error::deserialize(fields).map_err(Refused::Unfit)
    }

    fn decode(text: &'q [u8]) -> Result<Self, Refused> {
        let mut fields = Vec::new();
        for field in text.split(|byte| *byte == b'&') {
            if field.is_empty() {
                continue;
            }
            let equals = field.iter().position(|byte| *byte == b'=');
            let (key, value) = match equals {
                Some(at) => (&field[..at], &field[at + 1..]),
                None => (field, &[][..]),
            };
            let key = decoded(key).ok_or(Refused::Undecodable { name: None })?;
            let Some(value) = decoded(value) else {
                let name = Some(key.into_owned());
                return Err(Refused::Undecodable { name });
            };
            fields.push((key, Values::from(value)));
        }
        Ok(Fields(fields))
    }

    /// Each field once, with all its values, in the order in which they were first there.
    fn grouped(self) -> Vec<Field<'q>> {
        let fields = &self.0;
        let is_there_before = |at: usize| fields[..at].iter().any(|(key, _)| *key == fields[at].0);
        if fields.len() <= FEW && !(1..fields.len()).any(is_there_before) {
            return self.0;
        }
        let mut fields: Vec<_> = self.0.into_iter().enumerate().collect();
        // It is stable, and the client cannot choose keys for which it takes long.
        fields.sort_by(|(_, (one, _)), (_, (other, _))| one.cmp(other));
        let mut groups: Vec<(usize, Field<'q>)> = Vec::with_capacity(fields.len());
        for (at, (key, values)) in fields {
            match groups.last_mut() {
                Some((_, (last, group))) if *last == key => group.rest.push(values.first),
                _ => groups.push((at, (key, values))),
            }
        }
        groups.sort_unstable_by_key(|(at, _)| *at);
        groups.into_iter().map(|(_, group)| group).collect()
    }
}

/// The text of a key or a value.
fn decoded(text: &[u8]) -> Option<Text<'_>> {
    let is_plain = |byte: &u8| !matches!(byte, b'%' | b'+');
    let Some(plain) = text.iter().position(|byte| !is_plain(byte)) else {
        return std::str::from_utf8(text).ok().map(Cow::Borrowed);
    };
    let mut decoded = Vec::with_capacity(text.len());
    decoded.extend_from_slice(&text[..plain]);
    let mut rest = &text[plain..];
    while let [byte, behind @ ..] = rest {
        rest = behind;
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let [high, low, behind @ ..] = rest else {
                    return None;
                };
                rest = behind;
                digit(*high)? << 4 | digit(*low)?
            }
            byte => *byte,
        });
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

impl<'de> Deserializer<'de> for Fields<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(MapDeserializer::new(self.grouped().into_iter()))
    }

    /// A list of pairs.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let pairs = self.0.into_iter();
        let pairs = pairs.map(|(key, values)| (Values::from(key), values));
        visitor.visit_seq(MapDeserializer::new(pairs))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_empty() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The values of one field.
struct Values<'q> {
    first: Text<'q>,
    rest: Vec<Text<'q>>,
}

impl<'q> From<Text<'q>> for Values<'q> {
    fn from(first: Text<'q>) -> Self {
        let rest = Vec::new();
        Values { first, rest }
    }
}

impl<'de> Values<'de> {
    fn one(self) -> Result<Text<'de>, Error> {
        if self.rest.is_empty() {
            Ok(self.first)
        } else {
            Err(Error::custom("is there more than once"))
        }
    }
}

impl<'de> IntoDeserializer<'de> for Values<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
                visitor.$visit(self.one()?.parse().map_err(Error::custom)?)
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Values<'de> {
    type Error = Error;

    parsed! {
        deserialize_i8 visit_i8
        deserialize_i16 visit_i16
        deserialize_i32 visit_i32
        deserialize_i64 visit_i64
        deserialize_i128 visit_i128
        deserialize_u8 visit_u8
        deserialize_u16 visit_u16
        deserialize_u32 visit_u32
        deserialize_u64 visit_u64
        deserialize_u128 visit_u128
        deserialize_f32 visit_f32
        deserialize_f64 visit_f64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let text = self.one()?;
        match &*text {
            "true" | "on" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(Error::custom("is not `true`, `on` or `false`")),
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if !self.rest.is_empty() {
            return self.deserialize_seq(visitor);
        }
        match self.first {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        Values::from(self.one()?).deserialize_any(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_byte_buf(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_byte_buf(self.one()?.into_owned().into_bytes())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        // What was left empty in an HTML form is sent nevertheless.
        if self.first.is_empty() && self.rest.is_empty() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let values = std::iter::once(self.first).chain(self.rest);
        visitor.visit_seq(SeqDeserializer::new(values.map(Values::from)))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let text = self.one()?.into_deserializer();
        Deserializer::deserialize_enum(text, name, variants, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let text = self.one()?;
        if text.is_empty() {
            return visitor.visit_unit();
        }
        Err(Error::invalid_type(Unexpected::Str(&text), &visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        map struct
    }
}
