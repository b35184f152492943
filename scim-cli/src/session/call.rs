//! A request, and what a service provider answered.

use http::{HeaderMap, Method};
use scim_client::Profile;

use crate::failure::{Code, Failure};
use crate::terminal;
use crate::types::ResourceType;
use crate::value::Value;
use crate::wire;

/// A request that is to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

impl Call {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// A request about one resource.
    pub(crate) fn of(method: Method, resource_type: &ResourceType, id: &str) -> Self {
        let endpoint = resource_type.endpoint.trim_end_matches('/');
        Self::new(method, format!("{endpoint}/{}", wire::percent(id)))
    }

    #[must_use]
    pub(crate) fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    #[must_use]
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    #[must_use]
    pub(crate) fn body(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string());
        self
    }

    /// The write happens only if the resource still has this version.
    #[must_use]
    pub(crate) fn if_match(self, version: Option<&str>, profile: &Profile) -> Self {
        match version {
            Some(version) if version.ends_with('"') => self.header("if-match", version),
            Some(version) if profile.quote_versions && !version.is_empty() => {
                self.header("if-match", format!("\"{version}\""))
            }
            _ => self,
        }
    }

    /// Whether it changes nothing: a safe method, or a search by POST.
    pub(crate) fn is_read(&self) -> bool {
        self.method.is_safe() || self.method == Method::POST && self.path.ends_with("/.search")
    }
}

/// What a service provider answered with success.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The body as it came.
    pub(crate) text: Option<String>,
}

impl Reply {
    /// Refuses an error message (RFC 7644 §3.12) that came with a status of success.
    pub(super) fn is_no_error(&self) -> Result<(), Failure> {
        const URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
        let Some(text) = self.text.as_deref().filter(|text| text.contains("Error")) else {
            return Ok(());
        };
        let Ok(value) = Value::parse(text) else {
            return Ok(());
        };
        let urns = value.get("schemas").map(Value::each).unwrap_or_default();
        let mut urns = urns.iter().filter_map(Value::as_str);
        if !urns.any(|urn| urn.eq_ignore_ascii_case(URN)) {
            return Ok(());
        }
        let status = value.get("status").map(Value::plain).unwrap_or_default();
        let code = Failure::answered(status.parse().unwrap_or(0), value.str("scimType"), "").code();
        let words: Vec<String> = [value.str("scimType"), value.str("detail")]
            .into_iter()
            .flatten()
            .map(terminal::visible)
            .collect();
        let message = format!(
            "the server responded with {} and an error message: {} {}",
            self.status,
            terminal::visible(&status),
            words.join(": ")
        );
        Err(Failure::new(code, message.trim_end())
            .hint("it may have done it nevertheless: look before you repeat the command"))
    }

    /// The body as a value; `null` where there is none.
    pub(crate) fn value(&self) -> Result<Value, Failure> {
        match &self.text {
            None => Ok(Value::Null),
            Some(text) => Value::parse(text)
                .map_err(|error| Failure::new(Code::Refused, format!("the response: {error}"))),
        }
    }
}
