//! From HTTP responses to typed values.

mod another;

use std::fmt;

use bytes::Bytes;
use http::{
    HeaderMap, StatusCode,
    header::{CONTENT_LOCATION, CONTENT_TYPE, ETAG, LOCATION},
};

pub(super) use self::another::is_another;
use super::{
    call::{Call, is_entity_tag},
    progress::Redirected,
};
use crate::{
    Meta, Partial, Reference, Stored,
    error::{Error, ErrorKind, contradiction, denial, is_html, page, refusal},
    internal::{self, percent::percent_decoded},
    json::{DecodeError, Problem, ProblemKind},
    model::Reflect,
    resource::{AnyResource, ResourceKind},
    shown,
};

/// A value with the status and headers that it came with.
///
/// `Debug` shows no header that could hold a secret, such as a cookie.
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// let answer = users.create(&User::new("bjensen")).send().await?;
/// assert_eq!(answer.status().as_u16(), 201);
/// assert!(answer.location().is_some_and(|url| url.ends_with(answer.value().id())));
/// println!("version {:?}, {} headers", answer.version(), answer.headers().len());
/// assert!(!answer.is_unconditional());
/// let babs = answer.into_value();
/// assert_eq!(babs.user_name, "bjensen");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Response<T> {
    status: StatusCode,
    headers: HeaderMap,
    unconditional: bool,
    value: T,
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &shown::Headers(&self.headers))
            .field("value", &self.value)
            .finish()
    }
}

impl<T> Response<T> {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The `Location` header, or `Content-Location`.
    pub fn location(&self) -> Option<&str> {
        location(&self.headers)
    }

    /// The `ETag` header, verbatim.
    pub fn version(&self) -> Option<&str> {
        version(&self.headers)
    }

    /// Returns whether a [`Stored`] was written without `If-Match`, although it has a version. A
    /// change that somebody else made since it was read may then be lost. This happens when the
    /// version has no quotes and so is not an entity-tag (RFC 9110 §8.8.3), which `If-Match` needs.
    /// It also happens when a write took several requests and the service provider did not return
    /// the version after the last but one.
    ///
    /// A [`Profile`](crate::Profile) with `quote_versions` adds the quotes.
    /// [`refuse_unquoted_versions`](crate::client::ClientBuilder::refuse_unquoted_versions) makes
    /// such a write an error.
    pub fn is_unconditional(&self) -> bool {
        self.unconditional
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Takes the value out.
    pub fn into_value(self) -> T {
        self.value
    }

    pub(super) fn value_mut(&mut self) -> &mut T {
        &mut self.value
    }

    pub(super) fn split(self) -> (T, Response<()>) {
        let Self {
            status,
            headers,
            unconditional,
            value,
        } = self;
        let rest = Response {
            status,
            headers,
            unconditional,
            value: (),
        };
        (value, rest)
    }

    /// As unconditional as the write that it came of.
    pub(super) fn unconditional_as(mut self, write: &Call) -> Self {
        self.unconditional = write.is_unconditional();
        self
    }

    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            status: self.status,
            headers: self.headers,
            unconditional: self.unconditional,
            value: change(self.value),
        }
    }
}

pub(super) fn location(headers: &HeaderMap) -> Option<&str> {
    let header = headers
        .get(LOCATION)
        .or_else(|| headers.get(CONTENT_LOCATION))?;
    header.to_str().ok()
}

pub(super) fn version(headers: &HeaderMap) -> Option<&str> {
    // It may have more than ASCII (RFC 9110 §8.8.3), and must not be lost for that.
    let version = std::str::from_utf8(headers.get(ETAG)?.as_bytes()).ok();
    version.filter(|version| !version.is_empty())
}

/// The text of a successful answer; `None` if it has no body.
pub(super) fn success(
    call: &Call,
    response: http::Response<Bytes>,
) -> Result<Response<Option<String>>, Error> {
    let status = response.status();
    // A write has no 304 (RFC 9110 §15.4.5): nothing was done.
    let unchanged = status == StatusCode::NOT_MODIFIED && call.is_safe();
    if !status.is_success() && !unchanged {
        // Also of a response that came by another way than the client's.
        let (parts, body) = call.without_secrets(response).into_parts();
        return Err(call.refused(parts.status, parts.headers, &body));
    }
    let (parts, body) = response.into_parts();
    let unusable = |why: &str, body: &str| {
        // A login page, as a rule.
        let error = match parts.extensions.get::<Redirected>() {
            Some(Redirected(target)) => Error::new(
                ErrorKind::Redirect,
                format!("to {target}, which does not return SCIM: {why}"),
            ),
            None => Error::new(ErrorKind::Decode, why),
        };
        let error = error.with_body(body);
        let error = error.with_outcome_unknown(!call.is_safe());
        call.blame(error.with_answer(parts.status, parts.headers.clone()))
    };
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(bodiless(call, parts));
    }
    let is_later = status == StatusCode::ACCEPTED && !call.is_safe();
    let text = match String::from_utf8(body.into()) {
        Ok(text) => text,
        Err(error) if is_later => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        Err(error) => match text_with_faults(error.as_bytes()) {
            Ok(text) => text,
            Err(text) => return Err(unusable("the body is not UTF-8 text", &text)),
        },
    };
    // Servers give all kinds of media types to JSON, and HTML where a proxy answers.
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    if !text.trim_start().starts_with(['{', '[']) {
        let is_page = is_html(&text);
        // Words about how far the request is (RFC 9110 §15.3.3). A page is somebody else's, as a
        // firewall's that asks whether there is a person.
        if is_later && !is_page {
            return Ok(bodiless(call, parts));
        }
        let media_type = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or("no media type");
        let page = page(&call.hide_beginning(&text)).unwrap_or_else(|| match is_page {
            true => "an HTML page".to_owned(),
            false => "something else".to_owned(),
        });
        let found = format!("expected JSON, found {page} ({media_type})");
        let why = match is_later {
            true => format!(
                "the request was accepted (202) and is not yet done, but perhaps not by the \
                 service provider: {found}"
            ),
            false => found,
        };
        return Err(unusable(&why, &text));
    }
    if let Some(most) = call.settings().max_nesting
        && internal::nests_deeper(&text, most)
    {
        if is_later {
            return Ok(bodiless(call, parts));
        }
        let why = format!("arrays and objects nest deeper than {most}");
        return Err(unusable(&why, &text));
    }
    Ok(Response {
        status: parts.status,
        headers: parts.headers,
        unconditional: call.is_unconditional(),
        value: Some(text),
    })
}

/// A response of which there is nothing to read.
fn bodiless(call: &Call, parts: http::response::Parts) -> Response<Option<String>> {
    Response {
        status: parts.status,
        headers: parts.headers,
        unconditional: call.is_unconditional(),
        value: None,
    }
}

/// The text of a body that is not UTF-8; an error if it is no list. Behind each U+FFFD that stands for
/// foreign bytes comes a NUL, which no JSON has: so the element of the list that they are in is an
/// error, and no other.
#[cold]
fn text_with_faults(body: &[u8]) -> Result<String, String> {
    let mut text = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push_str("\u{fffd}\0");
        }
    }
    if text.to_ascii_lowercase().contains("\"resources\"") {
        Ok(text)
    } else {
        Err(text.replace("\u{fffd}\0", "\u{fffd}"))
    }
}

/// Looks whether a response of success that need not have a body has one that contradicts it: a
/// SCIM error message, or a page, such as that of a login, by somebody else than the service
/// provider.
pub(super) fn contradicted(call: &Call, response: &http::Response<Bytes>) -> Option<Error> {
    let body = response.body();
    if !response.status().is_success() || body.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    let text = String::from_utf8_lossy(body);
    // With a 202 comes in any form how far the request is.
    let is_page = is_html(&text);
    let is_word = response.status() == StatusCode::ACCEPTED && !is_page;
    let page = page(&call.hide_beginning(&text));
    let page = page.or_else(|| is_page.then(|| "an HTML page".to_owned()));
    let why = match page {
        Some(page) if !is_word => format!("expected JSON or nothing, found {page}"),
        _ if is_word => denial(&text)?,
        _ => contradiction(&text)?,
    };
    let error = Error::new(ErrorKind::Decode, why).with_body(&text);
    let error = error.with_outcome_unknown(!call.is_safe());
    Some(call.blame(error.with_answer(response.status(), response.headers().clone())))
}

/// An error for a successful answer whose body does not fit. What was written is written.
pub(super) fn unfit<T>(call: &Call, answer: &Response<T>, error: DecodeError) -> Error {
    let (status, headers) = (answer.status, answer.headers.clone());
    let error = match refusal(error.raw()) {
        Some(why) => Error::new(ErrorKind::Decode, why).with_raw(&error),
        None => Error::decode(error),
    };
    let error = error.with_outcome_unknown(!call.is_safe());
    call.blame(error.with_answer(status, headers))
}

/// A result of an operation: a whole resource, or some of its attributes.
pub trait Readable: sealed::Sealed + Sized + Send + 'static {
    /// The resource type.
    type Of: AnyResource;
    #[doc(hidden)]
    fn read(kind: ResourceKind, text: &str, strict: bool) -> Result<Self, DecodeError>;
    #[doc(hidden)]
    fn id_and_meta(&mut self) -> (&mut String, &mut Meta);
    /// Where it is noted that the `id` is the end of a location.
    #[doc(hidden)]
    fn id_from_location(&mut self) -> &mut bool;
    /// The attributes, of which some may not have come.
    #[doc(hidden)]
    fn found(&self) -> &dyn Reflect;
    /// What a request that need not be sent would have given.
    #[doc(hidden)]
    fn unsent(kind: ResourceKind, stored: &Stored<Self::Of>) -> Result<Self, DecodeError>;
}

mod sealed {
    use super::{Partial, Stored};

    pub trait Sealed {}
    impl<R> Sealed for Stored<R> {}
    impl<R> Sealed for Partial<R> {}
}

impl<R: AnyResource> Readable for Stored<R> {
    type Of = R;

    fn read(kind: ResourceKind, text: &str, strict: bool) -> Result<Self, DecodeError> {
        Self::read_document(kind, text, strict, false)
    }

    fn id_and_meta(&mut self) -> (&mut String, &mut Meta) {
        let envelope = self.envelope_mut();
        (&mut envelope.id, &mut envelope.meta)
    }

    fn id_from_location(&mut self) -> &mut bool {
        &mut self.envelope_mut().id_from_location
    }

    fn found(&self) -> &dyn Reflect {
        self.resource()
    }

    fn unsent(_: ResourceKind, stored: &Self) -> Result<Self, DecodeError> {
        Ok(stored.clone())
    }
}

impl<R: AnyResource> Readable for Partial<R> {
    type Of = R;

    fn read(kind: ResourceKind, text: &str, strict: bool) -> Result<Self, DecodeError> {
        Self::read_document(kind, text, strict)
    }

    fn id_and_meta(&mut self) -> (&mut String, &mut Meta) {
        let envelope = self.envelope_mut();
        (&mut envelope.id, &mut envelope.meta)
    }

    fn id_from_location(&mut self) -> &mut bool {
        &mut self.envelope_mut().id_from_location
    }

    fn found(&self) -> &dyn Reflect {
        self.resource()
    }

    fn unsent(kind: ResourceKind, stored: &Stored<R>) -> Result<Self, DecodeError> {
        Self::read_document(kind, &stored.to_json(), false)
    }
}

/// Reads a resource, and completes it from the headers: the version from `ETag`, and where the
/// body lacks them the location, and the `id` from `id` or the location, which is noted. A resource
/// that is read may be known by other names than its `id`, such as its `userName`: that it came with
/// another one than `id` is for the log, and wrong where the RFCs are read strictly.
///
/// What comes of a write must not be another resource, and may be the same by another name.
pub(super) fn resource<T: Readable>(
    call: &Call,
    kind: ResourceKind,
    answer: &Response<Option<String>>,
    text: &str,
    id: Option<&str>,
) -> Result<T, Error> {
    let strict = call.settings().strict;
    let mut read = T::read(kind, text, strict).map_err(|error| unfit(call, answer, error))?;
    let (own_id, meta) = read.id_and_meta();
    // A header that is no entity-tag does not displace a version that is one.
    if let Some(version) = answer.version()
        && (is_entity_tag(version) || meta.version.is_none())
    {
        meta.version = Some(version.to_owned());
    }
    if let (None, Some(location)) = (&meta.location, answer.location()) {
        meta.location = Some(Reference::from(location));
    }
    if own_id.is_empty() {
        let location = meta.location.as_ref().map(Reference::as_str);
        let located = || id_at(location?, &call.full_path());
        let known = id.map(str::to_owned).or_else(located);
        let Some(known) = known else {
            let mut problem = Problem::new(ProblemKind::MissingRequired);
            problem.under("id");
            return Err(unfit(
                call,
                answer,
                DecodeError::problems(vec![problem], text),
            ));
        };
        *own_id = known;
        *read.id_from_location() = id.is_none();
        return Ok(read);
    }
    let Some(id) = id.filter(|id| !id.eq_ignore_ascii_case(own_id)) else {
        return Ok(read);
    };
    let is_wrong = match call.is_of_write() {
        true => is_another(id, call.is_by_own_id(), own_id, text, call.written()),
        false => strict,
    };
    if is_wrong {
        let error = Error::new(ErrorKind::Decode, ANOTHER).with_body(text);
        // Whoever reads after a write knows what became of that.
        let error = error.with_outcome_unknown(!call.is_safe());
        let (status, headers) = (answer.status(), answer.headers().clone());
        return Err(call.blame(error.with_answer(status, headers)));
    }
    #[cfg(feature = "tracing")]
    super::trace::another_id(call);
    Ok(read)
}

/// What is said of a resource that nobody asked for.
pub(super) const ANOTHER: &str = "the returned resource has another `id` than the requested one";

/// The identifier in the location that came in answer to a request to `path`. A location that is
/// the place of the request itself, as of a collection, has none.
pub(super) fn id_at(location: &str, path: &str) -> Option<String> {
    let last = |path: &str| {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let mut segments = path.trim_end_matches('/').rsplit('/').map(str::to_owned);
        (segments.next(), segments.next())
    };
    let (own, above) = last(location);
    let (endpoint, _) = last(path);
    match own == endpoint && above != endpoint {
        true => None,
        false => id_of(location),
    }
}

/// The last segment of a location.
pub(super) fn id_of(location: &str) -> Option<String> {
    let path = location.split(['?', '#']).next()?.trim_end_matches('/');
    let (_, last) = path.rsplit_once('/')?;
    (!last.is_empty()).then(|| percent_decoded(last).into_owned())
}
