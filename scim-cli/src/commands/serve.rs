//! `serve`: a service provider in memory. `proxy`: in front of any other, to see what clients send.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clap::{ArgMatches, Command};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode, Uri};
use scim_client::Profile;
use scim_client::client::Operation as _;
use scim_client::testing::{Misbehaviour, ServiceProvider};
use scim_client::transport::Transport;

use super::{flag, many, option, text, texts};
use crate::config::Context;
use crate::documents::{Form, rows};
use crate::failure::{Failure, of_file};
use crate::globals::Globals;
use crate::network::is_loopback;
use crate::secret::Reference;
use crate::server::{self, Handler};
use crate::session::Session;
use crate::terminal::{self, say};
use crate::types::Types;
use crate::value::Value;

const FAULTS: &str = "latency:200ms throttle:3 fail:2:503 cut:1 lose:1 truncate:1 page-cap:10 no-patch no-put no-bulk \
                      no-filter no-sort no-versions no-discovery html-errors ignore-start-index malformed";

pub(super) fn commands() -> Vec<Command> {
    let port = || {
        option("port", "PORT", "The port; 0 is any free one")
            .value_parser(clap::value_parser!(u16))
            .default_value("0")
    };
    let fault = || many("fault", "FAULT", FAULTS).value_delimiter(',');
    let record = || {
        option(
            "record",
            "FILE",
            "Write all exchanges to an HTTP archive, secrets masked",
        )
        .value_hint(clap::ValueHint::FilePath)
    };
    vec![
        Command::new("serve")
            .about("Serve users and groups from memory on the loopback interface, for tries and tests")
            .after_help("It prints its base URL, and serves until it is stopped. --token REF makes it ask for that token.\n\nExamples:\n  scim serve --port 8080 --seed users.jsonl\n  scim serve --as aws --fault throttle:3,latency:200ms")
            .arg(port())
            .arg(option("as", "PROFILE", "Answer as this vendor would, such as aws, entra, okta"))
            .arg(option("seed", "FILE|DIR", "Resources that are there from the start").value_hint(clap::ValueHint::AnyPath))
            .arg(option("page-size", "N", "The most resources of one page").value_parser(clap::value_parser!(u64).range(1..)))
            .arg(flag("strict", "Refuse what a strict reading of the RFCs refuses"))
            .arg(flag("counted-ids", "Ids are 1, 2, 3"))
            .arg(fault())
            .arg(record()),
        Command::new("proxy")
            .about("Stand in front of a server, and show or record what clients such as Entra ID or Okta send")
            .after_help("Clients talk to it without credentials; it adds those of the context. It listens on the loopback interface only.\n\nExample:\n  scim proxy -c test --port 8080 --record entra.har -vvv")
            .arg(port())
            .arg(flag("pass-auth", "Keep the credentials that clients send"))
            .arg(option("latency", "TIME", "Wait so long before each answer, such as 200ms"))
            .arg(record()),
    ]
}

/// `200ms`, `2s`
fn time(text: &str) -> Result<Duration, Failure> {
    let wrong = || Failure::usage(format!("`{text}` is no time")).hint("such as 200ms or 2s");
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number.saturating_mul(60))),
        _ => Err(wrong()),
    }
}

/// Reads a time as other commands give it.
pub(super) fn duration(text: &str) -> Result<Duration, Failure> {
    time(text)
}

fn fault(text: &str) -> Result<Misbehaviour, Failure> {
    let mut parts = text.split(':');
    let name = parts.next().unwrap_or_default();
    let (first, second) = (parts.next(), parts.next());
    let wrong = || Failure::usage(format!("`{text}` is no fault")).hint(FAULTS);
    let requests = || -> Result<u32, Failure> { first.unwrap_or("1").parse().map_err(|_| wrong()) };
    Ok(match name {
        "latency" => Misbehaviour::Latency(time(first.ok_or_else(wrong)?)?),
        "throttle" => Misbehaviour::Throttle {
            requests: requests()?,
            retry_after: Duration::from_secs(
                second.map_or(Ok(1), str::parse).map_err(|_| wrong())?,
            ),
        },
        "fail" => Misbehaviour::Fail {
            requests: requests()?,
            status: second
                .map_or(Ok(StatusCode::SERVICE_UNAVAILABLE), str::parse)
                .map_err(|_| wrong())?,
        },
        "cut" => Misbehaviour::CutConnection {
            requests: requests()?,
        },
        "lose" => Misbehaviour::LoseAnswer {
            requests: requests()?,
        },
        "truncate" => Misbehaviour::Truncate {
            requests: requests()?,
        },
        "page-cap" => Misbehaviour::PageCap(first.and_then(|n| n.parse().ok()).ok_or_else(wrong)?),
        "no-patch" => Misbehaviour::NoPatch,
        "no-put" => Misbehaviour::NoPut,
        "no-bulk" => Misbehaviour::NoBulk,
        "no-filter" => Misbehaviour::NoFilter,
        "no-sort" => Misbehaviour::NoSort,
        "no-versions" => Misbehaviour::NoVersions,
        "no-discovery" => Misbehaviour::NoDiscovery,
        "html-errors" => Misbehaviour::HtmlErrors,
        "ignore-start-index" => Misbehaviour::IgnoreStartIndex,
        "malformed" => Misbehaviour::MalformedElement,
        _ => return Err(wrong()),
    })
}

pub(super) async fn serve(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let mut builder = ServiceProvider::builder();
    let mut secret = None;
    if let Some(reference) = &globals.token {
        let token = Reference::parse(reference)?.resolve("token")?;
        builder = builder.bearer_token(token.reveal());
        secret = Some(token);
    }
    if let Some(size) = matches.get_one::<u64>("page-size") {
        builder = builder.page_size(*size);
    }
    if matches.get_flag("strict") {
        builder = builder.strict();
    }
    if matches.get_flag("counted-ids") {
        builder = builder.counted_ids();
    }
    let provider = builder.build();
    if let Some(path) = text(matches, "seed") {
        seed(&provider, path)?;
    }
    if let Some(name) = text(matches, "as") {
        let names = Profile::NAMES.join(", ");
        let manner = Misbehaviour::answer_as(name).ok_or_else(|| {
            Failure::usage(format!("there is no profile `{name}`"))
                .hint(format!("there are {names}"))
        })?;
        provider.misbehave(manner);
    }
    for text in texts(matches, "fault") {
        provider.misbehave(fault(&text)?);
    }
    let port = matches.get_one::<u16>("port").copied().unwrap_or(0);
    let record = text(matches, "record");
    let failed = |error: std::io::Error| {
        Failure::usage(format!("cannot listen on port {port}: {error}"))
            .hint("--port 0 takes any free one")
    };
    if record.is_none() && globals.verbosity == 0 {
        let server = provider.serve_at(port).await.map_err(failed)?;
        terminal::out(&format!("{}\n", server.url()))?;
        interrupted().await;
        return Ok(());
    }
    // What is to be seen passes through a proxy of its own.
    let inner = provider.serve().await.map_err(failed)?;
    let session = recording(globals, Context::new("", &inner.url()), record).await?;
    if let Some(secret) = &secret {
        session.mask.add(secret);
    }
    front(session, port, true, Duration::ZERO).await
}

async fn interrupted() {
    if crate::terminal::interrupted().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// A session that records to a file.
async fn recording(
    globals: &Globals,
    context: Context,
    record: Option<&str>,
) -> Result<Session, Failure> {
    let mut globals = globals.clone();
    globals.token = None;
    globals.har = record.map(crate::files::expand).or(globals.har);
    Session::of(&globals, context).await
}

fn seed(provider: &ServiceProvider, path: &str) -> Result<(), Failure> {
    let folder = crate::files::expand(path);
    let files = match folder.is_dir() {
        true => {
            let entries = std::fs::read_dir(&folder).map_err(of_file(&folder))?;
            let mut files: Vec<_> = entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .collect();
            // Groups refer to users.
            files.sort_by_key(|path| {
                (
                    path.to_string_lossy().to_lowercase().contains("group"),
                    path.clone(),
                )
            });
            files
        }
        false => vec![folder],
    };
    let types = Types::bundled();
    let mut count = 0;
    for path in files {
        let text = std::fs::read_to_string(&path).map_err(of_file(&path))?;
        let shown = path.display().to_string();
        let named = path
            .file_stem()
            .and_then(|stem| types.find(&stem.to_string_lossy()).ok());
        let form = Form::of(None, &shown, &text)?;
        let any = named
            .or(types.list.first())
            .ok_or_else(|| Failure::usage("there are no types"))?;
        let (rows, _) = rows(&text, form, any).map_err(|failure| failure.at(&shown))?;
        for row in rows {
            let place = format!("{shown}:{}", row.line);
            let mut value = row.value.map_err(|failure| failure.at(&place))?;
            if value.get("schemas").is_none() {
                any.set_schemas(&mut value);
            }
            provider.seed_json(&value.to_string()).map_err(|error| {
                Failure::usage(format!("{place}: {}", error.detail.unwrap_or_default()))
            })?;
            count += 1;
        }
    }
    say(format_args!("{count} resources are there"));
    Ok(())
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
    let latency = text(matches, "latency").map_or(Ok(Duration::ZERO), time)?;
    let port = matches.get_one::<u16>("port").copied().unwrap_or(0);
    front(session, port, matches.get_flag("pass-auth"), latency).await
}

/// Forwards everything below the base URL to the session's server.
async fn front(
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
        .map_err(|_| Failure::usage(format!("`{}` is no URL", session.context.url)))?;
    let origin = match (base.scheme_str(), base.authority()) {
        (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
        _ => {
            return Err(Failure::usage(format!(
                "`{}` is no URL",
                session.context.url
            )));
        }
    };
    let path = base.path().trim_end_matches('/').to_owned();
    terminal::out(&format!("http://{address}{path}\n"))?;
    let session = Arc::new(session);
    let shared = Arc::new(Front {
        session: Arc::clone(&session),
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
    // The server's tasks hold it, too; they are gone with the runtime.
    session.finish()
}

struct Front {
    session: Arc<Session>,
    /// Scheme and authority of the server behind.
    origin: String,
    /// The path of its base URL.
    path: String,
    /// Scheme and authority of this one.
    own: String,
    pass_auth: bool,
    latency: Duration,
}

/// Headers that are about one connection (RFC 9110 §7.6.1), or made anew.
const HOP: &[&str] = &[
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "host",
    "content-length",
    "accept-encoding",
    "proxy-connection",
];

/// Headers by which some servers take another method than the request's.
const METHOD_OVERRIDES: &[&str] = &[
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
];

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
                let json = http::HeaderValue::from_static("application/scim+json");
                answer.headers_mut().insert("content-type", json);
                answer
            }
        }
    }

    /// Refuses what a page in a browser could send here, and what a read-only context forbids.
    fn allow(&self, parts: &http::request::Parts) -> Result<(), Refusal> {
        let forbidden = |why: String| (StatusCode::FORBIDDEN, why);
        let named = |name: &str| parts.headers.get_all(name).into_iter();
        let host_of = |text: &http::HeaderValue| -> Option<String> {
            let text = text.to_str().ok()?;
            let authority = text.rsplit("://").next()?.parse::<Authority>().ok()?;
            Some(authority.host().to_owned())
        };
        let is_own =
            |value: &http::HeaderValue| host_of(value).is_some_and(|host| is_loopback(&host));
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
        if below.is_none() || path.split('/').any(|part| matches!(part, "." | "..")) {
            return Err(gateway(format!(
                "{path} is not below the base URL {}{}",
                self.own, self.path
            )));
        }
        let target = match parts.uri.query() {
            Some(query) => format!("{}{path}?{query}", self.origin),
            None => format!("{}{path}", self.origin),
        };
        let mut headers = self.credentials().map_err(gateway)?;
        for (name, value) in &parts.headers {
            let is_own = !self.pass_auth && name == http::header::AUTHORIZATION;
            if !HOP.contains(&name.as_str()) && !is_own {
                headers.insert(name, value.clone());
            }
        }
        let mut outer = Request::builder().method(parts.method).uri(target);
        if let Some(all) = outer.headers_mut() {
            *all = headers;
        }
        let outer = outer
            .body(body)
            .map_err(|error| gateway(error.to_string()))?;
        let transport: Arc<dyn Transport> = self.session.transport();
        let answer = transport
            .send(outer)
            .await
            .map_err(|error| gateway(error.cause()))?;
        let (mut parts, body) = answer.into_parts();
        for name in HOP {
            parts.headers.remove(*name);
        }
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

    /// The headers that the context adds to each request.
    fn credentials(&self) -> Result<HeaderMap, String> {
        if self.pass_auth {
            return Ok(HeaderMap::new());
        }
        let client = self.session.client();
        let request = client.request(http::Method::GET, "/x").request();
        let mut headers = request
            .map_err(|error| error.to_string())?
            .headers()
            .clone();
        headers.remove(http::header::ACCEPT);
        Ok(headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read() {
        assert_eq!(
            fault("latency:200ms").unwrap(),
            Misbehaviour::Latency(Duration::from_millis(200))
        );
        assert_eq!(
            fault("fail:2:500").unwrap(),
            Misbehaviour::Fail {
                requests: 2,
                status: StatusCode::INTERNAL_SERVER_ERROR
            }
        );
        for wrong in ["latency", "latency:2x", "fail:a", "explode", "fail:1:99"] {
            assert!(fault(wrong).is_err(), "{wrong}");
        }
    }
}
