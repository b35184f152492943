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
    made::{contradiction, denial, refusal},
    retry_after::retry_after,
    said::{LOOKED_AT, is_html, page},
};

/// How much of an unexpected body an error keeps, in bytes.
const KEPT: usize = 64 * 1024;

/// How much of a server's words `Display` shows, in bytes.
const SHOWN: usize = 1024;

/// Why an operation failed. All operations of the client have this error type. Its predicates, which
/// begin with `is_`, say what the error means.
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
/// Its accessors give the details:
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
/// // A response that is not what was asked for.
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
/// It has the size of one pointer, and is cheap to clone. `Display` shows the request (method and path, never the
/// query), the status and the server's message, or the host if there was no response. Neither `Display` nor
/// `Debug` shows a body, a header or a credential.
///
/// Some servers repeat parts of the request in their error messages. So secrets are removed from
/// everything that an error keeps: the client's credentials, and the values of the request that are
/// never returned, such as a `password`. They are found as they are, in base64 and in hexadecimal digits,
/// and each of these escaped as in JSON, HTML, URLs and the strings of programming languages, also in up to
/// eight of these encodings on top of one another. If the client cut a body off in the middle of a secret,
/// its beginning is found too. These are not found:
///
/// - a value, or a beginning, of less than 6 bytes, since it could occur in any text
/// - a value that the server changed (also to other letter case), encrypted, or cut itself
/// - one in more than eight encodings, or in base64 or hexadecimal digits on top of any other encoding
///   than that of a JSON string
///
/// `Display` escapes control characters and direction marks in the server's message. The accessors,
/// such as [`detail`](Self::detail), return the text as it came.
///
/// `Display` includes the message of the error that caused this one. That error is not the
/// [`source`](std::error::Error::source) but the [`reason`](Self::reason), and `source` is the
/// source of the reason. So printing the whole chain of sources repeats nothing.
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
    /// Whether the body is only the beginning of what came.
    is_cut: bool,
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
    /// No response in time.
    Timeout,
    /// The connection failed in the middle of a request or response.
    Transport,
    /// The server redirects to another origin, in a circle, or to a page that is not SCIM, such as
    /// a login page.
    Redirect,
    /// An access token could not be fetched, or the request could not be signed.
    Credentials,
    /// The server responded with an error status.
    Status,
    /// The server responded with success, but the body does not fit the operation.
    Decode,
    /// The pages of a list repeat, or there are more pages or resources than allowed.
    Paging,
    /// An operation of a bulk was not processed.
    NotProcessed,
    /// The server responded with success, but the resource still has old values. [`Error::not_applied`]
    /// lists them.
    NotApplied,
}

impl Error {
    /// The kind of error.
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

    /// The HTTP status of the response, if there was one. It is the status of the response itself, even
    /// if the body has another one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The headers of the response, such as `WWW-Authenticate`. Empty if there was no response.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The SCIM error message in the body of the response, if it has one (RFC 7644 §3.12).
    pub fn message(&self) -> Option<&ErrorMessage> {
        self.0.scim.as_ref().filter(|message| message.is_scim())
    }

    /// The `scimType` of the error message: a keyword for the kind of error (RFC 7644 §3.12, Table 9).
    pub fn scim_type(&self) -> Option<&ScimType> {
        self.message()?.scim_type.as_ref()
    }

    /// The `detail` of the error message: the server's explanation (RFC 7644 §3.12).
    pub fn detail(&self) -> Option<&str> {
        self.message()?.detail.as_deref()
    }

    /// How long the server asks to wait (`Retry-After`). A date is converted to the time from when the
    /// response came.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The body of the response that caused the error, at most its first 64 KiB. It may hold
    /// personal data.
    pub fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// What does not fit in the body, if the kind is [`ErrorKind::Decode`].
    pub fn decode_error(&self) -> Option<&DecodeError> {
        match self.0.reason.as_ref()? {
            Reason::Decode(error) => Some(error),
            Reason::Other(_) => None,
        }
    }

    /// The error that caused this one, if there is one. `Display` includes its message. It can be
    /// downcast to its type: a [`DecodeError`], a [`TransportError`](crate::transport::TransportError),
    /// a [`PlanError`](crate::client::PlanError), or the error of a hook.
    pub fn reason(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.0.reason.as_ref().map(Reason::as_error)
    }

    /// Returns whether there was no response in time.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Returns whether there was no connection. Nothing was processed then, unless
    /// [`is_outcome_unknown`](Self::is_outcome_unknown) is true too: in that case, a later request
    /// of the same operation had no connection.
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// Returns whether the service provider may have done what was requested, although this is an
    /// error. It is true in two cases. The connection was lost or the time was up before the
    /// response came, in this try or an earlier one. Or the request was done, at least in part, and
    /// the error came afterwards: the response of success cannot be read, the resource could not be
    /// read again, or a later one of several requests failed. It is never true for operations that
    /// only read.
    ///
    /// After a `create`, look for the resource before creating it again; after a `replace` or a
    /// `patch`, read it again.
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }

    /// Returns whether the credentials are missing, wrong or expired (401).
    #[doc(alias = "401")]
    pub fn is_unauthorized(&self) -> bool {
        self.0.status == Some(StatusCode::UNAUTHORIZED)
    }

    /// Returns whether there is no such resource or endpoint: a 404 with a SCIM error message (RFC
    /// 7644 §3.12), or with SCIM's media type.
    ///
    /// A 404 without either of these, such as a web server's page, does not count. It may come from a
    /// server that is not the service provider, because the base URL is wrong or a gateway cannot
    /// reach it. If a service provider itself sends such responses, set
    /// [`Profile::plain_not_found`](crate::Profile::plain_not_found).
    #[doc(alias = "404")]
    pub fn is_not_found(&self) -> bool {
        self.0.status == Some(StatusCode::NOT_FOUND) && self.0.is_scim
    }

    /// The changes that were requested and not made, if the kind is [`ErrorKind::NotApplied`].
    ///
    /// If the client saw this by reading the resource afterwards,
    /// [`is_outcome_unknown`](Self::is_outcome_unknown) is true, because the service provider may
    /// only be slow to show the change.
    pub fn not_applied(&self) -> Option<&NotApplied> {
        self.0.not_applied.as_deref()
    }

    /// A suggestion in words of what to do about the error: for example, which fact the
    /// [`Profile`](crate::Profile) of the service provider should state.
    pub fn advice(&self) -> Option<&str> {
        self.0.advice
    }

    /// Returns whether the value of a unique attribute is taken: the `scimType` is `uniqueness`
    /// (with 409 or 400), or the status is 409 without a `scimType`.
    #[doc(alias = "conflict")]
    #[doc(alias = "already_exists")]
    #[doc(alias = "duplicate")]
    pub fn is_uniqueness(&self) -> bool {
        match self.scim_type() {
            Some(scim_type) => *scim_type == ScimType::UNIQUENESS,
            None => self.0.status == Some(StatusCode::CONFLICT),
        }
    }

    /// Returns whether the resource has changed since it was read: the status is 412, or 409 and
    /// not about uniqueness (RFC 7644 §3.12, Table 8, lists both).
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

    /// Returns whether the server asks to slow down (429).
    #[doc(alias = "429")]
    #[doc(alias = "throttle")]
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(StatusCode::TOO_MANY_REQUESTS)
    }
}
