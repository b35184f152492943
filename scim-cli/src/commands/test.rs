//! `test`: checks a server against the RFCs, and the needs of Entra ID and Okta. The tester reads its
//! own options; which server it is comes from the options in front of `test`, or the context.

use std::process::ExitCode;
use std::sync::Arc;

use bytes::Bytes;
use clap::{Arg, Command};
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request};
use scim_client::client::Operation as _;
use scim_client::transport::{SendFuture, Timer, Transport};
use scim_tester::program::{self, Target};

use crate::failure::Failure;
use crate::globals::Globals;
use crate::session::{Session, settings};
use crate::terminal;

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("test")
            .about("Check a server against the RFCs and the requirements of Entra ID and Okta")
            .disable_help_flag(true)
            .arg(
                Arg::new("arguments")
                    .num_args(0..)
                    .trailing_var_arg(true)
                    .allow_hyphen_values(true),
            )
            .override_usage("scim [OPTIONS] test [URL] [OPTIONS OF THE TESTER]"),
    ]
}

/// Runs the tester with its arguments. Without a URL among them, the server is that of the context.
pub(crate) async fn tester(globals: &Globals, arguments: &[String]) -> Result<ExitCode, Failure> {
    let is = |names: &[&str]| arguments.iter().any(|word| names.contains(&word.as_str()));
    if is(&["--help", "-h"]) {
        let usage = "usage: scim [OPTIONS OF SCIM] test [URL] [options]\n\nwithout a URL, the server is that of the context";
        terminal::out(&program::HELP.replace("usage: scim-tester URL [options]", usage))?;
        return Ok(ExitCode::SUCCESS);
    }
    if globals.curl {
        return Err(
            Failure::usage("`scim test` sends many requests, which --curl cannot show")
                .hint("the report has a curl command for each finding"),
        );
    }
    let mut arguments = arguments.to_vec();
    let mut is_read_only = is(&["--read-only"]);
    if globals.dry_run && !is_read_only {
        terminal::say("note: --dry-run runs only the checks that write nothing (--read-only)");
        arguments.push("--read-only".to_owned());
        is_read_only = true;
    }
    let has_url = arguments.iter().any(|word| word.contains("://"));
    let offline = is(&["--list", "--explain"]);
    let session = match has_url || offline {
        true => None,
        false => Some(Arc::new(opened(globals, is_read_only).await?)),
    };
    let target = session.as_ref().map(target).transpose()?;
    let code = program::run_as("scim test", arguments, target).await;
    Ok(ExitCode::from(code))
}

/// The session with the server of the context.
async fn opened(globals: &Globals, is_read_only: bool) -> Result<Session, Failure> {
    let session = Session::of(globals, settings(globals)?).await?;
    // It writes to the server, and takes away what it made.
    if !is_read_only {
        session.may_write().map_err(|failure| {
            failure
                .hint("`scim test --read-only` writes nothing; `scim --write test` runs all checks")
        })?;
    }
    Ok(session)
}

/// The server of the context, with its credentials.
fn target(session: &Arc<Session>) -> Result<Target, Failure> {
    let request = session.client().request(http::Method::GET, "/x").request();
    let mut target = Target::new(&session.context.url);
    for (name, value) in request?.headers() {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match *name {
            http::header::AUTHORIZATION => target.authorization = Some(text),
            http::header::ACCEPT | http::header::CONTENT_TYPE => {}
            _ => target.headers.push((name.to_string(), text)),
        }
    }
    target.transport = Some(Arc::new(Lasting {
        first: authorization(session),
        session: Arc::clone(session),
    }));
    target.colours = Some(terminal::has_colour());
    Ok(target)
}

/// The `Authorization` that requests have now.
fn authorization(session: &Session) -> Option<HeaderValue> {
    let request = session.client().request(http::Method::GET, "/x").request();
    request.ok()?.headers().get(AUTHORIZATION).cloned()
}

/// A transport that outlives the token with which the tests began.
struct Lasting {
    session: Arc<Session>,
    /// What the tester has; requests with another one, or none, are to be sent so.
    first: Option<HeaderValue>,
}

impl Transport for Lasting {
    fn send(&self, mut request: Request<Bytes>) -> SendFuture {
        let session = Arc::clone(&self.session);
        let is_own =
            self.first.is_some() && request.headers().get(AUTHORIZATION) == self.first.as_ref();
        Box::pin(async move {
            if is_own
                && session.fresh().await.is_ok()
                && let Some(now) = authorization(&session)
            {
                request.headers_mut().insert(AUTHORIZATION, now);
            }
            session.transport().send(request).await
        })
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.session.transport().timer()
    }
}
