//! `whoami`: who this client is for the server, and what the server says of itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Command;
use http::Method;

use super::facts;
use crate::config::Auth;
use crate::discovery;
use crate::failure::{Code, Failure};
use crate::globals::Globals;
use crate::session::{Call, Session};
use crate::token;
use crate::types::Types;
use crate::value::Value;
use crate::wire;

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("whoami")
            .about("Show as whom the server knows you, and what it says about itself"),
    ]
}

pub(super) async fn whoami(globals: &Globals) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    let mut shown = super::context::shown(&session.context);
    if let Some(expires) = expiry(&session) {
        let now = token::now();
        shown
            .member("auth")
            .set("tokenExpires", Value::text(time(expires)));
        if expires <= now {
            shown.member("auth").set("expired", Value::Bool(true));
        }
    }
    match session.send(&Call::new(Method::GET, "/Me")).await {
        Ok(reply) => {
            let me = reply.value()?;
            for name in ["id", "userName", "displayName"] {
                if let Some(value) = me.get(name) {
                    shown.member("me").set(name, value.clone());
                }
            }
        }
        Err(failure) if matches!(failure.code(), Code::Auth | Code::Network | Code::Done) => {
            return Err(failure);
        }
        Err(_) => shown.set("me", Value::text("the server has no /Me for this client")),
    }
    shown.set("server", server(&types));
    facts(globals, &shown)
}

/// What the server says of itself.
pub(super) fn server(types: &Types) -> Value {
    let names = types.list.iter().map(|of| of.name.as_str());
    let mut server = Value::object([("resourceTypes", Value::texts(names))]);
    for what in ["patch", "bulk", "filter", "sort", "etag", "changePassword"] {
        let says = match types.supports(what) {
            Some(says) => Value::Bool(says),
            None => Value::text("not said"),
        };
        server.set(what, says);
    }
    for (what, name) in [
        ("bulk", "maxOperations"),
        ("bulk", "maxPayloadSize"),
        ("filter", "maxResults"),
    ] {
        if let Some(limit) = types.limit(what, name) {
            server.set(name, Value::from(limit));
        }
    }
    let schemes = types
        .config
        .get("authenticationSchemes")
        .map(Value::each)
        .unwrap_or_default();
    let schemes: Vec<&str> = schemes
        .iter()
        .filter_map(|s| s.str("type").or(s.str("name")))
        .collect();
    if !schemes.is_empty() {
        server.set("authenticationSchemes", Value::texts(schemes));
    }
    if types.is_bundled {
        server.set(
            "schemas",
            Value::text("it publishes none: those of RFC 7643 are used"),
        );
    }
    server
}

/// When the token expires: what its server said, or what stands in it if it is a JWT.
fn expiry(session: &Session) -> Option<u64> {
    let auth = &session.context.auth;
    if let Some(kept) = token::kept(&session.context.name, auth) {
        return kept.expires;
    }
    let Auth::Bearer(reference) = auth else {
        return None;
    };
    // A question would be asked twice.
    if matches!(
        reference,
        crate::secret::Reference::Prompt | crate::secret::Reference::Stdin
    ) {
        return None;
    }
    let secret = reference.resolve("token").ok()?;
    let claims = secret.reveal().split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    Value::parse(&String::from_utf8(claims).ok()?)
        .ok()?
        .get("exp")?
        .as_u64()
}

fn time(seconds: u64) -> String {
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    wire::time_text(at)
}
