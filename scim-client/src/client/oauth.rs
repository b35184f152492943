//! Access tokens by OAuth 2.0's client credentials grant (RFC 6749 §4.4).

mod configuration;
mod fetch;

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::HeaderValue;

pub use self::configuration::ClientCredentials;
use self::configuration::Endpoint;
pub(super) use self::fetch::Failure;
use self::fetch::Fetched;
use super::{
    flight::{Crew, Flight, Landed},
    hooks::Secretive,
    secrets::Secrets,
    wire::{Facts, Wire},
};
use crate::{
    error::Error,
    transport::{Instant, within},
};

/// After a refresh that failed while the old token still works, the next is not before this.
const REFRESH_PAUSE: Duration = Duration::from_secs(10);

/// How many tokens are remembered that were in use before: more than are fetched while a response
/// is under way.
const RETIRED: usize = 64;

/// How much longer than its time-out a request for a token is waited for that is the task of
/// another runtime, which may have stopped running its tasks.
const PATIENCE: Duration = Duration::from_secs(1);

/// Fetches access tokens, one request at a time, and keeps them until shortly before they expire.
pub(super) struct TokenSource {
    endpoint: Endpoint,
    state: Mutex<State>,
}

type Fetch = Flight<Came>;

/// What came of a request for a token.
#[derive(Clone)]
struct Came {
    number: u64,
    at: Instant,
    fetched: Result<Fetched, Failure>,
}

/// What must not be shown of a request for a token.
struct Asking(Vec<String>);

impl Secretive for Asking {
    fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        self.0.iter().for_each(|own| secrets.add(own));
        secrets
    }
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// The tokens before that, the last one first: a response that is under way may still repeat
    /// one.
    retired: VecDeque<HeaderValue>,
    /// How many tokens were asked for; each is known by the number of its request.
    asked: u64,
    /// The request that all who want a token wait for. It goes on without them: otherwise those
    /// with less patience than the token endpoint needs would never have one.
    flight: Option<Fetch>,
}

/// An access token, as a header's value.
#[derive(Clone)]
pub(super) struct Token {
    value: HeaderValue,
    number: u64,
    refresh_at: Option<Instant>,
    expires_at: Option<Instant>,
}

impl Token {
    pub(super) fn value(&self) -> &HeaderValue {
        &self.value
    }

    fn is_fresh(&self, now: Instant) -> bool {
        self.refresh_at.is_none_or(|at| now < at)
    }
}

impl TokenSource {
    pub(super) fn new(credentials: ClientCredentials, insecure: bool) -> Result<Self, Error> {
        Ok(Self {
            endpoint: Endpoint::new(credentials, insecure)?,
            state: Mutex::default(),
        })
    }

    /// Where tokens come from.
    #[cfg(any(feature = "hyper", feature = "reqwest"))]
    pub(super) fn url(&self) -> &http::Uri {
        self.endpoint.url()
    }

    /// A token that works, as far as is known.
    pub(super) async fn token(&self, wire: &Arc<Wire>, crew: &Crew) -> Result<Token, Failure> {
        loop {
            let flight = {
                let mut state = self.lock();
                // What ended while nobody waited is as old as it is.
                if let Some(flight) = state.flight.clone().filter(Flight::has_ended) {
                    self.land(&mut state, &flight);
                }
                if let Some(token) = state.fresh(wire.now()) {
                    return Ok(token);
                }
                match &state.flight {
                    Some(flight) => flight.clone(),
                    None => {
                        state.asked += 1;
                        let flight = crew.launch(self.fetch(wire, state.asked));
                        state.flight.insert(flight).clone()
                    }
                }
            };
            let elsewhere = flight.is_elsewhere();
            let limit = wire.try_timeout.saturating_add(PATIENCE);
            let timer = wire.timer().filter(|_| elsewhere);
            let waited = within(timer, Some(limit), pin!(flight.wait())).await;
            let mut state = self.lock();
            if waited.is_err() {
                state.forget(&flight);
                continue;
            }
            // Whoever waited has what came of it, however short it is good for.
            match self.land(&mut state, &flight) {
                Some(landed) => return landed,
                None if elsewhere => {}
                None => return Err(Failure::lost()),
            }
        }
    }

    /// The request for a token, which must not keep the client: the client keeps it.
    fn fetch(&self, wire: &Arc<Wire>, number: u64) -> impl Future<Output = Came> + use<> {
        let (wire, request) = (wire.clone(), self.endpoint.request());
        let host = self.endpoint.host().to_owned();
        let asking = Asking(self.endpoint.secrets());
        async move {
            let facts = Facts {
                attempt: 1,
                redirects: 0,
                is_token_request: true,
                subject: &asking,
            };
            let sent = wire.send(request, Some(wire.try_timeout), facts).await;
            Came {
                number,
                at: wire.now(),
                fetched: fetch::answer(&host, sent),
            }
        }
    }

    /// Takes what came of a flight: the first one to see it, for all. `None` if nobody will ever
    /// know.
    fn land(&self, state: &mut State, flight: &Fetch) -> Option<Result<Token, Failure>> {
        let is_first = state.forget(flight);
        let Landed::With(came) = flight.get() else {
            return None;
        };
        let at = came.at;
        Some(match came.fetched {
            Ok(fetched) => {
                let after = |lifetime: Duration| at.checked_add(lifetime);
                let margin = |lifetime: Duration| self.endpoint.margin().min(lifetime / 2);
                let token = Token {
                    value: fetched.value,
                    number: came.number,
                    refresh_at: fetched
                        .lifetime
                        .and_then(|l| after(l.saturating_sub(margin(l)))),
                    expires_at: fetched.lifetime.and_then(after),
                };
                if is_first && let Some(old) = state.token.replace(token.clone()) {
                    state.retire(old.value);
                } else if !is_first
                    && state
                        .token
                        .as_ref()
                        .is_none_or(|own| own.number != token.number)
                {
                    // It is used all the same.
                    state.retire(token.value.clone());
                }
                Ok(token)
            }
            Err(failure) => match &mut state.token {
                Some(token) if token.expires_at.is_some_and(|expires| at < expires) => {
                    token.refresh_at = at.checked_add(REFRESH_PAUSE).min(token.expires_at);
                    Ok(token.clone())
                }
                _ => Err(failure),
            },
        })
    }

    /// Forgets a token that the service provider refused, unless there is another one already.
    pub(super) fn refused(&self, token: &Token) {
        let mut state = self.lock();
        let is_it = |known: &mut Token| known.number == token.number;
        if let Some(token) = state.token.take_if(is_it) {
            state.retire(token.value);
        }
    }

    /// The token that is known, whether or not it still works.
    pub(super) fn cached(&self) -> Option<HeaderValue> {
        self.lock().token.as_ref().map(|token| token.value.clone())
    }

    /// What must not be shown.
    pub(super) fn secrets(&self) -> Vec<String> {
        let mut secrets = vec![self.endpoint.secret().to_owned()];
        let state = self.lock();
        let current = state.token.as_ref().map(|token| &token.value);
        for value in current.into_iter().chain(&state.retired) {
            let token = value
                .to_str()
                .ok()
                .and_then(|text| text.strip_prefix("Bearer "));
            secrets.extend(token.map(str::to_owned));
        }
        secrets
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Lets nobody else wait for this flight. Returns whether it was the one to wait for.
    fn forget(&mut self, flight: &Fetch) -> bool {
        let own = self.flight.take_if(|own| own.is(flight));
        own.is_some()
    }

    /// Remembers a token that others may still use.
    fn retire(&mut self, token: HeaderValue) {
        if !self.retired.contains(&token) {
            self.retired.truncate(RETIRED - 1);
            self.retired.push_front(token);
        }
    }

    fn fresh(&self, now: Instant) -> Option<Token> {
        self.token.clone().filter(|token| token.is_fresh(now))
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.endpoint.fmt(f)
    }
}
