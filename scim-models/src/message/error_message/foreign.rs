//! The words in errors of other makes: of web frameworks, gateways and authorization servers.

use serde_json::{Map, Value};

/// How deep words are looked for.
const DEPTH: usize = 6;

/// How many errors of a list are told.
const TOLD: usize = 8;

/// Members that are words for people, the best first; in lower case.
const WORDS: [&str; 16] = [
    "detail",
    "details",
    "errormessage",
    "error_message",
    "message",
    "msg",
    "errorsummary",
    "error_description",
    "errordescription",
    "description",
    "faultstring",
    "reason",
    "title",
    "error",
    "text",
    "errorcode",
];

/// Members that have an error, or several, in them.
const HOLDERS: [&str; 6] = [
    "error",
    "errors",
    "fault",
    "status",
    "response",
    "violations",
];

/// Members that say what an error is about.
const PLACES: [&str; 7] = [
    "loc",
    "path",
    "field",
    "property",
    "propertypath",
    "attribute",
    "pointer",
];

/// Members that have an HTTP status.
const STATUS: [&str; 4] = ["status", "code", "statuscode", "status_code"];

/// The words in a value; `None` if there are none.
pub(super) fn words(value: &Value) -> Option<String> {
    in_value(value, DEPTH)
}

/// The words in an object.
pub(super) fn words_of(members: &Map<String, Value>) -> Option<String> {
    in_object(members, DEPTH)
}

/// The HTTP status in an object, or in the error that it holds.
pub(super) fn status_of(members: &Map<String, Value>) -> Option<u16> {
    let own = STATUS.iter().find_map(|name| {
        let status = super::status_of(member(members, name)?)?;
        (100..600).contains(&status).then_some(status)
    });
    own.or_else(|| {
        HOLDERS.iter().find_map(|name| {
            let inner = member(members, name)?.as_object()?;
            STATUS.iter().find_map(|name| {
                let status = super::status_of(member(inner, name)?)?;
                (100..600).contains(&status).then_some(status)
            })
        })
    })
}

fn in_value(value: &Value, depth: usize) -> Option<String> {
    let deeper = depth.checked_sub(1)?;
    match value {
        Value::String(text) => {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        }
        Value::Array(errors) => {
            let mut told: Vec<String> = Vec::new();
            for error in errors {
                match in_value(error, deeper) {
                    Some(_) if told.len() == TOLD => {
                        told.push("...".to_owned());
                        break;
                    }
                    Some(words) if !told.contains(&words) => told.push(words),
                    _ => {}
                }
            }
            (!told.is_empty()).then(|| told.join("; "))
        }
        Value::Object(members) => in_object(members, deeper),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn in_object(members: &Map<String, Value>, depth: usize) -> Option<String> {
    // Plain words before those of an object inside.
    let plain = |name: &&str| {
        let value = member(members, name)?;
        let is_plain = value.is_string() || value.is_array();
        in_value(value, depth).filter(|_| is_plain)
    };
    let nested = |name: &&str| {
        let value = member(members, name)?;
        let by_name = || by_name(value.as_object()?, depth);
        // Lists by attribute, whose name may be `title`.
        let is_list = |(name, value): (&String, &Value)| {
            let name = name.to_ascii_lowercase();
            value.is_array() && !HOLDERS.contains(&name.as_str())
        };
        if value
            .as_object()
            .is_some_and(|inner| inner.iter().all(is_list))
        {
            return by_name();
        }
        in_value(value, depth).or_else(by_name)
    };
    let words = WORDS
        .iter()
        .filter(|name| !HOLDERS.contains(*name))
        .find_map(plain)
        .or_else(|| HOLDERS.iter().chain(&WORDS).find_map(nested))
        .or_else(|| {
            let is_words = |value: &Value| matches!(value, Value::Array(all) if all.iter().all(Value::is_string));
            members.values().all(is_words).then(|| by_name(members, depth))?
        })?;
    let place = PLACES.iter().find_map(|name| place(member(members, name)?));
    Some(match place {
        Some(place) => format!("{place}: {words}"),
        None => words,
    })
}

/// `{"userName": ["taken"], ..}`: what is wrong, by attribute.
fn by_name(members: &Map<String, Value>, depth: usize) -> Option<String> {
    let deeper = depth.checked_sub(1)?;
    let told: Vec<_> = members
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}: {}", in_value(value, deeper)?)))
        .take(TOLD)
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// `["body", "emails", 0, "value"]`, or text.
fn place(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Array(steps) => {
            let mut place = String::new();
            for step in steps.iter().take(TOLD) {
                match step {
                    Value::String(name) if place.is_empty() => place.push_str(name),
                    Value::String(name) => place.extend([".", name]),
                    Value::Number(index) => place.push_str(&format!("[{index}]")),
                    _ => {}
                }
            }
            (!place.is_empty()).then_some(place)
        }
        _ => None,
    }
}

/// A member, its name in any letter case.
fn member<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let mut members = members.iter();
    let (_, value) = members.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
    Some(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::ErrorMessage;

    #[test]
    fn understands_errors_of_other_makes() {
        for (value, status, detail) in [
            (
                json!({"Errors": {"description": "user_not_found", "code": 404}}),
                Some(404),
                "user_not_found",
            ),
            (
                json!({"error": {"code": 403, "message": "no scope", "status": "PERMISSION_DENIED"}}),
                Some(403),
                "no scope",
            ),
            (
                json!({"error": "invalid_token", "error_description": "it expired"}),
                None,
                "it expired",
            ),
            (json!({"error": "invalid_token"}), None, "invalid_token"),
            (
                json!([{"message": "a"}, {"message": "b"}, {"message": "a"}]),
                None,
                "a; b",
            ),
            (
                json!({"errors": [{"detail": "a"}, {"message": "b"}]}),
                None,
                "a; b",
            ),
            (
                json!({"detail": [{"loc": ["body", "emails", 0, "value"], "msg": "field required", "type": "missing"}]}),
                None,
                "body.emails[0].value: field required",
            ),
            (json!({"Message": "gone", "__type": "x"}), None, "gone"),
            (
                json!({"errorCode": "E0000011", "errorSummary": "Invalid token provided", "errorCauses": []}),
                None,
                "Invalid token provided",
            ),
            (
                json!({"type": "about:blank", "title": "Forbidden", "status": 403}),
                Some(403),
                "Forbidden",
            ),
            (
                json!({"title": "Forbidden", "detail": "no role", "status": 403}),
                Some(403),
                "no role",
            ),
            (
                json!({"fault": {"faultstring": "no key", "detail": {"errorcode": "x"}}}),
                None,
                "no key",
            ),
            (
                json!({"errors": {"title": ["too long"]}}),
                None,
                "title: too long",
            ),
            (
                json!({"errors": {"userName": "taken"}}),
                None,
                "userName: taken",
            ),
            (
                json!({"errors": {"userName": ["taken"], "emails": ["bad", "old"]}}),
                None,
                "emails: bad; old; userName: taken",
            ),
            (
                json!({"statusCode": 401, "message": "Unauthorized"}),
                Some(401),
                "Unauthorized",
            ),
            (json!({"code": 17, "msg": "x"}), None, "x"),
            (json!("plain"), None, "plain"),
            (
                json!({"error": {"errors": [{"reason": "quota", "message": "too much"}]}}),
                None,
                "too much",
            ),
        ] {
            let error = ErrorMessage::from_value(value.clone());
            assert_eq!(
                (error.status, error.detail.as_deref()),
                (status, Some(detail)),
                "{value}"
            );
        }
        let many =
            ErrorMessage::from_value(json!(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]));
        assert_eq!(many.detail.as_deref(), Some("1; 2; 3; 4; 5; 6; 7; 8; ..."));
    }

    #[test]
    fn nesting_ends() {
        let mut value = json!("deep");
        for _ in 0..100 {
            value = json!({"error": [value]});
        }
        assert_eq!(ErrorMessage::from_value(value).detail, None);
    }
}
