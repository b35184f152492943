//! One request, built without a transport.

use std::borrow::Cow;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH},
};

use super::{Client, clear::clear};
use crate::{
    Json,
    error::{Error, ErrorKind},
    internal::percent::encode,
    message::BulkResult,
    model::Attribute,
    profile::Profile,
    resource::Resource,
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
    path: String,
    query: String,
    headers: HeaderMap,
    body: Option<String>,
    problem: Option<String>,
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
            path,
            query: String::new(),
            headers: HeaderMap::new(),
            body: None,
            problem,
        }
    }

    /// Says which type of resource it is about.
    pub(super) fn about<R: Resource>(mut self) -> Self {
        self.resource_type = Some(R::NAME);
        self
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
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            _ => self.fail("a header's name or value is invalid"),
        }
    }

    /// Asks that the resource has this version, if there is a way to ask for it.
    pub(super) fn if_match(&mut self, version: Option<&str>) {
        let wanted = entity_tag(&self.client, version);
        if let Some(Ok(version)) = wanted.map(|tag| HeaderValue::from_str(&tag)) {
            self.headers.insert(IF_MATCH, version);
        }
    }

    /// Asks for another version than before, or for any.
    pub(super) fn if_match_now(&mut self, version: Option<&str>) {
        if self.headers.remove(IF_MATCH).is_some() {
            self.if_match(version);
        }
    }

    /// Asks for an answer only if the resource has another version, if there is a way to ask for
    /// that; `None` asks for one in any case.
    pub(super) fn if_none_match(&mut self, version: Option<&str>) {
        self.headers.remove(IF_NONE_MATCH);
        let wanted = entity_tag(&self.client, version);
        if let Some(Ok(version)) = wanted.map(|tag| HeaderValue::from_str(&tag)) {
            self.headers.insert(IF_NONE_MATCH, version);
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

    /// The request with this access token.
    pub(super) fn request_with(
        &self,
        token: Option<&HeaderValue>,
    ) -> Result<Request<Bytes>, Error> {
        if let Some(problem) = &self.problem {
            let problem = problem.strip_prefix("invalid request: ").unwrap_or(problem);
            return Err(Error::invalid_request(problem));
        }
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

    /// Takes the credentials out of the words about an operation of a bulk that failed.
    pub(super) fn redact(&self, result: &mut BulkResult) {
        let Some(credentials) = &self.client.inner.credentials else {
            return;
        };
        let response = result.response.as_ref().map(Json::as_str);
        if let Some(clean) = response.and_then(|text| credentials.redact(text)) {
            result.response = Json::parse(&clean).ok();
        }
        let words = result.description.as_deref();
        if let Some(clean) = words.and_then(|words| credentials.redact(words)) {
            result.description = Some(clean);
        }
    }

    /// Says that it was this request, and nothing of its credentials, which servers repeat also
    /// where they answer with success.
    pub(super) fn blame(&self, mut error: Error) -> Error {
        if let Some(credentials) = &self.client.inner.credentials {
            error.redact(|text| credentials.redact(text));
            credentials.redact_headers(error.headers_mut());
        }
        error.at(&self.method, &self.path)
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// The media type of a request; the builder has seen that it can be a header.
fn media_type(profile: &Profile) -> HeaderValue {
    let own = profile.media_type.as_deref();
    own.and_then(|own| HeaderValue::from_str(own).ok())
        .unwrap_or(SCIM_JSON)
}

/// A version as it is asked for: in quotes where the profile says that the service provider
/// forgets them. `None` where it has no versions, or could not match one that is no entity-tag.
pub(super) fn entity_tag<'v>(client: &Client, version: Option<&'v str>) -> Option<Cow<'v, str>> {
    let version = version?;
    if client.capabilities().etag == Some(false) {
        return None;
    }
    if is_entity_tag(version) {
        return Some(version.into());
    }
    let bare = !version.is_empty() && !version.contains('"');
    (client.inner.profile.quote_versions && bare).then(|| format!("\"{version}\"").into())
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
