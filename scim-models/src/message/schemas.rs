//! The `schemas` of a document, read strictly (RFC 7643 §3, §3.1).

use serde_json::Value;

/// The URNs in the `schemas` of a document.
///
/// # Errors
/// There is no `schemas`, or it is not an array of different strings. The error says what is wrong.
pub fn listed(document: &Value) -> Result<Vec<&str>, String> {
    let members = document
        .as_object()
        .ok_or("the document is not an object")?;
    let mut named = members
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("schemas"));
    let schemas = match (named.next(), named.next()) {
        (Some((_, Value::Array(schemas))), None) if !schemas.is_empty() => schemas,
        (Some((_, Value::Array(_))), None) => return Err("`schemas` is empty".to_owned()),
        (Some(_), None) => return Err("`schemas` is not an array".to_owned()),
        (Some(_), Some(_)) => return Err("`schemas` is there twice".to_owned()),
        (None, _) => return Err("`schemas` is missing".to_owned()),
    };
    let mut listed: Vec<&str> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for schema in schemas {
        let urn = schema
            .as_str()
            .ok_or("an element of `schemas` is not a string")?;
        if !seen.insert(urn.to_ascii_lowercase()) {
            return Err(format!("`schemas` has {urn} twice"));
        }
        listed.push(urn);
    }
    Ok(listed)
}

/// Checks that the `schemas` of a message has `urn` and nothing else (RFC 7644 §8.2).
///
/// # Errors
/// It has not. The error says what is wrong.
pub fn names_message(document: &Value, urn: &str) -> Result<(), String> {
    let listed = listed(document)?;
    match listed.iter().find(|own| !own.eq_ignore_ascii_case(urn)) {
        Some(_) => Err(format!("`schemas` of the message is not {urn} alone")),
        None => Ok(()),
    }
}
