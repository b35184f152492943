//! The service provider as its user holds it.

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, request::Parts};
use http_body::Body;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use tower_service::Service;

use super::{
    builder::ServiceProviderBuilder,
    dispatch,
    failure::Failure,
    identifier::Identifiers,
    misbehaviour::{self, Misbehaviour, Misbehaviours},
    query::{Cursors, Lists},
    record::ResourceKind,
    request::ReceivedRequest,
    server::Server,
    store::{Entry, Store},
};
use scim_models::{
    Stored, filter::FilterOptions, patch::ApplyOptions, resource::Resource, value::Timestamp,
};

/// How many requests are remembered.
const MAX_REQUESTS: usize = 10_000;

/// A SCIM service provider in memory. Cheap to clone; clones are the same provider.
///
/// It is a `tower` service for any `http` request, and [`serve`](Self::serve) puts it on a port
/// of the loopback interface. See the [module](super) for what it does.
#[derive(Clone)]
pub struct ServiceProvider {
    inner: Arc<Inner>,
    /// The path of the base URL, if that is fixed.
    prefix: Option<&'static str>,
}

struct Inner {
    config: Config,
    state: Mutex<State>,
}

/// What does not change.
pub(super) struct Config {
    pub(super) token: Option<String>,
    pub(super) strict: bool,
    pub(super) page_size: u64,
    pub(super) cursor_lifetime: Duration,
    pub(super) patch_without_body: bool,
    pub(super) patch_options: ApplyOptions,
    /// `None` for those that go with `strict`.
    pub(super) filter_options: Option<FilterOptions>,
    pub(super) bulk_operations: usize,
    pub(super) max_payload: usize,
    pub(super) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// What a request may change; one request at a time.
pub(super) struct State {
    pub(super) store: Store,
    pub(super) lists: Lists,
    pub(super) cursors: Cursors,
    pub(super) misbehaviours: Misbehaviours,
    /// The id of the subject of `/Me`.
    pub(super) me: Option<String>,
    requests: VecDeque<ReceivedRequest>,
}

impl ServiceProvider {
    /// A service provider of users, with the enterprise extension, and groups.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Begins one with other resource types or other rules.
    pub fn builder() -> ServiceProviderBuilder {
        ServiceProviderBuilder::new()
    }

    pub(super) fn with(
        config: Config,
        kinds: Arc<[ResourceKind]>,
        ids: Identifiers,
        base: String,
    ) -> Self {
        let state = State {
            store: Store::new(kinds, ids, base),
            lists: Lists::default(),
            cursors: Cursors::default(),
            misbehaviours: Misbehaviours::default(),
            me: None,
            requests: VecDeque::new(),
        };
        Self {
            inner: Arc::new(Inner {
                config,
                state: Mutex::new(state),
            }),
            prefix: None,
        }
    }

    /// Serves HTTP/1.1 on a free port of 127.0.0.1 until the server is dropped, with the base
    /// URL's path `/scim/v2`. Needs a tokio runtime with I/O.
    ///
    /// # Errors
    /// There is no free port, or no such runtime.
    pub async fn serve(&self) -> std::io::Result<Server> {
        self.serve_at(0).await
    }

    /// As [`serve`](Self::serve), on a port of one's own choice; 0 is any free one.
    ///
    /// # Errors
    /// The port is taken, or may not be used.
    pub async fn serve_at(&self, port: u16) -> std::io::Result<Server> {
        Server::start(self.clone(), port).await
    }

    /// A stored resource, as the provider holds it: with secrets.
    #[must_use]
    pub fn get<R: Resource>(&self, id: &str) -> Option<Stored<R>> {
        let state = self.state();
        typed(state.store.entry(state.store.number(id)?)?)
    }

    /// All resources of a type, in the order of their creation.
    #[must_use]
    pub fn all<R: Resource>(&self) -> Vec<Stored<R>> {
        self.state()
            .store
            .iter()
            .filter_map(|(_, entry)| typed(entry))
            .collect()
    }

    /// Removes all resources.
    pub fn clear(&self) {
        self.state().store.clear();
    }

    /// Makes the resource with this id the one at `/Me` (RFC 7644 §3.11), or nobody's.
    pub fn set_me(&self, id: Option<&str>) {
        self.state().me = id.map(str::to_owned);
    }

    /// Makes all cursors that were given out expired ones (RFC 9865 §2.1).
    pub fn expire_cursors(&self) {
        self.state().cursors.expire();
    }

    /// Does something wrong from now on, besides what it does already.
    pub fn misbehave(&self, misbehaviour: Misbehaviour) {
        self.state().misbehaviours.add(misbehaviour);
    }

    /// Does everything right again.
    pub fn behave(&self) {
        self.state().misbehaviours.clear();
    }

    /// The requests that were received, the last 10,000 of them, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.state().requests.iter().cloned().collect()
    }

    /// Forgets the requests that were received.
    pub fn clear_requests(&self) {
        self.state().requests.clear();
    }

    /// The same provider, with base URLs of this path only.
    pub(super) fn at(&self, prefix: &'static str) -> Self {
        Self {
            inner: self.inner.clone(),
            prefix: Some(prefix),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.inner.config.clock)()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        match self.inner.state.lock() {
            Ok(state) => state,
            Err(poisoned) => poisoned.into_inner(),
        }
    }

    async fn answer(self, parts: Parts, body: Bytes) -> Result<Response<Bytes>, Disconnected> {
        let fate = {
            let mut state = self.state();
            if state.requests.len() >= MAX_REQUESTS {
                state.requests.pop_front();
            }
            state
                .requests
                .push_back(ReceivedRequest::new(&parts, &body));
            state.misbehaviours.next(self.now())
        };
        if let Some(latency) = fate.latency {
            super::runtime::sleep(latency).await;
        }
        if fate.cut {
            return Err(Disconnected(()));
        }
        let response = match fate.answer {
            Some(response) => response,
            None => {
                let config = &self.inner.config;
                let mut state = self.state();
                dispatch::answer(config, &mut state, &parts, &body, self.prefix)
                    .unwrap_or_else(|failure| failure.into_response())
            }
        };
        if fate.lose_answer {
            return Err(Disconnected(()));
        }
        let response = if fate.html_errors {
            misbehaviour::as_html(response)
        } else {
            response
        };
        Ok(if fate.truncate {
            misbehaviour::truncated(response)
        } else {
            response
        })
    }
}

impl Default for ServiceProvider {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ServiceProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        let names: Vec<_> = state.store.kinds.iter().map(|kind| kind.name).collect();
        f.debug_struct("ServiceProvider")
            .field("resource_types", &names)
            .field("resources", &state.store.iter().count())
            .finish_non_exhaustive()
    }
}

pub(super) fn typed<R: Resource>(entry: &Entry) -> Option<Stored<R>> {
    entry.record.as_any().downcast_ref::<Stored<R>>().cloned()
}

/// The provider cut the connection, as [`Misbehaviour`] asked it to.
#[derive(Debug)]
pub struct Disconnected(());

impl fmt::Display for Disconnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the service provider cut the connection")
    }
}

impl std::error::Error for Disconnected {}

/// What [`ServiceProvider`] gives as a service.
pub type AnswerFuture =
    Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, Disconnected>> + Send>>;

impl<B> Service<Request<B>> for ServiceProvider
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Disconnected;
    type Future = AnswerFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Disconnected>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> AnswerFuture {
        let provider = self.clone();
        let (parts, body) = request.into_parts();
        let max_payload = provider.inner.config.max_payload;
        Box::pin(async move {
            let body = match Limited::new(body, max_payload).collect().await {
                Ok(body) => body.to_bytes(),
                Err(error) => return unreadable(&*error),
            };
            provider
                .answer(parts, body)
                .await
                .map(|response| response.map(Full::new))
        })
    }
}

fn unreadable(
    error: &(dyn std::error::Error + 'static),
) -> Result<Response<Full<Bytes>>, Disconnected> {
    if !error.is::<LengthLimitError>() {
        return Err(Disconnected(()));
    }
    let failure = Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
    Ok(failure.into_response().map(Full::new))
}
