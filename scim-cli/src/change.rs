//! Changes of resources: what leads from one state to another, and how that is sent.

use http::Method;
use scim_client::Profile;
use scim_client::filter::{FilterOptions, PatchPath};
use scim_client::patch::{Dialect, PatchOp};

use crate::failure::{Code, Failure};
use crate::session::{Call, Session};
use crate::types::{Attribute, Place, ResourceType};
use crate::value::Value;

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

/// The same where the server's documents, or the resource, are not what the library can read.
fn plainly(of: &ResourceType, before: &Value, after: &Value) -> Vec<Value> {
    let mut operations = Vec::new();
    for attribute in &of.attributes {
        compare(&attribute.name, attribute, before, after, &mut operations);
    }
    let nothing = Value::Null;
    for extension in &of.extensions {
        let (before, after) = (
            before.get(&extension.urn).unwrap_or(&nothing),
            after.get(&extension.urn).unwrap_or(&nothing),
        );
        for attribute in &extension.attributes {
            let path = format!("{}:{}", extension.urn, attribute.name);
            compare(&path, attribute, before, after, &mut operations);
        }
    }
    operations
}

fn compare(
    path: &str,
    attribute: &Attribute,
    before: &Value,
    after: &Value,
    operations: &mut Vec<Value>,
) {
    if !attribute.is_writable() || attribute.name == "schemas" {
        return;
    }
    let nothing = Value::Null;
    let old = before.get(&attribute.name).unwrap_or(&nothing);
    let new = after.get(&attribute.name).unwrap_or(&nothing);
    if same(old, new) {
        return;
    }
    if attribute.multi_valued {
        list(path, attribute, old, new, operations);
    } else if attribute.is_complex() && !old.is_empty() && !new.is_empty() {
        let has_data = attribute.has_data_in_ref();
        let subs = attribute.subs.iter();
        for sub in subs.filter(|sub| has_data || sub.name != "$ref") {
            let path = format!("{path}.{}", sub.name);
            compare(&path, sub, old, new, operations);
        }
    } else if new.is_empty() {
        operations.push(operation("remove", path, None));
    } else {
        operations.push(operation("replace", path, Some(new.clone())));
    }
}

/// Members of a group come and go one by one; other lists are set as a whole.
fn list(path: &str, attribute: &Attribute, old: &Value, new: &Value, operations: &mut Vec<Value>) {
    let key = |element: &Value| element.str("value").map(str::to_owned);
    let refers = !attribute.targets().is_empty() && attribute.is_complex();
    let keyed = |list: &Value| list.each().iter().all(|element| key(element).is_some());
    if new.is_empty() {
        operations.push(operation("remove", path, None));
    } else if refers && keyed(old) && keyed(new) {
        let has =
            |list: &Value, element: &Value| list.each().iter().any(|e| key(e) == key(element));
        for gone in old.each().iter().filter(|element| !has(new, element)) {
            let id = Value::text(key(gone).unwrap_or_default());
            operations.push(operation("remove", &format!("{path}[value eq {id}]"), None));
        }
        let added: Vec<Value> = new
            .each()
            .iter()
            .filter(|e| !has(old, e))
            .cloned()
            .collect();
        if !added.is_empty() {
            operations.push(operation("add", path, Some(Value::List(added))));
        }
    } else {
        let new = Value::List(new.each().to_vec());
        operations.push(operation("replace", path, Some(new)));
    }
}

/// Whether two values say the same: nothing is nothing in any form, names may be in any order and
/// letter case, and so may be the elements of lists.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    one == other || canonical(one) == canonical(other)
}

/// A value in the one form that all have that say the same.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut kept: Vec<(String, Value)> = Vec::with_capacity(members.len());
            for (name, value) in members {
                let value = canonical(value);
                if !value.is_empty() {
                    kept.push((name.to_ascii_lowercase(), value));
                }
            }
            kept.sort_by_cached_key(|(name, value)| (name.clone(), value.to_string()));
            match kept.is_empty() {
                true => Value::Null,
                false => Value::Object(kept),
            }
        }
        Value::List(elements) => {
            let mut kept: Vec<Value> = elements.iter().map(canonical).collect();
            kept.sort_by_cached_key(Value::to_string);
            match kept.is_empty() {
                true => Value::Null,
                false => Value::List(kept),
            }
        }
        simple => simple.clone(),
    }
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
            let message = format!("{} things are wrong\n{}", lines.len(), lines.join("\n"));
            Err(Failure::new(Code::Usage, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Types;

    fn ops(before: &str, after: &str, name: &str) -> String {
        let types = Types::bundled();
        let of = types.find(name).unwrap();
        let parse = |text: &str| Value::parse(text).unwrap();
        Value::List(plainly(of, &parse(before), &parse(after))).to_string()
    }

    #[test]
    fn only_what_differs_is_sent() {
        let before = r#"{"id":"1","userName":"a","title":"x","name":{"givenName":"A","familyName":"B"},
            "emails":[{"value":"a","type":"work"}],"meta":{"version":"1"}}"#;
        let after = r#"{"userName":"a","name":{"familyName":"C"},"emails":[{"type":"work","value":"a"},{"value":"b"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D"}}"#;
        let operations = ops(before, after, "user");
        for part in [
            r#"{"op":"remove","path":"title"}"#,
            r#"{"op":"remove","path":"name.givenName"}"#,
            r#"{"op":"replace","path":"name.familyName","value":"C"}"#,
            r#""path":"emails""#,
            r#"2.0:User:department","value":"D""#,
        ] {
            assert!(operations.contains(part), "{part}: {operations}");
        }
        assert_eq!(Value::parse(&operations).unwrap().each().len(), 5);
        assert_eq!(ops(after, after, "user"), "[]");
    }

    #[test]
    fn an_address_that_is_data_is_sent() {
        let ops = |kind: &str| {
            let schema = format!(
                r#"{{"id":"urn:x:Car","name":"Car","attributes":[{{"name":"link","type":"complex","subAttributes":[
                    {{"name":"$ref","type":"reference","referenceTypes":["{kind}"]}},
                    {{"name":"value","type":"string"}}]}}]}}"#
            );
            let of = r#"{"name":"Car","schema":"urn:x:Car","endpoint":"/Cars"}"#;
            let parse = |text: &str| Value::parse(text).unwrap();
            let types = Types::read(&[parse(of)], &[parse(&schema)], Value::Null);
            let [one, other] = ["a", "b"].map(|to| {
                parse(&format!(
                    r#"{{"link":{{"$ref":"https://x.example/{to}","value":"{to}"}}}}"#
                ))
            });
            plainly(types.find("car").unwrap(), &one, &other).len()
        };
        assert_eq!((ops("external"), ops("uri"), ops("Car")), (2, 2, 1));
    }

    #[test]
    fn the_same_is_said_in_many_ways() {
        let parse = |text: &str| Value::parse(text).unwrap();
        for (one, other, is_same) in [
            ("[1,1,2]", "[1,2,2]", false),
            ("[1,2,1]", "[1,1,2]", true),
            ("[1,1]", "[1]", false),
            (r#"[{"a":1},{"a":1,"b":[]}]"#, r#"[{"A":1},{"a":1}]"#, true),
            (r#"[{"a":1},{"a":1}]"#, r#"[{"a":1},{"a":2}]"#, false),
            (r#"{"a":{"b":null},"c":2}"#, r#"{"C":2,"a":[]}"#, true),
            (r#"{"a":"x"}"#, r#"{"a":"X"}"#, false),
            (r#"{"a":[["x"],["y"]]}"#, r#"{"a":[["y"],["x"]]}"#, true),
        ] {
            assert_eq!(same(&parse(one), &parse(other)), is_same, "{one} {other}");
            assert_eq!(same(&parse(other), &parse(one)), is_same, "{other} {one}");
        }
    }

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
    fn members_come_and_go_one_by_one() {
        let operations = ops(
            r#"{"displayName":"g","members":[{"value":"1"},{"value":"2","display":"x"}]}"#,
            r#"{"displayName":"g","members":[{"value":"2"},{"value":"3"}]}"#,
            "group",
        );
        assert_eq!(
            operations,
            concat!(
                r#"[{"op":"remove","path":"members[value eq \"1\"]"},"#,
                r#"{"op":"add","path":"members","value":[{"value":"3"}]}]"#
            )
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
