//! The members of bulk requests as they stand in the text, which is JSON.

use std::collections::HashSet;

use super::{
    BulkMethod,
    read::{is_object, one_or_many, problem},
    urn,
};
use crate::{
    json::{Next, Problem, ProblemKind, Problems, Reader, SyntaxError, to_value},
    message::schemas,
    model::Extra,
    shown::Name,
};

/// The members of a request as they stand in the text. Of several that differ at most in letter
/// case, the last one counts.
#[derive(Default)]
pub(super) struct Message<'a> {
    schemas: Option<&'a str>,
    fail_on_errors: Option<&'a str>,
    operations: Option<&'a str>,
    pub(super) extra: Extra,
    /// The name of a member that came twice.
    repeated: Option<String>,
}

impl<'a> Message<'a> {
    /// Reads the whole text: what stands in the members is JSON then.
    pub(super) fn read(text: &'a str) -> Result<Result<Self, Problem>, SyntaxError> {
        let mut reader = Reader::new(text);
        let mut problems = Problems::default();
        let mut message = Self::default();
        if is_object(&mut reader, "a bulk request", &mut problems)? {
            let mut more = reader.enter_object()?;
            while more {
                let name = reader.member()?;
                let value = reader.skip_value()?;
                let slot = match name.to_ascii_lowercase().as_str() {
                    "schemas" => &mut message.schemas,
                    "failonerrors" => &mut message.fail_on_errors,
                    "operations" => &mut message.operations,
                    _ => {
                        if message.extra.get(&name).is_some() {
                            message.repeated.get_or_insert_with(|| name.to_string());
                        }
                        message.extra.set_raw(&name, value);
                        more = reader.next_member()?;
                        continue;
                    }
                };
                if slot.replace(value).is_some() {
                    message.repeated.get_or_insert_with(|| name.to_string());
                }
                more = reader.next_member()?;
            }
        }
        reader.finish()?;
        Ok(match problems.into_list().pop() {
            Some(problem) => Err(problem),
            None => Ok(message),
        })
    }

    pub(super) fn check_strictly(&self) -> Result<(), String> {
        let mut document = serde_json::Map::new();
        if let Some(schemas) = self.schemas {
            let schemas = to_value(schemas).unwrap_or_default();
            document.insert("schemas".to_owned(), schemas);
        }
        schemas::names_message(&document.into(), urn::BULK_REQUEST)?;
        if let Some(name) = &self.repeated {
            return Err(twice(name));
        }
        if self
            .fail_on_errors
            .is_some_and(|text| text.starts_with('"'))
        {
            return Err("failOnErrors is not a number".to_owned());
        }
        match self.operations {
            Some(text) if !text.starts_with('[') => Err("Operations is not an array".to_owned()),
            _ => Ok(()),
        }
    }

    /// A limit that cannot be read is none that may be passed over: more would be done than was
    /// asked for.
    pub(super) fn fail_on_errors(&self) -> Result<Option<u64>, Problem> {
        let Some(text) = self.fail_on_errors.filter(|text| *text != "null") else {
            return Ok(None);
        };
        // A number, or one in a string.
        let digits = text.trim_matches('"').trim();
        digits.parse().map(Some).map_err(|_| {
            let kind = ProblemKind::WrongType {
                expected: "a whole number",
                found: "something else",
            };
            problem("failOnErrors", kind)
        })
    }

    pub(super) fn each_operation(
        &self,
        read: impl FnMut(&mut Reader<'a>, usize) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        match self.operations {
            Some(text) => one_or_many(&mut Reader::nested(text), read),
            None => Ok(()),
        }
    }
}

/// The members of an operation as they stand in the text, as those of a [`Message`].
#[derive(Default)]
pub(super) struct Members<'a> {
    pub(super) method: Option<&'a str>,
    pub(super) path: Option<&'a str>,
    pub(super) bulk_id: Option<&'a str>,
    pub(super) version: Option<&'a str>,
    pub(super) data: Option<&'a str>,
    /// The name of a member that came twice.
    repeated: Option<String>,
}

impl<'a> Members<'a> {
    pub(super) fn read(&mut self, reader: &mut Reader<'a>) -> Result<(), SyntaxError> {
        let mut others = HashSet::new();
        let mut more = reader.enter_object()?;
        while more {
            let name = reader.member()?;
            let value = reader.skip_value()?;
            let key = name.to_ascii_lowercase();
            let is_repeated = match key.as_str() {
                "method" => self.method.replace(value).is_some(),
                "path" => self.path.replace(value).is_some(),
                "bulkid" => self.bulk_id.replace(value).is_some(),
                "version" => self.version.replace(value).is_some(),
                "data" => self.data.replace(value).is_some(),
                _ => !others.insert(key),
            };
            if is_repeated {
                self.repeated.get_or_insert_with(|| name.into_owned());
            }
            more = reader.next_member()?;
        }
        Ok(())
    }

    /// A form that RFC 7644 §3.7 does not have, if there is one.
    pub(super) fn loose(&self) -> Option<String> {
        if let Some(name) = &self.repeated {
            return Some(twice(name));
        }
        let strings = [
            ("method", self.method),
            ("path", self.path),
            ("bulkId", self.bulk_id),
            ("version", self.version),
        ];
        for (name, value) in strings {
            if value.is_some_and(|value| !value.starts_with('"')) {
                return Some(format!("{name} is not a string"));
            }
        }
        let is = |method: &BulkMethod| {
            let quoted = self.method.and_then(|text| text.strip_prefix('"'));
            quoted.and_then(|text| text.strip_suffix('"')) == Some(method.as_str())
        };
        if !BulkMethod::ALL.iter().any(is) {
            return Some(format!("method is not {}", BulkMethod::EXPECTED));
        }
        let is_object = self.data.is_some_and(|data| data.starts_with('{'));
        (!is_object && !is(&BulkMethod::Delete)).then(|| "data is not an object".to_owned())
    }
}

/// The text of a member that is a string; the empty one is none.
pub(super) fn string(value: Option<&str>) -> Result<Option<String>, ProblemKind> {
    let Some(value) = value.filter(is_given) else {
        return Ok(None);
    };
    let mut reader = Reader::new(value);
    match reader.peek() {
        Ok(Next::String) => match reader.string() {
            Ok(text) => Ok((!text.is_empty()).then(|| text.into_owned())),
            Err(_) => Err(ProblemKind::NotUnicode),
        },
        found => Err(ProblemKind::WrongType {
            expected: "a string",
            found: found.map_or("something else", Next::name),
        }),
    }
}

pub(super) fn is_given(value: &&str) -> bool {
    *value != "null"
}

fn twice(name: &str) -> String {
    format!("{} comes twice in a bulk request", Name(name))
}
