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

/// Sets up a [`Client`](super::Client). It begins with [`Client::builder`](super::Client::builder) and
/// ends with [`build`](Self::build), which checks everything.
///
/// Set credentials with one of these methods; the last call counts:
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
/// Set limits, time-outs and retries:
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
/// Describe the service provider:
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
/// Choose how requests are sent:
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

    /// Authenticates with a bearer token (RFC 6750). Give the token alone, without `Bearer` in
    /// front. A token that is empty or contains white space or quotes makes [`build`](Self::build)
    /// fail.
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

    /// Authenticates with access tokens that an authorization server issues for these credentials
    /// (RFC 6749 §4.4). Token requests go through the client's transport too.
    pub fn oauth2(mut self, credentials: ClientCredentials) -> Self {
        self.credentials = Some(Chosen::OAuth2(credentials));
        self
    }

    /// Calls `sign` for every request just before it is sent, also for each retry and each
    /// redirect. It may change the request, for example to add a signature. It must not change the
    /// origin.
    ///
    /// If `sign` fails, the operation fails with [`ErrorKind::Credentials`].
    ///
    /// # Errors
    /// None here. The error of `sign` is the [`reason`](Error::reason) of the operation's error.
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

    /// Sends this header with every request. It can name a tenant, for example (RFC 7644 §6.1).
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

    /// Reads responses strictly by the RFCs, and refuses what departs from them. This is meant for tests
    /// of servers.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Sets whether the client compares the resource in the response to a `replace`, `patch` or
    /// `update` with the requested changes. The default is `true`.
    ///
    /// Some service providers respond with success and change nothing. If the resource still shows an
    /// *old* value, the write fails with [`ErrorKind::NotApplied`], and [`Error::not_applied`] names
    /// the attribute. The write does not fail in these cases:
    ///
    /// - The service provider stored the value in another form: another letter case, other
    ///   punctuation of a telephone number, `en_US` for `en-US`, another time zone, fewer digits of a
    ///   second, a relative URI, another order, or more sub-attributes in an element.
    /// - The value is neither the old nor the new one, so the service provider chose its own.
    /// - The attribute is never returned, is not in the requested projection, or is set by the
    ///   service provider (`readOnly`, or the first `display` of an element, RFC 7643 §2.4).
    ///
    /// If a value is absent before and after the write, the client reads the resource once to look for
    /// it.
    ///
    /// A service provider may store a value in such another form. Then the same write succeeds a
    /// second time too, because the old value counts as the new one. If the service provider stores
    /// something quite different (`DE` for `Germany`), the second write seems to change nothing and
    /// fails. Use `check_applied(false)` there.
    ///
    /// A value is compared as a telephone number if it is in `phoneNumbers`, or begins with `tel:` or
    /// `+`. A write of `030 1234567` succeeds if the response has `+49 30 1234567`, even if that was
    /// the old value: the service provider may have added the country, or done nothing. A write of `+49
    /// 30 1234567` fails if the response still has the old `030 1234567`. Numbers whose digits differ
    /// in any other way are different.
    ///
    /// If a response has no resource, the client reads the resource. An old value may then come
    /// from a replica that lags behind. So the client reads once more 300 ms later. If the value is
    /// still the old one, the [outcome is unknown](Error::is_outcome_unknown).
    ///
    /// A response that shows *another resource* does not count as success either; the kind is
    /// [`ErrorKind::Decode`], and the outcome is unknown. After a `replace`, `patch` or `update` (also
    /// with this off) that is one whose `id` differs from the one in the request, unless the resource has
    /// that name in another place, or its `id`, or what is new in it (`CN=babs,OU=People`), is a value that
    /// was sent. After a `replace_at`, it is not another one either if it has a text of the resource that was
    /// sent. A `patch` by a name alone takes any resource: the name may be another one than its `id`. What
    /// comes of a `create` is taken for the new resource, whatever its values: service providers may choose
    /// others.
    ///
    /// The client cannot find out whether a DELETE deleted anything, or whether a resource was stored
    /// as the response shows it: a server that does nothing and returns the request looks like one that
    /// does it. It also cannot check a write without a resource in the
    /// response if it may not read the resource (`no_refetch`, bulk).
    ///
    /// The old values are known to a `replace` if the [`Stored`](crate::Stored) was changed in
    /// place, and to a `patch` that was given the `Stored`. A `replace_at` does not know them and
    /// compares only required attributes, such as `userName`. A `patch` by `id` does not know them
    /// either: there, every value that cannot be a form of the new value counts as the old one.
    ///
    /// Operations have a method of the same name, which sets this for one request.
    pub fn check_applied(mut self, check: bool) -> Self {
        self.check_applied = check;
        self
    }

    /// Sets whether the client checks an `id` that it took from a `Location` header. The default is
    /// `true`. If the JSON of a resource has no `id`, the client uses the last segment of
    /// `Location`, and sends one GET to see that the resource exists. Some servers respond to a
    /// creation with `/Users/undefined`. Results of a bulk are not checked.
    pub fn check_located_ids(mut self, check: bool) -> Self {
        self.check_located_ids = check;
        self
    }

    /// Makes the write of a [`Stored`](crate::Stored) an error if its version has no quotes.
    ///
    /// `If-Match` takes entity-tags, which have quotes (RFC 9110 §8.8.3). Some service providers
    /// return versions without quotes, which `If-Match` cannot carry. By default the client then
    /// writes without `If-Match`, logs a warning, and the result
    /// [says so](super::Response::is_unconditional). There are three ways to deal with it. If the
    /// service provider accepts its versions with quotes around them, use a [`Profile`] with
    /// `quote_versions`. If nothing may be written unconditionally, call this method. If nobody
    /// else writes, keep the default.
    ///
    /// A version that has quotes and still is not an entity-tag is always an error. No `If-Match`
    /// is sent if the service provider says that it has no versions ([`Capabilities::etag`]), or if
    /// the resource came without one.
    #[doc(alias = "etag")]
    #[doc(alias = "if_match")]
    pub fn refuse_unquoted_versions(mut self) -> Self {
        self.refuse_unquoted = true;
        self
    }

    /// Sets how long one request may take in all. This includes its tries, the waits between them,
    /// and the waits for limits and access tokens. The default is 120 seconds.
    ///
    /// This and [`try_timeout`](Self::try_timeout) work with every transport, if there is a
    /// [`Timer`]. [`RequestOptions`](super::RequestOptions) sets them for a single request.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long one try may take, from its beginning to the end of the response. The default
    /// is 60 seconds.
    pub fn try_timeout(mut self, timeout: Duration) -> Self {
        self.try_timeout = timeout;
        self
    }

    /// Sets how long connecting may take. The default is 10 seconds. It is cut to nine tenths of
    /// [`timeout`](Self::timeout) and [`try_timeout`](Self::try_timeout), so that it ends first and the
    /// error can say that nothing was sent. It has no effect on a transport that you set yourself.
    #[doc(alias = "timeout")]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets when requests are sent again. By default they are sent again up to twice, and only where
    /// that is safe.
    #[doc(alias = "backoff")]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets how many requests may be under way at the same time, over all clones of the client.
    /// Further requests wait in the order in which they came. By default there is no limit.
    #[doc(alias = "concurrency")]
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.places = Some(requests);
        self
    }

    /// Limits how many requests are sent in an interval, over all clones of the client. If it is
    /// called several times, all the limits apply.
    #[doc(alias = "throttle")]
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limits.push(limit);
        self
    }

    /// Sets the size of the largest response that is read, in bytes. A larger one is an error. The
    /// default is 64 MiB, enough for a group with some 300,000 members or a page of 30,000 users.
    ///
    /// This and [`max_error_size`](Self::max_error_size) apply to reqwest, hyper and `tower`
    /// services. A transport that you write yourself has its own limits.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Sets how many bytes are read of a response with an error status. The default is 256 KiB. The
    /// rest of a longer response is cut off, so that its status is not lost. An [`Error`] keeps the
    /// first 64 KiB.
    pub fn max_error_size(mut self, bytes: usize) -> Self {
        self.max_error = bytes;
        self
    }

    /// Sets how deep arrays and objects may nest in a response. The default is 128, which is also
    /// the maximum. The deepest responses in RFC 7644, lists of schemas, have eight levels.
    pub fn max_nesting(mut self, levels: usize) -> Self {
        self.max_nesting = Some(levels);
        self
    }

    /// Sets what the service provider can do, if what it publishes is wrong or missing.
    pub fn capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Sets how the service provider departs from the RFCs. What is set by
    /// [`capabilities`](Self::capabilities) takes precedence over the profile.
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
