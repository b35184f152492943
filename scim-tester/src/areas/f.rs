//! F: filters, what their operators mean. They are tried on eight resources of the run; what a correct server finds is worked
//! out by the library's evaluator on the server's own representations.

use serde_json::Value;

use crate::{
    check::{Level, Stop, checks},
    resource_type::Kind,
    trial::Trial,
};

use super::filtering::{each_within, exact, key, quoted, refused, s, values, within};

/// What is built on a check makes no sense where it found something.
fn whole(t: &Trial) -> Result<(), Stop> {
    match t
        .findings
        .iter()
        .any(|finding| finding.level >= Level::Error)
    {
        true => Err(Stop::Failed),
        false => Ok(()),
    }
}

checks! {
    "F-01" Critical Must "RFC 7644 §3.4.2.2" ["C-01"]
    "A service provider without filters refuses them. It does not ignore them."
    "Return 400 with scimType invalidFilter, or 501."
    (cx, t, r) {
        if cx.announced("filter") != Some(false) {
            return Err(Stop::Skip("filters are announced".to_owned()));
        }
        cx.shared(r).await?;
        let key = key(r)?;
        let a = cx.list(r, &[("filter", &format!("{} eq \"zz-nobody\"", key.path()))]).await?;
        if a.is_success() {
            let works = a.total() == Some(0);
            t.must(works, &a, "400 with scimType invalidFilter, or 501");
        } else {
            t.at(Level::Warning, matches!(a.status, 400 | 403 | 501), &a, "400 or 501");
        }
    }

    "F-02" Error Must "RFC 7644 §3.4.2.2 Table 3 (eq)" ["C-01"]
    "A filter with eq finds exactly the resources whose value is equal."
    "Apply the filter to the attribute that it names."
    (cx, t, r) {
        cx.needs_feature("filter")?;
        let key = key(r)?;
        let all = values(cx, r, &key).await?;
        for value in all.iter().take(2) {
            if !exact(cx, t, r, &format!("{} eq {}", key.path(), quoted(value))).await? {
                return Err(Stop::Failed);
            }
        }
        // A part of a value is not the value: who asks for one person must not get another.
        let Some(value) = all.first() else { return Ok(()) };
        let mut letters = value.chars();
        letters.next_back();
        let without_last = letters.as_str().to_owned();
        let mut letters = value.chars();
        letters.next();
        // What a database takes for any text, or for any letter, is plain text here.
        let begin: String = value.chars().take(value.chars().count() / 2).collect();
        let wild = format!("{begin}%");
        let star = format!("{begin}*");
        let dot: String = without_last.chars().chain(std::iter::once('_')).collect();
        for (what, part) in [("without its last letter", without_last), ("without its first letter", letters.as_str().to_owned()), ("with % at its end", wild), ("with * at its end", star), ("with _ for its last letter", dot)] {
            t.sub(what);
            let (a, found) = cx.find(r, &format!("{} eq {}", key.path(), quoted(&part))).await?;
            let wrong = found.iter().any(|one| key.of(one).and_then(Value::as_str).is_some_and(|got| !got.eq_ignore_ascii_case(&part)));
            // That nothing is found is answered with 200 is for F-33 to say.
            t.at(Level::Critical, !wrong, &a, "nothing, as no value is equal");
        }
    }

    "F-33" Error Must "RFC 7644 §3.4.2" ["F-02"]
    "A filter without a match returns 200 with totalResults 0."
    "Return an empty ListResponse. 404 means that a resource does not exist."
    (cx, t, r) {
        let a = cx.list(r, &[("filter", &format!("{} eq \"{}-nobody\"", key(r)?.path(), cx.label()))]).await?;
        t.status(&a, &[200]);
        if a.is_success() {
            t.must(a.total() == Some(0) && a.resources().is_empty(), &a, "totalResults 0 and no Resources");
        }
        // An empty text is a value to compare with, and no absent filter.
        for slot in [r.key(), r.s()].into_iter().flatten() {
            t.sub(format!("{} eq \"\"", slot.path()));
            let a = cx.list(r, &[("filter", &format!("{} eq \"\"", slot.path()))]).await?;
            let other = a.resources().iter().filter_map(|one| slot.of(one)?.as_str()).any(|text| !text.is_empty());
            t.at(Level::Critical, !other, &a, "nothing that has another value");
        }
    }

    "F-13" Error Must "RFC 7644 §3.4.2.2 Table 4" ["F-02"]
    "and matches if both terms match, or matches if one does, and and binds tighter than or."
    "Parse or of and of terms."
    (cx, t, r) {
        let key = key(r)?;
        let path = key.path();
        let all = values(cx, r, &key).await?;
        let [a, b, c, ..] = all.as_slice() else { return Ok(()) };
        let (a, b, c) = (quoted(a), quoted(b), quoted(c));
        t.sub("and");
        let mut works = exact(cx, t, r, &format!("{path} eq {a} and {path} eq {b}")).await?;
        works &= exact(cx, t, r, &format!("{path} eq {a} and {path} eq {a}")).await?;
        t.sub("or");
        exact(cx, t, r, &format!("{path} eq {a} or {path} eq {b}")).await?;
        t.sub("and with or");
        exact(cx, t, r, &format!("{path} eq {a} or {path} eq {b} and {path} eq {c}")).await?;
        exact(cx, t, r, &format!("{path} eq {b} and {path} eq {c} or {path} eq {a}")).await?;
        if !works {
            return Err(Stop::Failed);
        }
        let only = cx.fixture(r).await?.only(r).unwrap_or_default();
        t.sub("sw");
        if !exact(cx, t, r, &only).await? {
            return Err(Stop::Failed);
        }
    }

    "F-03" Error Must "RFC 7644 §3.4.2.2, RFC 7643 §7" ["F-02"]
    "eq ignores letter case if the attribute is not caseExact."
    "Compare in lower case unless the attribute is caseExact."
    (cx, t, r) {
        let slots: Vec<_> = [r.key(), r.s()].into_iter().flatten().filter(|slot| !slot.exact).collect();
        if slots.is_empty() {
            return Err(Stop::Skip("all text is caseExact".to_owned()));
        }
        for slot in slots {
            t.sub(slot.path());
            let all = values(cx, r, &slot).await?;
            for value in all.iter().take(1) {
                exact(cx, t, r, &format!("{} eq {}", slot.path(), quoted(&value.to_uppercase()))).await?;
                exact(cx, t, r, &format!("{} eq {}", slot.path(), quoted(&value.to_lowercase()))).await?;
            }
        }
    }

    "F-04" Error Must "RFC 7643 §7 (caseExact)" ["F-02"]
    "eq compares letter case if the attribute is caseExact."
    "Compare exactly if the attribute is caseExact."
    (cx, t, r) {
        let Some(x) = r.x() else { return Err(Stop::Skip("externalId is not kept".to_owned())) };
        let all = values(cx, r, &x).await?;
        let Some(value) = all.first() else { return Ok(()) };
        t.sub("same");
        exact(cx, t, r, &format!("externalId eq {}", quoted(value))).await?;
        t.sub("capitals");
        let (a, found) = cx.find(r, &format!("externalId eq {}", quoted(&value.to_uppercase()))).await?;
        t.must(a.is_success() && found.is_empty(), &a, "nothing, as the letter case differs");
        if cx.works("F-13", r) && value.to_uppercase() != *value {
            each_within(cx, t, r, &[format!("externalId ne {} and externalId pr", quoted(&value.to_uppercase()))]).await?;
        }
    }

    "F-05" Error Must "RFC 7644 §3.4.2.2 Table 3 (ne)" ["F-13"]
    "ne matches what eq does not match."
    "Negate eq."
    (cx, t, r) {
        let s = s(r)?;
        let all = values(cx, r, &s).await?;
        let Some(value) = all.first() else { return Ok(()) };
        // Whether ne matches what has no value is open; so that is left aside.
        let mut filters = vec![format!("{0} ne {1} and {0} pr", s.path(), quoted(value))];
        // In the letter case in which eq compares.
        if value.to_uppercase() != *value {
            filters.push(format!("{0} ne {1} and {0} pr", s.path(), quoted(&value.to_uppercase())));
        }
        each_within(cx, t, r, &filters).await?;
    }

    "F-06" Error Must "RFC 7644 §3.4.2.2 Table 3 (co, sw, ew)" ["F-13"]
    "co, sw and ew match parts of the text, in any letter case if the attribute is not caseExact."
    "Compare parts of the text. Escape the wildcards of your database."
    (cx, t, r) {
        let s = s(r)?;
        let path = s.path();
        let all = values(cx, r, &s).await?;
        let mut filters = Vec::new();
        for value in all.iter().take(2) {
            let letters: Vec<char> = value.chars().collect();
            let end: String = letters.iter().skip(letters.len().saturating_sub(3)).collect();
            let middle: String = letters.iter().skip(letters.len() / 2).take(4).collect();
            let begin: String = letters.iter().take(letters.len().saturating_sub(2)).collect();
            filters.push(format!("{path} co {}", quoted(&middle)));
            filters.push(format!("{path} sw {}", quoted(&begin)));
            // What is in the middle is not at the beginning, nor at the end.
            filters.push(format!("{path} sw {}", quoted(&value.chars().skip(1).collect::<String>())));
            filters.push(format!("{path} ew {}", quoted(&begin)));
            filters.push(format!("{path} ew {}", quoted(&end)));
        }
        if !s.exact && let Some(value) = all.first() {
            let end: String = value.chars().skip(value.chars().count().saturating_sub(3)).collect();
            filters.push(format!("{path} ew {}", quoted(&end.to_uppercase())));
            filters.push(format!("{path} sw {}", quoted(&value.to_uppercase())));
            let middle: String = value.chars().skip(value.chars().count() / 2).take(4).collect();
            filters.push(format!("{path} co {}", quoted(&middle.to_uppercase())));
        }
        // Wildcards of SQL are plain characters here.
        filters.push(format!("{path} co \"%\""));
        filters.push(format!("{path} co \"_\""));
        if let Some(value) = all.first() {
            let letters = value.chars().count();
            let end: String = value.chars().skip(letters.saturating_sub(3)).collect();
            let hidden: String = value.chars().take(letters.saturating_sub(4)).collect();
            filters.push(format!("{path} sw {}", quoted(&format!("{hidden}_{end}"))));
            filters.push(format!("{path} sw {}", quoted(&format!("%{end}"))));
        }
        each_within(cx, t, r, &filters).await?;
    }

    "F-07" Error Must "RFC 7644 §3.4.2.2 Table 3 (pr)" ["F-13"]
    "pr matches resources that have a value."
    "An empty string or array is no value."
    (cx, t, r) {
        let s = s(r)?;
        let mut filters = vec![format!("{} pr", s.path()), format!("not ({} pr)", s.path())];
        if let Some(m) = r.m() {
            filters.push(format!("{} pr", m.path()));
        }
        // false is a value.
        if let Some(b) = r.b() {
            filters.push(format!("{} pr", b.path()));
        }
        each_within(cx, t, r, &filters).await?;
    }

    "F-08" Error Must "RFC 7644 §3.4.2.2 Table 3 (gt, ge, lt, le)" ["F-13"]
    "gt, ge, lt and le compare times as instants, also in different time zones."
    "Compare instants, not strings."
    (cx, t, r) {
        let fixture = cx.fixture(r).await?;
        let mut filters = Vec::new();
        if let Some(created) = fixture.made.get(3).and_then(|made| crate::json::at(&made.state, "meta/created")?.as_str()) {
            // The same instant, in another zone.
            if let Some(instant) = scim_client::DateTime::instant_of(created) {
                let moved = scim_client::DateTime::from_unix(instant.unix_seconds() + 7200, instant.subsec_nanos()).to_string();
                let other = moved.replace('Z', "+02:00");
                for op in ["gt", "ge", "lt", "le"] {
                    filters.push(format!("meta.created {op} \"{other}\""));
                }
            }
        }
        if !filters.is_empty() {
            filters.push("meta.created gt \"2001-01-01T00:00:00Z\"".to_owned());
            filters.push("meta.created lt \"2001-01-01T00:00:00+05:00\"".to_owned());
        }
        if let Some(d) = r.d() {
            for op in ["gt", "ge", "lt", "le"] {
                filters.push(format!("{} {op} \"2024-05-01T11:00:00+02:00\"", d.path()));
            }
        }
        each_within(cx, t, r, &filters).await?;
    }

    "F-09" Error Must "RFC 7644 §3.4.2.2 Table 3 (gt, ge, lt, le)" ["F-13"]
    "gt, ge, lt and le compare strings by their order."
    "Use the same order as for sorting."
    (cx, t, r) {
        let s = s(r)?;
        let all = values(cx, r, &s).await?;
        let mut sorted = all.clone();
        sorted.sort_by_key(|text| text.to_lowercase());
        let Some(value) = sorted.get(sorted.len() / 2) else { return Ok(()) };
        let filters: Vec<_> = ["gt", "ge", "lt", "le"].iter().map(|op| format!("{} {op} {}", s.path(), quoted(value))).collect();
        each_within(cx, t, r, &filters).await?;
    }

    "F-10" Error Must "RFC 7644 §3.4.2.2 Table 3 (gt, ge, lt, le)" ["F-13"]
    "gt, ge, lt and le compare numbers as numbers: 9 is less than 10."
    "Compare numbers, not strings."
    (cx, t, r) {
        let Some(n) = r.n() else { return Err(Stop::Skip("no number".to_owned())) };
        let filters: Vec<_> = ["eq", "gt", "ge", "lt", "le"].iter().map(|op| format!("{} {op} 9", n.path())).collect();
        each_within(cx, t, r, &filters).await?;
    }

    "F-11" Error Must "RFC 7644 §3.4.2.2 Table 3" ["F-02"]
    "gt, ge, lt and le on a boolean or binary value are refused."
    "Return 400 with scimType invalidFilter."
    (cx, t, r) {
        let mut any = false;
        if let Some(b) = r.b() {
            any = true;
            for op in ["gt", "ge", "lt", "le"] {
                t.sub(format!("boolean {op}"));
                let a = cx.list(r, &[("filter", &format!("{} {op} true", b.path()))]).await?;
                refused(cx, t, &a);
            }
        }
        let binary = r.attrs.iter().find_map(|attr| match attr.kind {
            Kind::Binary => Some(attr.path()),
            Kind::Complex => attr.sub("value").filter(|sub| sub.kind == Kind::Binary).map(|_| format!("{}.value", attr.path())),
            _ => None,
        });
        if let Some(path) = binary {
            any = true;
            t.sub("binary gt");
            let a = cx.list(r, &[("filter", &format!("{path} gt \"AAAA\""))]).await?;
            refused(cx, t, &a);
        }
        if !any {
            return Err(Stop::Skip("no boolean and no binary value".to_owned()));
        }
    }

    "F-12" Error Must "RFC 7644 §3.4.2.2 Table 3" ["F-13"]
    "A boolean is compared with true and false."
    "Read true and false as booleans."
    (cx, t, r) {
        let Some(b) = r.b() else { return Err(Stop::Skip("no boolean".to_owned())) };
        let path = b.path();
        // Whether ne matches what has no value is open; so that is left aside.
        each_within(cx, t, r, &[format!("{path} eq true"), format!("{path} eq false"), format!("{path} ne true and {path} pr")]).await?;
    }

    "F-14" Error Must "RFC 7644 §3.4.2.2 Table 4" ["F-13"]
    "not applies to its parentheses only, with and without a blank before them."
    "Apply not to the parenthesis only."
    (cx, t, r) {
        let key = key(r)?;
        let path = key.path();
        let all = values(cx, r, &key).await?;
        let [a, b, ..] = all.as_slice() else { return Ok(()) };
        each_within(cx, t, r, &[
            format!("not ({path} eq {}) and {path} eq {}", quoted(a), quoted(b)),
            format!("not({path} eq {})", quoted(a)),
            format!("not ({path} eq {} or {path} eq {})", quoted(a), quoted(b)),
        ]).await?;
        whole(t)?;
        // What has no value is not equal to any (Table 3), so that not finds it.
        if let Some(slot) = r.s() && let Some(value) = values(cx, r, &slot).await?.first() {
            let filter = format!("not ({} eq {})", slot.path(), quoted(value));
            t.sub(format!("{} without a value", slot.path()));
            let mut alone = Trial::new(Level::Warning);
            within(cx, &mut alone, r, &filter).await?;
            t.take(alone);
        }
    }

    "F-15" Error Must "RFC 7644 §3.4.2.2 Table 5" ["F-13"]
    "Parentheses change the order of evaluation, also if ten of them are nested."
    "Parse parentheses recursively, and allow more than ten levels."
    (cx, t, r) {
        let key = key(r)?;
        let path = key.path();
        let all = values(cx, r, &key).await?;
        let [a, b, ..] = all.as_slice() else { return Ok(()) };
        each_within(cx, t, r, &[
            format!("({path} eq {0} or {path} eq {1}) and {path} eq {1}", quoted(a), quoted(b)),
            format!("{}{path} eq {}{}", "(".repeat(10), quoted(a), ")".repeat(10)),
        ]).await?;
        whole(t)?;
    }

    "F-16" Error Must "RFC 7644 §3.4.2.2" ["F-13"]
    "Operators and keywords have no letter case."
    "Compare them in lower case."
    (cx, t, r) {
        let key = key(r)?;
        let path = key.path();
        let all = values(cx, r, &key).await?;
        let [a, b, ..] = all.as_slice() else { return Ok(()) };
        for filter in [
            format!("{path} EQ {}", quoted(a)),
            format!("{path} Eq {} AND {path} Pr", quoted(a)),
            format!("{path} eq {} Or {path} eQ {}", quoted(a), quoted(b)),
        ] {
            t.sub(filter.replace(&cx.maker.marker, "zt…"));
            exact(cx, t, r, &filter).await?;
        }
        within(cx, t, r, &format!("NOT ({path} eq {})", quoted(a))).await?;
    }
}
