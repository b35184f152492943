//! Who a client is, signed with its private key (RFC 7523 §2.2).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};

use super::now;
use crate::failure::{Code, Failure};
use crate::files;
use crate::secret::Secret;
use crate::value::Value;

/// A signed statement of who the client is (RFC 7523 §2.2).
pub(super) fn assertion(
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
