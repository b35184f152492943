//! From a request to its response: the protocol, over any store.

mod bulk;
mod list;
mod operation;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{
    HeaderMap, Method, Response, StatusCode,
    header::{CONTENT_TYPE, HOST},
    request::Parts,
};
use serde_json::Value;

use self::{
    bulk::{Bulk, Single},
    operation::Work,
};
use crate::{
    config::Config,
    cursor::Cursors,
    discovery::{self, Abilities},
    endpoint::{self, Target},
    precondition::Preconditions,
    projection::Projection,
    query,
    record::{Record, ServedType},
    refusal::{Refusal, Result},
    response,
    store::{Context, Store},
};

/// What is the same for all requests but the [`Config`].
pub(crate) struct Engine<S: Store> {
    pub(crate) store: S,
    pub(crate) types: Box<[ServedType]>,
    cursors: Mutex<Cursors<S::Caller>>,
    /// The base URL as the last request had it.
    base: Mutex<String>,
}

impl<S: Store> Engine<S> {
    pub(crate) fn new(store: S, types: Box<[ServedType]>, base: String) -> Self {
        Self {
            store,
            types,
            cursors: Mutex::new(Cursors::default()),
            base: Mutex::new(base),
        }
    }

    pub(crate) fn cursors(&self) -> MutexGuard<'_, Cursors<S::Caller>> {
        self.cursors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The base URL as the last request had it.
    pub(crate) fn base(&self) -> String {
        let base = self.base.lock().unwrap_or_else(PoisonError::into_inner);
        base.clone()
    }

    /// Answers a request of the caller, or of one who is not known: an error is the response,
    /// except for what everybody may see. `prefix` is the path of the base URL, if that is fixed.
    pub(crate) async fn answer(
        &self,
        config: &Config,
        caller: Result<S::Caller>,
        parts: &Parts,
        body: &Bytes,
        prefix: Option<&str>,
    ) -> Response<Bytes> {
        let answered = self.answered(config, caller, parts, body, prefix).await;
        let response = answered.unwrap_or_else(Refusal::into_response);
        // HEAD is GET without the body (RFC 9110 §9.3.2), errors too.
        if parts.method == Method::HEAD {
            return response.map(|_| Bytes::new());
        }
        response
    }

    async fn answered(
        &self,
        config: &Config,
        caller: Result<S::Caller>,
        parts: &Parts,
        body: &Bytes,
        prefix: Option<&str>,
    ) -> Result<Response<Bytes>> {
        let found = self.endpoint(parts.uri.path(), prefix, config);
        // RFC 7643 §5: how to authenticate can be read without.
        let is_open = matches!(found, Some((_, Target::Config)))
            && [Method::GET, Method::HEAD].contains(&parts.method);
        let caller = match caller {
            Ok(caller) => Some(caller),
            Err(_) if is_open => None,
            Err(refusal) => return Err(refusal),
        };
        let Some((base_path, target)) = found else {
            return Err(Refusal::not_found("this endpoint"));
        };
        let base = self.base_of(config, parts, base_path);
        let text = body_text(&parts.method, &parts.headers, body)?;
        let method = match parts.method {
            Method::HEAD => &Method::GET,
            _ => &parts.method,
        };
        let parameters = query::parameters(parts.uri.query().unwrap_or_default())?;
        match (target, caller) {
            // Only the configuration is shown to those who are not known.
            (_, None) => self.discovery(config, &base, &Target::Config, method, &parameters),
            (
                target @ (Target::Config | Target::ResourceTypes(_) | Target::Schemas(_)),
                Some(_),
            ) => self.discovery(config, &base, &target, method, &parameters),
            (target, Some(caller)) => {
                let context = Context::new(caller, &base, (config.clock)());
                if target == Target::Bulk {
                    self.bulk(config, &context, method, text).await
                } else {
                    let exchange = Exchange {
                        engine: self,
                        config,
                        context: &context,
                        method,
                        preconditions: Preconditions::of(&parts.headers),
                        parameters,
                        body: text,
                        id: None,
                        known: None,
                    };
                    exchange.at(target).await
                }
            }
        }
    }

    /// The endpoint that a path names, and the path of the base URL before it.
    pub(crate) fn endpoint<'p>(
        &self,
        path: &'p str,
        prefix: Option<&str>,
        config: &Config,
    ) -> Option<(&'p str, Target)> {
        if prefix.is_some() {
            return endpoint::find(path, prefix, &self.types);
        }
        if let Some(fixed) = &config.base_url {
            let own = path_of(fixed);
            let is_below = |rest: &str| rest.is_empty() || rest.starts_with('/');
            // Otherwise a router took it off, or a proxy has another one.
            if !own.is_empty() && path.strip_prefix(own).is_some_and(is_below) {
                return endpoint::find(path, Some(own), &self.types);
            }
        }
        let is_own = |path: &str| {
            let base = config.base_url.clone().unwrap_or_else(|| self.base());
            path.is_empty() || path == path_of(&base)
        };
        match endpoint::find(path, None, &self.types) {
            // A search of all types must not answer for a type that is not here.
            Some((base, Target::Search(None))) if endpoint::ends_like_endpoint(base) => {
                is_own(base).then_some((base, Target::Search(None)))
            }
            Some(found) => Some(found),
            None => {
                let path = path.trim_end_matches('/');
                is_own(path).then_some((path, Target::Root))
            }
        }
    }

    /// The base URL of a request: the one that is fixed, or else what comes before the endpoint.
    fn base_of(&self, config: &Config, parts: &Parts, base_path: &str) -> String {
        if let Some(fixed) = &config.base_url {
            return fixed.clone();
        }
        let mut base = self.base.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(origin) = origin(parts) {
            *base = format!("{origin}{base_path}");
        }
        base.clone()
    }

    /// Many operations in one request (RFC 7644 §3.7).
    async fn bulk(
        &self,
        config: &Config,
        context: &Context<S::Caller>,
        method: &Method,
        body: &str,
    ) -> Result<Response<Bytes>> {
        if config.offers.bulk == Some(false) || config.bulk_operations == 0 {
            return Err(Refusal::not_offered("bulk"));
        }
        if *method != Method::POST {
            return Err(Refusal::method_not_allowed("POST"));
        }
        let strict = config.accept.is_strict();
        let mut bulk = Bulk::read(body, config.bulk_operations, strict)?;
        for (bulk_id, kind) in bulk.created(&self.types) {
            if let Some(kind) = self.types.get(kind) {
                let id = self.store.new_id(context, kind).await?;
                bulk.reserve(bulk_id, id);
            }
        }
        while let Some(next) = bulk.next(&self.types) {
            let (index, outcome) = match next {
                Err((index, refusal)) => (index, Err(refusal)),
                Ok(single) => (single.index, self.one(config, context, single).await),
            };
            bulk.done(index, outcome, context.base_url());
        }
        Ok(bulk.response())
    }

    /// One operation of a bulk request.
    async fn one(
        &self,
        config: &Config,
        context: &Context<S::Caller>,
        single: Single,
    ) -> Result<Response<Bytes>> {
        let exchange = Exchange {
            engine: self,
            config,
            context,
            method: &single.method,
            preconditions: single.preconditions,
            parameters: query::parameters(&single.query)?,
            body: &single.body,
            id: single.id,
            known: None,
        };
        exchange.at(single.target).await
    }

    /// RFC 7644 §4. Parameters are ignored, but a filter is refused.
    fn discovery(
        &self,
        config: &Config,
        base: &str,
        target: &Target,
        method: &Method,
        parameters: &[(String, String)],
    ) -> Result<Response<Bytes>> {
        if *method != Method::GET {
            return Err(Refusal::method_not_allowed("GET"));
        }
        let mut names = parameters
            .iter()
            .filter_map(|(name, _)| query::known_name(name));
        if names.any(|name| name == "filter") {
            let detail = "discovery endpoints have no filters (RFC 7644 §4)";
            return Err(Refusal::new(StatusCode::FORBIDDEN, detail));
        }
        let types = || {
            let types = self.types.iter();
            types.map(|kind| discovery::resource_type(base, kind))
        };
        let document = match target {
            Target::ResourceTypes(None) => {
                return Ok(response::json(discovery::list(types().collect())));
            }
            Target::ResourceTypes(Some(name)) => types().find(|document| has_id(document, name)),
            Target::Schemas(None) => {
                let all = discovery::schemas(base, &self.types);
                return Ok(response::json(discovery::list(all)));
            }
            Target::Schemas(Some(urn)) => {
                let mut all = discovery::schemas(base, &self.types).into_iter();
                all.find(|document| has_id(document, urn))
            }
            _ => Some(discovery::service_provider_config(
                base,
                &self.abilities(config),
            )),
        };
        match document {
            Some(document) => Ok(response::json(document.to_string())),
            None => Err(Refusal::not_found("the document")),
        }
    }

    fn abilities(&self, config: &Config) -> Abilities {
        let paging = config.paging;
        let mut offers = config.offers.clone();
        offers.index_paging = Some(paging.by_index);
        offers.cursor_paging = Some(paging.by_cursor);
        let mut tables = self.types.iter().map(ServedType::descriptor);
        Abilities {
            offers,
            page_size: paging.page_size,
            max_page_size: paging.most,
            cursor_lifetime: paging.cursor_lifetime,
            bulk_operations: config.bulk_operations,
            bulk_payload: config.max_payload,
            bearer: config.bearer,
            change_password: tables.any(|table| table.attribute("password").is_some()),
        }
    }
}

/// The path of a URL.
fn path_of(url: &str) -> &str {
    let below = url.split_once("://").map_or("", |(_, below)| below);
    let path = below.find('/').and_then(|at| below.get(at..));
    path.unwrap_or_default()
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
fn body_text<'b>(method: &Method, headers: &HeaderMap, body: &'b Bytes) -> Result<&'b str> {
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
        if !known {
            let detail = "the body must be application/scim+json or application/json, and named so";
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
    }
    std::str::from_utf8(body).map_err(|_| Refusal::invalid_syntax("the body is not UTF-8"))
}

fn has_id(document: &Value, id: &str) -> bool {
    let own = document.get("id").and_then(Value::as_str);
    own.is_some_and(|own| own.eq_ignore_ascii_case(id))
}

/// A request of a known caller whose endpoint is one with resources.
struct Exchange<'a, S: Store> {
    engine: &'a Engine<S>,
    config: &'a Config,
    context: &'a Context<S::Caller>,
    method: &'a Method,
    preconditions: Preconditions,
    parameters: Vec<(String, String)>,
    body: &'a str,
    /// The id of what is created, if that is known.
    id: Option<String>,
    /// The resource at `/Me`, as it was found.
    known: Option<Record>,
}

impl<'a, S: Store> Exchange<'a, S> {
    async fn at(self, target: Target) -> Result<Response<Bytes>> {
        match target {
            Target::Root => match *self.method {
                Method::GET => self.query(None).await,
                _ => Err(Refusal::method_not_allowed("GET")),
            },
            Target::Collection(kind) => match *self.method {
                Method::GET => self.query(Some(kind)).await,
                Method::POST => {
                    let kind = self.kind(kind)?;
                    self.work()?.create(kind).await
                }
                _ => Err(Refusal::method_not_allowed("GET, POST")),
            },
            Target::Search(scope) => match *self.method {
                Method::POST => self.search(scope).await,
                _ => Err(Refusal::method_not_allowed("POST")),
            },
            Target::Resource(kind, id) => {
                let kind = self.kind(kind)?;
                self.resource(Some(kind), &id).await
            }
            Target::Me => self.me().await,
            // These have no resources.
            Target::Bulk | Target::Config | Target::ResourceTypes(_) | Target::Schemas(_) => {
                Err(Refusal::not_found("this endpoint"))
            }
        }
    }

    fn kind(&self, index: usize) -> Result<&'a ServedType> {
        let kind = self.engine.types.get(index);
        kind.ok_or_else(|| Refusal::not_found("this endpoint"))
    }

    /// `kind` is `None` if there is no such resource of any type.
    async fn resource(self, kind: Option<&'a ServedType>, id: &str) -> Result<Response<Bytes>> {
        let offers = &self.config.offers;
        match *self.method {
            Method::PATCH if offers.patch == Some(false) => {
                return Err(Refusal::not_offered("PATCH"));
            }
            Method::PUT if offers.put == Some(false) => return Err(Refusal::not_offered("PUT")),
            Method::GET | Method::PUT | Method::PATCH | Method::DELETE => {}
            _ => return Err(Refusal::method_not_allowed("GET, PUT, PATCH, DELETE")),
        }
        let Some(kind) = kind else {
            return Err(Refusal::not_found(&format!("the resource {id}")));
        };
        let method = self.method.clone();
        let work = self.work()?;
        match method {
            Method::GET => work.read(kind, id).await,
            Method::PUT => work.replace(kind, id).await,
            Method::PATCH => work.patch(kind, id).await,
            _ => work.delete(kind, id).await,
        }
    }

    /// The resource of whoever asks (RFC 7644 §3.11): 404 if there is none yet. A POST makes one,
    /// of the first type that is served.
    async fn me(mut self) -> Result<Response<Bytes>> {
        if self.config.offers.me == Some(false) {
            return Err(Refusal::not_offered("/Me"));
        }
        let (engine, context) = (self.engine, self.context);
        let subject = engine.store.me(context).await?;
        let mut found = None;
        if let Some(id) = &subject {
            for kind in &engine.types {
                self.known = operation::get(&engine.store, context, kind, id).await?;
                if self.known.is_some() {
                    found = Some(kind);
                    break;
                }
            }
        }
        if *self.method == Method::POST {
            if found.is_some() {
                let detail = "the subject has its resource already";
                return Err(Refusal::new(StatusCode::CONFLICT, detail));
            }
            let kind = self.kind(0)?;
            let id = engine.store.new_id(context, kind).await?;
            self.id = Some(id.clone());
            let created = self.work()?.create(kind).await?;
            if let Err(refusal) = engine.store.set_me(context, &id).await {
                // It is nobody's. If it cannot be deleted either, the first reason says more.
                let _gone = engine.store.delete(context, kind, &id, None).await;
                return Err(refusal);
            }
            return Ok(created);
        }
        // 501 would say that nobody has one here.
        let Some(id) = subject else {
            return Err(Refusal::not_found("a resource of the caller"));
        };
        self.resource(found, &id).await
    }

    fn work(self) -> Result<Work<'a, S>> {
        let options = self.config.accept.filter_options();
        let strict = self.config.accept.is_strict();
        let names = query::read_names(&self.parameters, &options, strict)?;
        let projection = Projection::of(&names)?;
        Ok(Work {
            store: &self.engine.store,
            config: self.config,
            context: self.context,
            preconditions: match self.config.offers.etag {
                Some(false) => Preconditions::default(),
                _ => self.preconditions,
            },
            projection,
            body: self.body,
            id: self.id,
            known: self.known,
        })
    }
}
