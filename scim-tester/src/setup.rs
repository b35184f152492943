//! Before the first check: what the server says of itself, and whether it can be reached.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    context::{Context, Made},
    json::{self, contains, member, text},
    oracle,
    resource_type::{Kind, ResourceType},
    stop::Stop,
    values::{Fill, referents},
    wire::Answer,
};

/// Reads discovery, and makes the resource types of it. Gives the reason if the server cannot be
/// talked to at all.
pub(crate) async fn discover(cx: &mut Context, only: &[String]) -> Option<String> {
    cx.begin("set-up");
    let mut answers = Vec::new();
    for path in ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"] {
        match cx.get(path).await {
            Ok(answer) => answers.push(answer),
            Err(Stop::Network(why)) => {
                if cx.wire.given_up().is_some() {
                    return Some(format!("no response: {why}"));
                }
            }
            Err(_) => return Some("the run ended before it began".to_owned()),
        }
    }
    // A server that has no discovery may still have users.
    let mut seen = answers.clone();
    let nothing = answers.iter().all(|answer| answer.status == 404);
    if nothing || !answers.iter().any(is_scim) {
        match cx
            .send(crate::wire::Ask::get("/Users").query("count", "1"))
            .await
        {
            Ok(answer) if is_scim(&answer) && !(nothing && answer.status == 404) => {}
            Ok(answer) => {
                seen.push(answer);
                return Some(unusable(&seen));
            }
            Err(Stop::Network(why)) => return Some(format!("no response: {why}")),
            Err(_) => return Some("the run ended before it began".to_owned()),
        }
    }
    let by_path = |path: &str| {
        let url = format!("{}{path}", cx.wire.base);
        answers
            .iter()
            .find(|answer| answer.url.split('?').next() == Some(url.as_str()))
            .cloned()
    };
    cx.config = by_path("/ServiceProviderConfig").filter(|answer| answer.is_success());
    cx.types_answer = by_path("/ResourceTypes");
    cx.schemas_answer = by_path("/Schemas");
    let (bundled_schemas, bundled_types) = oracle::bundled();
    let listed = |answer: &Option<Answer>| -> Vec<Value> {
        let Some(answer) = answer.as_ref().filter(|answer| answer.is_success()) else {
            return Vec::new();
        };
        match answer.doc() {
            Value::Array(elements) => elements.clone(),
            _ => answer.resources().to_vec(),
        }
    };
    cx.schemas = listed(&cx.schemas_answer);
    if let Some(total) = cx.schemas_answer.as_ref().and_then(|answer| answer.total()) {
        more_pages(cx, "/Schemas", total).await;
    }
    if cx.schemas.is_empty() {
        cx.schemas = bundled_schemas;
    }
    let mut types = listed(&cx.types_answer);
    if types.is_empty() {
        types = bundled_types;
    }
    let read = types
        .iter()
        .filter_map(|document| ResourceType::read(document, &cx.schemas, &cx.wire.base));
    let read: Vec<_> = read.collect();
    if let Some(why) = unknown_type(only, &read) {
        return Some(why);
    }
    cx.types = read
        .into_iter()
        .filter(|r| only.is_empty() || only.iter().any(|name| name.eq_ignore_ascii_case(&r.name)))
        // What discovery itself is made of cannot be created.
        .filter(|r| {
            ![
                "/Schemas",
                "/ResourceTypes",
                "/ServiceProviderConfig",
                "/Me",
                "/Bulk",
            ]
            .contains(&r.endpoint.as_str())
                && !r.attrs.is_empty()
        })
        .collect();
    if let Some(why) = only_discovery(cx).await {
        return Some(why);
    }
    if !cx.told.read_only {
        for at in 0..cx.types.len() {
            find_referents(cx, at).await;
            find_lost(cx, at).await;
            find_defaults(cx, at).await;
            let made = find_filled_in(cx, at).await;
            if let Some(made) = made.filter(|_| cx.lag().is_zero()) {
                find_lag(cx, at, &made).await;
            }
        }
    }
    None
}

/// Creates one resource of each type that a resource of this type must refer to.
async fn find_referents(cx: &mut Context, at: usize) {
    let Some(r) = cx.types.get(at) else { return };
    let required = r
        .attrs
        .iter()
        .filter(|attr| attr.required && attr.is_writable());
    let names: BTreeSet<_> = required
        .flat_map(referents)
        .map(str::to_ascii_lowercase)
        .collect();
    for name in names {
        let other = cx.types.iter().find(|other| {
            other.name.eq_ignore_ascii_case(&name) && !other.name.eq_ignore_ascii_case(&r.name)
        });
        if let (Some(other), false) = (other, cx.maker.known.contains_key(&name))
            && let Ok(made) = cx.create(other, cx.minimal(other)).await
        {
            let location = json::at(&made.state, "meta/location").and_then(Value::as_str);
            let location = location.unwrap_or(&made.id).to_owned();
            cx.maker.known.insert(name, (made.id, location));
        }
    }
}

/// A name that is no resource type's must not look like a type without faults.
fn unknown_type(only: &[String], types: &[ResourceType]) -> Option<String> {
    let is = |name: &&String| !types.iter().any(|r| name.eq_ignore_ascii_case(&r.name));
    let unknown = only.iter().find(is)?;
    let there: Vec<_> = types.iter().map(|r| r.name.as_str()).collect();
    Some(format!(
        "there is no resource type {unknown}: the server has {}",
        there.join(", ")
    ))
}

/// Lists may be late: a search engine behind them sees what is written after a while. Measures for how
/// long a new resource is not found, so that others need not wonder.
async fn find_lag(cx: &Context, at: usize, made: &Made) {
    let Some(r) = cx.types.get(at) else { return };
    let Some((key, value)) = r
        .key()
        .and_then(|key| Some((key.path(), key.of(&made.state)?.clone())))
    else {
        return;
    };
    if cx.announced("filter") == Some(false) {
        return;
    }
    let filter = format!("{key} eq {value}");
    let begun = Instant::now();
    for pause in [0, 20, 40, 80, 160, 320, 640] {
        tokio::time::sleep(Duration::from_millis(pause).min(cx.told.max_wait)).await;
        let Ok(answer) = cx.list(r, &[("filter", &filter)]).await else {
            return;
        };
        if !answer.is_success() {
            return;
        }
        if Context::ids(&answer).contains(&made.id) {
            if pause > 0 {
                cx.lags(begun.elapsed());
            }
            return;
        }
    }
}

/// Some service providers page their schemas.
async fn more_pages(cx: &mut Context, path: &str, total: i64) {
    let mut guard = 0;
    while i64::try_from(cx.schemas.len()).unwrap_or(i64::MAX) < total.min(500) && guard < 20 {
        guard += 1;
        let start = (cx.schemas.len() + 1).to_string();
        let ask = crate::wire::Ask::get(path).query("startIndex", &start);
        let Ok(answer) = cx.send(ask).await else {
            return;
        };
        let known: Vec<_> = cx
            .schemas
            .iter()
            .filter_map(|one| text(one, "id").map(str::to_owned))
            .collect();
        let new: Vec<_> = answer
            .resources()
            .iter()
            .filter(|one| text(one, "id").is_some_and(|id| !known.iter().any(|k| k == id)))
            .cloned()
            .collect();
        if new.is_empty() {
            return;
        }
        cx.schemas.extend(new);
    }
}

/// Discovery may be public, or be files beside a service that does not work: whether nothing else
/// answers as a service provider does.
async fn only_discovery(cx: &Context) -> Option<String> {
    let mut seen = Vec::new();
    for r in &cx.types {
        let ask = crate::wire::Ask::get(&r.endpoint).query("count", "1");
        let answer = cx.send(ask).await.ok()?;
        if is_scim(&answer) && answer.status != 401 {
            return None;
        }
        seen.push(answer);
    }
    let first = seen.first()?.in_short();
    if seen.iter().all(|answer| answer.status == 401) {
        return Some(format!(
            "every request but those for discovery is refused: the credentials are missing or wrong (the first: {first})"
        ));
    }
    // Who cannot list may still create.
    if !cx.told.read_only {
        for r in &cx.types {
            let answer = cx.post(r, &cx.minimal(r)).await.ok()?;
            // Who refuses a resource for a reason has looked at it; and who answers everything alike has not.
            let is_other = seen.iter().any(|one| one.status != answer.status);
            let refused =
                matches!(answer.status, 400 | 403 | 405 | 409) && answer.is_object() && is_other;
            if is_scim(&answer) || answer.id().is_some() || refused {
                return None;
            }
            seen.push(answer);
        }
    }
    Some(format!(
        "discovery works, and nothing else does: {}",
        unusable(&seen)
    ))
}

fn is_scim(answer: &Answer) -> bool {
    let document = answer.doc();
    answer.status < 500
        && document.is_object()
        && (member(document, "schemas").is_some() || member(document, "Resources").is_some())
        || answer.is_success() && document.is_array()
}

/// One sentence for a server that does not speak SCIM.
fn unusable(answers: &[Answer]) -> String {
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    let same = |test: fn(u16) -> bool| statuses.iter().all(|status| test(*status));
    let shown = answers
        .first()
        .map(|answer| answer.in_short())
        .unwrap_or_default();
    let what = match () {
        () if same(|status| status == 401 || status == 403) => {
            "every request is refused: the credentials are missing or wrong"
        }
        () if same(|status| matches!(status, 429 | 503)) => {
            "every request returns 429 or 503: the server asks to try again later"
        }
        () if same(|status| status >= 500) => "every request results in a server error",
        () if same(|status| (300..400).contains(&status)) => {
            "every request is redirected: is the base URL right?"
        }
        () if same(|status| status == 404) => {
            "every request returns 404: is the path of the base URL right?"
        }
        () => "no response is a SCIM message",
    };
    format!("{what} (the first: {shown})")
}

/// Creates one resource without the free texts that checks would use, and remembers which of them
/// have a value nevertheless: a name that is made of others, or a default.
async fn find_filled_in(cx: &mut Context, at: usize) -> Option<Made> {
    let r = cx.types.get(at)?;
    let key = r.key().map(|key| key.path());
    let free: Vec<_> = r
        .attrs
        .iter()
        .filter(|attr| {
            attr.urn.is_none()
                && attr.kind == Kind::Text
                && !attr.multi
                && attr.is_plain()
                && !attr.required
                && Some(attr.path()) != key
        })
        .cloned()
        .collect();
    let mut body = cx.maximal(r);
    for attr in r.attrs.iter().filter(|attr| r.is_lost(&attr.path())) {
        attr.slot().clear(&mut body);
    }
    for attr in &free {
        attr.slot().clear(&mut body);
    }
    let made = cx.create(r, body).await.ok()?;
    let filled_in = free
        .iter()
        .filter(|attr| attr.of(&made.state).is_some())
        .map(crate::resource_type::Attr::path)
        .collect();
    if let Some(r) = cx.types.get_mut(at) {
        r.filled_in = filled_in;
    }
    Some(made)
}

/// Creates the least that can be created, and remembers what has a value all the same: what is taken away
/// comes back with its default.
async fn find_defaults(cx: &mut Context, at: usize) {
    let Some(r) = cx.types.get(at) else { return };
    let Ok(made) = cx.create(r, cx.minimal(r)).await else {
        return;
    };
    // The answer to a POST may be short.
    let Ok(read) = cx.read(r, &made.id).await else {
        return;
    };
    let mut defaulted: BTreeSet<_> = r
        .attrs
        .iter()
        .filter(|attr| attr.of(&made.sent).is_none() && attr.of(read.doc()).is_some())
        .map(crate::resource_type::Attr::path)
        .collect();
    if member(&made.sent, "externalId").is_none() && text(read.doc(), "externalId").is_some() {
        defaulted.insert("externalId".to_owned());
    }
    if let Some(r) = cx.types.get_mut(at) {
        r.defaulted = defaulted;
    }
}

/// Creates one resource with everything, and remembers what was not kept: C-06 reports it, and
/// other checks do without.
async fn find_lost(cx: &mut Context, at: usize) {
    let Some(r) = cx.types.get(at) else { return };
    let body = cx.maker.resource(r, cx.number(), Fill::Everything);
    let mut lost = Vec::new();
    match cx.create(r, body.clone()).await {
        Ok(made) => {
            for attr in r.attrs.iter().filter(|attr| attr.is_plain()) {
                if let Some(sent) = attr.of(&body)
                    && !attr
                        .of(&made.state)
                        .is_some_and(|kept| contains(kept, sent, false))
                {
                    lost.push(attr.path());
                }
            }
            if text(&made.state, "externalId") != text(&body, "externalId") {
                lost.push("externalId".to_owned());
            }
        }
        Err(Stop::Blocked(..)) => {
            // Which attribute it was is for C-06 to say; what is common is tried one by one.
            let minimal = cx.minimal(r);
            for attr in r
                .attrs
                .iter()
                .filter(|attr| attr.is_plain() && !attr.required)
            {
                let Some(value) = attr.of(&body) else {
                    continue;
                };
                let mut one = minimal.clone();
                if let Some(key) = r.key() {
                    key.set(&mut one, cx.maker.key(&key.name, &cx.label()));
                }
                attr.set(&mut one, value.clone());
                let kept = match cx.create(r, one).await {
                    Ok(made) => attr
                        .of(&made.state)
                        .is_some_and(|kept| contains(kept, value, false)),
                    Err(_) => false,
                };
                if !kept {
                    lost.push(attr.path());
                }
                if cx.wire.given_up().is_some() {
                    break;
                }
            }
        }
        Err(_) => {}
    }
    // The key must stay, or nothing could be found again.
    let key = cx
        .types
        .get(at)
        .and_then(ResourceType::key)
        .map(|key| key.path());
    lost.retain(|path| Some(path) != key.as_ref());
    if let Some(r) = cx.types.get_mut(at) {
        r.lose(&lost);
    }
}
