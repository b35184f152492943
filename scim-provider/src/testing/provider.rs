//! The service provider as its user holds it.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response, request::Parts};
use scim_models::{Stored, resource::Resource, value::Timestamp};
use tower_service::Service;

use super::{
    fault::{Aimed, Disconnected},
    layer::{Faults, ResponseFuture},
    manner::Site,
    request::ReceivedRequest,
};
use crate::{
    body::Body,
    memory::MemoryStore,
    provider::{self, Unreadable},
    record::ServedType,
};

/// How many requests are remembered.
const MAX_REQUESTS: u64 = 10_000;

/// A SCIM service provider in memory. Cheap to clone; clones are the same provider.
///
/// It is a `tower` service for any `http` request, and [`serve`](Self::serve) puts it on a port
/// of the loopback interface. See the [module](super) for what it does.
///
/// Looking at stored resources and received requests:
///
/// ```
/// use scim_client::{Client, User, testing::ServiceProvider};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let provider = ServiceProvider::new();
/// let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// let users = scim.resource::<User>();
///
/// provider.seed_with_id("2819", User::new("bjensen").with_active(true))?;
/// provider.set_me(Some("2819"));
/// users.patch("2819").replace(|u| u.active, false).await?;
///
/// provider.assert_received(&["PATCH /Users/2819"]);
/// let babs = provider.assert_one::<User>(|u| u.user_name.eq("bjensen"));
/// assert_eq!(babs.active, Some(false));
/// provider.assert_none::<User>(|u| u.active.eq(true));
/// assert_eq!(provider.requests()[0].status().map(|it| it.as_u16()), Some(200));
///
/// provider.clear_requests();
/// users.query().all().await?;
/// provider.assert_unchanged();                                        // it only read
/// assert_eq!(provider.all::<User>().len(), provider.find::<User>(|u| u.user_name.pr()).len());
/// assert!(provider.get::<User>("2819").is_some());
/// provider.clear();
/// # Ok(())
/// # }
/// ```
///
/// Setting it up, and making it fail:
///
/// ```
/// use scim_client::{Client, Group, User, testing::{Misbehaviour, ServiceProvider}};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let provider = ServiceProvider::builder().bearer_token("foobar").strict().build();
/// provider.seed(Group::new("Tour Guides"))?;
/// provider.seed_json(
///     r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "babs"}"#,
/// )?;
/// provider.seed_raw("/Users", r#"{"id": "7", "userName": 12}"#)?;     // as no type has it
///
/// provider.misbehave(Misbehaviour::NoFilter);
/// provider.behave();
/// provider.expire_cursors();
///
/// // For clients in other languages: on a free port of the loopback interface, or on this one.
/// let server = provider.serve().await?;
/// # let other = provider.serve_at(0).await?;
/// let scim = Client::builder(server.url()).bearer_token("foobar").build()?;
/// assert_eq!(scim.resource::<Group>().query().total().await?, 1);
/// # Ok(())
/// # }
/// ```
#[doc(alias = "mock")]
#[doc(alias = "fake")]
#[doc(alias = "stub")]
#[derive(Clone)]
pub struct ServiceProvider {
    inner: Arc<Inner>,
    /// The path of the base URL, if that is fixed.
    prefix: Option<&'static str>,
}

struct Inner {
    provider: provider::ServiceProvider<MemoryStore>,
    /// Those that are served.
    types: Arc<[ServedType]>,
    faults: Faults,
    received: Mutex<Received>,
}

/// The last requests, by number.
#[derive(Default)]
struct Received {
    requests: VecDeque<ReceivedRequest>,
    /// The number of the first.
    first: u64,
}

impl ServiceProvider {
    pub(super) fn with(provider: provider::ServiceProvider<MemoryStore>) -> Self {
        let types = provider.engine().types.iter().cloned().collect();
        Self {
            inner: Arc::new(Inner {
                provider,
                types,
                faults: Faults::new(),
                received: Mutex::default(),
            }),
            prefix: None,
        }
    }

    /// Returns a stored resource, with secrets.
    #[must_use]
    pub fn get<R: Resource>(&self, id: &str) -> Option<Stored<R>> {
        self.store().read(id)
    }

    /// All resources of a type, in the order of their creation.
    #[must_use]
    pub fn all<R: Resource>(&self) -> Vec<Stored<R>> {
        self.store().all()
    }

    /// Removes all resources.
    pub fn clear(&self) {
        self.store().clear();
    }

    /// Sets the id of the resource at `/Me` (RFC 7644 §3.11). With `None`, there is none.
    pub fn set_me(&self, id: Option<&str>) {
        self.store().set_own(id);
    }

    /// Makes all cursors expire that were returned so far (RFC 9865 §2.1).
    pub fn expire_cursors(&self) {
        self.inner.provider.expire_cursors();
    }

    /// Adds a fault. It applies to all requests, or only to [some](super::Misbehaviour::only).
    pub fn misbehave(&self, misbehaviour: impl Into<Aimed>) {
        self.inner.faults.add(misbehaviour);
    }

    /// Removes all faults.
    pub fn behave(&self) {
        self.inner.faults.clear();
    }

    /// The received requests, oldest first. Only the last 10,000 are kept.
    #[must_use]
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.received().requests.iter().cloned().collect()
    }

    /// Forgets the requests that were received.
    pub fn clear_requests(&self) {
        let mut received = self.received();
        received.first += received.requests.len() as u64;
        received.requests.clear();
    }

    /// The same provider, with base URLs of this path only.
    pub(super) fn at(&self, prefix: &'static str) -> Self {
        Self {
            inner: self.inner.clone(),
            prefix: Some(prefix),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.inner.provider.config().clock)()
    }

    pub(super) fn store(&self) -> &MemoryStore {
        self.inner.provider.store()
    }

    pub(super) fn types(&self) -> &[ServedType] {
        &self.inner.types
    }

    fn received(&self) -> MutexGuard<'_, Received> {
        let received = self.inner.received.lock();
        received.unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, parts: Parts, body: Bytes) -> Result<Response<Bytes>, Disconnected> {
        let provider = &self.inner.provider;
        let path = parts.uri.path();
        let base = provider
            .engine()
            .endpoint(path, self.prefix, provider.config());
        let request = ReceivedRequest::new(&parts, &body, base.map(|(base, _)| base));
        let number = self.received().push(request);
        let fate = {
            let mut faults = self.inner.faults.lock();
            faults.next(&parts.method, path, self.now())
        };
        let site = Site {
            types: self.inner.types.clone(),
            prefix: self.prefix,
        };
        let process = |parts, body| async move {
            let (parts, body): (Parts, Bytes) = (parts, body);
            provider.respond_at(self.prefix, &parts, &body).await
        };
        let answered = |status| self.received().answered(number, status);
        fate.around(parts, body, &site, process, answered).await
    }
}

impl Received {
    fn push(&mut self, request: ReceivedRequest) -> u64 {
        if self.requests.len() as u64 >= MAX_REQUESTS {
            self.requests.pop_front();
            self.first += 1;
        }
        self.requests.push_back(request);
        self.first + self.requests.len() as u64 - 1
    }

    fn answered(&mut self, number: u64, status: http::StatusCode) {
        let at = number.checked_sub(self.first);
        let at = at.and_then(|at| usize::try_from(at).ok());
        if let Some(request) = at.and_then(|at| self.requests.get_mut(at)) {
            request.answered(status);
        }
    }
}

impl fmt::Debug for ServiceProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.types().iter().map(ServedType::name).collect();
        f.debug_struct("ServiceProvider")
            .field("resource_types", &names)
            .field("resources", &self.store().len())
            .finish_non_exhaustive()
    }
}

impl<B> Service<Request<B>> for ServiceProvider
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = Disconnected;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Disconnected>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        let provider = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let most = provider.inner.provider.config().max_payload;
            let response = match provider::collect(body, most).await {
                Ok(body) => provider.answer(parts, body).await?,
                Err(Unreadable::Broken) => return Err(Disconnected::on_purpose()),
                Err(unreadable) => unreadable.into_refusal().into_response(),
            };
            Ok(response.map(Body::from))
        })
    }
}
