//! From a context to the library's client: headers, credentials, limits.

use std::sync::Arc;
use std::time::Duration;

use scim_client::client::RateLimit;
use scim_client::transport::Transport;
use scim_client::{Client, Profile};

use super::held::Grant;
use crate::config::{Auth, Context};
use crate::failure::Failure;
use crate::globals::Globals;
use crate::secret::{Reference, Secret};
use crate::token;
use crate::wire::Mask;

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

/// How long an answer of a token endpoint is waited for, unless `--timeout` says it: as long as one
/// of the service provider.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Refuses headers that would make another request of this one, or hang it.
pub(super) fn unframed(context: &Context) -> Result<(), Failure> {
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
pub(super) fn profile(name: Option<&str>) -> Result<Profile, Failure> {
    let Some(name) = name else {
        return Ok(Profile::default());
    };
    let path = crate::files::expand(name);
    if name.ends_with(".json") || path.is_file() {
        let text =
            crate::files::read_settings_text(&path).map_err(crate::failure::of_file(&path))?;
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

/// The client, and what is known of its token where it was fetched.
pub(super) async fn client(
    globals: &Globals,
    context: &Context,
    profile: &Profile,
    transport: &Arc<dyn Transport>,
    mask: &Mask,
    new_token: bool,
) -> Result<(Client, Option<Grant>), Failure> {
    let token = match &context.auth {
        auth @ (Auth::OAuth2 { .. } | Auth::Device { .. }) if !globals.curl => {
            let kept = token::kept(&context.name, auth).filter(|_| !new_token && !globals.sign_in);
            let asking = token::Asking {
                insecure_http: context.insecure_http || globals.insecure_http,
                sign_in: globals.sign_in,
                timeout: globals.timeout.unwrap_or(TIMEOUT),
            };
            Some(match kept {
                Some(token) => token,
                None => token::fetch(&context.name, auth, &**transport, mask, asking).await?,
            })
        }
        _ => None,
    };
    let grant = token.as_ref().map(|token| Grant {
        is_kept: token.is_kept,
        left: token
            .expires
            .map(|at| Duration::from_secs(at.saturating_sub(token::now()))),
    });
    let token = token.map(|token| token.secret);
    Ok((
        made(globals, context, profile, transport, mask, token)?,
        grant,
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
                let secret = reference.resolve_line(&format!("header {name}"))?;
                mask.add(&secret);
                mask.add_header(name);
                secret
            }
            Err(_) => Secret::new(value),
        };
        builder = builder.header(name, value.reveal());
    }
    let resolve = |reference: &Reference, what: &str| {
        let secret = reference.resolve_line(what)?;
        mask.add(&secret);
        Ok::<_, Failure>(secret)
    };
    // With --curl nothing is sent, and so no secret is needed.
    builder = match &context.auth {
        _ if globals.curl => builder,
        Auth::None => builder,
        Auth::Bearer(reference) => {
            let secret = reference.resolve_token()?;
            mask.add(&secret);
            builder.bearer_token(secret.reveal())
        }
        Auth::Basic { user, password } => {
            builder.basic_auth(user, resolve(password, "password")?.reveal())
        }
        Auth::Header { name, value } => {
            mask.add_header(name);
            builder.auth_header(name, resolve(value, "secret header")?.reveal())
        }
        Auth::OAuth2 { .. } | Auth::Device { .. } => match token {
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
