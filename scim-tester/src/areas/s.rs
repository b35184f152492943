//! S: sorting.

use std::cmp::Ordering;

use serde_json::Value;

use crate::{
    check::{Level, Stop, checks},
    context::{Context, Fixture},
    json::text,
    resource_type::ResourceType,
    trial::Trial,
    wire::Answer,
};

/// The resources of the fixture, sorted by the server.
async fn sorted(
    cx: &Context,
    r: &ResourceType,
    fixture: &Fixture,
    path: &str,
    descending: bool,
) -> Result<Answer, Stop> {
    let only = fixture
        .only(r)
        .ok_or_else(|| Stop::Skip("nothing to filter by".to_owned()))?;
    let order = if descending {
        "descending"
    } else {
        "ascending"
    };
    let mut query = vec![
        ("filter", only.as_str()),
        ("sortBy", path),
        ("count", "100"),
    ];
    if descending {
        query.push(("sortOrder", order));
    }
    cx.list(r, &query).await
}

/// Whether each resource is not after the next one.
pub(super) fn in_order(
    t: &mut Trial,
    r: &ResourceType,
    fixture: &Fixture,
    answer: &Answer,
    path: &str,
    descending: bool,
) -> bool {
    if !answer.is_success() {
        return t.must(false, answer, "200 and a sorted list");
    }
    let found = answer.resources();
    let of = |one: &Value| {
        let id = text(one, "id")?;
        fixture
            .made
            .iter()
            .find(|made| made.id == id)
            .map(|made| &made.state)
    };
    let states: Vec<_> = found.iter().filter_map(of).collect();
    // A page may have fewer than were asked for; then these are looked at.
    let is_page = answer.total().and_then(|total| usize::try_from(total).ok())
        == Some(fixture.made.len())
        && found.len() == states.len()
        && states.len() > 1;
    if states.len() != fixture.made.len() && !is_page {
        return t.must(
            false,
            answer,
            format!("the {} resources of the run", fixture.made.len()),
        );
    }
    let wrong = states.windows(2).find(|pair| match pair {
        [one, two] => r.view.compare(one, two, path, descending) == Ordering::Greater,
        _ => false,
    });
    let got = match wrong {
        Some([one, two]) => {
            let inner = |v: &Value, name: &str| match v {
                // Of several values, the primary one or the first.
                Value::Array(all) => {
                    let primary = all
                        .iter()
                        .find(|e| crate::json::member(e, "primary") == Some(&Value::Bool(true)));
                    primary
                        .or(all.first())
                        .and_then(|e| crate::json::member(e, name))
                        .cloned()
                }
                v => crate::json::member(v, name).cloned(),
            };
            // The names of an extension's attributes stand behind the last colon of the URN.
            let (urn, names) = path
                .rsplit_once(':')
                .map_or((None, path), |(urn, names)| (Some(urn), names));
            let show = |one: &Value| {
                let holder = match urn {
                    Some(urn) if urn != r.schema => crate::json::member(one, urn).cloned(),
                    _ => Some(one.clone()),
                };
                let value = names
                    .split('.')
                    .try_fold(holder.unwrap_or_default(), |v, name| inner(&v, name));
                value.map_or("no value".to_owned(), |value| value.to_string())
            };
            format!("{} before {}", show(one), show(two))
        }
        _ => String::new(),
    };
    let word = if descending {
        "descending"
    } else {
        "ascending"
    };
    t.compare(wrong.is_none(), answer, format!("{path}, {word}"), got)
}

/// Notes that lists are sorted although that is not announced.
pub(super) async fn unannounced(cx: &Context, t: &mut Trial, r: &ResourceType) -> Result<(), Stop> {
    let fixture = cx.fixture(r).await?;
    let Some(key) = r.key() else { return Ok(()) };
    let mut both = true;
    for descending in [false, true] {
        let a = sorted(cx, r, &fixture, &key.path(), descending).await?;
        let mut own = Trial::new(Level::Info);
        both &= in_order(&mut own, r, &fixture, &a, &key.path(), descending);
        if both && descending {
            t.note(&a, "lists are sorted, and sort is not announced");
        }
    }
    Ok(())
}

/// Whether sorting by something is refused: a service provider may sort by some attributes only, as sorting as
/// such is OPTIONAL. By what resources are named, each that sorts can.
fn refused(t: &mut Trial, answer: &Answer, path: &str) -> bool {
    let is = matches!(answer.status, 400 | 403 | 501);
    if is {
        let expected = format!("200 and a list that is sorted by {path}, as sort is announced");
        t.at(Level::Warning, false, answer, expected);
    }
    is
}

async fn both(cx: &Context, t: &mut Trial, r: &ResourceType, path: &str) -> Result<(), Stop> {
    let fixture = cx.fixture(r).await?;
    for descending in [false, true] {
        t.sub(format!(
            "{path} {}",
            if descending {
                "descending"
            } else {
                "ascending"
            }
        ));
        let a = sorted(cx, r, &fixture, path, descending).await?;
        if refused(t, &a, path) {
            break;
        }
        in_order(t, r, &fixture, &a, path, descending);
    }
    Ok(())
}

checks! {
    "S-01" Error Must "RFC 7644 §3.4.2.3" ["F-13"]
    "sortBy sorts strings in ascending order, in any letter case unless the attribute is caseExact."
    "Sort by the lower case of the text unless the attribute is caseExact."
    (cx, t, r) {
        cx.needs_feature("sort")?;
        let fixture = cx.fixture(r).await?;
        let Some(key) = r.key() else { return Err(Stop::Skip("no text attribute".to_owned())) };
        let a = sorted(cx, r, &fixture, &key.path(), false).await?;
        if !in_order(t, r, &fixture, &a, &key.path(), false) {
            return Err(Stop::Failed);
        }
    }

    "S-02" Error Must "RFC 7644 §3.4.2.3" ["S-01"]
    "sortOrder=descending reverses the order."
    "Apply sortOrder."
    (cx, t, r) {
        cx.needs_feature("sort")?;
        let fixture = cx.fixture(r).await?;
        let Some(key) = r.key() else { return Err(Stop::Skip("no text attribute".to_owned())) };
        let a = sorted(cx, r, &fixture, &key.path(), true).await?;
        if !in_order(t, r, &fixture, &a, &key.path(), true) {
            return Err(Stop::Failed);
        }
        t.sub("ascending, said");
        let only = fixture.only(r).unwrap_or_default();
        let a = cx.list(r, &[("filter", &only), ("sortBy", &key.path()), ("sortOrder", "ascending"), ("count", "100")]).await?;
        in_order(t, r, &fixture, &a, &key.path(), false);
        t.sub("sorted by an attribute that is not requested");
        let a = cx.list(r, &[("filter", &only), ("sortBy", &key.path()), ("sortOrder", "descending"), ("count", "100"), ("attributes", "id")]).await?;
        // That the filter looks at what is shown is for P-02.
        if a.is_success() && !a.resources().is_empty() {
            in_order(t, r, &fixture, &a, &key.path(), true);
        }
        t.sub("a name in capitals");
        let a = sorted(cx, r, &fixture, &key.path().to_uppercase(), true).await?;
        in_order(t, r, &fixture, &a, &key.path(), true);
    }

    "S-09" Error Must "RFC 7644 §3.4.2.3" ["S-02"]
    "A list of all resources is sorted as a list with a filter is."
    "Read sortBy and sortOrder for every list."
    (cx, t, r) {
        cx.needs_feature("sort")?;
        cx.fixture(r).await?;
        let Some(key) = r.key() else { return Err(Stop::Skip("no text attribute".to_owned())) };
        let path = key.path();
        // What others have may be sorted by the rules of their language: the ends must differ.
        let ends = async |order: &str| cx.list(r, &[("sortBy", &path), ("sortOrder", order), ("count", "2")]).await;
        let (up, down) = (ends("ascending").await?, ends("descending").await?);
        if text(up.doc(), "scimType") == Some("tooMany") || matches!(up.status, 400 | 403 | 501) {
            return Err(Stop::Skip("a list without a filter is refused (RFC 7644 §3.12 Table 9, tooMany)".to_owned()));
        }
        t.success(&up, "a sorted page")?;
        t.success(&down, "a sorted page")?;
        // How many come is for G-01.
        if up.total().is_some_and(|total| total > 4) && (1..=2).contains(&up.resources().len()) {
            t.must(Context::ids(&up).is_disjoint(&Context::ids(&down)), &down, "not the resources that come first in ascending order");
        }
    }

    "S-03" Error Must "RFC 7644 §3.4.2.3" ["S-02"]
    "Resources without a value come last in ascending order and first in descending order."
    "Put missing values at the end, and reverse the whole order for descending."
    (cx, t, r) {
        cx.needs_feature("sort")?;
        let Some(slot) = r.s() else { return Err(Stop::Skip("no optional text".to_owned())) };
        let fixture = cx.fixture(r).await?;
        for descending in [false, true] {
            t.sub(if descending { "descending" } else { "ascending" });
            let a = sorted(cx, r, &fixture, &slot.path(), descending).await?;
            if refused(t, &a, &slot.path()) {
                break;
            }
            let has: Vec<_> = a.resources().iter().map(|one| slot.of(one).is_some()).collect();
            let mut wanted = has.clone();
            wanted.sort_by(|one, two| if descending { one.cmp(two) } else { two.cmp(one) });
            let place = if descending { "first" } else { "last" };
            t.must(a.is_success() && has == wanted, &a, format!("resources without {} {place}", slot.path()));
        }
    }

    "S-04" Error Must "RFC 7644 §3.4.2.3" ["S-02"]
    "sortBy can name sub-attributes and attributes of extensions. A multi-valued attribute is sorted by its primary value, or else by its first."
    "Sort by the primary value."
    (cx, t, r) {
        cx.needs_feature("sort")?;
        let mut any = false;
        if let Some((_, slots)) = r.c() && let Some(slot) = slots.first() {
            any = true;
            both(cx, t, r, &slot.path()).await?;
        }
        if let Some(m) = r.m() {
            any = true;
            both(cx, t, r, &format!("{}.value", m.path())).await?;
        }
        if let Some(e) = r.e() {
            any = true;
            let fixture = cx.fixture(r).await?;
            let a = sorted(cx, r, &fixture, &e.path(), false).await?;
            match a.status {
                // It may sort by some attributes only.
                400 | 403 | 501 => t.note(&a, format!("sorting by {} is refused", e.path())),
                _ => both(cx, t, r, &e.path()).await?,
            }
        }
        if !any {
            return Err(Stop::Skip("no complex attribute and no extension".to_owned()));
        }
    }

    "S-05" Error Must "RFC 7644 §3.4.2.3" ["S-02"]
    "Times, numbers and booleans are sorted as such, not as strings."
    "Sort by the value, not by its text."
    (cx, t, r) {
        cx.needs_feature("sort")?;
        both(cx, t, r, "meta.created").await?;
        for slot in [r.n(), r.b(), r.d()].into_iter().flatten() {
            both(cx, t, r, &slot.path()).await?;
        }
    }

    "S-06" Warning Plain "RFC 7644 §3.4.2.3" ["C-01"]
    "A sortBy that cannot be applied is refused or ignored."
    "Return 400 with scimType invalidPath, or ignore sortBy."
    (cx, t, r) {
        let complex = r.c().map(|(attr, _)| attr.path());
        for path in complex.as_deref().into_iter().chain(["zzUnknown"]) {
            t.sub(path);
            let a = cx.list(r, &[("sortBy", path), ("count", "2")]).await?;
            t.must(a.is_success() || a.is_client_error() || a.status == 501, &a, "2xx, 400 or 501");
        }
        if cx.announced("sort") == Some(false) {
            t.sub("not announced");
            let a = cx.list(r, &[("sortBy", "id"), ("count", "2")]).await?;
            t.at(Level::Warning, a.is_success() || matches!(a.status, 400 | 501), &a, "ignored, 400 or 501");
        }
    }

    "S-07" Error Plain "RFC 7644 §3.4.2.3, §3.4.2.4" ["S-02", "G-03"]
    "All pages of a sorted list together are the sorted list."
    "Sort before you select the page."
    (cx, t, r) {
        cx.needs_feature("sort")?;
        let fixture = cx.fixture(r).await?;
        let (Some(key), Some(only)) = (r.key(), fixture.only(r)) else { return Ok(()) };
        let whole = sorted(cx, r, &fixture, &key.path(), false).await?;
        let ids = |a: &Answer| a.resources().iter().filter_map(|one| text(one, "id").map(str::to_owned)).collect::<Vec<_>>();
        let whole = ids(&whole);
        let mut pages = Vec::new();
        let mut last = None;
        while pages.len() < whole.len() {
            let start = (pages.len() + 1).to_string();
            let a = cx.list(r, &[("filter", &only), ("sortBy", &key.path()), ("startIndex", &start), ("count", "3")]).await?;
            let page = ids(&a);
            last = Some(a);
            if page.is_empty() {
                break;
            }
            pages.extend(page);
        }
        if let Some(last) = last {
            pages.truncate(whole.len());
            t.must(pages == whole, &last, "the pages together are the sorted list");
        }
    }

    "S-08" Error Plain "RFC 7644 §3.4.2.3, §3.4.2.4" ["S-02", "G-03"]
    "If many resources have the same value of sortBy, the pages still have each resource once."
    "Sort by the id after the requested attribute."
    (cx, t, r) {
        cx.needs_feature("sort")?;
        let fixture = cx.fixture(r).await?;
        let Some(only) = fixture.only(r) else { return Ok(()) };
        let path = r.b().map_or_else(|| "meta.resourceType".to_owned(), |slot| slot.path());
        let mut found = Vec::new();
        let mut last = None;
        while found.len() < fixture.made.len() {
            let start = (found.len() + 1).to_string();
            let a = cx.list(r, &[("filter", &only), ("sortBy", &path), ("startIndex", &start), ("count", "3")]).await?;
            if !a.is_success() || a.resources().is_empty() {
                last.get_or_insert(a);
                break;
            }
            let before = found.len();
            found.extend(a.resources().iter().filter_map(|one| text(one, "id").map(str::to_owned)));
            last = Some(a);
            // Resources without ids lead nowhere.
            if found.len() == before {
                break;
            }
        }
        found.sort_unstable();
        let count = found.len();
        found.dedup();
        if let Some(last) = last {
            if matches!(last.status, 400 | 403 | 501) && count == 0 {
                return Err(Stop::Skip("no attribute is shared that can be sorted by".to_owned()));
            }
            t.compare(found.len() == count && count == fixture.made.len(), &last, "each resource once", format!("{count}, {} different ones", found.len()));
        }
    }
}
