//! Answers: from HTTP to typed values.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{
    HeaderMap, Response, StatusCode,
    header::{CONTENT_LOCATION, CONTENT_TYPE, ETAG, LOCATION, RETRY_AFTER},
};

use super::call::{Call, is_entity_tag};
use crate::{
    Meta, Partial, Reference, Resource, Stored,
    error::{Error, ErrorKind},
    internal::percent::percent_decoded,
    json::{DecodeError, Problem, ProblemKind},
};

/// A value with the status and headers that it came with.
#[derive(Debug, Clone)]
pub struct Answer<T> {
    status: StatusCode,
    headers: HeaderMap,
    value: T,
}

impl<T> Answer<T> {
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

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value, taken out.
    pub fn into_value(self) -> T {
        self.value
    }

    pub(super) fn split(self) -> (T, Answer<()>) {
        let Self {
            status,
            headers,
            value,
        } = self;
        let rest = Answer {
            status,
            headers,
            value: (),
        };
        (value, rest)
    }

    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        Answer {
            status: self.status,
            headers: self.headers,
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
    headers
        .get(ETAG)?
        .to_str()
        .ok()
        .filter(|version| !version.is_empty())
}

/// How long `Retry-After` asks to wait: seconds, or a date in one of HTTP's three formats.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// The text of a successful answer; `None` if it has no body.
pub(super) fn success(
    call: &Call,
    response: Response<Bytes>,
) -> Result<Answer<Option<String>>, Error> {
    let status = response.status();
    if !status.is_success() && status != StatusCode::NOT_MODIFIED {
        // Also of an answer that came by another way than the client's.
        let (parts, body) = call.without_secrets(response).into_parts();
        return Err(call.blame(Error::status_of(parts.status, parts.headers, &body)));
    }
    let (parts, body) = response.into_parts();
    let unusable = |why: &str, body: &str| {
        let error = Error::new(ErrorKind::Decode, why).with_body(body);
        let error = error.with_outcome_unknown(!call.is_safe());
        call.blame(error.with_answer(parts.status, parts.headers.clone()))
    };
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            value: None,
        });
    }
    let text = match String::from_utf8(body.into()) {
        Ok(text) => text,
        Err(error) => {
            let text = String::from_utf8_lossy(error.as_bytes());
            return Err(unusable("the body is not UTF-8 text", &text));
        }
    };
    // Servers give all kinds of media types to JSON, and HTML where a proxy answers.
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    if !text.trim_start().starts_with(['{', '[']) {
        let media_type = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or("no media type");
        let why = format!("expected JSON, found something else ({media_type})");
        return Err(unusable(&why, &text));
    }
    Ok(Answer {
        status: parts.status,
        headers: parts.headers,
        value: Some(text),
    })
}

/// An error for a successful answer whose body does not fit. What was written is written.
pub(super) fn unfit<T>(call: &Call, answer: &Answer<T>, error: DecodeError) -> Error {
    let (status, headers) = (answer.status, answer.headers.clone());
    let error = Error::decode(error).with_outcome_unknown(!call.is_safe());
    call.blame(error.with_answer(status, headers))
}

/// What an operation can give: a whole resource, or some of its attributes.
pub trait Readable: Sized + Send + 'static {
    /// The resource.
    type Of: Resource;
    #[doc(hidden)]
    fn read(text: &str, strict: bool) -> Result<Self, DecodeError>;
    #[doc(hidden)]
    fn id_and_meta(&mut self) -> (&mut String, &mut Meta);
    /// What a request that need not be sent would have given.
    #[doc(hidden)]
    fn unsent(stored: &Stored<Self::Of>) -> Result<Self, DecodeError>;
}

impl<R: Resource> Readable for Stored<R> {
    type Of = R;

    fn read(text: &str, strict: bool) -> Result<Self, DecodeError> {
        Self::read_document(text, strict, false)
    }

    fn id_and_meta(&mut self) -> (&mut String, &mut Meta) {
        let envelope = self.envelope_mut();
        (&mut envelope.id, &mut envelope.meta)
    }

    fn unsent(stored: &Self) -> Result<Self, DecodeError> {
        Ok(stored.clone())
    }
}

impl<R: Resource> Readable for Partial<R> {
    type Of = R;

    fn read(text: &str, strict: bool) -> Result<Self, DecodeError> {
        Self::read_document(text, strict)
    }

    fn id_and_meta(&mut self) -> (&mut String, &mut Meta) {
        let envelope = self.envelope_mut();
        (&mut envelope.id, &mut envelope.meta)
    }

    fn unsent(stored: &Stored<R>) -> Result<Self, DecodeError> {
        Self::from_json(&stored.to_json())
    }
}

/// Reads a resource, and completes it from the headers: the version from `ETag`, and where the
/// body lacks them the location, and the `id` from `id` or the location.
pub(super) fn resource<T: Readable>(
    call: &Call,
    answer: &Answer<Option<String>>,
    text: &str,
    id: Option<&str>,
) -> Result<T, Error> {
    let strict = call.client().inner.strict;
    let mut read = T::read(text, strict).map_err(|error| unfit(call, answer, error))?;
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
        let known = id.map(str::to_owned).or_else(|| id_of(location?));
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
    }
    Ok(read)
}

/// The last segment of a location.
pub(super) fn id_of(location: &str) -> Option<String> {
    let path = location.split(['?', '#']).next()?.trim_end_matches('/');
    let (_, last) = path.rsplit_once('/')?;
    (!last.is_empty()).then(|| percent_decoded(last).into_owned())
}
