//! What a store is asked for, and what it found: one page of a list (RFC 7644 §3.4.2).

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
    /// What a request asks for of these types: its filter, its order, and a page of `count`
    /// resources that begins at its `startIndex`. How many resources a page has at most is the
    /// service provider's to say, so `count` is not taken from the request.
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

/// One page of what a query found.
#[derive(Debug, Clone)]
pub struct Found {
    total: u64,
    records: Vec<Record>,
    continuation: Option<Continuation>,
}

impl Found {
    /// A page, and how many resources the query finds in all.
    #[must_use]
    pub fn new(total: u64, records: Vec<Record>) -> Self {
        Self {
            total,
            records,
            continuation: None,
        }
    }

    /// How many resources the query finds in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Those of the page.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Notes something for the following pages, if they are asked for by a cursor (RFC 9865): such
    /// as the list as it is now, or where it is to go on.
    #[must_use]
    pub fn with_continuation(mut self, continuation: Continuation) -> Self {
        self.continuation = Some(continuation);
        self
    }

    /// The response to a query that found this: each resource as far as the projection takes it.
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

/// What a store notes between the pages of one cursor. It never leaves the service provider.
#[derive(Clone)]
pub struct Continuation(Arc<dyn Any + Send + Sync>);

impl Continuation {
    /// A note.
    pub fn new<T: Send + Sync + 'static>(note: T) -> Self {
        Self(Arc::new(note))
    }

    /// The note, if it is one of this type.
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
