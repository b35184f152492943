//! F: filters that are wrong, large, or ask for what must not be told; and when they find what
//! changed.

use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::Context,
    json::text,
    resource_type::Kind,
    wire::{Answer, Ask},
};

use super::filtering::{key, quoted, refused};

/// A filter that is no filter, and what it is.
const BROKEN: [(&str, &str); 13] = [
    ("empty", ""),
    ("blank", "   "),
    ("no operator", "KEY"),
    ("unknown operator", "KEY xx \"a\""),
    ("no value", "KEY eq"),
    ("unclosed quote", "KEY eq \"a"),
    ("unclosed parenthesis", "(KEY eq \"a\""),
    ("text behind it", "KEY eq \"a\" b"),
    ("single quotes", "KEY eq 'a'"),
    ("no quotes", "KEY eq abc"),
    ("dangling and", "KEY eq \"a\" and"),
    ("nested brackets", "KEY[value[type eq \"a\"] eq \"b\"]"),
    ("empty brackets", "KEY[]"),
];

checks! {
    "F-28" Error Must "RFC 7644 §3.4.2.2, RFC 7159 §7" ["F-02"]
    "A filter can have any text as a value: quotes, backslashes, escapes, other scripts, and characters that URLs reserve."
    "Decode the query once. Then read the value as a JSON string."
    (cx, t, r) {
        let Some(slot) = r.s() else { return Err(Stop::Skip("no optional text".to_owned())) };
        let label = cx.label();
        let text_ = format!("{label} a\"b\\c &+%#= \u{fc}\u{20ac}\u{1F600} 100% 'q' (x) [y]");
        let mut body = cx.minimal(r);
        slot.set(&mut body, text_.as_str().into());
        let made = cx.create(r, body).await?;
        let kept = slot.of(&made.state).and_then(Value::as_str);
        if kept != Some(text_.as_str()) {
            return Err(Stop::Blocked("I-03", "the text is not kept".to_owned()));
        }
        let escaped: String = text_.chars().map(|c| match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            c if c.is_ascii() => c.to_string(),
            c => {
                let mut units = [0; 2];
                c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
            }
        }).collect();
        for (what, value) in [("as it is", quoted(&text_)), ("escaped", format!("\"{escaped}\""))] {
            t.sub(what);
            let a = cx.list(r, &[("filter", &format!("{} eq {value}", slot.path()))]).await?;
            t.must(a.is_success() && Context::ids(&a).contains(&made.id), &a, "the resource with this text");
        }
        // Databases compare by rules of languages, and leave out what stands at the end.
        let plain = format!("{label} Rene");
        let mut body = cx.minimal(r);
        slot.set(&mut body, plain.as_str().into());
        let made = cx.create(r, body).await?;
        let shows = |a: &Answer| Context::ids(a).contains(&made.id);
        let a = cx.list(r, &[("filter", &format!("{} eq {}", slot.path(), quoted(&plain)))]).await?;
        if !a.is_success() || !shows(&a) {
            return Ok(());
        }
        for (what, other, level) in [("an accent", format!("{label} Ren\u{e9}"), Level::Error), ("a blank at the end", format!("{plain} "), Level::Warning)] {
            t.sub(what);
            let a = cx.list(r, &[("filter", &format!("{} eq {}", slot.path(), quoted(&other)))]).await?;
            t.at(level, !shows(&a), &a, format!("not the resource with {plain}"));
        }
    }

    "F-29" Error Must "RFC 7644 §3.4.2.2, §3.12 Table 9" ["F-02"]
    "A malformed filter is refused."
    "Return 400 with scimType invalidFilter. Never ignore a filter."
    (cx, t, r) {
        let path = key(r)?.path();
        for (what, filter) in BROKEN {
            t.sub(what);
            let a = cx.list(r, &[("filter", &filter.replace("KEY", &path))]).await?;
            if filter.trim().is_empty() && a.is_success() {
                // Everything, because a client lost what it meant to ask for.
                let level = Level::Error;
                cx.refused_at(t, &a, &["invalidFilter"], Some(level));
                continue;
            }
            refused(cx, t, &a);
        }
        if let Some(b) = r.b() {
            t.sub("eq True");
            let a = cx.list(r, &[("filter", &format!("{} eq True", b.path()))]).await?;
            if a.is_success() {
                cx.refused_at(t, &a, &["invalidFilter"], Some(Level::Warning));
            } else {
                cx.refused(t, &a, &["invalidFilter"]);
            }
        }
    }

    "F-30" Error Must "RFC 7644 §3.4.2.2" ["F-02"]
    "A filter with an unknown operator is refused, and the detail of the Error says why."
    "Name the operator in detail."
    (cx, t, r) {
        let a = cx.list(r, &[("filter", &format!("{} like \"a\"", key(r)?.path()))]).await?;
        refused(cx, t, &a);
        // detail is optional (RFC 7644 §3.12).
        if a.is_client_error() && a.is_object() && text(a.doc(), "detail").is_none_or(str::is_empty) {
            t.note(&a, "the refusal has no detail");
        }
    }

    "F-31" Critical Plain "RFC 7644 §3.4.2.2" ["F-02"]
    "A filter on an unknown attribute finds nothing or is refused. It never finds everything."
    "Treat the attribute as one without a value, or return 400 with scimType invalidFilter."
    (cx, t, r) {
        let a = cx.list(r, &[("filter", "zzUnknown eq \"x\"")]).await?;
        t.at(Level::Error, a.status < 500, &a, "200 with nothing, or 400");
        if a.is_success() {
            t.must(a.total() == Some(0) && a.resources().is_empty(), &a, "nothing, or 400");
        }
    }

    "F-32" Info Plain "RFC 7644 §3.4.2.2" ["F-02"]
    "A comparison with a value of the wrong data type finds nothing or is refused."
    "Return 400 with scimType invalidFilter."
    (cx, t, r) {
        let Some((slot, value)) = r.b().map(|b| (b, "\"maybe\"")).or_else(|| r.n().map(|n| (n, "\"x\""))) else {
            return Err(Stop::Skip("text only".to_owned()));
        };
        let a = cx.list(r, &[("filter", &format!("{} eq {value}", slot.path()))]).await?;
        t.at(Level::Error, a.status < 500, &a, "400, or nothing found");
        t.at(Level::Warning, !a.is_success() || a.total() == Some(0), &a, "400, or nothing found");
        t.note(&a, if a.is_success() { "finds nothing" } else { "is refused" });
    }

    "F-34" Warning Must "RFC 7644 §3.4.2.1" ["F-02"]
    "A query at the base URL searches all resource types. A resource whose type lacks the attribute counts as one without a value."
    "Search the resources of each type. It is no error if a type lacks the attribute."
    (cx, t) {
        let label = cx.label();
        let filter = format!("userName eq \"{label}\" or displayName eq \"{label}\"");
        let a = cx.send(Ask::get("/").query("filter", &filter)).await?;
        if matches!(a.status, 404 | 403 | 501 | 405) {
            return Err(Stop::Skip("the base URL cannot be queried".to_owned()));
        }
        t.must(a.is_success(), &a, "200 with nothing");
        for r in &cx.types {
            let Ok(made) = cx.shared(r).await else { continue };
            let Some((key, value)) = r.key().and_then(|key| Some((key.path(), key.of(&made.state)?.clone()))) else { continue };
            t.sub(r.name.as_str());
            let a = cx.send(Ask::get("/").query("filter", &format!("{key} eq {value}"))).await?;
            t.must(a.is_success() && Context::ids(&a).contains(&made.id), &a, "the resource of this type");
        }
    }

    "F-35" Critical Must "RFC 7643 §7 (returned: never)" ["F-02"]
    "A filter does not reveal attributes that are never returned."
    "Refuse filters on such attributes."
    (cx, t, r) {
        let Some(secret) = r.secrets().find(|attr| attr.urn.is_none() && attr.kind == Kind::Text) else {
            return Err(Stop::Skip("the type has no such attribute".to_owned()));
        };
        let value = cx.maker.value(secret, &cx.label(), crate::values::Fill::Required).unwrap_or_default();
        let mut body = cx.minimal(r);
        secret.set(&mut body, value.clone());
        let made = cx.create(r, body).await?;
        let begin: String = value.as_str().unwrap_or_default().chars().take(4).collect();
        for filter in [format!("{} sw {}", secret.path(), quoted(&begin)), format!("{} eq {value}", secret.path())] {
            t.sub(if filter.contains(" sw ") { "sw" } else { "eq" });
            let a = cx.list(r, &[("filter", &filter)]).await?;
            let found = Context::ids(&a).contains(&made.id);
            if filter.contains(" eq ") && found {
                // Who knows the whole value learns nothing; with a part of it, one letter after the other.
                t.note(&a, "eq finds the resource with this value");
            } else {
                t.must(!found, &a, "400, 403 or nothing");
            }
        }
        t.sub("pr");
        let a = cx.list(r, &[("filter", &format!("{} pr", secret.path())), ("count", "1")]).await?;
        t.note(&a, if a.is_success() { "pr is accepted" } else { "pr is refused" });
    }

    "F-36" Error Plain "RFC 7644 §3.12 Table 9" ["F-02"]
    "A filtered list has at most filter.maxResults resources."
    "Return pages, or return 400 with scimType tooMany."
    (cx, t, r) {
        let config = cx.config.as_ref().and_then(|config| crate::json::at(config.doc(), "filter/maxResults")?.as_u64());
        let Some(most) = config.filter(|most| *most > 0) else { return Err(Stop::Skip("maxResults is not announced".to_owned())) };
        let a = cx.list(r, &[("filter", &format!("{} pr", key(r)?.path())), ("count", &most.saturating_add(100).to_string())]).await?;
        if a.is_success() {
            let count = u64::try_from(a.resources().len()).unwrap_or(u64::MAX);
            t.must(count <= most, &a, format!("at most {most}"));
        } else {
            t.scim_type(&a, &["tooMany"], Level::Warning);
            t.at(Level::Warning, a.status == 400, &a, "status 400");
        }
    }

    "F-37" Warning Plain "RFC 7644 §3.4.2.2" ["F-13"]
    "A deep or long filter is evaluated or refused in bounded time."
    "Limit the depth and the length, and return 400 or 413 beyond the limit."
    (cx, t, r) {
        let path = key(r)?.path();
        let deep = format!("{}{path} eq \"zz\"{}", "(".repeat(200), ")".repeat(200));
        let terms: Vec<_> = (0..400).map(|at| format!("{path} eq \"zz{at}\"")).collect();
        for (what, filter) in [("200 parentheses", deep), ("400 terms", terms.join(" or "))] {
            t.sub(what);
            let a = cx.list(r, &[("filter", &filter)]).await?;
            t.must(a.is_success() || matches!(a.status, 400 | 403 | 413 | 414 | 431), &a, "200, 400, 413 or 414");
            t.must(a.took.as_secs() < 10, &a, "within 10 seconds");
        }
        t.sub("4,000 terms by .search");
        let terms: Vec<_> = (0..4000).map(|at| format!("{path} eq \"zz{at}\"")).collect();
        let search = json!({"schemas": [crate::context::SEARCH], "filter": terms.join(" or ")});
        let a = cx.send(Ask::post(format!("{}/.search", r.endpoint), &search)).await?;
        t.must(a.is_success() || (400..500).contains(&a.status) || a.status == 501, &a, "200, 400 or 413");
    }

    "F-38" Warning Plain "RFC 7644 §7.5.2" ["F-02"]
    "A filter finds a resource immediately after it was created or changed."
    "Filter the stored resources, not an index that is updated later."
    (cx, t, r) {
        let key = key(r)?;
        let made = cx.create(r, cx.minimal(r)).await?;
        let filter = format!("{} eq {}", key.path(), key.of(&made.state).unwrap_or(&Value::Null));
        let a = cx.list(r, &[("filter", &filter)]).await?;
        if Context::ids(&a).contains(&made.id) {
            t.must(true, &a, "");
        } else {
            cx.next_second().await;
            let later = cx.list(r, &[("filter", &filter)]).await?;
            t.must(Context::ids(&later).contains(&made.id), &later, "found within a second");
            t.note(&a, "found only later");
        }
    }

    "F-39" Warning Plain "RFC 7643 §4.1.1 (active)" ["F-02"]
    "An inactive resource can still be read and found."
    "Do not hide inactive resources. Clients search for them before they create them again."
    (cx, t, r) {
        let Some(active) = r.attr("active").filter(|attr| attr.kind == Kind::Boolean) else {
            return Err(Stop::Skip("the type has no active".to_owned()));
        };
        let key = key(r)?;
        let mut body = cx.minimal(r);
        active.set(&mut body, false.into());
        let made = cx.create(r, body).await?;
        let a = cx.read(r, &made.id).await?;
        t.must(a.status == 200, &a, "status 200");
        let a = cx.list(r, &[("filter", &format!("{} eq {}", key.path(), key.of(&made.state).unwrap_or(&Value::Null)))]).await?;
        t.must(Context::ids(&a).contains(&made.id), &a, "found");
        if cx.announced("patch") == Some(false) {
            return Ok(());
        }
        t.sub("after PATCH");
        let made = cx.create(r, cx.minimal(r)).await?;
        let ops = json!([{"op": "replace", "path": "active", "value": false}]);
        let a = cx.send(Context::patch_ask(r, &made.id, &ops)).await?;
        if a.is_success() {
            let a = cx.read(r, &made.id).await?;
            t.at(Level::Critical, a.status != 404, &a, "status 200: it is deactivated, not deleted");
        }
    }

    "F-41" Critical Must "RFC 7644 §3.4.2.2" ["F-13"]
    "A filter of more than a thousand characters, or with a long value, is read to its end or refused."
    "Read the whole filter, or return 400. A truncated filter finds the wrong resources."
    (cx, t, r) {
        let path = key(r)?.path();
        let fixture = cx.fixture(r).await?;
        let Some(last) = fixture.made.last().and_then(|made| key(r).ok()?.of(&made.state)?.as_str().map(str::to_owned)) else { return Ok(()) };
        let fill: Vec<_> = (0..40).map(|at| format!("{path} eq \"zz-nobody-{at}\"")).collect();
        let only = fixture.only(r).unwrap_or_default();
        let tries = [
            ("or", format!("{} or {path} eq {}", fill.join(" or "), quoted(&last)), 1),
            ("and", format!("{only} and {} and {path} eq {}", fill.iter().map(|term| term.replace(" eq ", " ne ")).collect::<Vec<_>>().join(" and "), quoted(&last)), 1),
            ("a long value", format!("{path} eq {}", quoted(&format!("{last}{}", "x".repeat(1000)))), 0),
        ];
        for (what, filter, expected) in tries {
            t.sub(what);
            let (a, found) = cx.find(r, &filter).await?;
            if a.is_success() {
                t.compare(found.len() == expected, &a, format!("{expected} found"), format!("{} found", found.len()));
            } else {
                t.at(Level::Warning, a.is_client_error(), &a, "200, or 400");
                t.note(&a, "a filter of more than a thousand characters is refused");
            }
        }
    }

    "F-42" Error Must "RFC 7644 §3.4.2.2" ["F-02"]
    "A user name with an apostrophe and a plus sign can be stored and found."
    "Bind values as parameters of the database query. Do not build the query from strings."
    (cx, t, r) {
        let key = key(r)?;
        let mut body = cx.minimal(r);
        key.set(&mut body, cx.maker.key(&key.name, &format!("{}-o'brien+x", cx.label())));
        let a = cx.post(r, &body).await?;
        if !a.is_success() {
            t.must(a.is_client_error(), &a, "201 or 400");
            t.note(&a, "an apostrophe in a name is refused");
            return Ok(());
        }
        let made = cx.made(r, body, a).await?;
        let filter = format!("{} eq {}", key.path(), key.of(&made.state).unwrap_or(&Value::Null));
        let a = cx.list(r, &[("filter", &filter)]).await?;
        t.must(a.is_success() && Context::ids(&a) == std::iter::once(made.id).collect(), &a, "the one resource with this name");
    }
}
