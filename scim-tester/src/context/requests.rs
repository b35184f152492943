//! The requests that a check sends.

use std::{sync::atomic::Ordering, time::Instant};

use http::Method;
use serde_json::{Value, json};

use crate::{
    json::{self, elements, member, text},
    resource_type::ResourceType,
    stop::{READ_ONLY, Stop},
    wire::{Answer, Ask, encoded, percent_decoded},
};

use super::{Context, PATCH_OP, states};

impl Context {
    pub(crate) async fn send(&self, ask: Ask) -> Result<Answer, Stop> {
        if self.stop.load(Ordering::Relaxed) || Instant::now() >= self.deadline {
            return Err(Stop::Ended);
        }
        self.send_anyway(ask).await
    }

    /// As [`send`](Self::send), also when the run is over: to clean up.
    pub(crate) async fn send_anyway(&self, ask: Ask) -> Result<Answer, Stop> {
        self.guard(&ask)?;
        let is_query = self.is_query(&ask);
        if is_query {
            self.until_lists_show_it().await;
        }
        let check = self.state().check.clone();
        let (method, path) = (ask.method.clone(), ask.path.clone());
        let touch = self.state().states.before(&ask, &self.ledger);
        for path in states::of_operations(&ask) {
            self.ledger.may_be_deleted(&path);
        }
        let again = ask.clone();
        let mut answer = self.wire.send(&check, ask).await;
        if let Ok(first) = &answer
            && let Some(second) = self.with_versions(&check, again, first).await
        {
            answer = second;
        }
        if !is_query && method != Method::GET {
            self.state().written = Some(Instant::now());
        }
        // A DELETE without a clear answer may have been done.
        let unclear = answer
            .as_ref()
            .map_or(true, |a| a.status >= 500 || a.status == 408);
        if method == Method::DELETE && unclear {
            self.ledger.may_be_deleted(&path);
        }
        self.state().states.after(&touch, answer.as_ref().ok());
        let answer = answer?;
        self.note_in_ledger(&method, &path, &answer);
        Ok(answer)
    }

    /// Whether it asks for a list of resources.
    fn is_query(&self, ask: &Ask) -> bool {
        let path = ask.path.trim_end_matches('/');
        let is_list = |path: &str| path.is_empty() || self.types.iter().any(|r| r.endpoint == path);
        path.ends_with("/.search") || ask.method == Method::GET && is_list(path)
    }

    /// Where lists are late, waits until they show what was written last.
    async fn until_lists_show_it(&self) {
        let lag = self.lag();
        if lag.is_zero() {
            return;
        }
        let written = self.state().written;
        let since = written.map_or(lag, |written| written.elapsed());
        tokio::time::sleep(lag.saturating_sub(since)).await;
    }

    /// Nothing but resources of the run is ever written to, and nothing is asked of another host: it would
    /// be told the credentials.
    fn guard(&self, ask: &Ask) -> Result<(), Stop> {
        if ask.path.contains("://") && !self.is_ours(&ask.path) {
            return Err(Stop::Guard(format!(
                "{} is not under the base URL",
                ask.path
            )));
        }
        // Such a segment leads elsewhere, encoded or not (RFC 3986 §5.2.4).
        let last = ask.path.rsplit('/').next().unwrap_or_default();
        if !ask.harmless
            && ask.method != Method::GET
            && matches!(percent_decoded(last).as_str(), "." | "..")
        {
            return Err(Stop::Guard(format!(
                "{} {} leads elsewhere",
                ask.method, ask.path
            )));
        }
        let reads = [Method::GET, Method::HEAD, Method::OPTIONS, Method::POST];
        if reads.contains(&ask.method) || ask.harmless {
            return Ok(());
        }
        match self.ledger.owns(&ask.path) {
            true => Ok(()),
            false => Err(Stop::Guard(format!(
                "{} {} is not a resource of this run",
                ask.method, ask.path
            ))),
        }
    }

    fn note_in_ledger(&self, method: &Method, path: &str, answer: &Answer) {
        if !answer.is_success() || answer.is_page() {
            return;
        }
        let path = path.trim_end_matches('/');
        if *method == Method::DELETE {
            self.ledger.was_deleted(path);
            return;
        }
        if *method == Method::PUT {
            // A whole collection, or a document of discovery, is no resource of the run.
            if let Some((endpoint, id)) = path.rsplit_once('/')
                && self
                    .types
                    .iter()
                    .any(|r| r.endpoint.eq_ignore_ascii_case(endpoint))
            {
                self.ledger.add(endpoint, &percent_decoded(id));
            }
            return;
        }
        if *method != Method::POST {
            return;
        }
        if path.ends_with("/Bulk") {
            for operation in elements(member(answer.doc(), "Operations")) {
                let made =
                    text(operation, "method").is_some_and(|m| m.eq_ignore_ascii_case("POST"));
                if let (true, Some(location)) = (made, text(operation, "location")) {
                    self.note_location(location);
                }
            }
            return;
        }
        let known = self
            .types
            .iter()
            .any(|r| r.endpoint.eq_ignore_ascii_case(path));
        match answer.id() {
            Some(id) if known => {
                let created = json::at(answer.doc(), "meta/created").and_then(Value::as_str);
                match answer.status {
                    201 => self.ledger.add_created(path, id, created),
                    // It may be one that was there.
                    _ if self.ledger.owns(&format!("{path}/{}", encoded(id))) => {
                        self.ledger.add(path, id);
                    }
                    _ => self.ledger.add_created(path, id, created),
                }
            }
            _ => {
                if let Some(location) = answer.header("location").filter(|_| known) {
                    self.note_location(location);
                }
            }
        }
    }

    fn note_location(&self, location: &str) {
        let Some((rest, id)) = location.rsplit_once('/') else {
            return;
        };
        // An endpoint may have several segments, and end as another one does.
        let is_at = |r: &&ResourceType| {
            rest.ends_with(&r.endpoint) || rest == r.endpoint.trim_start_matches('/')
        };
        let found = self.types.iter().filter(is_at);
        if let Some(r) = found.max_by_key(|r| r.endpoint.len()) {
            self.ledger.add(&r.endpoint, &percent_decoded(id));
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Answer, Stop> {
        self.send(Ask::get(path)).await
    }

    pub(crate) fn path(r: &ResourceType, id: &str) -> String {
        format!("{}/{}", r.endpoint, encoded(id))
    }

    pub(crate) async fn read(&self, r: &ResourceType, id: &str) -> Result<Answer, Stop> {
        if !self.works("R-01", r) {
            return Err(Stop::Blocked("R-01", "reading does not work".to_owned()));
        }
        self.get(&Self::path(r, id)).await
    }

    pub(crate) async fn list(
        &self,
        r: &ResourceType,
        query: &[(&str, &str)],
    ) -> Result<Answer, Stop> {
        self.send(Ask::get(&r.endpoint).queries(query)).await
    }

    pub(crate) async fn post(&self, r: &ResourceType, body: &Value) -> Result<Answer, Stop> {
        self.writes()?;
        self.send(Ask::post(&r.endpoint, body)).await
    }

    pub(crate) async fn put(
        &self,
        r: &ResourceType,
        id: &str,
        body: &Value,
    ) -> Result<Answer, Stop> {
        self.send(Ask::new(Method::PUT, Self::path(r, id)).json(body))
            .await
    }

    pub(crate) async fn patch(
        &self,
        r: &ResourceType,
        id: &str,
        operations: &Value,
    ) -> Result<Answer, Stop> {
        self.send(Self::patch_ask(r, id, operations)).await
    }

    pub(crate) fn patch_ask(r: &ResourceType, id: &str, operations: &Value) -> Ask {
        let body = json!({"schemas": [PATCH_OP], "Operations": operations});
        Ask::new(Method::PATCH, Self::path(r, id)).json(&body)
    }

    pub(crate) async fn delete(&self, r: &ResourceType, id: &str) -> Result<Answer, Stop> {
        self.send(Ask::new(Method::DELETE, Self::path(r, id))).await
    }

    /// Skips what writes where nothing may be written.
    pub(crate) fn writes(&self) -> Result<(), Stop> {
        match self.told.read_only {
            true => Err(Stop::Skip(READ_ONLY.to_owned())),
            false => Ok(()),
        }
    }
}
