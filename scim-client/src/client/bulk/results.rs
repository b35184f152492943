//! What became of the operations of a bulk.

use std::{fmt, marker::PhantomData};

use http::{HeaderMap, Method, StatusCode};

use super::BulkHandle;
use crate::{
    Json, Reference, Stored,
    client::{
        answer::{Readable, id_at},
        deferred::Accepted,
    },
    error::{Error, ErrorKind},
    internal::{Next, Reader, each_member},
    json::DecodeError,
    message::{BulkMethod, BulkResult, ErrorMessage},
    resource::{AnyResource, ResourceKind},
};

/// The state of an operation.
#[derive(Debug)]
pub(super) enum State {
    /// Not sent yet.
    Waiting,
    /// The service provider said what became of it.
    Answered(Answered),
    /// It has no result of its own: the request that had it failed, or could not be made.
    Failed(Error),
    /// The service provider will process it later.
    Accepted(Accepted),
    NotProcessed(NotProcessed),
}

/// A result, with what is known from elsewhere.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) result: BulkResult,
    /// The identifier of the resource.
    pub(super) id: Option<String>,
    /// Whether the identifier is the end of a location.
    id_from_location: bool,
    /// Whether it was to be for one version of the resource, and was for any.
    pub(super) unconditional: bool,
    /// Whether it has a status of success and an error message.
    contradicts_itself: bool,
}

/// What servers written in languages without types make of an identifier that they do not have.
const NO_IDS: [&str; 6] = ["undefined", "null", "none", "nil", "nan", "[object object]"];

impl Answered {
    /// `known` is the identifier in the path that was sent.
    pub(super) fn new(result: BulkResult, known: Option<String>, path: &str) -> Self {
        let own = result
            .response
            .as_ref()
            .filter(|_| result.is_success())
            .and_then(id_in);
        let told = known.or(own);
        let id_from_location = told.is_none();
        let located = || {
            let id = id_at(result.location.as_deref()?, path)?;
            (!NO_IDS.contains(&id.to_lowercase().as_str())).then_some(id)
        };
        let id = told.or_else(located);
        let contradicts_itself = result.is_success() && {
            let response = result.response.as_ref().map_or("", Json::as_str);
            response.contains("messages:2.0:Error") && is_error(response)
        };
        Self {
            result,
            id,
            id_from_location,
            unconditional: false,
            contradicts_itself,
        }
    }

    /// Whether the operation was successful, as far as the result tells.
    pub(super) fn is_done(&self) -> bool {
        self.result.is_success() && !self.contradicts_itself
    }
}

/// Whether this is an Error message and no resource.
fn is_error(text: &str) -> bool {
    let schemas = Json::parse(text).ok().map(|json| json.to_value());
    let schemas = schemas.as_ref().and_then(|value| value.get("schemas"));
    schemas.is_some_and(|schemas| schemas.to_string().contains("messages:2.0:Error"))
}

/// The `id` of a resource.
pub(super) fn id_in(resource: &Json) -> Option<String> {
    let mut id = None;
    // What comes before a fault counts.
    let _ = each_member(resource.as_str(), &mut |name, value| {
        let mut reader = Reader::new(value);
        let is_id = name.eq_ignore_ascii_case("id");
        let found = match reader.peek() {
            Ok(Next::String) if is_id => reader.string().ok().map(String::from),
            // As where whole resources are read.
            Ok(Next::Number) if is_id => reader.number().ok().map(str::to_owned),
            _ => return false,
        };
        id = found.filter(|id| !id.is_empty());
        true
    });
    id
}

/// What the results say of an operation itself.
#[derive(Debug)]
pub(super) struct Entry {
    /// The resource type, unless the operation was added as it is.
    pub(super) kind: Option<ResourceKind>,
    pub(super) method: BulkMethod,
    pub(super) path: String,
    pub(super) state: State,
}

/// Why an operation was not processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotProcessed {
    /// The response has results for others and none for it, so the service provider stopped before
    /// it (RFC 7644 §3.7), usually because there were as many errors as
    /// [`fail_on_errors`](super::Bulk::fail_on_errors) allows. Where it has no results at all, or
    /// one of which nobody can tell whose it is, the operation [failed](BulkOutcome::Failed), and
    /// its outcome is unknown.
    Missing,
    /// It was not sent, because this operation that it refers to was not successful.
    DependsOn(usize),
    /// It was not sent, because the service provider did not say which `id` this operation's
    /// resource has.
    UnknownId(usize),
    /// It was not sent: an earlier request failed, or there had been too many errors.
    Stopped,
    /// The handle is not one of this bulk.
    OtherBulk,
}

impl fmt::Display for NotProcessed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("the response has no result for the operation"),
            Self::DependsOn(other) => {
                write!(
                    f,
                    "not sent: operation {other}, which it refers to, was not successful"
                )
            }
            Self::UnknownId(other) => {
                write!(
                    f,
                    "not sent: the id that operation {other} gave is not known"
                )
            }
            Self::Stopped => f.write_str("not sent: there were errors before it"),
            Self::OtherBulk => f.write_str("the handle is not one of this bulk"),
        }
    }
}

/// What became of one operation.
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// let mut bulk = scim.bulk();
/// let babs = bulk.create(&User::new("bjensen"));
/// let outcome = bulk.await?.get(babs);
/// if let Some(error) = outcome.error() {
///     println!("{error}");
/// }
/// if let (true, Some(done)) = (outcome.is_done(), outcome.success()) {
///     println!("{}", done.status());
/// }
/// let done = outcome.into_result()?;          // with `?`
/// println!("{:?}", done.id());
/// # let _ = users;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum BulkOutcome<R> {
    /// It was successful.
    Done(BulkSuccess<R>),
    /// It was not, as far as anybody knows. It may have been processed all the same:
    /// [`Error::is_outcome_unknown`] tells. So it is after a lost connection, where the result has
    /// no status that can be read, where there are no results at all, and where the operation's may
    /// be one of those of which nobody can tell whose they are.
    Failed(Error),
    /// It was accepted and will be processed later. The event about it has the transaction
    /// identifier that is given here: the request's, and the operation's position in the request
    /// (RFC 9967 §2.5.1.2). For a single request in place of a bulk, it is that request's.
    Accepted(Accepted),
    /// It was not processed.
    NotProcessed(NotProcessed),
}

impl<R> BulkOutcome<R> {
    /// Whether the operation was successful.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// What a successful operation gave.
    #[must_use]
    pub fn success(&self) -> Option<&BulkSuccess<R>> {
        match self {
            Self::Done(success) => Some(success),
            _ => None,
        }
    }

    /// Why the operation failed.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// What a successful operation gave.
    ///
    /// # Errors
    /// The operation's error, or [`ErrorKind::NotProcessed`].
    pub fn into_result(self) -> Result<BulkSuccess<R>, Error> {
        match self {
            Self::Done(success) => Ok(success),
            Self::Failed(error) => Err(error),
            Self::Accepted(_) => Err(Error::new(
                ErrorKind::NotProcessed,
                "it will be processed later",
            )),
            Self::NotProcessed(why) => Err(Error::new(ErrorKind::NotProcessed, why.to_string())),
        }
    }
}

/// What a successful operation gave.
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// let mut bulk = scim.bulk();
/// let babs = bulk.create(&User::new("bjensen"));
/// let done = bulk.await?.get(babs).into_result()?;
/// assert_eq!(done.status().as_u16(), 201);
/// println!("{:?} at {:?}, version {:?}", done.id(), done.location(), done.version());
/// assert!(!done.is_unconditional());
/// // Most service providers show no resource; then the `id` is that of the location.
/// match done.resource()? {
///     Some(babs) => println!("{}", babs.user_name),
///     None => println!("{}", done.is_id_from_location()),
/// }
/// println!("{:?} {:?}", done.response(), done.result());
/// # let _ = users;
/// # Ok(())
/// # }
/// ```
pub struct BulkSuccess<R> {
    status: StatusCode,
    id: Option<String>,
    id_from_location: bool,
    unconditional: bool,
    result: BulkResult,
    kind: Option<ResourceKind>,
    strict: bool,
    marker: PhantomData<fn() -> R>,
}

impl<R> BulkSuccess<R> {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The resource's `id`; `None` if a POST's result has neither a location nor the resource.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whether the `id` is the end of the location, because the result has no resource: usual for
    /// a creation. Nobody has looked whether there is a resource of that `id`.
    #[must_use]
    pub fn is_id_from_location(&self) -> bool {
        self.id_from_location
    }

    /// Whether it was to be for one version of the resource, and was for any; see
    /// [`Answer::is_unconditional`](crate::client::Answer::is_unconditional).
    #[must_use]
    pub fn is_unconditional(&self) -> bool {
        self.unconditional
    }

    /// The resource's URL.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.result.location.as_deref()
    }

    /// The resource's new version.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.result.version.as_deref()
    }

    /// The response, which service providers may leave out.
    #[must_use]
    pub fn response(&self) -> Option<&Json> {
        self.result.response.as_ref()
    }

    /// The whole result.
    #[must_use]
    pub fn result(&self) -> &BulkResult {
        &self.result
    }
}

impl<R: AnyResource> BulkSuccess<R> {
    /// The resource, if the service provider returned it.
    ///
    /// # Errors
    /// What it returned does not fit the type. The operation was successful all the same.
    pub fn resource(&self) -> Result<Option<Stored<R>>, DecodeError> {
        // Only what was added as it is has no type, and its handle none of a resource.
        let (Some(response), Some(kind)) = (&self.result.response, self.kind) else {
            return Ok(None);
        };
        let needs_id = self.id.is_none();
        let text = response.as_str();
        let mut stored = Stored::<R>::read_document(kind, text, self.strict, needs_id)?;
        let (id, meta) = stored.id_and_meta();
        if let (true, Some(known)) = (id.is_empty(), &self.id) {
            id.clone_from(known);
        }
        if let Some(version) = &self.result.version {
            meta.version = Some(version.clone());
        }
        if let (None, Some(location)) = (&meta.location, &self.result.location) {
            meta.location = Some(Reference::from(location.as_str()));
        }
        Ok(Some(stored))
    }
}

impl<R> fmt::Debug for BulkSuccess<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkSuccess")
            .field("id", &self.id)
            .field("result", &self.result)
            .finish()
    }
}

/// What became of the operations of a [`Bulk`](super::Bulk).
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// let mut bulk = scim.bulk();
/// let (babs, twice) = (bulk.create(&User::new("bjensen")), bulk.create(&User::new("bjensen")));
/// let results = bulk.await?;
///
/// assert!(!results.all_done());
/// assert!(results.get(babs).is_done());
/// assert!(results.get(twice).error().is_some_and(|error| error.is_uniqueness()));
/// for outcome in results.iter() {
///     println!("{outcome:?}");
/// }
/// assert_eq!((results.len(), results.requests()), (2, 1));
/// assert!(!results.is_empty() && results.error().is_none() && results.unmatched().is_empty());
/// # let _ = users;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct BulkResults {
    pub(super) bulk: u32,
    pub(super) entries: Vec<Entry>,
    pub(super) unmatched: Vec<BulkResult>,
    pub(super) error: Option<Error>,
    pub(super) requests: usize,
    pub(super) strict: bool,
}

impl BulkResults {
    /// What became of one operation.
    ///
    /// # Errors
    /// [`BulkOutcome::error`] has the operation's: [`is_uniqueness`](Error::is_uniqueness),
    /// [`is_not_found`](Error::is_not_found) and so on, as for a request of its own.
    pub fn get<R>(&self, operation: impl Into<BulkHandle<R>>) -> BulkOutcome<R> {
        let handle = operation.into();
        match self.entries.get(handle.index()) {
            Some(entry) if handle.bulk == self.bulk => self.outcome(entry),
            _ => BulkOutcome::NotProcessed(NotProcessed::OtherBulk),
        }
    }

    /// What became of all operations, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = BulkOutcome<Json>> {
        self.entries.iter().map(|entry| self.outcome(entry))
    }

    /// How many operations there were.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there were none. There always is one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether every operation was successful.
    #[must_use]
    pub fn all_done(&self) -> bool {
        self.iter().all(|outcome| outcome.is_done())
    }

    /// What ended it early: a request, after a successful one, that failed as a whole.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// Results that belong to no operation that was sent.
    #[must_use]
    pub fn unmatched(&self) -> &[BulkResult] {
        &self.unmatched
    }

    /// How many requests were answered.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests
    }

    fn outcome<R>(&self, entry: &Entry) -> BulkOutcome<R> {
        match &entry.state {
            State::Waiting => BulkOutcome::NotProcessed(NotProcessed::Stopped),
            State::Failed(error) => BulkOutcome::Failed(error.clone()),
            State::Accepted(accepted) => BulkOutcome::Accepted(accepted.clone()),
            State::NotProcessed(why) => BulkOutcome::NotProcessed(*why),
            State::Answered(answered) => {
                let Answered { result, id, .. } = answered;
                let status = status_of(result);
                match status {
                    Some(_) if answered.contradicts_itself => BulkOutcome::Failed(
                        Error::new(
                            ErrorKind::Decode,
                            "the result has a status of success and an error message",
                        )
                        .with_outcome_unknown(true)
                        .at(&http_method(entry.method), &entry.path),
                    ),
                    Some(status) if status.is_success() => BulkOutcome::Done(BulkSuccess {
                        status,
                        id: id.clone(),
                        id_from_location: id.is_some() && answered.id_from_location,
                        unconditional: answered.unconditional,
                        result: result.clone(),
                        kind: entry.kind,
                        strict: self.strict,
                        marker: PhantomData,
                    }),
                    _ => BulkOutcome::Failed(error_of(entry, result, status)),
                }
            }
        }
    }
}

/// The status of a result, or the one that its Error message has.
fn status_of(result: &BulkResult) -> Option<StatusCode> {
    let told = || message_of(result)?.status.filter(|status| *status >= 400);
    let status = result.status.or_else(told)?;
    // No other is a final status (RFC 9110 §15).
    let is_final = (200..600).contains(&status);
    is_final.then(|| StatusCode::from_u16(status).ok())?
}

fn message_of(result: &BulkResult) -> Option<ErrorMessage> {
    let message = ErrorMessage::from_value(result.response.as_ref()?.to_value());
    message.is_scim().then_some(message)
}

fn error_of(entry: &Entry, result: &BulkResult, status: Option<StatusCode>) -> Error {
    let error = match status {
        None => Error::new(
            ErrorKind::Decode,
            "the result of the operation has no status that can be read",
        )
        .with_outcome_unknown(true),
        Some(status) => {
            let body = match (&result.response, &result.description) {
                (Some(response), _) => response.as_str().to_owned(),
                (None, Some(words)) => ErrorMessage::new(status.as_u16())
                    .with_detail(words.as_str())
                    .to_json(),
                (None, None) => String::new(),
            };
            // It came within a SCIM message.
            Error::status_of(status, HeaderMap::new(), body.as_bytes()).in_scim()
        }
    };
    error.at(&http_method(entry.method), &entry.path)
}

pub(super) fn http_method(method: BulkMethod) -> Method {
    match method {
        BulkMethod::Post => Method::POST,
        BulkMethod::Put => Method::PUT,
        BulkMethod::Patch => Method::PATCH,
        BulkMethod::Delete => Method::DELETE,
    }
}
