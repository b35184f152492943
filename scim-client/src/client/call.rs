//! One request, built without a transport.

mod condition;
mod secrecy;

use std::sync::Arc;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, StatusCode, Uri,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH},
    uri::InvalidUri,
};

pub(super) use self::condition::{Condition, UNQUOTED, UNSENDABLE, is_entity_tag};
use super::{
    base_url::Below,
    checks::Checks,
    clear::{clear, clear_all},
    options::RequestOptions,
    settings::Settings,
    wire::origin,
};
use crate::{
    error::{Error, ErrorKind},
    message::ScimType,
    model::{Attribute, Descriptor},
    profile::Profile,
    resource::ResourceKind,
};

/// What is accepted: SCIM's media type, and plain JSON from servers that know no better.
const ACCEPTED: HeaderValue =
    HeaderValue::from_static("application/scim+json, application/json;q=0.9");
const SCIM_JSON: HeaderValue = HeaderValue::from_static("application/scim+json");

/// A request that was described and not yet sent. What is wrong with it is kept until then.
#[derive(Clone)]
pub(super) struct Call {
    settings: Arc<Settings>,
    method: Method,
    /// The name of the resource type, where there is one.
    resource_type: Option<&'static str>,
    /// The tables of the resource types that it is about: they say what of the body is secret.
    types: Types,
    /// Below the base URL.
    path: String,
    pub(super) options: RequestOptions,
    body: Option<Bytes>,
    /// The body of the request that this one follows: its secrets are those of the operation.
    // Boxed: most have none, and a call is moved often.
    earlier: Option<Box<Bytes>>,
    /// Whether its path has the `id` that the resource was read with, and no other name.
    is_by_own_id: bool,
    /// Whether it should have been for one version of the resource, and there is no way to say it.
    unconditional: bool,
    /// What the resource type does not allow.
    checks: Checks,
    problem: Option<Error>,
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
    pub(super) fn new(settings: &Arc<Settings>, method: Method, path: Below) -> Self {
        let (path, problem) = match path {
            Ok(path) => (path, None),
            Err(invalid) => (String::new(), Some(Error::invalid_request(invalid.0))),
        };
        Self {
            settings: settings.clone(),
            method,
            resource_type: None,
            types: Types::default(),
            path,
            options: RequestOptions::default(),
            body: None,
            earlier: None,
            is_by_own_id: false,
            unconditional: false,
            checks: Checks::default(),
            problem,
        }
    }

    /// Says which type of resource it is about.
    pub(super) fn is_about(&mut self, kind: ResourceKind) {
        self.resource_type = Some(kind.name());
        self.types.add(kind.descriptor());
    }

    /// Takes over options; they win over those that there are.
    pub(super) fn set_options(&mut self, options: RequestOptions) {
        self.options.merge(options);
        self.unconditional &= !self.options.headers.contains_key(IF_MATCH);
    }

    /// Says that its body has resources of this type, too.
    pub(super) fn with_values_of(&mut self, table: &'static Descriptor) {
        self.types.add(table);
    }

    #[cfg(feature = "tracing")]
    pub(super) fn resource_type(&self) -> Option<&'static str> {
        self.resource_type
    }

    pub(super) fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// The path below the base URL.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The path with that of the base URL.
    pub(super) fn full_path(&self) -> String {
        [self.settings.base.path(), &self.path].concat()
    }

    pub(super) fn body(&mut self, body: String) {
        self.body = Some(body.into());
    }

    /// Clears the attribute at the end of this way, if the body has no value for it.
    pub(super) fn clear(&mut self, way: &[&'static Attribute]) {
        let names: Vec<_> = way.iter().map(|attribute| attribute.name).collect();
        let Some(last) = way.last() else {
            return;
        };
        self.edit(|text| clear(text, &names, last.is_multi_valued()));
    }

    /// Clears those of these attributes that the body has no value for.
    pub(super) fn clear_all(&mut self, attributes: impl Iterator<Item = &'static Attribute>) {
        self.edit(|text| clear_all(text, attributes));
    }

    fn edit(&mut self, edit: impl FnOnce(&mut String)) {
        if let Some(body) = self.body.take() {
            // Nobody else has the bytes yet, so they are not copied.
            let text = String::from_utf8(body.into());
            let mut text =
                text.unwrap_or_else(|wrong| String::from_utf8_lossy(wrong.as_bytes()).into_owned());
            edit(&mut text);
            self.body = Some(text.into());
        }
    }

    /// Turns it into a query by POST.
    pub(super) fn search(&mut self, body: String) {
        self.method = Method::POST;
        self.path.push_str("/.search");
        self.body = Some(body.into());
    }

    /// Adds a query parameter.
    pub(super) fn parameter(&mut self, name: &str, value: &str) {
        self.options.add_parameter(name, value);
    }

    /// Another request in place of this one, with its options but for conditions and preferences.
    pub(super) fn instead(&self, method: Method, path: Below) -> Self {
        let mut other = Self::new(&self.settings, method, path);
        other.types.clone_from(&self.types);
        other.resource_type = self.resource_type;
        other.is_by_own_id = self.is_by_own_id;
        other.options = self.options.for_another_request();
        other.earlier = self.body.clone().map(Box::new);
        if other.earlier.is_none() {
            other.earlier.clone_from(&self.earlier);
        }
        other
    }

    /// The query as it will be sent, without `?`.
    pub(super) fn query(&self) -> &str {
        self.options.query()
    }

    /// Sets a header; a value that cannot be one is an error when the request is sent.
    pub(super) fn header(&mut self, name: &str, value: &str) {
        self.options.set_header(name, value);
        self.unconditional &= !self.options.headers.contains_key(IF_MATCH);
    }

    /// Adds `If-Match` for this version (RFC 7644 §3.14). Where the service provider has no
    /// versions, and where none is known, there is nothing to ask for. A version that is no
    /// entity-tag leaves the request unconditional, which is kept in mind, or makes it an error.
    pub(super) fn if_match(&mut self, version: Option<&str>) {
        match Condition::of(&self.settings, version) {
            Condition::Nothing => {}
            Condition::Is(tag) => match HeaderValue::from_str(&tag) {
                Ok(tag) => {
                    self.options.headers.insert(IF_MATCH, tag);
                }
                Err(_) => self.fail(UNSENDABLE),
            },
            Condition::Bare if self.settings.refuse_unquoted => self.fail(UNQUOTED),
            Condition::Bare => self.unconditional = true,
            Condition::Unsendable => self.fail(UNSENDABLE),
        }
    }

    /// Asks for another version than before. If that is not known, the request is unconditional,
    /// unlike the one before it.
    pub(super) fn if_match_now(&mut self, version: Option<&str>) {
        if self.options.headers.remove(IF_MATCH).is_some() {
            self.unconditional = version.is_none();
            self.if_match(version);
        }
    }

    /// Returns whether it should have been for one version of the resource, and is for any.
    pub(super) fn is_unconditional(&self) -> bool {
        self.unconditional
    }

    /// Asks for a response only if the resource has another version, if there is a way to ask for
    /// that; `None` asks for one in any case.
    pub(super) fn if_none_match(&mut self, version: Option<&str>) {
        self.options.headers.remove(IF_NONE_MATCH);
        // Without it more is sent than necessary, and nothing is lost.
        if let Condition::Is(tag) = Condition::of(&self.settings, version)
            && let Ok(tag) = HeaderValue::from_str(&tag)
        {
            self.options.headers.insert(IF_NONE_MATCH, tag);
        }
    }

    /// Takes back that it may be done later.
    pub(super) fn forget_preference(&mut self) {
        self.options.headers.remove("prefer");
    }

    #[cold]
    pub(super) fn fail(&mut self, problem: impl Into<String>) {
        self.fail_with(Error::invalid_request(problem));
    }

    /// Keeps an error for when the request is sent.
    #[cold]
    /// What the resource type of its [operation](super::Resources) allows.
    pub(super) fn is_checked_by(&mut self, checks: &Checks) {
        self.checks = checks.clone();
    }

    pub(super) fn checks(&self) -> &Checks {
        &self.checks
    }

    pub(super) fn fail_with(&mut self, error: Error) {
        self.problem.get_or_insert(error);
    }

    /// The request as it will be sent, credentials included; an access token only if one was
    /// fetched before.
    pub(super) fn request(&self) -> Result<Request<Bytes>, Error> {
        self.request_with(None)
    }

    /// Says what is wrong with it.
    pub(super) fn check(&self) -> Result<(), Error> {
        match (&self.problem, self.options.problem) {
            (Some(problem), _) => Err(problem.clone()),
            (None, Some(problem)) => Err(Error::invalid_request(problem)),
            (None, None) => Ok(()),
        }
    }

    /// The request with this access token.
    pub(super) fn request_with(
        &self,
        token: Option<&HeaderValue>,
    ) -> Result<Request<Bytes>, Error> {
        self.check()?;
        let (base, query) = (&self.settings.base, self.query());
        let above = base.path();
        let mark = usize::from(!query.is_empty());
        // All of its room is used, so that the URL takes it over as it is.
        let length = above.len() + self.path.len() + mark + query.len();
        let mut target = String::with_capacity(length);
        target.push_str(above);
        target.push_str(&self.path);
        if !query.is_empty() {
            target.push('?');
            target.push_str(query);
        }
        self.request_at(base.url(target), token)
    }

    /// The request to another address of the same origin.
    pub(super) fn request_to(
        &self,
        url: &str,
        token: Option<&HeaderValue>,
    ) -> Result<Request<Bytes>, Error> {
        self.request_at(url.parse(), token)
    }

    fn request_at(
        &self,
        url: Result<Uri, InvalidUri>,
        token: Option<&HeaderValue>,
    ) -> Result<Request<Bytes>, Error> {
        let settings = &*self.settings;
        let mut request = Request::new(self.body.clone().unwrap_or_default());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = url
            .map_err(|e| Error::invalid_request("the URL is too long or invalid").with_source(e))?;
        let headers = request.headers_mut();
        // For these, what the transport adds, and no more: a larger table takes a slower way through the
        // allocator.
        let usual = if self.body.is_some() { 8 } else { 6 };
        headers.reserve(usual + settings.headers.len() + self.options.headers.len());
        headers.insert(ACCEPT, ACCEPTED);
        if self.body.is_some() {
            headers.insert(CONTENT_TYPE, media_type(&settings.profile));
        }
        for source in [&settings.headers, &self.options.headers] {
            for name in source.keys() {
                headers.remove(name);
            }
            for (name, value) in source {
                headers.append(name.clone(), value.clone());
            }
        }
        match (token, &settings.credentials) {
            (Some(token), _) => {
                headers.insert(AUTHORIZATION, token.clone());
            }
            (None, Some(credentials)) => credentials.apply(headers),
            (None, None) => {}
        }
        if settings.signer.is_some() {
            self.sign(&mut request)?;
        }
        Ok(request)
    }

    /// Has the request signed by the application's hook.
    fn sign(&self, request: &mut Request<Bytes>) -> Result<(), Error> {
        let Some(signer) = &self.settings.signer else {
            return Ok(());
        };
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

    /// Returns whether it changes nothing: GET and the like, and a query by POST.
    pub(super) fn is_safe(&self) -> bool {
        self.method.is_safe() || self.is_search()
    }

    fn is_search(&self) -> bool {
        self.method == Method::POST && self.path.ends_with("/.search")
    }

    /// Returns whether it does no harm when it is processed twice (RFC 9110 §9.2.2). A PATCH does
    /// not if it is for one version of the resource.
    pub(super) fn is_idempotent(&self) -> bool {
        let conditional = || {
            let version = self.options.headers.get(IF_MATCH);
            version.is_some_and(|version| version != "*")
        };
        self.method.is_idempotent()
            || self.is_search()
            || self.method == Method::PATCH && conditional()
    }

    /// Says whether its path has the `id` that the resource was read with, and not just any name.
    pub(super) fn set_by_own_id(&mut self, is_own: bool) {
        self.is_by_own_id = is_own;
    }

    pub(super) fn is_by_own_id(&self) -> bool {
        self.is_by_own_id
    }

    /// Returns whether it is a write, or reads what a write led to.
    pub(super) fn is_of_write(&self) -> bool {
        !self.is_safe() || self.earlier.is_some()
    }

    /// What was written: the body, or that of the request that this one follows.
    pub(super) fn written(&self) -> Option<&str> {
        let body = match self.earlier.as_deref() {
            Some(earlier) => Some(earlier),
            None => self.body.as_ref(),
        };
        std::str::from_utf8(body?).ok()
    }

    /// This call follows a write with that body.
    pub(super) fn follows(&mut self, body: String) {
        self.earlier = Some(Box::new(body.into()));
    }

    /// The error for a response with an error status.
    pub(super) fn refused(&self, status: StatusCode, headers: HeaderMap, body: &[u8]) -> Error {
        let mut error = Error::status_of(status, headers, body);
        if self.settings.profile.plain_not_found {
            error = error.in_scim();
        }
        if self.method == Method::PATCH
            && let Some(advice) = advice_on_patch(&error)
        {
            error = error.with_advice(advice);
        }
        self.blame(error)
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.full_path())
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
