//! Q: searches by POST.

use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::{Context, LIST, SEARCH},
    json::{elements, member},
    resource_type::ResourceType,
    wire::Ask,
};

fn path(r: &ResourceType) -> String {
    format!("{}/.search", r.endpoint)
}

checks! {
    "Q-01" Error Must "RFC 7644 §3.4.3" ["F-13"]
    "A search finds the same resources as a list with the same parameters."
    "Handle POST {endpoint}/.search with the same code as GET."
    (cx, t, r) {
        let only = cx.fixture(r).await?.only(r).ok_or_else(|| Stop::Skip("nothing to filter by".to_owned()))?;
        let start = if super::g::by_index(cx).is_ok() { 2 } else { 1 };
        let list = cx.list(r, &[("filter", &only), ("startIndex", &start.to_string()), ("count", "3")]).await?;
        let body = json!({"schemas": [SEARCH], "filter": only, "startIndex": start, "count": 3});
        let a = cx.send(Ask::post(path(r), &body)).await?;
        if a.status == 501 {
            return Err(Stop::Skip("searches by POST are not served (501)".to_owned()));
        }
        t.success(&a, "a search")?;
        t.status(&a, &[200]);
        t.must(elements(member(a.doc(), "schemas")).contains(&LIST.into()), &a, "a ListResponse");
        if !t.must(Context::ids(&a) == Context::ids(&list) && a.total() == list.total(), &a, "what GET finds") {
            return Err(Stop::Failed);
        }
        t.sub("this type only");
        for other in cx.types.iter().filter(|other| other.endpoint != r.endpoint) {
            // That the other type has its faults is not this check's to say.
            let Ok(foreign) = cx.shared(other).await else {
                continue;
            };
            let search = json!({"schemas": [SEARCH], "filter": format!("id eq {}", json!(foreign.id))});
            let a = cx.send(Ask::post(path(r), &search)).await?;
            let found = a.resources().iter().any(|one| {
                let kind = crate::json::at(one, "meta/resourceType").and_then(Value::as_str);
                crate::json::text(one, "id") == Some(foreign.id.as_str()) && kind.is_none_or(|kind| kind.eq_ignore_ascii_case(&other.name))
            });
            t.must(!found, &a, format!("no {}", other.name));
        }
        // Without a filter too: at the begin, and at the end, where the other types would be.
        t.sub("this type only, without a filter");
        let mut start = 1;
        for _ in 0..2 {
            let a = cx.send(Ask::post(path(r), &json!({"schemas": [SEARCH], "startIndex": start, "count": 20}))).await?;
            let foreign = a.resources().iter().any(|one| {
                let kind = crate::json::at(one, "meta/resourceType").and_then(Value::as_str).unwrap_or_default();
                cx.types.iter().any(|other| other.endpoint != r.endpoint && other.name.eq_ignore_ascii_case(kind))
            });
            t.must(!foreign, &a, format!("nothing but {}", r.name));
            match a.total() {
                Some(total) if total > 20 => start = total - 19,
                _ => break,
            }
        }
    }

    "Q-02" Error Must "RFC 7644 §3.4.3" ["Q-01", "P-01"]
    "In a search, attributes and excludedAttributes are arrays."
    "Read arrays of names."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let Some(key) = r.key() else { return Ok(()) };
        let Some(slot) = r.s().filter(|s| s.of(&made.state).is_some() && *s != key) else {
            return Err(Stop::Skip("only one attribute has a value".to_owned()));
        };
        let filter = format!("{} eq {}", key.path(), key.of(&made.state).unwrap_or(&Value::Null));
        for name in ["attributes", "excludedAttributes"] {
            t.sub(name);
            let body = json!({"schemas": [SEARCH], "filter": filter, name: [slot.path()]});
            let a = cx.send(Ask::post(path(r), &body)).await?;
            let found = a.resources();
            t.must(found.len() == 1, &a, "the one resource");
            for one in found {
                let (there, other) = (slot.of(one).is_some(), key.of(one).is_some());
                let always = |name: &str| r.attr(name).is_some_and(crate::resource_type::Attr::is_always_returned);
                let ok = match name {
                    "attributes" => there && (!other || always(&key.name)),
                    _ => (!there || always(&slot.name)) && other,
                };
                t.must(ok, &a, format!("{name}={} applied", slot.path()));
            }
        }
    }

    "Q-03" Warning Must "RFC 7644 §3.4.3, §3.4.2.1" ["F-13"]
    "A search at the base URL searches all resource types."
    "Serve POST /.search."
    (cx, t) {
        let [one, two, ..] = cx.types.as_slice() else { return Err(Stop::Skip("there is only one resource type".to_owned())) };
        let (first, second) = (cx.shared(one).await?, cx.shared(two).await?);
        let filter = format!("id eq {} or id eq {}", json!(first.id), json!(second.id));
        let a = cx.send(Ask::post("/.search", &json!({"schemas": [SEARCH], "filter": filter}))).await?;
        if matches!(a.status, 404 | 405 | 501 | 403) {
            t.must(false, &a, "200 and resources of all types");
            return Ok(());
        }
        let ids = Context::ids(&a);
        t.must(ids.contains(&first.id) && ids.contains(&second.id), &a, "both resources");
    }

    "Q-04" Warning Must "RFC 7644 §3.4.3" ["Q-01"]
    "A search without the URN of SearchRequest, or one that is not JSON, is refused."
    "Return 400 with scimType invalidSyntax."
    (cx, t, r) {
        t.sub("without URN");
        let a = cx.send(Ask::post(path(r), &json!({"count": 1}))).await?;
        cx.refused(t, &a, &["invalidSyntax", "invalidValue"]);
        t.sub("not JSON");
        let a = cx.send(Ask::new(http::Method::POST, path(r)).raw("{\"schemas\": [")).await?;
        cx.refused(t, &a, &["invalidSyntax", "invalidValue"]);
    }

    "Q-05" Critical Must "RFC 7644 §3.4.3" ["Q-01"]
    "A search creates nothing."
    "Do not read .search as a new resource."
    (cx, t, r) {
        let Some(key) = r.key() else { return Err(Stop::Skip("nothing to filter by".to_owned())) };
        let prefix = format!("{}-search-", cx.label());
        let only = format!("{} sw \"{prefix}\"", key.path());
        let before = cx.list(r, &[("filter", &only), ("count", "0")]).await?;
        let mut body = cx.minimal(r);
        key.set(&mut body, cx.maker.key(&key.name, &format!("{prefix}1")));
        crate::json::set(&mut body, "schemas", json!([SEARCH]));
        let a = cx.send(Ask::post(path(r), &body)).await?;
        let after = cx.list(r, &[("filter", &only), ("count", "0")]).await?;
        t.must(before.total() == after.total(), &a, "as many resources as before");
        t.at(Level::Error, a.status != 201, &a, "no 201");
    }

    "Q-07" Error Must "RFC 7644 §3.4.3, §3.4.2.3" ["Q-01", "S-02"]
    "A search applies sortBy and sortOrder."
    "Sort searches as you sort lists."
    (cx, t, r) {
        cx.needs_feature("sort")?;
        let fixture = cx.fixture(r).await?;
        let (Some(key), Some(only)) = (r.key(), fixture.only(r)) else { return Err(Stop::Skip("nothing to sort by".to_owned())) };
        for order in ["ascending", "descending"] {
            t.sub(order);
            let body = json!({"schemas": [SEARCH], "filter": only, "sortBy": key.path(), "sortOrder": order, "count": 100});
            let a = cx.send(Ask::post(path(r), &body)).await?;
            super::s::in_order(t, r, &fixture, &a, &key.path(), order == "descending");
        }
        t.sub("count");
        let a = cx.send(Ask::post(path(r), &json!({"schemas": [SEARCH], "filter": only, "sortBy": key.path(), "count": 2}))).await?;
        t.must(a.is_success() && a.resources().len() <= 2, &a, "at most 2 resources");
    }

    "Q-06" Error Plain "RFC 7644 §3.4.3, §3.12 Table 9" ["Q-01"]
    "A malformed filter in a search is refused."
    "Return 400 with scimType invalidFilter."
    (cx, t, r) {
        let key = r.key().map(|key| key.path()).unwrap_or_default();
        for filter in [format!("{key} xx \"a\""), format!("{key} eq \"a")] {
            t.sub(filter.as_str());
            let a = cx.send(Ask::post(path(r), &json!({"schemas": [SEARCH], "filter": filter}))).await?;
            cx.refused(t, &a, &["invalidFilter", "invalidSyntax"]);
        }
    }
}
