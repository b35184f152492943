//! A store in memory.

mod lists;
mod membership;
mod tables;
mod unique;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use scim_models::{Meta, Resource, Stored, value::Timestamp};

use self::{
    lists::{Lists, Snapshot},
    tables::{Entry, Tables},
};
use crate::{
    identifier::Identifiers,
    page::{Continuation, Found, Query, size},
    record::{Record, ServedType},
    refusal::{Refusal, Result},
    store::{Context, Store},
};

/// A store in memory. Cheap to clone; clones share the same resources.
///
/// ```
/// use scim_provider::{MemoryStore, ServiceProvider, scim_models::User};
///
/// let store = MemoryStore::with_counted_ids();        // or `new`, whose ids look random
/// let provider = ServiceProvider::builder(store.clone()).build();
/// # let _ = provider;
///
/// // What is in it, beside the requests.
/// let babs = store.seed(User::new("bjensen"))?;
/// assert!(store.seed(User::new("BJensen")).is_err_and(|taken| taken.status() == 409));
/// assert!(store.read::<User>(babs.id()).is_some_and(|user| user.user_name == "bjensen"));
/// store.set_own(Some(babs.id()));                     // `/Me`
/// assert_eq!((store.all::<User>().len(), store.len()), (1, 1));
/// store.clear();
/// assert!(store.is_empty());
/// # Ok::<(), scim_provider::Refusal>(())
/// ```
///
/// A user with a name, an `externalId` and two addresses takes about 3.4 KB, and 100,000 of them 330
/// MB. The time to create, read, change or delete one does not depend on how many there are. A filter
/// that no index can answer looks at every resource. The time to change a group grows with the number
/// of its members. Deleting one of the members takes far less.
///
/// It has indexes for `id`, unique attributes, `externalId` and the `value` of multi-valued
/// attributes. It keeps the results of queries until something is written, so that further pages
/// are cheap. A type with a `members` attribute is a group: the store fills in `$ref` and `type` of
/// its members. If the type of a member has the `readOnly` attribute `groups`, the store fills it
/// in with direct and indirect groups.
///
/// A version has two parts, one of them for `groups`. If only the `groups` of a resource change,
/// `If-None-Match` sees a new version, and `If-Match` still accepts the old one.
#[derive(Clone)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
}

/// One request at a time.
struct State {
    tables: Tables,
    lists: Lists,
    /// The id of the subject of `/Me`.
    me: Option<String>,
}

impl MemoryStore {
    /// Makes an empty store. Its ids look like random UUIDs.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Identifiers::Random, "https://scim.example/v2")
    }

    /// Makes an empty store whose ids are `1`, `2`, `3` and so on.
    #[must_use]
    pub fn with_counted_ids() -> Self {
        Self::with(Identifiers::Counter(0), "https://scim.example/v2")
    }

    pub(crate) fn with(identifiers: Identifiers, base: &str) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                tables: Tables::new(identifiers, base),
                lists: Lists::default(),
                me: None,
            })),
        }
    }

    /// A stored resource, with its secrets.
    #[must_use]
    pub fn read<R: Resource>(&self, id: &str) -> Option<Stored<R>> {
        let state = self.state();
        state
            .tables
            .entry(state.tables.number(id)?)?
            .record
            .stored()
            .cloned()
    }

    /// All resources of a type, in the order of their creation.
    #[must_use]
    pub fn all<R: Resource>(&self) -> Vec<Stored<R>> {
        let state = self.state();
        let records = state.tables.iter().map(|(_, entry)| &entry.record);
        records
            .filter_map(|record| record.stored().cloned())
            .collect()
    }

    /// The number of resources of all types.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state().tables.iter().count()
    }

    /// Returns whether there are no resources.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Stores a resource without a request. Its `readOnly` attributes are kept.
    ///
    /// # Errors
    /// A unique value is taken (409).
    pub fn seed<R: Resource>(&self, resource: R) -> Result<Stored<R>> {
        let stored = Stored::from_parts(String::new(), Meta::default(), resource);
        let kind = ServedType::of::<R>();
        let record = self.seed_record(&kind, Record::new(stored), Timestamp::now(), false)?;
        record.stored().cloned().ok_or_else(Refusal::internal)
    }

    /// Stores a record without a request, with what its `meta` says of its history if that is to
    /// be kept.
    pub(crate) fn seed_record(
        &self,
        kind: &ServedType,
        record: Record,
        now: Timestamp,
        keep_history: bool,
    ) -> Result<Record> {
        let mut state = self.state();
        let number = if keep_history {
            state.tables.restore(kind, record, now)?
        } else {
            state.tables.insert(kind, record, now)?
        };
        state.record(number)
    }

    /// An id that no resource has.
    pub(crate) fn reserve_id(&self) -> String {
        self.state().tables.reserve_id()
    }

    /// Removes all resources.
    pub fn clear(&self) {
        self.state().tables.clear();
    }

    /// Sets the id of the resource at `/Me` (RFC 7644 §3.11). With `None`, there is none.
    pub fn set_own(&self, id: Option<&str>) {
        self.state().me = id.map(str::to_owned);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_at(&self, context: &Context<()>) -> MutexGuard<'_, State> {
        let mut state = self.state();
        state.tables.rebase(context.base_url());
        state
    }
}

impl State {
    fn record(&self, number: u64) -> Result<Record> {
        let entry = self.tables.entry(number);
        entry
            .map(|entry| entry.record.clone())
            .ok_or_else(|| Refusal::not_found("the resource"))
    }

    fn number(&self, kind: &ServedType, id: &str) -> Result<u64> {
        let found = self.tables.find(kind, id);
        found
            .map(|(number, _)| number)
            .ok_or_else(|| Refusal::not_found(&format!("the resource {id}")))
    }
}

impl Store for MemoryStore {
    type Caller = ();

    async fn get(
        &self,
        context: &Context<()>,
        kind: &ServedType,
        id: &str,
    ) -> Result<Option<Record>> {
        let state = self.state_at(context);
        let (tables, base) = (&state.tables, context.base_url());
        let found = tables.find(kind, id);
        Ok(found.map(|(_, entry): (_, &Entry)| tables.translated(&entry.record, base)))
    }

    async fn insert(
        &self,
        context: &Context<()>,
        kind: &ServedType,
        record: Record,
    ) -> Result<Record> {
        let mut state = self.state_at(context);
        let number = state.tables.insert(kind, record, context.now())?;
        let stored = state.record(number)?;
        Ok(state.tables.translated(&stored, context.base_url()))
    }

    async fn update(
        &self,
        context: &Context<()>,
        kind: &ServedType,
        record: Record,
        expected: Option<&str>,
    ) -> Result<Record> {
        let mut state = self.state_at(context);
        let number = state.number(kind, record.id())?;
        state
            .tables
            .update(number, record, expected, context.now())?;
        let stored = state.record(number)?;
        Ok(state.tables.translated(&stored, context.base_url()))
    }

    async fn delete(
        &self,
        context: &Context<()>,
        kind: &ServedType,
        id: &str,
        expected: Option<&str>,
    ) -> Result<()> {
        let mut state = self.state_at(context);
        let number = state.number(kind, id)?;
        state.tables.remove(number, expected, context.now())
    }

    async fn find(&self, context: &Context<()>, query: &Query) -> Result<Found> {
        let mut state = self.state_at(context);
        let State { tables, lists, .. } = &mut *state;
        let kept = query.continuation().and_then(Continuation::get::<Snapshot>);
        let numbers = match kept.and_then(Snapshot::upgrade) {
            Some(numbers) => numbers,
            None => lists.find(tables, query)?,
        };
        let page = numbers
            .iter()
            .skip(size(query.start()))
            .take(size(query.count()))
            .filter_map(|number| {
                let record = &tables.entry(*number)?.record;
                Some(tables.translated(record, context.base_url()))
            });
        let found = Found::new(numbers.len() as u64, page.collect());
        Ok(if query.is_by_cursor() {
            found.with_continuation(Continuation::new(lists.keep(&numbers)))
        } else {
            found
        })
    }

    async fn new_id(&self, _: &Context<()>, _: &ServedType) -> Result<String> {
        Ok(self.reserve_id())
    }

    async fn me(&self, _: &Context<()>) -> Result<Option<String>> {
        Ok(self.state().me.clone())
    }

    async fn set_me(&self, _: &Context<()>, id: &str) -> Result<()> {
        self.set_own(Some(id));
        Ok(())
    }

    fn is_same_version(&self, asked: &str, current: &str) -> bool {
        tables::written(asked) == tables::written(current)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("resources", &self.len())
            .finish_non_exhaustive()
    }
}
