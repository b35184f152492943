//! Imports: rows are read and checked, then sent, and what became of each is written to a report
//! that says enough to go on after whatever ended the last run.

mod known;
mod report;
mod row;
mod send;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use self::known::Known;
use self::report::{Entry, Report};
use self::row::{Prepared, prepare};
use crate::documents::Form;
use crate::failure::{Code, Failure};
use crate::output::csv_text;
use crate::progress::Progress;
use crate::session::Session;
use crate::terminal::{self, say};
use crate::types::{ResourceType, Types};
use crate::value::Value;
use crate::yaml;

/// After so many failures of the network in a row, the rest is not tried.
const GIVE_UP: usize = 10;

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
}

/// What became of all rows.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) rows: usize,
    counts: HashMap<&'static str, usize>,
    pub(crate) failed: usize,
}

impl Done {
    fn count(&mut self, action: &'static str) {
        *self.counts.entry(action).or_default() += 1;
        if action == "failed" || action == "invalid" {
            self.failed += 1;
        }
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
        let parts: Vec<String> = parts.collect();
        format!("{} rows: {}", self.rows, parts.join(", "))
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
    done.rows = rows.len();
    let invalid: Vec<&Prepared> = rows.iter().filter(|row| row.wrong.is_some()).collect();
    for row in &invalid {
        if let Some(failure) = &row.wrong {
            let input = inputs
                .get(row.input)
                .map_or("", |input| input.name.as_str());
            let text = failure
                .clone()
                .at(&format!("{input}:{}", row.line))
                .render();
            say(text
                .lines()
                .map(terminal::visible)
                .collect::<Vec<_>>()
                .join("\n"));
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
            .hint("correct them, or give --rejects FILE: they go there, and the others are sent"));
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
    let outcome = all(
        &shared,
        &inputs,
        &rows,
        &todo,
        &plan,
        &mut report,
        &mut done,
        &mut rejected,
        waiting,
    )
    .await;
    if let Some(path) = &plan.rejects {
        rejects(path, &inputs, &rows, &titles, &mut rejected)?;
    }
    if !plan.dry_run && !todo.is_empty() {
        say(format_args!("the report is {}", report_path.display()));
    }
    outcome.map(|()| done)
}

/// Sends all rows, type after type, some at a time.
#[expect(
    clippy::too_many_arguments,
    reason = "they are the state of one run, used here only"
)]
async fn all(
    shared: &Arc<Shared>,
    inputs: &[Input],
    rows: &[Prepared],
    todo: &[(usize, bool)],
    plan: &Plan,
    report: &mut Report,
    done: &mut Done,
    rejected: &mut Vec<usize>,
    mut waiting: Vec<(usize, String)>,
) -> Result<(), Failure> {
    for (number, input) in inputs.iter().enumerate() {
        let mine: Vec<(usize, bool)> = todo
            .iter()
            .copied()
            .filter(|(at, _)| rows.get(*at).is_some_and(|row| row.input == number))
            .collect();
        if mine.is_empty() {
            continue;
        }
        let matched_by = row::matched_by(&input.of, plan)?;
        let must_look = plan.on_conflict != OnConflict::Fail || plan.dry_run;
        let known = match must_look || mine.iter().any(|(_, sent)| *sent) {
            true => {
                let wanted = mine.iter().filter(|(_, sent)| must_look || *sent);
                let wanted = wanted.filter_map(|(at, _)| rows.get(*at)?.key_value.clone());
                Known::find(shared, &input.of, &matched_by, wanted.collect()).await?
            }
            false => Known::default(),
        };
        let known = Arc::new(known);
        let mut progress = Progress::new(&input.of.name, Some(mine.len() as u64));
        let mut jobs: JoinSet<(usize, Result<send::Sent, Failure>)> = JoinSet::new();
        let mut next = mine.iter();
        let mut lost = 0;
        let mut stop: Option<Failure> = None;
        let interrupted = terminal::interrupted();
        tokio::pin!(interrupted);
        loop {
            while stop.is_none() && jobs.len() < plan.jobs {
                let Some((at, was_sent)) = next.next().copied() else {
                    break;
                };
                let Some(row) = rows.get(at) else {
                    continue;
                };
                report.sent(row)?;
                let (shared, known, row) = (Arc::clone(shared), Arc::clone(&known), row.clone());
                let of = input.of.clone();
                jobs.spawn(
                    async move { (at, send::row(&shared, &of, &known, &row, was_sent).await) },
                );
            }
            if jobs.is_empty() {
                break;
            }
            let ended = tokio::select! {
                ended = jobs.join_next() => ended,
                _ = &mut interrupted, if stop.is_none() => {
                    progress.say("interrupted: what is on its way is finished first");
                    stop = Some(Failure::new(Code::Interrupted, "interrupted"));
                    continue;
                }
            };
            let Some(Ok((at, sent))) = ended else {
                continue;
            };
            let Some(row) = rows.get(at) else {
                continue;
            };
            match sent {
                Ok(sent) => {
                    lost = 0;
                    report.done(row, sent.action, &sent.id, sent.refers)?;
                    shared.learn(row.old_id.as_deref(), &sent.id);
                    if sent.refers {
                        waiting.push((at, sent.id.clone()));
                    }
                    done.count(sent.action);
                    progress.add(1, 0);
                }
                Err(failure) => {
                    lost = if failure.code() == Code::Network {
                        lost + 1
                    } else {
                        0
                    };
                    let gone = failure.code() == Code::Auth || lost >= GIVE_UP;
                    report.failed(row, &failure)?;
                    let text = failure
                        .clone()
                        .at(&format!("{}:{}", input.name, row.line))
                        .render();
                    progress.say(
                        &text
                            .lines()
                            .map(terminal::visible)
                            .collect::<Vec<_>>()
                            .join("\n"),
                    );
                    done.count("failed");
                    rejected.push(at);
                    progress.add(0, 1);
                    if gone && stop.is_none() {
                        stop = Some(Failure::new(failure.code(), "the rest is not tried"));
                    }
                }
            }
        }
        progress.finish();
        if let Some(failure) = stop {
            return Err(failure.hint(format!(
                "{}; the same command with --resume goes on",
                done.summary()
            )));
        }
    }
    // References to what did not exist yet.
    for (at, id) in waiting {
        let Some((row, input)) = rows
            .get(at)
            .and_then(|row| Some((row, inputs.get(row.input)?)))
        else {
            continue;
        };
        match send::references(shared, &input.of, row, &id).await {
            Ok(()) => report.done(row, "referred", &id, false)?,
            Err(failure) => {
                say(failure
                    .at(&format!("{}:{}: its references", input.name, row.line))
                    .render());
                done.count("failed");
            }
        }
    }
    Ok(())
}

/// Rows in a form in which a file has all of them at once.
fn list(form: Form, rows: &[&Prepared]) -> Result<String, Failure> {
    let values = rows.iter().map(|row| {
        let value = Value::parse(&row.original);
        value.map_err(|error| Failure::usage(format!("row {}: {error}", row.line)))
    });
    let values: Vec<Value> = values.collect::<Result<_, _>>()?;
    Ok(match form {
        Form::Yaml => yaml::documents(&values),
        _ => Value::List(values).pretty() + "\n",
    })
}

/// Writes the rows that were refused to a file, in the form of the input. Where several inputs have
/// such rows, each has a file of its own: they have other columns.
fn rejects(
    path: &Path,
    inputs: &[Input],
    rows: &[Prepared],
    titles: &[Vec<String>],
    rejected: &mut [usize],
) -> Result<(), Failure> {
    rejected.sort_unstable();
    let mut written = 0;
    let mut used: Vec<PathBuf> = Vec::new();
    for (number, input) in inputs.iter().enumerate() {
        let of = rejected.iter().filter_map(|at| rows.get(*at));
        let of: Vec<&Prepared> = of.filter(|row| row.input == number).collect();
        let is_last = number + 1 == inputs.len();
        if of.is_empty() && !(is_last && written == 0) {
            continue;
        }
        let nothing = Vec::new();
        let text = match input.form {
            Form::Csv | Form::Tsv => {
                // Every cell, also those that are too many.
                let cells: Vec<Vec<String>> = of.iter().map(|row| row.cells.clone()).collect();
                let tab = input.form == Form::Tsv;
                let titles = titles.get(number).unwrap_or(&nothing);
                csv_text(titles, &cells, if tab { b'\t' } else { b',' }, true)?
            }
            Form::Jsonl => of.iter().map(|row| format!("{}\n", row.original)).collect(),
            Form::Json | Form::Yaml => list(input.form, &of)?,
        };
        let mut place = path.to_path_buf();
        if written > 0 {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let end = path.extension().map(|end| end.to_string_lossy());
            let end = end.map_or(String::new(), |end| format!(".{end}"));
            let name = crate::files::safe_name(&input.of.name);
            place = path.with_file_name(format!("{stem}-{name}{end}"));
            if used.contains(&place) {
                place = path.with_file_name(format!("{stem}-{name}-{number}{end}"));
            }
        }
        crate::files::write_private(&place, &text)?;
        if !of.is_empty() {
            say(format_args!("{} rows are in {}", of.len(), place.display()));
        }
        used.push(place);
        written += 1;
    }
    Ok(())
}
