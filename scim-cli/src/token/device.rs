//! A person signs in with a browser, on whatever machine has one (RFC 8628).

use std::time::{Duration, Instant};

use super::Token;
use super::ask::{self, Asked, BUSY, Line};
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

/// How long an answer is waited for while somebody signs in, at most.
const ANSWER: Duration = Duration::from_secs(30);
/// After so many questions in a row without a proper answer, it is not asked again.
const GIVE_UP: u32 = 6;
/// The errors after which somebody has to sign in again.
const ENDED: &[&str] = &[
    "invalid_grant",
    "interaction_required",
    "login_required",
    "consent_required",
];

/// Signs in.
pub(super) async fn fetch(auth: &Auth, line: Line<'_>) -> Result<Token, Failure> {
    let mask = line.mask;
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
    let begun = match ask::post(device_url, &form, basic, line).await? {
        Asked::Given(value) => value,
        Asked::Refused { failure, .. } => {
            return Err(
                failure.hint("may this client sign in by device? Its server has to allow it")
            );
        }
    };
    let wrong = |name: &str| {
        let message = format!("the response of {device_url} has no `{name}`");
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
    // A question that gets no answer is asked again before the code expires.
    let line = Line {
        timeout: line.timeout.min(ANSWER),
        ..line
    };
    let mut lost = 0;
    while begin.elapsed() < Duration::from_secs(patience) {
        tokio::time::sleep(Duration::from_secs(interval)).await;
        let (code, passes, failure) = match ask::post(token_url, &form, basic, line).await {
            Ok(Asked::Given(value)) => return ask::token(token_url, &value, mask),
            Ok(Asked::Refused {
                code,
                passes,
                failure,
            }) => (code, passes, failure),
            Err(failure) => {
                let passes = failure.code() == Code::Network;
                (String::new(), passes, failure)
            }
        };
        match code.as_str() {
            "authorization_pending" => lost = 0,
            "slow_down" => {
                lost = 0;
                interval = interval.saturating_add(INTERVAL).min(LONGEST);
            }
            "access_denied" => return Err(failure.hint("somebody refused it in the browser")),
            "expired_token" => break,
            // Somebody may be signing in just now: it is asked again, less often (RFC 8628 §3.5).
            _ if passes && lost < GIVE_UP => {
                lost += 1;
                interval = interval.saturating_mul(2).min(LONGEST);
                let why = visible(failure.message());
                say(format_args!("note: {why}; trying again in {interval} s"));
            }
            _ if passes => return Err(failure),
            _ => return Err(failure.hint("`scim context show` prints what is sent")),
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
    line: Line<'_>,
) -> Result<Option<Token>, Failure> {
    let mask = line.mask;
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
    match ask::post(token_url, &form, basic, line).await? {
        Asked::Given(value) => {
            let mut token = ask::token(token_url, &value, mask)?;
            // A server need not give a new one (RFC 6749 §6).
            token.refresh.get_or_insert_with(|| refresh.clone());
            Ok(Some(token))
        }
        // It is no longer good (RFC 6749 §5.2), or somebody is wanted (OpenID Connect Core §3.1.2.6).
        Asked::Refused { code, .. } if ENDED.contains(&code.as_str()) => Ok(None),
        Asked::Refused {
            passes: true,
            failure,
            ..
        } => Err(failure.hint(BUSY)),
        Asked::Refused { failure, .. } => {
            Err(failure.hint("`scim login` signs in anew; `scim context show` prints the context"))
        }
    }
}

fn resolved(
    secret: Option<&crate::secret::Reference>,
    mask: &Mask,
) -> Result<Option<Secret>, Failure> {
    let Some(reference) = secret else {
        return Ok(None);
    };
    let secret = reference.resolve_line("client secret")?;
    mask.add(&secret);
    Ok(Some(secret))
}
