//! Queries: filter, order, pages (RFC 7644 §3.4.2, RFC 9865).

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use super::{
    failure::{Failure, Outcome},
    projection::{Choice, Names, Projection},
    provider::Config,
    store::{Entry, Store},
};
use scim_models::{
    attribute_path::AttributePath,
    evaluate::{self, FilterCheckError, Subject},
    filter::{Filter, FilterOptions},
    message::{ListResponse, ScimType, SearchRequest, SearchRequestError, SortOrder},
    model::{Attribute, Json},
    value::Timestamp,
};

/// How many cursors are remembered; older ones have expired.
const MAX_CURSORS: usize = 10_000;

/// Of how many queries it is remembered what they found, until something is written.
const MAX_LISTS: usize = 16;

/// How pages are cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paging {
    /// How many resources a page has if the client does not say.
    pub(super) page_size: u64,
    /// The most resources of one page.
    pub(super) most: u64,
    /// Whether `startIndex` and `count` are looked at.
    pub(super) by_index: bool,
    /// Whether cursors are; without paging by position, every list begins with one.
    pub(super) by_cursor: bool,
    pub(super) cursor_lifetime: Duration,
    /// `startIndex` is not looked at.
    pub(super) always_first: bool,
    /// One resource of each page is not what its schema says.
    pub(super) malformed: bool,
}

impl Paging {
    /// Pages as the service provider was told to make them.
    pub(super) fn usual(config: &Config) -> Self {
        Self {
            page_size: config.page_size,
            most: config.page_size,
            by_index: true,
            by_cursor: true,
            cursor_lifetime: config.cursor_lifetime,
            always_first: false,
            malformed: false,
        }
    }
}

/// What a query can see: one resource type, or all.
pub(super) type Scope = Option<usize>;

/// Cursors that were given out.
#[derive(Debug, Default)]
pub(super) struct Cursors {
    pages: HashMap<String, Page>,
    order: BTreeMap<u64, String>,
    next: u64,
}

/// Where a cursor leads.
#[derive(Debug, Clone)]
struct Page {
    numbers: Arc<[u64]>,
    start: usize,
    count: u64,
    scope: Scope,
    /// The query without cursor and count.
    query: SearchRequest,
    expires: Timestamp,
}

impl Cursors {
    /// Makes every cursor that was given out an expired one.
    pub(super) fn expire(&mut self) {
        for page in self.pages.values_mut() {
            page.expires = Timestamp::new(i64::MIN, 0);
        }
    }

    fn issue(&mut self, page: Page) -> String {
        self.next += 1;
        // Opaque on purpose, and of unreserved characters (RFC 9865 §2).
        let token = format!("c{:016x}", mix(self.next));
        self.order.insert(self.next, token.clone());
        self.pages.insert(token.clone(), page);
        if self.pages.len() > MAX_CURSORS
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.pages.remove(&oldest);
        }
        token
    }
}

/// What queries found, for their next pages: filtering and sorting all resources anew for each
/// page would cost the product of both.
#[derive(Debug, Default)]
pub(super) struct Lists {
    kept: VecDeque<(Wanted, Arc<[u64]>)>,
    /// Of which state of the store they are.
    revision: u64,
}

/// What decides which resources a query finds, and in which order.
#[derive(Debug, PartialEq)]
struct Wanted {
    scope: Scope,
    filter: Option<Filter>,
    sort_by: Option<AttributePath>,
    sort_order: Option<SortOrder>,
    options: FilterOptions,
}

impl Lists {
    /// The numbers of all resources that are wanted, in the order that is wanted.
    fn find(
        &mut self,
        store: &Store,
        scope: Scope,
        query: &SearchRequest,
        options: &FilterOptions,
    ) -> Outcome<Arc<[u64]>> {
        if self.revision != store.revision() {
            self.revision = store.revision();
            self.kept.clear();
        }
        let wanted = Wanted {
            scope,
            filter: query.filter.clone(),
            sort_by: query.sort_by.clone(),
            sort_order: query.sort_order,
            options: *options,
        };
        if let Some((_, found)) = self.kept.iter().find(|(known, _)| *known == wanted) {
            return Ok(found.clone());
        }
        let found: Arc<[u64]> = find(store, scope, query, options)?.into();
        if self.kept.len() >= MAX_LISTS {
            self.kept.pop_front();
        }
        self.kept.push_back((wanted, found.clone()));
        Ok(found)
    }
}

/// A permutation of 64 bits, so that cursors show no order.
fn mix(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb)
}

/// The projection that a query asks for.
pub(super) fn choice(query: &SearchRequest) -> Outcome<Choice> {
    match (
        query.attributes.is_empty(),
        query.excluded_attributes.is_empty(),
    ) {
        (true, true) => Ok(Choice::Default),
        (false, true) => Ok(Choice::Only(Names::of(&query.attributes))),
        (true, false) => Ok(Choice::Except(Names::of(&query.excluded_attributes))),
        (false, false) => Err(Failure::invalid_value(
            "attributes and excludedAttributes exclude each other (RFC 7644 §3.9)",
        )),
    }
}

/// What is wrong with a parameter.
pub(super) fn wrong_parameter(error: &SearchRequestError, by_cursor: bool) -> Box<Failure> {
    let scim_type = match error.parameter() {
        "filter" => ScimType::INVALID_FILTER,
        "count" if by_cursor => ScimType::INVALID_COUNT,
        "the message" => ScimType::INVALID_SYNTAX,
        "attributes" | "excludedAttributes" | "sortBy" => ScimType::INVALID_PATH,
        _ => ScimType::INVALID_VALUE,
    };
    Failure::bad(scim_type, error.to_string())
}

/// Answers a query.
pub(super) fn run(
    store: &Store,
    (lists, cursors): (&mut Lists, &mut Cursors),
    scope: Scope,
    query: SearchRequest,
    options: &FilterOptions,
    paging: Paging,
    now: Timestamp,
) -> Outcome<String> {
    let projection = Projection {
        choice: choice(&query)?,
        written: super::projection::Written::default(),
    };
    let with_cursor = query.cursor.is_some() || !paging.by_index;
    let list = if paging.by_cursor && with_cursor {
        let find = |query: &SearchRequest| lists.find(store, scope, query, options);
        by_cursor(find, cursors, scope, query, paging, now)?
    } else {
        let found = lists.find(store, scope, &query, options)?;
        by_index(&found, &query, paging)
    };
    let mut resources = Vec::with_capacity(list.numbers.len());
    for number in &list.numbers {
        let Some(entry) = store.entry(*number) else {
            continue;
        };
        let Some(kind) = store.kind(entry) else {
            continue;
        };
        let json = if paging.malformed && resources.is_empty() {
            malformed(kind.schema, entry.record.id())
        } else {
            super::output::resource(kind, &*entry.record, &projection)
        };
        resources.push(Json::trusted(&json));
    }
    let mut response = ListResponse::new(list.total, resources);
    response.items_per_page = Some(response.resources.len() as u64);
    response.start_index = list.start_index;
    response.next_cursor = list.next;
    response.previous_cursor = list.previous;
    Ok(response.to_json())
}

/// A resource that lacks what is required and has a `meta` of the wrong type.
fn malformed(schema: &str, id: &str) -> String {
    serde_json::json!({"schemas": [schema], "id": id, "meta": ["not an object"]}).to_string()
}

/// One page.
struct List {
    total: u64,
    numbers: Vec<u64>,
    start_index: Option<u64>,
    next: Option<String>,
    previous: Option<String>,
}

fn by_index(found: &[u64], query: &SearchRequest, paging: Paging) -> List {
    let start = match query.start_index {
        Some(start) if paging.by_index && !paging.always_first => start.max(1),
        _ => 1,
    };
    let count = match query.count {
        Some(count) if paging.by_index => count.min(paging.most),
        _ => paging.page_size,
    };
    List {
        total: found.len() as u64,
        numbers: slice(found, size(start - 1), count),
        start_index: Some(start),
        next: None,
        previous: None,
    }
}

fn by_cursor(
    find: impl FnOnce(&SearchRequest) -> Outcome<Arc<[u64]>>,
    cursors: &mut Cursors,
    scope: Scope,
    mut query: SearchRequest,
    paging: Paging,
    now: Timestamp,
) -> Outcome<List> {
    let cursor = query.cursor.take().unwrap_or_default();
    let count = query.count.take();
    let page = if cursor.is_empty() {
        Page {
            numbers: find(&query)?,
            start: 0,
            count: count.unwrap_or(paging.page_size).min(paging.most),
            scope,
            query,
            expires: expiry(now, paging.cursor_lifetime),
        }
    } else {
        let invalid = |detail| Failure::bad(ScimType::INVALID_CURSOR, detail);
        let Some(page) = cursors.pages.get(&cursor) else {
            return Err(invalid("the cursor is none of this service provider's"));
        };
        if page.expires < now {
            return Err(Failure::bad(
                ScimType::EXPIRED_CURSOR,
                "the cursor has expired",
            ));
        }
        if page.scope != scope || page.query != query {
            return Err(invalid("the cursor belongs to another query"));
        }
        if count.is_some_and(|count| count.min(paging.most) != page.count) {
            let detail = "count differs from that of the first page";
            return Err(Failure::bad(ScimType::INVALID_COUNT, detail));
        }
        let mut page = page.clone();
        page.expires = expiry(now, paging.cursor_lifetime);
        page
    };
    let step = size(page.count);
    let end = page.start.saturating_add(step);
    let mut at = |start: usize| {
        cursors.issue(Page {
            start,
            ..page.clone()
        })
    };
    let next = (step > 0 && end < page.numbers.len()).then(|| at(end));
    let previous = (step > 0 && page.start > 0).then(|| at(page.start.saturating_sub(step)));
    Ok(List {
        total: page.numbers.len() as u64,
        numbers: slice(&page.numbers, page.start, page.count),
        start_index: None,
        next,
        previous,
    })
}

fn expiry(now: Timestamp, lifetime: Duration) -> Timestamp {
    let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
    Timestamp::new(
        now.unix_seconds().saturating_add(seconds),
        now.subsec_nanos(),
    )
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn slice(numbers: &[u64], start: usize, count: u64) -> Vec<u64> {
    numbers
        .iter()
        .skip(start)
        .take(size(count))
        .copied()
        .collect()
}

/// The numbers of all resources that are wanted, in the order that is wanted.
fn find(
    store: &Store,
    scope: Scope,
    query: &SearchRequest,
    options: &FilterOptions,
) -> Outcome<Vec<u64>> {
    let filters = match &query.filter {
        Some(filter) => read_filter(store, scope, filter, options)?,
        None => Vec::new(),
    };
    if let Some(path) = &query.sort_by {
        check_order(store, scope, path, options)?;
    }
    let asks_for_times = query.filter.as_ref().is_some_and(Filter::asks_for_times);
    let wanted = |entry: &Entry| {
        if scope.is_some_and(|kind| entry.kind != kind) {
            return Ok(false);
        }
        match filters.get(entry.kind).and_then(Option::as_ref) {
            None => Ok(query.filter.is_none()),
            Some(filter) if asks_for_times => {
                let answer = filter.try_matches(entry.record.subject());
                answer.map_err(|error| invalid_filter(&error))
            }
            Some(filter) => Ok(filter.matches(entry.record.subject())),
        }
    };
    let mut found = Vec::new();
    for (number, entry) in store.iter() {
        if wanted(entry)? {
            found.push(Found(number, entry));
        }
    }
    if let Some(path) = &query.sort_by {
        let order = query.sort_order.unwrap_or(SortOrder::Ascending);
        evaluate::sort_by(&mut found, path, order);
    }
    Ok(found.into_iter().map(|found| found.0).collect())
}

/// What a filter means for each resource type; none for those that are not asked.
fn read_filter<'f>(
    store: &Store,
    scope: Scope,
    filter: &'f Filter,
    options: &FilterOptions,
) -> Outcome<Vec<Option<Cow<'f, Filter>>>> {
    // An attribute that another type has has no value here (§3.4.2.1).
    let options = options.with_refuse_unknown(scope.is_some());
    let kinds = store.kinds.iter().enumerate();
    kinds
        .map(|(index, kind)| match scope {
            Some(only) if only != index => Ok(None),
            _ => {
                let read = filter.check_with(kind.descriptor, &options);
                read.map(Some).map_err(|error| invalid_filter(&error))
            }
        })
        .collect()
}

fn invalid_filter(error: &FilterCheckError) -> Box<Failure> {
    Failure::bad(ScimType::INVALID_FILTER, error.to_string())
}

/// A complex attribute has no order; one of its sub-attributes may have (§3.4.2.3).
fn check_order(
    store: &Store,
    scope: Scope,
    path: &AttributePath,
    options: &FilterOptions,
) -> Outcome<()> {
    for (index, kind) in store.kinds.iter().enumerate() {
        if scope.is_some_and(|only| only != index) {
            continue;
        }
        // The order of values that nobody may see tells them (RFC 7643 §7, `returned`).
        let never =
            FilterOptions::default().with_refuse_never_returned(options.refuse_never_returned);
        let asked = Filter::present(path.clone());
        if let Err(error) = asked.check_with(kind.descriptor, &never) {
            let detail = format!("sortBy: {error}");
            return Err(Failure::bad(ScimType::INVALID_PATH, detail));
        }
        if path.sub().is_some() || path.uri().is_some() {
            continue;
        }
        let attribute = kind.descriptor.attribute(path.name());
        let Some(table) = attribute.and_then(|attribute| attribute.kind.descriptor()) else {
            continue;
        };
        let by_value =
            attribute.is_some_and(Attribute::is_multi_valued) && table.attribute("value").is_some();
        if !by_value {
            let detail = format!("sortBy: {path} is complex, name one of its sub-attributes");
            return Err(Failure::bad(ScimType::INVALID_PATH, detail));
        }
    }
    Ok(())
}

struct Found<'s>(u64, &'s Entry);

impl<'a> From<&'a Found<'_>> for Subject<'a> {
    fn from(found: &'a Found<'_>) -> Self {
        found.1.record.subject()
    }
}
