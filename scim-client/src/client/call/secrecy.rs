//! What a server says, without the secrets of the request that it answers.

use std::borrow::Cow;

use bytes::Bytes;
use http::Response;

use super::Call;
use crate::{
    Json,
    client::{
        credentials::{add_headers, add_parameters},
        hooks::Secretive,
        secrets::Secrets,
        sent,
    },
    error::{Error, LOOKED_AT},
    internal,
    json::DecodeError,
    message::{BulkOperation, BulkResult},
    transport::CutOff,
};

impl Call {
    /// What must not be shown of what a server says to requests with these bodies.
    fn secrets_of<'b>(&self, bodies: impl IntoIterator<Item = &'b str>) -> Secrets {
        let mut secrets = Secrets::default();
        if let Some(credentials) = &self.settings.credentials {
            credentials.add_to(&mut secrets);
        }
        add_headers(&self.settings.headers, &mut secrets);
        add_headers(&self.options.headers, &mut secrets);
        let query = self.query();
        let types: Vec<_> = self.types.iter().collect();
        if !query.is_empty() {
            add_parameters(query, &mut secrets);
            sent::add_asked(query, &types, &mut secrets);
        }
        for body in bodies {
            sent::add_values(body, &types, &mut secrets);
        }
        secrets
    }

    /// Takes credentials, and what of the operations is never returned, out of what was said about
    /// operations of a bulk that failed, or about some of them that nobody can tell.
    pub(in crate::client) fn redact(&self, sent: &[BulkOperation], results: &mut [BulkResult]) {
        if results.is_empty() {
            return;
        }
        let bodies = sent.iter().filter_map(|sent| sent.data.as_ref());
        let secrets = self.secrets_of(bodies.map(Json::as_str));
        for result in results {
            let response = result.response.as_ref().map(Json::as_str);
            if let Some(clean) = response.and_then(|text| secrets.redact(text)) {
                result.response = Json::parse(&clean).ok();
            }
            let words = [
                &mut result.description,
                &mut result.location,
                &mut result.version,
            ];
            for words in words {
                let clean = words.as_deref().and_then(|words| secrets.redact(words));
                *words = clean.or_else(|| words.take());
            }
            let others: Vec<_> = result
                .extra
                .iter()
                .filter_map(|(name, json)| {
                    let clean = secrets.redact(json.as_str())?;
                    Some((name.to_owned(), Json::parse(&clean).ok()))
                })
                .collect();
            for (name, json) in others {
                match json {
                    Some(json) => result.extra.insert(name, json),
                    None => drop(result.extra.remove(&name)),
                }
            }
        }
    }

    /// The beginning of a body without secrets, for words of a page: those are cut.
    pub(in crate::client) fn hide_beginning(&self, text: &str) -> String {
        let start = internal::prefix(text, LOOKED_AT);
        let is_cut = start.len() < text.len();
        let clean = self.secrets().redact_text(start, is_cut);
        clean.unwrap_or_else(|| start.to_owned())
    }

    /// The text without secrets, for a message that shows a part of it: of a secret that is cut, the rest
    /// would not be found.
    pub(in crate::client) fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.secrets().redact(text) {
            Some(clean) => clean.into(),
            None => text.into(),
        }
    }

    /// Takes secrets out of what errors keep of a page.
    pub(in crate::client) fn clean<'e>(&self, errors: impl Iterator<Item = &'e mut DecodeError>) {
        let mut errors = errors.peekable();
        if errors.peek().is_some() {
            let secrets = self.secrets();
            errors.for_each(|error| {
                let is_cut = error.is_truncated();
                error.redact(|text| secrets.redact_text(text, is_cut));
            });
        }
    }

    /// Says that it was this request, and nothing of its secrets, which servers repeat also where
    /// they answer with success.
    pub(in crate::client) fn blame(&self, error: Error) -> Error {
        self.blame_without(&self.secrets(), error)
    }

    /// The same of what came of one operation of a bulk, for which these bodies were sent.
    pub(in crate::client) fn blame_operation(&self, bodies: &[Json], error: Error) -> Error {
        let secrets = self.secrets_of(bodies.iter().map(Json::as_str));
        self.blame_without(&secrets, error)
    }

    fn blame_without(&self, secrets: &Secrets, mut error: Error) -> Error {
        error.redact(|text, is_cut| secrets.redact_text(text, is_cut));
        secrets.redact_headers(error.headers_mut());
        error.at(&self.method, &self.full_path())
    }

    /// An error's answer without the secrets of the request, which some servers repeat.
    pub(in crate::client) fn without_secrets(
        &self,
        mut response: Response<Bytes>,
    ) -> Response<Bytes> {
        let secrets = self.secrets();
        secrets.redact_headers(response.headers_mut());
        let is_cut = response.extensions().get::<CutOff>().is_some();
        if let Some(clean) = secrets.redact_bytes(response.body(), is_cut) {
            *response.body_mut() = clean.into();
        }
        response
    }
}

impl Secretive for Call {
    fn secrets(&self) -> Secrets {
        let bodies = [self.body.as_ref(), self.earlier.as_deref()]
            .into_iter()
            .flatten();
        self.secrets_of(bodies.map(|body| std::str::from_utf8(body).unwrap_or_default()))
    }
}
