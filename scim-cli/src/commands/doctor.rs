//! `doctor`: each step to a server, and what is wrong with the first that fails.

use std::net::ToSocketAddrs as _;
use std::time::{Duration, Instant, UNIX_EPOCH};

use clap::Command;
use http::Uri;

use crate::config::{Auth, Config};
use crate::discovery;
use crate::failure::{Code, Failure};
use crate::globals::Globals;
use crate::pages::{self, Query};
use crate::session::{Call, Session, settings};
use crate::terminal::{self, styled, visible};
use crate::token;

pub(super) fn commands() -> Vec<Command> {
    vec![Command::new("doctor").about(
        "Look at each step to the server: name, connection, TLS, clock, credentials, discovery",
    )]
}

fn ok(what: &str, text: &str) -> Result<(), Failure> {
    terminal::out(&format!(
        "{} {what}: {}\n",
        styled("32", "ok  "),
        visible(text)
    ))
}

fn note(what: &str, text: &str) -> Result<(), Failure> {
    terminal::out(&format!(
        "{} {what}: {}\n",
        styled("33", "note"),
        visible(text)
    ))
}

fn failed(what: &str, failure: Failure) -> Failure {
    let _told = terminal::out(&format!("{} {what}\n", styled("31", "FAIL")));
    failure
}

pub(super) async fn doctor(globals: &Globals) -> Result<(), Failure> {
    let config = Config::load().map_err(|failure| failed("configuration", failure))?;
    ok(
        "configuration",
        &format!(
            "{} ({} contexts)",
            config.path().display(),
            config.names().len()
        ),
    )?;
    let context = settings(globals).map_err(|failure| failed("server", failure))?;
    ok("server", &context.url)?;
    let uri: Uri = context.url.parse().map_err(|_| {
        failed(
            "URL",
            Failure::usage(format!("`{}` is not a URL", context.url)),
        )
    })?;
    let is_tls = uri.scheme_str() == Some("https");
    let host = uri
        .host()
        .unwrap_or_default()
        .trim_matches(['[', ']'])
        .to_owned();
    let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let address = (host.as_str(), port).to_socket_addrs();
    let address: Vec<_> = match address {
        Ok(addresses) => addresses.collect(),
        Err(error) => {
            let failure = Failure::new(
                Code::Network,
                format!("the name {host} cannot be resolved: {error}"),
            )
            .hint("is the host right? Does this machine reach a name server?");
            return Err(failed("name", failure));
        }
    };
    let shown: Vec<String> = address.iter().map(|a| a.ip().to_string()).collect();
    ok("name", &format!("{host} is {}", shown.join(", ")))?;
    let has_proxy = [
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ]
    .iter()
    .find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    match has_proxy {
        Some(name) => note("connection", &format!("by the proxy in {name}"))?,
        None => connect(&address, port)?,
    }
    let session = Session::of(globals, context)
        .await
        .map_err(|failure| failed("credentials", failure))?;
    let begin = Instant::now();
    let answer = session
        .send(&Call::new(http::Method::GET, "/ServiceProviderConfig"))
        .await;
    let took = begin.elapsed().as_millis();
    match &answer {
        Err(failure) if failure.code() == Code::Network => {
            let what = if is_tls { "TLS and HTTP" } else { "HTTP" };
            return Err(failed(what, failure.clone()));
        }
        Err(failure) if failure.status() == Some(401) => {
            return Err(failed("credentials", failure.clone()));
        }
        Err(failure) => note(
            "HTTP",
            &format!("/ServiceProviderConfig: {} ({took} ms)", failure.message()),
        )?,
        Ok(reply) => {
            ok(
                "HTTP",
                &format!(
                    "{} in {took} ms{}",
                    reply.status,
                    if is_tls {
                        ", with TLS"
                    } else {
                        ", without TLS"
                    }
                ),
            )?;
            clock(&reply.headers)?;
            for (name, value) in &reply.headers {
                if name.as_str().contains("ratelimit") || name.as_str().contains("rate-limit") {
                    note(
                        "limit",
                        &format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())),
                    )?;
                }
            }
        }
    }
    match session.context.auth {
        Auth::None => note("credentials", "none are given")?,
        _ => ok("credentials", session.context.auth.kind())?,
    }
    if let Some(kept) = token::kept(&session.context.name, &session.context.auth)
        && let Some(expires) = kept.expires
    {
        ok(
            "token",
            &format!(
                "good for {} more minutes",
                expires.saturating_sub(token::now()) / 60
            ),
        )?;
    }
    let documents = discovery::fetch(&session)
        .await
        .map_err(|failure| failed("discovery", failure))?;
    for problem in &documents.problems {
        note("discovery", problem)?;
    }
    let types = documents.to_types();
    let names: Vec<&str> = types.list.iter().map(|of| of.name.as_str()).collect();
    match types.is_bundled {
        true => note(
            "discovery",
            "no schemas are published: those of RFC 7643 are used",
        )?,
        false => ok(
            "discovery",
            &format!("{}, {} schemas", names.join(", "), types.schemas.len()),
        )?,
    }
    for of in &types.list {
        let query = Query {
            path: of.endpoint.clone(),
            limit: Some(1),
            one_page: true,
            ..Query::default()
        };
        let listed = pages::each_page(&session, &types, &query, |_, _| Ok(pages::Flow::Stop)).await;
        match listed {
            Ok(progress) => {
                let total = progress
                    .total
                    .map_or_else(|| "some".to_owned(), |total| total.to_string());
                ok("list", &format!("{} {}", total, of.endpoint))?;
            }
            Err(failure) if failure.code() == Code::Auth => {
                return Err(failed(&of.endpoint, failure));
            }
            Err(failure) => note("list", &format!("{}: {}", of.endpoint, failure.message()))?,
        }
    }
    Ok(())
}

fn connect(addresses: &[std::net::SocketAddr], port: u16) -> Result<(), Failure> {
    let mut last = None;
    for address in addresses {
        let begin = Instant::now();
        match std::net::TcpStream::connect_timeout(address, Duration::from_secs(5)) {
            Ok(_) => {
                return ok(
                    "connection",
                    &format!("port {port} in {} ms", begin.elapsed().as_millis()),
                );
            }
            Err(error) => last = Some(error),
        }
    }
    let why = last.map_or_else(|| "no address".to_owned(), |error| error.to_string());
    let failure = Failure::new(
        Code::Network,
        format!("port {port} does not respond: {why}"),
    )
    .hint("is the server running, is the port right, and does no firewall block it?");
    Err(failed("connection", failure))
}

/// Tokens are refused where clocks differ.
fn clock(headers: &http::HeaderMap) -> Result<(), Failure> {
    let date = headers
        .get(http::header::DATE)
        .and_then(|date| date.to_str().ok());
    let Some(theirs) = date.and_then(|date| httpdate::parse_http_date(date).ok()) else {
        return Ok(());
    };
    let theirs = theirs
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    match token::now().abs_diff(theirs) {
        0..=60 => ok("clock", "the same as the server's"),
        off => note(
            "clock",
            &format!("{off} seconds from the server's: tokens may be refused"),
        ),
    }
}
