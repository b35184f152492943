//! Members that an object has twice.
//!
//! Generously read, the last one counts. A strict reading has no last one: RFC 8259 §4 leaves open which
//! of them a reader takes, so two readers may see two documents.

use std::collections::HashSet;

use super::{Reader, SyntaxError, reader::Next};
use crate::model::Descriptor;

/// Which names of an object are the same one.
#[derive(Debug, Clone, Copy)]
pub enum Names {
    /// Those of the attributes of a table, in any letter case (RFC 7643 §2.1), also with the URN of the
    /// schema in front.
    Of(&'static Descriptor),
    /// Those of a message, in any letter case, and so many levels of objects within it.
    Message(u8),
    /// Equal ones: nothing is known of the object.
    Equal,
}

impl Names {
    /// What is the same for all names that are the same one.
    fn key(self, name: &str) -> String {
        let lower = match self {
            Self::Equal => return name.to_owned(),
            Self::Of(_) | Self::Message(_) => name.to_ascii_lowercase(),
        };
        let Self::Of(table) = self else {
            return lower;
        };
        let own = table.urn().map(str::to_ascii_lowercase);
        let short = own.and_then(|urn| lower.strip_prefix(&urn)?.strip_prefix(':'));
        match short {
            Some(short) => short.to_owned(),
            None => lower,
        }
    }

    /// The names of the objects in a member.
    fn within(self, key: &str) -> Self {
        match self {
            Self::Of(table) => {
                let attribute = table.attribute(key);
                let inner = attribute.and_then(|attribute| attribute.kind.descriptor());
                inner.map_or(Self::Equal, Self::Of)
            }
            Self::Message(levels @ 1..) => Self::Message(levels - 1),
            Self::Message(0) | Self::Equal => Self::Equal,
        }
    }
}

/// The path of the first repeated member of a document. If the text is not JSON, the part after the
/// error is not checked; other code reports the error.
pub fn repeated(text: &str, names: Names) -> Option<String> {
    in_value(&mut Reader::new(text), names).ok().flatten()
}

fn in_value(reader: &mut Reader<'_>, names: Names) -> Result<Option<String>, SyntaxError> {
    match reader.peek()? {
        Next::Object => in_object(reader, names),
        Next::Array => {
            let mut more = reader.enter_array()?;
            let mut at = 0_usize;
            while more {
                if let Some(path) = in_value(reader, names)? {
                    return Ok(Some(format!("[{at}]{}", below(&path))));
                }
                at += 1;
                more = reader.next_element()?;
            }
            Ok(None)
        }
        _ => reader.skip_value().map(|_| None),
    }
}

fn in_object(reader: &mut Reader<'_>, names: Names) -> Result<Option<String>, SyntaxError> {
    let mut seen = HashSet::new();
    let mut more = reader.enter_object()?;
    while more {
        let name = reader.member()?.into_owned();
        let key = names.key(&name);
        let inner = names.within(&key);
        if !seen.insert(key) {
            return Ok(Some(name));
        }
        if let Some(path) = in_value(reader, inner)? {
            return Ok(Some(format!("{name}{}", below(&path))));
        }
        more = reader.next_member()?;
    }
    Ok(None)
}

/// A path behind another one.
fn below(path: &str) -> String {
    match path.starts_with('[') {
        true => path.to_owned(),
        false => format!(".{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{User, resource::Root as _};

    #[test]
    fn finds_the_second_one_wherever_it_is() {
        let of_user = |text: &str| repeated(text, Names::Of(User::DESCRIPTOR));
        for (text, path) in [
            (r#"{"userName":"a","userName":"b"}"#, "userName"),
            (r#"{"userName":"a","USERNAME":"b"}"#, "USERNAME"),
            (r#"{"userName":"a","user\u004eame":"b"}"#, "userName"),
            (
                r#"{"userName":"a","urn:ietf:params:scim:schemas:core:2.0:User:username":"b"}"#,
                "urn:ietf:params:scim:schemas:core:2.0:User:username",
            ),
            (
                r#"{"name":{"givenName":"a","GivenName":"b"}}"#,
                "name.GivenName",
            ),
            (
                r#"{"emails":[{},{"value":"a","Value":"b"}]}"#,
                "emails[1].Value",
            ),
            (r#"{"schemas":[],"Schemas":[]}"#, "Schemas"),
            (r#"{"x":{"a":[[{"b":1,"b":2}]]}}"#, "x.a[0][0].b"),
            (r#"{"id":"1","Id":"1"}"#, "Id"),
            (
                r#"{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"a","Department":"b"}}"#,
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.Department",
            ),
        ] {
            assert_eq!(of_user(text).as_deref(), Some(path), "{text}");
        }
        for text in [
            r#"{"userName":"a","name":{"givenName":"a"},"emails":[{"value":"a"},{"value":"a"}]}"#,
            // What nobody knows may tell its names apart by their letter case.
            r#"{"x":{"a":1,"A":2}}"#,
            r#"["a","a"]"#,
            r#"{"a":"#,
            "",
        ] {
            assert_eq!(of_user(text), None, "{text}");
        }
    }

    #[test]
    fn messages_have_their_own_names_so_many_levels_deep() {
        let text = r#"{"Operations":[{"op":"add","OP":"add"}]}"#;
        assert_eq!(repeated(text, Names::Message(0)), None);
        let found = repeated(text, Names::Message(1));
        assert_eq!(found.as_deref(), Some("Operations[0].OP"));
        let text = r#"{"a":{"b":{"c":1,"C":2,"c":3}}}"#;
        assert_eq!(repeated(text, Names::Message(1)).as_deref(), Some("a.b.c"));
        assert_eq!(repeated(text, Names::Message(2)).as_deref(), Some("a.b.C"));
    }
}
