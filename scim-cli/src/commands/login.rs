//! `login`: stores how to talk to a server, and looks at it. `logout`: forgets it.

use clap::{ArgMatches, Command};

use super::{flag, many, option, text, texts};
use crate::config::{Auth, Config, Context, check_name};
use crate::discovery;
use crate::failure::Failure;
use crate::files;
use crate::globals::Globals;
use crate::secret::Reference;
use crate::session::{Session, is_same_origin};
use crate::terminal::{self, ask, ask_secret, can_ask, say};
use crate::token;

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("login")
            .about("Store the URL and credentials of a server, and test them")
            .after_help(
                "Examples:\n  scim login prod --url https://example.com/scim/v2 --token env:SCIM_PROD\n  \
                 scim login test -u https://t.example/v2 --client-id me --client-secret file:~/secret \\\n      \
                 --token-url https://login.example/token --scope scim\n  scim login me -u https://t.example/v2 --client-id cli \\\n      \
                 --device-url https://login.example/device --token-url https://login.example/token\n\nThe configuration says where \
                 the secret comes from, and does not have the secret itself. With --store-file, or if you say yes to \
                 the question, a file that only you can read has it.",
            )
            .arg(clap::Arg::new("name").value_name("NAME").help("The name of the context [default: the host]"))
            .arg(
                option("auth", "KIND", "bearer, basic, oauth2, device (you sign in with a browser), header or none")
                    .value_parser(["bearer", "basic", "oauth2", "device", "header", "none"]),
            )
            .arg(option("user", "NAME", "The user name for basic authentication"))
            .arg(option("password", "REF", "Where the password for basic authentication comes from"))
            .arg(option("token-url", "URL", "The token endpoint, for OAuth 2.0"))
            .arg(option("device-url", "URL", "The device authorization endpoint, for OAuth 2.0 with a browser"))
            .arg(option("client-id", "ID", "The client id, for OAuth 2.0"))
            .arg(option("client-secret", "REF", "Where the client secret comes from").conflicts_with("key"))
            .arg(option("key", "REF", "Where the private key (PEM) comes from, in place of a secret (private_key_jwt)"))
            .arg(option("key-id", "ID", "The `kid` of that key"))
            .arg(many("scope", "NAME", "A scope to ask for"))
            .arg(option("audience", "NAME", "The audience of the token"))
            .arg(option("auth-header", "NAME", "The name of the header with the secret that --token REF gives"))
            .arg(flag("read-only", "Refuse to write without --write"))
            .arg(flag("store-file", "Store the secret itself (token, password or client secret) in a file that only you can read"))
            .arg(flag("no-check", "Store it without a request to the server")),
        Command::new("logout").about("Delete the tokens, stored secret and schemas of a context, which -c names"),
    ]
}

pub(super) async fn login(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let config = Config::load()?;
    let name_given = text(matches, "name");
    let old = name_given.and_then(|name| config.context(name).ok());
    let url = match (&globals.url, &old) {
        (Some(url), _) => url.trim().to_owned(),
        (None, Some(old)) => old.url.clone(),
        (None, None) => ask(
            "Base URL of the server",
            "--url https://example.com/scim/v2",
        )?,
    };
    let url = match url.contains("://") {
        true => url,
        false if url.is_empty() => return Err(Failure::usage("the URL is empty")),
        false => format!("https://{url}"),
    };
    let name = match name_given {
        Some(name) => name.to_owned(),
        None => host(&url),
    };
    check_name(&name)?;
    let is_new = old.is_none();
    let mut context = Context::new(&name, &url);
    if let Some(old) = old {
        let old_url = old.url.clone();
        context = Context {
            url: context.url,
            ..old
        };
        if !is_same_origin(&old_url, &context.url) {
            // They were given for another server.
            if !matches!(context.auth, Auth::None) || !context.headers.is_empty() {
                say(format_args!(
                    "credentials and headers for {} are left behind",
                    terminal::visible(&old_url)
                ));
            }
            context.auth = Auth::None;
            context.headers.clear();
        }
    }
    // A file of that name in this folder is meant also from others.
    let profile = globals.profile.clone();
    let profile = profile.map(|name| match files::expand(&name).is_file() {
        true => from_anywhere(&name),
        false => name,
    });
    context.profile = profile.or(context.profile);
    context.read_only |= matches.get_flag("read-only");
    context.insecure_http |= globals.insecure_http;
    for header in &globals.headers {
        let (name, value) = crate::session::header(header)?;
        context
            .headers
            .retain(|(own, _)| !own.eq_ignore_ascii_case(&name));
        context.headers.push((name, value));
    }
    match auth(globals, matches, &name)? {
        Some(auth) => context.auth = auth,
        // Whoever pipes a token in must not believe that it is kept.
        None if is_new || matches.get_flag("store-file") => {
            return Err(Failure::usage(
                "the kind of authentication is missing, and there is no terminal to ask at",
            )
            .hint(
                "--token REF (- reads it from standard input, with --store-file), or --auth none",
            ));
        }
        None => {}
    }
    if !matches.get_flag("no-check") {
        let checked = Globals {
            refresh: true,
            sign_in: true,
            url: None,
            headers: Vec::new(),
            token: None,
            ..globals.clone()
        };
        let session = Session::of(&checked, context.clone()).await?;
        let documents = discovery::fetch(&session).await?;
        let types = documents.to_types();
        let names: Vec<&str> = types.list.iter().map(|of| of.name.as_str()).collect();
        say(format_args!("{} serves {}", context.url, names.join(", ")));
        if types.is_bundled {
            say(match documents.problems.is_empty() {
                true => "it publishes no schemas: those of RFC 7643 are used",
                false => "its schemas cannot be read: those of RFC 7643 are used",
            });
        }
        let has = |what: &&str| types.supports(what) == Some(true);
        let has: Vec<&str> = ["patch", "bulk", "filter", "sort", "etag"]
            .into_iter()
            .filter(|w| has(w))
            .collect();
        say(format_args!(
            "it says that it supports {}",
            match has.is_empty() {
                true => "none of patch, bulk, filter, sort, etag".to_owned(),
                false => has.join(", "),
            }
        ));
        // That it shows its schemas to everybody does not mean that it lets us in.
        if let Some(of) = types.list.first() {
            let query = crate::pages::Query {
                path: of.endpoint.clone(),
                limit: Some(1),
                one_page: true,
                ..crate::pages::Query::default()
            };
            crate::pages::all(&session, &types, &query)
                .await
                .map_err(|failure| {
                    failure.at(&format!(
                        "`{name}` is not stored: {} cannot be listed",
                        of.endpoint
                    ))
                })?;
        }
    }
    Config::change(|config| {
        config.put(&context)?;
        config.set_current(Some(&name));
        Ok(())
    })?;
    say(format_args!(
        "context `{name}` is stored in {} and is the current one",
        config.path().display()
    ));
    Ok(())
}

/// The authentication that options or answers say; `None` leaves it as it is.
fn auth(globals: &Globals, matches: &ArgMatches, name: &str) -> Result<Option<Auth>, Failure> {
    let reference = |option: &str| text(matches, option).map(Reference::parse).transpose();
    let token = globals.token.as_deref().map(Reference::parse).transpose()?;
    let wanted = |name: &str, option: &str| match text(matches, option) {
        Some(text) => Ok(text.to_owned()),
        None => ask(name, &format!("--{option}")),
    };
    let guess = match () {
        () if text(matches, "device-url").is_some() => Some("device"),
        () if text(matches, "client-id").is_some() || text(matches, "token-url").is_some() => {
            Some("oauth2")
        }
        () if text(matches, "user").is_some() => Some("basic"),
        () if text(matches, "auth-header").is_some() => Some("header"),
        () if token.is_some() => Some("bearer"),
        () => None,
    };
    let kind = match text(matches, "auth").or(guess) {
        Some(kind) => kind.to_owned(),
        None if !can_ask() => return Ok(None),
        None => {
            let kind = ask(
                "Authentication: bearer, basic, oauth2, device, header or none [bearer]",
                "--auth KIND",
            )?;
            if kind.is_empty() {
                "bearer".to_owned()
            } else {
                kind
            }
        }
    };
    let mut auth = match kind.as_str() {
        "none" => Auth::None,
        "bearer" => Auth::Bearer(match token {
            Some(token) => token,
            None => stored(matches, name, "token")?,
        }),
        "basic" => Auth::Basic {
            user: wanted("User", "user")?,
            password: match reference("password")? {
                Some(password) => password,
                None => stored(matches, name, "password")?,
            },
        },
        "header" => Auth::Header {
            name: wanted("Name of the header", "auth-header")?,
            value: match token {
                Some(token) => token,
                None => stored(matches, name, "secret")?,
            },
        },
        "oauth2" => {
            let key = reference("key")?;
            let is_key = key.is_some();
            Auth::OAuth2 {
                token_url: wanted("URL of the token endpoint", "token-url")?,
                client_id: wanted("Client id", "client-id")?,
                secret: match (key, reference("client-secret")?) {
                    (Some(key), _) => key,
                    (None, Some(secret)) => secret,
                    (None, None) => stored(matches, name, "client secret")?,
                },
                is_key,
                key_id: text(matches, "key-id").map(str::to_owned),
                scopes: texts(matches, "scope"),
                audience: text(matches, "audience").map(str::to_owned),
            }
        }
        "device" => Auth::Device {
            device_url: wanted("URL where signing in begins", "device-url")?,
            token_url: wanted("URL of the token endpoint", "token-url")?,
            client_id: wanted("Client id", "client-id")?,
            secret: reference("client-secret")?,
            scopes: texts(matches, "scope"),
            audience: text(matches, "audience").map(str::to_owned),
        },
        other => {
            return Err(Failure::usage(format!(
                "`{other}` is not a kind of authentication"
            )));
        }
    };
    let (reference, what) = match &mut auth {
        Auth::None | Auth::Device { secret: None, .. } => return Ok(Some(auth)),
        Auth::Bearer(reference) => (reference, "token"),
        Auth::Basic { password, .. } => (password, "password"),
        Auth::Header { value, .. } => (value, "secret"),
        Auth::OAuth2 { secret, .. }
        | Auth::Device {
            secret: Some(secret),
            ..
        } => (secret, "client secret"),
    };
    let store = matches.get_flag("store-file");
    if matches!(reference, Reference::Stdin) && !store {
        return Err(Failure::usage(format!(
            "the {what} is read from standard input once, and not kept"
        ))
        .hint("--store-file keeps it in a file that only you can read"));
    }
    let path = secret_file(name)?;
    let is_kept = matches!(&*reference, Reference::File(kept) if files::expand(kept) == path);
    if store && !is_kept {
        let secret = reference.resolve(what)?;
        *reference = keep_secret(&path, secret.reveal())?;
    } else if let Reference::File(path) = reference {
        *path = from_anywhere(path);
    }
    Ok(Some(auth))
}

/// The path of a file as it is found from every folder.
fn from_anywhere(path: &str) -> String {
    let given = files::expand(path);
    match (path.starts_with("~/"), std::path::absolute(&given)) {
        (false, Ok(whole)) => whole.to_str().unwrap_or(path).to_owned(),
        _ => path.to_owned(),
    }
}

/// The file that a secret is kept in, for a context.
fn secret_file(name: &str) -> Result<std::path::PathBuf, Failure> {
    Ok(files::config_folder()?.join("secrets").join(name))
}

fn keep_secret(path: &std::path::Path, secret: &str) -> Result<Reference, Failure> {
    files::write_private(path, &format!("{secret}\n"))?;
    Ok(Reference::File(path.display().to_string()))
}

/// Asks for a secret, and keeps it where somebody wants that.
fn stored(matches: &ArgMatches, name: &str, what: &str) -> Result<Reference, Failure> {
    let hint = "--token env:NAME, file:PATH or cmd:COMMAND says where it comes from";
    let secret = ask_secret(&format!("The {what} (not shown)"), hint)?;
    if secret.is_empty() {
        return Err(Failure::usage(format!("the {what} is empty")));
    }
    let path = secret_file(name)?;
    let keep = matches.get_flag("store-file") || {
        let question = format!(
            "Keep it in {}, which only you can read? [y/N]",
            path.display()
        );
        ask(&question, "--store-file")?.eq_ignore_ascii_case("y")
    };
    match keep {
        true => keep_secret(&path, &secret),
        false => {
            say("it is not kept, and will be asked for each time");
            Ok(Reference::Prompt)
        }
    }
}

fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', ':', '?']).next().unwrap_or_default();
    host.to_owned()
}

pub(super) fn logout(globals: &Globals) -> Result<(), Failure> {
    let config = Config::load()?;
    let Some(name) = globals.context.as_deref().or(config.current()) else {
        return Err(Failure::usage("no context is in use").hint("`scim context list` lists them"));
    };
    let context = config.context(name)?;
    token::forget(name, &context.auth);
    if let Some(file) = discovery::cache_file(name, &context.url) {
        let _it_was_not_there = std::fs::remove_file(file);
    }
    // A secret that `login` stored goes; one that somebody keeps elsewhere is theirs.
    let secrets = files::config_folder()?.join("secrets");
    if let Some(Reference::File(path)) = context.auth.reference()
        && std::path::Path::new(path).starts_with(&secrets)
    {
        let path = std::path::Path::new(path);
        std::fs::remove_file(path).or_else(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(crate::failure::of_file(path)(error)),
        })?;
        terminal::say(format_args!("the secret in {} is deleted", path.display()));
    }
    terminal::say(format_args!(
        "`{name}`: the tokens and stored schemas are deleted; `scim context remove {name}` removes the rest"
    ));
    Ok(())
}
