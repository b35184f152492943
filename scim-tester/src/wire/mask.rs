//! What no report shows: credentials, and the secrets of a resource.

use serde_json::Value;

/// What stands in place of a secret.
pub(crate) const MASK: &str = "***";

/// From how many bytes on a secret is nowhere by chance.
const LONG: usize = 20;

/// The secrets of a run.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    /// Texts that are masked wherever they stand.
    texts: Vec<String>,
    /// Names of headers, in lower case, whose whole values are masked.
    headers: Vec<String>,
}

/// Names of attributes and headers whose values are masked.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "password",
        "secret",
        "authorization",
        "cookie",
        "api-key",
        "apikey",
        "x-token",
    ]
    .iter()
    .any(|word| name.contains(word))
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(..)")
    }
}

impl Secrets {
    /// Adds a text, and the part of it behind a scheme such as `Bearer`.
    pub(crate) fn add(&mut self, text: &str) {
        for part in [Some(text), text.split_once(' ').map(|(_, token)| token)]
            .into_iter()
            .flatten()
        {
            let part = part.trim();
            if part.len() >= 3 {
                self.texts.push(part.to_owned());
                let encoded = crate::percent::encoded(part);
                if encoded != part {
                    self.texts.push(encoded);
                }
            }
        }
        self.texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        self.texts.dedup();
    }

    /// Adds the value of a header that the run was told to send: it may be a credential, whatever it
    /// is called.
    pub(crate) fn add_header(&mut self, name: &str, value: &str) {
        self.headers.push(name.to_ascii_lowercase());
        self.add(value);
    }

    /// Whether the whole value of this header is masked.
    pub(crate) fn hides(&self, header: &str) -> bool {
        is_secret_name(header)
            || self
                .headers
                .iter()
                .any(|own| own.eq_ignore_ascii_case(header))
    }

    pub(crate) fn is_own(&self, authorization: &str) -> bool {
        self.texts
            .iter()
            .any(|text| authorization.contains(text.as_str()))
    }

    /// Whether a text shows one of them. A short one must be a word of its own: a token of a few letters
    /// stands in many words, and is no secret. A long one is nowhere by chance, whatever is before it
    /// (`Bearer%20eyJ`, `\u003ceyJ`).
    pub(crate) fn is_shown(&self, text: &str) -> bool {
        let is_part = |c: char| c.is_alphanumeric();
        self.texts.iter().filter(|own| own.len() >= 6).any(|own| {
            text.match_indices(own.as_str()).any(|(at, found)| {
                let before = text.get(..at).and_then(|head| head.chars().next_back());
                let after = text
                    .get(at + found.len()..)
                    .and_then(|tail| tail.chars().next());
                own.len() >= LONG || !before.is_some_and(is_part) && !after.is_some_and(is_part)
            })
        })
    }

    pub(crate) fn mask(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.texts {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), MASK);
            }
        }
        text
    }

    /// A body, with the values of secret members masked.
    pub(crate) fn body(&self, bytes: &[u8]) -> String {
        let text = match serde_json::from_slice::<Value>(bytes) {
            Ok(mut document) => match masked(&mut document) {
                true => document.to_string(),
                false => String::from_utf8_lossy(bytes).into_owned(),
            },
            Err(_) => String::from_utf8_lossy(bytes).into_owned(),
        };
        self.mask(&text)
    }
}

/// Masks the values of secret members; whether there were any.
pub(crate) fn masked(document: &mut Value) -> bool {
    match document {
        Value::Object(members) => {
            let mut any = false;
            // A PATCH operation names the attribute beside the value.
            let names_secret = members
                .get("path")
                .and_then(Value::as_str)
                .is_some_and(is_secret_name);
            for (name, value) in members.iter_mut() {
                let secret = is_secret_name(name) || (names_secret && name == "value");
                if secret && value.is_string() {
                    *value = MASK.into();
                    any = true;
                } else {
                    any |= masked(value);
                }
            }
            any
        }
        Value::Array(elements) => {
            let mut any = false;
            for element in elements {
                any |= masked(element);
            }
            any
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_within_a_word_is_not_shown() {
        let mut secrets = Secrets::default();
        secrets.add("Bearer token-1");
        assert!(secrets.is_shown("your token-1 is wrong") && secrets.is_shown("token-1"));
        assert!(!secrets.is_shown("mytoken-1") && !secrets.is_shown("token-12"));
        let mut long = Secrets::default();
        long.add("Bearer eyJhbGciOiJub25lIn0.e30.");
        for text in [
            "Bearer%20eyJhbGciOiJub25lIn0.e30.",
            r"\u003ceyJhbGciOiJub25lIn0.e30.\u003e",
            r"token:\neyJhbGciOiJub25lIn0.e30.",
            "xeyJhbGciOiJub25lIn0.e30.x",
        ] {
            assert!(long.is_shown(text), "{text}");
        }
        assert!(!long.is_shown("eyJhbGciOiJub25lIn0"));
        let mut short = Secrets::default();
        short.add("Bearer tok");
        assert!(!short.is_shown("Unexpected token"));
    }

    #[test]
    fn secrets_are_masked_in_bodies_texts_and_operations() {
        let mut secrets = Secrets::default();
        secrets.add("Bearer s3cr+et");
        assert_eq!(secrets.mask("x s3cr+et y s3cr%2Bet"), "x *** y ***");
        let body = br#"{"userName":"a","password":"p1","Operations":[{"op":"add","path":"password","value":"p2"}]}"#;
        let shown = secrets.body(body);
        assert!(!shown.contains("p1") && !shown.contains("p2") && shown.contains("userName"));
    }
}
