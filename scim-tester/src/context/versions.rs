//! Changes for a service provider that takes them for a version only: it responds with 428 if a request
//! has none (RFC 6585 §3), for the whole request or for an operation of a bulk request.

use std::sync::{Arc, atomic::Ordering};

use http::Method;
use serde_json::Value;

use crate::{
    json::{self, elements, member, set, text},
    stop::Stop,
    wire::{Answer, Ask, Credentials, Exchange, percent_decoded},
};

use super::Context;

/// What is refused without a version.
const REQUIRED: u16 = 428;

/// The version of what was read: of the header, or of `meta`.
fn version_of(read: &Answer) -> Option<String> {
    let of_meta = json::at(read.doc(), "meta/version").and_then(Value::as_str);
    let version = read.header("etag").or(of_meta)?;
    read.is_success().then(|| version.to_owned())
}

/// Whether a method changes a resource that is there.
fn changes(method: &str) -> bool {
    ["PUT", "PATCH", "DELETE"]
        .iter()
        .any(|one| one.eq_ignore_ascii_case(method))
}

/// An operation that names what the first request made by its id: in another request the `bulkId` is
/// unknown (RFC 7644 §3.7.2).
fn resolved(operation: &Value, results: &[Value]) -> Value {
    let mut whole = operation.to_string();
    for result in results {
        if let (Some(bulk_id), Some(location)) = (text(result, "bulkId"), text(result, "location"))
        {
            let id = percent_decoded(location.rsplit('/').next().unwrap_or_default());
            let quoted = |text: String| Value::from(text).to_string();
            whole = whole.replace(&quoted(format!("bulkId:{bulk_id}")), &quoted(id));
        }
    }
    serde_json::from_str(&whole).unwrap_or_else(|_| operation.clone())
}

impl Context {
    /// Sends again, with the versions that are there, what was refused because it named none. Nothing
    /// if nothing was, if it named one, or if it stands for a client that knows of none.
    pub(super) async fn with_versions(
        &self,
        check: &str,
        ask: Ask,
        first: &Answer,
    ) -> Option<Result<Answer, Stop>> {
        if ask.versionless || ask.credentials != Credentials::Own {
            return None;
        }
        if ask.method == Method::POST && ask.path.trim_end_matches('/').ends_with("/Bulk") {
            return self.bulk_with_versions(check, ask, first).await;
        }
        let has_one = ask
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("if-match"));
        if first.status != REQUIRED || has_one || !changes(ask.method.as_str()) {
            return None;
        }
        let version = self.version_at(check, &ask.path).await?;
        Some(self.wire.send(check, ask.header("if-match", version)).await)
    }

    /// The same for the operations of a bulk request: those that were refused are sent again, and their
    /// results take the place of the first ones.
    async fn bulk_with_versions(
        &self,
        check: &str,
        ask: Ask,
        first: &Answer,
    ) -> Option<Result<Answer, Stop>> {
        let results = elements(member(first.doc(), "Operations"));
        let is_refused =
            |result: &Value| member(result, "status").and_then(json::status) == Some(REQUIRED);
        if !results.iter().any(is_refused) {
            return None;
        }
        let mut body: Value = serde_json::from_slice(ask.body.as_deref()?).ok()?;
        let (mut places, mut again) = (Vec::new(), Vec::new());
        for (at, result) in results
            .iter()
            .enumerate()
            .filter(|(_, one)| is_refused(one))
        {
            let operations = elements(member(&body, "Operations"));
            // Results may come in any order; those of changes have a location (RFC 7644 §3.7.3).
            let location = text(result, "location").unwrap_or_default();
            let is_of = |operation: &&Value| {
                text(operation, "path").is_some_and(|path| location.ends_with(path))
                    && text(operation, "method").is_some_and(changes)
            };
            let Some(operation) = operations.iter().find(is_of).or(operations.get(at)) else {
                continue;
            };
            let path = text(operation, "path").filter(|path| path.starts_with('/'));
            if let (Some(path), None) = (path, member(operation, "version"))
                && let Some(version) = self.version_at(check, path).await
            {
                let mut operation = resolved(operation, results);
                set(&mut operation, "version", version.into());
                places.push(at);
                again.push(operation);
            }
        }
        if again.is_empty() {
            return None;
        }
        set(&mut body, "Operations", again.into());
        let second = match self.wire.send(check, ask.json(&body)).await {
            Ok(second) => second,
            Err(stop) => return Some(Err(stop)),
        };
        let done = elements(member(second.doc(), "Operations"));
        if done.len() != places.len() {
            return Some(Ok(second));
        }
        let mut all = results.to_vec();
        for (place, result) in places.into_iter().zip(done) {
            if let Some(old) = all.get_mut(place) {
                *old = result.clone();
            }
        }
        let mut doc = first.doc().clone();
        set(&mut doc, "Operations", all.into());
        Some(Ok(Arc::new(Exchange {
            json: Some(doc),
            ..(*second).clone()
        })))
    }

    async fn version_at(&self, check: &str, path: &str) -> Option<String> {
        let read = self.wire.send(check, Ask::get(path)).await.ok()?;
        let version = version_of(&read)?;
        self.needs_versions.store(true, Ordering::Relaxed);
        Some(version)
    }
}
