//! What a check works with: the server, its types, and resources of the run.

pub(crate) mod fixture;
mod judging;
mod requests;
mod resources;
mod states;
mod versions;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use http::Method;
use serde_json::{Value, json};

use crate::{
    json::{self},
    ledger::Ledger,
    profile::Profile,
    resource_type::ResourceType,
    stop::Stop,
    trial::Rule,
    values::Maker,
    wire::{Answer, Ask, Wire},
};

pub(crate) const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
pub(crate) const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub(crate) const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
pub(crate) const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
#[cfg(feature = "program")]
pub(crate) const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
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

impl Borrowed {
    fn is_of(&self, other: &Self) -> bool {
        self.path == other.path && self.attribute == other.attribute
    }

    /// Whether an answer shows it as it was before.
    pub(crate) fn is_as_before(&self, read: &Answer) -> bool {
        let assigned = |value: &&Value| !value.is_null();
        let Some(attribute) = &self.attribute else {
            // When it was written is not for the run to put back.
            let of = |document: &Value| {
                let mut document = document.clone();
                json::remove(&mut document, "meta");
                document
            };
            return read.is_success()
                && self
                    .old
                    .as_ref()
                    .is_some_and(|old| of(old) == of(read.doc()));
        };
        let now = json::member(read.doc(), attribute).filter(assigned);
        read.is_success() && now == self.old.as_ref().filter(assigned)
    }

    /// The request that puts it back: a PATCH of the attribute, or a PUT of the whole.
    pub(crate) fn back(&self) -> Ask {
        let Some(attribute) = &self.attribute else {
            let old = self.old.clone().unwrap_or_default();
            return Ask::new(Method::PUT, &self.path).json(&old).foreign();
        };
        let operation = match &self.old {
            Some(old) => json!({"op": "replace", "path": attribute, "value": old}),
            None => json!({"op": "remove", "path": attribute}),
        };
        let body = json!({"schemas": [PATCH_OP], "Operations": [operation]});
        Ask::new(Method::PATCH, &self.path).json(&body).foreign()
    }
}

#[derive(Default)]
struct State {
    check: String,
    learned: BTreeMap<Rule, u16>,
    shared: BTreeMap<String, Option<Arc<Made>>>,
    fixtures: BTreeMap<String, Option<Arc<Fixture>>>,
    /// Checks, with the resource type or nothing, that failed so that dependants make no sense.
    broken: BTreeSet<(&'static str, String)>,
    states: states::States,
    /// Users who are nothing but members of groups.
    members: Vec<Made>,
    /// Resource types whose POST does not answer what GET does (C-03).
    own_answers: BTreeSet<String>,
    /// Types whose PATCH answers something else than what is read then.
    own_patches: BTreeSet<String>,
    /// What is not the run's, and has to be put back.
    borrowed: Vec<Borrowed>,
    /// When something was written for the last time.
    written: Option<Instant>,
}

/// What is not the run's, as it was before the run changed it: an attribute of a resource, or all of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Borrowed {
    pub(crate) path: String,
    pub(crate) attribute: Option<String>,
    pub(crate) old: Option<Value>,
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
    /// For how many milliseconds lists do not show what was written.
    lag: AtomicU64,
    /// Changes without `If-Match` are refused with 428 (RFC 6585 §3).
    needs_versions: AtomicBool,
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
            lag: AtomicU64::new(0),
            needs_versions: AtomicBool::new(false),
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

    /// Whether answers to PATCH are what is read then.
    pub(crate) fn trusts_patches(&self, r: &ResourceType) -> bool {
        self.trusts_answers(r) && !self.state().own_patches.contains(&r.name)
    }

    /// Notes that PATCH answers something else than GET, which X-01 says.
    pub(crate) fn distrust_patches(&self, r: &ResourceType) {
        self.state().own_patches.insert(r.name.clone());
    }

    /// Notes that POST answers something else than GET: what is stored is read then.
    pub(crate) fn distrust_posts(&self, r: &ResourceType) {
        let mut state = self.state();
        state.own_answers.insert(r.name.clone());
        state.shared.remove(&r.name);
    }

    /// For how long lists do not show what was written.
    pub(crate) fn lag(&self) -> Duration {
        Duration::from_millis(self.lag.load(Ordering::Relaxed))
    }

    /// Lists are so late; a little more is waited for.
    pub(crate) fn lags(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let millis = millis.saturating_add(millis / 10).saturating_add(1);
        self.lag.store(millis, Ordering::Relaxed);
    }

    /// Whether changes were refused with 428 until they had an `If-Match`.
    pub(crate) fn needs_versions(&self) -> bool {
        self.needs_versions.load(Ordering::Relaxed)
    }

    /// Remembers how it was, before it is changed, also in the record of the run: the first time counts.
    pub(crate) fn borrow(&self, path: &str, attribute: Option<&str>, old: Option<Value>) {
        let new = Borrowed {
            path: path.to_owned(),
            attribute: attribute.map(str::to_owned),
            old,
        };
        let mut state = self.state();
        if !state.borrowed.iter().any(|one| one.is_of(&new)) {
            self.ledger.borrowed(path, attribute, new.old.as_ref());
            state.borrowed.push(new);
        }
    }

    /// It is as it was.
    pub(crate) fn gave_back(&self, back: &Borrowed) {
        let borrowed = &mut self.state().borrowed;
        let before = borrowed.len();
        borrowed.retain(|one| !one.is_of(back));
        if borrowed.len() < before {
            self.ledger.gave_back(&back.path, back.attribute.as_deref());
        }
    }

    /// What is still to be put back.
    pub(crate) fn borrowed(&self) -> Vec<Borrowed> {
        self.state().borrowed.clone()
    }

    /// Users who are there to be members, and are not changed.
    pub(crate) fn members(&self) -> Vec<Made> {
        self.state().members.clone()
    }

    pub(crate) fn keep_members(&self, new: &[Made]) {
        self.state().members.extend_from_slice(new);
    }

    /// A resource as it was read, if nothing was written to it since.
    pub(crate) fn last_seen(&self, r: &ResourceType, id: &str) -> Option<Value> {
        self.state().states.of(&Self::path(r, id)).cloned()
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
}
