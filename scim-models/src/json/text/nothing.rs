//! Which JSON values are unassigned (RFC 7643 §2.5).

use super::{Reader, SyntaxError, reader::Next};

/// Returns whether the text is `null`, or an object or array in which nothing else is. It is known
/// to be JSON.
pub(crate) fn is_nothing(text: &str) -> bool {
    let mut reader = Reader::new(text);
    is_next_nothing(&mut reader).unwrap_or(false)
}

/// Reads on only while there is nothing.
fn is_next_nothing(reader: &mut Reader<'_>) -> Result<bool, SyntaxError> {
    match reader.peek()? {
        Next::Null => {
            reader.literal("null")?;
            return Ok(true);
        }
        Next::Object => {
            let mut more = reader.enter_object()?;
            while more {
                reader.member()?;
                if !is_next_nothing(reader)? {
                    return Ok(false);
                }
                more = reader.next_member()?;
            }
        }
        Next::Array => {
            let mut more = reader.enter_array()?;
            while more {
                if !is_next_nothing(reader)? {
                    return Ok(false);
                }
                more = reader.next_element()?;
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_null_all_the_way_down() {
        for text in ["null", " { } ", "[]", r#"{"a":null,"b":[{},[null]]}"#] {
            assert!(is_nothing(text), "{text}");
        }
        for text in [
            "0",
            "false",
            r#""""#,
            r#"{"a":null,"b":[{},[""]]}"#,
            "[[0]]",
        ] {
            assert!(!is_nothing(text), "{text}");
        }
    }
}
