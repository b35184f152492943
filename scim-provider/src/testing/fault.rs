//! Ways in which real service providers fail their clients.

use std::{fmt, sync::Arc, time::Duration};

use http::{Method, StatusCode};
use scim_models::{internal::percent::percent_decoded, profile::Profile};

/// A fault of a service provider, or something that it does not support. Several can be active at
/// once; see [`ServiceProvider::misbehave`](super::ServiceProvider::misbehave).
///
/// ```
/// use scim_client::{Client, User, http::{Method, StatusCode}};
/// use scim_client::testing::{Misbehaviour, ServiceProvider};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let provider = ServiceProvider::new();
/// let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// let users = scim.resource::<User>();
///
/// // The second creation of a user fails, whatever else is asked for in between.
/// let status = StatusCode::INTERNAL_SERVER_ERROR;
/// let once = Misbehaviour::Fail { requests: 1, status };
/// provider.misbehave(once.only(Method::POST, "/Users").from_request(2));
/// users.create(&User::new("anna")).await?;
/// assert!(users.create(&User::new("babs")).await.is_err());
///
/// // All of it from the third request on; and as a vendor would answer.
/// provider.misbehave(Misbehaviour::NoFilter.from_request(3));
/// provider.misbehave(Misbehaviour::respond_as("entra").expect("a profile of this name"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Delays every response by this time. Several delays add up. It needs a tokio runtime with a timer.
    Latency(Duration),
    /// The responses to the next requests are 429 with `Retry-After`, in whole seconds.
    Throttle {
        /// How many requests.
        requests: u32,
        /// The time in `Retry-After`.
        retry_after: Duration,
    },
    /// The next requests are not processed, and their responses have this status.
    Fail {
        /// How many requests.
        requests: u32,
        /// The status, such as 500 or 503.
        status: StatusCode,
    },
    /// The connection is cut before the next requests are processed.
    CutConnection {
        /// How many requests.
        requests: u32,
    },
    /// The next requests are processed, and the connection is cut before the response.
    LoseResponse {
        /// How many requests.
        requests: u32,
    },
    /// The next requests are processed, and the second half of the response body is missing.
    Truncate {
        /// How many requests.
        requests: u32,
    },
    /// Pages have at most this many resources, even if discovery says otherwise.
    PageCap(u64),
    /// `startIndex` is ignored: every page is the first one.
    IgnoreStartIndex,
    /// The first resource of each page lacks required attributes, and has a `meta` of a wrong type.
    MalformedElement,
    /// The discovery endpoints do not exist (404).
    NoDiscovery,
    /// PATCH is not supported (501), and discovery says so.
    NoPatch,
    /// PUT is not supported (501).
    NoPut,
    /// Bulk requests are not supported (501), and discovery says so.
    NoBulk,
    /// Filters are not supported (501), and discovery says so.
    NoFilter,
    /// `sortBy` is ignored, and discovery says so.
    NoSort,
    /// There are no versions: neither `ETag` nor `meta.version`. `If-Match` is ignored, and
    /// discovery says so.
    NoVersions,
    /// Errors are HTML pages.
    HtmlErrors,
    /// Imitates the service provider that this profile describes.
    ///
    /// These are imitated: its capabilities, its page sizes and kinds of paging, the PATCH
    /// messages, filters and media types that it refuses (400, 415), attributes that it never
    /// returns or leaves out of lists, the form of versions, locations and resource types, its
    /// discovery endpoints, and its limit of requests per minute (429). The limit uses the embedded
    /// provider's clock, or the machine's clock around another service. These are not imitated: the
    /// limit of concurrent requests, and facts that the profile only has in words.
    RespondAs(Arc<Profile>),
}

impl Misbehaviour {
    /// [`RespondAs`](Self::RespondAs) with a shipped profile. Returns `None` if there is no profile
    /// of this name ([`Profile::named`]).
    #[must_use]
    pub fn respond_as(name: &str) -> Option<Self> {
        Profile::named(name).map(|profile| Self::RespondAs(Arc::new(profile)))
    }

    /// Limits the fault to requests with this method to this path below the base URL, such as
    /// `/Groups` or `/Users/2819`. A segment `*` matches any one segment.
    pub fn only(self, method: Method, path: impl Into<String>) -> Aimed {
        Aimed::from(self).only(method, path)
    }

    /// Begins the fault with the request of this number, counted from 1 among the requests that it
    /// applies to. For example, `Fail { requests: 1, .. }` from request 3 on makes only the third
    /// request fail.
    pub fn from_request(self, number: u32) -> Aimed {
        Aimed::from(self).from_request(number)
    }

    /// For how many requests it lasts, if not for all.
    pub(super) fn requests(&mut self) -> Option<&mut u32> {
        match self {
            Self::Throttle { requests, .. }
            | Self::Fail { requests, .. }
            | Self::CutConnection { requests }
            | Self::LoseResponse { requests }
            | Self::Truncate { requests } => Some(requests),
            _ => None,
        }
    }
}

/// A [`Misbehaviour`] that is limited to some requests.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Aimed {
    pub(super) what: Misbehaviour,
    method: Option<Method>,
    path: Option<String>,
    /// How many requests that it is aimed at are left alone first.
    pub(super) spared: u32,
}

impl From<Misbehaviour> for Aimed {
    fn from(what: Misbehaviour) -> Self {
        Self {
            what,
            method: None,
            path: None,
            spared: 0,
        }
    }
}

impl Aimed {
    /// Like [`Misbehaviour::only`].
    pub fn only(mut self, method: Method, path: impl Into<String>) -> Self {
        self.method = Some(method);
        self.path = Some(path.into());
        self
    }

    /// Like [`Misbehaviour::from_request`].
    pub fn from_request(mut self, number: u32) -> Self {
        self.spared = number.saturating_sub(1);
        self
    }

    pub(super) fn is_at(&self, method: &Method, path: &str) -> bool {
        self.method.as_ref().is_none_or(|own| own == method)
            && self.path.as_ref().is_none_or(|own| ends_with(path, own))
    }
}

/// Returns whether the last segments of a path are those of `end`.
fn ends_with(path: &str, end: &str) -> bool {
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let end = end.trim_matches('/').rsplit('/');
    end.into_iter().all(|wanted| {
        let segment = segments.next();
        segment.is_some_and(|segment| wanted == "*" || percent_decoded(segment) == wanted)
    })
}

/// The error of a request without a response. The connection was cut by a
/// [`Misbehaviour`](super::Misbehaviour), or a body was incomplete.
#[derive(Debug, Clone)]
pub struct Disconnected(());

impl Disconnected {
    pub(super) fn on_purpose() -> Self {
        Self(())
    }
}

impl fmt::Display for Disconnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the service provider cut the connection")
    }
}

impl std::error::Error for Disconnected {}
