//! `serde` for all SCIM types, in two functions that the generated impls call.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
    ser::Error as _,
};

use super::{Reader, SyntaxError, encode, reader::Next};

/// The name by which `serde_json` hands out and takes raw text (its `RawValue`). Formats that do
/// not know it pass the value on, and the text is put together from its parts.
const RAW: &str = "$serde_json::private::RawValue";

/// The JSON text of the value that a deserializer holds. From `serde_json` it is the text as it
/// stood in the input.
///
/// # Errors
/// Those of the deserializer.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_newtype_struct(RAW, Raw)
}

/// Hands a JSON text to a serializer: as it stands to `serde_json`'s, member by member to others.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    // The serializer's own name is the only thing that tells formats apart. Were it to change,
    // JSON would come out the same, only slower.
    let name = std::any::type_name::<S>();
    // Not those that serde wraps around it for `flatten` and tagged enums.
    let is_json = name.starts_with("&mut serde_json::ser::Serializer<")
        || name == "serde_json::value::ser::Serializer";
    if is_json {
        return raw(json, serializer);
    }
    Tree(json).serialize(serializer)
}

fn raw<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let raw: &serde_json::value::RawValue = serde_json::from_str(json).map_err(S::Error::custom)?;
    raw.serialize(serializer)
}

/// A JSON text as a tree of serde's values.
struct Tree<'a>(&'a str);

impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut reader = Reader::new(self.0);
        match reader.peek().map_err(S::Error::custom)? {
            Next::Null => serializer.serialize_unit(),
            Next::True => serializer.serialize_bool(true),
            Next::False => serializer.serialize_bool(false),
            Next::String => serializer.serialize_str(&reader.string().map_err(S::Error::custom)?),
            Next::Number => number(self.0, serializer),
            Next::Array => {
                let elements = elements(&mut reader).map_err(S::Error::custom)?;
                serializer.collect_seq(elements.into_iter().map(Tree))
            }
            Next::Object => {
                let members = members(&mut reader).map_err(S::Error::custom)?;
                serializer.collect_map(members.into_iter().map(|(key, value)| (key, Tree(value))))
            }
        }
    }
}

fn number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if let Ok(number) = text.parse() {
        return serializer.serialize_i64(number);
    }
    if let Ok(number) = text.parse() {
        return serializer.serialize_u64(number);
    }
    serializer.serialize_f64(text.parse().map_err(S::Error::custom)?)
}

fn elements<'a>(reader: &mut Reader<'a>) -> Result<Vec<&'a str>, SyntaxError> {
    let mut elements = Vec::new();
    let mut more = reader.enter_array()?;
    while more {
        elements.push(reader.skip_value()?);
        more = reader.next_element()?;
    }
    Ok(elements)
}

type Member<'a> = (Cow<'a, str>, &'a str);

fn members<'a>(reader: &mut Reader<'a>) -> Result<Vec<Member<'a>>, SyntaxError> {
    let mut members = Vec::new();
    let mut more = reader.enter_object()?;
    while more {
        members.push((reader.member()?, reader.skip_value()?));
        more = reader.next_member()?;
    }
    Ok(members)
}

struct Raw;

impl<'de> Visitor<'de> for Raw {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a SCIM object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        match map.next_key::<String>()? {
            Some(key) if key == RAW => map.next_value(),
            Some(key) => {
                let mut out = String::from("{");
                encode::string(&mut out, &key);
                out.push(':');
                map.next_value_seed(Transcribe(&mut out))?;
                rest_of_map(map, &mut out)?;
                Ok(out)
            }
            None => Ok("{}".to_owned()),
        }
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<String, D::Error> {
        let mut out = String::new();
        inner.deserialize_any(Transcribe(&mut out))?;
        Ok(out)
    }
}

fn rest_of_map<'de, A: MapAccess<'de>>(mut map: A, out: &mut String) -> Result<(), A::Error> {
    while let Some(key) = map.next_key::<String>()? {
        if !out.ends_with('{') {
            out.push(',');
        }
        encode::string(out, &key);
        out.push(':');
        map.next_value_seed(Transcribe(out))?;
    }
    out.push('}');
    Ok(())
}

/// Writes whatever comes as JSON.
struct Transcribe<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Transcribe<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Transcribe<'_> {
    fn number<N: Serialize, E: de::Error>(self, number: N) -> Result<(), E> {
        let text = serde_json::to_string(&number).map_err(E::custom)?;
        self.0.push_str(&text);
        Ok(())
    }
}

impl<'de> Visitor<'de> for Transcribe<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.number(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.number(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        self.number(value)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        encode::string(self.0, value);
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.0.push_str("null");
        Ok(())
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<(), D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.push('[');
        let mut start = self.0.len();
        while seq.next_element_seed(Transcribe(self.0))?.is_some() {
            start = self.0.len();
            self.0.push(',');
        }
        self.0.truncate(start);
        self.0.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.0.push('{');
        rest_of_map(map, self.0)
    }
}
