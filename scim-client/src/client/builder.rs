//! Setting up a client.

mod build;
mod way;

use std::{fmt, sync::Arc, time::Duration};

use http::HeaderName;

#[cfg(feature = "reqwest")]
use super::default_transport::ReqwestChange;
use super::{
    credentials::Credentials, hooks::Hook, limit::RateLimit, oauth::ClientCredentials,
    retry::RetryPolicy, settings::Signer,
};
#[cfg(feature = "rustls")]
use crate::transport::Tls;
use crate::{
    Capabilities,
    error::{Error, ErrorKind},
    profile::Profile,
    shown,
    transport::{CONNECT_TIMEOUT, MAX_BODY, MAX_ERROR_BODY, Timer, Transport},
};

/// Begins with [`Client::builder`](super::Client::builder); ends with [`build`](Self::build), which checks everything.
///
/// Credentials are one of these; the last one counts:
///
/// ```
/// use scim_client::{Client, client::ClientCredentials};
///
/// let at = "https://auth.example/scim/v2";
/// let bearer = Client::builder(at).bearer_token("foobar");
/// let basic = Client::builder(at).basic_auth("bjensen", "t1meMa$heen");
/// let header = Client::builder(at).auth_header("X-Api-Key", "foobar");
/// let credentials = ClientCredentials::new("https://auth.example/token", "scim", "foobar");
/// let oauth = Client::builder(at).oauth2(credentials.with_scope("scim"));
/// let signed = Client::builder(at).sign_requests(|request| {
///     let proof = request.body().len().to_string().parse()?;
///     request.headers_mut().insert("x-signature", proof);
///     Ok::<(), scim_client::http::header::InvalidHeaderValue>(())
/// });
/// for builder in [bearer, basic, header, oauth, signed] {
///     builder.build()?;
/// }
/// # Ok::<(), scim_client::Error>(())
/// ```
///
/// How much, how long, how often:
///
/// ```
/// use std::time::Duration;
/// use scim_client::{Client, client::{RateLimit, RetryPolicy}};
///
/// let scim = Client::builder("https://auth.example/scim/v2")
///     .header("X-Tenant", "acme")                                 // with every request
///     .timeout(Duration::from_secs(60))                           // with retries
///     .try_timeout(Duration::from_secs(10))                       // of each try
///     .connect_timeout(Duration::from_secs(5))
///     .retry(RetryPolicy::default().with_max_tries(5))
///     .rate_limit(RateLimit::new(600, Duration::from_secs(60)))
///     .max_concurrent_requests(8)
///     .max_response_size(16 * 1024 * 1024)
///     .max_error_size(64 * 1024)
///     .max_nesting(32)
///     .build()?;
/// # Ok::<(), scim_client::Error>(())
/// ```
///
/// What the service provider is like:
///
/// ```
/// use scim_client::{Capabilities, Client, Profile};
///
/// let mut known = Capabilities::default();
/// known.patch = Some(false);
/// let scim = Client::builder("http://scim.internal/v2")
///     .allow_insecure_http()                                      // not only on loopback
///     .profile(Profile::find("entra")?)
///     .capabilities(known)                                        // wins over the profile's
///     .check_applied(true)                                        // `Ok` means done
///     .check_located_ids(true)
///     .refuse_unquoted_versions()
///     .strict()                                                   // for tests of servers
///     .build()?;
/// assert_eq!(scim.capabilities().patch, Some(false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// How requests are sent:
///
/// ```
/// use scim_client::{Client, client::Hook, testing::ServiceProvider, transport::TokioTimer};
///
/// struct Nothing;
/// impl Hook for Nothing {}
///
/// let at = "https://auth.example/scim/v2";
/// // To a tower service in this process: for tests, or a server's router.
/// let service = ServiceProvider::new();
/// Client::builder(at).service(service).hook(Nothing).timer(TokioTimer::default()).build()?;
/// // Through reqwest as you set it up, or any transport.
/// # fn example(http: scim_client::reqwest::Client, transport: impl scim_client::transport::Transport) {
/// # let at = "";
/// Client::builder(at).reqwest_client(http);
/// Client::builder(at).transport(transport);
/// # }
/// // Through hyper alone, with the feature `hyper`.
/// # #[cfg(feature = "hyper")]
/// Client::builder(at).use_hyper().build()?;
/// // Not at all: `Operation::request` and `Client::steps` are sent by hand.
/// Client::builder(at).without_transport().without_timer().build()?;
/// # Ok::<(), scim_client::Error>(())
/// ```
#[must_use]
pub struct ClientBuilder {
    base_url: String,
    insecure: bool,
    strict: bool,
    check_applied: bool,
    check_located_ids: bool,
    refuse_unquoted: bool,
    credentials: Option<Chosen>,
    headers: Vec<(String, String)>,
    timeout: Duration,
    try_timeout: Duration,
    connect_timeout: Duration,
    retry: RetryPolicy,
    places: Option<usize>,
    rate_limits: Vec<RateLimit>,
    signer: Option<Signer>,
    hooks: Vec<Arc<dyn Hook>>,
    timer: Time,
    max_body: usize,
    max_error: usize,
    max_nesting: Option<usize>,
    transport: Way,
    #[cfg(feature = "reqwest")]
    reqwest: Option<ReqwestChange>,
    #[cfg(feature = "rustls")]
    #[cfg_attr(
        not(any(feature = "hyper", feature = "reqwest")),
        allow(dead_code, reason = "without a transport nobody asks for TLS")
    )]
    tls: Option<Tls>,
    capabilities: Capabilities,
    profile: Profile,
}

/// Credentials as they were chosen, to be checked when the client is made.
enum Chosen {
    Header(Result<Credentials, Error>),
    OAuth2(ClientCredentials),
}

/// Where time comes from.
enum Time {
    /// From the transport, or from tokio.
    Default,
    Own(Arc<dyn Timer>),
    /// From nowhere.
    None,
}

/// How requests are sent.
enum Way {
    /// By reqwest, or else by hyper.
    Default,
    #[cfg(feature = "hyper")]
    Hyper,
    Made(TransportMaker),
    /// Not at all.
    None,
}

/// Of the largest answer and the largest one with an error status.
type TransportMaker = Box<dyn FnOnce(usize, usize) -> Arc<dyn Transport>>;

impl ClientBuilder {
    pub(super) fn new(base_url: String) -> Self {
        Self {
            base_url,
            insecure: false,
            strict: false,
            check_applied: true,
            check_located_ids: true,
            refuse_unquoted: false,
            credentials: None,
            headers: Vec::new(),
            timeout: Duration::from_secs(120),
            try_timeout: Duration::from_secs(60),
            connect_timeout: CONNECT_TIMEOUT,
            retry: RetryPolicy::default(),
            places: None,
            rate_limits: Vec::new(),
            signer: None,
            hooks: Vec::new(),
            timer: Time::Default,
            max_body: MAX_BODY,
            max_error: MAX_ERROR_BODY,
            max_nesting: None,
            transport: Way::Default,
            #[cfg(feature = "reqwest")]
            reqwest: None,
            #[cfg(feature = "rustls")]
            tls: None,
            capabilities: Capabilities::default(),
            profile: Profile::default(),
        }
    }

    /// Authenticates with a bearer token (RFC 6750): the token alone, without `Bearer` in front.
    /// One that is empty, or has white space or quotes, is an error of [`build`](Self::build).
    #[doc(alias = "token")]
    #[doc(alias = "authorization")]
    #[doc(alias = "api_key")]
    pub fn bearer_token(mut self, token: impl AsRef<str>) -> Self {
        self.credentials = Some(Chosen::Header(Credentials::bearer(token.as_ref())));
        self
    }

    /// Authenticates with user name and password (RFC 7617).
    #[doc(alias = "password")]
    pub fn basic_auth(mut self, user: impl AsRef<str>, password: impl AsRef<str>) -> Self {
        let credentials = Credentials::basic(user.as_ref(), password.as_ref());
        self.credentials = Some(Chosen::Header(credentials));
        self
    }

    /// Authenticates with a secret in a header of this name.
    #[doc(alias = "api_key")]
    pub fn auth_header(mut self, name: impl AsRef<str>, secret: impl AsRef<str>) -> Self {
        let name = HeaderName::from_bytes(name.as_ref().as_bytes()).map_err(|_| {
            Error::new(
                ErrorKind::Configuration,
                "the credential's header name is invalid",
            )
        });
        let credentials = name.and_then(|name| Credentials::header(name, secret.as_ref()));
        self.credentials = Some(Chosen::Header(credentials));
        self
    }

    /// Authenticates with access tokens that an authorization server gives for these (RFC 6749
    /// §4.4). Token requests go through the client's transport too.
    pub fn oauth2(mut self, credentials: ClientCredentials) -> Self {
        self.credentials = Some(Chosen::OAuth2(credentials));
        self
    }

    /// Has every request changed by this hook just before it is sent, each try and each redirect
    /// anew: for signatures and other proofs that depend on the request. It must not change the
    /// origin.
    ///
    /// A hook that fails ends the request with [`ErrorKind::Credentials`].
    ///
    /// # Errors
    /// None here; what the hook gives is the [`reason`](Error::reason) of the operation's.
    #[doc(alias = "hmac")]
    #[doc(alias = "signature")]
    pub fn sign_requests<F, E>(mut self, sign: F) -> Self
    where
        F: Fn(&mut http::Request<bytes::Bytes>) -> Result<(), E> + Send + Sync + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.signer = Some(Box::new(move |request| sign(request).map_err(Into::into)));
        self
    }

    /// Sends this header with every request; a tenant's name, for example (RFC 7644 §6.1).
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Permits plain `http` to hosts other than loopback ones. Credentials and personal data then
    /// travel in the clear (RFC 7644 §7.2).
    #[doc(alias = "http")]
    pub fn allow_insecure_http(mut self) -> Self {
        self.insecure = true;
        self
    }

    /// Refuses answers that a strict reading of the RFCs refuses. For tests of servers.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Whether the resource that a service provider gives after a `replace`, a `patch` or an
    /// `update` is compared with what was to be changed; `true` unless set.
    ///
    /// Some answer with success and do nothing. Where the resource still shows the *old* value, the
    /// write fails with [`ErrorKind::NotApplied`], and [`Error::not_applied`] has the place. What
    /// the service provider only wrote in another form is no such case (another letter case, the
    /// punctuation of a telephone number, `en_US` for `en-US`, another time zone or
    /// fewer digits of a second, a relative URI, another order, what
    /// it added to an element), nor is a value of its own that is neither the old nor the new one,
    /// nor what it never returns, does not show in the projection that was asked for, or sets
    /// itself (`readOnly`, and a first `display` of an element, RFC 7643 §2.4). A value that is absent
    /// before and afterwards is looked for by reading the resource once.
    ///
    /// So the same write can be made again where a service provider keeps such a form: the old value
    /// is then the new one in its form. One that makes something else of it (`DE` of `Germany`)
    /// seems to do nothing the second time; `check_applied(false)` is for these.
    ///
    /// A telephone number is what stands in `phoneNumbers`, or begins with `tel:` or `+`. `030 1234567`
    /// is done where `+49 30 1234567` is found, whether that was there before or not: one who keeps
    /// numbers with their country, and one who does nothing, cannot be told apart then. The other way
    /// round, the write fails if the old number is found as it was. Numbers whose digits differ
    /// otherwise are different.
    ///
    /// After an answer without a resource, which is then read, an old value may be that of a copy
    /// that lags behind: it is read once more 300 ms later, and then the
    /// [outcome is unknown](Error::is_outcome_unknown).
    ///
    /// What cannot be known: whether a DELETE deleted anything; what became of a write whose answer
    /// has no resource where it is not read (`no_refetch`, bulk); whether a creation was stored as
    /// it was answered. A `replace_at` does not know the old values: only attributes that the
    /// service provider must have, such as `userName`, are compared. A `replace` knows them if the
    /// [`Stored`](crate::Stored) was changed in place, and a `patch` if it was given the `Stored`;
    /// a `patch` by `id` takes any value that can be no form of the new one for the old one.
    ///
    /// The operations have an option of the same name for one request.
    pub fn check_applied(mut self, check: bool) -> Self {
        self.check_applied = check;
        self
    }

    /// Whether a resource is looked for, by one GET, before it is given out under an `id` that is
    /// the end of a `Location`, because its own JSON has none; `true` unless set. Servers were seen
    /// to answer a creation with `/Users/undefined`. Results of a bulk are not looked for.
    pub fn check_located_ids(mut self, check: bool) -> Self {
        self.check_located_ids = check;
        self
    }

    /// Makes the write of a [`Stored`](crate::Stored) an error if its version has no quotes.
    ///
    /// `If-Match` takes entity-tags, which have quotes (RFC 9110 §8.8.3). Some service providers
    /// give versions without, and then no request can say which version it is for: it is sent
    /// without `If-Match`, with a warning in the log, and the result
    /// [says so](super::Answer::is_unconditional). Three ways out: a [`Profile`] with
    /// `quote_versions`, if the service provider matches its versions when they are put in quotes;
    /// this, so that nothing is written unconditionally; or to leave it, where nobody else writes.
    ///
    /// A version that has quotes and cannot be sent is always an error. Where the service provider
    /// says that it has no versions ([`Capabilities::etag`]), and where a resource came without
    /// one, nothing is asked for.
    #[doc(alias = "etag")]
    #[doc(alias = "if_match")]
    pub fn refuse_unquoted_versions(mut self) -> Self {
        self.refuse_unquoted = true;
        self
    }

    /// How long one request may take in all, with its tries, the waits between them and the
    /// waits for limits and access tokens; 120 seconds unless set.
    ///
    /// This and [`try_timeout`](Self::try_timeout) hold for every transport, as long as there is a
    /// [`Timer`]. [`RequestOptions`](super::RequestOptions) has them for a single request.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long one try may take, from its beginning to the end of the answer; 60 seconds unless
    /// set.
    pub fn try_timeout(mut self, timeout: Duration) -> Self {
        self.try_timeout = timeout;
        self
    }

    /// How long connecting may take; 10 seconds unless set, and at most nine tenths of
    /// [`timeout`](Self::timeout) and [`try_timeout`](Self::try_timeout), so that it is known that nothing
    /// was sent. Has no effect on a transport of one's own.
    #[doc(alias = "timeout")]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// When requests are sent again; unless set, up to twice and only where that does no harm.
    #[doc(alias = "backoff")]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How many requests are under way at the same time, over all clones of the client; others
    /// wait in the order in which they came. No limit unless set.
    #[doc(alias = "concurrency")]
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.places = Some(requests);
        self
    }

    /// Sends no more requests than this, over all clones of the client. Called several times, all
    /// the limits hold.
    #[doc(alias = "throttle")]
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limits.push(limit);
        self
    }

    /// The largest answer that is read, in bytes; a larger one is an error. 64 MiB unless set: a
    /// group with some 300,000 members, or a page of 30,000 users.
    ///
    /// This and [`max_error_size`](Self::max_error_size) hold for reqwest, hyper and services; a
    /// transport of one's own has its own limits.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// How much is read of an answer with an error status, in bytes; 256 KiB unless set. What is
    /// longer is cut, so that the status is not lost. Of this, an [`Error`] keeps 64 KiB.
    pub fn max_error_size(mut self, bytes: usize) -> Self {
        self.max_error = bytes;
        self
    }

    /// How deep arrays and objects may nest in an answer; 128 unless set, and no more than that.
    /// The deepest answers of RFC 7644, lists of schemas, nest eight deep.
    pub fn max_nesting(mut self, levels: usize) -> Self {
        self.max_nesting = Some(levels);
        self
    }

    /// What the service provider can do, where its own word is wrong or missing.
    pub fn capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// How the service provider departs from the RFCs. What
    /// [`capabilities`](Self::capabilities) says wins over the profile's.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("ClientBuilder")
            .field(
                "base_url",
                &format_args!("{}", shown::url_without_secrets(&self.base_url)),
            )
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}
