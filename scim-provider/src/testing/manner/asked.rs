//! The parameters of a query, in a URL or in the message of `/.search`, to be changed.

use bytes::Bytes;
use http::request::Parts;
use scim_models::internal::percent::{encode, query_decoded};
use serde_json::{Map, Value};

use super::set_target;

/// What is not changed stays as it was written.
pub(in crate::testing) enum Asked {
    /// Pairs as a URL has them.
    Url(Vec<String>),
    /// Members of the message.
    Message(Map<String, Value>),
}

impl Asked {
    pub(in crate::testing) fn in_url(query: &str) -> Self {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Self::Url(pairs.map(str::to_owned).collect())
    }

    /// `None` if it is no JSON object.
    pub(in crate::testing) fn in_message(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self::Message)
    }

    /// The value of a parameter, the last one if there are several, as a text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self {
            Self::Url(pairs) => pairs.iter().rev().find_map(|pair| {
                let (own, value) = pair.split_once('=').unwrap_or((pair, ""));
                let is_it = query_decoded(own).eq_ignore_ascii_case(name);
                is_it.then(|| query_decoded(value).into_owned())
            }),
            Self::Message(members) => {
                let mut members = members.iter();
                let found = members.find(|(own, _)| own.eq_ignore_ascii_case(name));
                match found?.1 {
                    Value::Null => None,
                    Value::String(text) => Some(text.clone()),
                    other => Some(other.to_string()),
                }
            }
        }
    }

    /// Returns whether there is such a parameter.
    pub(super) fn has(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// Takes a parameter out, in whatever letter case it is written.
    pub(in crate::testing) fn leave_out(&mut self, name: &str) {
        match self {
            Self::Url(pairs) => pairs.retain(|pair| {
                let own = pair.split('=').next().unwrap_or_default();
                !query_decoded(own).eq_ignore_ascii_case(name)
            }),
            Self::Message(members) => members.retain(|own, _| !own.eq_ignore_ascii_case(name)),
        }
    }

    /// Gives a parameter this value only: a text or a number.
    pub(super) fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.leave_out(name);
        let value = value.into();
        match self {
            Self::Url(pairs) => {
                let text = match &value {
                    Value::String(text) => encode(text),
                    other => other.to_string(),
                };
                pairs.push(format!("{name}={text}"));
            }
            Self::Message(members) => {
                members.insert(name.to_owned(), value);
            }
        }
    }

    /// Puts the parameters in place of those of a request.
    pub(in crate::testing) fn write(&self, parts: &mut Parts, body: &mut Bytes) {
        match self {
            Self::Url(pairs) => {
                let path = parts.uri.path().to_owned();
                set_target(parts, &path, Some(&pairs.join("&")));
            }
            Self::Message(members) => {
                // Texts and values of JSON: nothing in it can fail.
                *body = serde_json::to_string(members).unwrap_or_default().into();
                parts.headers.remove(http::header::CONTENT_LENGTH);
            }
        }
    }
}
