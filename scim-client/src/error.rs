//! The one error of the client.

mod made;
mod not_applied;
mod retry_after;
mod said;
mod shown;

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, Method, StatusCode};

pub use self::not_applied::{NotApplied, Unapplied};
use crate::{
    json::DecodeError,
    message::{ErrorMessage, ScimType},
};

pub(crate) use self::{
    made::refusal,
    retry_after::retry_after,
    said::{is_html, page},
};

/// How much of an unexpected body an error keeps, in bytes.
const KEPT: usize = 64 * 1024;

/// How much of a server's words `Display` shows, in bytes.
const SHOWN: usize = 1024;

/// Why an operation failed: the one error of the client. Ask it what it means; the predicates begin with `is_`.
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// users.create(&User::new("bjensen")).await?;
/// match users.create(&User::new("bjensen")).await {
///     Ok(babs) => println!("{}", babs.id()),
///     Err(error) if error.is_uniqueness() => println!("taken: {error}"),
///     Err(error) if error.is_unauthorized() => println!("a new token is needed"),
///     Err(error) if error.is_rate_limited() => println!("again in {:?}", error.retry_after()),
///     Err(error) if error.is_outcome_unknown() => println!("look whether it is there"),
///     Err(error) if error.is_connect() || error.is_timeout() => println!("later: {error}"),
///     Err(error) => return Err(error.into()),
/// }
/// # Ok(())
/// # }
/// ```
///
/// What is in it:
///
/// ```
/// # use scim_client::{Client, User, testing::{Misbehaviour, ServiceProvider}};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// use scim_client::ErrorKind;
///
/// let error = users.get("2819").await.unwrap_err();
/// assert!(error.is_not_found() && !error.is_version_mismatch());
/// assert_eq!(error.to_string(), "404 Not Found: the resource 2819 is not here [GET /v2/Users/2819]");
/// assert_eq!((error.kind(), error.status().map(|it| it.as_u16())), (ErrorKind::Status, Some(404)));
/// assert_eq!(error.method().map(|it| it.as_str()), Some("GET"));
/// assert_eq!(error.path(), Some("/v2/Users/2819"));
/// // The server's own message (RFC 7644 §3.12), and what else it said.
/// assert_eq!(error.detail(), Some("the resource 2819 is not here"));
/// assert!(error.message().is_some() && error.scim_type().is_none());
/// println!("{:?} {:?} {:?}", error.headers(), error.body(), error.advice());
///
/// // An answer that is not what was asked for.
/// provider.seed_raw("/Users", r#"{"id": "7", "userName": 12, "active": "perhaps"}"#)?;
/// let error = users.get("7").await.unwrap_err();
/// assert!(error.decode_error().is_some_and(|why| why.to_string().starts_with("active: expected")));
/// assert!(error.reason().is_some() && error.not_applied().is_none());
/// # Ok(())
/// # }
/// ```
///
/// The [guide](https://docs.rs/scim-client/latest/scim_client/guide/errors/index.html) has a table of what to do about each.
///
/// One pointer wide, and cheap to clone. `Display` names the request (method and path, never the query), the host
/// where there was no answer, the status, and the server's own words; neither `Display` nor `Debug`
/// shows a body, a header or a credential.
///
/// Servers repeat what they were sent. The client's credentials, and the values of the request that
/// are never returned, such as a `password`, are taken out of everything that an error keeps: as
/// they are, and as JSON, HTML or a URL would have them. A value of less than 6 bytes is not looked
/// for, since it would be found in every text, nor one that the server changed, cut or encrypted.
///
/// Control characters and direction marks of the server's words are escaped in `Display`; the
/// accessors, such as [`detail`](Self::detail), give them as they came.
///
/// `Display` tells why in its own words, so [`source`](std::error::Error::source) is what lies below
/// those: printing the whole chain says nothing twice. [`reason`](Self::reason) is the error whose
/// words they are, to look at its type.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    method: Option<Method>,
    path: Option<String>,
    host: Option<String>,
    status: Option<StatusCode>,
    headers: HeaderMap,
    scim: Option<ErrorMessage>,
    retry_after: Option<Duration>,
    outcome_unknown: bool,
    /// Whether the body is a SCIM error message, and not one of whoever answered.
    is_scim: bool,
    not_applied: Option<Arc<NotApplied>>,
    advice: Option<&'static str>,
    body: Option<Box<str>>,
    reason: Option<Reason>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// The error whose words an [`Error`] has.
#[derive(Clone)]
enum Reason {
    Decode(DecodeError),
    Other(Arc<dyn std::error::Error + Send + Sync>),
}

impl Reason {
    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        match self {
            Self::Decode(error) => error,
            Self::Other(error) => &**error,
        }
    }
}

/// The kinds of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client was set up wrongly: a base URL or a credential that cannot be used.
    Configuration,
    /// The request cannot be made: an empty identifier, an address outside the base URL.
    InvalidRequest,
    /// No connection to the server.
    Connect,
    /// No answer in time.
    Timeout,
    /// The connection failed in the middle of a request or response.
    Transport,
    /// The server redirects to where a request must not go, another origin or round in circles, or
    /// to a page that is no SCIM, such as that of a login.
    Redirect,
    /// There is no access token to be had, or the request could not be signed.
    Credentials,
    /// The server answered with an error status.
    Status,
    /// The server answered with success, and a body that is not what was asked for.
    Decode,
    /// The pages of a list do not fit together: the server repeats one.
    Paging,
    /// An operation of a bulk was not processed.
    NotProcessed,
    /// The server answered with success, and the resource still has the old values:
    /// [`Error::not_applied`] has them.
    NotApplied,
}

impl Error {
    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The method of the request.
    pub fn method(&self) -> Option<&Method> {
        self.0.method.as_ref()
    }

    /// The path of the request, without its query, which may hold personal data.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The HTTP status of the answer, where there was one. It counts, whatever the body says.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The headers of the answer, such as `WWW-Authenticate`.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The server's Error message, as far as it sent one (RFC 7644 §3.12).
    pub fn message(&self) -> Option<&ErrorMessage> {
        self.0.scim.as_ref().filter(|message| message.is_scim())
    }

    /// The keyword that the server gave (RFC 7644 §3.12, Table 9).
    pub fn scim_type(&self) -> Option<&ScimType> {
        self.message()?.scim_type.as_ref()
    }

    /// The server's words.
    pub fn detail(&self) -> Option<&str> {
        self.message()?.detail.as_deref()
    }

    /// How long the server asks to wait. Dates are counted from when the answer came.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The body that was not what was asked for, at most its first 64 KiB. It may hold personal
    /// data.
    pub fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// What does not fit in the body, for [`ErrorKind::Decode`].
    pub fn decode_error(&self) -> Option<&DecodeError> {
        match self.0.reason.as_ref()? {
            Reason::Decode(error) => Some(error),
            Reason::Other(_) => None,
        }
    }

    /// The error whose words `Display` has, where there is one, to look at its type: a
    /// [`DecodeError`], a [`TransportError`](crate::transport::TransportError), a
    /// [`PlanError`](crate::client::PlanError), or what a hook gave.
    pub fn reason(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.0.reason.as_ref().map(Reason::as_error)
    }

    /// Whether there was no answer in time.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether there was no connection. Nothing was processed, unless
    /// [`is_outcome_unknown`](Self::is_outcome_unknown): then it was missing for a later request of
    /// the same operation.
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// Whether the service provider may have done what was asked, although this is an error: the
    /// connection was lost, or the time was up, before its answer came; or that happened to an
    /// earlier try, and this is what the last one got. Or it was done, at least in part, and the
    /// error came afterwards: the answer of success cannot be read, the resource could not be read
    /// again, or a later one of several requests failed. Never so for what only reads.
    ///
    /// After a `create`, look for the resource before creating it again; after a `replace` or a
    /// `patch`, read it again.
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }

    /// Whether the credentials are missing, wrong or expired (401).
    #[doc(alias = "401")]
    pub fn is_unauthorized(&self) -> bool {
        self.0.status == Some(StatusCode::UNAUTHORIZED)
    }

    /// Whether there is no such resource or endpoint: 404 with a SCIM error message (RFC 7644
    /// §3.12), or with SCIM's media type.
    ///
    /// A 404 without either, such as a web server's page, is not: whoever sent it may know nothing of
    /// SCIM, because the base URL is wrong or a gateway has lost the service provider. For a
    /// service provider that answers so,
    /// [`Profile::plain_not_found`](crate::Profile::plain_not_found) says that it counts.
    #[doc(alias = "404")]
    pub fn is_not_found(&self) -> bool {
        self.0.status == Some(StatusCode::NOT_FOUND) && self.0.is_scim
    }

    /// What a write was to change and did not, for [`ErrorKind::NotApplied`].
    ///
    /// [`is_outcome_unknown`](Self::is_outcome_unknown) is true where this was seen by reading the
    /// resource afterwards: the service provider may only be late.
    pub fn not_applied(&self) -> Option<&NotApplied> {
        self.0.not_applied.as_deref()
    }

    /// What could be done about it, in words: a fact that the
    /// [`Profile`](crate::Profile) of the service provider could state, for example.
    pub fn advice(&self) -> Option<&str> {
        self.0.advice
    }

    /// Whether a unique value is taken: `scimType` `uniqueness`, or a 409 that does not say what
    /// it is about. Servers send 409 and 400.
    #[doc(alias = "conflict")]
    #[doc(alias = "already_exists")]
    #[doc(alias = "duplicate")]
    pub fn is_uniqueness(&self) -> bool {
        match self.scim_type() {
            Some(scim_type) => *scim_type == ScimType::UNIQUENESS,
            None => self.0.status == Some(StatusCode::CONFLICT),
        }
    }

    /// Whether the resource has changed since it was read: 412, or a 409 that is not about
    /// uniqueness (RFC 7644 §3.12, Table 8, has both).
    #[doc(alias = "412")]
    #[doc(alias = "etag")]
    #[doc(alias = "precondition")]
    pub fn is_version_mismatch(&self) -> bool {
        match self.0.status {
            Some(StatusCode::PRECONDITION_FAILED) => true,
            Some(StatusCode::CONFLICT) => self.scim_type().is_none(),
            _ => false,
        }
    }

    /// Whether the server asks to slow down (429).
    #[doc(alias = "429")]
    #[doc(alias = "throttle")]
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(StatusCode::TOO_MANY_REQUESTS)
    }
}
