//! Queries: one page of what is found (RFC 7644 §3.4.2, RFC 9865).

use bytes::Bytes;
use http::Response;
use scim_models::{
    internal::Names,
    message::{ListResponse, SearchRequest},
    model::Json,
};

use super::{Exchange, operation::present};
use crate::{
    accept::read::once,
    cursor::{Page, expiry},
    endpoint::Scope,
    page::Query,
    projection::Projection,
    query,
    record::{Record, ServedType},
    refusal::{Refusal, Result},
    response,
    store::Store,
};

/// One page.
struct List {
    total: u64,
    records: Vec<Record>,
    start_index: Option<u64>,
    next: Option<String>,
    previous: Option<String>,
}

impl<S: Store> Exchange<'_, S> {
    /// GET of a collection.
    pub(super) async fn query(self, scope: Scope) -> Result<Response<Bytes>> {
        let accept = &self.config.accept;
        let options = accept.filter_options();
        let request = query::read(&self.parameters, &options, accept.is_strict())?;
        self.list(scope, request).await
    }

    /// POST to `/.search`.
    pub(super) async fn search(self, scope: Scope) -> Result<Response<Bytes>> {
        if self.config.offers.search == Some(false) {
            return Err(Refusal::not_found("this endpoint"));
        }
        let accept = &self.config.accept;
        let request = if accept.is_strict() {
            once(self.body, Names::Message(0))?;
            SearchRequest::from_json_strict(self.body)?
        } else {
            query::from_message(self.body, &accept.filter_options())?
        };
        self.list(scope, request).await
    }

    async fn list(self, scope: Scope, mut request: SearchRequest) -> Result<Response<Bytes>> {
        let offers = &self.config.offers;
        if request.filter.is_some() && offers.filter == Some(false) {
            return Err(Refusal::not_offered("filter"));
        }
        if offers.sort == Some(false) {
            request.sort_by = None;
        }
        let projection = Projection::of(&request)?;
        let paging = self.config.paging;
        let with_cursor = request.cursor.is_some() || !paging.by_index;
        let only = scope.and_then(|only| self.engine.types.get(only));
        let mut list = if paging.by_cursor && with_cursor {
            self.by_cursor(scope, request).await?
        } else {
            self.by_index(scope, &request).await?
        };
        let store = &self.engine.store;
        store.complete(self.context, &mut list.records).await?;
        let mut resources = Vec::with_capacity(list.records.len());
        for record in &mut list.records {
            if let Some(kind) = only.or_else(|| self.kind_of(record)) {
                present(self.config, self.context, kind, record);
            }
            resources.push(Json::trusted(&projection.record_to_json(record)));
        }
        let mut response = ListResponse::new(list.total, resources);
        response.items_per_page = Some(response.resources.len() as u64);
        response.start_index = list.start_index;
        response.next_cursor = list.next;
        response.previous_cursor = list.previous;
        Ok(response::json(response.to_json()))
    }

    /// Of which type a record is. Several types may have one schema.
    fn kind_of(&self, record: &Record) -> Option<&ServedType> {
        let urn = record.resource().descriptor().urn();
        let types = self.engine.types.iter();
        let of_schema = types.filter(|kind| urn == Some(kind.schema()));
        let name = record.meta().resource_type.as_deref();
        let is_named = |kind: &&ServedType| Some(kind.name()) == name;
        of_schema
            .clone()
            .find(is_named)
            .or_else(|| of_schema.clone().next())
    }

    fn types(&self, scope: Scope) -> &[ServedType] {
        match scope {
            None => &self.engine.types,
            Some(only) => self.engine.types.get(only..=only).unwrap_or_default(),
        }
    }

    async fn by_index(&self, scope: Scope, request: &SearchRequest) -> Result<List> {
        let paging = self.config.paging;
        let start = match request.start_index {
            Some(start) if paging.by_index => start.max(1),
            _ => 1,
        };
        let count = match request.count {
            Some(count) if paging.by_index => count.min(paging.most),
            _ => paging.page_size,
        };
        let options = self.config.accept.filter_options();
        let query = Query::new(self.types(scope), request, count, &options)?.at(start - 1, None);
        let found = self.engine.store.find(self.context, &query).await?;
        let (total, records, _) = found.into_page(&query);
        Ok(List {
            total,
            records,
            start_index: Some(start),
            next: None,
            previous: None,
        })
    }

    async fn by_cursor(&self, scope: Scope, mut request: SearchRequest) -> Result<List> {
        let paging = self.config.paging;
        let now = self.context.now();
        let expires = expiry(now, paging.cursor_lifetime);
        let caller = self.context.caller();
        let cursor = request.cursor.take().unwrap_or_default();
        // It is no part of the query here: a cursor says where the page begins.
        request.start_index = None;
        let count = request.count.take();
        let mut page = if cursor.is_empty() {
            Page {
                caller: caller.clone(),
                start: 0,
                count: count.unwrap_or(paging.page_size).min(paging.most),
                scope,
                query: request,
                continuation: None,
                expires,
            }
        } else {
            let count = count.map(|count| count.min(paging.most));
            let cursors = self.engine.cursors();
            cursors.page(&cursor, caller, scope, &request, count, now)?
        };
        page.expires = expires;
        let options = self.config.accept.filter_options();
        let query = Query::new(self.types(scope), &page.query, page.count, &options)?
            .at(page.start, page.continuation.clone())
            .by_cursor();
        let found = self.engine.store.find(self.context, &query).await?;
        let (total, records, continuation) = found.into_page(&query);
        page.continuation = continuation.or(page.continuation);
        let step = page.count;
        let mut cursors = self.engine.cursors();
        let mut at = |start: u64| {
            cursors.issue(Page {
                start,
                ..page.clone()
            })
        };
        let end = page.start.saturating_add(step);
        let next = (step > 0 && end < total).then(|| at(end));
        let previous = (step > 0 && page.start > 0).then(|| at(page.start.saturating_sub(step)));
        Ok(List {
            total,
            records,
            start_index: None,
            next,
            previous,
        })
    }
}
