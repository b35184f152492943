//! What became of one operation of a bulk, for those who ask.

use std::{fmt, marker::PhantomData};

use http::{HeaderMap, StatusCode};

use crate::{
    Json, Reference, Stored,
    client::{deferred::Accepted, response::Readable},
    error::{Error, ErrorKind},
    json::DecodeError,
    message::BulkResult,
    resource::{AnyResource, ResourceKind},
};

/// Why an operation was not processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotProcessed {
    /// The response has results for other operations and none for this one. So the service provider
    /// stopped before it (RFC 7644 §3.7), usually because the number of errors reached
    /// [`fail_on_errors`](super::Bulk::fail_on_errors). If the response has no results at all, or a
    /// result that cannot be assigned to an operation, the operation [failed](BulkOutcome::Failed)
    /// instead, with an unknown outcome.
    Missing,
    /// It was not sent, because it refers to the operation at this position, which was not successful.
    DependsOn(usize),
    /// It was not sent, because the service provider did not return the `id` of the resource that
    /// the operation at this position created.
    UnknownId(usize),
    /// It was not sent, because it refers to the operation at this position, which was accepted and
    /// is not yet done. Whether its resource will exist is unknown.
    Accepted(usize),
    /// It was not sent, because an earlier request failed or there had been too many errors.
    Stopped,
    /// The handle belongs to another bulk.
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
                    "not sent: the id of what operation {other} created is not known"
                )
            }
            Self::Accepted(other) => {
                write!(
                    f,
                    "not sent: operation {other}, which it refers to, will be done later"
                )
            }
            Self::Stopped => f.write_str("not sent: there were errors before it"),
            Self::OtherBulk => f.write_str("the handle is not one of this bulk"),
        }
    }
}

/// The outcome of one operation.
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
    /// It failed, as far as the client can see. If [`Error::is_outcome_unknown`] is true, it may
    /// have been processed all the same. This is so after a lost connection, if the result has no
    /// readable status, if the response has no results at all, or if it has results that cannot be
    /// assigned to an operation.
    Failed(Error),
    /// It was accepted and will be processed later. The event about it will have the transaction
    /// identifier given here. That is the identifier of the request followed by the operation's
    /// position in the request (RFC 9967 §2.5.1.2). If a single request was sent in place of a
    /// bulk, it is the identifier of that request.
    Accepted(Accepted),
    /// It was not processed.
    NotProcessed(NotProcessed),
}

impl<R> BulkOutcome<R> {
    /// Returns whether the operation was successful.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// The result of a successful operation.
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

    /// The result of a successful operation.
    ///
    /// # Errors
    /// The operation's error, or [`ErrorKind::NotProcessed`]. For an operation that will be
    /// processed later, the error has the status 202 and an
    /// [unknown outcome](Error::is_outcome_unknown).
    pub fn into_result(self) -> Result<BulkSuccess<R>, Error> {
        match self {
            Self::Done(success) => Ok(success),
            Self::Failed(error) => Err(error),
            Self::Accepted(accepted) => Err(later(&accepted)),
            Self::NotProcessed(why) => Err(Error::new(ErrorKind::NotProcessed, why.to_string())),
        }
    }
}

/// The result of a successful operation.
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
    pub(super) status: StatusCode,
    pub(super) id: Option<String>,
    pub(super) id_from_location: bool,
    pub(super) unconditional: bool,
    pub(super) result: BulkResult,
    pub(super) kind: Option<ResourceKind>,
    pub(super) strict: bool,
    pub(super) marker: PhantomData<fn() -> R>,
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

    /// Returns whether the `id` was taken from the end of the location, because the result has no
    /// resource. This is usual for a creation. The client has not checked that a resource with this
    /// `id` exists.
    #[must_use]
    pub fn is_id_from_location(&self) -> bool {
        self.id_from_location
    }

    /// Returns whether the write should have been bound to one version of the resource and was not; see
    /// [`Response::is_unconditional`](crate::client::Response::is_unconditional).
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
    /// The returned resource does not fit the type. The operation was successful all the same.
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

/// The error of what is accepted and not done.
fn later(accepted: &Accepted) -> Error {
    let words = match &accepted.transaction {
        Some(name) => format!("the service provider will do it later, as transaction {name:?}"),
        None => "the service provider will do it later".to_owned(),
    };
    Error::new(ErrorKind::Status, words)
        .with_answer(StatusCode::ACCEPTED, HeaderMap::new())
        .with_outcome_unknown(true)
}
