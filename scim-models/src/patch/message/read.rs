//! JSON text into operations.

use super::{Op, Operation};
use crate::{
    attribute_path::PathError,
    filter::{Filter, FilterOptions, PatchPath},
    json,
    message::{schemas, urn},
    model::Json,
    patch::{
        PatchError, PatchErrorKind as Kind,
        text::{self, Shape},
    },
};

/// How a message is read.
#[derive(Clone, Copy)]
pub(in crate::patch) struct Reading<'a> {
    /// The schemas that are known to be containers.
    pub(super) schemas: &'a [&'a str],
    /// How its paths are.
    pub(super) paths: FilterOptions,
    /// Nothing is understood but what RFC 7644 §3.5.2 says.
    pub(super) strict: bool,
}

pub(in crate::patch) fn message(
    text: &str,
    reading: Reading<'_>,
) -> Result<Vec<Operation>, PatchError> {
    json::check(text).map_err(syntax)?;
    if reading.strict {
        let document = json::to_value(text).unwrap_or_default();
        schemas::names_message(&document, urn::PATCH_OP)
            .map_err(|detail| PatchError::new(Kind::InvalidSyntax, detail))?;
    }
    if text::shape(text) != Shape::Object {
        return Err(PatchError::new(
            Kind::InvalidSyntax,
            "the message is not an object",
        ));
    }
    let members = text::members(text).map_err(syntax)?;
    // The last one wins, as everywhere.
    let found = members
        .iter()
        .rev()
        .find(|(name, _)| name.eq_ignore_ascii_case("Operations"));
    let operations = match found {
        Some((_, value)) => match text::shape(value) {
            Shape::Array => text::elements(value).map_err(syntax)?,
            Shape::Object if !reading.strict => vec![*value],
            Shape::Object => {
                let detail = "`Operations` is not an array";
                return Err(PatchError::new(Kind::InvalidSyntax, detail));
            }
            Shape::Null | Shape::Simple => Vec::new(),
        },
        None => Vec::new(),
    };
    if operations.is_empty() {
        return Err(PatchError::new(
            Kind::InvalidSyntax,
            "the message has no operations",
        ));
    }
    operations
        .into_iter()
        .enumerate()
        .map(|(index, text)| operation(text, index, reading))
        .collect()
}

fn syntax(error: json::SyntaxError) -> PatchError {
    PatchError::new(Kind::InvalidSyntax, error.to_string())
}

fn operation(text: &str, index: usize, reading: Reading<'_>) -> Result<Operation, PatchError> {
    let mut path_text = None;
    read(text, reading, &mut path_text)
        .and_then(|operation| may_be(&operation).map(|()| operation))
        .map_err(|error| error.in_operation(index, path_text))
}

fn read(
    text: &str,
    reading: Reading<'_>,
    path_text: &mut Option<String>,
) -> Result<Operation, PatchError> {
    if text::shape(text) != Shape::Object {
        return Err(PatchError::new(
            Kind::InvalidSyntax,
            "an operation is not an object",
        ));
    }
    let (mut op, mut path, mut value) = (None, None, None);
    for (name, text) in text::members(text).map_err(syntax)? {
        match name {
            _ if name.eq_ignore_ascii_case("op") => op = Some(text),
            _ if name.eq_ignore_ascii_case("path") => path = Some(text),
            _ if name.eq_ignore_ascii_case("value") => value = Some(text),
            _ => {}
        }
    }
    let Some(op) = op.and_then(text::string).and_then(|word| {
        Op::from_keyword(&word).filter(|op| !reading.strict || op.as_str() == word)
    }) else {
        let detail = "`op` is not `add`, `remove` or `replace`";
        return Err(PatchError::new(Kind::InvalidSyntax, detail));
    };
    let path = match path {
        None => None,
        Some(text) => match text::string(text) {
            // An empty one is no path (RFC 7644 §3.5.2, Figure 7), and names nothing.
            Some(text) => Some(text.into_owned()),
            None if text::shape(text) == Shape::Null && !reading.strict => None,
            None => return Err(PatchError::new(Kind::InvalidPath, "`path` is not a string")),
        },
    };
    path_text.clone_from(&path);
    let path = path.map(|text| parse_path(&text, reading)).transpose()?;
    Ok(Operation {
        op,
        path,
        value: value.map(Json::trusted),
    })
}

/// Like [`check`]; but a `remove` without a path may list what it removes, for those who read it so.
fn may_be(operation: &Operation) -> Result<(), PatchError> {
    let lists = |value: &Json| text::shape(value.as_str()) == Shape::Object;
    match operation.op {
        Op::Remove if operation.value.as_ref().is_some_and(lists) => Ok(()),
        _ => check(operation),
    }
}

/// Whether the operation has what its kind needs.
pub(in crate::patch) fn check(operation: &Operation) -> Result<(), PatchError> {
    match operation.op {
        Op::Remove if operation.path.is_none() => {
            Err(PatchError::new(Kind::NoTarget, "`remove` has no path"))
        }
        Op::Add | Op::Replace if operation.value.is_none() => {
            let detail = format!("`{}` has no value", operation.op);
            Err(PatchError::new(Kind::InvalidValue, detail))
        }
        _ => Ok(()),
    }
}

fn parse_path(text: &str, reading: Reading<'_>) -> Result<PatchPath, PatchError> {
    PatchPath::parse_with(text, reading.schemas, &reading.paths).or_else(|error| {
        // `urn:example:ext:1` is not in the grammar, but may be a schema that nobody knows here.
        let is_urn = text
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
        if is_urn && !text.contains(['[', ' ', '"']) {
            Ok(PatchPath::from_container(text.to_owned()))
        } else {
            Err(path_error(text, reading.paths, &error))
        }
    })
}

/// Returns whether a path of this text means the container of the schema, for who has its resource.
pub(in crate::patch) fn names_container(schema: &str) -> bool {
    let reading = Reading {
        schemas: &[],
        paths: FilterOptions::default(),
        strict: false,
    };
    match parse_path(schema, reading) {
        Ok(path) => match path.attribute() {
            Some(attribute) => path.filter().is_none() && attribute.is_schema(schema),
            None => true,
        },
        Err(_) => false,
    }
}

#[cold]
fn path_error(text: &str, options: FilterOptions, error: &PathError) -> PatchError {
    let between = text
        .split_once('[')
        .and_then(|(_, rest)| rest.rsplit_once(']'));
    let kind = match between {
        Some((filter, _)) if Filter::parse_with(filter, &options).is_err() => Kind::InvalidFilter,
        _ => Kind::InvalidPath,
    };
    PatchError::new(kind, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch::PatchOp;

    fn error(text: &str) -> (Kind, Option<usize>, Option<String>) {
        let error = PatchOp::from_json(text, &[]).unwrap_err();
        (
            error.kind(),
            error.operation(),
            error.path().map(str::to_owned),
        )
    }

    #[test]
    fn reads_generously() {
        let message = PatchOp::from_json(
            r#"{"OPERATIONS":[{"OP":"Replace","Path":null,"value":{"a":1}},{"op":"REMOVE","path":"a.b","value":null}]}"#,
            &[],
        )
        .unwrap();
        assert_eq!(
            message.to_json(),
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"a":1}},{"op":"remove","path":"a.b","value":null}]}"#
        );
        let again: PatchOp =
            serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
        assert_eq!(again, message);
        let one = PatchOp::from_json(r#"{"Operations":{"op":"remove","path":"a"}}"#, &[]).unwrap();
        assert_eq!(one.operations.len(), 1);
        assert!(
            one.with_capitalised_ops(true)
                .to_json()
                .contains(r#""op":"Remove""#)
        );
    }

    #[test]
    fn containers_are_known_by_their_schemas() {
        let text = r#"{"Operations":[{"op":"add","path":"URN:a:2.0:B","value":{}}]}"#;
        let message = PatchOp::from_json(text, &["urn:a:2.0:B"]).unwrap();
        assert_eq!(
            message.operations[0].path.as_ref().unwrap().container(),
            Some("URN:a:2.0:B")
        );
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(error("[").0, Kind::InvalidSyntax);
        assert_eq!(error("[]"), (Kind::InvalidSyntax, None, None));
        assert_eq!(
            error(r#"{"Operations":[]}"#),
            (Kind::InvalidSyntax, None, None)
        );
        assert_eq!(
            error(r#"{"Operations":[3]}"#),
            (Kind::InvalidSyntax, Some(0), None)
        );
        assert_eq!(
            error(r#"{"Operations":[{"op":"move"}]}"#),
            (Kind::InvalidSyntax, Some(0), None)
        );
        let empty = r#"{"Operations":[{"op":"add","path":"","value":{"a":1}}]}"#;
        assert_eq!(error(empty), (Kind::InvalidPath, Some(0), Some("".into())));
        let second =
            r#"{"Operations":[{"op":"remove","path":"a"},{"op":"add","path":"x y","value":1}]}"#;
        assert_eq!(
            error(second),
            (Kind::InvalidPath, Some(1), Some("x y".into()))
        );
        let filter = r#"{"Operations":[{"op":"remove","path":"e[type xx \"work\"]"}]}"#;
        assert_eq!(error(filter).0, Kind::InvalidFilter);
        let open = r#"{"Operations":[{"op":"remove","path":"e[type eq \"work\""}]}"#;
        assert_eq!(error(open).0, Kind::InvalidPath);
        assert_eq!(
            error(r#"{"Operations":[{"op":"remove"}]}"#).0,
            Kind::NoTarget
        );
        assert_eq!(
            error(r#"{"Operations":[{"op":"add","path":"a"}]}"#).0,
            Kind::InvalidValue
        );
        let shown = PatchOp::from_json(second, &[]).unwrap_err().to_string();
        assert!(shown.starts_with("operation 1: invalid path"), "{shown}");
    }
}
