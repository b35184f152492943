//! Which service provider is meant: options, then variables, then the configuration.

use crate::config::{Auth, Config, Context};
use crate::failure::Failure;
use crate::globals::Globals;
use crate::secret::{Reference, Secret};
use crate::terminal::{say, visible};

/// A command may need its settings twice; what is said of them is said once.
static SAID: std::sync::Once = std::sync::Once::new();

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The context that the options and variables mean.
pub(crate) fn settings(globals: &Globals) -> Result<Context, Failure> {
    // A line break behind it is of the file or program that it comes from.
    let url_of = |name: &str| variable(name).map(|url| url.trim().to_owned());
    let old_url = url_of("SCIM_CLI_URL");
    let their_url = url_of("SCIM_URL");
    // An option beats both variables: what one of them names must not mix with it.
    let by_option = globals.url.is_some() || globals.context.is_some();
    let or_variable = |option: &Option<String>, variable: &Option<String>| match option {
        None if !by_option => variable.clone(),
        _ => option.clone(),
    };
    let given = globals.url.as_deref().map(|url| url.trim().to_owned());
    let url = or_variable(&given, &their_url);
    let named = or_variable(&globals.context, &variable("SCIM_CONTEXT"));
    let uses_old = url.is_none() && named.is_none() && old_url.is_some();
    let url = url.or(old_url.filter(|_| uses_old));
    let mut context = match (&named, &url) {
        (Some(name), _) => {
            let mut context = Config::load()?.context(name)?;
            if let Some(url) = &url {
                same_server(&context, url)?;
                url.trim_end_matches('/').clone_into(&mut context.url);
            }
            context
        }
        // A URL alone has nothing of the current context: its token must not go elsewhere.
        (None, Some(url)) => Context::new("", url),
        (None, None) => {
            let config = Config::load()?;
            match config.current() {
                Some(name) => config.context(name)?,
                None => return Err(nowhere(&config)),
            }
        }
    };
    if !context.url.contains("://") {
        let message = format!("`{}` is not a URL", context.url);
        // Without the slashes behind a scheme there is no host.
        let is_scheme = matches!(context.url.as_str(), "http:" | "https:" | "");
        return Err(Failure::usage(message).hint(match is_scheme {
            true => "such as https://example.com/scim/v2".to_owned(),
            false => format!("did you mean https://{}?", context.url),
        }));
    }
    if let Some(token) = &globals.token {
        context.auth = Auth::Bearer(Reference::parse(token)?);
    } else if let Some(token) = variable("SCIM_TOKEN") {
        // Next to SCIM_URL it is the token of that server, and of none that an option names.
        let other = their_url.filter(|url| !is_same_origin(url, &context.url));
        match other {
            None => context.auth = Auth::Bearer(Reference::Given(Secret::new(token))),
            // A context has its own credentials.
            Some(_) if globals.context.is_some() => {}
            Some(url) => SAID.call_once(|| {
                say(visible(&format!(
                    "note: SCIM_TOKEN is for {url} (SCIM_URL), and is not sent to {}; --token \
                     env:SCIM_TOKEN sends it",
                    context.url
                )));
            }),
        }
    }
    let old_headers = variable("SCIM_CLI_HEADERS").filter(|_| uses_old);
    let old_headers = old_headers.as_deref().unwrap_or_default().lines();
    for header in old_headers.chain(globals.headers.iter().map(String::as_str)) {
        context.headers.push(self::header(header)?);
    }
    Ok(context)
}

/// `Name: value`. What is none may be a secret, so it is not repeated.
pub(crate) fn header(text: &str) -> Result<(String, String), Failure> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err(Failure::usage("a header is written as `Name: value`")
            .hint("such as -H 'X-Tenant: 7', or -H 'X-Key: env:KEY' for a secret")),
    }
}

/// Refuses to send what a context holds to another server than its own.
fn same_server(context: &Context, url: &str) -> Result<(), Failure> {
    if is_same_origin(url, &context.url) {
        return Ok(());
    }
    let message = format!(
        "the context `{}` is for {}, and the URL is {}: its credentials are not for that server",
        visible(&context.name),
        visible(&context.url),
        visible(url)
    );
    Err(Failure::usage(message).hint(
        "give --url without a context, or -c without a URL; SCIM_URL and SCIM_CONTEXT count too",
    ))
}

/// Whether scheme, host and port are the same (RFC 6454 §4).
pub(crate) fn is_same_origin(one: &str, other: &str) -> bool {
    let origin = |text: &str| {
        let url: http::Uri = text.parse().ok()?;
        let scheme = url.scheme_str()?.to_ascii_lowercase();
        let port = url.port_u16().or(match scheme.as_str() {
            "https" => Some(443),
            "http" => Some(80),
            _ => None,
        })?;
        Some((scheme, url.host()?.to_ascii_lowercase(), port))
    };
    origin(one).is_some_and(|one| Some(one) == origin(other))
}

fn nowhere(config: &Config) -> Failure {
    let names = config.names();
    let failure = Failure::usage("no server is named");
    match names.is_empty() {
        true => failure.hint(
            "`scim login NAME --url https://example.com/scim/v2` stores one; `--url URL --token \
             env:NAME` is for once",
        ),
        false => failure.hint(format!(
            "`scim context use NAME` chooses one for good, `-c NAME` for once; there are {}",
            names.join(", ")
        )),
    }
}
