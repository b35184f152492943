//! Ways in which real service providers fail their clients.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::RETRY_AFTER};

use super::{answer, failure::Failure, manner::Manner};
use scim_models::{profile::Profile, value::Timestamp};

/// Something that a service provider does wrong, or leaves out. Several may be in force at once;
/// see [`ServiceProvider::misbehave`](super::ServiceProvider::misbehave).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Every answer takes this long; several times add up. Needs a tokio runtime with time.
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
    /// The next requests are processed, and the second half of the answer's body is missing.
    Truncate {
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
    /// PUT is not there (501).
    NoPut,
    /// Bulk requests are not there (501), and discovery says so.
    NoBulk,
    /// Filters are not there (501), and discovery says so.
    NoFilter,
    /// `sortBy` is ignored, and discovery says so.
    NoSort,
    /// There are no versions: neither `ETag` nor `meta.version`, and `If-Match` is ignored;
    /// discovery says so.
    NoVersions,
    /// Errors come as an HTML page.
    HtmlErrors,
    /// Answers as the service provider would that this profile describes.
    ///
    /// What is imitated: what it can do, its page sizes and ways of paging, which PATCH messages,
    /// filters and media types it refuses (400, 415), what it never returns or leaves out of
    /// lists, how it writes versions, locations and resource types, where its discovery is, and
    /// how many requests it takes in a minute (429) by the provider's clock. Not imitated: the
    /// limit of concurrent requests, and what the profile's facts say in words only.
    AnswerAs(Arc<Profile>),
}

impl Misbehaviour {
    /// [`AnswerAs`](Self::AnswerAs) one of the profiles that come with the crate; `None` if
    /// [`Profile::named`] knows none of this name.
    #[must_use]
    pub fn answer_as(name: &str) -> Option<Self> {
        Profile::named(name).map(|profile| Self::AnswerAs(Arc::new(profile)))
    }
}

/// What happens to one request.
#[derive(Debug, Default)]
pub(super) struct Fate {
    pub(super) latency: Option<Duration>,
    /// Answered without being processed.
    pub(super) answer: Option<Response<Bytes>>,
    pub(super) cut: bool,
    pub(super) lose_answer: bool,
    pub(super) truncate: bool,
    pub(super) html_errors: bool,
}

/// What is in force.
#[derive(Debug, Default)]
pub(super) struct Misbehaviours {
    all: Vec<Misbehaviour>,
    /// When the requests of the last minute came, in seconds since 1970.
    recent: VecDeque<i64>,
}

/// What limits of requests count for: so many in this time.
const MINUTE: i64 = 60;

impl Misbehaviours {
    pub(super) fn add(&mut self, misbehaviour: Misbehaviour) {
        self.all.push(misbehaviour);
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// What lasts, and concerns how a request is processed.
    pub(super) fn manner(&self) -> Manner {
        Manner::of(&self.all)
    }

    /// Whether a profile's limit is reached: 429 then, with the time until there is room.
    fn over_limit(&mut self, now: Timestamp) -> Option<Response<Bytes>> {
        let limits = self
            .all
            .iter()
            .filter_map(|misbehaviour| match misbehaviour {
                Misbehaviour::AnswerAs(profile) => profile.limits.requests_per_minute,
                _ => None,
            });
        let limit = usize::try_from(limits.min()?).unwrap_or(usize::MAX);
        let now = now.unix_seconds();
        while self
            .recent
            .front()
            .is_some_and(|then| now.saturating_sub(*then) >= MINUTE)
        {
            self.recent.pop_front();
        }
        if self.recent.len() < limit {
            self.recent.push_back(now);
            return None;
        }
        let first = self.recent.front().copied().unwrap_or(now);
        let wait = MINUTE.saturating_sub(now.saturating_sub(first)).max(1);
        Some(too_many(HeaderValue::from(wait)))
    }

    /// Decides on the next request: of what lasts for some requests, the first that is left.
    pub(super) fn next(&mut self, now: Timestamp) -> Fate {
        let mut fate = Fate {
            answer: self.over_limit(now),
            ..Fate::default()
        };
        let mut decided = fate.answer.is_some();
        for misbehaviour in &mut self.all {
            match misbehaviour {
                Misbehaviour::Latency(time) => {
                    fate.latency = Some(fate.latency.unwrap_or_default().saturating_add(*time));
                }
                Misbehaviour::HtmlErrors => fate.html_errors = true,
                Misbehaviour::Throttle {
                    requests,
                    retry_after,
                } if !decided && *requests > 0 => {
                    *requests -= 1;
                    decided = true;
                    fate.answer = Some(too_many(HeaderValue::from(retry_after.as_secs())));
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
                Misbehaviour::Truncate { requests } if !decided && *requests > 0 => {
                    *requests -= 1;
                    decided = true;
                    fate.truncate = true;
                }
                _ => {}
            }
        }
        self.all.retain(|misbehaviour| match misbehaviour {
            Misbehaviour::Throttle { requests, .. }
            | Misbehaviour::Fail { requests, .. }
            | Misbehaviour::CutConnection { requests }
            | Misbehaviour::LoseAnswer { requests }
            | Misbehaviour::Truncate { requests } => *requests > 0,
            _ => true,
        });
        fate
    }
}

fn too_many(seconds: HeaderValue) -> Response<Bytes> {
    let failure = Failure::new(StatusCode::TOO_MANY_REQUESTS, "too many requests");
    failure.header(RETRY_AFTER, seconds).into_response()
}

/// The first half of an answer, as a proxy leaves it.
pub(super) fn truncated(response: Response<Bytes>) -> Response<Bytes> {
    response.map(|body| body.slice(..body.len() / 2))
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
