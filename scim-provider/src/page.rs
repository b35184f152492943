//! The query that a store gets, and the page that it returns (RFC 7644 §3.4.2).

use std::{any::Any, fmt, sync::Arc};

use scim_models::{
    attribute_path::AttributePath,
    evaluate,
    filter::{Filter, FilterOptions},
    message::{ListResponse, SearchRequest, SortOrder},
    model::Json,
};

use crate::{
    projection::Projection,
    query,
    record::{Record, ServedType},
    refusal::Result,
};

/// A query for a store: resource types, filter, order, and the requested page. Filter and order
/// have been checked against the types.
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
    /// Makes the query of a request for these types: its filter, its order, and a page of `count`
    /// resources that begins at its `startIndex`. `count` is not taken from the request, because
    /// the service provider limits it.
    ///
    /// # Errors
    /// The filter or order has no meaning for one of the types, or the filter is longer than 64 KiB
    /// (400).
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
            start: request.start_index.unwrap_or(1).saturating_sub(1),
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

    /// Returns whether the next pages may be requested by cursor (RFC 9865). Only then is a
    /// [continuation](Found::with_continuation) of use.
    #[must_use]
    pub fn is_by_cursor(&self) -> bool {
        self.is_by_cursor
    }

    /// The requested types, each with the filter for that type.
    pub fn parts(&self) -> impl Iterator<Item = (&ServedType, Option<&Filter>)> {
        self.parts
            .iter()
            .map(|(kind, filter)| (kind, filter.as_ref()))
    }

    /// Returns whether the query is for a single type. Then the storage itself can select the page.
    #[must_use]
    pub fn is_of_one_type(&self) -> bool {
        self.parts.len() == 1
    }

    /// The attribute to sort by. If there is none, the store chooses the order, which must be the
    /// same for each page.
    #[must_use]
    pub fn sort_by(&self) -> Option<&AttributePath> {
        self.sort_by.as_ref()
    }

    /// The direction of the order.
    #[must_use]
    pub fn sort_order(&self) -> SortOrder {
        self.sort_order
    }

    /// The number of resources before the page: `startIndex` minus one.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.start
    }

    /// The maximum number of resources on the page. With 0, only the total is requested.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The continuation that the store returned with an earlier page of the same cursor (RFC 9865).
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        self.continuation.as_ref()
    }

    /// Returns whether the filter matches a resource of this type.
    ///
    /// # Errors
    /// The filter compares times of which only one has a zone, and they are too close to decide (400).
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

    /// Returns the records that the filter matches. All records are of this type.
    ///
    /// # Errors
    /// The errors of [`matches`](Self::matches).
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

    /// Sorts records that all match, and returns the requested page.
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

    /// Filters and sorts all records of a single type, and returns the requested page. This is for
    /// stores that can only list their records.
    ///
    /// # Errors
    /// The errors of [`matches`](Self::matches).
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

/// Does not show the values in the filter.
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

/// One page of the results of a query.
#[derive(Debug, Clone)]
pub struct Found {
    total: u64,
    records: Vec<Record>,
    continuation: Option<Continuation>,
}

impl Found {
    /// Makes a page. `total` is the number of all results of the query.
    #[must_use]
    pub fn new(total: u64, records: Vec<Record>) -> Self {
        Self {
            total,
            records,
            continuation: None,
        }
    }

    /// The number of all results of the query.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The resources on the page.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Adds a continuation for the next pages, if they are requested by cursor (RFC 9865). It can
    /// hold, for example, the list as it is now, or the position at which to go on.
    #[must_use]
    pub fn with_continuation(mut self, continuation: Continuation) -> Self {
        self.continuation = Some(continuation);
        self
    }

    /// Makes the ListResponse. Each resource has the attributes that the projection selects.
    ///
    /// ```
    /// use scim_models::{Meta, Stored, User, filter::FilterOptions};
    /// use scim_provider::{Projection, Query, Record, Refusal, ServedType, query};
    ///
    /// # fn main() -> Result<(), Refusal> {
    /// let (kind, options) = (ServedType::of::<User>(), FilterOptions::default());
    /// let request = query::from_url("startIndex=2&count=1&attributes=userName", &options)?;
    /// let count = request.count.unwrap_or(100).min(100);
    /// let asked = Query::new(&[kind.clone()], &request, count, &options)?;
    /// let users = ["babs", "carl"].map(|name| {
    ///     Record::new(Stored::from_parts(name, Meta::default(), User::new(name)))
    /// });
    /// let found = asked.select(&kind, users)?;
    /// let response = found.list_response(&asked, &Projection::of(&request)?);
    /// assert_eq!((response.total_results, response.resources.len()), (Some(2), 1));
    /// println!("{}", response.to_json());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn list_response(&self, query: &Query, projection: &Projection) -> ListResponse<Json> {
        let records = self.records.iter();
        let resources = records.map(|record| Json::trusted(&projection.record_to_json(record)));
        let mut response = ListResponse::new(self.total, resources.collect());
        response.items_per_page = Some(response.resources.len() as u64);
        response.start_index = Some(query.start.saturating_add(1));
        response
    }

    /// What the page of a query may have of it: a client that asks for ten is not given more
    /// (RFC 7644 §3.4.2.4), whatever a store does, and there are as many as it was shown.
    pub(crate) fn into_page(mut self, query: &Query) -> (u64, Vec<Record>, Option<Continuation>) {
        self.records.truncate(size(query.count()));
        let shown = match self.records.len() as u64 {
            0 => 0,
            shown => query.start().saturating_add(shown),
        };
        (self.total.max(shown), self.records, self.continuation)
    }
}

/// Data that a store keeps between the pages of one cursor. It never leaves the service provider.
#[derive(Clone)]
pub struct Continuation(Arc<dyn Any + Send + Sync>);

impl Continuation {
    /// Makes a continuation.
    pub fn new<T: Send + Sync + 'static>(note: T) -> Self {
        Self(Arc::new(note))
    }

    /// The data, if it has this type.
    #[must_use]
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl fmt::Debug for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Continuation(..)")
    }
}

pub(crate) fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
