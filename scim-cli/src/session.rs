//! One command's dealings with one service provider.

mod settings;

use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, Method};
use scim_client::client::RateLimit;
use scim_client::transport::Transport;
use scim_client::{Client, Json, Profile};

use crate::config::{Auth, Context};
use crate::discovery;
use crate::failure::{Code, Failure};
use crate::globals::Globals;
use crate::network;
use crate::secret::{Reference, Secret};
use crate::terminal;
use crate::token;
use crate::types::{ResourceType, Types};
use crate::value::Value;
use crate::wire::{self, Curl, Exchange, Har, Mask, Recorder, Shown, Word};

pub(crate) use self::settings::{is_same_origin, settings};

/// A service provider, and how this command talks to it.
pub(crate) struct Session {
    pub(crate) globals: Globals,
    pub(crate) context: Context,
    pub(crate) profile: Profile,
    pub(crate) mask: Arc<Mask>,
    transport: Arc<dyn Transport>,
    kept: Arc<Mutex<Vec<Exchange>>>,
    client: Mutex<Client>,
    /// Whether the token came from an earlier command, so that a new one may help.
    has_kept_token: std::sync::atomic::AtomicBool,
}

/// A request that is to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

impl Call {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// A request about one resource.
    pub(crate) fn of(method: Method, resource_type: &ResourceType, id: &str) -> Self {
        let endpoint = resource_type.endpoint.trim_end_matches('/');
        Self::new(method, format!("{endpoint}/{}", wire::percent(id)))
    }

    #[must_use]
    pub(crate) fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    #[must_use]
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    #[must_use]
    pub(crate) fn body(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string());
        self
    }

    /// The write happens only if the resource still has this version.
    #[must_use]
    pub(crate) fn if_match(self, version: Option<&str>, profile: &Profile) -> Self {
        match version {
            Some(version) if version.ends_with('"') => self.header("if-match", version),
            Some(version) if profile.quote_versions && !version.is_empty() => {
                self.header("if-match", format!("\"{version}\""))
            }
            _ => self,
        }
    }

    /// Whether it changes nothing: a safe method, or a search by POST.
    pub(crate) fn is_read(&self) -> bool {
        self.method.is_safe() || self.method == Method::POST && self.path.ends_with("/.search")
    }
}

/// What a service provider answered with success.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The body as it came.
    pub(crate) text: Option<String>,
}

impl Reply {
    /// Refuses an error message (RFC 7644 §3.12) that came with a status of success.
    fn is_no_error(&self) -> Result<(), Failure> {
        const URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
        let Some(text) = self.text.as_deref().filter(|text| text.contains("Error")) else {
            return Ok(());
        };
        let Ok(value) = Value::parse(text) else {
            return Ok(());
        };
        let urns = value.get("schemas").map(Value::each).unwrap_or_default();
        let mut urns = urns.iter().filter_map(Value::as_str);
        if !urns.any(|urn| urn.eq_ignore_ascii_case(URN)) {
            return Ok(());
        }
        let status = value.get("status").map(Value::plain).unwrap_or_default();
        let code = match status.as_str() {
            "401" | "403" => Code::Auth,
            "404" => Code::NotFound,
            "409" | "412" => Code::Conflict,
            _ => Code::Refused,
        };
        let words: Vec<String> = [value.str("scimType"), value.str("detail")]
            .into_iter()
            .flatten()
            .map(terminal::visible)
            .collect();
        let message = format!(
            "the server answers {} with an error message: {} {}",
            self.status,
            terminal::visible(&status),
            words.join(": ")
        );
        Err(Failure::new(code, message.trim_end())
            .hint("it may have done it all the same: look before you repeat it"))
    }

    /// The body as a value; `null` where there is none.
    pub(crate) fn value(&self) -> Result<Value, Failure> {
        match &self.text {
            None => Ok(Value::Null),
            Some(text) => Value::parse(text)
                .map_err(|error| Failure::new(Code::Refused, format!("the answer: {error}"))),
        }
    }
}

impl Session {
    /// Sets everything up; nothing is sent but a request for a token where one is needed.
    pub(crate) async fn open(globals: &Globals) -> Result<Self, Failure> {
        let context = settings(globals)?;
        Self::of(globals, context).await
    }

    /// As [`open`](Self::open), for a context that need not be in the configuration.
    pub(crate) async fn of(globals: &Globals, context: Context) -> Result<Self, Failure> {
        unframed(&context)?;
        let profile = profile(globals.profile.as_deref().or(context.profile.as_deref()))?;
        let mut urls = vec![context.url.as_str()];
        if let Auth::OAuth2 { token_url, .. } = &context.auth {
            urls.push(token_url);
        }
        let plain = network::transport(&context.tls, &urls)?;
        let mask = Arc::new(Mask::default());
        let shown = Shown {
            verbosity: globals.verbosity,
            keep: globals.har.is_some(),
        };
        let recorder = Recorder::new(plain, shown, Arc::clone(&mask));
        let kept = recorder.kept();
        let transport: Arc<dyn Transport> = Arc::new(recorder);
        let made = client(globals, &context, &profile, &transport, &mask, false).await;
        let (client, is_kept) = match made {
            Ok(made) => made,
            Err(failure) => {
                // There is no session yet that would write what went on before it.
                if let Err(other) = archive(globals, &kept, &mask) {
                    terminal::say(other.render());
                }
                return Err(failure);
            }
        };
        Ok(Self {
            globals: globals.clone(),
            context,
            profile,
            mask,
            transport,
            kept,
            client: Mutex::new(client),
            has_kept_token: is_kept.into(),
        })
    }

    /// The library's client.
    pub(crate) fn client(&self) -> Client {
        self.client
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The transport with everything that is to be seen of it.
    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        Arc::clone(&self.transport)
    }

    /// The types that the service provider serves, from the cache or asked for.
    pub(crate) async fn types(&self) -> Result<Types, Failure> {
        let types = discovery::types(self).await?;
        for resource_type in &types.list {
            for name in resource_type.secrets() {
                self.mask.add_attribute(name);
            }
        }
        Ok(types)
    }

    /// Sends a request that may only read, or that was allowed to write.
    pub(crate) async fn send(&self, call: &Call) -> Result<Reply, Failure> {
        if self.globals.curl {
            terminal::out(&self.curl(call))?;
            return Err(Failure::done());
        }
        match self.try_once(call).await {
            Err(failure) if failure.status() == Some(401) && self.renew().await? => {
                self.try_once(call).await
            }
            other => other,
        }
    }

    /// Sends a request that writes. `None` where it was only to be shown.
    pub(crate) async fn write(&self, call: &Call) -> Result<Option<Reply>, Failure> {
        debug_assert!(!call.is_read());
        if self.globals.dry_run {
            self.show(call);
            return Ok(None);
        }
        self.may_write()?;
        self.send(call).await.map(Some)
    }

    /// Shows a request that would be sent.
    pub(crate) fn show(&self, call: &Call) {
        let mut line = format!("{} {}", call.method, call.path);
        for (at, (name, value)) in call.query.iter().enumerate() {
            line.push(if at == 0 { '?' } else { '&' });
            line.push_str(&format!("{name}={value}"));
        }
        terminal::say(terminal::visible(&self.mask.text(&line)));
        for (name, value) in &call.headers {
            terminal::say(terminal::visible(&format!("{name}: {value}")));
        }
        if let Some(body) = &call.body {
            let body = match Value::parse(body) {
                Ok(mut value) => {
                    self.mask.value(&mut value);
                    value.pretty()
                }
                Err(_) => body.clone(),
            };
            terminal::say(body);
        }
    }

    /// Refuses where the context is read-only.
    pub(crate) fn may_write(&self) -> Result<(), Failure> {
        if self.context.read_only && !self.globals.write && !self.globals.dry_run {
            let message = format!("the context `{}` is read-only", self.context.name);
            return Err(Failure::new(Code::Safety, message)
                .hint("--write writes all the same, --dry-run shows what would be sent"));
        }
        Ok(())
    }

    async fn try_once(&self, call: &Call) -> Result<Reply, Failure> {
        let mut request = self.client().request(call.method.clone(), &call.path);
        for (name, value) in &call.query {
            request = request.parameter(name, value);
        }
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        if let Some(body) = &call.body {
            let json = Json::parse(body)
                .map_err(|error| Failure::usage(format!("the body is not JSON: {error}")))?;
            request = request.body(json);
        }
        let answer = request.send().await?;
        let reply = Reply {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.into_value().map(|json| json.as_str().to_owned()),
        };
        reply.is_no_error()?;
        Ok(reply)
    }

    /// Fetches a new token in place of one that an earlier command fetched and the server refused.
    async fn renew(&self) -> Result<bool, Failure> {
        use std::sync::atomic::Ordering;

        if !self.has_kept_token.swap(false, Ordering::Relaxed) {
            return Ok(false);
        }
        token::forget(&self.context.name, &self.context.auth);
        let Self {
            globals,
            context,
            profile,
            transport,
            mask,
            ..
        } = self;
        let (client, _) = client(globals, context, profile, transport, mask, true).await?;
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = client;
        Ok(true)
    }

    /// The request as a command for curl, with a variable in place of the credential.
    fn curl(&self, call: &Call) -> String {
        let mut url = match call.path.contains("://") {
            true => call.path.clone(),
            false => format!("{}/{}", self.context.url, call.path.trim_start_matches('/')),
        };
        for (at, (name, value)) in call.query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(&format!("{}={}", wire::percent(name), wire::percent(value)));
        }
        let mut command = Curl::new(call.method.as_str(), &self.mask.text(&url));
        let scim = "application/scim+json";
        command.header("accept", "", Word::Plain(scim));
        match &self.context.auth {
            Auth::None => {}
            Auth::Basic { .. } => {
                command.header("authorization", "Basic ", Word::Variable("SCIM_TOKEN"));
            }
            Auth::Header { name, .. } => command.header(name, "", Word::Variable("SCIM_TOKEN")),
            _ => command.header("authorization", "Bearer ", Word::Variable("SCIM_TOKEN")),
        }
        for (name, value) in &self.context.headers {
            // One that comes from elsewhere, or whose name says that it is secret, stays there.
            match Reference::parse(value).is_ok() || self.mask.is_secret_header(name) {
                true => command.secret_header(name),
                false => command.header(name, "", Word::Plain(&self.mask.text(value))),
            }
        }
        for (name, value) in &call.headers {
            command.header(name, "", Word::Plain(value));
        }
        if let Some(body) = &call.body {
            command.header("content-type", "", Word::Plain(scim));
            command.body(body, &self.mask);
        }
        for note in command.notes() {
            terminal::say(note);
        }
        command.finish()
    }

    /// Writes what was exchanged to the HTTP archive, if one is wanted.
    pub(crate) fn finish(&self) -> Result<(), Failure> {
        archive(&self.globals, &self.kept, &self.mask)
    }
}

/// Writes the HTTP archive, if one is wanted.
fn archive(globals: &Globals, kept: &Mutex<Vec<Exchange>>, mask: &Mask) -> Result<(), Failure> {
    let Some(path) = &globals.har else {
        return Ok(());
    };
    let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    Har::write(path, &kept, mask)
}

/// However a command ends, its archive is written.
impl Drop for Session {
    fn drop(&mut self) {
        if let Err(failure) = self.finish() {
            terminal::say(failure.render());
        }
    }
}

/// Headers that say how a request is carried, and so are the HTTP client's alone (RFC 9110 §7.6.1,
/// RFC 9112 §6).
const FRAMING: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Refuses headers that would make another request of this one, or hang it.
fn unframed(context: &Context) -> Result<(), Failure> {
    let mut names: Vec<&str> = context
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    if let Auth::Header { name, .. } = &context.auth {
        names.push(name);
    }
    let is_framing = |name: &&&str| FRAMING.iter().any(|own| own.eq_ignore_ascii_case(name));
    match names.iter().find(is_framing) {
        None => Ok(()),
        Some(name) => {
            let message = format!("the header `{name}` is set by the connection itself");
            Err(Failure::usage(message).hint("leave it out of -H and of the context's headers"))
        }
    }
}

/// A profile by its name, or from a file.
fn profile(name: Option<&str>) -> Result<Profile, Failure> {
    let Some(name) = name else {
        return Ok(Profile::default());
    };
    let path = crate::files::expand(name);
    if name.ends_with(".json") || path.is_file() {
        let text = std::fs::read_to_string(&path).map_err(crate::failure::of_file(&path))?;
        let read = Profile::from_json(&text);
        return read.map_err(|error| Failure::usage(format!("{name}: {error}")));
    }
    Profile::find(name).map_err(|_| {
        let names = Profile::NAMES;
        let near = scim_schema::nearest(name, names);
        Failure::usage(format!("there is no profile `{name}`")).hint(match near {
            Some(near) => format!("did you mean `{near}`? There are {}", names.join(", ")),
            None => format!(
                "there are {}; or give the path of a profile.json",
                names.join(", ")
            ),
        })
    })
}

/// The client, and whether its token is one that an earlier command fetched.
async fn client(
    globals: &Globals,
    context: &Context,
    profile: &Profile,
    transport: &Arc<dyn Transport>,
    mask: &Mask,
    new_token: bool,
) -> Result<(Client, bool), Failure> {
    let token = match &context.auth {
        auth @ Auth::OAuth2 { .. } if !globals.curl => {
            let kept = token::kept(&context.name, auth).filter(|_| !new_token);
            Some(match kept {
                Some(token) => token,
                None => {
                    let insecure = context.insecure_http || globals.insecure_http;
                    token::fetch(&context.name, auth, &**transport, mask, insecure).await?
                }
            })
        }
        _ => None,
    };
    let is_kept = token.as_ref().is_some_and(|token| token.is_kept);
    let token = token.map(|token| token.secret);
    Ok((
        made(globals, context, profile, transport, mask, token)?,
        is_kept,
    ))
}

/// The client with an access token, where one was needed.
fn made(
    globals: &Globals,
    context: &Context,
    profile: &Profile,
    transport: &Arc<dyn Transport>,
    mask: &Mask,
    token: Option<Secret>,
) -> Result<Client, Failure> {
    let mut builder = Client::builder(&context.url)
        .profile(profile.clone())
        .transport(Shared(Arc::clone(transport)));
    if context.insecure_http || globals.insecure_http {
        builder = builder.allow_insecure_http();
    }
    if let Some(timeout) = globals.timeout {
        builder = builder.timeout(timeout).try_timeout(timeout);
    }
    if let Some(rate) = &context.limits.rate {
        let (requests, seconds) = crate::config::rate(rate)?;
        let interval = std::time::Duration::from_secs(seconds);
        builder = builder.rate_limit(RateLimit::new(requests, interval));
    }
    if let Some(requests) = context.limits.concurrency {
        builder = builder.max_concurrent_requests(requests);
    }
    for (name, value) in &context.headers {
        let value = match Reference::parse(value) {
            Ok(reference) => {
                let secret = reference.resolve(&format!("header {name}"))?;
                mask.add(&secret);
                mask.add_header(name);
                secret
            }
            Err(_) => Secret::new(value),
        };
        builder = builder.header(name, value.reveal());
    }
    let resolve = |reference: &Reference, what: &str| {
        let secret = reference.resolve(what)?;
        mask.add(&secret);
        Ok::<_, Failure>(secret)
    };
    // With --curl nothing is sent, and so no secret is needed.
    builder = match &context.auth {
        _ if globals.curl => builder,
        Auth::None => builder,
        Auth::Bearer(reference) => builder.bearer_token(resolve(reference, "token")?.reveal()),
        Auth::Basic { user, password } => {
            builder.basic_auth(user, resolve(password, "password")?.reveal())
        }
        Auth::Header { name, value } => {
            mask.add_header(name);
            builder.auth_header(name, resolve(value, "secret header")?.reveal())
        }
        Auth::OAuth2 { .. } => match token {
            None => builder,
            Some(token) => {
                mask.add(&token);
                builder.bearer_token(token.reveal())
            }
        },
    };
    Ok(builder.build()?)
}

/// A transport that several clients share.
struct Shared(Arc<dyn Transport>);

impl Transport for Shared {
    fn send(&self, request: http::Request<bytes::Bytes>) -> scim_client::transport::SendFuture {
        self.0.send(request)
    }

    fn timer(&self) -> Option<Arc<dyn scim_client::transport::Timer>> {
        self.0.timer()
    }
}
