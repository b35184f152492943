//! What the tester made, so that it writes to nothing else and leaves nothing behind.

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
};

use serde_json::{Value, json};

use crate::json::text;

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

    pub(crate) fn owns(&self, id: &str) -> bool {
        let inner = self.inner();
        inner.invented.contains(id) || inner.made.iter().any(|made| made.id == id)
    }

    pub(crate) fn was_deleted(&self, id: &str) {
        for made in &mut self.inner().made {
            if made.id == id {
                made.gone = true;
            }
        }
    }

    /// A request was sent that may delete it.
    pub(crate) fn may_be_deleted(&self, id: &str) {
        for made in &mut self.inner().made {
            made.doubtful |= made.id == id;
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
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    pub(crate) url: String,
    /// One for each job and each time that it was repeated.
    pub(crate) markers: Vec<String>,
    /// Endpoint and id, in the order of creation.
    pub(crate) made: Vec<(String, String)>,
}

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
pub(crate) fn folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = variable("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(variable("HOME")?).join(".local/state")))?;
    Some(state.join("scim-tester"))
}
