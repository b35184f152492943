//! Where a service provider keeps its resources.

mod found;

use std::{fmt, future::Future, sync::Arc};

use scim_models::{
    attribute_path::AttributePath,
    evaluate,
    filter::{Filter, FilterOptions},
    internal::percent,
    message::{SearchRequest, SortOrder},
    value::{DateTime, Timestamp},
};

use crate::{
    precondition, query,
    record::{Record, ServedType},
    refusal::{Refusal, Result},
};
pub use found::{Continuation, Found};

/// Where a [`ServiceProvider`](crate::ServiceProvider) keeps its resources: the part of a service
/// provider that is not SCIM.
///
/// Requests are read, checked and answered by the service provider; what comes here is a resource
/// that keeps the rules, with `meta` filled in. Many calls run at the same time, so that each has to
/// be one step: `update` and `delete` compare the version and write in one statement or
/// transaction.
///
/// Errors are what the client is told: [`Refusal::taken`], [`Refusal::version_conflict`],
/// [`Refusal::not_found`], or [`Refusal::internal`] where the storage failed.
///
#[doc = include_str!("store/example.md")]
pub trait Store: Send + Sync + 'static {
    /// Who asks, as the service provider's authentication found out: a tenant, perhaps with
    /// rights. `()` where all see the same. Every method is told, and shows and changes only what
    /// is this caller's.
    type Caller: Clone + PartialEq + Send + Sync + 'static;

    /// The resource with this id; `None` if there is none of this type.
    fn get(
        &self,
        context: &Context<Self::Caller>,
        kind: &ServedType,
        id: &str,
    ) -> impl Future<Output = Result<Option<Record>>> + Send;

    /// Stores a new resource, and gives it as it is stored. [`Record::ensure_id`] gives it an id,
    /// unless it has one that [`new_id`](Self::new_id) reserved.
    ///
    /// # Errors
    /// A unique value is taken ([`Refusal::taken`]).
    fn insert(
        &self,
        context: &Context<Self::Caller>,
        kind: &ServedType,
        record: Record,
    ) -> impl Future<Output = Result<Record>> + Send;

    /// Puts a new state of a resource in place of the old one, if the stored one has the version
    /// `expected`, and gives it as it is stored. The new version is that of `record`, or another
    /// that the store gives it.
    ///
    /// # Errors
    /// It is not there, has another version ([`Refusal::version_conflict`]), or a unique value is
    /// taken.
    fn update(
        &self,
        context: &Context<Self::Caller>,
        kind: &ServedType,
        record: Record,
        expected: Option<&str>,
    ) -> impl Future<Output = Result<Record>> + Send;

    /// Removes a resource, if it has the version `expected`, or whatever it has.
    ///
    /// # Errors
    /// It is not there, or has another version ([`Refusal::version_conflict`]).
    fn delete(
        &self,
        context: &Context<Self::Caller>,
        kind: &ServedType,
        id: &str,
        expected: Option<&str>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The resources that a query finds: filtered, sorted, one page of them, and how many there are
    /// in all. [`Query::select`] does all of it for a store that cannot, [`Query::filtered`] and
    /// [`Query::page`] parts of it.
    ///
    /// # Errors
    /// The filter cannot be answered.
    fn find(
        &self,
        context: &Context<Self::Caller>,
        query: &Query,
    ) -> impl Future<Output = Result<Found>> + Send;

    /// Reserves an id for a resource that others in the same bulk request refer to. A random one,
    /// unless the store has its own kind.
    ///
    /// # Errors
    /// There is none to be had.
    fn new_id(
        &self,
        _context: &Context<Self::Caller>,
        _kind: &ServedType,
    ) -> impl Future<Output = Result<String>> + Send {
        async { Ok(crate::identifier::random()) }
    }

    /// The id of the caller's own resource (RFC 7644 §3.11); `None` if the caller has none yet.
    ///
    /// # Errors
    /// There is no `/Me` here (501), which is so unless a store says otherwise.
    fn me(
        &self,
        _context: &Context<Self::Caller>,
    ) -> impl Future<Output = Result<Option<String>>> + Send {
        async { Err(Refusal::not_offered("/Me")) }
    }

    /// Takes note that the resource with this id is the caller's own: it was created by a POST to
    /// `/Me`. Asked only where [`me`](Self::me) gave `None`, or the id of what is not there.
    ///
    /// # Errors
    /// It cannot be noted: another request may have come first. Then the resource is deleted again.
    fn set_me(
        &self,
        _context: &Context<Self::Caller>,
        _id: &str,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Err(Refusal::not_offered("/Me")) }
    }

    /// Fills in what follows from other resources, such as `groups`, before resources are
    /// answered: all those of one response at once, so that one statement can do. See
    /// [`derived`](crate::derived).
    ///
    /// Filters and `sortBy` can ask for these, too, and [`find`](Self::find) comes before this. A
    /// store that evaluates here completes its records before [`Query::filtered`], or refuses such
    /// a filter; else nothing is found where there is something.
    ///
    /// # Errors
    /// It cannot be found out.
    fn complete(
        &self,
        _context: &Context<Self::Caller>,
        _records: &mut [Record],
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Whether a client that asks for the version `asked` may change what has the version
    /// `current`. As RFC 9110 §8.8.3.2 compares weakly, unless a store's versions say more.
    fn is_same_version(&self, asked: &str, current: &str) -> bool {
        precondition::is_same_version(asked, current)
    }
}

/// What a store is told of a request.
#[derive(Clone)]
pub struct Context<C> {
    caller: C,
    base: Arc<str>,
    now: Timestamp,
}

impl<C> Context<C> {
    /// One for a caller, at a time, of the service provider whose base URL is `base`.
    pub fn new(caller: C, base: &str, now: Timestamp) -> Self {
        Self {
            caller,
            base: base.trim_end_matches('/').into(),
            now,
        }
    }

    /// Who asks.
    pub fn caller(&self) -> &C {
        &self.caller
    }

    /// The base URL, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// When the request came.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// When the request came, as resources write it.
    pub fn date_time(&self) -> DateTime {
        DateTime::from_unix(self.now.unix_seconds(), self.now.subsec_nanos())
    }

    /// Gives a record a new version, and `meta.lastModified`: for a store that changes another
    /// resource than the one that it is asked to. The version follows on the old one, which was
    /// made here, or is a random one.
    pub fn touch(&self, record: &mut Record) {
        let version = next_version(record.version());
        let meta = record.meta_mut();
        meta.last_modified = Some(self.date_time());
        meta.version = Some(version);
    }

    /// The URL of a resource.
    pub fn location(&self, kind: &ServedType, id: &str) -> String {
        format!("{}/{}/{}", self.base, kind.path(), percent::encode(id))
    }
}

pub(crate) fn version(number: u64) -> String {
    format!("W/\"{number}\"")
}

/// The version that follows on another: the next number, if it is one that was made here.
fn next_version(old: Option<&str>) -> String {
    let number = old
        .and_then(|old| old.strip_prefix("W/\"")?.strip_suffix('"'))
        .and_then(|number| number.parse::<u64>().ok());
    match number.and_then(|number| number.checked_add(1)) {
        Some(number) => version(number),
        None => format!("W/\"{}\"", crate::identifier::random()),
    }
}

/// Without the caller.
impl<C> fmt::Debug for Context<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("base", &self.base)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// What a store is asked for: the resources of one type or of several, which of them, in which
/// order, and which part of the list. Its filters and its order were checked against the types.
#[derive(Clone)]
pub struct Query {
    parts: Vec<(ServedType, Option<Filter>)>,
    sort_by: Option<AttributePath>,
    sort_order: SortOrder,
    start: u64,
    count: u64,
    continuation: Option<Continuation>,
    is_by_cursor: bool,
    options: FilterOptions,
}

impl Query {
    /// What a request asks for of these types: its filter, its order, and its first page of `count`
    /// resources.
    ///
    /// # Errors
    /// The filter or the order is none for a type, or the filter is longer than 64 KiB (400).
    pub fn new(
        types: &[ServedType],
        request: &SearchRequest,
        count: u64,
        options: &FilterOptions,
    ) -> Result<Self> {
        Ok(Self {
            parts: query::parts(types, request, options)?,
            sort_by: request.sort_by.clone(),
            sort_order: request.sort_order.unwrap_or_default(),
            start: 0,
            count,
            continuation: None,
            is_by_cursor: request.cursor.is_some(),
            options: *options,
        })
    }

    pub(crate) fn at(mut self, start: u64, continuation: Option<Continuation>) -> Self {
        self.start = start;
        self.continuation = continuation;
        self
    }

    /// As one of the pages of a cursor.
    pub(crate) fn by_cursor(mut self) -> Self {
        self.is_by_cursor = true;
        self
    }

    /// Whether the following pages may be asked for by a cursor (RFC 9865), so that what is noted
    /// for them is not in vain ([`Found::with_continuation`]).
    #[must_use]
    pub fn is_by_cursor(&self) -> bool {
        self.is_by_cursor
    }

    /// The types that are asked, each with the filter as it is meant for that type.
    pub fn parts(&self) -> impl Iterator<Item = (&ServedType, Option<&Filter>)> {
        self.parts
            .iter()
            .map(|(kind, filter)| (kind, filter.as_ref()))
    }

    /// Whether one type is asked, so that the page can be cut where its resources are.
    #[must_use]
    pub fn is_of_one_type(&self) -> bool {
        self.parts.len() == 1
    }

    /// What the list is sorted by. Without it, the order is the store's own, and the same for each
    /// page.
    #[must_use]
    pub fn sort_by(&self) -> Option<&AttributePath> {
        self.sort_by.as_ref()
    }

    /// In which direction.
    #[must_use]
    pub fn sort_order(&self) -> SortOrder {
        self.sort_order
    }

    /// How many resources of the list come before the page: `startIndex` less one.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.start
    }

    /// The most resources that the page may have; 0 asks for the total alone.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// What the store noted with an earlier page of the same cursor (RFC 9865).
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        self.continuation.as_ref()
    }

    /// Whether the filter that is meant for this type matches a resource of it.
    ///
    /// # Errors
    /// The filter compares times of which only one has a zone, too close to tell (400).
    pub fn matches(&self, kind: &ServedType, record: &Record) -> Result<bool> {
        let mut parts = self.parts.iter();
        match parts.find(|(own, _)| own == kind) {
            None => Ok(false),
            Some((_, None)) => Ok(true),
            Some((_, Some(filter))) if filter.asks_for_times() => {
                Ok(filter.try_matches(record.subject())?)
            }
            Some((_, Some(filter))) => Ok(filter.matches(record.subject())),
        }
    }

    /// Those of the records, which are of this type, that the filter matches.
    ///
    /// # Errors
    /// Those of [`matches`](Self::matches).
    pub fn filtered(
        &self,
        kind: &ServedType,
        records: impl IntoIterator<Item = Record>,
    ) -> Result<Vec<Record>> {
        let mut found = Vec::new();
        for record in records {
            if self.matches(kind, &record)? {
                found.push(record);
            }
        }
        Ok(found)
    }

    /// The page of the records that all match, sorted as asked for.
    #[must_use]
    pub fn page(&self, mut records: Vec<Record>) -> Found {
        if let Some(path) = &self.sort_by {
            evaluate::sort_by(&mut records, path, self.sort_order);
        }
        let total = records.len() as u64;
        let page = records
            .into_iter()
            .skip(size(self.start))
            .take(size(self.count));
        Found::new(total, page.collect())
    }

    /// The page of what matches of all records of the one type that is asked. For a store that can
    /// only list.
    ///
    /// # Errors
    /// Those of [`matches`](Self::matches).
    pub fn select(
        &self,
        kind: &ServedType,
        records: impl IntoIterator<Item = Record>,
    ) -> Result<Found> {
        Ok(self.page(self.filtered(kind, records)?))
    }

    /// What decides which resources are found, and in which order.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted {
            parts: self
                .parts
                .iter()
                .map(|(kind, filter)| (kind.name(), filter.clone()))
                .collect(),
            sort_by: self.sort_by.clone(),
            sort_order: self.sort_order,
            options: self.options,
        }
    }
}

/// Without the values of the filter.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("parts", &self.parts)
            .field("sort_by", &self.sort_by)
            .field("start", &self.start)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// What decides which resources a query finds, and in which order.
#[derive(Debug, PartialEq)]
pub(crate) struct Wanted {
    parts: Vec<(&'static str, Option<Filter>)>,
    sort_by: Option<AttributePath>,
    sort_order: SortOrder,
    options: FilterOptions,
}

pub(crate) fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
