//! T: HTTP and media types.

use http::Method;
use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::Context,
    json::{at, elements, same, text},
    wire::{Answer, Ask},
};

fn media_type(answer: &Answer) -> String {
    let header = answer.header("content-type").unwrap_or_default();
    header
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

checks! {
    "T-01" Error Must "RFC 7644 §3.8" []
    "A request that accepts application/scim+json gets application/scim+json."
    "Set Content-Type: application/scim+json on every response with a body."
    observed

    "T-02" Warning Should "RFC 7644 §3.8" ["R-01"]
    "Accept may list application/json and */*, may have weights, and may be missing."
    "Read the whole list of media types. The default is application/scim+json."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        for accept in ["application/json", "*/*", "application/scim+json;q=0.9, application/json;q=0.5", "application/scim+json; charset=utf-8", ""] {
            t.sub(if accept.is_empty() { "none" } else { accept });
            let a = cx.send(Ask::get(Context::path(r, &made.id)).header("accept", accept)).await?;
            t.must(a.status == 200 && a.is_object(), &a, "200 and JSON");
        }
    }

    "T-03" Info Plain "RFC 7644 §3.8" ["R-01"]
    "A client that accepts only HTML gets 406 or JSON."
    "Return 406, or JSON."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let a = cx.send(Ask::get(Context::path(r, &made.id)).header("accept", "text/html")).await?;
        t.at(Level::Warning, media_type(&a) != "text/html" || a.status == 406, &a, "no HTML");
        t.note(&a, format!("status {}", a.status));
    }

    "T-04" Error Must "RFC 7644 §3.1, §8.1" ["C-01"]
    "A request body may be application/scim+json, with charset and in any letter case, or application/json."
    "Compare the media type in lower case, without its parameters."
    (cx, t, r) {
        let types = [
            ("application/scim+json", Level::Error),
            ("application/scim+json; charset=utf-8", Level::Error),
            ("Application/SCIM+JSON", Level::Error),
            ("application/json", Level::Warning),
        ];
        for (name, level) in types {
            t.sub(name);
            let a = cx.send(Ask::post(&r.endpoint, &cx.minimal(r)).header("content-type", name)).await?;
            t.at(level, a.is_success(), &a, "201");
        }
    }

    "T-05" Info Plain "RFC 7644 §3.8, RFC 9110 §15.5.16" ["C-01"]
    "A body of another media type is refused with 415, or accepted."
    "Return 415 (Unsupported Media Type)."
    (cx, t, r) {
        let a = cx.send(Ask::post(&r.endpoint, &cx.minimal(r)).header("content-type", "text/plain")).await?;
        t.at(Level::Error, a.status < 500, &a, "415 (Unsupported Media Type)");
        t.note(&a, match a.status {
            415 => "a body of text/plain is refused with 415".to_owned(),
            status if a.is_success() => format!("a body of text/plain is read as JSON (status {status}), not refused with 415"),
            status => format!("a body of text/plain is refused with {status}, not with 415"),
        });
    }

    "T-13" Warning Must "RFC 9112 §6.3, §7.1, RFC 9110 §15.5.12" ["C-01"]
    "A body that is sent in chunks, without Content-Length, is accepted, or refused with 411."
    "Read chunked bodies, in the server or in the proxy before it."
    (cx, t) {
        cx.writes()?;
        let Some(r) = cx.types.first() else { return Ok(()) };
        let ask = || Ask::post(&r.endpoint, &cx.minimal(r)).header("transfer-encoding", "chunked").header("connection", "close");
        // One lost connection says nothing of the body.
        let answer = match cx.send(ask()).await {
            Err(Stop::Network(_)) => cx.send(ask()).await,
            other => other,
        };
        match answer {
            Ok(a) if a.status == 411 => t.note(&a, "bodies without Content-Length are refused with 411"),
            Ok(a) => {
                t.must(a.is_success(), &a, "201, as with Content-Length");
            }
            Err(Stop::Network(why)) => t.found(Level::Warning, "201, as with Content-Length", format!("no response: {why}")),
            Err(stop) => return Err(stop),
        }
    }

    "T-06" Error Must "RFC 7644 §3.8" ["C-01"]
    "Text is UTF-8 in requests and responses, without a charset."
    "Read and write UTF-8."
    (cx, t, r) {
        let Some(slot) = r.s().or_else(|| r.key()) else { return Err(Stop::Skip("no text attribute".to_owned())) };
        let mut body = cx.minimal(r);
        let value = json!(format!("{} \u{fc}\u{20ac}\u{65e5}\u{672c}", cx.label()));
        slot.set(&mut body, value.clone());
        let a = cx.send(Ask::post(&r.endpoint, &body).header("content-type", "application/scim+json")).await?;
        if !a.is_success() {
            return Err(Stop::Blocked("C-01", a.in_short()));
        }
        t.must(std::str::from_utf8(&a.body).is_ok(), &a, "UTF-8");
        let made = cx.made(r, body, a.clone()).await?;
        let read = cx.read(r, &made.id).await?;
        t.must(slot.of(read.doc()).is_some_and(|v| same(v, &value, true)), &read, format!("{value}"));
    }

    "T-07" Error Must "RFC 9110 §9.3.2, §15.3.5" ["R-01"]
    "A 204 has no body. If HEAD is supported, its response has the headers of GET and no body."
    "Leave it to the HTTP library."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let a = cx.send(Ask::new(Method::HEAD, Context::path(r, &made.id))).await?;
        t.sub("HEAD");
        if a.is_success() {
            t.must(a.body.is_empty(), &a, "no body");
        } else {
            t.note(&a, format!("HEAD returns {}", a.status));
        }
        t.sub("204");
        let with_body = cx.wire.log().iter().find(|a| matches!(a.status, 204 | 304) && !a.body.is_empty()).cloned();
        if let Some(a) = with_body {
            t.must(false, &a, "no body");
        }
        t.must(true, &a, "");
    }

    "T-08" Warning Plain "RFC 7644 §3.1" ["R-01"]
    "A path with a slash at its end is the same as without, or it does not exist. It is no redirect that loses the method."
    "Serve both paths."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        t.sub("collection");
        let a = cx.send(Ask::get(format!("{}/", r.endpoint)).query("count", "1")).await?;
        t.must(matches!(a.status, 200 | 404 | 307 | 308 | 301), &a, "200 or 404");
        t.sub("resource");
        let a = cx.get(&format!("{}/", Context::path(r, &made.id))).await?;
        t.must(matches!(a.status, 200 | 404 | 307 | 308 | 301), &a, "200 or 404");
        t.sub("POST");
        let a = cx.send(Ask::post(format!("{}/", r.endpoint), &cx.minimal(r))).await?;
        t.must(a.is_success() || a.is_client_error() || matches!(a.status, 307 | 308), &a, "201, 404 or 308");
        if a.is_success() {
            t.at(Level::Error, a.id().is_some() || a.header("location").is_some(), &a, "a new resource, not a list");
        }
    }

    "T-09" Info Plain "RFC 9110 §4.2.3" []
    "An endpoint in another letter case causes no server error. The report says what is returned."
    "Paths have a letter case, so both 200 and 404 are right."
    (cx, t) {
        for r in &cx.types {
            t.sub(r.endpoint.as_str());
            let a = cx.send(Ask::get(r.endpoint.to_lowercase()).query("count", "1")).await?;
            t.at(Level::Error, a.status < 500, &a, "200 or 404");
            t.note(&a, format!("{} returns {}", r.endpoint.to_lowercase(), a.status));
        }
    }

    "T-10" Warning Plain "RFC 9110 §12.5.3" ["R-01"]
    "A response is compressed only if the request allows it."
    "Follow Accept-Encoding."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let a = cx.send(Ask::get(Context::path(r, &made.id)).header("accept-encoding", "identity")).await?;
        t.must(a.header("content-encoding").is_none_or(|c| c == "identity"), &a, "no Content-Encoding");
        t.must(a.is_object(), &a, "JSON");
    }

    "T-11" Warning Plain "RFC 7644 §1.3, §3.1" ["C-02"]
    "URLs in responses have the scheme and the host of the request."
    "Make URLs from the request, or from a base URL in your configuration."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let a = cx.read(r, &made.id).await?;
        let mut links = vec![("meta.location", at(a.doc(), "meta/location").and_then(Value::as_str).map(str::to_owned))];
        for attr in r.attrs.iter().filter(|attr| attr.sub("$ref").is_some()) {
            for element in elements(attr.of(a.doc())) {
                links.push(("$ref", text(element, "$ref").map(str::to_owned)));
            }
        }
        for (name, link) in links {
            if let Some(link) = link.filter(|l| l.contains("://")) {
                t.sub(name);
                t.must(cx.is_ours(&link), &a, format!("a URL under {}", cx.wire.base));
            }
        }
        if t.looked == 0 {
            return Err(Stop::Skip("there are no links".to_owned()));
        }
    }

    "T-12" Warning Should "RFC 9112 §9.5, §9.6" []
    "The server does not repeatedly close connections immediately after a response without Connection: close, which loses requests."
    "Send Connection: close before you close a connection, or keep it open for some seconds."
    observed
}
