//! From what was set to a client.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};

#[cfg(any(feature = "hyper", feature = "reqwest"))]
use crate::client::default_transport::{self, Wanted};
use crate::client::{
    Client,
    base_url::BaseUrl,
    credentials::Credentials,
    flight::Crew,
    gate::Gate,
    limit::Limiter,
    oauth::TokenSource,
    send::Sender,
    settings::{Abilities, Settings},
    wire::Wire,
};
use crate::{
    error::{Error, ErrorKind},
    shown::{self, Visible},
    transport::Timer,
};

use super::{Chosen, ClientBuilder, Time, Way};

impl ClientBuilder {
    /// Checks all settings and makes the client. It sends nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`]: the base URL, a credential or a header cannot be used, or there is
    /// no transport. It is also an error if there is no timer, unless
    /// [`without_timer`](Self::without_timer) was called.
    pub fn build(self) -> Result<Client, Error> {
        let base = BaseUrl::parse(&self.base_url, self.insecure)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let wrong = |why: &str| {
                let message = format!("the header `{}` {why}", Visible(name));
                Error::new(ErrorKind::Configuration, message)
            };
            let header = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| wrong("has a name that no header can have (RFC 9110 §5.1)"))?;
            let mut value = HeaderValue::from_str(value)
                .map_err(|_| wrong("has a value with line breaks or other control characters"))?;
            // No `Debug` of a request shows it.
            value.set_sensitive(!shown::is_fact(&header));
            headers.append(header, value);
        }
        let media_type = self.profile.media_type.as_deref();
        if media_type.is_some_and(|media_type| HeaderValue::from_str(media_type).is_err()) {
            let message = "the profile's media type cannot be a header";
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        let capabilities = self.capabilities.or(self.profile.capabilities.clone());
        let credentials = match self.credentials {
            Some(Chosen::Header(credentials)) => Some(credentials?),
            Some(Chosen::OAuth2(credentials)) => {
                let source = TokenSource::new(credentials, self.insecure)?;
                Some(Credentials::Token(Arc::new(source)))
            }
            None => None,
        };
        let transport = match self.transport {
            Way::Made(make) => Some(make(self.max_body, self.max_error)),
            Way::None => None,
            #[cfg(any(feature = "hyper", feature = "reqwest"))]
            way => {
                let mut urls = vec![base.uri()?];
                if let Some(Credentials::Token(source)) = &credentials {
                    urls.push(source.url().clone());
                }
                let whole = self.timeout.min(self.try_timeout);
                let wanted = Wanted {
                    urls: &urls,
                    // A connection that cannot be made is given up before the time of the whole request is
                    // up, which would not tell it from a response that is lost.
                    connect_timeout: self.connect_timeout.min(whole - whole / 10),
                    max_body: self.max_body,
                    max_error: self.max_error,
                    #[cfg(feature = "rustls")]
                    tls: self.tls,
                };
                Some(match way {
                    #[cfg(feature = "hyper")]
                    Way::Hyper => {
                        #[cfg(feature = "reqwest")]
                        if self.reqwest.is_some() {
                            return Err(not_by_hyper());
                        }
                        default_transport::hyper(&wanted)?
                    }
                    #[cfg(feature = "reqwest")]
                    _ => default_transport::reqwest(&wanted, self.reqwest)?,
                    #[cfg(not(feature = "reqwest"))]
                    _ => default_transport::hyper(&wanted)?,
                })
            }
            #[cfg(not(any(feature = "hyper", feature = "reqwest")))]
            Way::Default => return Err(no_transport()),
        };
        let timer = match (self.timer, &transport) {
            (Time::Own(timer), _) => Some(timer),
            (Time::None, _) | (Time::Default, None) => None,
            (Time::Default, Some(transport)) => match transport.timer().or_else(default_timer) {
                Some(timer) => Some(timer),
                None => return Err(no_timer()),
            },
        };
        if self.places == Some(0) {
            let error = "no request at a time lets nothing through";
            return Err(Error::new(ErrorKind::Configuration, error));
        }
        let limiters = self.rate_limits.into_iter().map(Limiter::new);
        let mut limiters = limiters.collect::<Result<Vec<_>, _>>()?;
        limiters.sort_by_key(Limiter::breadth);
        let settings = Settings {
            base,
            credentials,
            headers,
            signer: self.signer,
            strict: self.strict,
            max_nesting: self.max_nesting,
            check_applied: self.check_applied,
            check_located_ids: self.check_located_ids,
            refuse_unquoted: self.refuse_unquoted,
            profile: Arc::new(self.profile),
            abilities: Abilities::new(capabilities),
        };
        let wire = Wire::new(transport, timer, self.try_timeout, self.hooks);
        Ok(Client::over(Arc::new(Sender {
            settings: Arc::new(settings),
            wire: Arc::new(wire),
            crew: Crew::default(),
            retry: self.retry,
            timeout: self.timeout,
            gate: self.places.map(Gate::new),
            limiters,
            fetches_tokens: true,
            at_once: std::sync::atomic::AtomicU32::new(0),
        })))
    }
}

#[cfg(feature = "tokio")]
fn default_timer() -> Option<Arc<dyn Timer>> {
    Some(Arc::new(crate::transport::TokioTimer))
}

#[cfg(not(feature = "tokio"))]
fn default_timer() -> Option<Arc<dyn Timer>> {
    None
}

fn no_timer() -> Error {
    Error::new(
        ErrorKind::Configuration,
        "no timer: enable the feature `tokio`, give one by `timer`, or do without time-outs and \
         retries by `without_timer`",
    )
}

#[cfg(all(feature = "hyper", feature = "reqwest"))]
fn not_by_hyper() -> Error {
    let message = "`configure_reqwest` is for reqwest, and `use_hyper` has chosen hyper";
    Error::new(ErrorKind::Configuration, message)
}

#[cfg(not(any(feature = "hyper", feature = "reqwest")))]
fn no_transport() -> Error {
    Error::new(
        ErrorKind::Configuration,
        "no transport: enable the feature `reqwest` or `hyper`, give one to the builder, or do without by \
         `without_transport`",
    )
}
