//! Access tokens of OAuth 2.0, kept between commands until they expire.

mod ask;
mod assertion;
mod client;
mod device;

use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use scim_client::transport::Transport;

use self::ask::Line;
use crate::config::Auth;
use crate::failure::{Code, Failure};
use crate::files;
use crate::network;
use crate::secret::Secret;
use crate::terminal;
use crate::value::Value;
use crate::wire::Mask;

/// How long before it expires a token is not used any more, in seconds.
const EARLY: u64 = 60;

/// A token, and when it expires, in seconds since 1970.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) secret: Secret,
    /// What gives another one without anybody.
    refresh: Option<Secret>,
    pub(crate) expires: Option<u64>,
    /// Whether an earlier command fetched it.
    pub(crate) is_kept: bool,
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// The file of a token. Its name says nothing of the client.
fn file(context: &str, auth: &Auth) -> Option<PathBuf> {
    let (urls, client_id, scopes, audience) = match auth {
        Auth::OAuth2 {
            client_id,
            scopes,
            audience,
            ..
        }
        | Auth::Device {
            client_id,
            scopes,
            audience,
            ..
        } => (auth.urls().join("\n"), client_id, scopes, audience),
        _ => return None,
    };
    let scopes = scopes.join(" ");
    let audience = audience.as_deref().unwrap_or_default();
    let what = format!("{context}\n{urls}\n{client_id}\n{scopes}\n{audience}");
    let name = format!("token-{}.json", files::digest(&what));
    Some(files::cache_folder()?.join(name))
}

fn read(context: &str, auth: &Auth) -> Option<Value> {
    let text = std::fs::read_to_string(file(context, auth)?).ok()?;
    Value::parse(&text).ok()
}

fn secret(value: &Value, name: &str) -> Option<Secret> {
    let text = value.str(name).filter(|text| !text.is_empty())?;
    Some(Secret::new(text))
}

/// A token that an earlier command fetched and that is still good.
pub(crate) fn kept(context: &str, auth: &Auth) -> Option<Token> {
    let value = read(context, auth)?;
    let expires = value.get("expires").and_then(Value::as_u64);
    let is_good = match expires {
        Some(expires) => expires > now().saturating_add(EARLY),
        // Nobody is asked to sign in again before the server refuses it.
        None => matches!(auth, Auth::Device { .. }),
    };
    let token = secret(&value, "token").filter(|_| is_good)?;
    Some(Token {
        secret: token,
        refresh: secret(&value, "refresh"),
        expires,
        is_kept: true,
    })
}

fn keep(context: &str, auth: &Auth, token: &Token) {
    let Some(file) = file(context, auth) else {
        return;
    };
    if token.expires.is_none() && !matches!(auth, Auth::Device { .. }) {
        // An older one is not to be taken for it.
        return forget(context, auth);
    }
    let mut kept = Value::object([("token", Value::text(token.secret.reveal()))]);
    if let Some(expires) = token.expires {
        kept.set("expires", Value::from(expires));
    }
    if let Some(refresh) = &token.refresh {
        kept.set("refresh", Value::text(refresh.reveal()));
    }
    // Without it the next command asks again.
    let _only_slower = files::write_private(&file, &kept.to_string());
}

/// Throws away what is kept.
pub(crate) fn forget(context: &str, auth: &Auth) {
    if let Some(file) = file(context, auth) {
        let _it_was_not_there = std::fs::remove_file(file);
    }
}

/// How tokens are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asking {
    /// Plain HTTP to other machines is allowed.
    pub(crate) insecure_http: bool,
    /// Somebody is signing in just now, and waits for it.
    pub(crate) sign_in: bool,
    /// How long an answer is waited for.
    pub(crate) timeout: Duration,
}

/// Asks for a token, and keeps it.
pub(crate) async fn fetch(
    context: &str,
    auth: &Auth,
    transport: &dyn Transport,
    mask: &Mask,
    asking: Asking,
) -> Result<Token, Failure> {
    for (name, url) in ["token-url", "device-url"].into_iter().zip(auth.urls()) {
        if !asking.insecure_http && !network::is_private(url) {
            let message = format!("`{name}` {url} is not https: the secret would be readable");
            return Err(Failure::usage(message)
                .hint("use https, or --insecure-http if nobody else can read the connection"));
        }
    }
    let line = Line {
        transport,
        mask,
        timeout: asking.timeout,
    };
    let token = match auth {
        Auth::Device { .. } => signed_in(context, auth, line, asking).await?,
        _ => client::fetch(auth, line).await?,
    };
    keep(context, auth, &token);
    Ok(token)
}

/// Waits for others who renew the same token, as long as their request may take. Without a lock it is
/// tried all the same.
async fn alone(file: Option<PathBuf>) -> Option<files::Lock> {
    const PATIENCE: Duration = Duration::from_secs(130);
    let file = file?;
    let begun = Instant::now();
    loop {
        match files::Lock::attempt(&file) {
            Ok(None) if begun.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            other => return other.ok().flatten(),
        }
    }
}

async fn signed_in(
    context: &str,
    auth: &Auth,
    line: Line<'_>,
    asking: Asking,
) -> Result<Token, Failure> {
    if !asking.sign_in
        && let Some(token) = refreshed(context, auth, line).await?
    {
        return Ok(token);
    }
    if !asking.sign_in && !terminal::can_ask() {
        let message = "somebody has to sign in again, and there is no terminal to show how";
        return Err(Failure::new(Code::Auth, message).hint(format!("scim login {context}")));
    }
    device::fetch(auth, line).await
}

/// A token that a refresh token gave. Many of these are good for once: two commands that both used the same one
/// would make somebody sign in again, so the second takes what the first got.
async fn refreshed(context: &str, auth: &Auth, line: Line<'_>) -> Result<Option<Token>, Failure> {
    let before = read(context, auth);
    if before
        .as_ref()
        .and_then(|value| secret(value, "refresh"))
        .is_none()
    {
        return Ok(None);
    }
    let _lock = alone(file(context, auth)).await;
    let now = read(context, auth);
    if now != before
        && let Some(token) = kept(context, auth)
    {
        return Ok(Some(token));
    }
    let Some(refresh) = now.and_then(|value| secret(&value, "refresh")) else {
        return Ok(None);
    };
    let token = device::refresh(auth, &refresh, line).await?;
    if let Some(token) = &token {
        keep(context, auth, token);
    }
    Ok(token)
}
