//! From a request to its answer.

use bytes::Bytes;
use http::{
    HeaderMap, Method, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST},
    request::Parts,
};
use serde_json::Value;

use super::{
    answer, bulk,
    discovery::{self, Abilities},
    failure::{Failure, Outcome},
    manner::Manner,
    operation::Work,
    precondition::Preconditions,
    projection::Choice,
    provider::{Config, State},
    query::{self, Paging, Scope},
    route::{self, Target},
};
use scim_models::{
    internal::percent::query_decoded,
    message::{ListResponse, SearchRequest},
    model::Json,
};

/// Answers a request. `prefix` is the path of the base URL, if that is fixed.
pub(super) fn answer(
    config: &Config,
    state: &mut State,
    parts: &Parts,
    body: &Bytes,
    prefix: Option<&str>,
) -> Outcome<Response<Bytes>> {
    let manner = state.misbehaviours.manner();
    let path = manner.standard_path(parts.uri.path());
    let found = path
        .as_deref()
        .and_then(|path| endpoint(path, prefix, state));
    let is_open = matches!(found, Some((_, Target::Config))) && parts.method == Method::GET;
    if !is_open {
        authorize(config, &parts.headers)?;
    }
    let Some((base_path, target)) = found else {
        return Err(Failure::not_found("this endpoint"));
    };
    if let Some(origin) = origin(parts) {
        state.store.rebase(&format!("{origin}{base_path}"));
    }
    let text = body_text(&parts.method, &parts.headers, body, &manner)?;
    let parameters = parameters(parts.uri.query().unwrap_or_default());
    let is_head = parts.method == Method::HEAD;
    let request = Exchange {
        config,
        state,
        manner: &manner,
        method: if is_head { &Method::GET } else { &parts.method },
        preconditions: Preconditions::of(&parts.headers),
        parameters,
        body: text,
        id: None,
    };
    let response = request.at(target)?;
    // HEAD is GET without the body (RFC 9110 §9.3.2).
    Ok(if is_head {
        response.map(|_| Bytes::new())
    } else {
        response
    })
}

/// The endpoint that a path names, and the path of the base URL before it.
fn endpoint<'p>(path: &'p str, prefix: Option<&str>, state: &State) -> Option<(&'p str, Target)> {
    route::find(path, prefix, &state.store.kinds).or_else(|| {
        let own = state
            .store
            .base()
            .split_once("://")
            .map_or("", |(_, rest)| rest);
        let own = own
            .find('/')
            .and_then(|at| own.get(at..))
            .unwrap_or_default();
        let is_root = prefix.is_none() && path.trim_end_matches('/') == own;
        is_root.then(|| (path.trim_end_matches('/'), Target::Root))
    })
}

fn authorize(config: &Config, headers: &HeaderMap) -> Outcome<()> {
    let Some(token) = &config.token else {
        return Ok(());
    };
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.as_bytes().trim_ascii().split_at_checked(7));
    match given {
        Some((scheme, given)) if scheme.eq_ignore_ascii_case(b"bearer ") => {
            if given.trim_ascii() == token.as_bytes() {
                Ok(())
            } else {
                Err(Failure::unauthorized(true))
            }
        }
        _ => Err(Failure::unauthorized(false)),
    }
}

/// Scheme, host and port of the request.
fn origin(parts: &Parts) -> Option<String> {
    let scheme = parts.uri.scheme_str().unwrap_or("http");
    let authority = match parts.uri.authority() {
        Some(authority) => authority.as_str(),
        None => parts.headers.get(HOST)?.to_str().ok()?,
    };
    Some(format!("{scheme}://{authority}"))
}

/// The body of a request that should have one; its media type must be JSON (RFC 7644 §3.8).
fn body_text<'b>(
    method: &Method,
    headers: &HeaderMap,
    body: &'b Bytes,
    manner: &Manner,
) -> Outcome<&'b str> {
    if ![Method::POST, Method::PUT, Method::PATCH].contains(method) {
        return Ok("");
    }
    if let Some(value) = headers.get(CONTENT_TYPE) {
        let media_type = value
            .to_str()
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default();
        let media_type = media_type.trim();
        let known = ["application/scim+json", "application/json"];
        let known = known
            .iter()
            .any(|known| known.eq_ignore_ascii_case(media_type));
        if !known || !manner.permit_media_type(media_type) {
            let detail = "the body must be application/scim+json";
            return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
    }
    std::str::from_utf8(body).map_err(|_| Failure::invalid_syntax("the body is not UTF-8"))
}

/// The parameters of a URL, decoded.
fn parameters(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| query_decoded(text).into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

/// A request whose endpoint is being found.
struct Exchange<'a> {
    config: &'a Config,
    state: &'a mut State,
    manner: &'a Manner,
    method: &'a Method,
    preconditions: Preconditions,
    parameters: Vec<(String, String)>,
    body: &'a str,
    /// The id of what is created, if that is known.
    id: Option<String>,
}

/// One operation of a bulk request.
pub(super) struct Single<'a> {
    pub(super) method: &'a Method,
    pub(super) target: Target,
    pub(super) query: &'a str,
    pub(super) body: &'a str,
    pub(super) preconditions: Preconditions,
    pub(super) id: Option<String>,
}

/// Does one operation of a bulk request as if it had come alone.
pub(super) fn single(
    config: &Config,
    state: &mut State,
    single: Single<'_>,
) -> Outcome<Response<Bytes>> {
    let manner = state.misbehaviours.manner();
    let exchange = Exchange {
        config,
        state,
        manner: &manner,
        method: single.method,
        preconditions: single.preconditions,
        parameters: parameters(single.query),
        body: single.body,
        id: single.id,
    };
    exchange.at(single.target)
}

impl Exchange<'_> {
    fn at(self, target: Target) -> Outcome<Response<Bytes>> {
        let manner = self.manner;
        let base = self.state.store.base().to_owned();
        let has_resources = !matches!(
            target,
            Target::Bulk | Target::Config | Target::ResourceTypes(_) | Target::Schemas(_)
        );
        let response = self.processed(target)?;
        Ok(if has_resources {
            manner.written(response, &base)
        } else {
            response
        })
    }

    fn processed(mut self, target: Target) -> Outcome<Response<Bytes>> {
        match target {
            Target::Root => match *self.method {
                Method::GET => self.query(None),
                _ => Err(Failure::method("GET")),
            },
            Target::Collection(kind) => match *self.method {
                Method::GET => self.query(Some(kind)),
                Method::POST => {
                    let (body, id) = (self.body, self.id.take());
                    self.work()?.create(kind, body, id)
                }
                _ => Err(Failure::method("GET, POST")),
            },
            Target::Search(scope) => match *self.method {
                Method::POST => self.search(scope),
                _ => Err(Failure::method("POST")),
            },
            Target::Resource(kind, id) => {
                let number = self.state.store.number(&id).filter(|number| {
                    self.state
                        .store
                        .entry(*number)
                        .is_some_and(|entry| entry.kind == kind)
                });
                self.resource(number, &id)
            }
            Target::Me => self.me(),
            Target::Bulk => self.bulk(),
            Target::Config | Target::ResourceTypes(_) | Target::Schemas(_) => {
                self.discovery(target)
            }
        }
    }

    fn resource(self, number: Option<u64>, id: &str) -> Outcome<Response<Bytes>> {
        let known = [Method::GET, Method::PUT, Method::PATCH, Method::DELETE];
        if !known.contains(self.method) {
            return Err(Failure::method("GET, PUT, PATCH, DELETE"));
        }
        match *self.method {
            Method::PATCH => self.manner.need(self.manner.offers.patch, "PATCH")?,
            Method::PUT => self.manner.need(self.manner.offers.put, "PUT")?,
            _ => {}
        }
        let Some(number) = number else {
            return Err(Failure::not_found(&format!("the resource {id}")));
        };
        let (method, body) = (self.method.clone(), self.body);
        let work = self.work()?;
        match method {
            Method::GET => work.read(number),
            Method::PUT => work.replace(number, body),
            Method::PATCH => work.patch(number, body),
            _ => work.delete(number),
        }
    }

    /// The resource of whoever asks (RFC 7644 §3.11). A POST makes one, if there is none yet, of
    /// the first type that is served.
    fn me(mut self) -> Outcome<Response<Bytes>> {
        if self.manner.offers.me == Some(false) {
            return Err(Failure::not_found("this endpoint"));
        }
        let subject = self.state.me.clone();
        let number = subject.as_ref().and_then(|id| self.state.store.number(id));
        if *self.method == Method::POST {
            if number.is_some() {
                let detail = "the subject has its resource already";
                return Err(Failure::new(StatusCode::CONFLICT, detail));
            }
            let id = self.state.store.reserve_id((self.config.clock)());
            let body = self.body;
            let exchange = Exchange {
                state: &mut *self.state,
                preconditions: std::mem::take(&mut self.preconditions),
                parameters: std::mem::take(&mut self.parameters),
                id: None,
                ..self
            };
            let work = exchange.work();
            let created = work.and_then(|work| work.create(0, body, Some(id.clone())));
            if created.is_ok() {
                self.state.me = Some(id);
            }
            return created;
        }
        let Some(id) = subject else {
            let detail = "nobody is set as the subject of /Me";
            return Err(Failure::new(StatusCode::NOT_IMPLEMENTED, detail));
        };
        self.resource(number, &id)
    }

    fn bulk(self) -> Outcome<Response<Bytes>> {
        self.manner.need(self.manner.offers.bulk, "bulk")?;
        if self.config.bulk_operations == 0 {
            return Err(Failure::new(
                StatusCode::NOT_IMPLEMENTED,
                "there is no bulk here",
            ));
        }
        if *self.method != Method::POST {
            return Err(Failure::method("POST"));
        }
        bulk::run(self.config, self.state, self.body)
    }

    fn work<'w>(self) -> Outcome<Work<'w>>
    where
        Self: 'w,
    {
        let mut request = SearchRequest::default();
        for (name, value) in &self.parameters {
            if let Some(name @ ("attributes" | "excludedAttributes")) = known_name(name) {
                self.set(&mut request, name, value, false)?;
            }
        }
        let choice: Choice = query::choice(&request)?;
        Ok(Work {
            config: self.config,
            store: &mut self.state.store,
            manner: self.manner,
            now: (self.config.clock)(),
            preconditions: match self.manner.offers.etag {
                Some(false) => Preconditions::default(),
                _ => self.preconditions,
            },
            choice,
        })
    }

    /// GET of a collection.
    fn query(&mut self, scope: Scope) -> Outcome<Response<Bytes>> {
        let by_cursor = self
            .parameters
            .iter()
            .any(|(n, _)| known_name(n) == Some("cursor"));
        let mut request = SearchRequest::default();
        for (name, value) in &self.parameters {
            if let Some(name) = known_name(name) {
                self.set(&mut request, name, value, by_cursor)?;
            }
        }
        self.list(scope, request)
    }

    fn set(
        &self,
        request: &mut SearchRequest,
        name: &str,
        value: &str,
        by_cursor: bool,
    ) -> Outcome<()> {
        // The first page has an empty cursor (RFC 9865 §2), and an empty filter is none: whoever
        // meant to ask for some resources must not be given all.
        let may_be_empty = matches!(name, "cursor" | "filter") || self.config.strict;
        if value.is_empty() && !may_be_empty {
            return Ok(());
        }
        let options = self.manner.filter_options(self.config);
        request
            .set_parameter_with(name, value, &options)
            .map_err(|error| query::wrong_parameter(&error, by_cursor))
    }

    /// POST to `/.search`.
    fn search(&mut self, scope: Scope) -> Outcome<Response<Bytes>> {
        if self.manner.offers.search == Some(false) {
            return Err(Failure::not_found("this endpoint"));
        }
        let request = if self.config.strict {
            SearchRequest::from_json_strict(self.body)
        } else {
            let options = self.manner.filter_options(self.config);
            SearchRequest::from_json_with(self.body, &options)
        };
        let request =
            request.map_err(|error| query::wrong_parameter(&error, error.is_by_cursor()))?;
        self.list(scope, request)
    }

    fn list(&mut self, scope: Scope, mut request: SearchRequest) -> Outcome<Response<Bytes>> {
        self.manner.permit_filter(request.filter.as_ref())?;
        self.manner.permit_count(request.count)?;
        if self.manner.offers.sort == Some(false) {
            request.sort_by = None;
        }
        let paging = self.manner.paging(Paging::usual(self.config));
        let now = (self.config.clock)();
        let State {
            store,
            lists,
            cursors,
            ..
        } = &mut *self.state;
        let options = self.manner.filter_options(self.config);
        query::run(
            store,
            (lists, cursors),
            scope,
            request,
            &options,
            paging,
            now,
        )
        .map(answer::json)
    }

    /// RFC 7644 §4. Parameters are ignored, but a filter is refused.
    fn discovery(self, target: Target) -> Outcome<Response<Bytes>> {
        if self.manner.no_discovery {
            return Err(Failure::not_found("this endpoint"));
        }
        if *self.method != Method::GET {
            return Err(Failure::method("GET"));
        }
        if self
            .parameters
            .iter()
            .any(|(name, _)| known_name(name) == Some("filter"))
        {
            let detail = "discovery knows no filters (RFC 7644 §4)";
            return Err(Failure::new(StatusCode::FORBIDDEN, detail));
        }
        let store = &self.state.store;
        let base = store.base();
        let types = || {
            store
                .kinds
                .iter()
                .map(|kind| discovery::resource_type(base, kind))
        };
        let document = match target {
            Target::ResourceTypes(None) => return Ok(list_of(types().collect())),
            Target::ResourceTypes(Some(name)) => types().find(|document| has_id(document, &name)),
            Target::Schemas(None) => return Ok(list_of(discovery::schemas(base, &store.kinds))),
            Target::Schemas(Some(urn)) => {
                let mut all = discovery::schemas(base, &store.kinds).into_iter();
                all.find(|document| has_id(document, &urn))
            }
            _ => Some(discovery::config(base, self.abilities())),
        };
        match document {
            Some(document) => Ok(answer::json(document.to_string())),
            None => Err(Failure::not_found("the document")),
        }
    }

    fn abilities(&self) -> Abilities {
        let offers = &self.manner.offers;
        let paging = self.manner.paging(Paging::usual(self.config));
        let bulk = offers.bulk != Some(false);
        Abilities {
            patch: offers.patch != Some(false),
            filter: offers.filter != Some(false),
            sort: offers.sort != Some(false),
            versions: offers.etag != Some(false),
            paging,
            bulk_operations: if bulk { self.config.bulk_operations } else { 0 },
            bulk_payload: self.config.max_payload,
            bearer: self.config.token.is_some(),
        }
    }
}

fn has_id(document: &Value, id: &str) -> bool {
    let own = document.get("id").and_then(Value::as_str);
    own.is_some_and(|own| own.eq_ignore_ascii_case(id))
}

fn list_of(documents: Vec<Value>) -> Response<Bytes> {
    let total = documents.len() as u64;
    let resources = documents.into_iter().map(Json::from).collect();
    let mut list = ListResponse::new(total, resources);
    list.start_index = Some(1);
    list.items_per_page = Some(total);
    answer::json(list.to_json())
}

/// The name of a parameter as the RFC spells it.
fn known_name(name: &str) -> Option<&'static str> {
    const NAMES: [&str; 8] = [
        "attributes",
        "excludedAttributes",
        "filter",
        "sortBy",
        "sortOrder",
        "startIndex",
        "count",
        "cursor",
    ];
    NAMES
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name))
}
