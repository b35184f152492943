//! What an error says of itself.

use std::fmt;

use super::{Error, ErrorKind, SHOWN};
use crate::{
    internal,
    shown::{Bytes, Visible},
};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        let (before, after) = match inner.kind {
            ErrorKind::Configuration => ("configuration", ""),
            ErrorKind::InvalidRequest => ("invalid request", ""),
            ErrorKind::Connect => ("no connection", " to "),
            ErrorKind::Timeout => ("no response in time", " from "),
            ErrorKind::Transport => ("connection lost", " to "),
            ErrorKind::Redirect => ("redirected", ""),
            ErrorKind::Credentials => ("no credentials", ""),
            ErrorKind::Decode => ("unusable response", ""),
            ErrorKind::Paging => ("unusable pages", ""),
            ErrorKind::NotProcessed => ("not processed", ""),
            ErrorKind::NotApplied => ("not applied", ""),
            ErrorKind::Status => ("", ""),
        };
        f.write_str(before)?;
        if let (false, Some(host)) = (after.is_empty(), &inner.host) {
            write!(f, "{after}{}", Visible(host))?;
        }
        if let (ErrorKind::Status, Some(status)) = (inner.kind, inner.status) {
            write!(f, "{status}")?;
        }
        if let Some(scim_type) = self.scim_type() {
            write!(
                f,
                " ({})",
                Visible(internal::prefix(scim_type.as_str(), SHOWN))
            )?;
        }
        let words = self.detail().unwrap_or(&inner.message);
        if !words.is_empty() {
            write!(f, ": {}", Visible(internal::prefix(words, SHOWN)))?;
        }
        if let (Some(method), Some(path)) = (&inner.method, &inner.path) {
            write!(f, " [{method} {}]", Visible(path))?;
        }
        if let Some(advice) = inner.advice {
            write!(f, "; {advice}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Error");
        shown
            .field("kind", &self.0.kind)
            .field("text", &self.to_string());
        if self.0.outcome_unknown {
            shown.field("outcome_unknown", &true);
        }
        if let Some(body) = &self.0.body {
            shown.field("body", &Bytes(body.len()));
        }
        if let Some(reason) = self.reason() {
            shown.field("reason", &reason);
        }
        if let Some(source) = &self.0.source {
            shown.field("source", source);
        }
        shown.finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.source {
            Some(source) => Some(&**source),
            None => self.reason()?.source(),
        }
    }
}
