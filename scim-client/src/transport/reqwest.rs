//! reqwest as the transport.

use std::{
    fmt,
    pin::pin,
    sync::{Arc, OnceLock},
};

use ::reqwest::Url;
use bytes::Bytes;
use http::{
    Request, Response, Uri,
    uri::{Authority, Scheme},
};

use super::{
    BodyLimits, CutOff, MAX_ERROR_BODY, SendFuture, Transport, TransportError, TransportErrorKind,
    collected::Collected,
    proxy::Proxies,
    refused::is_unprocessed,
    runtime::{self, Attempted},
};

/// A transport over a [`reqwest::Client`].
#[derive(Clone)]
pub struct ReqwestTransport {
    client: ::reqwest::Client,
    limits: BodyLimits,
    /// Whether the proxies are those of the environment, as far as is known.
    from_environment: bool,
    urls: Urls,
}

/// Does not show the client, because its headers may hold a secret.
impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Makes URLs. It remembers the origin that was asked first, as a rule the only one: to parse a
/// whole URL for each request would take as long as all of the client's own work.
#[derive(Debug, Clone, Default)]
struct Urls {
    first: Arc<OnceLock<Origin>>,
}

#[derive(Debug)]
struct Origin {
    scheme: Scheme,
    authority: Authority,
    url: Url,
}

impl ReqwestTransport {
    /// Wraps a client. It should not follow redirects, because this crate follows them within the
    /// origin. Responses may have up to `max_body` bytes.
    pub fn new(client: ::reqwest::Client, max_body: usize) -> Self {
        Self {
            client,
            limits: BodyLimits {
                success: max_body,
                error: MAX_ERROR_BODY.min(max_body),
            },
            from_environment: false,
            urls: Urls::default(),
        }
    }

    /// Sets how many bytes are read of a response with an error status. The default is 256 KiB. The
    /// rest is not read.
    #[must_use]
    pub fn with_max_error_body(mut self, bytes: usize) -> Self {
        self.limits.error = bytes;
        self
    }

    /// Says that the client has the environment's proxies, and no others.
    pub(crate) fn with_proxies_of_the_environment(mut self) -> Self {
        self.from_environment = true;
        self
    }

    /// The request in reqwest's types.
    fn translate(&self, request: Request<Bytes>) -> Result<::reqwest::Request, TransportError> {
        let (parts, body) = request.into_parts();
        let url = self.urls.url(&parts.uri)?;
        let mut request = ::reqwest::Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        *request.version_mut() = parts.version;
        if !body.is_empty() {
            *request.body_mut() = Some(body.into());
        }
        Ok(request)
    }
}

impl Urls {
    fn url(&self, uri: &Uri) -> Result<Url, TransportError> {
        if let (Some(known), Some(scheme), Some(authority)) =
            (self.first.get(), uri.scheme(), uri.authority())
            && known.scheme == *scheme
            // As a rule it is the same to the letter.
            && (known.authority.as_str() == authority.as_str() || known.authority == *authority)
        {
            let mut url = known.url.clone();
            url.set_path(uri.path());
            url.set_query(uri.query());
            return Ok(url);
        }
        let url = Url::parse(&uri.to_string())
            .map_err(|error| TransportError::new(TransportErrorKind::Connect, error))?;
        if let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) {
            self.first.get_or_init(|| Origin {
                scheme: scheme.clone(),
                authority: authority.clone(),
                url: url.clone(),
            });
        }
        Ok(url)
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: Request<Bytes>) -> SendFuture {
        let limits = self.limits.of(&request);
        let client = self.client.clone();
        // Asked for only where something failed; without the query, which is of no use there.
        let origin = self.from_environment.then(|| {
            let uri = request.uri();
            (uri.scheme().cloned(), uri.authority().cloned())
        });
        let request = self.translate(request);
        Box::pin(async move {
            runtime::is_here()?;
            let exchange = pin!(async move {
                let sent = client.execute(request?).await;
                let mut answer = sent.map_err(|error| convert(error, origin))?;
                let (max_body, is_cut) = limits.at(answer.status());
                let mut response = Response::new(Bytes::new());
                *response.status_mut() = answer.status();
                *response.version_mut() = answer.version();
                *response.headers_mut() = std::mem::take(answer.headers_mut());
                let mut body = Collected::expecting(answer.content_length());
                loop {
                    let mut chunk = match answer.chunk().await {
                        Ok(Some(chunk)) => chunk,
                        Ok(None) => break,
                        // The status says what happened; of the words there are those that came.
                        Err(_) if is_cut => {
                            response.extensions_mut().insert(CutOff);
                            break;
                        }
                        Err(error) => return Err(plain(error)),
                    };
                    let room = max_body - body.len();
                    let is_last = is_cut && chunk.len() > room;
                    if is_last {
                        chunk.truncate(room);
                        response.extensions_mut().insert(CutOff);
                    }
                    body.push(chunk, max_body)?;
                    if is_last {
                        break;
                    }
                }
                *response.body_mut() = body.into_bytes();
                Ok(response)
            });
            Attempted(exchange).await?
        })
    }
}

/// Scheme and authority of a URL.
type Place = (Option<Scheme>, Option<Authority>);

/// Like [`plain`]; of a connection that could not be made it says through which proxy.
fn convert(error: ::reqwest::Error, place: Option<Place>) -> TransportError {
    let error = plain(error);
    let proxy = place.filter(|_| error.kind == TransportErrorKind::Connect);
    let proxy = proxy.and_then(|(scheme, authority)| {
        let url = Uri::builder().scheme(scheme?).authority(authority?);
        Proxies::of_the_environment().named(&url.path_and_query("/").build().ok()?)
    });
    match proxy {
        Some(proxy) => error.through(&proxy),
        None => error,
    }
}

/// The error without its URL, whose query may hold personal data.
fn plain(error: ::reqwest::Error) -> TransportError {
    // A connection that could not be made in time is one that could not be made.
    let kind = if error.is_connect() || error.is_builder() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else if is_unprocessed(&error) {
        TransportErrorKind::Unprocessed
    } else {
        TransportErrorKind::Other
    };
    TransportError::new(kind, error.without_url())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_of_a_known_origin_is_what_parsing_gives() {
        let urls = Urls::default();
        for uri in [
            "https://example.com/scim/v2/Users?count=10",
            "https://example.com/scim/v2/Users/a%2Fb%3Fc%23d%20e",
            "https://example.com/scim/v2/Users/'x'?filter=userName%20eq%20%22a%22&a='b'",
            "https://example.com/scim/v2/Users",
            "https://example.com:8443/Users/1?a",
            "http://example.com/Users/1",
            "https://example.com",
            "https://example.com/%2e%2e/x/../y?",
            "https://other.example/scim/v2/Users",
        ] {
            let url = urls.url(&uri.parse().unwrap()).unwrap();
            let parsed = Url::parse(&uri.parse::<Uri>().unwrap().to_string()).unwrap();
            assert_eq!(url, parsed);
        }
    }
}
