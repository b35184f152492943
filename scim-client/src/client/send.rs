//! How a call is sent: tries, waits, redirects, limits and time-outs.

mod tried;

use std::{
    borrow::Cow,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Response, StatusCode, header::LOCATION};

use super::{
    call::Call,
    credentials::Credentials,
    flight::{Crew, Landed},
    gate::Gate,
    limit::{Limiter, Turn},
    oauth::Token,
    progress::{Progress, Redirected},
    retry::RetryPolicy,
    settings::Settings,
    wire::{Facts, Unsent, Wire},
};
use crate::{
    error::{Error, ErrorKind},
    transport::{Instant, Over, Timer, TransportError, TransportErrorKind, give_way, until},
};
use tried::{Failed, Tried, Verdict, finish, no_token, retry_after_of, verdict};

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;

/// After how many requests in a row that were answered at once the executor has a turn.
const AT_ONCE: u32 = 32;

/// Timers are no finer: of two limits that are no further apart, the one of the try counts.
const TICK: Duration = Duration::from_millis(1);

/// What sends calls.
pub(super) struct Sender {
    pub(super) settings: Arc<Settings>,
    pub(super) wire: Arc<Wire>,
    pub(super) crew: Crew,
    pub(super) retry: RetryPolicy,
    pub(super) timeout: Duration,
    pub(super) gate: Option<Gate>,
    /// Narrow ones first.
    pub(super) limiters: Vec<Limiter>,
    /// Whether access tokens are fetched. Otherwise the one that is there is used.
    pub(super) fetches_tokens: bool,
    /// Requests in a row that were answered at once.
    pub(super) at_once: AtomicU32,
}

impl Sender {
    /// The timer, if there is one. Whether it works here is asked when something has to wait.
    pub(super) fn timer(&self) -> Option<&dyn Timer> {
        self.wire.timer()
    }

    /// Returns whether a request holds something that others wait for.
    fn holds(&self) -> bool {
        self.gate.is_some() || !self.limiters.is_empty()
    }

    /// Does the work of a request. A transport that is always ready, such as a service in the same
    /// process, gives the executor no turn; now and then this does, or nothing else would ever run,
    /// time-outs included.
    async fn breathing<T>(&self, mut work: Pin<&mut impl Future<Output = T>>) -> T {
        let mut waited = false;
        let done = poll_fn(|context| {
            let polled = work.as_mut().poll(context);
            waited |= polled.is_pending();
            polled
        })
        .await;
        if waited {
            self.at_once.store(0, Ordering::Relaxed);
        } else if self.at_once.fetch_add(1, Ordering::Relaxed) >= AT_ONCE {
            self.at_once.store(0, Ordering::Relaxed);
            give_way().await;
        }
        done
    }

    /// Sends the request, as often as the retry policy has it, and follows redirects.
    pub(super) async fn send(self: &Arc<Self>, call: &Call) -> Result<Response<Bytes>, Error> {
        if self.holds() {
            // In a box, so that requests without it are not as large.
            return Box::pin(self.send_as_flight(call)).await;
        }
        let progress = Progress::default();
        let work = pin!(self.within_timeout(call, &progress));
        #[cfg(feature = "tracing")]
        let work = pin!(super::trace::traced(&self.wire, call, &progress, work));
        self.breathing(work).await
    }

    /// Sends the request as work that goes on while its caller is not polled: it may hold a place or
    /// a turn that others wait for.
    async fn send_as_flight(self: &Arc<Self>, call: &Call) -> Result<Response<Bytes>, Error> {
        let progress = Arc::new(Progress::default());
        let (sender, own_call, own) = (self.clone(), call.clone(), progress.clone());
        let work = async {
            let flight = self
                .crew
                .launch(async move { sender.within_timeout(&own_call, &own).await });
            flight.wait().await;
            match flight.take() {
                Landed::With(done) => done,
                Landed::Taken | Landed::Lost => {
                    let error = Error::new(ErrorKind::Transport, "the runtime has ended");
                    Err(call.blame(error.with_outcome_unknown(progress.is_unknown())))
                }
            }
        };
        let work = pin!(work);
        #[cfg(feature = "tracing")]
        let work = super::trace::traced(&self.wire, call, &progress, work);
        work.await
    }

    /// How long a call may take in all.
    fn timeout_of(&self, call: &Call) -> Duration {
        call.options.timeout.unwrap_or(self.timeout)
    }

    fn try_timeout_of(&self, call: &Call) -> Duration {
        call.options.try_timeout.unwrap_or(self.wire.try_timeout)
    }

    /// How long a try may take; `None` where the call's own time is over before that.
    fn try_limit(
        &self,
        call: &Call,
        begun: Option<Instant>,
        deadline: Option<Instant>,
    ) -> Option<Duration> {
        let limit = self.try_timeout_of(call);
        let (Some(begun), Some(deadline)) = (begun, deadline) else {
            return Some(limit);
        };
        let left = deadline.saturating_duration_since(begun);
        (limit <= left.saturating_add(TICK)).then_some(limit)
    }

    async fn within_timeout(
        &self,
        call: &Call,
        progress: &Progress,
    ) -> Result<Response<Bytes>, Error> {
        let timer = self.timer();
        let total = self.timeout_of(call);
        let deadline = timer.and_then(|timer| timer.now().checked_add(total));
        let work = pin!(self.tries(call, timer, progress, deadline));
        match until(timer, deadline, || progress.is_limited(), work).await {
            Ok(done) => done,
            Err(over) => {
                let error = match over {
                    Over::TimeUp => self.timed_out(call, total),
                    Over::RuntimeEnded => {
                        self.failed(call, TransportError::of_ended_runtime()).error
                    }
                };
                Err(error.with_outcome_unknown(progress.is_unknown()))
            }
        }
    }

    async fn tries(
        &self,
        call: &Call,
        timer: Option<&dyn Timer>,
        progress: &Progress,
        deadline: Option<Instant>,
    ) -> Result<Response<Bytes>, Error> {
        let retry = call.options.retry.as_deref().unwrap_or(&self.retry);
        let (mut tries, mut waited, mut renewed) = (0, Duration::ZERO, false);
        // Whether an earlier try may have been processed; a later one does not tell.
        let mut lost = false;
        loop {
            progress.begin();
            let (token, tried) = self.authenticated(call, timer, progress, deadline).await;
            if !renewed && self.renew(token.as_ref(), &tried) {
                renewed = true;
                progress.set_unknown(lost);
                continue;
            }
            tries += 1;
            let verdict = verdict(&tried);
            lost |= matches!(verdict, Verdict::Unknown | Verdict::Over) && !call.is_safe();
            progress.set_unknown(lost);
            let wait = match verdict {
                Verdict::Final | Verdict::Over => None,
                Verdict::Unknown if !call.is_idempotent() && !retry.repeat_unsafe => None,
                Verdict::NotProcessed | Verdict::Unknown => {
                    retry.wait(tries, waited, retry_after_of(&tried))
                }
            };
            let (Some(wait), Some(timer)) = (wait, timer) else {
                return finish(call, tried, lost);
            };
            let again = timer.now().checked_add(wait);
            let late = deadline.is_some_and(|end| again.is_none_or(|again| again >= end));
            let hopeless = || self.is_hopeless(call, &tried, tries, again, deadline);
            if late || hopeless() || !timer.is_available() {
                return finish(call, tried, lost);
            }
            #[cfg(feature = "tracing")]
            super::trace::again(tries, wait, tried.as_ref().map_err(|failed| &failed.error));
            drop(tried);
            timer.sleep(wait).await;
            waited += wait;
        }
    }

    /// Returns whether the next try would be over before it has a connection, if it takes as long as those
    /// before. For a request that must not be processed twice that is worse than none: cut short, it would
    /// be unknown how far it came.
    fn is_hopeless(
        &self,
        call: &Call,
        tried: &Tried,
        tries: u32,
        again: Option<Instant>,
        deadline: Option<Instant>,
    ) -> bool {
        let unconnected = matches!(tried, Err(failed) if failed.error.is_connect());
        let (Some(again), Some(deadline)) = (again, deadline) else {
            return false;
        };
        let left = deadline.saturating_duration_since(again);
        // With the waits, which makes it a little too long.
        let taken = self.timeout_of(call).saturating_sub(left) / tries;
        unconnected && !call.is_safe() && taken > left
    }

    /// One try, with the access token that it used.
    async fn authenticated(
        &self,
        call: &Call,
        timer: Option<&dyn Timer>,
        progress: &Progress,
        deadline: Option<Instant>,
    ) -> (Option<Token>, Tried) {
        let token = match &self.settings.credentials {
            Some(Credentials::Token(source)) if self.fetches_tokens => {
                match Box::pin(source.token(&self.wire, &self.crew)).await {
                    Ok(token) => Some(token),
                    Err(failure) => return (None, Err(no_token(call, failure))),
                }
            }
            Some(Credentials::Token(_) | Credentials::Header { .. }) | None => None,
        };
        let tried = self
            .try_once(call, timer, progress, deadline, token.as_ref())
            .await;
        (token, tried)
    }

    /// Returns whether another access token should be tried: the service provider refused this one.
    fn renew(&self, token: Option<&Token>, tried: &Tried) -> bool {
        let refused = matches!(tried, Ok(answer) if answer.status() == StatusCode::UNAUTHORIZED);
        match (token, &self.settings.credentials) {
            (Some(token), Some(Credentials::Token(source))) if refused => {
                source.refused(token);
                true
            }
            _ => false,
        }
    }

    /// Sends the request once, and again where a redirect within the origin says so.
    async fn try_once(
        &self,
        call: &Call,
        timer: Option<&dyn Timer>,
        progress: &Progress,
        deadline: Option<Instant>,
        token: Option<&Token>,
    ) -> Tried {
        let base = &self.settings.base;
        let token = token.map(Token::value);
        call.check()?;
        let mut url: Option<String> = None;
        for redirects in 0..=MAX_REDIRECTS {
            let limiters = self.limiters.iter();
            let concerned = limiters.filter(|own| own.concerns(call.method(), call.path()));
            let turn = Turn::at(concerned, timer)
                .await
                .map_err(|error| call.blame(error))?;
            let entered = match &self.gate {
                Some(gate) => Some(gate.enter().await),
                None => None,
            };
            // Whoever gives its place up because the time is over lets in who has none left either.
            if let (Some(timer), Some(deadline)) = (timer, deadline)
                && entered.is_some()
                && timer.now() >= deadline
            {
                return Err(self.timed_out(call, self.timeout_of(call)).into());
            }
            // Signed, counted and sent with no wait in between.
            let request = match &url {
                None => call.request_with(token)?,
                Some(url) => call.request_to(url, token)?,
            };
            if !call.is_safe() {
                progress.set_unknown(true);
            }
            let counted = turn.count(|| self.wire.now());
            let begun = timer.map(Timer::now);
            let limit = self.try_limit(call, begun, deadline);
            let facts = Facts {
                attempt: progress.tries(),
                redirects,
                is_token_request: false,
                subject: call,
            };
            progress.set_limited(limit.is_some());
            let sent = self.wire.send(request, limit, facts).await;
            progress.set_limited(false);
            drop((counted, entered));
            let mut response = match sent {
                Ok(response) => response,
                Err(Unsent::Failed(error)) => return Err(self.failed(call, error)),
                Err(Unsent::Refused(error)) => {
                    progress.set_unknown(false);
                    return Err(call.blame(error).into());
                }
            };
            if !response.status().is_redirection() && redirects == 0 {
                return Ok(response);
            }
            let place = match &url {
                None => Cow::from(call.full_path()),
                Some(url) => path_of(url).into(),
            };
            match self.redirect(call, &response, &place)? {
                Some(next) => url = Some(next),
                None => {
                    if redirects > 0 {
                        let hidden = url.as_deref().map(|url| call.hide(url));
                        let place = hidden.as_deref().map_or(&*place, path_of);
                        let target = base.shown_target(place, place);
                        response.extensions_mut().insert(Redirected(target));
                    }
                    return Ok(response);
                }
            }
        }
        let hidden = url.as_deref().map(|url| call.hide(url));
        let place = hidden.as_deref().map(path_of).unwrap_or_default();
        let target = base.shown_target(place, place);
        let message = format!("to {target}; too many redirects");
        let error = Error::new(ErrorKind::Redirect, message);
        Err(call.blame(error).into())
    }

    /// Where a redirect of a request to `path` leads, if it may be followed: of every method where
    /// the status keeps the method (RFC 7644 §3.12, Table 8), otherwise of GET.
    fn redirect(
        &self,
        call: &Call,
        response: &Response<Bytes>,
        path: &str,
    ) -> Result<Option<String>, Error> {
        let status = response.status();
        let keeps = match status {
            StatusCode::PERMANENT_REDIRECT | StatusCode::TEMPORARY_REDIRECT => true,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => call.method() == Method::GET,
            StatusCode::SEE_OTHER => false,
            _ => return Ok(None),
        };
        let location = response.headers().get(LOCATION);
        let Some(location) = location.and_then(|value| value.to_str().ok()) else {
            return Ok(None);
        };
        // Credentials never go to another origin, nor from https to http.
        let base = &self.settings.base;
        let inside = base.same_origin(location, path);
        let why = match inside {
            Some(url) if keeps => return Ok(Some(url)),
            Some(_) => format!("{status} of a {} is not followed", call.method()),
            None => "the redirect leaves the origin".to_owned(),
        };
        let target = base.shown_target(&call.hide(location), path);
        let message = format!("to {target}; {why}: is the base URL right, and the credential?");
        let error = Error::new(ErrorKind::Redirect, message);
        // "See other" is the response to what was processed (RFC 9110 §15.4.4).
        let unknown = status == StatusCode::SEE_OTHER && !call.is_safe();
        let error = error.with_outcome_unknown(unknown);
        let headers = response.headers().clone();
        Err(call.blame(error.with_answer(status, headers)))
    }

    fn failed(&self, call: &Call, error: TransportError) -> Failed {
        let (kind, verdict) = match error.kind() {
            TransportErrorKind::Connect => (ErrorKind::Connect, Verdict::NotProcessed),
            TransportErrorKind::Unprocessed => (ErrorKind::Transport, Verdict::NotProcessed),
            TransportErrorKind::Timeout if error.is_of_ended_runtime() => {
                (ErrorKind::Timeout, Verdict::Over)
            }
            TransportErrorKind::Timeout => (ErrorKind::Timeout, Verdict::Unknown),
            TransportErrorKind::Other => (ErrorKind::Transport, Verdict::Unknown),
            TransportErrorKind::TooLarge => (ErrorKind::Transport, Verdict::Final),
            TransportErrorKind::Runtime => (ErrorKind::Configuration, Verdict::Final),
        };
        // A response that is too large is the response to something that was processed.
        let unknown = error.kind() == TransportErrorKind::TooLarge && !call.is_safe();
        let error = Error::new(kind, error.cause()).with_reason(error);
        let error = error.with_host(self.settings.base.host());
        let error = call.blame(error.with_outcome_unknown(unknown));
        Failed { error, verdict }
    }

    fn timed_out(&self, call: &Call, limit: Duration) -> Error {
        let message = format!("none within {limit:?}");
        let error = Error::new(ErrorKind::Timeout, message);
        call.blame(error.with_host(self.settings.base.host()))
    }
}

/// The path of an absolute URL, without its query.
fn path_of(url: &str) -> &str {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/");
    let end = path.find(['?', '#']).unwrap_or(path.len());
    path.get(..end).unwrap_or_default()
}
