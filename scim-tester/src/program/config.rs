//! `scim-test.toml`: what a run against one server always needs.

use serde_json::Value;

use crate::suite::Suite;

/// Adds what the file says. It has the tables `extra` (by resource type, attributes with values) and
/// `expect` (check and reason), and the list `skip`.
pub(super) fn apply(mut suite: Suite, path: &str) -> Result<Suite, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{path} cannot be read: {error}"))?;
    let document: Value = toml::from_str(&text).map_err(|error| format!("{path}: {error}"))?;
    let Some(members) = document.as_object() else {
        return Ok(suite);
    };
    for (name, value) in members {
        match (name.as_str(), value) {
            ("skip", Value::Array(checks)) => {
                suite = suite.skip(checks.iter().filter_map(Value::as_str));
            }
            ("extra", Value::Object(types)) => {
                for (resource_type, attributes) in types {
                    if !attributes.is_object() {
                        return Err(format!("{path}: extra.{resource_type} is not a table"));
                    }
                    suite = suite.extra(resource_type, attributes.clone());
                }
            }
            ("expect", Value::Object(checks)) => {
                for (check, why) in checks {
                    if crate::find(check).is_none() {
                        return Err(format!("{path}: there is no check {check}"));
                    }
                    let why = why.as_str().unwrap_or_default();
                    suite = suite.expect(check, why.trim_start_matches("fail:").trim());
                }
            }
            ("domain", Value::String(domain)) => suite = suite.domain(domain),
            (other, _) => {
                return Err(format!("{path}: {other} is unknown, or has the wrong type"));
            }
        }
    }
    Ok(suite)
}
