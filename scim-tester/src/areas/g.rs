//! G: paging by index.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    check::{Level, Step, Stop, checks},
    context::{Context, fixture::COUNT},
    json::{member, text},
    resource_type::ResourceType,
    trial::Trial,
    wire::Answer,
};

const ALL: i64 = COUNT as i64;

/// Skips a server that pages by cursor only.
pub(super) fn by_index(cx: &Context) -> Step {
    let config = cx.config.as_ref().map(|config| config.doc());
    match config.and_then(|doc| crate::json::at(doc, "pagination/index")) {
        Some(Value::Bool(false)) => Err(Stop::Skip("paging by index is not announced".to_owned())),
        _ => Ok(()),
    }
}

/// A page of the fixture.
async fn page(cx: &Context, r: &ResourceType, query: &[(&str, &str)]) -> Result<Answer, Stop> {
    let fixture = cx.fixture(r).await?;
    let only = fixture
        .only(r)
        .ok_or_else(|| Stop::Skip("nothing to filter by".to_owned()))?;
    let mut all = vec![("filter", only.as_str())];
    all.extend_from_slice(query);
    cx.list(r, &all).await
}

async fn walk(cx: &Context, t: &mut Trial, r: &ResourceType) -> Result<Vec<String>, Stop> {
    let mut ids = Vec::new();
    for _ in 0..=COUNT {
        let start = (ids.len() + 1).to_string();
        let a = page(cx, r, &[("startIndex", &start), ("count", "3")]).await?;
        t.must(
            a.total() == Some(ALL),
            &a,
            format!("totalResults {ALL} on every page"),
        );
        let found: Vec<_> = a
            .resources()
            .iter()
            .filter_map(|one| text(one, "id").map(str::to_owned))
            .collect();
        if found.is_empty() {
            break;
        }
        ids.extend(found);
        if ids.len() >= COUNT {
            break;
        }
    }
    Ok(ids)
}

checks! {
    "G-01" Error Must "RFC 7644 §3.4.2.4" ["F-13"]
    "A page has at most count resources."
    "Apply count."
    (cx, t, r) {
        by_index(cx)?;
        let a = page(cx, r, &[("count", "2")]).await?;
        t.success(&a, "a page")?;
        if !t.must(a.resources().len() <= 2, &a, "at most 2 resources") {
            return Err(Stop::Failed);
        }
        t.must(!a.resources().is_empty(), &a, "some of the 8 resources");
        t.sub("one");
        let a = page(cx, r, &[("count", "1")]).await?;
        t.must(a.is_success() && a.resources().len() == 1, &a, "one resource");
    }

    "G-02" Error Must "RFC 7644 §3.4.2, §3.4.2.4" ["G-01"]
    "A page has numbers that say how many resources match, at which position it begins, and how many it has."
    "Count all matches in totalResults, and the resources of the page in itemsPerPage."
    (cx, t, r) {
        let a = page(cx, r, &[("startIndex", "1"), ("count", "2")]).await?;
        let count = i64::try_from(a.resources().len()).unwrap_or(-1);
        for (name, expected, needed) in [("totalResults", ALL, true), ("startIndex", 1, true), ("itemsPerPage", count, true)] {
            t.sub(name);
            match member(a.doc(), name) {
                None => { t.must(!needed, &a, format!("{name} {expected}")); }
                Some(value) => {
                    t.must(value.is_number(), &a, format!("{name} is a number"));
                    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
                    t.must(number == Some(expected), &a, format!("{name} {expected}"));
                }
            }
        }
    }

    "G-03" Error Must "RFC 7644 §3.4.2.4" ["G-01"]
    "All pages together have each resource once."
    "Begin a page at startIndex, which counts from 1."
    (cx, t, r) {
        let ids = walk(cx, t, r).await?;
        let different: BTreeSet<_> = ids.iter().collect();
        let a = page(cx, r, &[("startIndex", "4"), ("count", "3")]).await?;
        let got = format!("{} resources, {} different ones", ids.len(), different.len());
        if !t.compare(ids.len() == COUNT && different.len() == COUNT, &a, format!("each of the {COUNT} once"), got) {
            return Err(Stop::Failed);
        }
    }

    "G-04" Error Must "RFC 7644 §3.4.2.4" ["G-03"]
    "A startIndex below 1 means 1."
    "Raise it to 1."
    (cx, t, r) {
        let first = page(cx, r, &[("startIndex", "1"), ("count", "2")]).await?;
        for start in ["0", "-1"] {
            t.sub(start);
            let a = page(cx, r, &[("startIndex", start), ("count", "2")]).await?;
            t.must(a.is_success() && Context::ids(&a) == Context::ids(&first), &a, "the first page");
        }
    }

    "G-05" Error Must "RFC 7644 §3.4.2.4" ["G-01"]
    "count=0 returns the number of matches and no resources."
    "Return totalResults without Resources."
    (cx, t, r) {
        let a = page(cx, r, &[("count", "0")]).await?;
        t.must(a.is_success(), &a, "status 200");
        t.must(a.resources().is_empty(), &a, "no Resources");
        t.must(a.total() == Some(ALL), &a, format!("totalResults {ALL}"));
    }

    "G-06" Error Must "RFC 7644 §3.4.2.4" ["G-05"]
    "A negative count means 0."
    "Raise it to 0."
    (cx, t, r) {
        let a = page(cx, r, &[("count", "-1")]).await?;
        t.must(a.is_success() && a.resources().is_empty() && a.total() == Some(ALL), &a, "as count=0");
    }

    "G-07" Error Plain "RFC 7644 §3.4.2.4" ["G-03"]
    "A page after the last resource is empty. It is no error."
    "Return 200 with totalResults and without Resources."
    (cx, t, r) {
        let a = page(cx, r, &[("startIndex", "100000"), ("count", "2")]).await?;
        t.must(a.is_success() && a.resources().is_empty(), &a, "200 and no Resources");
        t.must(a.total() == Some(ALL), &a, format!("totalResults {ALL}"));
    }

    "G-08" Warning Plain "RFC 7644 §3.4.2.4" ["C-01"]
    "A count that is not a number is refused."
    "Return 400 with scimType invalidValue."
    (cx, t, r) {
        for (name, value) in [("count", "x"), ("startIndex", "x")] {
            t.sub(name);
            let a = cx.list(r, &[(name, value)]).await?;
            t.at(Level::Error, a.status < 500, &a, "400");
            if a.is_success() {
                t.note(&a, format!("a {name} that is no number is ignored"));
            } else {
                t.must(a.status == 400, &a, "400");
            }
        }
    }

    "G-09" Warning Plain "RFC 7644 §3.4.2.4" ["G-01"]
    "A count that is too large is reduced, and not refused."
    "Return as many resources as you allow, and set itemsPerPage to that number."
    (cx, t, r) {
        let a = page(cx, r, &[("count", "1000000")]).await?;
        t.must(a.is_success() && !a.resources().is_empty(), &a, "200 and a page");
        let count = i64::try_from(a.resources().len()).ok();
        if let Some(said) = member(a.doc(), "itemsPerPage").and_then(Value::as_i64) {
            // As in G-12: RFC 7644 §3.4.2 leaves nothing open here.
            t.at(Level::Error, Some(said) == count, &a, "itemsPerPage says how many came");
        }
    }

    "G-10" Warning Should "RFC 7644 §3.4.2.4" ["G-03"]
    "The order of a list stays the same, also without sortBy."
    "Sort by something that does not change, such as the id."
    (cx, t, r) {
        let one = page(cx, r, &[("count", "100")]).await?;
        let two = page(cx, r, &[("count", "100")]).await?;
        let ids = |a: &Answer| a.resources().iter().filter_map(|one| text(one, "id").map(str::to_owned)).collect::<Vec<_>>();
        t.must(ids(&one) == ids(&two), &two, "the same order twice");
    }

    "G-11" Error Must "RFC 7644 §3.4.2" ["C-01"]
    "A list without parameters has all resources, or it is a first page and says so."
    "If the page does not have all resources, set itemsPerPage and startIndex, or nextCursor."
    (cx, t, r) {
        cx.shared(r).await?;
        let a = cx.list(r, &[]).await?;
        if a.status == 400 && text(a.doc(), "scimType") == Some("tooMany") {
            return Err(Stop::Skip("a list without a filter is refused (RFC 7644 §3.12 Table 9, tooMany)".to_owned()));
        }
        t.success(&a, "a list")?;
        let count = i64::try_from(a.resources().len()).unwrap_or(-1);
        let total = a.total();
        t.must(total.is_some(), &a, "totalResults");
        let is_page = member(a.doc(), "itemsPerPage").is_some() || member(a.doc(), "nextCursor").is_some();
        t.must(total.is_none_or(|total| total == count || (is_page && count < total)), &a, "as many as totalResults says, or a page that says so");
        t.must(count > 0, &a, "at least the resource that was just created, or another one");
    }

    "G-12" Error Must "RFC 7644 §3.4.2, §3.4.2.4" ["G-03"]
    "Each page says its startIndex, and the last page says how many resources it has."
    "Count startIndex from 1 in the whole list, and itemsPerPage in the page."
    (cx, t, r) {
        for (start, count) in [("4", 3), ("7", 2)] {
            t.sub(format!("startIndex={start}"));
            let a = page(cx, r, &[("startIndex", start), ("count", "3")]).await?;
            let number = |name: &str| member(a.doc(), name).and_then(Value::as_i64);
            t.must(number("startIndex").is_none_or(|said| said.to_string() == start), &a, format!("startIndex {start}"));
            let came = i64::try_from(a.resources().len()).unwrap_or(-1);
            t.must(number("itemsPerPage").is_none_or(|said| said == came), &a, format!("itemsPerPage {came}"));
            t.compare(came == count || (came > 0 && came < count), &a, format!("{count} resources, or fewer"), came.to_string());
        }
    }

    "G-13" Error Must "RFC 7644 §3.4.2.4" ["G-03"]
    "Pages of all resources, without a filter, go on as those with one do."
    "Read startIndex and count for every list."
    (cx, t, r) {
        cx.fixture(r).await?;
        let ids = |a: &Answer| a.resources().iter().filter_map(|one| text(one, "id").map(str::to_owned)).collect::<Vec<_>>();
        let mut wrong = None;
        // Somebody else may create or delete a resource in between.
        for _ in 0..3 {
            let first = cx.list(r, &[("startIndex", "1"), ("count", "3")]).await?;
            if text(first.doc(), "scimType") == Some("tooMany") || matches!(first.status, 403 | 501) {
                return Err(Stop::Skip("a list without a filter is refused (RFC 7644 §3.12 Table 9, tooMany)".to_owned()));
            }
            t.success(&first, "a page")?;
            t.must(first.resources().len() <= 3, &first, "at most 3 resources");
            let (page, start) = (ids(&first), (first.resources().len() + 1).to_string());
            let second = cx.list(r, &[("startIndex", &start), ("count", "3")]).await?;
            t.success(&second, "a page")?;
            let more = first.total().is_some_and(|total| total > i64::try_from(page.len()).unwrap_or(0));
            let next = ids(&second);
            let twice = next.iter().filter(|id| page.contains(id)).count();
            // Nothing came or went if the first page is as before.
            let is_wrong = twice > 0 || more && next.is_empty();
            let again = match is_wrong {
                true => Some(cx.list(r, &[("startIndex", "1"), ("count", "3")]).await?),
                false => None,
            };
            let stood_still = again.is_some_and(|again| ids(&again) == page && again.total() == first.total());
            wrong = stood_still.then(|| (second, format!("{} resources, {twice} of them on the first page, too", next.len())));
            if wrong.is_none() {
                break;
            }
        }
        match wrong {
            Some((second, got)) => t.compare(false, &second, "the resources that follow", got),
            None => { t.looked += 1; true }
        };
    }
}
