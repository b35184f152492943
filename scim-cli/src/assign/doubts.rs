//! What is doubtful of a resource before it is sent.

use scim_client::evaluate::DataType;

use crate::failure::Failure;
use crate::types::{Attribute, ResourceType};
use crate::value::Value;

/// What is doubtful of a resource.
enum Doubt {
    /// Its type does not know what is there.
    Unknown(String),
    Misfit(Failure),
}

/// What a resource has that its type does not know, or that is of another type, with hints.
pub(crate) fn doubts(of: &ResourceType, resource: &Value) -> Vec<Failure> {
    let doubts = doubtful(of, resource).into_iter();
    let failures = doubts.map(|doubt| match doubt {
        Doubt::Unknown(path) => of.unknown(&path),
        Doubt::Misfit(failure) => failure,
    });
    failures.collect()
}

/// The same of what a server gave: what its schemas do not know is nobody's mistake in writing, unless it is
/// nearly what they know: somebody changed the file. The first value has its paths.
pub(crate) fn doubts_of_given(of: &ResourceType, resource: &Value) -> (Vec<String>, Vec<Failure>) {
    let (mut unknown, mut misfits) = (Vec::new(), Vec::new());
    for doubt in doubtful(of, resource) {
        match doubt {
            Doubt::Unknown(path) => match of.misspelling(&path) {
                Some(near) => misfits.push(
                    of.unknown(&path)
                        .hint(format!("did you mean `{near}`?"))
                        .and_hint("--no-check sends it as it is"),
                ),
                None => unknown.push(path),
            },
            Doubt::Misfit(failure) => misfits.push(failure),
        }
    }
    (unknown, misfits)
}

fn doubtful(of: &ResourceType, resource: &Value) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    for (name, value) in resource.members() {
        if name.eq_ignore_ascii_case("schemas") {
            continue;
        }
        if let Some(extension) = of
            .extensions
            .iter()
            .find(|e| e.urn.eq_ignore_ascii_case(name))
        {
            for (name, value) in value.members() {
                let found = extension
                    .attributes
                    .iter()
                    .find(|a| a.name.eq_ignore_ascii_case(name));
                let path = format!("{}.{name}", extension.short);
                doubt(&path, found, value, &mut doubts);
            }
            continue;
        }
        let found = of
            .attributes
            .iter()
            .find(|a| a.name.eq_ignore_ascii_case(name));
        doubt(name, found, value, &mut doubts);
    }
    doubts
}

fn doubt(name: &str, found: Option<&Attribute>, value: &Value, doubts: &mut Vec<Doubt>) {
    let Some(attribute) = found else {
        doubts.push(Doubt::Unknown(name.to_owned()));
        return;
    };
    if !all_fit(name, attribute, value, doubts) || !attribute.is_complex() {
        return;
    }
    for (sub_name, value) in value.each().iter().flat_map(Value::members) {
        let path = format!("{name}.{sub_name}");
        let mut subs = attribute.subs.iter();
        match subs.find(|sub| sub.name.eq_ignore_ascii_case(sub_name)) {
            None if attribute.subs.is_empty() => {}
            None => doubts.push(Doubt::Unknown(path)),
            Some(sub) => drop(all_fit(&path, sub, value, doubts)),
        }
    }
}

/// Whether a value, or each element of a list, is what the attribute has; says what is not.
fn all_fit(name: &str, attribute: &Attribute, value: &Value, doubts: &mut Vec<Doubt>) -> bool {
    let before = doubts.len();
    let mut doubt = |value: &Value, expected: &str| {
        let message = format!("`{name}` is {}, and should be {expected}", value.kind());
        doubts.push(Doubt::Misfit(Failure::usage(message)));
    };
    let is_list = matches!(value, Value::List(_));
    if is_list && !attribute.multi_valued && attribute.data_type != DataType::Any {
        doubt(value, expected(attribute.data_type));
        return false;
    }
    for value in value.each().iter().filter(|value| !fits(attribute, value)) {
        doubt(value, expected(attribute.data_type));
    }
    doubts.len() == before
}

fn expected(data_type: DataType) -> &'static str {
    match data_type {
        DataType::Boolean => "true or false",
        DataType::Integer => "a whole number",
        DataType::Decimal => "a number",
        DataType::Complex => "an object",
        DataType::DateTime => "a time such as 2026-11-28T15:00:00Z",
        _ => "a text",
    }
}

/// Whether a value is of the attribute's type. `null` is nothing of any type.
fn fits(attribute: &Attribute, value: &Value) -> bool {
    let text = value.as_str();
    *value == Value::Null
        || match attribute.data_type {
            DataType::Any => true,
            DataType::Boolean => matches!(value, Value::Bool(_)),
            DataType::Integer => {
                matches!(value, Value::Number(text) if text.parse::<i64>().is_ok())
            }
            DataType::Decimal => matches!(value, Value::Number(_)),
            DataType::Complex => matches!(value, Value::Object(_)),
            DataType::DateTime => text.is_some_and(scim_client::value::DateTime::is_valid_text),
            DataType::String | DataType::Reference | DataType::Binary => text.is_some(),
        }
}
