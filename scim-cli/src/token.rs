//! Access tokens of OAuth 2.0 (RFC 6749 §4.4), kept between commands until they expire.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{Method, Request};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use scim_client::transport::Transport;

use crate::config::Auth;
use crate::failure::{Code, Failure};
use crate::files;
use crate::network;
use crate::secret::Secret;
use crate::value::Value;
use crate::wire::{Mask, percent};

/// How long before it expires a token is not used any more, in seconds.
const EARLY: u64 = 60;

/// A token, and when it expires, in seconds since 1970.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) secret: Secret,
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
fn file(context: &str, auth: &Auth) -> Option<std::path::PathBuf> {
    let Auth::OAuth2 {
        token_url,
        client_id,
        scopes,
        audience,
        ..
    } = auth
    else {
        return None;
    };
    let scopes = scopes.join(" ");
    let audience = audience.as_deref().unwrap_or_default();
    let what = format!("{context}\n{token_url}\n{client_id}\n{scopes}\n{audience}");
    let name = format!("token-{}.json", files::digest(&what));
    Some(files::cache_folder()?.join(name))
}

/// A token that an earlier command fetched and that is still good.
pub(crate) fn kept(context: &str, auth: &Auth) -> Option<Token> {
    let text = std::fs::read_to_string(file(context, auth)?).ok()?;
    let value = Value::parse(&text).ok()?;
    let expires = value.get("expires").and_then(Value::as_u64)?;
    let token = value.str("token").filter(|token| !token.is_empty())?;
    (expires > now().saturating_add(EARLY)).then(|| Token {
        secret: Secret::new(token),
        expires: Some(expires),
        is_kept: true,
    })
}

/// Throws a kept token away.
pub(crate) fn forget(context: &str, auth: &Auth) {
    if let Some(file) = file(context, auth) {
        let _it_was_not_there = std::fs::remove_file(file);
    }
}

/// Asks for a token.
pub(crate) async fn fetch(
    context: &str,
    auth: &Auth,
    transport: &dyn Transport,
    mask: &Mask,
    insecure_http: bool,
) -> Result<Token, Failure> {
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
        return Err(Failure::usage("only oauth2 has tokens to fetch"));
    };
    if !insecure_http && !network::is_private(token_url) {
        let message = format!("`token-url` {token_url} is not https: the secret would be readable");
        return Err(Failure::usage(message)
            .hint("use https, or --insecure-http where nobody can listen in"));
    }
    let what = if *is_key {
        "private key"
    } else {
        "client secret"
    };
    let resolved = secret.resolve(what)?;
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
        // RFC 6749 §2.3.1: both are form-encoded first.
        let pair = format!("{}:{}", percent(client_id), percent(resolved.reveal()));
        basic = Some(STANDARD.encode(pair));
    }
    if !scopes.is_empty() {
        form.push(("scope", scopes.join(" ")));
    }
    if let Some(audience) = audience {
        form.push(("audience", audience.clone()));
    }
    let form: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", percent(value)))
        .collect();
    let wrong = |why: String| Failure::new(Code::Auth, format!("no token from {token_url}: {why}"));
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(token_url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json");
    if let Some(basic) = basic {
        request = request.header("authorization", format!("Basic {basic}"));
    }
    let request = request.body(Bytes::from(form.join("&")));
    let request = request.map_err(|error| wrong(error.to_string()))?;
    let answer = transport.send(request).await;
    let answer = answer.map_err(|error| {
        Failure::new(
            Code::Network,
            format!("no token from {token_url}: {}", error.cause()),
        )
        .hint("is `token-url` right? `scim context show` prints the context")
    })?;
    let body = String::from_utf8_lossy(answer.body()).into_owned();
    let value = Value::parse(&body).unwrap_or_default();
    if !answer.status().is_success() {
        let code = value.str("error").unwrap_or("");
        let words = value.str("error_description").unwrap_or("");
        let text = format!("{} {code} {words}", answer.status().as_u16());
        return Err(wrong(mask.text(text.trim())).hint(match code {
            "invalid_client" => "client id or secret are wrong, or the secret has expired",
            "invalid_scope" => "the scopes of the context are not those of the server",
            _ => "`scim context show` prints what is asked with",
        }));
    }
    let Some(token) = value.str("access_token").filter(|token| !token.is_empty()) else {
        return Err(wrong("its answer has no `access_token`".to_owned()));
    };
    let lifetime = value
        .get("expires_in")
        .and_then(Value::as_u64)
        .filter(|life| *life > 0);
    let token = Token {
        secret: Secret::new(token),
        expires: lifetime.map(|life| now().saturating_add(life)),
        is_kept: false,
    };
    if let (Some(expires), Some(file)) = (token.expires, file(context, auth)) {
        let kept = Value::object([
            ("expires", Value::from(expires)),
            ("token", Value::text(token.secret.reveal())),
        ]);
        // Without it the next command asks again.
        let _only_slower = files::write_private(&file, &kept.to_string());
    }
    Ok(token)
}

/// A signed statement of who the client is (RFC 7523 §2.2).
fn assertion(
    key: &Secret,
    key_id: Option<&str>,
    client_id: &str,
    audience: &str,
) -> Result<String, Failure> {
    let key = Key::read(key.reveal())?;
    let mut header = Value::object([
        ("alg", Value::text(key.algorithm())),
        ("typ", Value::text("JWT")),
    ]);
    if let Some(key_id) = key_id {
        header.set("kid", Value::text(key_id));
    }
    let now = now();
    let unique = format!(
        "{client_id}-{now}-{}-{:?}",
        std::process::id(),
        std::time::Instant::now()
    );
    let claims = Value::object([
        ("iss", Value::text(client_id)),
        ("sub", Value::text(client_id)),
        ("aud", Value::text(audience)),
        ("iat", Value::from(now)),
        ("exp", Value::from(now.saturating_add(300))),
        ("jti", Value::text(files::digest(&unique))),
    ]);
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&header), encode(&claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes())?);
    Ok(format!("{signed}.{signature}"))
}

enum Key {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

impl Key {
    /// A private key as PEM: PKCS #8 of RSA or P-256, or the older form of RSA keys.
    fn read(pem: &str) -> Result<Self, Failure> {
        let wrong = || {
            Failure::new(
                Code::Auth,
                "the private key is not an RSA or P-256 key as PEM",
            )
            .hint("it begins with -----BEGIN PRIVATE KEY----- (PKCS #8)")
        };
        let (label, body) = pem
            .split_once("-----BEGIN ")
            .and_then(|(_, rest)| rest.split_once("-----"))
            .ok_or_else(wrong)?;
        let body = body.split("-----END").next().unwrap_or_default();
        let body: String = body.split_whitespace().collect();
        let der = STANDARD.decode(body).map_err(|_| wrong())?;
        if label == "RSA PRIVATE KEY" {
            return RsaKeyPair::from_der(&der)
                .map(Self::Rsa)
                .map_err(|_| wrong());
        }
        if let Ok(key) = RsaKeyPair::from_pkcs8(&der) {
            return Ok(Self::Rsa(key));
        }
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &random);
        key.map(Self::P256).map_err(|_| wrong())
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::P256(_) => "ES256",
        }
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, Failure> {
        let random = SystemRandom::new();
        let failed = |_| Failure::new(Code::Auth, "the private key cannot sign");
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, text, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
            Self::P256(key) => {
                let signature = key.sign(&random, text).map_err(failed)?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_signs_what_its_public_half_verifies() {
        use ring::signature::{ECDSA_P256_SHA256_FIXED, KeyPair as _, UnparsedPublicKey};

        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(made.as_ref())
        );
        let text = assertion(&Secret::new(&pem), Some("k1"), "me", "https://x.example").unwrap();
        let (signed, signature) = text.rsplit_once('.').unwrap();
        let Key::P256(pair) = Key::read(&pem).unwrap() else {
            panic!("it is a P-256 key")
        };
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key());
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        public.verify(signed.as_bytes(), &signature).unwrap();
        let header = URL_SAFE_NO_PAD
            .decode(signed.split('.').next().unwrap())
            .unwrap();
        assert_eq!(
            String::from_utf8(header).unwrap(),
            r#"{"alg":"ES256","typ":"JWT","kid":"k1"}"#
        );
        assert!(Key::read("nonsense").is_err());
    }
}
