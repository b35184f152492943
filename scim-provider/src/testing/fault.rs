//! Ways in which real service providers fail their clients.

use std::{fmt, sync::Arc, time::Duration};

use http::{Method, StatusCode};
use scim_models::{internal::percent::percent_decoded, profile::Profile};

/// Something that a service provider does wrong, or leaves out. Several may be in force at once;
/// see [`ServiceProvider::misbehave`](super::ServiceProvider::misbehave).
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
/// provider.misbehave(Misbehaviour::answer_as("entra").expect("a profile of this name"));
/// # Ok(())
/// # }
/// ```
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
    /// how many requests it takes in a minute (429), by the embedded provider's clock or, around
    /// another service, that of the machine. Not imitated: the limit of concurrent requests, and
    /// what the profile's facts say in words only.
    AnswerAs(Arc<Profile>),
}

impl Misbehaviour {
    /// [`AnswerAs`](Self::AnswerAs) one of the profiles that come with the crate; `None` if
    /// [`Profile::named`] knows none of this name.
    #[must_use]
    pub fn answer_as(name: &str) -> Option<Self> {
        Profile::named(name).map(|profile| Self::AnswerAs(Arc::new(profile)))
    }

    /// Only for requests of this method to this path below the base URL, such as `/Groups` or
    /// `/Users/2819`. A segment `*` is any one segment. Others are answered as if this were not.
    pub fn only(self, method: Method, path: impl Into<String>) -> Aimed {
        Aimed::from(self).only(method, path)
    }

    /// Only from the request with this number on, counted from 1 among those that it is aimed at:
    /// `Fail { requests: 1, .. }` from the third request on concerns the third alone.
    pub fn from_request(self, number: u32) -> Aimed {
        Aimed::from(self).from_request(number)
    }

    /// For how many requests it lasts, if not for all.
    pub(super) fn requests(&mut self) -> Option<&mut u32> {
        match self {
            Self::Throttle { requests, .. }
            | Self::Fail { requests, .. }
            | Self::CutConnection { requests }
            | Self::LoseAnswer { requests }
            | Self::Truncate { requests } => Some(requests),
            _ => None,
        }
    }
}

/// A [`Misbehaviour`] with the requests that it is aimed at.
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
    /// As [`Misbehaviour::only`].
    pub fn only(mut self, method: Method, path: impl Into<String>) -> Self {
        self.method = Some(method);
        self.path = Some(path.into());
        self
    }

    /// As [`Misbehaviour::from_request`].
    pub fn from_request(mut self, number: u32) -> Self {
        self.spared = number.saturating_sub(1);
        self
    }

    pub(super) fn is_at(&self, method: &Method, path: &str) -> bool {
        self.method.as_ref().is_none_or(|own| own == method)
            && self.path.as_ref().is_none_or(|own| ends_with(path, own))
    }
}

/// Whether the last segments of a path are those of `end`.
fn ends_with(path: &str, end: &str) -> bool {
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let end = end.trim_matches('/').rsplit('/');
    end.into_iter().all(|wanted| {
        let segment = segments.next();
        segment.is_some_and(|segment| wanted == "*" || percent_decoded(segment) == wanted)
    })
}

/// There is no response: the connection was cut, as a [`Misbehaviour`](super::Misbehaviour) asked
/// for, or because a body did not come to its end.
#[derive(Debug)]
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
