//! The storage of a service provider.

use std::{fmt, future::Future, sync::Arc};

use scim_models::{
    internal::percent,
    value::{DateTime, Timestamp},
};

use crate::{
    page::{Found, Query},
    precondition,
    record::{Record, ServedType},
    refusal::{Refusal, Result},
};

/// The storage of a [`ServiceProvider`](crate::ServiceProvider): the part that you write.
///
/// The service provider reads and checks requests, and makes the responses. The store gets resources
/// that follow all rules, with `meta` filled in. Many calls run at the same time, so each must be
/// atomic: `update` and `delete` must compare the version and write in one statement or transaction.
///
/// An error becomes the response to the client: [`Refusal::taken`], [`Refusal::version_conflict`],
/// [`Refusal::not_found`], or [`Refusal::internal`] if the storage failed. Any other [`Refusal`]
/// works too, such as a 403 for a caller who may not write.
///
#[doc = include_str!("store/example.md")]
#[doc(alias = "storage")]
#[doc(alias = "database")]
#[doc(alias = "backend")]
pub trait Store: Send + Sync + 'static {
    /// The caller, as authentication found it: a tenant, for example, perhaps with access rights.
    /// It is `()` if all callers see the same resources. Every method gets the caller, and must
    /// only return and change resources of that caller.
    type Caller: Clone + PartialEq + Send + Sync + 'static;

    /// Returns the resource of this type with this id, or `None` if there is none.
    fn get(
        &self,
        context: &Context<Self::Caller>,
        kind: &ServedType,
        id: &str,
    ) -> impl Future<Output = Result<Option<Record>>> + Send;

    /// Stores a new resource, and returns it as it is stored. Call [`Record::ensure_id`] to set its
    /// id; it keeps an id that [`new_id`](Self::new_id) reserved.
    ///
    /// # Errors
    /// A unique value is taken ([`Refusal::taken`]).
    fn insert(
        &self,
        context: &Context<Self::Caller>,
        kind: &ServedType,
        record: Record,
    ) -> impl Future<Output = Result<Record>> + Send;

    /// Replaces a resource by `record`, if the stored one has the version `expected`. Returns the
    /// resource as it is stored. The new version is that of `record`, unless the store sets another
    /// one.
    ///
    /// # Errors
    /// The resource does not exist or has another version ([`Refusal::version_conflict`]), or a
    /// unique value is taken.
    fn update(
        &self,
        context: &Context<Self::Caller>,
        kind: &ServedType,
        record: Record,
        expected: Option<&str>,
    ) -> impl Future<Output = Result<Record>> + Send;

    /// Deletes a resource if it has the version `expected`. If `expected` is `None`, any version will
    /// do.
    ///
    /// # Errors
    /// The resource does not exist, or has another version ([`Refusal::version_conflict`]).
    fn delete(
        &self,
        context: &Context<Self::Caller>,
        kind: &ServedType,
        id: &str,
        expected: Option<&str>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Returns one page of the results of a query, filtered and sorted, with the number of all
    /// results. [`Query::select`] does all of this for a store that can only list its records.
    /// [`Query::filtered`] and [`Query::page`] do parts of it.
    ///
    /// # Errors
    /// The filter cannot be answered.
    fn find(
        &self,
        context: &Context<Self::Caller>,
        query: &Query,
    ) -> impl Future<Output = Result<Found>> + Send;

    /// Reserves an id for a new resource that other operations of the same bulk request refer to.
    /// By default, it is a random one.
    ///
    /// # Errors
    /// No id could be reserved.
    fn new_id(
        &self,
        _context: &Context<Self::Caller>,
        _kind: &ServedType,
    ) -> impl Future<Output = Result<String>> + Send {
        async { Ok(crate::identifier::random()) }
    }

    /// Returns the id of the caller's own resource (RFC 7644 §3.11), or `None` if the caller has
    /// none yet. The response is then 404.
    ///
    /// # Errors
    /// The store does not support `/Me` (501). This is the default.
    fn me(
        &self,
        _context: &Context<Self::Caller>,
    ) -> impl Future<Output = Result<Option<String>>> + Send {
        async { Err(Refusal::not_offered("/Me")) }
    }

    /// Stores that the resource with this id is the caller's own, after a POST to `/Me` created it.
    /// It is only called if [`me`](Self::me) returned `None`, or the id of a resource that does not
    /// exist.
    ///
    /// # Errors
    /// It could not be stored, for example because another request came first. The new resource is then
    /// deleted again.
    fn set_me(
        &self,
        _context: &Context<Self::Caller>,
        _id: &str,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Err(Refusal::not_offered("/Me")) }
    }

    /// Fills in attributes that are derived from other resources, such as `groups`, before
    /// resources are returned. It gets all resources of a response at once, so that a single
    /// statement can do it. See [`derived`](crate::derived).
    ///
    /// Filters and `sortBy` can be about these attributes too, but [`find`](Self::find) is called
    /// before this. So complete the records before [`Query::filtered`], or refuse such filters.
    /// Otherwise `find` misses results.
    ///
    /// If the version stays the same when a derived attribute changes, a client that reads with
    /// `If-None-Match` keeps its old copy. To avoid this, append a part for the derived attributes
    /// to the version, after a dot, and let [`is_same_version`](Self::is_same_version) ignore that
    /// part. [`MemoryStore`](crate::MemoryStore) does so.
    ///
    /// # Errors
    /// The derived attributes could not be found out.
    fn complete(
        &self,
        _context: &Context<Self::Caller>,
        _records: &mut [Record],
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Returns whether a request that requires the version `asked` may change a resource with the
    /// version `current`. The default is the weak comparison of RFC 9110 §8.8.3.2.
    fn is_same_version(&self, asked: &str, current: &str) -> bool {
        precondition::is_same_version(asked, current)
    }
}

/// What a store knows about a request.
#[derive(Clone)]
pub struct Context<C> {
    caller: C,
    base: Arc<str>,
    now: Timestamp,
}

impl<C> Context<C> {
    /// Makes a context. `base` is the base URL of the service provider, and `now` the time of the
    /// request.
    pub fn new(caller: C, base: &str, now: Timestamp) -> Self {
        Self {
            caller,
            base: base.trim_end_matches('/').into(),
            now,
        }
    }

    /// The caller, as authentication found it.
    pub fn caller(&self) -> &C {
        &self.caller
    }

    /// The base URL, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// The time when the request came.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The time when the request came, as a `DateTime`.
    pub fn date_time(&self) -> DateTime {
        DateTime::from_unix(self.now.unix_seconds(), self.now.subsec_nanos())
    }

    /// Sets a new version and `meta.lastModified` of a record. This is for a store that changes a
    /// further resource in a request. If the old version was made by this library, the new one is
    /// the next number; otherwise it is random.
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

/// The version that follows on another: the next number, if it is one that was made here. What stands
/// behind a dot was added for what follows from other resources.
fn next_version(old: Option<&str>) -> String {
    let number = old
        .and_then(|old| old.strip_prefix("W/\"")?.strip_suffix('"'))
        .and_then(|number| number.split('.').next())
        .and_then(|number| number.parse::<u64>().ok());
    match number.and_then(|number| number.checked_add(1)) {
        Some(number) => version(number),
        None => format!("W/\"{}\"", crate::identifier::random()),
    }
}

/// Does not show the caller.
impl<C> fmt::Debug for Context<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("base", &self.base)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}
