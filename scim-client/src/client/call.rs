//! One request, built without a transport.

use std::borrow::Cow;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH},
};

use super::{Client, clear::clear, credentials::add_headers, secrets::Secrets, sent};
use crate::{
    Json,
    error::{Error, ErrorKind},
    internal::percent::encode,
    message::{BulkOperation, BulkResult, ScimType},
    model::{Attribute, Descriptor},
    profile::Profile,
    resource::Resource,
    shown,
};

/// What is accepted: SCIM's media type, and plain JSON from servers that know no better.
const ACCEPTED: HeaderValue =
    HeaderValue::from_static("application/scim+json, application/json;q=0.9");
const SCIM_JSON: HeaderValue = HeaderValue::from_static("application/scim+json");

/// A request that was described and not yet sent. What is wrong with it is kept until then.
#[derive(Clone)]
pub(super) struct Call {
    client: Client,
    method: Method,
    /// The name of the resource type, where there is one.
    resource_type: Option<&'static str>,
    /// The tables of the resource types that it is about: they say what of the body is secret.
    types: Types,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Option<String>,
    /// Whether it should have been for one version of the resource, and there is no way to say it.
    unconditional: bool,
    problem: Option<String>,
}

/// The tables of resource types, as a rule one.
#[derive(Clone, Default)]
struct Types {
    first: Option<&'static Descriptor>,
    others: Vec<&'static Descriptor>,
}

impl Types {
    fn add(&mut self, table: &'static Descriptor) {
        if self.first.is_none() {
            self.first = Some(table);
        } else if !self.iter().any(|known| std::ptr::eq(known, table)) {
            self.others.push(table);
        }
    }

    fn iter(&self) -> impl Iterator<Item = &'static Descriptor> {
        self.first.into_iter().chain(self.others.iter().copied())
    }
}

impl Call {
    pub(super) fn new(client: Client, method: Method, path: Result<String, Error>) -> Self {
        let (path, problem) = match path {
            Ok(path) => (path, None),
            Err(error) => (String::new(), Some(error.to_string())),
        };
        Self {
            client,
            method,
            resource_type: None,
            types: Types::default(),
            path,
            query: String::new(),
            headers: HeaderMap::new(),
            body: None,
            unconditional: false,
            problem,
        }
    }

    /// Says which type of resource it is about.
    pub(super) fn about<R: Resource>(mut self) -> Self {
        self.resource_type = Some(R::NAME);
        self.types.add(R::DESCRIPTOR);
        self
    }

    /// Says that its body has resources of this type, too.
    pub(super) fn with_values_of(&mut self, table: &'static Descriptor) {
        self.types.add(table);
    }

    #[cfg(feature = "tracing")]
    pub(super) fn resource_type(&self) -> Option<&'static str> {
        self.resource_type
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn body(&mut self, body: String) {
        self.body = Some(body);
    }

    /// Clears the attribute at the end of this way, if the body has no value for it.
    pub(super) fn clear(&mut self, way: Vec<&'static Attribute>) {
        let names: Vec<_> = way.iter().map(|attribute| attribute.name).collect();
        if let (Some(body), Some(last)) = (&mut self.body, way.last()) {
            clear(body, &names, last.is_multi_valued());
        }
    }

    /// Turns it into a query by POST.
    pub(super) fn search(&mut self, body: String) {
        self.method = Method::POST;
        self.path.push_str("/.search");
        self.body = Some(body);
    }

    /// Adds a query parameter.
    pub(super) fn parameter(&mut self, name: &str, value: &str) {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(&encode(name));
        self.query.push('=');
        self.query.push_str(&encode(value));
    }

    /// Another request in place of this one, with its parameters and headers but for `Prefer`.
    pub(super) fn instead(&self, method: Method, path: Result<String, Error>) -> Self {
        let mut other = Self::new(self.client.clone(), method, path);
        other.types.clone_from(&self.types);
        other.query.clone_from(&self.query);
        other.headers.clone_from(&self.headers);
        other.headers.remove("prefer");
        other
    }

    /// The query as it will be sent, without `?`.
    pub(super) fn query(&self) -> &str {
        &self.query
    }

    /// Takes over a query that another call had.
    pub(super) fn raw_query(&mut self, query: &str) {
        query.clone_into(&mut self.query);
    }

    /// Sets a header; a value that cannot be one is an error when the request is sent.
    pub(super) fn header(&mut self, name: &str, value: &str) {
        let name = HeaderName::from_bytes(name.as_bytes());
        match (name, HeaderValue::from_str(value)) {
            (Ok(name), Ok(mut value)) => {
                // No `Debug` of a request shows it.
                value.set_sensitive(!shown::is_fact(&name));
                self.unconditional &= name != IF_MATCH;
                self.headers.insert(name, value);
            }
            _ => self.fail("a header's name or value is invalid"),
        }
    }

    /// Adds `If-Match` for this version (RFC 7644 §3.14). Where the service provider has no
    /// versions, and where none is known, there is nothing to ask for. A version that is no
    /// entity-tag leaves the request unconditional, which is kept in mind, or makes it an error.
    pub(super) fn if_match(&mut self, version: Option<&str>) {
        match Condition::of(&self.client, version) {
            Condition::Nothing => {}
            Condition::Is(tag) => match HeaderValue::from_str(&tag) {
                Ok(tag) => {
                    self.headers.insert(IF_MATCH, tag);
                }
                Err(_) => self.fail(UNSENDABLE),
            },
            Condition::Bare if self.client.inner.refuse_unquoted => self.fail(UNQUOTED),
            Condition::Bare => self.unconditional = true,
            Condition::Unsendable => self.fail(UNSENDABLE),
        }
    }

    /// Asks for another version than before. If that is not known, the request is unconditional,
    /// unlike the one before it.
    pub(super) fn if_match_now(&mut self, version: Option<&str>) {
        if self.headers.remove(IF_MATCH).is_some() {
            self.unconditional = version.is_none();
            self.if_match(version);
        }
    }

    /// Whether it should have been for one version of the resource, and is for any.
    pub(super) fn is_unconditional(&self) -> bool {
        self.unconditional
    }

    /// Asks for an answer only if the resource has another version, if there is a way to ask for
    /// that; `None` asks for one in any case.
    pub(super) fn if_none_match(&mut self, version: Option<&str>) {
        self.headers.remove(IF_NONE_MATCH);
        // Without it more is sent than necessary, and nothing is lost.
        if let Condition::Is(tag) = Condition::of(&self.client, version)
            && let Ok(tag) = HeaderValue::from_str(&tag)
        {
            self.headers.insert(IF_NONE_MATCH, tag);
        }
    }

    #[cold]
    pub(super) fn fail(&mut self, problem: impl Into<String>) {
        self.problem.get_or_insert_with(|| problem.into());
    }

    /// The request as it will be sent, credentials included; an access token only if one was
    /// fetched before.
    pub(super) fn request(&self) -> Result<Request<Bytes>, Error> {
        self.request_with(None)
    }

    /// Says what is wrong with it.
    pub(super) fn check(&self) -> Result<(), Error> {
        match &self.problem {
            Some(problem) => {
                let problem = problem.strip_prefix("invalid request: ").unwrap_or(problem);
                Err(Error::invalid_request(problem))
            }
            None => Ok(()),
        }
    }

    /// The request with this access token.
    pub(super) fn request_with(
        &self,
        token: Option<&HeaderValue>,
    ) -> Result<Request<Bytes>, Error> {
        self.check()?;
        let inner = &self.client.inner;
        let mut url = String::with_capacity(
            inner.base.origin().len() + self.path.len() + self.query.len() + 1,
        );
        url.push_str(inner.base.origin());
        url.push_str(&self.path);
        if !self.query.is_empty() {
            url.push('?');
            url.push_str(&self.query);
        }
        self.request_to(&url, token)
    }

    /// The request to another address of the same origin.
    pub(super) fn request_to(
        &self,
        url: &str,
        token: Option<&HeaderValue>,
    ) -> Result<Request<Bytes>, Error> {
        let inner = &self.client.inner;
        let body = self
            .body
            .as_ref()
            .map(|body| Bytes::copy_from_slice(body.as_bytes()));
        let has_body = body.is_some();
        let mut request = Request::new(body.unwrap_or_default());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = url
            .parse()
            .map_err(|e| Error::invalid_request("the URL is too long or invalid").with_source(e))?;
        let headers = request.headers_mut();
        headers.reserve(8);
        headers.insert(ACCEPT, ACCEPTED);
        if has_body {
            headers.insert(CONTENT_TYPE, media_type(&inner.profile));
        }
        for source in [&inner.headers, &self.headers] {
            for name in source.keys() {
                headers.remove(name);
            }
            for (name, value) in source {
                headers.append(name.clone(), value.clone());
            }
        }
        match (token, &inner.credentials) {
            (Some(token), _) => {
                headers.insert(AUTHORIZATION, token.clone());
            }
            (None, Some(credentials)) => credentials.apply(headers),
            (None, None) => {}
        }
        if inner.sending.signer.is_some() {
            self.sign(&mut request)?;
        }
        Ok(request)
    }

    /// Has the request signed by the application's hook.
    fn sign(&self, request: &mut Request<Bytes>) -> Result<(), Error> {
        let Some(signer) = &self.client.inner.sending.signer else {
            return Ok(());
        };
        let origin = |uri: &Uri| (uri.scheme().cloned(), uri.authority().cloned());
        let before = origin(request.uri());
        signer(request).map_err(|source| {
            let error = Error::new(ErrorKind::Credentials, "the request could not be signed");
            self.blame(error.with_source(source))
        })?;
        if origin(request.uri()) != before {
            let error = Error::new(ErrorKind::Credentials, "the signature changed the origin");
            return Err(self.blame(error));
        }
        if let Some(value) = request.headers_mut().get_mut(AUTHORIZATION) {
            value.set_sensitive(true);
        }
        Ok(())
    }

    pub(super) fn method(&self) -> &Method {
        &self.method
    }

    /// The path below the base URL.
    pub(super) fn relative_path(&self) -> &str {
        let base = self.client.inner.base.path();
        self.path.strip_prefix(base).unwrap_or(&self.path)
    }

    /// Whether it changes nothing: GET and the like, and a query by POST.
    pub(super) fn is_safe(&self) -> bool {
        self.method.is_safe() || self.is_search()
    }

    fn is_search(&self) -> bool {
        self.method == Method::POST && self.path.ends_with("/.search")
    }

    /// Whether it does no harm when it is processed twice (RFC 9110 §9.2.2). A PATCH does not if
    /// it is for one version of the resource.
    pub(super) fn is_idempotent(&self) -> bool {
        let conditional = || {
            self.headers
                .get(IF_MATCH)
                .is_some_and(|version| version != "*")
        };
        self.method.is_idempotent()
            || self.is_search()
            || self.method == Method::PATCH && conditional()
    }

    /// What must not be shown of what a server says to a request with this body.
    fn secrets(&self, body: Option<&str>) -> Secrets {
        let mut secrets = Secrets::default();
        let inner = &self.client.inner;
        if let Some(credentials) = &inner.credentials {
            credentials.add_to(&mut secrets);
        }
        add_headers(&inner.headers, &mut secrets);
        add_headers(&self.headers, &mut secrets);
        if let Some(body) = body {
            let types: Vec<_> = self.types.iter().collect();
            sent::add_values(body, &types, &mut secrets);
        }
        secrets
    }

    /// Takes credentials, and what of the operation is never returned, out of the words about an
    /// operation of a bulk that failed.
    pub(super) fn redact(&self, sent: &BulkOperation, result: &mut BulkResult) {
        let secrets = self.secrets(sent.data.as_ref().map(Json::as_str));
        let response = result.response.as_ref().map(Json::as_str);
        if let Some(clean) = response.and_then(|text| secrets.redact(text)) {
            result.response = Json::parse(&clean).ok();
        }
        let words = result.description.as_deref();
        if let Some(clean) = words.and_then(|words| secrets.redact(words)) {
            result.description = Some(clean);
        }
    }

    /// The error for an answer with an error status.
    pub(super) fn refused(&self, status: StatusCode, headers: HeaderMap, body: &[u8]) -> Error {
        let mut error = Error::status_of(status, headers, body);
        if self.client.inner.profile.plain_not_found {
            error = error.in_scim();
        }
        if self.method == Method::PATCH
            && let Some(advice) = advice_on_patch(&error)
        {
            error = error.with_advice(advice);
        }
        self.blame(error)
    }

    /// Says that it was this request, and nothing of its secrets, which servers repeat also where
    /// they answer with success.
    pub(super) fn blame(&self, mut error: Error) -> Error {
        let secrets = self.secrets(self.body.as_deref());
        error.redact(|text| secrets.redact(text));
        secrets.redact_headers(error.headers_mut());
        error.at(&self.method, &self.path)
    }

    /// An error's answer without the secrets of the request, which some servers repeat.
    pub(super) fn without_secrets(&self, mut response: Response<Bytes>) -> Response<Bytes> {
        let secrets = self.secrets(self.body.as_deref());
        secrets.redact_headers(response.headers_mut());
        if let Some(clean) = secrets.redact_bytes(response.body()) {
            *response.body_mut() = clean.into();
        }
        response
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// What the profile could say of a service provider that refuses a PATCH, or the paths in it.
fn advice_on_patch(error: &Error) -> Option<&'static str> {
    let is_about_path = || {
        let words = error.detail().unwrap_or_default().to_ascii_lowercase();
        match error.scim_type() {
            Some(keyword) => *keyword == ScimType::INVALID_PATH,
            None => words.contains("path"),
        }
    };
    match error.status()? {
        StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => Some(
            "if it has no PATCH, its profile can say so (`\"capabilities\": {\"patch\": false}`), \
             so that `update` sends a PUT",
        ),
        StatusCode::BAD_REQUEST if is_about_path() => Some(
            "if it takes no paths in PATCH, its profile can say so \
             (`\"patch\": {\"noPaths\": true}`), so that values are sent without them",
        ),
        _ => None,
    }
}

/// The media type of a request; the builder has seen that it can be a header.
fn media_type(profile: &Profile) -> HeaderValue {
    let own = profile.media_type.as_deref();
    own.and_then(|own| HeaderValue::from_str(own).ok())
        .unwrap_or(SCIM_JSON)
}

/// Why a request is not sent.
pub(super) const UNSENDABLE: &str = "the version of the resource has quotes and is no entity-tag \
                                     that `If-Match` can have (RFC 9110 §8.8.3): take \
                                     `meta().version` away to write whatever its version is";
/// Why a request is not sent where [`ClientBuilder::refuse_unquoted_versions`] says so.
pub(super) const UNQUOTED: &str = "the version of the resource has no quotes, so `If-Match` \
                                   cannot have it (RFC 9110 §8.8.3); `\"quoteVersions\": true` \
                                   in the profile puts them on";

/// What is known of the version that a resource should have.
pub(super) enum Condition<'v> {
    /// Nothing, or the service provider has no versions.
    Nothing,
    /// It is this entity-tag: as the service provider gave it, or in quotes where the profile says
    /// that it forgets them.
    Is(Cow<'v, str>),
    /// It is no entity-tag: it has no quotes.
    Bare,
    /// It has quotes, and is no entity-tag all the same.
    Unsendable,
}

impl<'v> Condition<'v> {
    pub(super) fn of(client: &Client, version: Option<&'v str>) -> Self {
        let Some(version) = version.filter(|version| !version.is_empty()) else {
            return Self::Nothing;
        };
        if client.capabilities().etag == Some(false) {
            return Self::Nothing;
        }
        let is_header = |text: &str| HeaderValue::from_str(text).is_ok();
        match version.contains('"') {
            true if is_entity_tag(version) && is_header(version) => Self::Is(version.into()),
            true => Self::Unsendable,
            false if !client.inner.profile.quote_versions => Self::Bare,
            false if is_header(version) => Self::Is(format!("\"{version}\"").into()),
            false => Self::Unsendable,
        }
    }
}

/// Whether a version is an entity-tag (RFC 9110 §8.8.3): quoted, weak or not.
pub(super) fn is_entity_tag(version: &str) -> bool {
    let opaque = version.strip_prefix("W/").unwrap_or(version);
    opaque.len() >= 2
        && opaque.starts_with('"')
        && opaque.ends_with('"')
        && !opaque
            .get(1..opaque.len() - 1)
            .unwrap_or_default()
            .contains('"')
}
