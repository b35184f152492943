//! Responses.

use bytes::Bytes;
use http::{
    HeaderValue, Response, StatusCode,
    header::{CONTENT_TYPE, ETAG, LOCATION},
};
use scim_models::Meta;

pub(crate) const SCIM_JSON: &str = "application/scim+json";

pub(crate) fn with_body(
    status: StatusCode,
    media_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

pub(crate) fn json(body: String) -> Response<Bytes> {
    with_body(StatusCode::OK, SCIM_JSON, body)
}

pub(crate) fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// Adds `Location` and `ETag` as `meta` has them (RFC 7643 §3.1).
pub(crate) fn describe(mut response: Response<Bytes>, meta: &Meta) -> Response<Bytes> {
    let headers = response.headers_mut();
    let location = meta.location.as_ref().map(scim_models::Reference::as_str);
    for (name, value) in [(LOCATION, location), (ETAG, meta.version.as_deref())] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    response
}
