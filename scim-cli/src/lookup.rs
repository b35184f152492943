//! Resources by the names that people know: `@bjensen` for an id.

use http::Method;

use crate::failure::{Code, Failure};
use crate::filters;
use crate::pages::{self, Query};
use crate::session::{Call, Session};
use crate::terminal::visible;
use crate::types::{Attribute, ResourceType, Types};
use crate::value::Value;

/// The resource with an id, or with a name behind `@`.
pub(crate) async fn read(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    text: &str,
    attributes: &[String],
) -> Result<Value, Failure> {
    match text.strip_prefix('@') {
        Some(name) => by_name(session, types, of, name, attributes).await,
        None => by_id(session, of, text, attributes).await,
    }
}

/// The resource with an id.
pub(crate) async fn by_id(
    session: &Session,
    of: &ResourceType,
    id: &str,
    attributes: &[String],
) -> Result<Value, Failure> {
    if id.is_empty() {
        return Err(
            Failure::usage(format!("the id of the {} is empty", of.name))
                .hint("an id as `scim get` lists them, or @NAME"),
        );
    }
    let mut call = Call::of(Method::GET, of, id);
    if !attributes.is_empty() {
        call = call.query("attributes", attributes.join(","));
    }
    let found = session.send(&call).await?.value()?;
    if session.globals.curl {
        return Ok(found);
    }
    // What is read here may be written or deleted next.
    match found.str("id") {
        Some(own) if !own.eq_ignore_ascii_case(id) => {
            let message = format!(
                "the server returned another {}: `{}` in place of `{}`",
                of.name,
                visible(own),
                visible(id)
            );
            Err(Failure::new(Code::Refused, message).hint("give the id that `scim get` lists"))
        }
        None if found.is_empty() || !matches!(found, Value::Object(_)) => {
            let message = format!("the server's response has no {}", of.name);
            Err(Failure::new(Code::Refused, message)
                .hint("is the base URL right? -vvv shows the response"))
        }
        _ => Ok(found),
    }
}

/// Of what a filter for one value found, what has this value. A server that gives others does not
/// filter as it was asked: that is an error, so that nothing is written to the wrong one.
pub(crate) fn only_equal(
    found: Vec<Value>,
    of: &ResourceType,
    path: &str,
    wanted: &Value,
) -> Result<Vec<Value>, Failure> {
    let place = of.place(path)?;
    let is_equal = |resource: &Value, key: &dyn Fn(&Value) -> String| {
        let values = place.values(resource);
        values.iter().any(|value| key(value) == key(wanted))
    };
    // A server may be laxer about letter case than its schema. That is no sign of another fault.
    let lax = |value: &Value| value.plain().to_lowercase();
    match found.iter().find(|resource| !is_equal(resource, &lax)) {
        None => {
            let mut found = found;
            found.retain(|resource| is_equal(resource, &|value| place.key(value)));
            Ok(found)
        }
        Some(other) => {
            let message = format!(
                "when asked for the {} whose {path} is `{}`, the server returns others too, such as `{}`",
                of.name,
                visible(&wanted.plain()),
                visible(other.str("id").unwrap_or("?"))
            );
            Err(Failure::new(Code::Refused, message)
                .hint("it seems to ignore filters: give the id that `scim get` lists"))
        }
    }
}

/// The id that a text means.
pub(crate) async fn id(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    text: &str,
) -> Result<String, Failure> {
    match text.strip_prefix('@') {
        None if text.is_empty() => Err(Failure::usage(format!(
            "the id of the {} is empty",
            of.name
        ))
        .hint("an id as `scim get` lists them, or @NAME")),
        None => Ok(text.to_owned()),
        Some(name) => {
            let found = by_name(session, types, of, name, &["id".to_owned()]).await?;
            found.str("id").map(str::to_owned).ok_or_else(|| {
                Failure::new(Code::Refused, format!("the {} `{name}` has no id", of.name))
            })
        }
    }
}

async fn by_name(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    name: &str,
    attributes: &[String],
) -> Result<Value, Failure> {
    let Some(unique) = of.unique() else {
        return Err(
            Failure::usage(format!("`{}` has no attribute that names one", of.name))
                .hint("give the id, as `scim get` lists it"),
        );
    };
    if session.globals.curl {
        return Ok(Value::object([(
            "id",
            Value::text(format!("ID-OF-{name}")),
        )]));
    }
    let mut query = Query {
        path: of.endpoint.clone(),
        ..Query::default()
    };
    let filter = format!("{} eq {}", unique.name, Value::text(name));
    let mut found = match types.supports("filter") {
        // Whoever cannot be asked is read as a whole.
        Some(false) => {
            let filter = filters::check(&filter, Some(of))?;
            let mut all = pages::all(session, types, &query).await?;
            all.retain(|resource| filters::matches(&filter, resource, of));
            all
        }
        _ => {
            query.filter = Some(filter);
            query.attributes = attributes.to_vec();
            if !attributes.is_empty() && !attributes.contains(&unique.name) {
                query.attributes.push(unique.name.clone());
            }
            query.limit = Some(2);
            query.one_page = true;
            let found = pages::all(session, types, &query).await?;
            only_equal(found, of, &unique.name, &Value::text(name))?
        }
    };
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => {
            let message = format!("there is no {} whose {} is `{name}`", of.name, unique.name);
            Err(Failure::new(Code::NotFound, message).hint(format!(
                "`scim get {} --where '{}*={name}'` lists those that contain it",
                of.plural(),
                unique.name
            )))
        }
        (Some(_), false) => {
            let message = format!("several {}s have the {} `{name}`", of.name, unique.name);
            Err(Failure::new(Code::Conflict, message).hint("give the id of the one you mean"))
        }
    }
}

/// A text in which `@name` is replaced by the id that it means, where the attribute refers to
/// other resources.
pub(crate) async fn references(
    session: &Session,
    types: &Types,
    attribute: &Attribute,
    text: &str,
) -> Result<String, Failure> {
    let targets = attribute.targets();
    if targets.is_empty() || !text.contains('@') {
        return Ok(text.to_owned());
    }
    let (front, name) = match text.strip_prefix('@') {
        Some(name) => ("", name),
        None => match text.split_once("value=@") {
            Some((front, name)) => (front, name),
            None => return Ok(text.to_owned()),
        },
    };
    let (name, rest) = match name.find(',') {
        Some(at) if !front.is_empty() || text.contains('=') => name.split_at(at),
        _ => (name, ""),
    };
    let id = of_any(session, types, &targets, name).await?;
    Ok(match text.starts_with('@') {
        true => format!("{id}{rest}"),
        false => format!("{front}value={id}{rest}"),
    })
}

/// The id of a resource of one of these types.
pub(crate) async fn of_any(
    session: &Session,
    types: &Types,
    targets: &[&str],
    name: &str,
) -> Result<String, Failure> {
    let mut missing = None;
    for target in targets {
        let Ok(of) = types.find(target) else {
            continue;
        };
        match id(session, types, of, &format!("@{name}")).await {
            Err(failure) if failure.code() == Code::NotFound => {
                missing.get_or_insert(failure);
            }
            other => return other,
        }
    }
    Err(missing.unwrap_or_else(|| {
        Failure::usage(format!(
            "`@{name}`: the server serves none of {}",
            targets.join(", ")
        ))
    }))
}
