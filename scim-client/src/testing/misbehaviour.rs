//! Ways in which real service providers fail their clients.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::RETRY_AFTER};

use super::{answer, failure::Failure};

/// Something that a service provider does wrong. Several may be in force at once; see
/// [`ServiceProvider::misbehave`](super::ServiceProvider::misbehave).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Every answer takes this long. Needs a tokio runtime with time.
    Latency(Duration),
    /// The next requests are answered with 429 and `Retry-After`, in whole seconds.
    Throttle {
        /// How many requests.
        requests: u32,
        /// When to come back.
        retry_after: Duration,
    },
    /// The next requests are answered with this status and not processed.
    Fail {
        /// How many requests.
        requests: u32,
        /// Such as 500 or 503.
        status: StatusCode,
    },
    /// The connection is cut before the next requests are processed.
    CutConnection {
        /// How many requests.
        requests: u32,
    },
    /// The next requests are processed, and the connection is cut before the answer.
    LoseAnswer {
        /// How many requests.
        requests: u32,
    },
    /// Pages have at most so many resources, whatever discovery says.
    PageCap(u64),
    /// `startIndex` is ignored: every page is the first one.
    IgnoreStartIndex,
    /// The first resource of each page lacks what is required and has a `meta` of a wrong type.
    MalformedElement,
    /// The endpoints of discovery are not there (404).
    NoDiscovery,
    /// PATCH is not there (501), and discovery says so.
    NoPatch,
    /// Errors come as an HTML page.
    HtmlErrors,
}

/// What happens to one request.
#[derive(Debug, Default)]
pub(super) struct Fate {
    pub(super) latency: Option<Duration>,
    /// Answered without being processed.
    pub(super) answer: Option<Response<Bytes>>,
    pub(super) cut: bool,
    pub(super) lose_answer: bool,
    pub(super) html_errors: bool,
}

/// What is in force.
#[derive(Debug, Default)]
pub(super) struct Misbehaviours(Vec<Misbehaviour>);

impl Misbehaviours {
    pub(super) fn add(&mut self, misbehaviour: Misbehaviour) {
        self.0.push(misbehaviour);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn has(&self, misbehaviour: &Misbehaviour) -> bool {
        self.0.contains(misbehaviour)
    }

    pub(super) fn page_cap(&self) -> Option<u64> {
        let caps = self.0.iter().filter_map(|misbehaviour| match misbehaviour {
            Misbehaviour::PageCap(cap) => Some(*cap),
            _ => None,
        });
        caps.min()
    }

    /// Decides on the next request: of what lasts for some requests, the first that is left.
    pub(super) fn next(&mut self) -> Fate {
        let mut fate = Fate::default();
        let mut decided = false;
        for misbehaviour in &mut self.0 {
            match misbehaviour {
                Misbehaviour::Latency(time) => fate.latency = Some(*time),
                Misbehaviour::HtmlErrors => fate.html_errors = true,
                Misbehaviour::Throttle {
                    requests,
                    retry_after,
                } if !decided && *requests > 0 => {
                    *requests -= 1;
                    decided = true;
                    let failure = Failure::new(StatusCode::TOO_MANY_REQUESTS, "too many requests");
                    let seconds = HeaderValue::from(retry_after.as_secs());
                    let failure = failure.header(RETRY_AFTER, seconds);
                    fate.answer = Some(failure.into_response());
                }
                Misbehaviour::Fail { requests, status } if !decided && *requests > 0 => {
                    *requests -= 1;
                    decided = true;
                    let failure = Failure::new(*status, "the service provider fails on purpose");
                    fate.answer = Some(failure.into_response());
                }
                Misbehaviour::CutConnection { requests } if !decided && *requests > 0 => {
                    *requests -= 1;
                    decided = true;
                    fate.cut = true;
                }
                Misbehaviour::LoseAnswer { requests } if !decided && *requests > 0 => {
                    *requests -= 1;
                    decided = true;
                    fate.lose_answer = true;
                }
                _ => {}
            }
        }
        self.0.retain(|misbehaviour| match misbehaviour {
            Misbehaviour::Throttle { requests, .. }
            | Misbehaviour::Fail { requests, .. }
            | Misbehaviour::CutConnection { requests }
            | Misbehaviour::LoseAnswer { requests } => *requests > 0,
            _ => true,
        });
        fate
    }
}

/// An error as an HTML page, as gateways send it.
pub(super) fn as_html(response: Response<Bytes>) -> Response<Bytes> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let body = format!("<html><head><title>{status}</title></head><body>{status}</body></html>");
    let mut page = answer::with_body(status, "text/html", body);
    for (name, value) in response.headers() {
        if name != http::header::CONTENT_TYPE {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}
