//! What all operations have in common.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request};

use super::{
    base_url::Below, call::Call, options::RequestOptions, response::Response, retry::RetryPolicy,
    send::Sender,
};
use crate::error::Error;

/// The future of an operation.
pub type OperationFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'static>>;

/// An operation of a single request, which you can send by other means.
///
/// [`request`](Self::request) builds the HTTP request, and [`decode`](Self::decode) reads the
/// response; neither needs a transport. For operations that take several requests, use
/// [`OperationBuilder::steps`].
pub trait Operation: sealed::Sealed + Sized + Send + 'static {
    /// The result of decoding the response.
    type Output: Send + 'static;

    /// The HTTP request, with credentials.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest): an identifier, an
    /// endpoint, a header or a value cannot be sent.
    fn request(&self) -> Result<Request<Bytes>, Error>;

    /// Reads the response to that request.
    ///
    /// # Errors
    /// The response has an error status, or a body that does not fit the operation.
    fn decode(&self, response: http::Response<Bytes>) -> Result<Response<Self::Output>, Error>;
}

/// An operation that is not yet sent. It is a plain value: it can be cloned, kept and printed, and
/// its requests can be built [without a transport](Operation).
///
/// Every operation has the methods that are listed first. The methods of a single kind of operation
/// are listed under its alias: [`Get`](super::Get), [`Create`](super::Create),
/// [`Replace`](super::Replace), [`PatchResource`](super::PatchResource), [`Update`](super::Update),
/// [`Delete`](super::Delete), [`CreateOrGet`](super::CreateOrGet), [`Query`](super::Query),
/// [`Bulk`](super::Bulk), [`Discover`](super::Discover) and [`RawRequest`](super::RawRequest) are
/// all of this type.
///
/// `.await` sends it. These options apply to one operation:
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// use std::time::Duration;
/// use scim_client::client::{Deferred, RequestOptions, RetryPolicy, Written};
///
/// let babs = users
///     .create(&User::new("bjensen").with_title("CTO"))
///     .timeout(Duration::from_secs(60))                   // in all, with retries
///     .try_timeout(Duration::from_secs(10))               // of each try
///     .retry(RetryPolicy::never())
///     .header("X-Tenant", "acme")
///     .parameter("region", "eu")
///     .clear(|u| u.nick_name)                             // `"nickName": null`, not left out
///     .await?;
///
/// // A part of the result is a `Partial`. Names from a configuration have methods of their own.
/// let part = users.get(babs.id()).attributes(|u| (u.user_name, u.title)).await?;
/// assert_eq!(part.get(|u| u.title), Some("CTO"));
/// let part = users.get(babs.id()).excluded_attributes(|u| u.title).await?;
/// assert_eq!(part.get(|u| u.title), None);
/// users.get(babs.id()).attributes_by(["userName".parse()?]).await?;
/// users.get(babs.id()).excluded_attributes_by(["title".parse()?]).await?;
///
/// // `send` gives the status and the headers too.
/// let answer = users.get(babs.id()).send().await?;
/// assert_eq!(answer.status().as_u16(), 200);
///
/// // In one exchange, though the response may have no resource; or whenever the server likes.
/// let eu = RequestOptions::new().with_header("X-Region", "eu");
/// let wrote = users.replace_at(babs.id(), &User::new("bjensen")).options(eu).no_refetch().await?;
/// assert!(matches!(wrote, Written::Resource(_)));
/// let whole = users.replace_at(babs.id(), &User::new("bjensen")).clear_unassigned();
/// let done = whole.respond_async(Some(Duration::from_secs(5))).await?;
/// assert!(matches!(done, Deferred::Done(_)));
///
/// // Without a transport: what is to be sent, and then what came.
/// let steps = users.get(babs.id()).steps();
/// # drop(steps);
/// # Ok(())
/// # }
/// ```
///
/// # Errors of every operation
/// The method that begins an operation lists the errors that are particular to it. In addition, `.await`
/// and [`send`](Self::send) of every operation can return these:
///
/// | predicate | meaning |
/// |---|---|
/// | [`is_unauthorized`](Error::is_unauthorized) | no credentials, or wrong ones |
/// | [`is_rate_limited`](Error::is_rate_limited) | too many requests, even after all retries; [`retry_after`](Error::retry_after) says how long to wait |
/// | [`is_timeout`](Error::is_timeout), [`is_connect`](Error::is_connect) | no response in time, no connection |
/// | [`is_outcome_unknown`](Error::is_outcome_unknown) | a write that may have been done in spite of the error |
/// | [`kind`](Error::kind) is [`Status`](crate::ErrorKind::Status) | another error status; [`status`](Error::status), [`scim_type`](Error::scim_type) and [`detail`](Error::detail) say which |
/// | [`kind`](Error::kind) is [`Decode`](crate::ErrorKind::Decode) | the response does not fit the operation; [`body`](Error::body) has it |
/// | [`kind`](Error::kind) is [`InvalidRequest`](crate::ErrorKind::InvalidRequest) | nothing was sent, for example because of an empty `id` or an invalid header |
#[derive(Clone)]
#[must_use = "nothing is sent until it is awaited"]
pub struct OperationBuilder<V> {
    pub(super) sender: Arc<Sender>,
    /// The request, or what the requests of an operation have in common.
    pub(super) call: Call,
    pub(super) verb: V,
}

/// The part of an operation that differs from other operations.
pub trait Verb: sealed::Sealed + Sized + Send + 'static {
    /// The result of `.await`.
    type Output: Send + 'static;
    /// The result of [`send`](OperationBuilder::send).
    type Sent: Send + 'static;

    #[doc(hidden)]
    fn send(
        operation: OperationBuilder<Self>,
    ) -> impl Future<Output = Result<Self::Sent, Error>> + Send + 'static;

    #[doc(hidden)]
    fn output(
        operation: OperationBuilder<Self>,
    ) -> impl Future<Output = Result<Self::Output, Error>> + Send + 'static;
}

/// An operation that a service provider may be allowed to do later.
pub trait Defers: Verb {
    /// The same operation, which the service provider may process later.
    type Deferred: Verb;

    #[doc(hidden)]
    fn deferred(operation: OperationBuilder<Self>) -> OperationBuilder<Self::Deferred>;
}

/// An operation that reads the resource where a response has none.
pub trait Refetches: Verb {
    /// The same operation, which sends one request only.
    type Once: Verb;

    #[doc(hidden)]
    fn once(operation: OperationBuilder<Self>) -> OperationBuilder<Self::Once>;
}

pub(super) mod sealed {
    use super::OperationBuilder;

    /// What implements the traits of operations and of their arguments is written in this crate only.
    pub trait Sealed {}
    impl<V> Sealed for OperationBuilder<V> {}
}

impl<V> OperationBuilder<V> {
    pub(super) fn new(sender: &Arc<Sender>, method: Method, path: Below, verb: V) -> Self {
        Self {
            sender: sender.clone(),
            call: Call::new(&sender.settings, method, path),
            verb,
        }
    }

    /// Applies these options. They override options that were set before.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.call.set_options(options);
        self
    }

    /// Sets how long a request may take in all, with its tries and all waits; see
    /// [`RequestOptions::with_timeout`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call.options.timeout = Some(timeout);
        self
    }

    /// Sets how long one try may take; see [`RequestOptions::with_try_timeout`].
    pub fn try_timeout(mut self, timeout: Duration) -> Self {
        self.call.options.try_timeout = Some(timeout);
        self
    }

    /// Sets when a request is sent again; see [`RequestOptions::with_retry`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.call.options.retry = Some(Box::new(policy));
        self
    }

    /// Adds a query parameter that SCIM does not define (RFC 7644 §3.4.2).
    #[doc(alias = "query_param")]
    pub fn parameter(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.call.parameter(name.as_ref(), value.as_ref());
        self
    }

    /// Sets a header. If the name or value is invalid, the operation fails when it is sent.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.call.header(name.as_ref(), value.as_ref());
        self
    }

    /// The same with another verb.
    pub(super) fn map<W>(self, change: impl FnOnce(V) -> W) -> OperationBuilder<W> {
        OperationBuilder {
            sender: self.sender,
            call: self.call,
            verb: change(self.verb),
        }
    }
}

impl<V: Verb> OperationBuilder<V> {
    /// Sends the operation. If there is one response, the result has its status and headers too.
    ///
    /// # Errors
    /// The same as for `.await`.
    pub fn send(self) -> OperationFuture<V::Sent> {
        Box::pin(V::send(self))
    }
}

impl<V: Defers> OperationBuilder<V> {
    /// Allows the service provider to process the request later (`Prefer: respond-async`, RFC 9967
    /// §2.5.1). With `wait`, the service provider may first take that long to process it at once;
    /// `wait` is sent in whole seconds. The result becomes a [`Deferred`](super::Deferred). If the
    /// response has no resource, the client does not read it.
    ///
    /// This has no effect on an operation that takes several requests if each must be done before
    /// the next is sent.
    #[doc(alias = "prefer")]
    #[doc(alias = "async")]
    pub fn respond_async(mut self, wait: Option<Duration>) -> OperationBuilder<V::Deferred> {
        match wait {
            Some(wait) => {
                let preference = format!("respond-async, wait={}", wait.as_secs());
                self.call.header("Prefer", &preference);
            }
            None => self.call.header("Prefer", "respond-async"),
        }
        V::deferred(self)
    }
}

impl<V: Refetches> OperationBuilder<V> {
    /// Sends one request only: if the response has no resource, the client does not read it. The
    /// result becomes a [`Written`](super::Written).
    #[doc(alias = "minimal")]
    #[doc(alias = "return")]
    pub fn no_refetch(self) -> OperationBuilder<V::Once> {
        V::once(self)
    }
}

impl<V: Verb> IntoFuture for OperationBuilder<V> {
    type Output = Result<V::Output, Error>;
    type IntoFuture = OperationFuture<V::Output>;

    fn into_future(self) -> OperationFuture<V::Output> {
        Box::pin(V::output(self))
    }
}

impl<V> std::fmt::Debug for OperationBuilder<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OperationBuilder({:?})", self.call)
    }
}
