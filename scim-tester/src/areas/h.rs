//! H: authentication and transport.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use serde_json::json;

use crate::{
    check::{Level, Stop, checks},
    context::{Context, PATCH_OP, SEARCH},
    json::{elements, member, text},
    wire::{Ask, Credentials},
};

fn needs_credentials(cx: &Context) -> Result<(), Stop> {
    match cx.wire.has_credentials() {
        true => Ok(()),
        false => Err(Stop::Skip("the run has no credentials".to_owned())),
    }
}

fn bearer(cx: &Context) -> Result<&str, Stop> {
    cx.wire
        .authorization()
        .filter(|own| {
            own.get(..7)
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "))
        })
        .ok_or_else(|| Stop::Skip("the run has no bearer token".to_owned()))
}

/// With capitals in place of small letters, and small letters in place of capitals.
fn in_other_case(text: &str) -> String {
    text.chars()
        .map(|c| match c.is_ascii_lowercase() {
            true => c.to_ascii_uppercase(),
            false => c.to_ascii_lowercase(),
        })
        .collect()
}

/// A token of RFC 7519 §6.1, which has no signature: `{"alg":"none"}`, and a subject for a long time.
const UNSIGNED: &str =
    "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJ6dCIsImV4cCI6NDEwMjQ0NDgwMH0.";

checks! {
    "H-01" Critical Security "RFC 7644 §2" []
    "Without credentials, every endpoint and method returns 401."
    "Check credentials before anything else. Only discovery may be public."
    (cx, t) {
        needs_credentials(cx)?;
        let mut asks = vec![("GET the base URL".to_owned(), Ask::get("").query("count", "1")), ("GET /".to_owned(), Ask::get("/").query("count", "1"))];
        for r in &cx.types {
            asks.push((format!("GET {}", r.endpoint), Ask::get(&r.endpoint).query("count", "1")));
            asks.push((format!("HEAD {}", r.endpoint), Ask::new(Method::HEAD, &r.endpoint).query("count", "1")));
            asks.push((format!("POST {}/.search", r.endpoint), Ask::post(format!("{}/.search", r.endpoint), &json!({"schemas": [SEARCH], "count": 1}))));
            if cx.told.read_only {
                continue;
            }
            asks.push((format!("POST {}", r.endpoint), Ask::post(&r.endpoint, &cx.minimal(r))));
            // One of its own: it is changed where the check fails.
            let id = match cx.fresh(r).await {
                Ok(made) => made.id,
                Err(_) => cx.unknown_id(),
            };
            let path = Context::path(r, &id);
            asks.push((format!("GET {}/id", r.endpoint), Ask::get(&path)));
            asks.push((format!("PUT {}/id", r.endpoint), Ask::new(Method::PUT, &path).json(&cx.body(r))));
            let ops = json!({"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "externalId", "value": "x"}]});
            asks.push((format!("PATCH {}/id", r.endpoint), Ask::new(Method::PATCH, &path).json(&ops)));
            let gone = cx.create(r, cx.minimal(r)).await;
            let id = gone.map_or_else(|_| cx.unknown_id(), |made| made.id);
            asks.push((format!("DELETE {}/id", r.endpoint), Ask::new(Method::DELETE, Context::path(r, &id))));
        }
        if cx.announced("bulk") == Some(true) && !cx.told.read_only {
            let body = json!({"schemas": [crate::context::BULK], "Operations": [{"method": "GET", "path": "/Users"}]});
            asks.push(("POST /Bulk".to_owned(), Ask::post("/Bulk", &body)));
        }
        asks.push(("GET /Me".to_owned(), Ask::get("/Me")));
        asks.push(("POST /.search".to_owned(), Ask::post("/.search", &json!({"schemas": [SEARCH], "count": 1}))));
        let mut open = 0;
        for (what, ask) in asks {
            t.sub(what.as_str());
            let a = cx.send(ask.by(Credentials::None)).await?;
            let at_root = matches!(what.as_str(), "GET the base URL" | "GET /");
            if at_root && a.is_success() && member(a.doc(), "schemas").is_none() && a.resources().is_empty() {
                // A page for people, with no resources.
                t.must(true, &a, "");
            } else if a.is_success() {
                open += 1;
                t.must(false, &a, "status 401");
            } else if matches!(a.status, 404 | 405 | 501) || at_root && !a.is_success() {
                // The endpoint may not be there.
                t.must(true, &a, "");
            } else {
                let ok = a.status == 401;
                t.at(Level::Warning, ok, &a, "status 401");
            }
        }
        if open > 3 {
            return Err(Stop::Failed);
        }
    }

    "H-02" Error Must "RFC 7644 §2, RFC 9110 §11.6.1" ["H-01"]
    "A 401 has WWW-Authenticate with a scheme that the configuration announces."
    "Add WWW-Authenticate: Bearer (or what you use) to every 401."
    (cx, t) {
        needs_credentials(cx)?;
        let Some(r) = cx.types.first() else { return Ok(()) };
        let a = cx.send(Ask::get(&r.endpoint).query("count", "1").by(Credentials::None)).await?;
        if a.status != 401 {
            return Err(Stop::Blocked("H-01", a.in_short()));
        }
        let header = a.header("www-authenticate").unwrap_or_default().to_ascii_lowercase();
        if t.must(!header.is_empty(), &a, "a WWW-Authenticate header") {
            let schemes = cx.config.as_ref().map(|config| elements(member(config.doc(), "authenticationSchemes")).to_vec()).unwrap_or_default();
            let word = |kind: &str| match kind.to_ascii_lowercase().as_str() {
                "oauthbearertoken" | "oauth2" => Some("bearer"),
                "httpbasic" => Some("basic"),
                "httpdigest" => Some("digest"),
                _ => None,
            };
            let words: Vec<_> = schemes.iter().filter_map(|s| word(text(s, "type")?)).collect();
            let fits = words.is_empty() || words.iter().any(|word| header.contains(word));
            t.at(Level::Warning, fits, &a, format!("one of the announced schemes: {}", words.join(", ")));
        }
    }

    "H-03" Critical Must "RFC 7644 §2" ["H-01"]
    "A wrong token, an empty token, another scheme and a token in the query are refused."
    "Compare the whole token, and read it from the Authorization header only."
    (cx, t) {
        needs_credentials(cx)?;
        let Some(r) = cx.types.first() else { return Ok(()) };
        let own = cx.wire.authorization().unwrap_or_default().to_owned();
        let (scheme, token) = own.split_once(' ').unwrap_or(("Bearer", own.as_str()));
        let mut longer = own.clone();
        longer.push('x');
        let shorter = own.get(..own.len().saturating_sub(1)).unwrap_or_default().to_owned();
        let other = if scheme.eq_ignore_ascii_case("basic") { "Bearer" } else { "Basic" };
        let tries = [
            ("wrong token", Credentials::Header(format!("{scheme} wrong-{}", cx.label()))),
            ("empty token", Credentials::Header(format!("{scheme} "))),
            ("token with one letter more", Credentials::Header(longer)),
            ("token with one letter less", Credentials::Header(shorter)),
            ("other scheme", Credentials::Header("Negotiate abcdef".to_owned())),
            ("any name and password", Credentials::Header(format!("Basic {}", STANDARD.encode(format!("zt:{}", cx.label()))))),
            ("token under another scheme", Credentials::Header(format!("{other} {token}"))),
            ("a token that nobody signed", Credentials::Header(format!("Bearer {UNSIGNED}"))),
            ("token in other letter case", Credentials::Header(format!("{scheme} {}", in_other_case(token)))),
        ];
        for (what, by) in tries {
            if by == Credentials::Header(own.clone()) {
                continue;
            }
            t.sub(what);
            let a = cx.send(Ask::get(&r.endpoint).query("count", "1").by(by)).await?;
            t.must(!a.is_success(), &a, "status 401");
            if !a.is_success() {
                t.at(Level::Warning, matches!(a.status, 401 | 403 | 400), &a, "status 401");
            }
        }
        t.sub("token in the query");
        let ask = Ask::get(&r.endpoint).query("count", "1").query("access_token", token).by(Credentials::None);
        let a = cx.send(ask).await?;
        t.must(!a.is_success(), &a, "status 401");
    }

    "H-04" Warning Should "RFC 6750 §3" ["H-01"]
    "The 401 for a wrong bearer token says error=\"invalid_token\"."
    "If a token was sent, add error=\"invalid_token\" to WWW-Authenticate."
    (cx, t) {
        bearer(cx)?;
        let Some(r) = cx.types.first() else { return Ok(()) };
        let by = Credentials::Header(format!("Bearer wrong-{}", cx.label()));
        let a = cx.send(Ask::get(&r.endpoint).query("count", "1").by(by)).await?;
        if a.status != 401 {
            return Err(Stop::Blocked("H-03", a.in_short()));
        }
        let says = a.header("www-authenticate").is_some_and(|h| h.contains("invalid_token"));
        t.must(says, &a, "WWW-Authenticate with error=\"invalid_token\"");
    }

    "H-05" Warning Plain "RFC 9110 §11.1" ["H-01"]
    "The name of an authentication scheme has no letter case."
    "Compare the scheme in any letter case."
    (cx, t) {
        let own = bearer(cx)?.to_owned();
        let Some(r) = cx.types.first() else { return Ok(()) };
        let token = own.get(7..).unwrap_or_default();
        let by = Credentials::Header(format!("bearer {token}"));
        let a = cx.send(Ask::get(&r.endpoint).query("count", "1").by(by)).await?;
        t.must(a.is_success(), &a, "200, as with Bearer");
    }

    "H-06" Warning Must "RFC 7644 §7.2" []
    "Resources that are served over TLS are not served without TLS."
    "Close the port without TLS, or redirect without serving anything."
    (cx, t) {
        let Some(rest) = cx.wire.base.strip_prefix("https://") else {
            return Err(Stop::Skip("the base URL has no TLS".to_owned()));
        };
        if rest.starts_with("scim.example") || rest.split('/').next().is_some_and(|host| host.contains(':')) {
            return Err(Stop::Skip("there is no plain port beside it".to_owned()));
        }
        let url = format!("http://{rest}/ServiceProviderConfig");
        match cx.send(Ask::get(url).by(Credentials::None)).await {
            Err(Stop::Network(_)) => t.found(Level::Info, "no plain port", "the port without TLS does not respond"),
            Ok(a) => {
                t.must(!a.is_success(), &a, "a redirect, or no response");
            }
            Err(other) => return Err(other),
        }
    }

    "H-07" Critical Security "RFC 7644 §6" ["C-01"]
    "Another tenant can neither see, find nor change resources of the first tenant."
    "Restrict every lookup to the tenant of the credentials."
    (cx, t, r) {
        let Some(other) = cx.told.other_authorization.clone() else {
            return Err(Stop::Skip("there is no token of another tenant".to_owned()));
        };
        let made = cx.fresh(r).await?;
        let path = Context::path(r, &made.id);
        let by = || Credentials::Header(other.clone());
        let ops = json!({"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "externalId", "value": "x"}]});
        let asks = [
            ("GET", Ask::get(&path)),
            ("PATCH", Ask::new(Method::PATCH, &path).json(&ops)),
            ("PUT", Ask::new(Method::PUT, &path).json(&made.sent)),
            ("DELETE", Ask::new(Method::DELETE, &path)),
        ];
        for (what, ask) in asks {
            t.sub(what);
            let a = cx.send(ask.by(by())).await?;
            t.must(!a.is_success(), &a, "404 or 403");
        }
        t.sub("filter by id");
        let a = cx.send(Ask::get(&r.endpoint).query("filter", &format!("id eq {}", json!(made.id))).by(by())).await?;
        let none = a.resources().iter().all(|one| text(one, "id") != Some(made.id.as_str()));
        t.must(none, &a, "nothing is found");
        t.sub("afterwards");
        let a = cx.read(r, &made.id).await?;
        t.must(a.status == 200, &a, "the resource is still there");
    }

    "H-08" Warning Plain "RFC 7644 §7.4" ["H-01", "C-01"]
    "Without credentials, a client cannot find out whether a resource exists."
    "Return 401 before you look anything up."
    (cx, t, r) {
        needs_credentials(cx)?;
        let made = cx.shared(r).await?;
        let known = cx.send(Ask::get(Context::path(r, &made.id)).by(Credentials::None)).await?;
        let unknown = cx.send(Ask::get(Context::path(r, &cx.unknown_id())).by(Credentials::None)).await?;
        t.must(known.status == unknown.status, &unknown, format!("status {}, as for a resource that is there", known.status));
    }
}
