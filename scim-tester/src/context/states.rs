//! What the resources of the run were like when they were last seen, so that what nobody changed can
//! be told from what somebody did.

use std::collections::BTreeMap;

use http::Method;
use serde_json::Value;

use crate::{
    json::{elements, member, text},
    ledger::Ledger,
    wire::{Answer, Ask, Credentials, percent_decoded},
};

#[derive(Debug, Default)]
struct Seen {
    /// As it was read, if nothing was written to it since.
    state: Option<Value>,
    /// Writes that began, and that were answered.
    begun: usize,
    answered: usize,
}

/// The last known state of each resource, by its path below the base URL.
#[derive(Debug, Default)]
pub(crate) struct States(BTreeMap<String, Seen>);

/// What a request does to a resource.
#[derive(Debug, Clone)]
pub(crate) enum Touch {
    Nothing,
    /// A read of a path, after so many writes.
    Read(String, usize),
    Write(Vec<String>),
}

impl States {
    /// Before a request is sent.
    pub(crate) fn before(&mut self, ask: &Ask, ledger: &Ledger) -> Touch {
        let path = below(&ask.path);
        let paths: Vec<_> = of_operations(ask).iter().map(|path| below(path)).collect();
        if !paths.is_empty() {
            for path in &paths {
                self.0.entry(path.clone()).or_default().begun += 1;
            }
            return Touch::Write(paths);
        }
        if !ledger.owns(&ask.path) {
            return Touch::Nothing;
        }
        let seen = self.0.entry(path.clone()).or_default();
        match ask.method {
            Method::PUT | Method::PATCH | Method::DELETE => {
                seen.begun += 1;
                Touch::Write(vec![path])
            }
            Method::GET if ask.query.is_empty() && ask.credentials == Credentials::Own => {
                match seen.begun == seen.answered {
                    true => Touch::Read(path, seen.begun),
                    false => Touch::Nothing,
                }
            }
            _ => Touch::Nothing,
        }
    }

    /// After it was answered.
    pub(crate) fn after(&mut self, touch: &Touch, answer: Option<&Answer>) {
        match touch {
            Touch::Nothing => {}
            Touch::Read(path, writes) => {
                let seen = self.0.entry(path.clone()).or_default();
                let id = percent_decoded(path.rsplit('/').next().unwrap_or_default());
                if let Some(answer) = answer
                    && answer.status == 200
                    && answer.id() == Some(id.as_str())
                    && seen.begun == *writes
                {
                    seen.state = Some(answer.doc().clone());
                }
            }
            Touch::Write(paths) => {
                // What was refused has changed nothing, or ought to have.
                let refused = answer.is_some_and(|a| a.is_client_error() || a.status == 501);
                for path in paths {
                    let seen = self.0.entry(path.clone()).or_default();
                    seen.answered += 1;
                    if !refused {
                        seen.state = None;
                    }
                }
            }
        }
    }

    pub(crate) fn of(&self, path: &str) -> Option<&Value> {
        self.0.get(&below(path))?.state.as_ref()
    }
}

/// The paths of the operations of a bulk request; none of any other.
pub(super) fn of_operations(ask: &Ask) -> Vec<String> {
    let last = ask.path.trim_end_matches('/').rsplit('/').next();
    if ask.method != Method::POST || last != Some("Bulk") {
        return Vec::new();
    }
    let body = ask.body.as_deref().unwrap_or_default();
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Vec::new();
    };
    elements(member(&body, "Operations"))
        .iter()
        .filter_map(|operation| text(operation, "path"))
        .map(str::to_owned)
        .collect()
}

/// The last two segments of a path: the endpoint and the id.
fn below(path: &str) -> String {
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let id = percent_decoded(segments.next().unwrap_or_default());
    let endpoint = segments.next().unwrap_or_default();
    format!("/{endpoint}/{id}")
}
