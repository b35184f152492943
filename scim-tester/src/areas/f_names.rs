//! F: how a filter names an attribute, and what stands in brackets.

use serde_json::json;

use crate::{
    check::{Level, Stop, checks},
    context::Context,
    json::text,
    resource_type::Attr,
    trial::Trial,
    values::Maker,
};

use super::filtering::{each_within, exact, key, quoted, s, values, within};

checks! {
    "F-17" Error Must "RFC 7644 §3.10, RFC 7643 §2.1" ["F-02"]
    "A filter can name an attribute in any letter case, and with the URN of its schema."
    "Look up names in any letter case, after you remove the URN."
    (cx, t, r) {
        let key = key(r)?;
        let all = values(cx, r, &key).await?;
        let Some(value) = all.first() else { return Ok(()) };
        let urn = format!("{}:{}", r.schema, key.name);
        // "All facets" of a name with a URN are taken in any letter case (RFC 7644 §3.10).
        for path in [key.name.to_uppercase(), key.name.to_lowercase(), urn.to_uppercase(), urn] {
            t.sub(path.as_str());
            exact(cx, t, r, &format!("{path} eq {}", quoted(value))).await?;
        }
    }

    "F-18" Error Must "RFC 7644 §3.10" ["F-02"]
    "A filter names an attribute of an extension with the URN of the extension."
    "Remove the longest known URN from the front of the name."
    (cx, t, r) {
        let Some(e) = r.e() else { return Err(Stop::Skip("no text in an extension".to_owned())) };
        let all = values(cx, r, &e).await?;
        let Some(value) = all.first() else { return Ok(()) };
        exact(cx, t, r, &format!("{} eq {}", e.path(), quoted(value))).await?;
        // Resources without the extension are resources all the same.
        t.sub("without the extension");
        let mut alone = Trial::new(Level::Warning);
        for filter in [format!("not ({} eq {})", e.path(), quoted(value)), format!("not ({} pr)", e.path())] {
            within(cx, &mut alone, r, &filter).await?;
        }
        t.take(alone);
    }

    "F-19" Error Must "RFC 7644 §3.10" ["F-02"]
    "A filter names a sub-attribute with a dot."
    "Look at the part behind the dot."
    (cx, t, r) {
        let Some((_, slots)) = r.c() else { return Err(Stop::Skip("no complex attribute".to_owned())) };
        let Some(slot) = slots.first() else { return Ok(()) };
        let all = values(cx, r, slot).await?;
        let Some(value) = all.first() else { return Ok(()) };
        exact(cx, t, r, &format!("{} eq {}", slot.path(), quoted(value))).await?;
        let begin: String = value.chars().take(value.chars().count() - 1).collect();
        exact(cx, t, r, &format!("{} sw {}", slot.path(), quoted(&begin))).await?;
        if let Some(other) = slots.get(1) {
            t.sub(other.path());
            let all = values(cx, r, other).await?;
            let Some(value) = all.first() else { return Ok(()) };
            exact(cx, t, r, &format!("{} eq {}", other.path(), quoted(value))).await?;
        }
    }

    "F-20" Error Must "RFC 7644 §3.4.2.2" ["F-13"]
    "A filter on a sub-attribute of a multi-valued attribute matches if one value matches."
    "Check all values, not only the first."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let (one, two) = Maker::kinds(m);
        let prefix = cx.fixture(r).await?.prefix.clone();
        let beta = cx.maker.m_value(m, &crate::context::fixture::labels(&prefix, 0).1, "beta");
        let path = m.path();
        exact(cx, t, r, &format!("{path}.value eq {}", quoted(&beta))).await?;
        each_within(cx, t, r, &[format!("{path}.type eq {}", quoted(&two)), format!("{path}.type eq {}", quoted(&one))]).await?;
        // Both values of a resource match: it is found once, and counted once.
        t.sub("both values match");
        let filter = format!("{path}.value sw {}", quoted(&prefix));
        if exact(cx, t, r, &filter).await? {
            let expected = cx.fixture(r).await?.expected(r, &filter).map_or(0, |ids| ids.len());
            let a = cx.list(r, &[("filter", &filter)]).await?;
            t.must(a.total() == i64::try_from(expected).ok(), &a, format!("totalResults {expected}: each resource counts once"));
        }
    }

    "F-21" Error Must "RFC 7644 §3.4.2.2 Table 5" ["F-20"]
    "All conditions in brackets apply to the same value."
    "Check each element against the whole filter in brackets."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let (one, two) = Maker::kinds(m);
        let path = m.path();
        each_within(cx, t, r, &[
            format!("{path}[type eq {} and value co \"alpha\"]", quoted(&one)),
            format!("{path}[type eq {} and value co \"alpha\"]", quoted(&two)),
            format!("{path}[type eq {} and value co \"gamma\"]", quoted(&one)),
            format!("{path}.type eq {} and {path}.value co \"alpha\"", quoted(&two)),
        ]).await?;
    }

    "F-22" Error Must "RFC 7644 §3.4.2.2 Table 5" ["F-21"]
    "The filter in brackets can have or, not and pr."
    "Support the whole grammar in brackets, except for more brackets."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let (one, two) = Maker::kinds(m);
        let path = m.path();
        each_within(cx, t, r, &[
            format!("{path}[not (type eq {})]", quoted(&one)),
            format!("{path}[value co \"gamma\" or type eq {}]", quoted(&one)),
            format!("{path}[type pr and value ew \"zz\"]"),
            format!("{path}[type eq {} or type eq {}]", quoted(&one), quoted(&two)),
            // One term, and not of eq; a text with what ends brackets.
            format!("{path}[value co \"alpha\"]"),
            format!("{path}[value ew \"]\" or type eq {}]", quoted(&one)),
        ]).await?;
        if m.sub("display").is_some_and(Attr::is_plain) {
            each_within(cx, t, r, &[format!("{path}[display pr]")]).await?;
        }
    }

    "F-23" Error Plain "RFC 7644 §3.4.2.2 Figure 1" ["F-21"]
    "Terms with brackets can be joined with other terms."
    "Treat a value path as a term like any other."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let (one, _) = Maker::kinds(m);
        let path = m.path();
        let key = key(r)?.path();
        let mut filters = vec![format!("{key} pr and {path}[type eq {}]", quoted(&one)), format!("not ({path}[type eq {}])", quoted(&one))];
        if let Some(b) = r.b() {
            filters.push(format!("{path}[type eq {}] and {} eq true", quoted(&one), b.path()));
        }
        each_within(cx, t, r, &filters).await?;
    }

    "F-24" Info Must "RFC 7644 §3.4.2.2 Figure 2" ["F-20"]
    "A filter on a complex multi-valued attribute without a sub-attribute compares its value."
    "Compare value, or return 400."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let prefix = cx.fixture(r).await?.prefix.clone();
        let filter = format!("{} co {}", m.path(), quoted(&cx.maker.m_value(m, &crate::context::fixture::labels(&prefix, 0).1, "beta")));
        let (a, found) = cx.find(r, &filter).await?;
        t.at(Level::Error, a.status < 500, &a, "no server error");
        match a.is_success() {
            true if found.len() == 1 => t.note(&a, "means its value"),
            true => t.note(&a, format!("finds {} instead of 1", found.len())),
            false => t.note(&a, "is refused"),
        }
    }

    "F-25" Warning Plain "RFC 7644 §3.4.2.2, RFC 7643 §3.1" ["F-13"]
    "Filters can name the common attributes id, externalId, meta and schemas."
    "Filter by common attributes as by any other."
    (cx, t, r) {
        let fixture = cx.fixture(r).await?;
        let Some(first) = fixture.made.first() else { return Ok(()) };
        t.sub("id");
        exact(cx, t, r, &format!("id eq {}", quoted(&first.id))).await?;
        // RFC 7643 §3.1: id is caseExact.
        let other = match first.id.to_uppercase() {
            upper if upper != first.id => upper,
            _ => first.id.to_lowercase(),
        };
        if other != first.id {
            t.sub("id in another letter case");
            let (a, found) = cx.find(r, &format!("id eq {}", quoted(&other))).await?;
            t.must(!found.iter().any(|one| text(one, "id") == Some(first.id.as_str())), &a, "nothing: id is caseExact");
        }
        let mut filters = vec![
            format!("meta.resourceType eq {}", quoted(&r.name)),
            "meta.resourceType eq \"NoSuchType\"".to_owned(),
            format!("schemas eq {}", quoted(&r.schema)),
        ];
        if crate::json::at(&first.state, "meta/lastModified").is_some() {
            filters.push("meta.lastModified pr".to_owned());
        }
        each_within(cx, t, r, &filters).await?;
    }

    "F-26" Info Plain "RFC 7644 §3.4.2.2 Table 3" ["F-13"]
    "A comparison with null causes no server error. The report says what the service provider does."
    "Read eq null as not (… pr), or return 400."
    (cx, t, r) {
        let s = s(r)?;
        let only = cx.fixture(r).await?.only(r).unwrap_or_default();
        let a = cx.list(r, &[("filter", &format!("{only} and {} eq null", s.path()))]).await?;
        t.at(Level::Error, a.status < 500, &a, "no server error");
        t.note(&a, if a.is_success() { format!("eq null finds {}", a.total().unwrap_or(0)) } else { "eq null is refused".to_owned() });
    }

    "F-27" Info Plain "RFC 7643 §7" ["F-20"]
    "ne on a multi-valued attribute causes no server error. The report says what it finds."
    "Document whether one value or all values must differ."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let (one, _) = Maker::kinds(m);
        let only = cx.fixture(r).await?.only(r).unwrap_or_default();
        let a = cx.list(r, &[("filter", &format!("{only} and {}.type ne {}", m.path(), quoted(&one)))]).await?;
        t.at(Level::Error, a.status < 500, &a, "no server error");
        t.note(&a, format!("ne finds {} of 8", a.total().unwrap_or(0)));
    }

    "F-40" Info Must "RFC 7644 §3.4.2.2 Table 3" ["F-02", "M-01"]
    "A filter compares references by their exact text."
    "Compare the reference as it is stored, or return 400."
    (cx, t) {
        let user = cx.need_type("User")?;
        let group = cx.need_type("Group")?;
        let made = cx.create(user, cx.minimal(user)).await?;
        let mut body = cx.minimal(group);
        crate::json::set(&mut body, "members", json!([{"value": made.id}]));
        let own = cx.create(group, body).await?;
        let a = cx.list(group, &[("filter", &format!("members.value eq {}", quoted(&made.id)))]).await?;
        t.at(Level::Error, a.status < 500, &a, "no server error");
        match a.is_success() {
            true if Context::ids(&a) == std::iter::once(own.id).collect() => t.note(&a, "members.value finds the group"),
            true => { t.at(Level::Error, false, &a, "the group, or 400 with scimType invalidFilter"); }
            false => t.note(&a, "a filter on members is refused"),
        }
    }
}
