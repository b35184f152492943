//! F: every attribute that a resource has can be asked for, and terms of all types of values are joined
//! as others are.

use serde_json::Value;

use crate::{
    check::{Level, Stop, checks},
    json::{self, elements},
    resource_type::{Attr, Kind, ResourceType},
    trial::Trial,
};

use super::filtering::{both, key, quoted, values, within};

/// A term for one value that a resource has.
struct Term {
    path: String,
    value: String,
    exact: bool,
    /// It is the id of a resource. RFC 7643 §8.7.1 publishes `manager.value` as if letter case did not
    /// count, although it does in ids (§3.1): either is right.
    is_id: bool,
}

impl Term {
    fn new(path: String, attr: &Attr, value: &Value) -> Option<Self> {
        let value = value.as_str()?;
        let plain = attr.is_plain() && !attr.is_never_returned();
        let is_text = matches!(attr.kind, Kind::Text | Kind::Reference | Kind::Binary);
        // What is longer is for F-41 to try.
        (plain && is_text && !value.is_empty() && value.len() < 200).then(|| Self {
            path,
            value: value.to_owned(),
            // Binary values and URIs may be compared in whatever form.
            exact: attr.exact || attr.kind != Kind::Text,
            is_id: false,
        })
    }

    fn eq(&self) -> String {
        format!("{} eq {}", self.path, quoted(&self.value))
    }

    /// The value in another letter case, if it has one.
    fn turned(&self) -> Option<String> {
        let upper = self.value.to_uppercase();
        let other = match upper == self.value {
            true => self.value.to_lowercase(),
            false => upper,
        };
        let same_length = other.chars().count() == self.value.chars().count();
        (other != self.value && same_length && self.value.is_ascii())
            .then(|| format!("{} eq {}", self.path, quoted(&other)))
    }
}

/// A term for each text in a resource: of attributes, sub-attributes, extensions, of one of several values.
fn terms(r: &ResourceType, resource: &Value) -> Vec<Term> {
    let mut all = Vec::new();
    for attr in r.attrs.iter().filter(|attr| !r.is_lost(&attr.path())) {
        let Some(value) = attr.of(resource) else {
            continue;
        };
        // The last of several values, so that a look at the first does not do.
        let value = match attr.multi {
            true => elements(Some(value)).last(),
            false => Some(value),
        };
        let Some(value) = value else { continue };
        if attr.kind != Kind::Complex {
            all.extend(Term::new(attr.path(), attr, value));
            continue;
        }
        if !attr.is_plain() {
            continue;
        }
        for sub in &attr.subs {
            if let Some(inner) = json::member(value, &sub.name) {
                let term = Term::new(format!("{}.{}", attr.path(), sub.name), sub, inner);
                let is_id = sub.name == "value" && attr.sub("$ref").is_some();
                all.extend(term.map(|term| Term { is_id, ..term }));
            }
        }
    }
    all
}

checks! {
    "F-43" Error Must "RFC 7644 §3.4.2.2, §3.10" ["F-13", "C-06", "R-05"]
    "A filter on any attribute that a resource shows finds the resource, or is refused. Letter case counts only if the attribute is caseExact."
    "Look up every attribute in the stored resource, also sub-attributes and those of extensions. Return 400 with scimType invalidFilter for the others."
    (cx, t, r) {
        let made = cx.rich(r).await?;
        let key = key(r)?;
        let value = key.of(&made.state).cloned().unwrap_or_default();
        let own = format!("{} eq {value}", key.path());
        let shows = |found: &[Value]| found.iter().any(|one| json::text(one, "id") == Some(made.id.as_str()));
        // What the service provider makes itself, such as $ref, may be made of something else when it is shown.
        let sent: Vec<_> = terms(r, &made.sent).into_iter().map(|term| term.path).collect();
        let mut all = terms(r, &made.state);
        all.retain(|term| sent.contains(&term.path));
        let ids: Vec<_> = cx.ledger.all().into_iter().map(|made| made.id).collect();
        // What is new may be found a little later.
        if !shows(&cx.find(r, &own).await?.1) {
            cx.next_second().await;
        }
        // A dozen at once, and one by one where something is wrong.
        let same: Vec<_> = all.iter().map(|term| (term.path.as_str(), term.eq())).collect();
        let turned: Vec<_> = all.iter().filter(|term| !term.exact && !term.is_id && !ids.contains(&term.value)).filter_map(|term| Some((term.path.as_str(), term.turned()?))).collect();
        for (what, terms, level) in [("as it is", &same, Level::Error), ("in another letter case", &turned, Level::Error)] {
            for chunk in terms.chunks(12) {
                let joined: Vec<_> = chunk.iter().map(|(_, term)| term.as_str()).collect();
                t.sub(format!("{}, {what}", chunk.first().map_or("", |(path, _)| path)));
                let (a, found) = cx.find(r, &format!("{own} and {}", joined.join(" and "))).await?;
                if a.is_success() && shows(&found) {
                    t.must(true, &a, "");
                    continue;
                }
                let mut alone = false;
                for (path, term) in chunk {
                    let (a, found) = cx.find(r, &format!("{own} and {term}")).await?;
                    t.sub(format!("{path}, {what}"));
                    if a.is_success() {
                        alone |= !t.at(level, shows(&found), &a, format!("the resource, as {term}"));
                    } else if a.status == 400 || a.status == 403 || a.status == 501 {
                        // RFC 7644 §3.12 Table 9: a combination of attribute and operator may be unsupported.
                        t.note(&a, format!("a filter on {path} is refused"));
                        alone = true;
                    } else {
                        alone |= !t.must(false, &a, "200, or 400 with scimType invalidFilter");
                    }
                }
                if !alone && a.is_success() {
                    t.sub("all at once");
                    t.must(false, &a, "the resource, as each of the terms finds it");
                }
            }
        }
        let exact: Vec<_> = all.iter().filter(|term| term.exact).filter_map(|term| {
            let attr = r.attrs.iter().find(|attr| attr.path() == term.path)?;
            // Texts that the schema says are caseExact.
            (attr.kind == Kind::Text && !attr.unique).then_some(())?;
            Some((term.path.as_str(), term.turned()?))
        }).collect();
        for (path, term) in exact {
            t.sub(format!("{path}, which is caseExact"));
            let (a, found) = cx.find(r, &format!("{own} and {term}")).await?;
            t.at(Level::Warning, !a.is_success() || !shows(&found), &a, "nothing, as the letter case differs");
        }
    }

    "F-44" Error Must "RFC 7644 §3.4.2.2 Table 4, Table 5" ["F-13", "F-14", "F-15"]
    "and, or, not and parentheses work for booleans, times, sub-attributes and brackets as they do for strings."
    "Apply the same precedence to all terms."
    (cx, t, r) {
        let key = key(r)?;
        let all = values(cx, r, &key).await?;
        let [a, b, ..] = all.as_slice() else { return Ok(()) };
        let (a, b) = (format!("{} eq {}", key.path(), quoted(a)), format!("{} eq {}", key.path(), quoted(b)));
        let mut others = Vec::new();
        if let Some(slot) = r.b() {
            others.push(format!("{} eq true", slot.path()));
        }
        if let Some(m) = r.m() {
            let (one, _) = crate::values::Maker::kinds(m);
            others.push(format!("{}[type eq {}]", m.path(), quoted(&one)));
            others.push(format!("{}.type eq {}", m.path(), quoted(&one)));
        }
        if let Some(slot) = r.n() {
            others.push(format!("{} gt 9", slot.path()));
        }
        // Terms that do not work alone are for other checks to report.
        let mut working = Vec::new();
        for term in others {
            let mut alone = Trial::new(Level::Error);
            if within(cx, &mut alone, r, &term).await? {
                working.push(term);
            }
        }
        let others = working;
        if others.is_empty() {
            return Err(Stop::Skip("no terms except those with text".to_owned()));
        }
        let always = format!("{} pr", key.path());
        let mut filters = Vec::new();
        for (at, term) in others.iter().enumerate() {
            filters.push(match at % 3 {
                0 => format!("{a} or {b} and {term} or {always} and {term} and {b}"),
                1 => format!("not ({term} or {a}) and {always}"),
                _ => format!("({a} or {b}) and not ({term} and {always})"),
            });
        }
        filters.push(format!("not ({}) or {a}", others.join(" and ")));
        let fixture = cx.fixture(r).await?;
        for filter in &filters {
            let part = filter.as_str().replace(&cx.maker.marker, "zt…");
            let mut own = Trial::new(Level::Error);
            own.sub(part.as_str());
            let is_right = within(cx, &mut own, r, filter).await?;
            let count: usize = [" eq ", " gt ", " pr"].iter().map(|word| filter.matches(word).count()).sum();
            if !is_right && count >= 5 && let Some(only) = fixture.only(r) {
                // It may refuse long filters, although each term works alone.
                let a = cx.list(r, &[("filter", &both(&only, filter))]).await?;
                if a.status == 400 {
                    t.sub(part);
                    t.at(Level::Warning, false, &a, "200, as with each of the terms alone");
                    continue;
                }
            }
            t.looked += own.looked;
            t.findings.append(&mut own.findings);
        }
    }
}
