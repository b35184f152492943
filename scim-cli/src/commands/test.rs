//! `test`: checks a server against the RFCs, and the needs of Entra ID and Okta. The tester reads its
//! own options; which server it is comes from the options in front of `test`, or the context.

use std::process::ExitCode;

use clap::{Arg, Command};
use scim_client::client::Operation as _;
use scim_tester::program::{self, Target};

use crate::failure::Failure;
use crate::globals::Globals;
use crate::session::{Session, settings};
use crate::terminal;

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("test")
            .about("Check a server against the RFCs, and what Entra ID and Okta need")
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
        terminal::out(program::HELP)?;
        return Ok(ExitCode::SUCCESS);
    }
    let has_url = arguments.iter().any(|word| word.contains("://"));
    let offline = is(&["--list", "--explain"]);
    let target = match has_url || offline {
        true => None,
        false => Some(target(globals).await?),
    };
    let code = program::run_as("scim test", arguments.to_vec(), target).await;
    Ok(ExitCode::from(code))
}

/// The server of the context, with its credentials.
async fn target(globals: &Globals) -> Result<Target, Failure> {
    let session = Session::of(globals, settings(globals)?).await?;
    // It writes to the server, and takes away what it made.
    session.may_write()?;
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
    target.transport = Some(session.transport());
    Ok(target)
}
