//! What the tester made, so that it writes to nothing else and leaves nothing behind.

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, MutexGuard},
};

use serde_json::{Value, json};

use crate::percent::percent_decoded;

/// A resource of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) endpoint: String,
    pub(crate) id: String,
    /// A DELETE of it was answered with success.
    pub(crate) gone: bool,
    /// It may have been deleted: by a bulk request, or by a DELETE that had no clear answer.
    pub(crate) doubtful: bool,
    /// `meta.created`, if the answer to its creation had one: what has the same id and another time
    /// is another resource.
    pub(crate) created: Option<String>,
}

impl Made {
    fn is_at(&self, endpoint: &str, id: &str) -> bool {
        let known = self.endpoint.trim_end_matches('/');
        let end = endpoint.len().checked_sub(known.len());
        self.id == id
            && end
                .and_then(|at| endpoint.get(at..))
                .is_some_and(|end| end.eq_ignore_ascii_case(known))
    }
}

/// The endpoint of a path, with whatever stands before it, and the id behind it.
fn split(path: &str) -> (&str, String) {
    let path = path.trim_end_matches('/');
    let (endpoint, id) = path.rsplit_once('/').unwrap_or(("", path));
    (endpoint, percent_decoded(id))
}

#[derive(Debug, Default)]
struct Inner {
    made: Vec<Made>,
    /// Identifiers that were made up, and belong to nobody.
    invented: BTreeSet<String>,
    file: Option<File>,
}

impl Inner {
    fn write(&mut self, line: &Value) {
        if let Some(file) = &mut self.file {
            // A full disk must not end the run: the marker still finds everything.
            let _written = writeln!(file, "{line}");
        }
    }
}

/// The resources of a run, in the order of their creation; on disk if there is a file.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Inner>);

impl Ledger {
    /// Keeps a file, whose first line says what to look for should nothing else be written.
    pub(crate) fn with_file(path: &Path, url: &str, marker: &str) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        writeln!(file, "{}", json!({"url": url, "marker": marker}))?;
        file.sync_data()?;
        let inner = Inner {
            file: Some(file),
            ..Inner::default()
        };
        Ok(Self(Mutex::new(inner)))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        match self.0.lock() {
            Ok(inner) => inner,
            Err(poisoned) => poisoned.into_inner(),
        }
    }

    /// It is there; it may be known already.
    pub(crate) fn add(&self, endpoint: &str, id: &str) {
        self.put(endpoint, id, None, false);
    }

    /// It was created, at this time if that is known: what had the same id before is no more.
    pub(crate) fn add_created(&self, endpoint: &str, id: &str, created: Option<&str>) {
        self.put(endpoint, id, created, true);
    }

    fn put(&self, endpoint: &str, id: &str, created: Option<&str>, is_new: bool) {
        let line = match created {
            Some(created) => json!({"endpoint": endpoint, "id": id, "created": created}),
            None => json!({"endpoint": endpoint, "id": id}),
        };
        let mut inner = self.inner();
        if let Some(known) = inner
            .made
            .iter_mut()
            .find(|made| made.id == id && made.endpoint == endpoint)
        {
            if std::mem::take(&mut known.gone) || is_new {
                known.created = created.map(str::to_owned);
                known.doubtful = false;
                inner.write(&line);
            }
            return;
        }
        inner.made.push(Made {
            endpoint: endpoint.to_owned(),
            id: id.to_owned(),
            gone: false,
            doubtful: false,
            created: created.map(str::to_owned),
        });
        inner.write(&line);
    }

    /// An identifier that is made up.
    pub(crate) fn invent(&self, id: &str) {
        self.inner().invented.insert(id.to_owned());
    }

    /// Whether the resource at this path is the run's own, or nobody's. The same id may belong to
    /// somebody else's resource of another type.
    pub(crate) fn owns(&self, path: &str) -> bool {
        let (endpoint, id) = split(path);
        let inner = self.inner();
        inner.invented.contains(&id) || inner.made.iter().any(|made| made.is_at(endpoint, &id))
    }

    /// It is gone. The record says so too: somebody else's resource may have the same id later.
    pub(crate) fn was_deleted(&self, path: &str) {
        let (endpoint, id) = split(path);
        let mut inner = self.inner();
        let mut lines = Vec::new();
        for made in &mut inner.made {
            if made.is_at(endpoint, &id) && !made.gone {
                made.gone = true;
                lines.push(json!({"endpoint": made.endpoint, "id": id, "gone": true}));
            }
        }
        lines.iter().for_each(|line| inner.write(line));
    }

    /// A request was sent that may delete it.
    pub(crate) fn may_be_deleted(&self, path: &str) {
        let (endpoint, id) = split(path);
        for made in &mut self.inner().made {
            made.doubtful |= made.is_at(endpoint, &id);
        }
    }

    /// What is not the run's is about to be changed: an attribute of it, or all of it.
    pub(crate) fn borrowed(&self, path: &str, attribute: Option<&str>, old: Option<&Value>) {
        let line = json!({"path": path, "attribute": attribute, "old": old});
        self.inner().write(&line);
    }

    /// It is as it was before the run.
    pub(crate) fn gave_back(&self, path: &str, attribute: Option<&str>) {
        let line = json!({"path": path, "attribute": attribute, "back": true});
        self.inner().write(&line);
    }

    /// What is left, newest first.
    pub(crate) fn left(&self) -> Vec<Made> {
        self.inner()
            .made
            .iter()
            .rev()
            .filter(|made| !made.gone)
            .cloned()
            .collect()
    }

    pub(crate) fn all(&self) -> Vec<Made> {
        self.inner().made.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_created_under_a_known_id_is_another_resource() {
        let ledger = Ledger::default();
        ledger.add_created("/Users", "1", Some("2026-01-01T00:00:00Z"));
        ledger.may_be_deleted("/Users/1");
        // A PUT, or a list, says nothing new.
        ledger.add("/Users", "1");
        let of = |created: Option<&str>, doubtful: bool| Made {
            endpoint: "/Users".to_owned(),
            id: "1".to_owned(),
            gone: false,
            doubtful,
            created: created.map(str::to_owned),
        };
        assert_eq!(ledger.left(), [of(Some("2026-01-01T00:00:00Z"), true)]);
        ledger.add_created("/Users", "1", Some("2026-01-01T00:00:09Z"));
        assert_eq!(ledger.left(), [of(Some("2026-01-01T00:00:09Z"), false)]);
    }
}
