//! Operations whose requests the caller sends.

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use bytes::Bytes;
use http::{Request, Response};

use super::{
    Client,
    flight::Crew,
    operation::{OperationBuilder, Verb},
    retry::RetryPolicy,
    send::Sender,
    wire::Wire,
};
use crate::{
    error::Error,
    shown::{self, Headers},
    transport::{SendFuture, Transport, TransportError},
};

/// A state machine of an operation, whose requests the caller sends. It needs no transport, no runtime and no
/// timer. [`next_step`](Self::next_step) returns the next request. The caller hands in the response with
/// [`receive`](Self::receive), or says with [`fail`](Self::fail) that there is none.
///
/// [`OperationBuilder::steps`] makes one of a single operation, and [`Client::steps`] of any code
/// that uses a client. There are no retries and no time-outs; those are up to the caller. An access
/// token is used if one was fetched before. Hooks see the requests.
///
/// ```
/// use scim_client::{Client, User, bytes::Bytes, client::Step, http::Response};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let scim = Client::builder("https://auth.example/scim/v2").without_transport().build()?;
/// let users = scim.resource::<User>();
/// let mut steps = users.patch("2819c223").replace(|u| u.active, false).steps();
/// let patched = loop {
///     match steps.next_step() {
///         Step::Send(request) => {
///             println!("{} {}", request.method(), request.uri());
///             // However it is sent. After a 204 the next step is the GET of the resource.
///             let response = Response::builder().status(204).body(Bytes::new())?;
///             # let response = match request.method().as_str() {
///             #     "GET" => Response::new(r#"{"id":"2819c223","userName":"bjensen"}"#.into()),
///             #     _ => response,
///             # };
///             steps.receive(response);
///         }
///         Step::Done(result) => break result?,
///         // `Step::Idle`: it waits for something that is no request.
///         other => return Err(format!("unexpected: {other:?}").into()),
///     }
/// };
/// assert_eq!(patched.user_name, "bjensen");
/// # Ok(())
/// # }
/// # example().unwrap();
/// ```
#[must_use = "nothing is done before `next_step` is called"]
pub struct Steps<T> {
    work: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    desk: Arc<Desk>,
    /// The request of the last step, until it has a response.
    shown: Weak<Letter>,
}

/// The next step of [`Steps`].
#[non_exhaustive]
#[allow(
    clippy::large_enum_variant,
    reason = "there is one at a time, and it is taken apart at once"
)]
pub enum Step<T> {
    /// Send this request, and give its response to [`Steps::receive`].
    Send(Request<Bytes>),
    /// The result. There are no further steps.
    Done(T),
    /// There is neither a request nor a result. Either the code that was given to [`Client::steps`]
    /// waits for something else, or the result was returned before.
    Idle,
}

/// Does not show the request's body and query, nor headers that may hold a secret.
impl<T: fmt::Debug> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => f
                .debug_struct("Send")
                .field("method", request.method())
                .field("path", &request.uri().path())
                .field("headers", &Headers(request.headers()))
                .field("body", &shown::Bytes(request.body().len()))
                .finish(),
            Self::Done(done) => f.debug_tuple("Done").field(done).finish(),
            Self::Idle => f.write_str("Idle"),
        }
    }
}

/// Where requests lie until they are answered.
#[derive(Default)]
struct Desk(Mutex<VecDeque<Arc<Letter>>>);

/// A request, and in time its response.
struct Letter {
    request: Request<Bytes>,
    state: Mutex<Reply>,
}

#[derive(Default)]
struct Reply {
    response: Option<Result<Response<Bytes>, TransportError>>,
    waker: Option<Waker>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// The oldest request without a response.
    fn next(&self) -> Option<Arc<Letter>> {
        let mut letters = lock(&self.0);
        // Nobody waits for what only the desk still has.
        letters.retain(|letter| Arc::strong_count(letter) > 1);
        letters.front().cloned()
    }

    fn has_some(&self) -> bool {
        self.next().is_some()
    }

    fn take_off(&self, letter: &Arc<Letter>) {
        lock(&self.0).retain(|own| !Arc::ptr_eq(own, letter));
    }
}

/// Puts requests on the desk.
struct Post(Arc<Desk>);

impl Transport for Post {
    fn send(&self, request: Request<Bytes>) -> SendFuture {
        let letter = Arc::new(Letter {
            request,
            state: Mutex::default(),
        });
        lock(&self.0.0).push_back(letter.clone());
        Box::pin(Waiting(letter))
    }
}

struct Waiting(Arc<Letter>);

impl Future for Waiting {
    type Output = Result<Response<Bytes>, TransportError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut reply = lock(&self.0.state);
        match reply.response.take() {
            Some(response) => Poll::Ready(response),
            None => {
                reply.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Notes that the work can go on.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<T> Steps<T> {
    fn new<F>(sender: &Arc<Sender>, work: impl FnOnce(Arc<Sender>) -> F) -> Self
    where
        F: Future<Output = T> + Send + 'static,
    {
        let desk = Arc::new(Desk::default());
        let own = sender.in_steps(Post(desk.clone()));
        Self {
            work: Some(Box::pin(work(Arc::new(own)))),
            desk,
            shown: Weak::new(),
        }
    }

    /// Returns the next step. A request that has no response yet is returned again.
    pub fn next_step(&mut self) -> Step<T> {
        let Some(work) = &mut self.work else {
            return Step::Idle;
        };
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        loop {
            if let Some(letter) = self.desk.next() {
                self.shown = Arc::downgrade(&letter);
                return Step::Send(letter.request.clone());
            }
            woken.0.store(false, Ordering::Relaxed);
            match work.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(done) => {
                    self.work = None;
                    return Step::Done(done);
                }
                Poll::Pending if woken.0.load(Ordering::Relaxed) || self.desk.has_some() => {}
                Poll::Pending => return Step::Idle,
            }
        }
    }

    /// Hands in the response to the request of the last [`Step::Send`]. It does nothing if that
    /// request has a response already, or if no operation waits for it any more.
    pub fn receive(&mut self, response: Response<Bytes>) {
        self.reply(Ok(response));
    }

    /// Says that the request of the last [`Step::Send`] has no response, and why.
    ///
    /// ```
    /// # use scim_client::{client::Steps, transport::{TransportError, TransportErrorKind}};
    /// # fn example<T>(steps: &mut Steps<T>, error: std::io::Error) {
    /// steps.fail(TransportError::new(TransportErrorKind::Connect, error));
    /// # }
    /// ```
    pub fn fail(&mut self, error: TransportError) {
        self.reply(Err(error));
    }

    fn reply(&mut self, response: Result<Response<Bytes>, TransportError>) {
        if let Some(letter) = std::mem::take(&mut self.shown).upgrade() {
            self.desk.take_off(&letter);
            let mut reply = lock(&letter.state);
            reply.response = Some(response);
            let waker = reply.waker.take();
            drop(reply);
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

impl<T> fmt::Debug for Steps<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps")
            .field("is_done", &self.work.is_none())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a state machine of any code that uses a client: several operations, streams of pages
    /// and so on. `work` is called with a client that has the settings of this one and whose
    /// requests the caller sends.
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// use scim_client::client::Step;
    ///
    /// let scim = Client::builder("https://scim.example/v2").without_transport().without_timer().build()?;
    /// let mut work = scim.steps(|scim| async move {
    ///     let users = scim.resource::<User>();
    ///     let babs = users.create(&User::new("bjensen")).await?;
    ///     users.patch(&babs).replace(|u| u.title, "CTO").await
    /// });
    /// let babs = loop {
    ///     match work.next_step() {
    ///         Step::Send(request) => work.receive(send(request).await),    // by hand
    ///         Step::Done(result) => break result?,
    ///         _ => unreachable!("it waits for responses only"),
    ///     }
    /// };
    /// assert_eq!(babs.title.as_deref(), Some("CTO"));
    /// # async fn send(
    /// #     request: scim_client::http::Request<scim_client::bytes::Bytes>,
    /// # ) -> scim_client::http::Response<scim_client::bytes::Bytes> {
    /// #     let body = if request.method() == "POST" { r#"{"id":"1","userName":"bjensen"}"# } else {
    /// #         r#"{"id":"1","userName":"bjensen","title":"CTO"}"# };
    /// #     scim_client::http::Response::new(body.into())
    /// # }
    /// # let _ = users;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "sans_io")]
    pub fn steps<F: Future + Send + 'static>(
        &self,
        work: impl FnOnce(Client) -> F,
    ) -> Steps<F::Output> {
        Steps::new(self.sender(), |sender| work(Self::over(sender)))
    }
}

impl<V: Verb> OperationBuilder<V> {
    /// Makes a state machine of the operation. The caller sends each of its requests.
    pub fn steps(self) -> Steps<Result<V::Output, Error>> {
        let Self { sender, call, verb } = self;
        Steps::new(&sender, |sender| {
            V::output(OperationBuilder { sender, call, verb })
        })
    }
}

impl Sender {
    /// One with the same settings and hooks, for which requests are sent by hand.
    fn in_steps(&self, post: Post) -> Self {
        let wire = &self.wire;
        let own = Wire::new(
            Some(Arc::new(post)),
            None,
            wire.try_timeout,
            wire.hooks.clone(),
        );
        Self {
            settings: self.settings.clone(),
            wire: Arc::new(own),
            crew: Crew::without_tasks(),
            retry: RetryPolicy::never(),
            timeout: self.timeout,
            gate: None,
            limiters: Vec::new(),
            fetches_tokens: false,
            at_once: AtomicU32::new(0),
        }
    }
}
