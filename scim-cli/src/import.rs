//! Imports: rows are read and checked, then sent, and what became of each is written to a report
//! that says enough to go on after whatever ended the last run.

mod known;
mod many;
mod rejects;
mod report;
mod row;
mod send;
mod work;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use self::report::{Entry, Report};
use self::row::{Prepared, prepare};
use self::work::Work;
use crate::documents::Form;
use crate::failure::{Code, Failure};
use crate::interrupt::Interrupt;
use crate::session::Session;
use crate::terminal::{self, say};
use crate::types::{ResourceType, Types};

/// A file that is to be imported.
pub(crate) struct Input {
    pub(crate) of: ResourceType,
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) form: Form,
    /// Names of columns, and what they mean.
    pub(crate) names: Vec<(String, String)>,
}

/// What to do with rows that the server has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnConflict {
    Skip,
    Update,
    Fail,
}

/// How it is to be done.
pub(crate) struct Plan {
    pub(crate) on_conflict: OnConflict,
    pub(crate) jobs: usize,
    pub(crate) matched_by: Option<String>,
    pub(crate) rejects: Option<PathBuf>,
    pub(crate) resume: bool,
    pub(crate) validate_only: bool,
    pub(crate) no_check: bool,
    pub(crate) dry_run: bool,
    /// Whether what is new is created by BulkRequests.
    pub(crate) bulk: bool,
}

/// What became of all rows.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) rows: usize,
    counts: HashMap<&'static str, usize>,
    pub(crate) failed: usize,
    /// Why rows failed, if it was the same for all of them.
    pub(crate) why: Option<Code>,
    /// Rows that are done as the server says, and do not show all that was asked for.
    pub(crate) unmet: usize,
}

impl Done {
    fn count(&mut self, action: &'static str) {
        *self.counts.entry(action).or_default() += 1;
        if action == "failed" || action == "invalid" {
            self.failed += 1;
        }
    }

    /// A row failed, for this reason.
    fn failed(&mut self, code: Code) {
        self.why = match (self.failed, self.why) {
            (0, _) => Some(code),
            (_, same) => same.filter(|same| *same == code),
        };
        self.count("failed");
    }

    /// Whether the server refused rows, or did not answer for them.
    pub(crate) fn has_failed(&self) -> bool {
        self.counts.contains_key("failed")
    }

    /// Whether no row was sent by this run.
    fn is_nothing_sent(&self) -> bool {
        let sent = ["created", "updated", "failed"];
        !sent.iter().any(|action| self.counts.contains_key(action))
    }

    /// In a line.
    pub(crate) fn summary(&self) -> String {
        let words = [
            "valid",
            "done before",
            "would create",
            "would update",
            "created",
            "updated",
            "unchanged",
            "skipped",
            "invalid",
            "failed",
        ];
        let parts = words.iter().filter_map(|word| {
            let count = self.counts.get(word)?;
            Some(format!("{count} {word}"))
        });
        let mut parts: Vec<String> = parts.collect();
        if self.unmet > 0 {
            parts.push(format!("{} not as requested", self.unmet));
        }
        match self.rows {
            0 => "0 rows: the input is empty".to_owned(),
            rows if parts.is_empty() => format!("{rows} rows: none of them done"),
            rows => format!("{rows} rows: {}", parts.join(", ")),
        }
    }
}

/// What all jobs share.
pub(crate) struct Shared {
    session: Session,
    types: Types,
    on_conflict: OnConflict,
    dry_run: bool,
    /// The ids that the server gave, by those that the rows had.
    ids: Mutex<HashMap<String, String>>,
    /// The ids that any row has.
    all_ids: std::collections::HashSet<String>,
    /// Whether the server's answers to writes lack what is there.
    leaves_out: OnceLock<bool>,
}

impl Shared {
    fn id_now(&self, id: &str) -> Option<String> {
        self.ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    fn learn(&self, old: Option<&str>, new: &str) {
        if let Some(old) = old {
            let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
            ids.insert(old.to_owned(), new.to_owned());
        }
    }
}

/// What is wrong with a row, and where it stands.
fn told(failure: &Failure, input: &str, row: &Prepared) -> String {
    let text = failure
        .clone()
        .at(&format!("{input}:{}", row.line))
        .render();
    let lines: Vec<String> = text.lines().map(terminal::visible).collect();
    lines.join("\n")
}

/// Gives each row a key of its own: the report and BulkRequests know rows by it, and a row may stand
/// twice where nothing in it is unique.
fn number(rows: &mut [Prepared]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let before = seen.entry(row.key.clone()).or_default();
        *before += 1;
        if *before > 1 {
            row.key = format!("{}-{before}", row.key);
        }
    }
}

/// Imports.
pub(crate) async fn run(
    session: Session,
    types: Types,
    inputs: Vec<Input>,
    plan: Plan,
    report_path: &Path,
) -> Result<Done, Failure> {
    let mut done = Done::default();
    let mut rows: Vec<Prepared> = Vec::new();
    let mut titles: Vec<Vec<String>> = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        let (prepared, columns) = prepare(input, at, &plan)?;
        rows.extend(prepared);
        titles.push(columns);
    }
    number(&mut rows);
    done.rows = rows.len();
    let invalid: Vec<&Prepared> = rows.iter().filter(|row| row.wrong.is_some()).collect();
    for row in &invalid {
        if let Some(failure) = &row.wrong {
            let input = inputs
                .get(row.input)
                .map_or("", |input| input.name.as_str());
            say(told(failure, input, row));
        }
    }
    if plan.validate_only {
        for row in &rows {
            done.count(if row.wrong.is_some() {
                "invalid"
            } else {
                "valid"
            });
        }
        return Ok(done);
    }
    if !invalid.is_empty() && plan.rejects.is_none() {
        let message = format!(
            "{} of {} rows are wrong, so nothing is sent",
            invalid.len(),
            rows.len()
        );
        return Err(Failure::usage(message)
            .hint("correct them, or give --rejects FILE: these rows are written there, and the others are sent"));
    }
    let mut rejected: Vec<usize> = Vec::new();
    for (at, _) in rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.wrong.is_some())
    {
        done.count("invalid");
        rejected.push(at);
    }
    let (mut report, entries) = match plan.dry_run {
        true => (Report::none(), HashMap::new()),
        false => Report::open(report_path, plan.resume)?,
    };
    let all_ids = rows.iter().filter_map(|row| row.old_id.clone()).collect();
    let shared = Arc::new(Shared {
        session,
        types,
        on_conflict: plan.on_conflict,
        dry_run: plan.dry_run,
        ids: Mutex::default(),
        all_ids,
        leaves_out: OnceLock::new(),
    });
    // What an earlier run did is known, and so are the ids that it got.
    let mut todo: Vec<(usize, bool)> = Vec::new();
    let mut waiting: Vec<(usize, String)> = Vec::new();
    for (at, row) in rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.wrong.is_none())
    {
        match entries.get(&row.key) {
            Some(Entry::Done(id)) => {
                shared.learn(row.old_id.as_deref(), id);
                done.count("done before");
            }
            Some(Entry::Referring(id)) => {
                shared.learn(row.old_id.as_deref(), id);
                done.count("done before");
                waiting.push((at, id.clone()));
            }
            Some(Entry::Sent) => todo.push((at, true)),
            Some(Entry::Failed) | None => todo.push((at, false)),
        }
    }
    let mut work = Work {
        shared: &shared,
        inputs: &inputs,
        rows: &rows,
        plan: &plan,
        report: &mut report,
        done: &mut done,
        rejected: &mut rejected,
        waiting,
        interrupt: Interrupt::listen(),
    };
    let outcome = work.all(&todo).await;
    if let Some(path) = &plan.rejects {
        rejects::write(path, &inputs, &rows, &titles, &mut rejected)?;
    }
    if !plan.dry_run && !todo.is_empty() {
        say(format_args!("the report is {}", report_path.display()));
    }
    outcome.map(|()| done)
}
