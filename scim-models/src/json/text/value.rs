//! JSON text as a tree of `serde_json`.

use serde_json::{Map, Value};

use super::{Reader, SyntaxError, reader::Next};

/// The text as a tree. A tree cannot hold everything: a number beyond `f64` becomes a string with its
/// text, and half of a surrogate pair becomes U+FFFD.
pub fn to_value(text: &str) -> Option<Value> {
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(_) => {
            let mut reader = Reader::new(text);
            let value = read(&mut reader).ok()?;
            reader.finish().ok()?;
            Some(value)
        }
    }
}

fn read(reader: &mut Reader<'_>) -> Result<Value, SyntaxError> {
    Ok(match reader.peek()? {
        Next::Null => {
            reader.literal("null")?;
            Value::Null
        }
        Next::True => {
            reader.literal("true")?;
            true.into()
        }
        Next::False => {
            reader.literal("false")?;
            false.into()
        }
        Next::String => reader.string_for_people()?.into(),
        Next::Number => {
            let text = reader.number()?;
            serde_json::from_str(text).unwrap_or_else(|_| text.into())
        }
        Next::Array => {
            let mut elements = Vec::new();
            let mut more = reader.enter_array()?;
            while more {
                elements.push(read(reader)?);
                more = reader.next_element()?;
            }
            elements.into()
        }
        Next::Object => {
            let mut members = Map::new();
            let mut more = reader.enter_object()?;
            while more {
                let name = reader.member()?.into_owned();
                members.insert(name, read(reader)?);
                more = reader.next_member()?;
            }
            members.into()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_tree_holds_is_said() {
        let value = to_value(r#"{"a":1e400,"b":["\ud83d",1.5,null,true,false,{}]}"#).unwrap();
        assert_eq!(
            value.to_string(),
            r#"{"a":"1e400","b":["�",1.5,null,true,false,{}]}"#
        );
        assert_eq!(to_value("{"), None);
        assert_eq!(to_value("1e400 1"), None);
    }
}
