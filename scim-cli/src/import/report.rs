//! The report of an import. It is written line by line, and is what `--resume` reads.
//!
//! A row is written down before it is sent, and again when its answer came. After a run that was
//! killed, a row that was sent and not answered may or may not have been done: it is looked for on
//! the server before it is sent again.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::row::Prepared;
use super::send::Sent;
use crate::failure::{Failure, of_file};
use crate::files;
use crate::value::Value;

/// What a report says of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// It was sent, and nobody knows what became of it.
    Sent,
    /// It is done, as the resource with this id.
    Done(String),
    /// It is there, but for references to what was not there yet.
    Referring(String),
    /// It was refused.
    Failed,
}

/// The report of a run.
pub(super) struct Report {
    file: Option<(PathBuf, File)>,
    /// No other run writes it.
    _lock: Option<files::Lock>,
}

impl Report {
    /// A report that is not written.
    pub(super) fn none() -> Self {
        Self {
            file: None,
            _lock: None,
        }
    }

    /// Opens a report, and reads what an earlier run wrote if that is to go on. Two runs at once would
    /// both send the rows that are left, so the second is refused.
    pub(super) fn open(
        path: &Path,
        resume: bool,
    ) -> Result<(Self, HashMap<String, Entry>), Failure> {
        let mut entries = HashMap::new();
        let lock = match files::is_special(path) {
            true => None,
            false => Some(files::Lock::attempt(path)?.ok_or_else(|| {
                let message = format!("another import is writing {}", path.display());
                Failure::usage(message).hint(
                    "wait until it has ended, then --resume does what is left; for another import, --report FILE \
                     names another report",
                )
            })?),
        };
        // One that was begun and left before the first row says nothing.
        let is_begun =
            std::fs::metadata(path).is_ok_and(|about| !about.is_file() || about.len() > 0);
        let is_there = path.exists() && (resume || is_begun);
        if resume && !is_there {
            return Err(
                Failure::usage(format!("there is no report {}", path.display()))
                    .hint("--report FILE names it; without --resume the import begins anew"),
            );
        }
        if !resume && is_there {
            return Err(Failure::usage(format!("{} exists already", path.display()))
                .hint("--resume continues that import; remove the file to begin anew, or name another: --report FILE"));
        }
        if is_there {
            let text = std::fs::read_to_string(path).map_err(of_file(path))?;
            // The last line may be cut off.
            for value in text.lines().filter_map(|line| Value::parse(line).ok()) {
                let Some(key) = value.str("key").map(str::to_owned) else {
                    continue;
                };
                let entry = match (value.str("action"), value.str("id")) {
                    (Some("sent"), _) => Entry::Sent,
                    // It may have been done all the same.
                    (Some("failed"), _) if value.get("outcomeUnknown").is_some() => Entry::Sent,
                    (Some("failed"), _) | (_, None) => Entry::Failed,
                    (_, Some(id)) if value.get("references").is_some() => {
                        Entry::Referring(id.to_owned())
                    }
                    (_, Some(id)) => Entry::Done(id.to_owned()),
                };
                entries.insert(key, entry);
            }
            if !text.is_empty() && !text.ends_with('\n') {
                let mut file = OpenOptions::new()
                    .append(true)
                    .open(path)
                    .map_err(of_file(path))?;
                file.write_all(b"\n").map_err(of_file(path))?;
            }
        } else if !path.exists() {
            files::private_options().open(path).map_err(of_file(path))?;
        }
        let file = OpenOptions::new()
            .append(true)
            .open(path)
            .map_err(of_file(path))?;
        let file = Some((path.to_path_buf(), file));
        Ok((Self { file, _lock: lock }, entries))
    }

    fn write(&mut self, row: &Prepared, members: Vec<(&str, Value)>) -> Result<(), Failure> {
        let Some((path, file)) = &mut self.file else {
            return Ok(());
        };
        let mut value = Value::object([
            ("row", Value::from(row.line)),
            ("key", Value::text(&row.key)),
        ]);
        for (name, member) in members {
            value.set(name, member);
        }
        // One call a line, so that no line is torn by what ends the process.
        let line = format!("{value}\n");
        file.write_all(line.as_bytes()).map_err(of_file(path))
    }

    /// A row is about to be sent.
    pub(super) fn sent(&mut self, row: &Prepared) -> Result<(), Failure> {
        self.write(row, vec![("action", Value::text("sent"))])
    }

    /// A row is done. Whether it refers to what is not there yet is said with it, and what of it the
    /// server does not show.
    pub(super) fn done(&mut self, row: &Prepared, sent: &Sent) -> Result<(), Failure> {
        let mut members = vec![
            ("action", Value::text(sent.action)),
            ("id", Value::text(&sent.id)),
        ];
        if let Some(old) = &row.old_id {
            members.push(("from", Value::text(old)));
        }
        if sent.refers {
            members.push(("references", Value::text("later")));
        }
        if let Some(unmet) = &sent.unmet {
            members.push(("notShown", Value::text(unmet.paths())));
        }
        self.write(row, members)
    }

    /// The references of a row that was created before are set.
    pub(super) fn referred(&mut self, row: &Prepared, id: &str) -> Result<(), Failure> {
        let mut members = vec![("action", Value::text("referred")), ("id", Value::text(id))];
        if let Some(old) = &row.old_id {
            members.push(("from", Value::text(old)));
        }
        self.write(row, members)
    }

    /// A row was refused.
    pub(super) fn failed(&mut self, row: &Prepared, failure: &Failure) -> Result<(), Failure> {
        let mut members = vec![
            ("action", Value::text("failed")),
            ("error", Value::text(failure.message())),
        ];
        if let Some(status) = failure.status() {
            members.push(("status", Value::from(u64::from(status))));
        }
        if let Some(word) = failure.scim_type() {
            members.push(("scimType", Value::text(word)));
        }
        if failure.is_outcome_unknown() {
            members.push(("outcomeUnknown", Value::Bool(true)));
        }
        self.write(row, members)
    }
}
