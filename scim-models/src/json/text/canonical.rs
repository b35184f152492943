//! A text that is equal for equal JSON values.

use super::{Next, Reader, SyntaxError, is_unicode, quote::string};

/// No blanks, members sorted, those that hold nothing left out (RFC 7643 §2.5), numbers by their
/// digits. A text that is not JSON stands for itself.
pub(crate) fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    match write(&mut Reader::new(text), &mut out) {
        Ok(_) => out,
        Err(_) => text.to_owned(),
    }
}

/// Writes the value that comes next. Returns whether it holds anything, as
/// [`is_nothing`](super::is_nothing) has it.
fn write(reader: &mut Reader<'_>, out: &mut String) -> Result<bool, SyntaxError> {
    match reader.peek()? {
        Next::Object => return object(reader, out),
        Next::Array => {
            let mut any = false;
            out.push('[');
            let mut more = reader.enter_array()?;
            while more {
                any |= write(reader, out)?;
                out.push(',');
                more = reader.next_element()?;
            }
            out.push(']');
            return Ok(any);
        }
        Next::Null => {
            out.push_str(reader.skip_value()?);
            return Ok(false);
        }
        Next::String => {
            let written = reader.skip_value()?;
            if is_unicode(written) {
                string(out, &Reader::new(written).string()?);
            } else {
                out.push_str(written);
            }
        }
        _ => out.push_str(reader.skip_value()?),
    }
    Ok(true)
}

fn object(reader: &mut Reader<'_>, out: &mut String) -> Result<bool, SyntaxError> {
    let mut members = Vec::new();
    let mut more = reader.enter_object()?;
    while more {
        let start = reader.offset();
        let mut name = reader.member()?.into_owned();
        let written = reader.slice(start, reader.offset());
        if !is_unicode(written) {
            written.clone_into(&mut name);
        }
        let mut value = String::new();
        let any = write(reader, &mut value)?;
        members.push((name, value, any));
        more = reader.next_member()?;
    }
    // Of members of one name the last one counts.
    members.reverse();
    members.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    members.dedup_by(|(one, ..), (other, ..)| one == other);
    members.retain(|(.., any)| *any);
    let any = !members.is_empty();
    out.push('{');
    for (name, value, _) in members {
        string(out, &name);
        out.push(':');
        out.push_str(&value);
        out.push(',');
    }
    out.push('}');
    Ok(any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_equal_texts() {
        let one = canonical(r#"{"b": [1.50, "\u0041"], "a": null, "c": {"d":[]}}"#);
        assert_eq!(one, canonical(r#"{"b":[1.50,"A"]}"#));
        assert_ne!(one, canonical(r#"{"b":[1.5,"A"]}"#));
        assert_eq!(canonical(r#"{"a":{"b":null}}"#), "{}");
        assert_eq!(
            canonical(r#"{"a":[null,{"b":[{}]}],"c":[0]}"#),
            canonical(r#"{"c":[0]}"#)
        );
        assert_ne!(canonical(r#"{"a":[null,""]}"#), canonical("{}"));
        assert_eq!(canonical(r#"[ "\ud83d" ]"#), canonical(r#"["\ud83d"]"#));
        assert_ne!(canonical(r#""\ud83d""#), canonical(r#""\ud83e""#));
        assert_ne!(canonical(r#"{"\ud83d":1}"#), canonical(r#"{"\ud83e":1}"#));
        assert_eq!(
            canonical(r#"{"a":1,"b":2,"a":null}"#),
            canonical(r#"{"b":2}"#)
        );
        assert_eq!(canonical("{"), "{");
    }
}
