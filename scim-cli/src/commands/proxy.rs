//! `proxy`: in front of any server, to see what clients send.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clap::{Arg, ArgMatches, Command};
use http::uri::Authority;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header,
};
use scim_client::client::Operation as _;
use scim_client::transport::Transport;

use super::{duration, flag, option, text};
use crate::discovery;
use crate::failure::Failure;
use crate::globals::Globals;
use crate::network::is_loopback;
use crate::server::{self, Handler};
use crate::session::Session;
use crate::terminal;
use crate::value::Value;
use crate::wire;

/// `--port`
pub(super) fn port() -> Arg {
    option("port", "PORT", "The port; 0 chooses a free one")
        .value_parser(clap::value_parser!(u16))
        .default_value("0")
}

/// `--record`
pub(super) fn record() -> Arg {
    option(
        "record",
        "FILE",
        "Write all exchanges to an HTTP archive, secrets masked",
    )
    .value_hint(clap::ValueHint::FilePath)
}

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("proxy")
            .about("Forward requests to a server, and show or record what clients such as Entra ID or Okta send")
            .after_help("Clients send no credentials: the proxy adds those of the context. It listens on the loopback interface only.\n\nExample:\n  scim proxy -c test --port 8080 --record entra.har -vvv")
            .arg(port())
            .arg(flag("pass-auth", "Forward the credentials that clients send"))
            .arg(option("latency", "TIME", "Delay each response by this time, such as 200ms"))
            .arg(record()),
    ]
}

/// Ends when somebody stops the command.
pub(super) async fn interrupted() {
    if crate::terminal::interrupted().await.is_err() {
        std::future::pending::<()>().await;
    }
}

pub(super) async fn proxy(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let mut globals = globals.clone();
    globals.har = text(matches, "record")
        .map(crate::files::expand)
        .or(globals.har);
    if globals.verbosity == 0 && globals.har.is_none() {
        globals.verbosity = 1;
    }
    let session = Session::open(&globals).await?;
    learn_secrets(&globals, &session).await;
    let latency = text(matches, "latency").map_or(Ok(Duration::ZERO), duration)?;
    let port = matches.get_one::<u16>("port").copied().unwrap_or(0);
    front(session, port, matches.get_flag("pass-auth"), latency).await
}

/// How long a server has to say which attributes are secret, before clients are served all the same.
const LEARNING: Duration = Duration::from_secs(10);

/// Learns from the server's schemas which attributes are secret. What is asked for that is not shown or recorded:
/// no client sent it.
async fn learn_secrets(globals: &Globals, session: &Session) {
    let quiet = Globals {
        har: None,
        verbosity: 0,
        timeout: Some(globals.timeout.unwrap_or(LEARNING).min(LEARNING)),
        ..globals.clone()
    };
    let learnt = async {
        let own = Session::of(&quiet, session.context.clone()).await?;
        discovery::types(&own).await
    };
    match learnt.await {
        Ok(types) => discovery::mask_secrets(&types, &session.mask),
        Err(failure) => terminal::say(format_args!(
            "note: the server's schemas cannot be read, so secrets are known by usual names alone, such as \
             password and token: {}",
            terminal::visible(failure.message())
        )),
    }
}

/// Forwards everything below the base URL to the session's server.
pub(super) async fn front(
    session: Session,
    port: u16,
    pass_auth: bool,
    latency: Duration,
) -> Result<(), Failure> {
    let (listener, address) = server::listen(port).await?;
    let base: Uri = session
        .context
        .url
        .parse()
        .map_err(|_| Failure::usage(format!("`{}` is not a URL", session.context.url)))?;
    let origin = match (base.scheme_str(), base.authority()) {
        (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
        _ => {
            return Err(Failure::usage(format!(
                "`{}` is not a URL",
                session.context.url
            )));
        }
    };
    let path = base.path().trim_end_matches('/').to_owned();
    terminal::out(&format!("http://{address}{path}\n"))?;
    let shared = Arc::new(Front {
        session,
        origin,
        path,
        own: format!("http://{address}"),
        pass_auth,
        latency,
    });
    let handler: Handler = Arc::new(move |request| {
        let shared = Arc::clone(&shared);
        Box::pin(async move { shared.answer(request).await })
    });
    tokio::select! {
        () = server::answer(listener, handler) => {}
        () = interrupted() => {}
    }
    Ok(())
}

struct Front {
    session: Session,
    /// Scheme and authority of the server behind.
    origin: String,
    /// The path of its base URL.
    path: String,
    /// Scheme and authority of this one.
    own: String,
    pass_auth: bool,
    latency: Duration,
}

/// Headers that are about one connection (RFC 9110 §7.6.1, §11.7), or made anew.
const HOP: &[&str] = &[
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    // It was answered here already (RFC 9110 §10.1.1).
    "expect",
    "host",
    "content-length",
    "accept-encoding",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "proxy-connection",
];

/// Takes away what is about one connection, also what `Connection` names.
fn end_to_end(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in HOP.iter().copied().chain(named.iter().map(String::as_str)) {
        headers.remove(name);
    }
}

/// What a client sends, with what the context adds: that wins, and what stands several times stays
/// so.
fn joined(mut client: HeaderMap, context: HeaderMap) -> HeaderMap {
    end_to_end(&mut client);
    for name in context.keys() {
        client.remove(name);
    }
    client.extend(context);
    client
}

/// Headers by which some servers take another method than the request's.
const METHOD_OVERRIDES: &[&str] = &[
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
];

/// Whether a segment of a path leads out of where it stands, for any server behind: some decode it first, and
/// take both kinds of slashes.
fn leads_up(segment: &str) -> bool {
    let once = wire::decoded_segment(segment);
    let twice = wire::decoded_segment(&once);
    [once, twice].iter().any(|text| {
        text.split(['/', '\\', ';'])
            .any(|part| matches!(part, "." | ".."))
    })
}

/// Why a request is not forwarded.
type Refusal = (StatusCode, String);

impl Front {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        match self.forward(request).await {
            Ok(answer) => answer,
            Err((status, why)) => {
                let body = Value::object([
                    (
                        "schemas",
                        Value::texts(["urn:ietf:params:scim:api:messages:2.0:Error"]),
                    ),
                    ("status", Value::text(status.as_str())),
                    ("detail", Value::text(self.session.mask.text(&why))),
                ]);
                let mut answer = Response::new(Bytes::from(body.to_string()));
                *answer.status_mut() = status;
                let json = HeaderValue::from_static("application/scim+json");
                answer.headers_mut().insert("content-type", json);
                answer
            }
        }
    }

    /// Refuses what a page in a browser could send here, and what a read-only context forbids.
    fn allow(&self, parts: &http::request::Parts) -> Result<(), Refusal> {
        let forbidden = |why: String| (StatusCode::FORBIDDEN, why);
        let named = |name: &str| parts.headers.get_all(name).into_iter();
        let host_of = |text: &HeaderValue| -> Option<String> {
            let text = text.to_str().ok()?;
            let authority = text.rsplit("://").next()?.parse::<Authority>().ok()?;
            Some(authority.host().to_owned())
        };
        let is_own = |value: &HeaderValue| host_of(value).is_some_and(|host| is_loopback(&host));
        // A name that leads here is not enough: a foreign page may have made it so.
        let is_ours = named("host").next().is_some()
            && named("host").all(is_own)
            && parts.uri.host().is_none_or(is_loopback);
        if !is_ours {
            let why = "this proxy is for the loopback interface: `Host` is another machine";
            return Err(forbidden(why.to_owned()));
        }
        if !named("origin").all(is_own) {
            let why = "this proxy is not for pages of other origins";
            return Err(forbidden(why.to_owned()));
        }
        // They are for proxies of another kind, and show what the context adds.
        if matches!(parts.method, Method::CONNECT | Method::TRACE) {
            let why = format!("{} is not a method of SCIM", parts.method);
            return Err((StatusCode::METHOD_NOT_ALLOWED, why));
        }
        if self.writes(parts) {
            if self.session.globals.dry_run {
                let why = "with --dry-run nothing that writes is forwarded";
                return Err(forbidden(why.to_owned()));
            }
            let may = self.session.may_write();
            may.map_err(|failure| forbidden(failure.message().to_owned()))?;
        }
        Ok(())
    }

    /// Whether a request may change something: all but GET, HEAD and a search by POST.
    fn writes(&self, parts: &http::request::Parts) -> bool {
        let is_overridden = METHOD_OVERRIDES
            .iter()
            .any(|name| parts.headers.contains_key(*name));
        let reads = match parts.method {
            Method::GET | Method::HEAD => true,
            Method::POST => parts.uri.path().ends_with("/.search"),
            _ => false,
        };
        is_overridden || !reads
    }

    async fn forward(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Refusal> {
        let (parts, body) = request.into_parts();
        self.allow(&parts)?;
        let gateway = |why: String| (StatusCode::BAD_GATEWAY, why);
        let path = parts.uri.path();
        let below = path
            .strip_prefix(&self.path)
            .filter(|rest| rest.is_empty() || rest.starts_with('/'));
        if below.is_none() || path.split('/').any(leads_up) {
            return Err(gateway(format!(
                "{path} is not below the base URL {}{}",
                self.own, self.path
            )));
        }
        let target = match parts.uri.query() {
            Some(query) => format!("{}{path}?{query}", self.origin),
            None => format!("{}{path}", self.origin),
        };
        let mut client = parts.headers;
        if !self.pass_auth {
            client.remove(header::AUTHORIZATION);
        }
        // It runs for longer than a token is good.
        let renewed = |failure: crate::failure::Failure| gateway(failure.message().to_owned());
        let token = self.session.fresh().await.map_err(renewed)?;
        let mut answer = self
            .send(&parts.method, &target, &client, &body)
            .await
            .map_err(gateway)?;
        if answer.status() == StatusCode::UNAUTHORIZED
            && !self.pass_auth
            && self.session.renew(token).await.map_err(renewed)?
        {
            answer = self
                .send(&parts.method, &target, &client, &body)
                .await
                .map_err(gateway)?;
        }
        let (mut parts, body) = answer.into_parts();
        end_to_end(&mut parts.headers);
        parts.headers.remove("content-encoding");
        for name in ["location", "content-location"] {
            let moved = parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok());
            let moved = moved.map(|text| text.replace(&self.origin, &self.own));
            if let Some(value) = moved.and_then(|text| text.parse().ok()) {
                parts.headers.insert(HeaderName::from_static(name), value);
            }
        }
        // Addresses in it lead back here, so that the client stays.
        let body = match std::str::from_utf8(&body) {
            Ok(text) if text.contains(&self.origin) => {
                Bytes::from(text.replace(&self.origin, &self.own))
            }
            _ => body,
        };
        Ok(Response::from_parts(parts, body))
    }

    /// Sends a client's request to the server, with what the context adds.
    async fn send(
        &self,
        method: &Method,
        target: &str,
        client: &HeaderMap,
        body: &Bytes,
    ) -> Result<Response<Bytes>, String> {
        let headers = joined(client.clone(), self.credentials()?);
        let mut request = Request::builder().method(method.clone()).uri(target);
        if let Some(all) = request.headers_mut() {
            *all = headers;
        }
        let request = request.body(body.clone());
        let request = request.map_err(|error| error.to_string())?;
        let transport: Arc<dyn Transport> = self.session.transport();
        let answer = transport.send(request).await;
        answer.map_err(|error| error.cause())
    }

    /// The headers that the context adds to each request.
    fn credentials(&self) -> Result<HeaderMap, String> {
        if self.pass_auth {
            return Ok(HeaderMap::new());
        }
        let client = self.session.client();
        let request = client.request(Method::GET, "/x").request();
        let mut headers = request
            .map_err(|error| error.to_string())?
            .headers()
            .clone();
        headers.remove(header::ACCEPT);
        Ok(headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(list: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        let mut map = HeaderMap::new();
        for (name, value) in list.iter().map(pair) {
            map.append(name, value);
        }
        map
    }

    #[test]
    fn no_segment_leads_up() {
        for up in [
            "..",
            ".",
            "%2e%2E",
            "%252e.",
            "..%2fadmin",
            "a%5C..",
            "..;x=1",
        ] {
            assert!(leads_up(up), "{up}");
        }
        for down in ["Users", "a..b", "...", "%41", "a%2Fb", ""] {
            assert!(!leads_up(down), "{down}");
        }
    }

    #[test]
    fn the_context_wins_and_nothing_is_lost() {
        let client = map(&[
            ("accept", "a"),
            ("accept", "b"),
            ("x-tenant", "theirs"),
            ("x-tenant", "again"),
            ("x-hop", "1"),
            ("connection", "close, X-Hop"),
            ("proxy-authorization", "Basic x"),
        ]);
        let context = map(&[
            ("x-tenant", "7"),
            ("x-tenant", "8"),
            ("authorization", "Bearer t"),
        ]);
        let all = joined(client, context);
        let of = |name: &str| -> Vec<&str> {
            all.get_all(name)
                .iter()
                .map(|value| value.to_str().unwrap())
                .collect()
        };
        assert_eq!(of("accept"), ["a", "b"]);
        assert_eq!(of("x-tenant"), ["7", "8"]);
        assert_eq!(of("authorization"), ["Bearer t"]);
        for gone in ["x-hop", "connection", "proxy-authorization"] {
            assert!(of(gone).is_empty(), "{gone}");
        }
    }
}
