//! Numbers that JSON does not have.
//!
//! `serde_json` writes infinity and NaN as `null`, which is unassigned in SCIM (RFC 7643 §2.5). So an
//! attribute would be removed instead of set.

use std::fmt::Display;

use serde::{
    Serialize, Serializer,
    ser::{
        Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
        SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
    },
};
use serde_json::Error;

type Result = std::result::Result<(), Error>;

/// The JSON text of a value.
///
/// # Errors
/// The value's `Serialize` fails, it has a map whose keys are no strings, or infinity or NaN.
pub(crate) fn to_text<T: Serialize + ?Sized>(value: &T) -> std::result::Result<String, Error> {
    let text = serde_json::to_string(value)?;
    // Only where something came out as nothing is the value looked at.
    if text.contains("null") {
        value.serialize(Finite)?;
    }
    Ok(text)
}

/// Goes through a value, and fails at a number that is not finite.
struct Finite;

macro_rules! fine {
    ($($method:ident: $type:ty,)*) => {
        $(fn $method(self, _: $type) -> Result {
            Ok(())
        })*
    };
}

impl Serializer for Finite {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    fine! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_u128: u128,
        serialize_char: char,
        serialize_str: &str,
        serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    }

    fn serialize_f32(self, value: f32) -> Result {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result {
        match value.is_finite() {
            true => Ok(()),
            false => Err(Error::custom(format_args!(
                "{value} is not a number in JSON"
            ))),
        }
    }

    fn serialize_none(self) -> Result {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> std::result::Result<Self, Error> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> std::result::Result<Self, Error> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> std::result::Result<Self, Error> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> std::result::Result<Self, Error> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> std::result::Result<Self, Error> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> std::result::Result<Self, Error> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> std::result::Result<Self, Error> {
        Ok(self)
    }

    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result {
        Ok(())
    }
}

macro_rules! many {
    ($($trait:ident::$method:ident,)*) => {
        $(impl $trait for Finite {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
                value.serialize(Finite)
            }

            fn end(self) -> Result {
                Ok(())
            }
        })*
    };
}

many! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field,
}

macro_rules! named {
    ($($trait:ident,)*) => {
        $(impl $trait for Finite {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                _: &'static str,
                value: &T,
            ) -> Result {
                value.serialize(Finite)
            }

            fn end(self) -> Result {
                Ok(())
            }
        })*
    };
}

named! {
    SerializeStruct,
    SerializeStructVariant,
}

impl SerializeMap for Finite {
    type Ok = ();
    type Error = Error;

    /// Keys are strings by now, or `serde_json` had refused them.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        value.serialize(Finite)
    }

    fn end(self) -> Result {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::Json;

    struct Locker {
        number: Option<f64>,
        sizes: Vec<f32>,
    }

    impl Serialize for Locker {
        fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
            let mut locker = serializer.serialize_struct("Locker", 2)?;
            locker.serialize_field("number", &self.number)?;
            locker.serialize_field("sizes", &self.sizes)?;
            locker.end()
        }
    }

    enum Any {
        Tuple(f64, f64),
        Struct { one: f64 },
        One(f64),
        Unit,
    }

    impl Serialize for Any {
        fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
            match self {
                Self::Tuple(one, two) => {
                    let mut tuple = serializer.serialize_tuple_variant("Any", 0, "Tuple", 2)?;
                    tuple.serialize_field(one)?;
                    tuple.serialize_field(two)?;
                    tuple.end()
                }
                Self::Struct { one } => {
                    let mut fields = serializer.serialize_struct_variant("Any", 1, "Struct", 1)?;
                    fields.serialize_field("one", one)?;
                    fields.end()
                }
                Self::One(one) => serializer.serialize_newtype_variant("Any", 2, "One", one),
                Self::Unit => serializer.serialize_unit_struct("Unit"),
            }
        }
    }

    fn refused<T: Serialize>(value: T) {
        let error = Json::of(&value).unwrap_err().to_string();
        assert!(error.contains("is not a number in JSON"), "{error}");
    }

    #[test]
    fn what_is_no_number_is_not_taken_for_nothing() {
        refused(f64::NAN);
        refused(f32::INFINITY);
        refused(Some(f64::NEG_INFINITY));
        refused([1.0, f64::NAN]);
        refused((1, "a", f64::NAN));
        refused(BTreeMap::from([("a", vec![f64::NAN])]));
        refused(Locker {
            number: Some(f64::NAN),
            sizes: Vec::new(),
        });
        refused(Locker {
            number: None,
            sizes: vec![1.0, f32::NAN],
        });
        refused(Any::Tuple(1.0, f64::NAN));
        refused(Any::Struct { one: f64::NAN });
        refused(Any::One(f64::NAN));
    }

    #[test]
    fn nothing_stays_nothing() {
        let locker = Locker {
            number: None,
            sizes: vec![0.5],
        };
        let text = r#"{"number":null,"sizes":[0.5]}"#;
        assert_eq!(Json::of(&locker).unwrap().as_str(), text);
        assert_eq!(
            Json::of(&(Any::Unit, Any::One(0.5))).unwrap().as_str(),
            r#"[null,{"One":0.5}]"#
        );
        let json = Json::parse(r#"{"a": null, "b": 1e400}"#).unwrap();
        assert_eq!(Json::of(&json).unwrap().as_str(), json.as_str());
        assert_eq!(Json::of("null").unwrap().as_str(), r#""null""#);
    }
}
