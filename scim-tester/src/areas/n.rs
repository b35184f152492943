//! N: the resource of whoever asks, `/Me`.

use http::Method;
use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::PATCH_OP,
    json::{at, member, same},
    wire::Ask,
};

checks! {
    "N-01" Warning Plain "RFC 7644 §3.11" []
    "GET /Me returns the caller's resource, a redirect to it, 501 or 404."
    "Return 501 if you do not support /Me."
    (cx, t) {
        let a = cx.get("/Me").await?;
        t.must(matches!(a.status, 200 | 308 | 307 | 501 | 404 | 403 | 405), &a, "200, 308, 501 or 404");
        t.note(&a, format!("/Me returns {}", a.status));
        if a.status == 200 {
            t.must(a.id().is_some(), &a, "a resource");
        }
    }

    "N-02" Error Must "RFC 7644 §3.11" ["N-01"]
    "The location of the resource that /Me returns is the resource's own URL, not /Me."
    "Set meta.location to the resource's own URL."
    (cx, t) {
        let a = cx.get("/Me").await?;
        if a.status != 200 {
            return Err(Stop::Skip("/Me returns no resource".to_owned()));
        }
        let location = at(a.doc(), "meta/location").and_then(Value::as_str).or(a.header("location"));
        let ok = location.is_some_and(|l| !l.trim_end_matches('/').ends_with("/Me"));
        t.must(ok, &a, "a location that is not /Me");
    }

    "N-03" Warning Plain "RFC 7644 §3.11" ["N-02"]
    "A change through /Me is visible at the resource's own URL."
    "Treat /Me as another name of the same resource."
    (cx, t) {
        if !cx.told.me {
            return Err(Stop::Skip("the caller's resource may only be changed with --me".to_owned()));
        }
        cx.writes()?;
        let before = cx.get("/Me").await?;
        if before.status != 200 {
            return Err(Stop::Skip("/Me returns no resource".to_owned()));
        }
        let Some(location) = at(before.doc(), "meta/location").and_then(Value::as_str).map(|l| cx.resolve(l)) else { return Ok(()) };
        if !cx.is_ours(&location) {
            return Err(Stop::Skip("the location of /Me is not under the base URL".to_owned()));
        }
        let old = member(before.doc(), "nickName").cloned();
        let patch = |operation: Value| {
            let body = json!({"schemas": [PATCH_OP], "Operations": [operation]});
            Ask::new(Method::PATCH, "/Me").json(&body).foreign()
        };
        let value = json!(cx.label());
        // Should the run end here, cleaning up puts it back.
        cx.borrow("/Me", Some("nickName"), old);
        let a = cx.send(patch(json!({"op": "replace", "path": "nickName", "value": value}))).await?;
        if a.is_success() {
            let read = cx.get(&location).await?;
            let seen = read.doc().get("nickName").is_some_and(|v| same(v, &value, true));
            t.must(seen, &read, "the changed value");
            for borrowed in cx.borrowed() {
                if cx.send(borrowed.back()).await?.is_success() {
                    cx.gave_back(&borrowed);
                }
            }
        } else {
            t.note(&a, "/Me cannot be changed");
            if a.is_client_error() && a.status != 408 {
                cx.borrowed().iter().for_each(|borrowed| cx.gave_back(borrowed));
            }
        }
    }

    "N-04" Error Must "RFC 7644 §3.11" ["N-01"]
    "A redirect of /Me leads to a URL below the base URL."
    "Redirect to the resource's own URL."
    (cx, t) {
        let a = cx.get("/Me").await?;
        if !matches!(a.status, 307 | 308 | 301 | 302) {
            return Err(Stop::Skip("/Me is no redirect".to_owned()));
        }
        let url = a.header("location").map(|l| cx.resolve(l));
        t.must(url.is_some_and(|url| cx.is_ours(&url)), &a, "a Location under the base URL");
        t.at(Level::Warning, a.status == 308, &a, "status 308");
    }
}
