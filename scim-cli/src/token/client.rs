//! Client credentials (RFC 6749 §4.4), with a secret or a private key.

use super::Token;
use super::ask::{self, Asked, BUSY, Line};
use super::assertion::assertion;
use crate::config::Auth;
use crate::failure::Failure;
use crate::secret::Secret;

/// Asks for a token.
pub(super) async fn fetch(auth: &Auth, line: Line<'_>) -> Result<Token, Failure> {
    let mask = line.mask;
    let Auth::OAuth2 {
        token_url,
        client_id,
        secret,
        is_key,
        key_id,
        scopes,
        audience,
    } = auth
    else {
        return Err(Failure::usage("only oauth2 fetches tokens"));
    };
    let what = if *is_key {
        "private key"
    } else {
        "client secret"
    };
    // A key has many lines.
    let resolved = match is_key {
        true => secret.resolve(what)?,
        false => secret.resolve_line(what)?,
    };
    mask.add(&resolved);
    let mut form = vec![("grant_type", "client_credentials".to_owned())];
    let mut basic = None;
    if *is_key {
        let assertion = assertion(&resolved, key_id.as_deref(), client_id, token_url)?;
        mask.add(&Secret::new(&assertion));
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        form.push(("client_id", client_id.clone()));
        form.push(("client_assertion_type", kind.to_owned()));
        form.push(("client_assertion", assertion));
    } else {
        basic = Some((client_id.as_str(), &resolved));
    }
    ask::scoped(&mut form, scopes, audience.as_deref());
    match ask::post(token_url, &form, basic, line).await? {
        Asked::Given(value) => ask::token(token_url, &value, mask),
        Asked::Refused {
            passes: true,
            failure,
            ..
        } => Err(failure.hint(BUSY)),
        Asked::Refused { code, failure, .. } => Err(failure.hint(match code.as_str() {
            "invalid_client" => "the client id or the secret is wrong, or the secret has expired",
            "invalid_scope" => "the scopes of the context are not those of the server",
            _ => "`scim context show` prints what is sent",
        })),
    }
}
