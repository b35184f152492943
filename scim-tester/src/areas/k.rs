//! K: paging by cursor (RFC 9865).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    check::{Level, Step, Stop, checks},
    context::{Context, SEARCH, fixture::COUNT},
    json::{at, text},
    resource_type::ResourceType,
    wire::{Answer, Ask, Credentials},
};

fn by_cursor(cx: &Context) -> Step {
    let config = cx.config.as_ref().map(|config| config.doc());
    match config.and_then(|doc| at(doc, "pagination/cursor")) {
        Some(Value::Bool(true)) => Ok(()),
        _ => Err(Stop::Skip("paging by cursor is not announced".to_owned())),
    }
}

fn next(answer: &Answer) -> Option<&str> {
    text(answer.doc(), "nextCursor").filter(|cursor| !cursor.is_empty())
}

async fn page(cx: &Context, r: &ResourceType, cursor: &str, count: &str) -> Result<Answer, Stop> {
    let fixture = cx.fixture(r).await?;
    let only = fixture
        .only(r)
        .ok_or_else(|| Stop::Skip("nothing to filter by".to_owned()))?;
    cx.list(
        r,
        &[("filter", &only), ("cursor", cursor), ("count", count)],
    )
    .await
}

/// All pages, the first one included.
async fn walk(cx: &Context, r: &ResourceType, count: &str) -> Result<Vec<Answer>, Stop> {
    let mut pages = vec![page(cx, r, "", count).await?];
    while let Some(cursor) = pages.last().and_then(|last| next(last)).map(str::to_owned) {
        if pages.len() > COUNT + 2 {
            break;
        }
        pages.push(page(cx, r, &cursor, count).await?);
    }
    Ok(pages)
}

checks! {
    "K-01" Error Must "RFC 9865 §2" ["F-13"]
    "An empty cursor requests the first page, and nextCursor leads from page to page. All pages together have each resource once."
    "Return nextCursor in the first page, and continue from there."
    (cx, t, r) {
        by_cursor(cx)?;
        let pages = walk(cx, r, "3").await?;
        let Some(first) = pages.first() else { return Ok(()) };
        t.success(first, "the first page")?;
        let ids: Vec<_> = pages.iter().flat_map(|page| page.resources().iter().filter_map(|one| text(one, "id"))).collect();
        let different: BTreeSet<_> = ids.iter().collect();
        let got = format!("{} resources on {} pages, {} different ones", ids.len(), pages.len(), different.len());
        if !t.compare(ids.len() == COUNT && different.len() == COUNT, first, format!("each of the {COUNT} once"), got) {
            return Err(Stop::Failed);
        }
    }

    "K-02" Error Must "RFC 9865 §2" ["K-01"]
    "Every page except the last has nextCursor. The last has none, also if it is full."
    "Leave nextCursor out if nothing follows."
    (cx, t, r) {
        by_cursor(cx)?;
        for count in ["3", "4", "8"] {
            t.sub(format!("count={count}"));
            let pages = walk(cx, r, count).await?;
            let wanted = COUNT.div_ceil(count.parse().unwrap_or(1));
            if let Some(last) = pages.last() {
                t.compare(pages.len() == wanted, last, format!("{wanted} pages"), format!("{} pages", pages.len()));
            }
        }
    }

    "K-03" Error Must "RFC 9865 §2" ["K-01"]
    "The first page has no previousCursor. If a later page has one, it leads to the page before."
    "Leave previousCursor out, or make it lead to the page before."
    (cx, t, r) {
        by_cursor(cx)?;
        let pages = walk(cx, r, "3").await?;
        let [first, second, ..] = pages.as_slice() else { return Ok(()) };
        t.must(text(first.doc(), "previousCursor").is_none(), first, "no previousCursor on the first page");
        if let Some(back) = text(second.doc(), "previousCursor").filter(|c| !c.is_empty()) {
            let a = page(cx, r, back, "3").await?;
            t.must(Context::ids(&a) == Context::ids(first), &a, "the first page again");
        }
    }

    "K-04" Error Must "RFC 9865 §2" ["K-01"]
    "A page has at most count resources; a negative count means 0."
    "Apply count as in paging by index."
    (cx, t, r) {
        by_cursor(cx)?;
        let a = page(cx, r, "", "2").await?;
        t.must(a.resources().len() <= 2, &a, "at most 2");
        t.sub("negative");
        let a = page(cx, r, "", "-1").await?;
        t.must(a.is_success() && a.resources().is_empty(), &a, "no Resources");
    }

    "K-14" Error Must "RFC 9865 §2, RFC 7644 §3.4.2.3, §3.9" ["K-01", "P-02", "S-02"]
    "A later page of a cursor is sorted and projected as the first one is."
    "Keep the whole query with the cursor, or read it from each request."
    (cx, t, r) {
        by_cursor(cx)?;
        let Some(key) = r.key() else { return Err(Stop::Skip("no text attribute".to_owned())) };
        let (only, path) = (cx.fixture(r).await?.only(r).unwrap_or_default(), key.path());
        let sorts = cx.announced("sort") != Some(false);
        let exact = r.attr(&key.name).is_some_and(|attr| attr.exact);
        let mut query = vec![("filter", only.as_str()), ("attributes", path.as_str()), ("count", "3")];
        if sorts {
            query.extend([("sortBy", path.as_str()), ("sortOrder", "descending")]);
        }
        let (mut cursor, mut found, mut last) = (String::new(), Vec::new(), None);
        for _ in 0..COUNT {
            let mut all = query.clone();
            all.push(("cursor", &cursor));
            let a = cx.list(r, &all).await?;
            t.success(&a, "a page")?;
            for one in a.resources() {
                t.sub("projected");
                let surplus = super::p::surplus(r, one, &[key.top()]);
                t.compare(surplus.is_empty(), &a, format!("{path} and what is always returned"), format!("also {}", surplus.join(", ")));
                let name = key.of(one).and_then(Value::as_str);
                found.extend(name.map(|name| if exact { name.to_owned() } else { name.to_lowercase() }));
            }
            let following = next(&a).map(str::to_owned);
            last = Some(a);
            match following {
                Some(following) => cursor = following,
                None => break,
            }
        }
        if let (Some(last), true) = (last, sorts) {
            t.sub("sorted");
            t.compare_at(Level::Warning, found.is_sorted_by(|one, two| one >= two), &last, format!("all pages together sorted by {path}"), found.join(", "));
        }
    }

    "K-05" Warning Should "RFC 9865 §2.1" ["K-01"]
    "A cursor that the service provider did not issue is refused with 400 and scimType invalidCursor."
    "Return 400 with scimType invalidCursor."
    (cx, t, r) {
        by_cursor(cx)?;
        let first = page(cx, r, "", "3").await?;
        let mut tries = vec![("garbage", "zz-no-cursor".to_owned())];
        if let Some(cursor) = next(&first) {
            let mut changed: Vec<char> = cursor.chars().collect();
            if let Some(last) = changed.last_mut() {
                *last = if *last == 'A' { 'B' } else { 'A' };
            }
            tries.push(("one character changed", changed.into_iter().collect()));
        }
        for (what, cursor) in tries {
            t.sub(what);
            let a = page(cx, r, &cursor, "3").await?;
            if what == "garbage" || !a.is_success() {
                cx.refused(t, &a, &["invalidCursor", "expiredCursor", "invalidValue"]);
            } else {
                t.note(&a, "a cursor with another last character is accepted");
            }
        }
    }

    "K-06" Warning Should "RFC 9865 §2.1" ["K-01"]
    "A cursor of one query is refused in another query, or the response is that of the first query."
    "Bind the cursor to its query."
    (cx, t, r) {
        by_cursor(cx)?;
        let first = page(cx, r, "", "3").await?;
        let Some(cursor) = next(&first) else { return Ok(()) };
        let key = r.key().map(|key| key.path()).unwrap_or_default();
        t.sub("another filter");
        let a = cx.list(r, &[("filter", &format!("{key} eq \"zz-nobody\"")), ("cursor", cursor), ("count", "3")]).await?;
        t.at(Level::Error, a.status < 500, &a, "200 or 400");
        t.note(&a, if a.is_success() { "a cursor can be used with another filter" } else { "a cursor is bound to its filter" });
    }

    "K-07" Warning Should "RFC 9865 §2.1" ["K-01"]
    "An expired cursor is refused with 400 and scimType expiredCursor."
    "Return 400 with scimType expiredCursor."
    (cx, t, r) {
        by_cursor(cx)?;
        let config = cx.config.as_ref().map(|config| config.doc().clone()).unwrap_or_default();
        let timeout = at(&config, "pagination/cursorTimeout").and_then(Value::as_u64).unwrap_or(u64::MAX);
        if timeout > 3 {
            return Err(Stop::Skip("cursors live too long to wait for".to_owned()));
        }
        let first = page(cx, r, "", "3").await?;
        let Some(cursor) = next(&first) else { return Ok(()) };
        for _ in 0..timeout.saturating_add(1) {
            cx.next_second().await;
        }
        let a = page(cx, r, cursor, "3").await?;
        cx.refused(t, &a, &["expiredCursor", "invalidCursor"]);
    }

    "K-08" Error Must "RFC 9865 §2.4" ["K-01"]
    "Without parameters, the announced default method of paging applies."
    "If the default is cursor, return nextCursor. If it is index, return startIndex."
    (cx, t, r) {
        by_cursor(cx)?;
        let config = cx.config.as_ref().map(|config| config.doc().clone()).unwrap_or_default();
        let Some(default) = at(&config, "pagination/defaultPaginationMethod").and_then(Value::as_str) else {
            return Err(Stop::Skip("no default is announced".to_owned()));
        };
        let only = cx.fixture(r).await?.only(r).unwrap_or_default();
        let a = cx.list(r, &[("filter", &only), ("count", "2")]).await?;
        let by_cursor = next(&a).is_some();
        t.must(by_cursor == (default == "cursor"), &a, format!("paging by {default}"));
    }

    "K-09" Info Plain "RFC 9865 §2.3" ["K-01"]
    "cursor and startIndex together cause no server error. The report says which one applies."
    "Return 400, or apply one of them."
    (cx, t, r) {
        by_cursor(cx)?;
        let only = cx.fixture(r).await?.only(r).unwrap_or_default();
        let a = cx.list(r, &[("filter", &only), ("cursor", ""), ("startIndex", "2"), ("count", "2")]).await?;
        t.at(Level::Error, a.status < 500, &a, "no server error");
        t.note(&a, match (a.is_success(), next(&a).is_some()) {
            (true, true) => "the cursor wins",
            (true, false) => "the index wins",
            _ => "both together are refused",
        });
    }

    "K-10" Error Must "RFC 9865 §3" ["K-01", "Q-01"]
    "A search can be paged by cursor as a list can."
    "Read cursor from the message."
    (cx, t, r) {
        by_cursor(cx)?;
        let only = cx.fixture(r).await?.only(r).unwrap_or_default();
        let mut ids = Vec::new();
        let mut cursor = String::new();
        for _ in 0..COUNT {
            let body = json!({"schemas": [SEARCH], "filter": only, "cursor": cursor, "count": 3});
            let a = cx.send(Ask::post(format!("{}/.search", r.endpoint), &body)).await?;
            t.success(&a, "a page")?;
            ids.extend(a.resources().iter().filter_map(|one| text(one, "id").map(str::to_owned)));
            match next(&a) {
                Some(following) => following.clone_into(&mut cursor),
                None => {
                    t.compare(ids.len() == COUNT, &a, format!("each of the {COUNT} once"), format!("{}", ids.len()));
                    break;
                }
            }
        }
    }

    "K-11" Warning Must "RFC 9865 §2" ["K-01"]
    "A cursor has only characters that need no encoding in a URL."
    "Use letters, digits, -, ., _ and ~."
    (cx, t, r) {
        by_cursor(cx)?;
        let first = page(cx, r, "", "3").await?;
        if let Some(cursor) = next(&first) {
            let ok = cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
            t.must(ok, &first, "unreserved characters (RFC 3986 §2.3) only");
        }
    }

    "K-12" Warning Plain "RFC 9865 §2, §5.2" ["K-01"]
    "Paging continues if a resource is created or deleted in between."
    "Find the next page by the last resource of the page before, not by a number."
    (cx, t, r) {
        by_cursor(cx)?;
        let mut ids = Vec::new();
        let label = cx.label();
        let Some(key) = r.key() else { return Ok(()) };
        for at in 0..4 {
            let mut body = cx.minimal(r);
            key.set(&mut body, cx.maker.key(&key.name, &format!("{label}-{at}")));
            ids.push(cx.create(r, body).await?.id);
        }
        let only = format!("{} sw \"{label}-\"", key.path());
        let first = cx.list(r, &[("filter", &only), ("cursor", ""), ("count", "2")]).await?;
        let Some(cursor) = next(&first).map(str::to_owned) else { return Ok(()) };
        let seen = Context::ids(&first);
        let Some(gone) = ids.iter().find(|id| !seen.contains(*id)) else { return Ok(()) };
        cx.delete(r, gone).await?;
        let a = cx.list(r, &[("filter", &only), ("cursor", &cursor), ("count", "2")]).await?;
        t.must(a.is_success(), &a, "the next page");
        t.must(Context::ids(&a).is_disjoint(&seen), &a, "none twice");
    }

    "K-13" Critical Security "RFC 9865 §5.2" ["K-01", "H-01"]
    "A cursor gives no access: without credentials it is refused."
    "Check credentials first, as for every request."
    (cx, t, r) {
        by_cursor(cx)?;
        if !cx.wire.has_credentials() {
            return Err(Stop::Skip("the run has no credentials".to_owned()));
        }
        let first = page(cx, r, "", "3").await?;
        let Some(cursor) = next(&first) else { return Ok(()) };
        let only = cx.fixture(r).await?.only(r).unwrap_or_default();
        let ask = Ask::get(&r.endpoint).queries(&[("filter", &only), ("cursor", cursor), ("count", "3")]);
        let a = cx.send(ask.by(Credentials::None)).await?;
        t.must(!a.is_success(), &a, "status 401");
    }
}
