//! What the tester made, so that it writes to nothing else and leaves nothing behind.

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
};

use serde_json::{Value, json};

use crate::{json::text, percent::percent_decoded};

/// A resource of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) endpoint: String,
    pub(crate) id: String,
    /// A DELETE of it was answered with success.
    pub(crate) gone: bool,
    /// It may have been deleted, by a bulk request.
    pub(crate) doubtful: bool,
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

    pub(crate) fn add(&self, endpoint: &str, id: &str) {
        let mut inner = self.inner();
        if let Some(known) = inner
            .made
            .iter_mut()
            .find(|made| made.id == id && made.endpoint == endpoint)
        {
            known.gone = false;
            return;
        }
        inner.made.push(Made {
            endpoint: endpoint.to_owned(),
            id: id.to_owned(),
            gone: false,
            doubtful: false,
        });
        if let Some(file) = &mut inner.file {
            // A full disk must not end the run: the marker still finds everything.
            let _written = writeln!(file, "{}", json!({"endpoint": endpoint, "id": id}));
        }
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

    pub(crate) fn was_deleted(&self, path: &str) {
        let (endpoint, id) = split(path);
        for made in &mut self.inner().made {
            made.gone |= made.is_at(endpoint, &id);
        }
    }

    /// A request was sent that may delete it.
    pub(crate) fn may_be_deleted(&self, path: &str) {
        let (endpoint, id) = split(path);
        for made in &mut self.inner().made {
            made.doubtful |= made.is_at(endpoint, &id);
        }
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

/// What a file of an earlier run says.
#[cfg_attr(
    not(feature = "program"),
    allow(dead_code, reason = "the program cleans up after earlier runs")
)]
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    pub(crate) url: String,
    /// One for each job and each time that it was repeated.
    pub(crate) markers: Vec<String>,
    /// Endpoint and id, in the order of creation.
    pub(crate) made: Vec<(String, String)>,
}

#[cfg_attr(
    not(feature = "program"),
    allow(dead_code, reason = "the program cleans up after earlier runs")
)]
impl Earlier {
    /// Reads it. The last line may be cut off where the run was killed.
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let mut earlier = Self::default();
        for line in std::fs::read_to_string(path)?.lines() {
            let Ok(entry) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            if let (Some(url), Some(marker)) = (text(&entry, "url"), text(&entry, "marker")) {
                url.clone_into(&mut earlier.url);
                earlier.markers.push(marker.to_owned());
            } else if let (Some(endpoint), Some(id)) =
                (text(&entry, "endpoint"), text(&entry, "id"))
            {
                earlier.made.push((endpoint.to_owned(), id.to_owned()));
            }
        }
        Ok(earlier)
    }
}

/// Where the files are: `$XDG_STATE_HOME/scim-tester`, or `~/.local/state/scim-tester`.
#[cfg_attr(
    not(feature = "program"),
    allow(dead_code, reason = "the program cleans up after earlier runs")
)]
pub(crate) fn folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = variable("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(variable("HOME")?).join(".local/state")))?;
    Some(state.join("scim-tester"))
}
