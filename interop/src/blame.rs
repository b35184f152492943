//! Whose a failure is, as far as the wire shows it: what was sent and answered is looked at without
//! the client's own reader.

use std::{collections::BTreeSet, fmt};

use scim_client::{
    dynamic::ResourceTypes,
    http::{Method, StatusCode},
    model::{Attribute, Kind},
};
use serde_json::Value;

use crate::{
    outcome::{Cause, Failure},
    wire::Exchanged,
};

/// Whose failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blame {
    Server,
    Ours,
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "the server",
            Self::Ours => "ours",
        })
    }
}

/// Whose a failure is; `None` where the wire does not show it.
pub(crate) fn blame(
    failure: &Failure,
    exchanges: &[Exchanged],
    types: Option<&ResourceTypes>,
) -> Option<Blame> {
    match &failure.cause {
        Cause::Ours | Cause::Unsent | Cause::Unpublished(_) => return Some(Blame::Ours),
        // The client may have given up, but it has sent what there is no answer to.
        Cause::NoAnswer => return Some(Blame::Server),
        _ => {}
    }
    let last = exchanges.last()?;
    let (status, body) = last.response.as_ref()?;
    match &failure.cause {
        // A body that is no JSON would be ours; the rest of a request is checked by the tests of
        // the client.
        Cause::Answer(said) => {
            Some(server_if(exchanges.iter().any(|one| {
                answers(one, *said) && is_json_or_nothing(&one.sent)
            })))
        }
        Cause::Accepted => status.is_success().then_some(Blame::Server),
        Cause::Unreadable => {
            let is_right = types.is_some_and(|types| is_well_formed(last, body, types));
            Some(server_if(!is_right))
        }
        Cause::NotApplied => not_applied(last, body),
        Cause::Listed(found) => {
            let mut found = found.clone();
            found.sort_unstable();
            Some(server_if(found == listed(exchanges)?))
        }
        Cause::Values {
            what,
            found,
            wanted,
        } => values(what, found, wanted, &answered(exchanges)?),
        _ => None,
    }
}

fn server_if(is_right: bool) -> Blame {
    match is_right {
        true => Blame::Server,
        false => Blame::Ours,
    }
}

/// Whether a PUT was answered with something else than what was sent.
fn not_applied(last: &Exchanged, body: &str) -> Option<Blame> {
    if last.method != Method::PUT {
        return None;
    }
    let sent = serde_json::from_str::<Value>(&last.sent).ok()?;
    let answered = serde_json::from_str::<Value>(body).ok()?;
    let is_done = sent.as_object()?.iter().all(|(name, value)| {
        ["schemas", "meta"].contains(&name.as_str()) || answered.get(name) == Some(value)
    });
    Some(server_if(!is_done))
}

/// Whether the server answered with this status: to the request, or to an operation of a bulk.
fn answers(exchanged: &Exchanged, said: StatusCode) -> bool {
    let Some((status, body)) = &exchanged.response else {
        return false;
    };
    if *status == said {
        return true;
    }
    let document = serde_json::from_str::<Value>(body).unwrap_or_default();
    let operations = document.get("Operations").and_then(Value::as_array);
    operations.into_iter().flatten().any(|operation| {
        let status = match operation.get("status") {
            Some(Value::Object(status)) => status.get("code"),
            status => status,
        };
        status.is_some_and(|status| {
            status.as_str() == Some(said.as_str()) || *status == said.as_u16()
        })
    })
}

fn is_json_or_nothing(text: &str) -> bool {
    text.is_empty() || serde_json::from_str::<Value>(text).is_ok()
}

/// Whether an answer is what it says: JSON, with an `id` in each resource, and values of the types
/// that the server publishes.
fn is_well_formed(exchanged: &Exchanged, body: &str, types: &ResourceTypes) -> bool {
    let Ok(document) = serde_json::from_str::<Value>(body) else {
        return false;
    };
    let resources = match document.get("Resources") {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(_) => return false,
        None => vec![&document],
    };
    let path = exchanged.path.to_ascii_lowercase();
    let at = |one: &&scim_client::dynamic::ResourceType| {
        let endpoint = format!("/{}", one.endpoint().trim_matches('/')).to_ascii_lowercase();
        path.ends_with(&endpoint) || path.contains(&format!("{endpoint}/"))
    };
    let attributes = types
        .iter()
        .find(at)
        .map(|found| found.descriptor().attributes());
    resources.into_iter().all(|resource| {
        resource.get("id").is_some_and(Value::is_string)
            && fits(resource, attributes.unwrap_or_default())
    })
}

/// Whether the members of an object have the types of its attributes.
fn fits(object: &Value, attributes: &[Attribute]) -> bool {
    let Some(members) = object.as_object() else {
        return false;
    };
    members.iter().all(|(name, value)| {
        let known = attributes
            .iter()
            .find(|attribute| attribute.name().eq_ignore_ascii_case(name));
        known.is_none_or(|attribute| match (attribute.is_multi_valued(), value) {
            (_, Value::Null) => true,
            (true, Value::Array(all)) => all.iter().all(|one| is_of(one, attribute)),
            (true, _) => false,
            (false, one) => is_of(one, attribute),
        })
    })
}

fn is_of(value: &Value, attribute: &Attribute) -> bool {
    match attribute.kind() {
        Kind::Boolean => value.is_boolean(),
        Kind::Decimal | Kind::Integer => value.is_number(),
        Kind::Complex(_) => fits(value, attribute.sub_attributes()),
        Kind::Any => true,
        Kind::String | Kind::DateTime | Kind::Binary | Kind::Reference => value.is_string(),
    }
}

/// What was answered last: one document, or all pages of a list, the last first.
fn answered(exchanges: &[Exchanged]) -> Option<Vec<Value>> {
    let mut documents = Vec::new();
    for exchanged in exchanges.iter().rev() {
        let (status, body) = exchanged.response.as_ref()?;
        let Ok(document) = serde_json::from_str::<Value>(body) else {
            break;
        };
        let is_page = document.get("Resources").is_some() || document.get("totalResults").is_some();
        if !documents.is_empty() && !is_page {
            break;
        }
        if !status.is_success() {
            return None;
        }
        documents.push(document);
        if !is_page {
            break;
        }
    }
    (!documents.is_empty()).then_some(documents)
}

/// The ids on all pages of the list that was answered last, sorted.
fn listed(exchanges: &[Exchanged]) -> Option<Vec<String>> {
    let pages = answered(exchanges)?;
    let resources = pages.iter().flat_map(|page| {
        page.get("Resources")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    });
    let mut ids = Vec::new();
    for resource in resources {
        ids.push(resource.get("id")?.as_str()?.to_owned());
    }
    ids.sort_unstable();
    Some(ids)
}

fn collect(value: &Value, texts: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(texts.insert(text.clone())),
        Value::Array(all) => all.iter().for_each(|one| collect(one, texts)),
        Value::Object(members) => members.values().for_each(|one| collect(one, texts)),
        _ => {}
    }
}

/// What was found and what was wanted, beside what the server answered: at the path that `what` is,
/// or anywhere. That a text is somewhere does not say that it is where it should be, so only what is
/// missing tells then.
fn values(what: &str, found: &[String], wanted: &[String], wire: &[Value]) -> Option<Blame> {
    let path = what.split(',').next().unwrap_or_default();
    if let [document] = wire
        && document.get("Resources").is_none()
        && let ([] | [_], [_]) | ([_], []) = (found, wanted)
        && path
            .split('.')
            .all(|name| !name.is_empty() && !name.contains(' '))
    {
        let at = path
            .split('.')
            .try_fold(document, |value, name| value.get(name));
        let at: Vec<&str> = at.and_then(Value::as_str).into_iter().collect();
        // The same on the wire as the client says: then it is the server's.
        return Some(server_if(found.iter().map(String::as_str).eq(at)));
    }
    let mut texts = BTreeSet::new();
    wire.iter()
        .for_each(|document| collect(document, &mut texts));
    if found.iter().any(|text| !texts.contains(text)) {
        return Some(Blame::Ours);
    }
    let is_missing = wanted.iter().any(|text| !texts.contains(text));
    is_missing.then_some(Blame::Server)
}

#[cfg(test)]
mod tests {
    use scim_client::{
        dynamic::ResourceTypes,
        http::{Method, StatusCode},
    };

    use super::{Blame, blame};
    use crate::{
        outcome::{Cause, Failure},
        wire::Exchanged,
    };

    fn exchanged(method: Method, sent: &str, status: u16, body: &str) -> Exchanged {
        Exchanged {
            method,
            path: "/v2/Users/1".to_owned(),
            sent: sent.to_owned(),
            response: Some((StatusCode::from_u16(status).unwrap(), body.to_owned())),
        }
    }

    fn whose(cause: Cause, exchanges: &[Exchanged]) -> Option<Blame> {
        let said = String::new();
        let types = ResourceTypes::core();
        blame(&Failure { said, cause }, exchanges, Some(&types))
    }

    fn values(what: &str, found: &[&str], wanted: &[&str]) -> Cause {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Cause::Values {
            what: what.to_owned(),
            found: owned(found),
            wanted: owned(wanted),
        }
    }

    #[test]
    fn an_error_is_the_servers_unless_what_was_sent_is_no_json() {
        let answer = || Cause::Answer(StatusCode::BAD_REQUEST);
        let good = exchanged(Method::POST, r#"{"userName": "a"}"#, 400, "");
        assert_eq!(whose(answer(), &[good]), Some(Blame::Server));
        let bad = exchanged(Method::POST, r#"{"userName": "#, 400, "");
        assert_eq!(whose(answer(), &[bad]), Some(Blame::Ours));
        // Another request may have followed; and the parts of a bulk have a status of their own.
        let good = exchanged(Method::POST, r#"{"userName": "a"}"#, 400, "");
        let later = exchanged(Method::GET, "", 200, r#"{"totalResults": 0}"#);
        assert_eq!(whose(answer(), &[good, later]), Some(Blame::Server));
        for status in [r#""400""#, "400", r#"{"code": "400"}"#] {
            let body = format!(r#"{{"Operations": [{{"status": {status}}}]}}"#);
            let bulk = exchanged(Method::POST, "{}", 200, &body);
            assert_eq!(whose(answer(), &[bulk]), Some(Blame::Server), "{status}");
        }
        let other = exchanged(Method::POST, "", 201, "");
        assert_eq!(
            whose(answer(), &[other]),
            Some(Blame::Ours),
            "it was not answered"
        );
    }

    #[test]
    fn a_value_that_was_answered_and_not_found_is_ours() {
        let wire = |body| [exchanged(Method::GET, "", 200, body)];
        let right = wire(r#"{"id": "1", "title": "CTO", "name": {"givenName": "CTO"}}"#);
        let wrong = wire(r#"{"id": "1", "title": "Guide", "nickName": "CTO"}"#);
        let title = |found: &[&str], wanted: &[&str]| values("title", found, wanted);
        assert_eq!(whose(title(&[], &["CTO"]), &right), Some(Blame::Ours));
        assert_eq!(
            whose(title(&["Guide"], &["CTO"]), &right),
            Some(Blame::Ours)
        );
        assert_eq!(whose(title(&["Guide"], &[]), &right), Some(Blame::Ours));
        assert_eq!(
            whose(title(&["Guide"], &["CTO"]), &wrong),
            Some(Blame::Server)
        );
        assert_eq!(whose(title(&["Guide"], &[]), &wrong), Some(Blame::Server));
        let name = values("name.familyName", &[], &["CTO"]);
        assert_eq!(whose(name, &right), Some(Blame::Server), "it is elsewhere");
        // Words are no path: what is missing everywhere is the server's, and the rest is not known.
        let words = |wanted| values("the new one", &[], wanted);
        assert_eq!(whose(words(&["CTO"]), &right), None);
        assert_eq!(whose(words(&["CEO"]), &right), Some(Blame::Server));
        assert_eq!(
            whose(values("emails", &[], &[]), &right),
            None,
            "numbers are not looked at"
        );
    }

    #[test]
    fn a_list_is_the_servers_if_the_client_found_what_is_on_its_pages() {
        let page = |id: &str| {
            let body = format!(r#"{{"totalResults": 2, "Resources": [{{"id": "{id}"}}]}}"#);
            exchanged(Method::GET, "", 200, &body)
        };
        let made = exchanged(Method::POST, "", 201, r#"{"id": "c"}"#);
        let wire = [made, page("a"), page("b")];
        let found = |ids: &[&str]| Cause::Listed(ids.iter().map(|id| (*id).to_owned()).collect());
        assert_eq!(whose(found(&["b", "a"]), &wire), Some(Blame::Server));
        assert_eq!(
            whose(found(&["b"]), &wire),
            Some(Blame::Ours),
            "one page was lost"
        );
        assert_eq!(whose(found(&["a", "b", "c"]), &wire), Some(Blame::Ours));
    }

    #[test]
    fn a_put_that_was_not_done_is_the_servers_if_its_answer_is_another() {
        let put = |body| [exchanged(Method::PUT, r#"{"title": "CTO"}"#, 200, body)];
        let server = put(r#"{"id": "1", "title": "Guide"}"#);
        assert_eq!(whose(Cause::NotApplied, &server), Some(Blame::Server));
        let done = put(r#"{"id": "1", "title": "CTO"}"#);
        assert_eq!(whose(Cause::NotApplied, &done), Some(Blame::Ours));
    }

    #[test]
    fn what_cannot_be_read_is_the_servers_if_it_is_not_what_it_publishes() {
        let wire = |body| [exchanged(Method::GET, "", 200, body)];
        let unreadable = |body| whose(Cause::Unreadable, &wire(body));
        assert_eq!(unreadable("<html>"), Some(Blame::Server));
        assert_eq!(unreadable(r#"{"userName": "no id"}"#), Some(Blame::Server));
        assert_eq!(
            unreadable(r#"{"id": "1", "active": "yes"}"#),
            Some(Blame::Server)
        );
        assert_eq!(
            unreadable(r#"{"id": "1", "emails": [{"value": 7}]}"#),
            Some(Blame::Server)
        );
        assert_eq!(
            unreadable(r#"{"id": "1", "userName": "a"}"#),
            Some(Blame::Ours)
        );
    }

    #[test]
    fn what_was_never_sent_is_ours_and_what_was_never_answered_the_servers() {
        assert_eq!(whose(Cause::Unsent, &[]), Some(Blame::Ours));
        assert_eq!(whose(Cause::NoAnswer, &[]), Some(Blame::Server));
        assert_eq!(whose(Cause::Words, &[]), None);
    }
}
