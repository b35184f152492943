//! A person signs in with a browser, on whatever machine has one (RFC 8628).

use std::time::{Duration, Instant};

use scim_client::transport::Transport;

use super::Token;
use super::ask::{self, Asked};
use crate::config::Auth;
use crate::failure::{Code, Failure};
use crate::secret::Secret;
use crate::terminal::{say, visible};
use crate::value::Value;
use crate::wire::Mask;

/// How long is waited between two questions, unless the server says it (RFC 8628 §3.2).
const INTERVAL: u64 = 5;
/// The longest that is waited between two questions, in seconds.
const LONGEST: u64 = 60;
/// How long a person has, unless the server says less: half an hour.
const PATIENCE: u64 = 1800;

/// Signs in.
pub(super) async fn fetch(
    auth: &Auth,
    transport: &dyn Transport,
    mask: &Mask,
) -> Result<Token, Failure> {
    let Auth::Device {
        token_url,
        device_url,
        client_id,
        secret,
        scopes,
        audience,
    } = auth
    else {
        return Err(Failure::usage("only device has somebody to sign in"));
    };
    let secret = resolved(secret.as_ref(), mask)?;
    let basic = secret.as_ref().map(|secret| (client_id.as_str(), secret));
    let mut form = vec![("client_id", client_id.clone())];
    ask::scoped(&mut form, scopes, audience.as_deref());
    let begun = match ask::post(device_url, &form, basic, transport, mask).await? {
        Asked::Given(value) => value,
        Asked::Refused { failure, .. } => {
            return Err(
                failure.hint("may this client sign in by device? Its server has to allow it")
            );
        }
    };
    let wrong = |name: &str| {
        let message = format!("the answer of {device_url} has no `{name}`");
        Failure::new(Code::Auth, message).hint("is `device-url` right?")
    };
    let text = |name: &str| begun.str(name).filter(|text| !text.is_empty());
    let device_code = text("device_code").ok_or_else(|| wrong("device_code"))?;
    mask.add(&Secret::new(device_code));
    let user_code = text("user_code").ok_or_else(|| wrong("user_code"))?;
    // Google's name of it is older than the RFC.
    let page = text("verification_uri").or_else(|| text("verification_url"));
    let page = page.ok_or_else(|| wrong("verification_uri"))?;
    say(format_args!(
        "open {} in a browser, and enter the code {}",
        visible(page),
        visible(user_code)
    ));
    if let Some(whole) = text("verification_uri_complete") {
        say(format_args!("or open {}", visible(whole)));
    }
    let form = vec![
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:device_code".to_owned(),
        ),
        ("device_code", device_code.to_owned()),
        ("client_id", client_id.clone()),
    ];
    let number = |name: &str| begun.get(name).and_then(Value::as_u64);
    let patience = number("expires_in").unwrap_or(PATIENCE).min(PATIENCE);
    let begin = Instant::now();
    let mut interval = number("interval").unwrap_or(INTERVAL).clamp(1, LONGEST);
    while begin.elapsed() < Duration::from_secs(patience) {
        tokio::time::sleep(Duration::from_secs(interval)).await;
        let (code, failure) = match ask::post(token_url, &form, basic, transport, mask).await? {
            Asked::Given(value) => return ask::token(token_url, &value, mask),
            Asked::Refused { code, failure } => (code, failure),
        };
        match code.as_str() {
            "authorization_pending" => {}
            "slow_down" => interval = interval.saturating_add(INTERVAL).min(LONGEST),
            "access_denied" => return Err(failure.hint("somebody refused it in the browser")),
            "expired_token" => break,
            _ => return Err(failure.hint("`scim context show` prints what is asked with")),
        }
    }
    Err(
        Failure::new(Code::Auth, "nobody signed in before the code expired")
            .hint("`scim login` gives a new code"),
    )
}

/// A new token for one that has expired, without anybody; `None` if somebody has to sign in again.
pub(super) async fn refresh(
    auth: &Auth,
    refresh: &Secret,
    transport: &dyn Transport,
    mask: &Mask,
) -> Result<Option<Token>, Failure> {
    let Auth::Device {
        token_url,
        client_id,
        secret,
        ..
    } = auth
    else {
        return Ok(None);
    };
    mask.add(refresh);
    let secret = resolved(secret.as_ref(), mask)?;
    let basic = secret.as_ref().map(|secret| (client_id.as_str(), secret));
    let form = vec![
        ("grant_type", "refresh_token".to_owned()),
        ("refresh_token", refresh.reveal().to_owned()),
        ("client_id", client_id.clone()),
    ];
    match ask::post(token_url, &form, basic, transport, mask).await? {
        Asked::Given(value) => {
            let mut token = ask::token(token_url, &value, mask)?;
            // A server need not give a new one (RFC 6749 §6).
            token.refresh.get_or_insert_with(|| refresh.clone());
            Ok(Some(token))
        }
        Asked::Refused { .. } => Ok(None),
    }
}

fn resolved(
    secret: Option<&crate::secret::Reference>,
    mask: &Mask,
) -> Result<Option<Secret>, Failure> {
    let Some(reference) = secret else {
        return Ok(None);
    };
    let secret = reference.resolve("client secret")?;
    mask.add(&secret);
    Ok(Some(secret))
}
