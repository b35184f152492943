//! Changes of resources: what leads from one state to another, and how that is sent.

mod compare;

use http::Method;
use scim_client::Profile;
use scim_client::filter::{FilterOptions, PatchPath};
use scim_client::patch::{Dialect, PatchOp};

use crate::failure::{Code, Failure};
use crate::session::{Call, Session};
use crate::types::{Place, ResourceType};
use crate::value::Value;
use compare::plainly;
pub(crate) use compare::same;

/// What an operation changes.
pub(crate) struct Target<'t> {
    /// The path as a server understands it.
    pub(crate) path: String,
    pub(crate) place: Place<'t>,
}

/// What a path means that somebody wrote for an operation, filters in brackets included.
pub(crate) fn target<'t>(of: &'t ResourceType, text: &str) -> Result<Target<'t>, Failure> {
    if !text.contains('[') {
        let place = of.place(text)?;
        return Ok(Target {
            path: place.path(),
            place,
        });
    }
    let urns: Vec<&str> = of.urns().collect();
    let path = PatchPath::parse(text, &urns).map_err(|error| {
        Failure::usage(format!(
            "the path cannot be read\n  {}",
            error.render().replace('\n', "\n  ")
        ))
        .hint("such as 'emails[type eq \"work\"].value', in single quotes")
    })?;
    let whole = path
        .attribute()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut place = of.place(&whole)?;
    if let Some(name) = path.sub_attribute() {
        place.sub = Some(
            place
                .attribute
                .sub(name)
                .ok_or_else(|| of.unknown(&format!("{whole}.{name}")))?,
        );
    }
    let options = FilterOptions::default().with_refuse_unknown(true);
    path.check_with(of, &options).map_err(|error| {
        let last = error
            .path()
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_owned();
        let failure = Failure::usage(format!("the path `{text}`: {error}"));
        match crate::types::nearest(&last, place.attribute.subs.iter().map(|s| s.name.as_str())) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure,
        }
    })?;
    Ok(Target {
        path: path.to_request_string(),
        place,
    })
}

/// An operation of a PATCH message.
pub(crate) fn operation(op: &str, path: &str, value: Option<Value>) -> Value {
    let mut operation = Value::object([("op", Value::text(op)), ("path", Value::text(path))]);
    if let Some(value) = value {
        operation.set("value", value);
    }
    operation
}

/// The operations that lead from one state to another: the smallest that the library finds, in the
/// server's dialect.
pub(crate) fn difference(
    of: &ResourceType,
    before: &Value,
    after: &Value,
    profile: &Profile,
) -> Result<Vec<Value>, Failure> {
    let Some((old, new)) = of.table().and_then(|table| {
        let old = table.from_json(&before.to_string()).ok()?;
        let new = table.from_json(&after.to_string()).ok()?;
        Some((old, new))
    }) else {
        return Ok(plainly(of, before, after));
    };
    let dialect = profile.patch.clone().unwrap_or_else(Dialect::rfc);
    let patch = dialect
        .diff(&old, &new)
        .map_err(|error| Failure::usage(error.to_string()))?;
    let message = patch.into_message().to_json();
    let message = Value::parse(&message).map_err(|error| Failure::usage(error.to_string()))?;
    let operations = message.get("Operations").map(Value::each);
    Ok(operations.unwrap_or_default().to_vec())
}

/// Sends operations as one PATCH, or as the several that the server's profile wants. Gives the
/// resource as the last answer has it; `None` where it has none, or nothing was sent.
pub(crate) async fn patch(
    session: &Session,
    of: &ResourceType,
    id: &str,
    operations: Vec<Value>,
    version: Option<&str>,
) -> Result<Option<Value>, Failure> {
    send(session, of, id, &envelope(operations), version).await
}

/// The message of a PATCH (RFC 7644 §3.5.2).
pub(crate) fn envelope(operations: Vec<Value>) -> Value {
    Value::object([
        (
            "schemas",
            Value::texts(["urn:ietf:params:scim:api:messages:2.0:PatchOp"]),
        ),
        ("Operations", Value::List(operations)),
    ])
}

/// As [`patch`], for a message that somebody wrote.
pub(crate) async fn send(
    session: &Session,
    of: &ResourceType,
    id: &str,
    message: &Value,
    version: Option<&str>,
) -> Result<Option<Value>, Failure> {
    let urns: Vec<&str> = of.urns().collect();
    let message = PatchOp::from_json(&message.to_string(), &urns)
        .map_err(|error| Failure::usage(format!("the PATCH message: {error}")))?;
    let messages = match session.profile.patch {
        // As it was written, unless the server needs something else.
        None => vec![message],
        Some(_) => session.profile.plan(message),
    };
    let mut answer = None;
    let mut version = version.map(str::to_owned);
    for message in messages {
        let json = message.to_json();
        let value = Value::parse(&json).map_err(|error| Failure::usage(error.to_string()))?;
        let call = Call::of(Method::PATCH, of, id)
            .body(&value)
            .if_match(version.as_deref(), &session.profile);
        if let Some(reply) = session.write(&call).await? {
            let tag = reply.headers.get("etag").and_then(|tag| tag.to_str().ok());
            // A later message is for the version that this one made, if that is known.
            version = version.and(tag.map(str::to_owned));
            answer = Some(reply.value()?).filter(|value| !value.is_empty());
        }
    }
    Ok(answer)
}

/// The version of a resource: that of the answer's header, or its own.
pub(crate) fn version_of(resource: &Value) -> Option<String> {
    resource.get("meta")?.str("version").map(str::to_owned)
}

/// Replaces a resource (RFC 7644 §3.5.1). Gives it as the answer has it; `None` where that has
/// none, or nothing was sent.
pub(crate) async fn put(
    session: &Session,
    of: &ResourceType,
    id: &str,
    resource: &Value,
    version: Option<&str>,
) -> Result<Option<Value>, Failure> {
    let mut body = resource.clone();
    body.remove("meta");
    body.set("id", Value::text(id));
    of.set_schemas(&mut body);
    let call = Call::of(Method::PUT, of, id)
        .body(&body)
        .if_match(version, &session.profile);
    let reply = session.write(&call).await?;
    let answer = reply.map(|reply| reply.value()).transpose()?;
    Ok(answer.filter(|value| !value.is_empty()))
}

/// What a message of PATCH is checked for before it is sent: paths that the type knows, and what
/// only the server sets.
pub(crate) fn check_message(of: &ResourceType, message: &Value) -> Vec<Failure> {
    let mut wrong = Vec::new();
    let operations = message
        .get("Operations")
        .map(Value::each)
        .unwrap_or_default();
    if operations.is_empty() {
        wrong.push(Failure::usage("the message has no `Operations`"));
    }
    for (at, operation) in operations.iter().enumerate() {
        let place = format!("operation {}", at + 1);
        let op = operation.str("op").unwrap_or_default().to_ascii_lowercase();
        if !["add", "remove", "replace"].contains(&op.as_str()) {
            let message = format!("{place}: `op` is add, remove or replace");
            wrong.push(Failure::usage(message));
        }
        match operation.str("path") {
            Some(path) if of.urns().any(|urn| urn.eq_ignore_ascii_case(path)) => {}
            Some(path) => match target(of, path) {
                Err(failure) => wrong.push(failure.at(&place)),
                Ok(target) => wrong.extend(
                    crate::assign::writable(&target.place, of)
                        .err()
                        .map(|f| f.at(&place)),
                ),
            },
            None if op == "remove" => {
                wrong.push(
                    Failure::usage(format!("{place}: `remove` needs a path"))
                        .hint("RFC 7644 §3.5.2.2"),
                );
            }
            None => {
                let value = operation.get("value").cloned().unwrap_or_default();
                wrong.extend(
                    crate::assign::doubts(of, &value)
                        .into_iter()
                        .map(|f| f.at(&place)),
                );
            }
        }
        if op != "remove" && operation.get("value").is_none() {
            wrong.push(Failure::usage(format!("{place}: `{op}` needs a value")));
        }
    }
    wrong
}

/// Refuses with everything that is wrong.
pub(crate) fn refuse(wrong: Vec<Failure>) -> Result<(), Failure> {
    let mut wrong = wrong.into_iter();
    match (wrong.next(), wrong.as_slice()) {
        (None, _) => Ok(()),
        (Some(one), []) => Err(one),
        (Some(first), others) => {
            let lines = std::iter::once(&first).chain(others).map(|failure| {
                let text = failure.render();
                format!(
                    "  - {}",
                    text.trim_start_matches("error: ")
                        .replace("\n hint: ", "; ")
                )
            });
            let lines: Vec<String> = lines.collect();
            let message = format!("{} errors:\n{}", lines.len(), lines.join("\n"));
            Err(Failure::new(Code::Usage, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Types;

    #[test]
    fn the_library_finds_smaller_ones() {
        let types = Types::bundled();
        let user = types.find("user").unwrap();
        let parse = |text: &str| Value::parse(text).unwrap();
        let before = parse(
            r#"{"userName":"a","active":true,"emails":[{"value":"a","type":"work"},{"value":"b","type":"home"}]}"#,
        );
        let after = parse(
            r#"{"userName":"a","active":false,"emails":[{"value":"a","type":"work"},{"value":"c","type":"home"}]}"#,
        );
        let operations = difference(user, &before, &after, &Profile::default()).unwrap();
        let text = Value::List(operations).to_string();
        // What stays is not sent.
        assert!(
            text.contains(r#"emails[value eq \"b\"]"#) && !text.contains("work"),
            "{text}"
        );
        assert!(text.contains(r#""path":"active","value":false"#), "{text}");
        assert!(
            difference(user, &after, &after, &Profile::default())
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn messages_are_checked() {
        let types = Types::bundled();
        let user = types.find("user").unwrap();
        let message = Value::parse(
            r#"{"Operations":[{"op":"add","path":"titel","value":1},{"op":"set","path":"id","value":1},
                {"op":"remove"},{"op":"replace","path":"emails[typ eq \"work\"].value","value":"x"},
                {"op":"replace","path":"emails[type eq \"work\"].value","value":"x"}]}"#,
        );
        let wrong = check_message(user, &message.unwrap());
        let text: Vec<String> = wrong.iter().map(Failure::render).collect();
        let text = text.join("\n");
        for part in [
            "did you mean `title`?",
            "add, remove or replace",
            "readOnly",
            "needs a path",
            "did you mean `type`?",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(wrong.len(), 5, "{text}");
    }
}
