//! What a check works with: the server, its types, and resources of the run.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use http::Method;
use serde_json::{Value, json};

use crate::{
    check::{Level, READ_ONLY, Stop},
    json::{self, elements, member, text},
    ledger::Ledger,
    profile::Profile,
    resource_type::{Attr, ResourceType},
    trial::{Rule, Trial},
    values::{Fill, Maker},
    wire::{Answer, Ask, Wire, encoded, percent_decoded},
};

pub(crate) const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
pub(crate) const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub(crate) const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
pub(crate) const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
pub(crate) const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// A resource that was created.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) id: String,
    /// As the server has it.
    pub(crate) state: Value,
    /// What was sent.
    pub(crate) sent: Value,
    pub(crate) answer: Answer,
}

/// Resources that differ, for filters, sorting and paging.
#[derive(Debug, Default)]
pub(crate) struct Fixture {
    pub(crate) made: Vec<Made>,
    /// What their keys begin with.
    pub(crate) prefix: String,
}

#[derive(Default)]
struct State {
    check: String,
    learned: BTreeMap<Rule, u16>,
    shared: BTreeMap<String, Option<Arc<Made>>>,
    fixtures: BTreeMap<String, Option<Arc<Fixture>>>,
    /// Checks, with the resource type or nothing, that failed so that dependants make no sense.
    broken: BTreeSet<(&'static str, String)>,
    /// Resource types whose POST does not answer what GET does (C-03).
    own_answers: BTreeSet<String>,
}

/// What the run was told.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) profiles: Vec<Profile>,
    pub(crate) extra: BTreeMap<String, Value>,
    pub(crate) read_only: bool,
    pub(crate) large: bool,
    pub(crate) me: bool,
    pub(crate) other_authorization: Option<String>,
    pub(crate) max_wait: Duration,
}

/// Everything that checks share.
pub(crate) struct Context {
    pub(crate) wire: Wire,
    pub(crate) ledger: Ledger,
    pub(crate) maker: Maker,
    pub(crate) told: Told,
    pub(crate) types: Vec<ResourceType>,
    pub(crate) schemas: Vec<Value>,
    /// The answers of discovery, as far as there were some.
    pub(crate) config: Option<Answer>,
    pub(crate) types_answer: Option<Answer>,
    pub(crate) schemas_answer: Option<Answer>,
    counter: AtomicUsize,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) deadline: Instant,
    state: Mutex<State>,
}

impl Context {
    pub(crate) fn new(
        wire: Wire,
        ledger: Ledger,
        maker: Maker,
        told: Told,
        stop: Arc<AtomicBool>,
        deadline: Instant,
    ) -> Self {
        Self {
            wire,
            ledger,
            maker,
            told,
            types: Vec::new(),
            schemas: Vec::new(),
            config: None,
            types_answer: None,
            schemas_answer: None,
            counter: AtomicUsize::new(0),
            stop,
            deadline,
            state: Mutex::new(State::default()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        match self.state.lock() {
            Ok(state) => state,
            Err(poisoned) => poisoned.into_inner(),
        }
    }

    pub(crate) fn begin(&self, check: &str) {
        check.clone_into(&mut self.state().check);
    }

    /// Notes that what depends on a check makes no sense.
    pub(crate) fn broke(&self, check: &'static str, resource_type: &str) {
        self.state()
            .broken
            .insert((check, resource_type.to_owned()));
    }

    /// Whether what a check is for works, as far as it was seen.
    pub(crate) fn works(&self, check: &str, r: &ResourceType) -> bool {
        let state = self.state();
        let mut broken = state.broken.iter();
        !broken.any(|(id, name)| *id == check && (name.is_empty() || *name == r.name))
    }

    /// Whether answers to writes are what is read then.
    pub(crate) fn trusts_answers(&self, r: &ResourceType) -> bool {
        !self.state().own_answers.contains(&r.name)
    }

    /// Notes that POST answers something else than GET: what is stored is read then.
    pub(crate) fn distrust_posts(&self, r: &ResourceType) {
        let mut state = self.state();
        state.own_answers.insert(r.name.clone());
        state.shared.remove(&r.name);
    }

    pub(crate) fn has_profile(&self, profile: Profile) -> bool {
        self.told.profiles.contains(&profile)
    }

    /// A number that was not given out before.
    pub(crate) fn number(&self) -> usize {
        self.counter.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A text that was not given out before, with the marker.
    pub(crate) fn label(&self) -> String {
        self.maker.label(self.number())
    }

    /// An identifier that no resource has.
    pub(crate) fn unknown_id(&self) -> String {
        // Of the form that most servers use, so that they look for it.
        let digits = self.maker.marker.trim_start_matches("zt");
        let number = self.number();
        let id = format!("{digits:0>8.8}-0000-4000-8000-{number:012x}");
        self.ledger.invent(&id);
        id
    }

    // What the server says that it can do.

    pub(crate) fn announced(&self, feature: &str) -> Option<bool> {
        let config = self.config.as_ref()?.doc();
        json::at(config, &format!("{feature}/supported"))?.as_bool()
    }

    /// Skips unless the server says that it has this. Where it says nothing, it may have it.
    pub(crate) fn needs_feature(&self, feature: &str) -> Result<(), Stop> {
        match self.announced(feature) {
            Some(false) => Err(Stop::Skip(format!("{feature} is not announced"))),
            _ => Ok(()),
        }
    }

    pub(crate) fn type_named(&self, core: &str) -> Option<&ResourceType> {
        self.types.iter().find(|r| r.is_core(core))
    }

    pub(crate) fn need_type(&self, core: &str) -> Result<&ResourceType, Stop> {
        self.type_named(core)
            .ok_or_else(|| Stop::Skip(format!("there is no resource type {core}")))
    }

    // Requests.

    pub(crate) async fn send(&self, ask: Ask) -> Result<Answer, Stop> {
        if self.stop.load(Ordering::Relaxed) || Instant::now() >= self.deadline {
            return Err(Stop::Ended);
        }
        self.send_anyway(ask).await
    }

    /// As [`send`](Self::send), also when the run is over: to clean up.
    pub(crate) async fn send_anyway(&self, ask: Ask) -> Result<Answer, Stop> {
        self.guard(&ask)?;
        let check = self.state().check.clone();
        let (method, path) = (ask.method.clone(), ask.path.clone());
        let answer = self.wire.send(&check, ask).await?;
        self.note_in_ledger(&method, &path, &answer);
        Ok(answer)
    }

    /// Nothing but resources of the run is ever written to.
    fn guard(&self, ask: &Ask) -> Result<(), Stop> {
        let reads = [Method::GET, Method::HEAD, Method::OPTIONS, Method::POST];
        if reads.contains(&ask.method) || ask.harmless {
            return Ok(());
        }
        let id = ask.path.rsplit('/').next().unwrap_or_default();
        let id = percent_decoded(id);
        match self.ledger.owns(&id) {
            true => Ok(()),
            false => Err(Stop::Guard(format!(
                "{} {} is not a resource of this run",
                ask.method, ask.path
            ))),
        }
    }

    fn note_in_ledger(&self, method: &Method, path: &str, answer: &Answer) {
        if !answer.is_success() {
            return;
        }
        let path = path.trim_end_matches('/');
        if *method == Method::DELETE {
            if let Some(id) = path.rsplit('/').next() {
                self.ledger.was_deleted(&percent_decoded(id));
            }
            return;
        }
        if *method == Method::PUT {
            if let Some((endpoint, id)) = path.rsplit_once('/') {
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
            Some(id) if known => self.ledger.add(path, id),
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
        let endpoint = rest.rsplit('/').next().unwrap_or_default();
        if let Some(r) = self
            .types
            .iter()
            .find(|r| r.endpoint.trim_start_matches('/') == endpoint)
        {
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

    // Resources.

    fn with_extra(&self, r: &ResourceType, mut body: Value) -> Value {
        if let Some(extra) = self.told.extra.get(&r.name) {
            let label = text(&body, "externalId")
                .map(str::to_owned)
                .unwrap_or_else(|| self.label());
            json::merge(&mut body, &filled(extra, &label));
        }
        body
    }

    /// The least that can be created.
    pub(crate) fn minimal(&self, r: &ResourceType) -> Value {
        let body = self.maker.resource(r, self.number(), Fill::Required);
        self.with_extra(r, body)
    }

    /// All that can be written.
    pub(crate) fn maximal(&self, r: &ResourceType) -> Value {
        let body = self.maker.resource(r, self.number(), Fill::Everything);
        self.with_extra(r, body)
    }

    /// What most checks start from: each slot has a value.
    pub(crate) fn body(&self, r: &ResourceType) -> Value {
        let number = self.number();
        let label = self.maker.label(number);
        let mut body = self.with_extra(r, self.maker.resource(r, number, Fill::Required));
        for slot in [r.s(), r.s2()].into_iter().flatten() {
            slot.set(&mut body, format!("{label} Abc").into());
        }
        if let Some((_, slots)) = r.c() {
            for slot in slots.iter().take(2) {
                slot.set(
                    &mut body,
                    format!("{label} {}", slot.sub.as_deref().unwrap_or("")).into(),
                );
            }
        }
        if let Some(m) = r.m() {
            let (one, two) = Maker::kinds(m);
            let elements = [
                self.maker.element(m, &label, "one", &one),
                self.maker.element(m, &label, "two", &two),
            ];
            m.set(&mut body, Value::Array(elements.to_vec()));
        }
        if let Some(b) = r.b() {
            b.set(&mut body, true.into());
        }
        for slot in r.e_all().iter().take(2) {
            slot.set(&mut body, format!("{label} ext").into());
        }
        body
    }

    /// Creates it; that this works at all is C-01.
    pub(crate) async fn create(&self, r: &ResourceType, body: Value) -> Result<Made, Stop> {
        let answer = self.post(r, &body).await?;
        if !answer.is_success() {
            let why = format!("POST {} {}", r.endpoint, answer.in_short());
            return Err(Stop::Blocked("C-01", why));
        }
        self.made(r, body, answer).await
    }

    /// What an answer to a POST made.
    pub(crate) async fn made(
        &self,
        r: &ResourceType,
        sent: Value,
        answer: Answer,
    ) -> Result<Made, Stop> {
        let by_location = || {
            let location = answer.header("location")?;
            Some(percent_decoded(location.rsplit('/').next()?))
        };
        let Some(id) = answer.id().map(str::to_owned).or_else(by_location) else {
            return Err(Stop::Blocked("C-01", "a new resource has no id".to_owned()));
        };
        let is_own = self.state().own_answers.contains(&r.name);
        let state = match answer.id() {
            Some(_) if !is_own => answer.doc().clone(),
            _ => self.read(r, &id).await?.doc().clone(),
        };
        Ok(Made {
            id,
            state,
            sent,
            answer,
        })
    }

    /// A new resource with a value in each slot.
    pub(crate) async fn fresh(&self, r: &ResourceType) -> Result<Made, Stop> {
        let body = self.body(r);
        self.create(r, body).await
    }

    /// One that nobody changes.
    pub(crate) async fn shared(&self, r: &ResourceType) -> Result<Arc<Made>, Stop> {
        let known = self.state().shared.get(&r.name).cloned();
        if let Some(known) = known {
            return known
                .ok_or_else(|| Stop::Blocked("C-01", format!("no {} could be created", r.name)));
        }
        let made = self.fresh(r).await;
        if let Err(Stop::Ended | Stop::Skip(_) | Stop::Network(_)) = made {
            return made.map(Arc::new);
        }
        let made = made.map(Arc::new);
        self.state()
            .shared
            .insert(r.name.clone(), made.as_ref().ok().cloned());
        made
    }

    /// Resources that differ, created once.
    pub(crate) async fn fixture(&self, r: &ResourceType) -> Result<Arc<Fixture>, Stop> {
        let known = self.state().fixtures.get(&r.name).cloned();
        if let Some(known) = known {
            return known
                .ok_or_else(|| Stop::Blocked("C-01", format!("no {} could be created", r.name)));
        }
        let made = crate::fixture::make(self, r).await;
        if let Err(Stop::Ended | Stop::Skip(_) | Stop::Network(_)) = made {
            return made.map(Arc::new);
        }
        let made = made.map(Arc::new);
        self.state()
            .fixtures
            .insert(r.name.clone(), made.as_ref().ok().cloned());
        made
    }

    // Judging.

    /// That an answer is an error of this kind; what the check for this rule has reported already
    /// is not reported again.
    pub(crate) fn expect(&self, t: &mut Trial, check: &str, answer: &Answer, rule: Rule) -> bool {
        let right = rule.status();
        if answer.status == right {
            return t.must(true, answer, "");
        }
        if check == rule.owner() {
            if answer.status >= 300 || rule == Rule::Deleted && answer.is_success() {
                self.state().learned.entry(rule).or_insert(answer.status);
            }
        } else if self.state().learned.get(&rule) == Some(&answer.status) {
            return t.must(true, answer, "");
        }
        t.must(false, answer, format!("status {right}"))
    }

    /// That a request is refused with 400 and one of these keywords (none: any). Another 4xx is a
    /// warning.
    pub(crate) fn refused(&self, t: &mut Trial, answer: &Answer, keywords: &[&str]) -> bool {
        self.refused_at(t, answer, keywords, None)
    }

    /// As [`refused`](Self::refused); to be accepted has this level.
    pub(crate) fn refused_at(
        &self,
        t: &mut Trial,
        answer: &Answer,
        keywords: &[&str],
        accepted: Option<Level>,
    ) -> bool {
        let learned = self.state().learned.get(&Rule::BadRequest).copied();
        let expected = match keywords {
            [] => "status 400".to_owned(),
            _ => format!("status 400 with scimType {}", keywords.join(" or ")),
        };
        if answer.status == 400 || learned == Some(answer.status) {
            t.must(true, answer, "");
            if !keywords.is_empty() && answer.status == 400 {
                t.scim_type(answer, keywords, Level::Warning);
            }
            return true;
        }
        if answer.is_client_error() {
            t.at(Level::Warning, false, answer, expected);
            return true;
        }
        match accepted {
            Some(level) if answer.is_success() => t.at(level, false, answer, expected),
            _ => t.must(false, answer, expected),
        }
    }

    /// The ids of the run's resources among those of a list.
    pub(crate) fn ids(answer: &Answer) -> BTreeSet<String> {
        let ids = answer.resources().iter().filter_map(|one| text(one, "id"));
        ids.map(str::to_owned).collect()
    }

    /// What a filter finds, in one page or several.
    pub(crate) async fn find(
        &self,
        r: &ResourceType,
        filter: &str,
    ) -> Result<(Answer, Vec<Value>), Stop> {
        let answer = self.list(r, &[("filter", filter)]).await?;
        let mut all = answer.resources().to_vec();
        let total = answer.total().unwrap_or(0);
        let mut guard = 0;
        while answer.is_success()
            && !all.is_empty()
            && i64::try_from(all.len()).unwrap_or(i64::MAX) < total.min(400)
            && guard < 40
        {
            guard += 1;
            let start = (all.len() + 1).to_string();
            let next = self
                .list(r, &[("filter", filter), ("startIndex", &start)])
                .await?;
            let known: BTreeSet<_> = all
                .iter()
                .filter_map(|one| text(one, "id").map(str::to_owned))
                .collect();
            let before = all.len();
            let new = next
                .resources()
                .iter()
                .filter(|one| text(one, "id").is_none_or(|id| !known.contains(id)));
            all.extend(new.cloned());
            if all.len() == before {
                break;
            }
        }
        Ok((answer, all))
    }

    /// Waits until clocks that count seconds have moved on.
    pub(crate) async fn next_second(&self) {
        tokio::time::sleep(Duration::from_millis(1100).min(self.told.max_wait)).await;
    }

    /// A name for what is sent in place of a resource's own value.
    pub(crate) fn changed(&self, attr: &Attr) -> Value {
        let label = self.label();
        self.maker
            .simple(attr, &attr.name, &label, 1)
            .unwrap_or_else(|| label.into())
    }

    /// Resolves a location against the base URL: absolute, or relative to the service root
    /// (RFC 7643 §2.3.7).
    pub(crate) fn resolve(&self, location: &str) -> String {
        if location.contains("://") {
            return location.to_owned();
        }
        if let Some(rest) = location.strip_prefix('/') {
            // An absolute path, or a path below the base URL.
            let origin_end = self.wire.base.find("://").map_or(0, |at| at + 3);
            let path_start = self
                .wire
                .base
                .get(origin_end..)
                .and_then(|rest| rest.find('/'));
            if let Some((origin, path)) =
                path_start.and_then(|at| self.wire.base.split_at_checked(origin_end + at))
                && location.starts_with(path)
            {
                return format!("{origin}{location}");
            }
            return format!("{}/{rest}", self.wire.base);
        }
        format!("{}/{}", self.wire.base, location.trim_start_matches("../"))
    }

    /// Whether a URL is under the base URL.
    pub(crate) fn is_ours(&self, url: &str) -> bool {
        url.strip_prefix(&self.wire.base)
            .is_some_and(|rest| rest.starts_with('/'))
    }
}

/// `{marker}` replaced in all texts.
pub(crate) fn filled(extra: &Value, label: &str) -> Value {
    match extra {
        Value::String(text) => text.replace("{marker}", label).into(),
        Value::Array(values) => values.iter().map(|value| filled(value, label)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, label)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}
