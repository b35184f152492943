//! What became of the operations of a bulk.

use std::marker::PhantomData;

use http::{HeaderMap, Method, StatusCode};

use super::{
    BulkHandle,
    outcome::{BulkOutcome, BulkSuccess, NotProcessed},
};
use crate::{
    Json,
    client::{deferred::Accepted, response::id_at},
    error::{Error, ErrorKind, contradiction, denial},
    internal::{Next, Reader, each_member},
    message::{BulkMethod, BulkResult, ErrorMessage},
    resource::ResourceKind,
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
            // Few resources have one of these.
            let signs = [
                "messages:2.0:Error",
                "tatus\"",
                "rror",
                "uccess\"",
                "\"ok\"",
            ];
            let may_be = signs.iter().any(|sign| response.contains(sign));
            let what = match result.status {
                Some(202) => denial,
                _ => contradiction,
            };
            may_be && what(response).is_some()
        };
        Self {
            result,
            id,
            id_from_location,
            unconditional: false,
            contradicts_itself,
        }
    }

    /// Returns whether the operation was successful, as far as the result tells.
    pub(super) fn is_done(&self) -> bool {
        self.result.is_success() && !self.contradicts_itself
    }
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

/// The results of a [`Bulk`](super::Bulk).
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
    /// The outcome of one operation.
    ///
    /// # Errors
    /// [`BulkOutcome::error`] is the error of the operation. It has the same predicates as that of
    /// a single request: [`is_uniqueness`](Error::is_uniqueness),
    /// [`is_not_found`](Error::is_not_found) and so on.
    pub fn get<R>(&self, operation: impl Into<BulkHandle<R>>) -> BulkOutcome<R> {
        let handle = operation.into();
        match self.entries.get(handle.index()) {
            Some(entry) if handle.bulk == self.bulk => self.outcome(entry),
            _ => BulkOutcome::NotProcessed(NotProcessed::OtherBulk),
        }
    }

    /// The outcomes of all operations, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = BulkOutcome<Json>> {
        self.entries.iter().map(|entry| self.outcome(entry))
    }

    /// The number of operations.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there were no operations. It is never true, because an empty bulk cannot be sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns whether every operation was successful.
    #[must_use]
    pub fn all_done(&self) -> bool {
        self.iter().all(|outcome| outcome.is_done())
    }

    /// The error that ended the bulk early: a request after the first one failed as a whole.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// Results that belong to no operation that was sent.
    #[must_use]
    pub fn unmatched(&self) -> &[BulkResult] {
        &self.unmatched
    }

    /// The number of requests that got a response.
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
