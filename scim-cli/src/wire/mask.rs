//! Takes secrets out of what is shown.

use std::sync::{PoisonError, RwLock};

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use scim_client::filter::Operator;

use crate::secret::{MASKED, Secret};
use crate::value::Value;

/// Members that are secret whatever a schema says.
const SECRET: &[&str] = &[
    "password",
    "secret",
    "token",
    "accesstoken",
    "refreshtoken",
    "clientsecret",
    "clientassertion",
    "assertion",
    "idtoken",
    "apikey",
    "privatekey",
    "bearertoken",
    "devicecode",
];

/// What is secret: texts, headers, and attributes by name.
#[derive(Default)]
pub(crate) struct Mask {
    texts: RwLock<Vec<String>>,
    headers: RwLock<Vec<String>>,
    names: RwLock<Vec<String>>,
}

impl Mask {
    /// A text that must not be shown, in the forms in which it could be.
    pub(crate) fn add(&self, secret: &Secret) {
        let text = secret.reveal();
        // A short one would be found everywhere.
        if text.len() < 4 {
            return;
        }
        let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
        texts.push(text.to_owned());
        texts.push(super::percent(text));
        let escaped = Value::text(text).to_string();
        texts.push(escaped.trim_matches('"').to_owned());
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        texts.dedup();
    }

    /// A header whose value is secret.
    pub(crate) fn add_header(&self, name: &str) {
        let mut headers = self.headers.write().unwrap_or_else(PoisonError::into_inner);
        headers.push(name.to_ascii_lowercase());
    }

    /// An attribute whose values are secret, as a schema says.
    pub(crate) fn add_attribute(&self, name: &str) {
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        names.push(plain(name));
    }

    fn is_secret(&self, name: &str) -> bool {
        let name = plain(name);
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        SECRET.contains(&name.as_str()) || names.contains(&name)
    }

    /// A text without known secrets, and without the values of secret query parameters.
    pub(crate) fn text(&self, text: &str) -> String {
        let text = self.text_only(text);
        match text.split_once('?') {
            Some((path, query)) => {
                let parameters: Vec<String> = query.split('&').map(|p| self.parameter(p)).collect();
                format!("{path}?{}", parameters.join("&"))
            }
            None => text,
        }
    }

    fn parameter(&self, parameter: &str) -> String {
        let is_secret = |name: &str, value: &str| {
            self.is_secret(name)
                || name.eq_ignore_ascii_case("filter")
                    && self.compares_secret(&super::decoded(value))
        };
        match parameter.split_once('=') {
            Some((name, value)) if is_secret(name, value) => format!("{name}={MASKED}"),
            _ => parameter.to_owned(),
        }
    }

    /// Whether the value of a header is secret, as its name says.
    pub(crate) fn is_secret_header(&self, name: &str) -> bool {
        let lower = name.to_ascii_lowercase();
        let own = self.headers.read().unwrap_or_else(PoisonError::into_inner);
        // What a server asks for is no secret, and is what somebody without access has to see.
        if matches!(lower.as_str(), "www-authenticate" | "proxy-authenticate") {
            return false;
        }
        ["auth", "token", "secret", "key", "cookie", "password"]
            .iter()
            .any(|part| lower.contains(part))
            || own.contains(&lower)
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &HeaderName, value: &HeaderValue) -> String {
        let lower = name.as_str();
        match self.is_secret_header(lower) {
            true => {
                let text = value.to_str().unwrap_or_default();
                match text.split_once(' ') {
                    Some((scheme, _)) if lower == "authorization" => format!("{scheme} {MASKED}"),
                    _ => MASKED.to_owned(),
                }
            }
            false => self.text(&String::from_utf8_lossy(value.as_bytes())),
        }
    }

    /// The value of a header of any name, as it is written.
    pub(crate) fn header_text(&self, name: &str, value: &str) -> String {
        match self.is_secret_header(name) {
            true => MASKED.to_owned(),
            false => self.text(value),
        }
    }

    /// A body: JSON without its secret members; of what is no JSON, known secrets and parameters of
    /// secret names go.
    pub(crate) fn body(&self, body: &Bytes) -> String {
        let text = String::from_utf8_lossy(body);
        self.json(&text)
    }

    /// As [`body`](Self::body), with line breaks.
    pub(crate) fn pretty(&self, text: &str) -> String {
        match Value::parse(text) {
            Ok(mut value) => {
                self.value(&mut value);
                self.text_only(&value.pretty())
            }
            Err(_) => self.json(text),
        }
    }

    /// As [`body`](Self::body).
    pub(crate) fn json(&self, text: &str) -> String {
        match Value::parse(text) {
            Ok(mut value) => {
                self.value(&mut value);
                self.text_only(&value.to_string())
            }
            Err(_) => {
                let parameters: Vec<String> = text.split('&').map(|p| self.parameter(p)).collect();
                self.text_only(&parameters.join("&"))
            }
        }
    }

    /// A text without known secrets.
    pub(crate) fn text_only(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self
            .texts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), MASKED);
            }
        }
        text
    }

    /// Masks what is secret in a value, the values of PATCH operations included.
    pub(crate) fn value(&self, value: &mut Value) {
        self.replace(value, &mut |_| MASKED.to_owned());
    }

    /// Puts something in place of what is secret in a value; it is asked for with the name of the
    /// member.
    pub(crate) fn replace(&self, value: &mut Value, stand_in: &mut dyn FnMut(&str) -> String) {
        match value {
            Value::List(elements) => elements
                .iter_mut()
                .for_each(|element| self.replace(element, stand_in)),
            Value::Object(members) => {
                let is_secret_path = members.iter().any(|(name, value)| {
                    name.eq_ignore_ascii_case("path")
                        && value.as_str().is_some_and(|path| self.is_secret_path(path))
                });
                for (name, value) in members {
                    let is = |other: &str| name.eq_ignore_ascii_case(other);
                    let compares = (is("path") || is("filter"))
                        && value
                            .as_str()
                            .is_some_and(|text| self.compares_secret(text));
                    let masked =
                        self.is_secret(last(name)) || is_secret_path && is("value") || compares;
                    match masked && !value.is_empty() {
                        true => *value = Value::text(stand_in(name)),
                        false => self.replace(value, stand_in),
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether the path of an operation leads to a secret: `urn:x:User:password`,
    /// `credentials[type eq "a:b"].secret`.
    fn is_secret_path(&self, path: &str) -> bool {
        let mut outside = String::with_capacity(path.len());
        let mut depth = 0_usize;
        for c in unquoted(path).chars() {
            match c {
                '[' => depth += 1,
                ']' => depth = depth.saturating_sub(1),
                c if depth == 0 => outside.push(c),
                _ => {}
            }
        }
        let names = outside.rsplit(':').next().unwrap_or_default();
        names.split('.').any(|name| self.is_secret(name))
    }

    /// Whether a filter, or the one within a path, compares a secret with something.
    fn compares_secret(&self, filter: &str) -> bool {
        let filter = unquoted(filter);
        let words = filter.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']'));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        words.windows(2).any(|two| match two {
            [name, operator] => {
                self.is_secret(last(name)) && Operator::from_keyword(operator).is_some()
            }
            _ => false,
        })
    }
}

/// A filter or path without what stands in quotes.
fn unquoted(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut chars = text.chars();
    let mut within = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => within = !within,
            '\\' if within => drop(chars.next()),
            c if !within => rest.push(c),
            _ => {}
        }
    }
    rest
}

/// The name of an attribute without the URN in front of it.
fn last(name: &str) -> &str {
    name.rsplit([':', '.']).next().unwrap_or(name)
}

fn plain(name: &str) -> String {
    let name = name.chars().filter(|c| c.is_alphanumeric());
    name.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_wherever_they_stand() {
        let mask = Mask::default();
        mask.add(&Secret::new("t0ken/+x"));
        mask.add_attribute("pinCode");
        let body = r#"{"Operations":[{"op":"add","path":"urn:x:User:password","value":"hunter2"},
            {"value":{"password":"hunter2","pincode":1234,"a":"t0ken/+x"}}]}"#;
        let shown = mask.body(&Bytes::from(body));
        for secret in ["hunter2", "1234", "t0ken"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(
            !mask
                .text("/x?access_token=abcd&a=t0ken%2F%2Bx")
                .contains("abcd")
        );
        assert!(
            !mask
                .text("/x?access_token=abcd&a=t0ken%2F%2Bx")
                .contains("t0ken")
        );
        let form = mask.json("grant_type=client_credentials&client_secret=hunter2");
        assert_eq!(form, "grant_type=client_credentials&client_secret=***");
        let name = HeaderName::from_static("authorization");
        let value = HeaderValue::from_static("Bearer abcdef");
        assert_eq!(mask.header(&name, &value), "Bearer ***");
    }

    #[test]
    fn paths_and_filters_tell_of_secrets() {
        let mask = Mask::default();
        mask.add_attribute("pin");
        let urn = "urn:ietf:params:scim:schemas:core:2.0:User";
        for path in [
            "password",
            &format!("{urn}:password"),
            r#"cards[type eq "a:b"].pin"#,
            r#"cards[type eq "a:b]\"."].pin"#,
            &format!(r#"{urn}:pin[value eq "a:b.c"]"#),
        ] {
            assert!(mask.is_secret_path(path), "{path}");
        }
        for path in [
            urn,
            "title",
            r#"emails[type eq "password"].value"#,
            r#"emails[value eq "a:password"]"#,
            "emails[pin pr].value",
        ] {
            assert!(!mask.is_secret_path(path), "{path}");
        }
        for filter in [
            r#"password eq "hunter2""#,
            r#"a pr and (not (cards.pin EQ 12))"#,
            r#"cards[pin sw "hunter2"]"#,
        ] {
            assert!(mask.compares_secret(filter), "{filter}");
        }
        for filter in [r#"title eq "password eq 1""#, "password pr", "pin"] {
            assert!(!mask.compares_secret(filter), "{filter}");
        }
        let shown = mask.json(
            r#"{"filter":"password eq \"hunter2\"","Operations":[{"op":"remove","path":"cards[pin eq \"hunter2\"]"}]}"#,
        );
        assert!(!shown.contains("hunter2"), "{shown}");
        let shown = mask.text("/Users?filter=password%20eq%20%22hunter2%22&count=1");
        assert_eq!(shown, "/Users?filter=***&count=1");
    }
}
