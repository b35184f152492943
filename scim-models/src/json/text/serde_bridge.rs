//! `serde` for all SCIM types, in two functions that the generated impls call.

use std::{cmp::Ordering, fmt};

use serde::{
    Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
    ser::Error as _,
};

use super::{Number, Tree, quote::string};

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

/// Passes a JSON text to a serializer. A serializer of `serde_json` gets the text as it is. Others,
/// also that of `serde_json::to_value`, get it member by member; there, a number that no Rust type
/// can hold exactly becomes a string.
///
/// # Errors
/// The errors of the serializer. Also, a string is not valid Unicode and the serializer is not that
/// of `serde_json`.
pub fn serialize<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    // The serializer's own name is the only thing that tells formats apart. Were it to change,
    // JSON would come out the same, only slower.
    let name = std::any::type_name::<S>();
    // Not those that serde wraps around it for `flatten` and tagged enums. Nor that of its trees,
    // which would read the text anew and round the numbers.
    let is_json = name.starts_with("&mut serde_json::ser::Serializer<");
    if is_json {
        return raw(json, serializer);
    }
    let tree = Tree::read(json).map_err(S::Error::custom)?;
    tree.serialize(serializer)
}

fn raw<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let raw: &serde_json::value::RawValue = serde_json::from_str(json).map_err(S::Error::custom)?;
    raw.serialize(serializer)
}

/// A JSON text as a tree of serde's values.
impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::String(text) => serializer.serialize_str(text),
            Self::Number(text) => number(text, serializer),
            Self::Array(elements) => serializer.collect_seq(elements),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

fn number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    // `-0` is no integer: it would lose its sign.
    if let Ok(number) = text.parse()
        && text != "-0"
    {
        return serializer.serialize_i64(number);
    }
    if let Ok(number) = text.parse() {
        return serializer.serialize_u64(number);
    }
    match text.parse::<f64>() {
        Ok(number) if is_exact(number, text) => serializer.serialize_f64(number),
        _ => serializer.serialize_str(text),
    }
}

/// Returns whether writing the nearest `f64` says the number that `text` says.
fn is_exact(number: f64, text: &str) -> bool {
    number.is_finite() && Number::compare(&number.to_string(), text).is_some_and(Ordering::is_eq)
}

struct Raw;

/// From formats that do not say that they have a newtype.
macro_rules! simple_values {
    ($($visit:ident: $value:ty,)*) => {
        $(fn $visit<E: de::Error>(self, value: $value) -> Result<String, E> {
            let mut out = String::new();
            Transcribe(&mut out).$visit(value)?;
            Ok(out)
        })*
    };
}

impl<'de> Visitor<'de> for Raw {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a SCIM value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        match map.next_key::<String>()? {
            Some(key) if key == RAW => map.next_value(),
            Some(key) => {
                let mut out = String::from("{");
                string(&mut out, &key);
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

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<String, A::Error> {
        let mut out = String::new();
        Transcribe(&mut out).visit_seq(seq)?;
        Ok(out)
    }

    simple_values!(
        visit_bool: bool,
        visit_i64: i64,
        visit_u64: u64,
        visit_i128: i128,
        visit_u128: u128,
        visit_f64: f64,
        visit_str: &str,
    );
}

fn rest_of_map<'de, A: MapAccess<'de>>(mut map: A, out: &mut String) -> Result<(), A::Error> {
    while let Some(key) = map.next_key::<String>()? {
        if !out.ends_with('{') {
            out.push(',');
        }
        string(out, &key);
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

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<(), E> {
        self.0.push_str(&value.to_string());
        Ok(())
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<(), E> {
        self.0.push_str(&value.to_string());
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        if !value.is_finite() {
            return Err(E::custom("infinity and NaN are not numbers in JSON"));
        }
        self.number(value)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        string(self.0, value);
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
