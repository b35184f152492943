//! Access tokens by OAuth 2.0's client credentials grant (RFC 6749 §4.4).

mod configuration;
mod fetch;

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use http::HeaderValue;

pub use self::configuration::ClientCredentials;
use self::configuration::Endpoint;
pub(super) use self::fetch::Failure;
use super::{Inner, gate::Gate};
use crate::error::Error;

/// After a refresh that failed while the old token still works, the next is not before this.
const REFRESH_PAUSE: Duration = Duration::from_secs(10);

/// Fetches access tokens, one request at a time, and keeps them until shortly before they expire.
pub(super) struct TokenSource {
    endpoint: Endpoint,
    state: Mutex<State>,
    /// Single flight: whoever finds no token waits here for the one who fetches it.
    turn: Gate,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// The token before that: an answer that is under way may still repeat it.
    retired: Option<HeaderValue>,
    /// How many tokens were asked for; a token is known by the number of its request.
    flights: u64,
    /// What came of the last flight, if it brought no token.
    failure: Option<Failure>,
}

/// An access token, as a header's value.
#[derive(Clone)]
pub(super) struct Token {
    value: HeaderValue,
    flight: u64,
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
            turn: Gate::new(1),
        })
    }

    /// Where tokens come from.
    #[cfg(feature = "reqwest")]
    pub(super) fn url(&self) -> &http::Uri {
        self.endpoint.url()
    }

    /// A token that works, as far as is known.
    pub(super) async fn token(&self, inner: &Inner) -> Result<Token, Failure> {
        let seen = {
            let state = self.lock();
            if let Some(token) = state.fresh(inner.sending.now()) {
                return Ok(token);
            }
            state.flights
        };
        let _turn = self.turn.enter().await;
        let flight = {
            let state = self.lock();
            if let Some(token) = state.fresh(inner.sending.now()) {
                return Ok(token);
            }
            // What came of a flight that began and ended in the meantime is everybody's.
            if let Some(failure) = state.failure.as_ref().filter(|_| state.flights != seen) {
                return Err(failure.clone());
            }
            state.flights + 1
        };
        let fetched = self.endpoint.fetch(inner).await;
        let now = inner.sending.now();
        let mut state = self.lock();
        state.flights = flight;
        match fetched {
            Ok(fetched) => {
                let after = |lifetime: Duration| now.checked_add(lifetime);
                let margin = |lifetime: Duration| self.endpoint.margin().min(lifetime / 2);
                let token = Token {
                    value: fetched.value,
                    flight,
                    refresh_at: fetched
                        .lifetime
                        .and_then(|l| after(l.saturating_sub(margin(l)))),
                    expires_at: fetched.lifetime.and_then(after),
                };
                state.failure = None;
                if let Some(old) = state.token.replace(token.clone()) {
                    state.retired = Some(old.value);
                }
                Ok(token)
            }
            Err(failure) => {
                if let Some(token) = &mut state.token
                    && token.expires_at.is_some_and(|at| now < at)
                {
                    token.refresh_at = now.checked_add(REFRESH_PAUSE).min(token.expires_at);
                    return Ok(token.clone());
                }
                state.failure = Some(failure.clone());
                Err(failure)
            }
        }
    }

    /// Forgets a token that the service provider refused, unless there is another one already.
    pub(super) fn refused(&self, token: &Token) {
        let mut state = self.lock();
        if state
            .token
            .as_ref()
            .is_some_and(|known| known.flight == token.flight)
        {
            state.retired = state.token.take().map(|token| token.value);
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
    fn fresh(&self, now: Instant) -> Option<Token> {
        self.token.clone().filter(|token| token.is_fresh(now))
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.endpoint.fmt(f)
    }
}
