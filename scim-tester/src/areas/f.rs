//! F: filters. They are tried on eight resources of the run; what a correct server finds is worked
//! out by the library's evaluator on the server's own representations.

use serde_json::{Value, json};

use crate::{
    check::{Level, Step, Stop, checks},
    context::Context,
    json::text,
    resource_type::{Kind, ResourceType, Slot},
    trial::Trial,
    values::Maker,
    wire::{Answer, Ask},
};

/// Text as a filter writes it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Whether a filter finds what it should among the resources of the fixture.
async fn exact(cx: &Context, t: &mut Trial, r: &ResourceType, filter: &str) -> Result<bool, Stop> {
    let fixture = cx.fixture(r).await?;
    let Some(mut expected) = fixture.expected(r, filter) else {
        return Err(Stop::Guard(format!(
            "the tester cannot read its own filter {filter}"
        )));
    };
    let (answer, found) = cx.find(r, filter).await?;
    if !answer.is_success() {
        t.must(false, &answer, format!("200 for the filter {filter}"));
        return Ok(false);
    }
    let mut found: Vec<_> = found
        .iter()
        .filter_map(|one| text(one, "id").map(str::to_owned))
        .collect();
    found.sort_unstable();
    expected.sort_unstable();
    let missing = expected.iter().filter(|id| !found.contains(id)).count();
    let surplus = found.iter().filter(|id| !expected.contains(id)).count();
    let got = format!(
        "{} found, {missing} missing, {surplus} too many, for the filter {filter}",
        found.len()
    );
    Ok(t.compare(
        found == expected,
        &answer,
        format!("exactly the {} resources that match", expected.len()),
        got,
    ))
}

/// As [`exact`], among the resources of the fixture only.
async fn within(cx: &Context, t: &mut Trial, r: &ResourceType, filter: &str) -> Result<bool, Stop> {
    let only = cx
        .fixture(r)
        .await?
        .only(r)
        .ok_or_else(|| Stop::Skip("nothing to filter by".to_owned()))?;
    exact(cx, t, r, &both(&only, filter)).await
}

/// What matches both filters, with parentheses only where the second one is an `or`: a server without
/// parentheses lacks nothing else.
fn both(only: &str, filter: &str) -> String {
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_i32);
    let mut word = String::new();
    let mut has_or = false;
    for c in filter.chars() {
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => quoted = true,
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ' ' => {
                has_or |= depth == 0 && word.eq_ignore_ascii_case("or");
                word.clear();
                continue;
            }
            _ => {}
        }
        word.push(c);
    }
    match has_or {
        true => format!("{only} and ({filter})"),
        false => format!("{only} and {filter}"),
    }
}

async fn each_within(cx: &Context, t: &mut Trial, r: &ResourceType, filters: &[String]) -> Step {
    for filter in filters {
        t.sub(filter.as_str().replace(&cx.maker.marker, "zt…"));
        within(cx, t, r, filter).await?;
    }
    Ok(())
}

fn s(r: &ResourceType) -> Result<Slot, Stop> {
    r.s()
        .or_else(|| r.key())
        .ok_or_else(|| Stop::Skip("no text attribute".to_owned()))
}

fn key(r: &ResourceType) -> Result<Slot, Stop> {
    r.key()
        .ok_or_else(|| Stop::Skip("no text attribute".to_owned()))
}

/// Texts that the fixture has in `s`, or in the key where that is all there is.
async fn values(cx: &Context, r: &ResourceType, slot: &Slot) -> Result<Vec<String>, Stop> {
    let fixture = cx.fixture(r).await?;
    let of = |made: &crate::context::Made| {
        slot.of(&made.state)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let values: Vec<_> = fixture.made.iter().filter_map(of).collect();
    match values.len() {
        0 | 1 => Err(Stop::Blocked(
            "C-06",
            format!("{} is not kept", slot.path()),
        )),
        _ => Ok(values),
    }
}

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

/// A wrong filter is refused.
fn refused(cx: &Context, t: &mut Trial, a: &Answer) {
    if a.is_success() {
        cx.refused_at(t, a, &["invalidFilter"], Some(Level::Error));
    } else {
        cx.refused(
            t,
            a,
            &[
                "invalidFilter",
                "invalidSyntax",
                "invalidPath",
                "invalidValue",
            ],
        );
    }
}

checks! {
    "F-01" Critical Must "RFC 7644 §3.4.2.2" ["C-01"]
    "A service provider without filters refuses them, and does not ignore them."
    "Answer 400 with scimType invalidFilter, or 501."
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
        for (what, part) in [("without its last letter", without_last), ("without its first letter", letters.as_str().to_owned())] {
            t.sub(what);
            let (a, found) = cx.find(r, &format!("{} eq {}", key.path(), quoted(&part))).await?;
            let wrong = found.iter().any(|one| key.of(one).and_then(Value::as_str).is_some_and(|got| !got.eq_ignore_ascii_case(&part)));
            // That nothing is found is answered with 200 is for F-33 to say.
            t.at(Level::Critical, !wrong, &a, "nothing, as no value is equal");
        }
    }

    "F-33" Error Must "RFC 7644 §3.4.2" ["F-02"]
    "A filter that nothing matches answers 200 with totalResults 0."
    "Answer an empty ListResponse; 404 is for a resource that is not there."
    (cx, t, r) {
        let a = cx.list(r, &[("filter", &format!("{} eq \"{}-nobody\"", key(r)?.path(), cx.label()))]).await?;
        t.status(&a, &[200]);
        if a.is_success() {
            t.must(a.total() == Some(0) && a.resources().is_empty(), &a, "totalResults 0 and no Resources");
        }
    }

    "F-13" Error Must "RFC 7644 §3.4.2.2 Table 4" ["F-02"]
    "and finds what matches both, or finds what matches one, and and binds tighter than or."
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
    "eq on text that is not caseExact takes any letter case."
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
    "eq on caseExact text takes the same letter case only."
    "Compare exactly where the attribute is caseExact."
    (cx, t, r) {
        let Some(x) = r.x() else { return Err(Stop::Skip("externalId is not kept".to_owned())) };
        let all = values(cx, r, &x).await?;
        let Some(value) = all.first() else { return Ok(()) };
        t.sub("same");
        exact(cx, t, r, &format!("externalId eq {}", quoted(value))).await?;
        t.sub("capitals");
        let (a, found) = cx.find(r, &format!("externalId eq {}", quoted(&value.to_uppercase()))).await?;
        t.must(a.is_success() && found.is_empty(), &a, "nothing, as the letter case differs");
    }

    "F-05" Error Must "RFC 7644 §3.4.2.2 Table 3 (ne)" ["F-13"]
    "ne finds what eq does not."
    "Negate eq."
    (cx, t, r) {
        let s = s(r)?;
        let all = values(cx, r, &s).await?;
        let Some(value) = all.first() else { return Ok(()) };
        // Whether ne matches what has no value is open; so that is left aside.
        each_within(cx, t, r, &[format!("{0} ne {1} and {0} pr", s.path(), quoted(value))]).await?;
    }

    "F-06" Error Must "RFC 7644 §3.4.2.2 Table 3 (co, sw, ew)" ["F-13"]
    "co, sw and ew find text by its parts, in any letter case where case does not count."
    "Compare parts of the text; escape what your database takes for wildcards."
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
        }
        // Wildcards of SQL are plain characters here.
        filters.push(format!("{path} co \"%\""));
        filters.push(format!("{path} co \"_\""));
        each_within(cx, t, r, &filters).await?;
    }

    "F-07" Error Must "RFC 7644 §3.4.2.2 Table 3 (pr)" ["F-13"]
    "pr finds what has a value."
    "An empty text or array is no value."
    (cx, t, r) {
        let s = s(r)?;
        let mut filters = vec![format!("{} pr", s.path()), format!("not ({} pr)", s.path())];
        if let Some(m) = r.m() {
            filters.push(format!("{} pr", m.path()));
        }
        each_within(cx, t, r, &filters).await?;
    }

    "F-08" Error Must "RFC 7644 §3.4.2.2 Table 3 (gt, ge, lt, le)" ["F-13"]
    "gt, ge, lt and le compare times by their instant, whatever their zone."
    "Compare instants, not texts."
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
    "gt, ge, lt and le compare text by its order."
    "Compare text as it is sorted."
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
    "gt, ge, lt and le compare numbers by value: 9 is less than 10."
    "Compare numbers, not their texts."
    (cx, t, r) {
        let Some(n) = r.n() else { return Err(Stop::Skip("no number".to_owned())) };
        let filters: Vec<_> = ["eq", "gt", "ge", "lt", "le"].iter().map(|op| format!("{} {op} 9", n.path())).collect();
        each_within(cx, t, r, &filters).await?;
    }

    "F-11" Error Must "RFC 7644 §3.4.2.2 Table 3" ["F-02"]
    "gt, ge, lt and le on a boolean or binary value are refused."
    "Answer 400 with scimType invalidFilter."
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
        each_within(cx, t, r, &[format!("{path} eq true"), format!("{path} eq false"), format!("{path} ne true")]).await?;
    }

    "F-14" Error Must "RFC 7644 §3.4.2.2 Table 4" ["F-13"]
    "not binds tighter than and, with and without a blank before the parenthesis."
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
    }

    "F-15" Error Must "RFC 7644 §3.4.2.2 Table 5" ["F-13"]
    "Parentheses change the order, also ten of them within each other."
    "Parse parentheses recursively, with a limit that is not that small."
    (cx, t, r) {
        let key = key(r)?;
        let path = key.path();
        let all = values(cx, r, &key).await?;
        let [a, b, ..] = all.as_slice() else { return Ok(()) };
        each_within(cx, t, r, &[
            format!("({path} eq {0} or {path} eq {1}) and {path} eq {1}", quoted(a), quoted(b)),
            format!("{}{path} eq {}{}", "(".repeat(10), quoted(a), ")".repeat(10)),
        ]).await?;
    }

    "F-16" Error Must "RFC 7644 §3.4.2.2" ["F-13"]
    "Operators and keywords are taken in any letter case."
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

    "F-17" Error Must "RFC 7644 §3.10, RFC 7643 §2.1" ["F-02"]
    "An attribute can be named in any letter case, and with the URN of its schema."
    "Look names up in any letter case, and take the URN off."
    (cx, t, r) {
        let key = key(r)?;
        let all = values(cx, r, &key).await?;
        let Some(value) = all.first() else { return Ok(()) };
        for path in [key.name.to_uppercase(), key.name.to_lowercase(), format!("{}:{}", r.schema, key.name)] {
            t.sub(path.as_str());
            exact(cx, t, r, &format!("{path} eq {}", quoted(value))).await?;
        }
    }

    "F-18" Error Must "RFC 7644 §3.10" ["F-02"]
    "An attribute of an extension is named with the extension's URN."
    "Take the longest known URN off the front of the name."
    (cx, t, r) {
        let Some(e) = r.e() else { return Err(Stop::Skip("no text in an extension".to_owned())) };
        let all = values(cx, r, &e).await?;
        let Some(value) = all.first() else { return Ok(()) };
        exact(cx, t, r, &format!("{} eq {}", e.path(), quoted(value))).await?;
    }

    "F-19" Error Must "RFC 7644 §3.10" ["F-02"]
    "A sub-attribute is named with a dot."
    "Look at the part behind the dot."
    (cx, t, r) {
        let Some((_, slots)) = r.c() else { return Err(Stop::Skip("no complex attribute".to_owned())) };
        let Some(slot) = slots.first() else { return Ok(()) };
        let all = values(cx, r, slot).await?;
        let Some(value) = all.first() else { return Ok(()) };
        exact(cx, t, r, &format!("{} eq {}", slot.path(), quoted(value))).await?;
        let begin: String = value.chars().take(value.chars().count() - 1).collect();
        exact(cx, t, r, &format!("{} sw {}", slot.path(), quoted(&begin))).await?;
    }

    "F-20" Error Must "RFC 7644 §3.4.2.2" ["F-13"]
    "A sub-attribute of an attribute with several values matches if one of them does."
    "Look at all values, not only at the first."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let (one, two) = Maker::kinds(m);
        let prefix = cx.fixture(r).await?.prefix.clone();
        let beta = cx.maker.m_value(m, &crate::fixture::labels(&prefix, 0).1, "beta");
        let path = m.path();
        exact(cx, t, r, &format!("{path}.value eq {}", quoted(&beta))).await?;
        each_within(cx, t, r, &[format!("{path}.type eq {}", quoted(&two)), format!("{path}.type eq {}", quoted(&one))]).await?;
    }

    "F-21" Error Must "RFC 7644 §3.4.2.2 Table 5" ["F-20"]
    "All conditions in brackets are asked of one and the same value."
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
    "or, not and pr can stand in brackets."
    "Take the whole grammar in brackets, but for more brackets."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let (one, two) = Maker::kinds(m);
        let path = m.path();
        each_within(cx, t, r, &[
            format!("{path}[not (type eq {})]", quoted(&one)),
            format!("{path}[value co \"gamma\" or type eq {}]", quoted(&one)),
            format!("{path}[type pr and value ew \"zz\"]"),
            format!("{path}[type eq {} or type eq {}]", quoted(&one), quoted(&two)),
        ]).await?;
    }

    "F-23" Error Plain "RFC 7644 §3.4.2.2 Figure 1" ["F-21"]
    "Brackets can be joined with other terms."
    "A value path is a term like any other."
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
    "A complex attribute with several values, without sub-attribute, means its value."
    "Ask for value, or answer 400."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let prefix = cx.fixture(r).await?.prefix.clone();
        let filter = format!("{} co {}", m.path(), quoted(&cx.maker.m_value(m, &crate::fixture::labels(&prefix, 0).1, "beta")));
        let (a, found) = cx.find(r, &filter).await?;
        t.at(Level::Error, a.status < 500, &a, "no server error");
        match a.is_success() {
            true if found.len() == 1 => t.note(&a, "means its value"),
            true => t.note(&a, format!("finds {} instead of 1", found.len())),
            false => t.note(&a, "is refused"),
        }
    }

    "F-25" Warning Plain "RFC 7644 §3.4.2.2, RFC 7643 §3.1" ["F-13"]
    "Common attributes can be asked for: id, externalId, meta and schemas."
    "Filter by common attributes as by any other."
    (cx, t, r) {
        let fixture = cx.fixture(r).await?;
        let Some(first) = fixture.made.first() else { return Ok(()) };
        t.sub("id");
        exact(cx, t, r, &format!("id eq {}", quoted(&first.id))).await?;
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
    "A comparison with null has an answer."
    "Take eq null as not (… pr), or answer 400."
    (cx, t, r) {
        let s = s(r)?;
        let only = cx.fixture(r).await?.only(r).unwrap_or_default();
        let a = cx.list(r, &[("filter", &format!("{only} and {} eq null", s.path()))]).await?;
        t.at(Level::Error, a.status < 500, &a, "no server error");
        t.note(&a, if a.is_success() { format!("eq null finds {}", a.total().unwrap_or(0)) } else { "eq null is refused".to_owned() });
    }

    "F-27" Info Plain "RFC 7643 §7" ["F-20"]
    "ne on an attribute with several values has an answer."
    "Say in your documentation whether one value or all must differ."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let (one, _) = Maker::kinds(m);
        let only = cx.fixture(r).await?.only(r).unwrap_or_default();
        let a = cx.list(r, &[("filter", &format!("{only} and {}.type ne {}", m.path(), quoted(&one)))]).await?;
        t.at(Level::Error, a.status < 500, &a, "no server error");
        t.note(&a, format!("ne finds {} of 8", a.total().unwrap_or(0)));
    }

    "F-28" Error Must "RFC 7644 §3.4.2.2, RFC 7159 §7" ["F-02"]
    "Any text can be asked for: quotes, backslashes, escapes, other scripts, and what URLs give a meaning."
    "Read the value as a JSON string, after the query was decoded once."
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
    }

    "F-29" Error Must "RFC 7644 §3.4.2.2, §3.12 Table 9" ["F-02"]
    "A filter that the grammar does not have is refused."
    "Answer 400 with scimType invalidFilter; never ignore a filter."
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
    "An operator that nobody knows is refused, and the answer says so."
    "Name the operator in detail."
    (cx, t, r) {
        let a = cx.list(r, &[("filter", &format!("{} like \"a\"", key(r)?.path()))]).await?;
        refused(cx, t, &a);
        if a.is_client_error() && a.is_object() {
            t.at(Level::Warning, text(a.doc(), "detail").is_some_and(|d| !d.is_empty()), &a, "a detail in words");
        }
    }

    "F-31" Critical Plain "RFC 7644 §3.4.2.2" ["F-02"]
    "A filter on an attribute that no schema has finds nothing or is refused; it never finds all."
    "Treat the attribute as without a value, or answer 400 with scimType invalidFilter."
    (cx, t, r) {
        let a = cx.list(r, &[("filter", "zzUnknown eq \"x\"")]).await?;
        t.at(Level::Error, a.status < 500, &a, "200 with nothing, or 400");
        if a.is_success() {
            t.must(a.total() == Some(0) && a.resources().is_empty(), &a, "nothing, or 400");
        }
    }

    "F-32" Info Plain "RFC 7644 §3.4.2.2" ["F-02"]
    "A value of another type than the attribute's finds nothing or is refused."
    "Answer 400 with scimType invalidFilter."
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
    "In a query of the base URL, an attribute that a type does not have counts as without a value."
    "Do not answer with an error because one of the types lacks it."
    (cx, t) {
        let label = cx.label();
        let filter = format!("userName eq \"{label}\" or displayName eq \"{label}\"");
        let a = cx.send(Ask::get("/").query("filter", &filter)).await?;
        if matches!(a.status, 404 | 403 | 501 | 405) {
            return Err(Stop::Skip("the base URL cannot be queried".to_owned()));
        }
        t.must(a.is_success(), &a, "200 with nothing");
    }

    "F-35" Critical Must "RFC 7643 §7 (returned: never)" ["F-02"]
    "A filter does not reveal what is never returned."
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
                t.note(&a, "eq finds who has this very value");
            } else {
                t.must(!found, &a, "400, 403 or nothing");
            }
        }
        t.sub("pr");
        let a = cx.list(r, &[("filter", &format!("{} pr", secret.path())), ("count", "1")]).await?;
        t.note(&a, if a.is_success() { "pr is answered" } else { "pr is refused" });
    }

    "F-36" Error Plain "RFC 7644 §3.12 Table 9" ["F-02"]
    "A filter gives no more than filter.maxResults."
    "Page, or answer 400 with scimType tooMany."
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
    "A deep or long filter is answered or refused, in bounded time."
    "Limit the depth and the length, and answer 400 or 413 beyond."
    (cx, t, r) {
        let path = key(r)?.path();
        let deep = format!("{}{path} eq \"zz\"{}", "(".repeat(200), ")".repeat(200));
        let terms: Vec<_> = (0..400).map(|at| format!("{path} eq \"zz{at}\"")).collect();
        for (what, filter) in [("200 parentheses", deep), ("400 terms", terms.join(" or "))] {
            t.sub(what);
            let a = cx.list(r, &[("filter", &filter)]).await?;
            t.must(a.is_success() || matches!(a.status, 400 | 403 | 413 | 414 | 431), &a, "an answer, 400, 413 or 414");
            t.must(a.took.as_secs() < 10, &a, "within 10 seconds");
        }
        t.sub("4,000 terms by .search");
        let terms: Vec<_> = (0..4000).map(|at| format!("{path} eq \"zz{at}\"")).collect();
        let search = json!({"schemas": [crate::context::SEARCH], "filter": terms.join(" or ")});
        let a = cx.send(Ask::post(format!("{}/.search", r.endpoint), &search)).await?;
        t.must(a.is_success() || (400..500).contains(&a.status) || a.status == 501, &a, "an answer, 400 or 413");
    }

    "F-38" Warning Plain "RFC 7644 §7.5.2" ["F-02"]
    "What was just created or changed is found at once."
    "Filter on what is stored, not on an index that follows later."
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
    "A resource that is not active is still read and found."
    "Do not hide what was deactivated; clients look for it before they create it again."
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

    "F-40" Info Must "RFC 7644 §3.4.2.2 Table 3" ["F-02", "M-01"]
    "References are compared by their exact text."
    "Filter by the reference as it is stored, or answer 400."
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
            true => t.note(&a, "members.value finds something else"),
            false => t.note(&a, "a filter on members is refused"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::both;

    #[test]
    fn parentheses_stand_where_they_are_needed() {
        for plain in [
            "a eq 1",
            "a eq \"x or y\" and b pr",
            "not (a eq 1 or b eq 2)",
            "m[a eq 1 or b pr]",
        ] {
            assert_eq!(both("k sw \"z\"", plain), format!("k sw \"z\" and {plain}"));
        }
        assert_eq!(
            both("k pr", "a eq 1 OR b eq 2"),
            "k pr and (a eq 1 OR b eq 2)"
        );
    }
}
