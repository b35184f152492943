//! One run: all rows are sent, type after type, some at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::known::{self, Known};
use super::many;
use super::report::Report;
use super::row::{self, Prepared};
use super::send::{self, Sent};
use super::{Done, Input, OnConflict, Plan, Shared, told};
use crate::bulk::Limits;
use crate::documents::Form;
use crate::failure::{Code, Failure};
use crate::interrupt::{FINISHING, Interrupt};
use crate::progress::Progress;
use crate::terminal::{self, say};
use crate::value::Value;

/// After so many failures of the network in a row, the other rows are not sent.
const GIVE_UP: usize = 10;
/// For how many rows it is said that they are not as asked for; the report has all.
const TOLD: usize = 20;
/// How many ids of rows are looked for that are not found by name.
const LOOKED_AT: usize = 20;

/// Rows by their numbers, and what became of each.
type Results = Vec<(usize, Result<Sent, Failure>)>;

const GO_ON: &str = "the same command with --resume continues";

/// The state of a run.
pub(super) struct Work<'w> {
    pub(super) shared: &'w Arc<Shared>,
    pub(super) inputs: &'w [Input],
    pub(super) rows: &'w [Prepared],
    pub(super) plan: &'w Plan,
    pub(super) report: &'w mut Report,
    pub(super) done: &'w mut Done,
    pub(super) rejected: &'w mut Vec<usize>,
    /// Rows that are there, but for references to what was not there yet.
    pub(super) waiting: Vec<(usize, String)>,
    pub(super) interrupt: Interrupt,
}

/// What one request, or one after the other, is for.
enum Unit {
    /// A row, and whether an earlier run sent it without knowing what became of it.
    One(usize, bool),
    /// Rows that are created by one BulkRequest.
    Many(many::Part),
}

impl Unit {
    fn rows(&self) -> &[usize] {
        match self {
            Self::One(at, _) => std::slice::from_ref(at),
            Self::Many(part) => &part.rows,
        }
    }
}

/// What is still to be sent of an input.
struct Todo {
    /// Rows that are created together, as many as the server takes.
    new: VecDeque<usize>,
    /// Those that go one by one.
    others: VecDeque<(usize, bool)>,
    limits: Limits,
}

impl Work<'_> {
    /// Sends all rows, then what refers to rows that were not there yet.
    pub(super) async fn all(&mut self, todo: &[(usize, bool)]) -> Result<(), Failure> {
        for (number, input) in self.inputs.iter().enumerate() {
            let mine: Vec<(usize, bool)> = todo
                .iter()
                .copied()
                .filter(|(at, _)| self.rows.get(*at).is_some_and(|row| row.input == number))
                .collect();
            if !mine.is_empty() {
                self.input(input, &mine).await?;
            }
        }
        self.references().await
    }

    /// What the server has already of these rows.
    async fn known(&self, input: &Input, mine: &[(usize, bool)]) -> Result<Known, Failure> {
        let matched_by = row::matched_by(&input.of, self.plan)?;
        let must_look = self.plan.on_conflict != OnConflict::Fail || self.plan.dry_run;
        if !must_look && !mine.iter().any(|(_, sent)| *sent) {
            return Ok(Known::default());
        }
        let wanted = mine.iter().filter(|(_, sent)| must_look || *sent);
        let wanted = wanted.filter_map(|(at, _)| self.rows.get(*at)?.key_value.clone());
        Known::find(self.shared, &input.of, &matched_by, wanted.collect()).await
    }

    /// The ids of rows that are there already are known before the first row is sent: one that refers
    /// to a later one need not lose its reference for a while.
    fn learn(&self, input: &Input, known: &Known, mine: &[(usize, bool)]) {
        for (at, was_sent) in mine {
            if self.plan.on_conflict == OnConflict::Fail && !was_sent {
                continue;
            }
            let Some(row) = self.rows.get(*at) else {
                continue;
            };
            let there = row
                .key_value
                .as_ref()
                .and_then(|key| known.get(&input.of, key));
            if let Some(id) = there.and_then(|there| there.str("id")) {
                self.shared.learn(row.old_id.as_deref(), id);
            }
        }
    }

    /// Says so where a row of CSV has the id of somebody who is called otherwise on the server: spreadsheets
    /// take zeros away, and then the row becomes somebody else. In another server's rows such ids may be by
    /// chance, so it is a note.
    async fn renamed(
        &self,
        input: &Input,
        known: &Known,
        mine: &[(usize, bool)],
    ) -> Result<(), Failure> {
        let is_table = matches!(input.form, Form::Csv | Form::Tsv);
        if !is_table || known.path() == known::ID || self.plan.on_conflict == OnConflict::Fail {
            return Ok(());
        }
        let rows = mine.iter().filter_map(|(at, _)| self.rows.get(*at));
        let new = rows.filter_map(|row| {
            let (id, key) = (row.old_id.as_deref()?, row.key_value.as_ref()?);
            known
                .get(&input.of, key)
                .is_none()
                .then_some((row, id, key))
        });
        let (mut first, mut more) = (None, 0_usize);
        for (row, id, key) in new.take(LOOKED_AT) {
            let Some(there) = known.by_id(self.shared, &input.of, id).await? else {
                continue;
            };
            match &first {
                Some(_) => more += 1,
                None => first = Some((row.line, key.plain(), there)),
            }
        }
        let Some((line, key, there)) = first else {
            return Ok(());
        };
        let path = known.path();
        let own = there.get(path).map(Value::plain).unwrap_or_default();
        let others = match more {
            0 => String::new(),
            more => format!(" (and {more} more rows)"),
        };
        say(terminal::visible(&format!(
            "note: {}:{line}: the {} with this id has the {path} `{own}`, and none has `{key}`{others}: the row \
             becomes a new resource. If it is the same resource, give --match id",
            input.name, input.of.name
        )));
        Ok(())
    }

    /// Rows one by one, or those that are new together.
    fn todo(&self, input: &Input, known: &Known, mine: &[(usize, bool)]) -> Todo {
        let is_new = |&(at, was_sent): &(usize, bool)| {
            let key = self.rows.get(at).and_then(|row| row.key_value.as_ref());
            let is_new = !was_sent && key.is_none_or(|key| known.get(&input.of, key).is_none());
            is_new && self.plan.bulk && !self.plan.dry_run
        };
        let (new, others): (Vec<_>, Vec<_>) = mine.iter().copied().partition(is_new);
        Todo {
            new: new.into_iter().map(|(at, _)| at).collect(),
            others: others.into(),
            limits: Limits::of(&self.shared.types),
        }
    }

    /// What is sent next. It is made just then: it has the ids that came until now.
    fn next(&self, input: &Input, todo: &mut Todo) -> Option<Unit> {
        let Todo {
            new,
            others,
            limits,
        } = todo;
        if let Some(part) = many::part(self.shared, &input.of, self.rows, new, limits) {
            return Some(Unit::Many(part));
        }
        // One that is too large among others goes by itself.
        let one = new.pop_front().map(|at| (at, false));
        let (at, was_sent) = one.or_else(|| others.pop_front())?;
        Some(Unit::One(at, was_sent))
    }

    async fn input(&mut self, input: &Input, mine: &[(usize, bool)]) -> Result<(), Failure> {
        let mut interrupt = std::mem::replace(&mut self.interrupt, Interrupt::listen());
        let looked = interrupt
            .unless(async {
                let known = self.known(input, mine).await?;
                self.learn(input, &known, mine);
                self.renamed(input, &known, mine).await?;
                Ok(Arc::new(known))
            })
            .await;
        self.interrupt = interrupt;
        let known = looked.map_err(|failure| match failure.code() {
            Code::Interrupted => failure.hint(GO_ON),
            _ => failure,
        })?;
        let mut todo = self.todo(input, &known, mine);
        let mut progress = Progress::new(&input.of.name, Some(mine.len() as u64));
        let mut jobs: JoinSet<Results> = JoinSet::new();
        let mut lost = 0;
        let mut stop: Option<Failure> = None;
        loop {
            while stop.is_none() && jobs.len() < self.plan.jobs {
                let Some(unit) = self.next(input, &mut todo) else {
                    break;
                };
                if let Err(failure) = self.spawn(&mut jobs, input, &known, unit) {
                    stop = Some(self.unreported(failure, jobs.is_empty()));
                }
            }
            if jobs.is_empty() {
                break;
            }
            let ended = tokio::select! {
                ended = jobs.join_next() => ended,
                () = self.interrupt.wait(), if stop.is_none() => {
                    progress.say(FINISHING);
                    stop = Some(Failure::new(Code::Interrupted, "interrupted"));
                    continue;
                }
            };
            let Some(Ok(results)) = ended else {
                continue;
            };
            let mut is_lost = false;
            for (at, sent) in results {
                let failure = match self.result(input, &mut progress, at, sent) {
                    Ok(None) => {
                        lost = 0;
                        continue;
                    }
                    Ok(Some(failure)) => failure,
                    Err(failure) => {
                        stop.get_or_insert(self.unreported(failure, false));
                        continue;
                    }
                };
                is_lost |= failure.code() == Code::Network;
                if failure.code() == Code::Auth {
                    stop.get_or_insert(Failure::new(Code::Auth, "the other rows are not sent"));
                }
            }
            lost = if is_lost { lost + 1 } else { 0 };
            if lost >= GIVE_UP {
                stop.get_or_insert(Failure::new(Code::Network, "the other rows are not sent"));
            }
        }
        progress.finish();
        match stop {
            None => Ok(()),
            Some(failure) => Err(failure.hint(format!("{}; {GO_ON}", self.done.summary()))),
        }
    }

    /// The report cannot be written. What is on its way is waited for, and then no more is sent: nobody
    /// would know of it.
    fn unreported(&self, failure: Failure, is_first: bool) -> Failure {
        match is_first && self.done.is_nothing_sent() {
            true => failure,
            false => failure.with_code(Code::Partly),
        }
    }

    /// Writes down that rows are sent, and sends them.
    fn spawn(
        &mut self,
        jobs: &mut JoinSet<Results>,
        input: &Input,
        known: &Arc<Known>,
        unit: Unit,
    ) -> Result<(), Failure> {
        let mut rows = Vec::new();
        for at in unit.rows() {
            if let Some(row) = self.rows.get(*at) {
                self.report.sent(row)?;
                rows.push((*at, row.clone()));
            }
        }
        let (shared, known, of) = (Arc::clone(self.shared), Arc::clone(known), input.of.clone());
        jobs.spawn(async move {
            let was_sent = match unit {
                Unit::Many(part) => return many::create(&shared, &of, &known, rows, part).await,
                Unit::One(_, was_sent) => was_sent,
            };
            let mut results = Vec::new();
            for (at, row) in rows {
                results.push((at, send::row(&shared, &of, &known, &row, was_sent).await));
            }
            results
        });
        Ok(())
    }

    /// Writes down what became of a row. Gives why, if it was refused.
    fn result(
        &mut self,
        input: &Input,
        progress: &mut Progress,
        at: usize,
        sent: Result<Sent, Failure>,
    ) -> Result<Option<Failure>, Failure> {
        let Some(row) = self.rows.get(at) else {
            return Ok(None);
        };
        match sent {
            Ok(sent) => {
                self.report.done(row, &sent)?;
                if let Some(unmet) = &sent.unmet {
                    self.done.unmet += 1;
                    // One tells of all: what a server does not do it does for no row.
                    if self.done.unmet <= TOLD {
                        let failure = unmet.failure(&self.shared.session);
                        progress.say(&told(&failure, &input.name, row));
                    }
                }
                self.shared.learn(row.old_id.as_deref(), &sent.id);
                if sent.refers {
                    self.waiting.push((at, sent.id.clone()));
                }
                self.done.count(sent.action);
                progress.add(1, 0);
                Ok(None)
            }
            Err(failure) => {
                self.report.failed(row, &failure)?;
                progress.say(&told(&failure, &input.name, row));
                self.done.failed(failure.code());
                self.rejected.push(at);
                progress.add(0, 1);
                Ok(Some(failure))
            }
        }
    }

    /// Sets the references to what did not exist yet.
    async fn references(&mut self) -> Result<(), Failure> {
        for (at, id) in std::mem::take(&mut self.waiting) {
            let row = self.rows.get(at);
            let Some((row, input)) = row.and_then(|row| Some((row, self.inputs.get(row.input)?)))
            else {
                continue;
            };
            self.interrupt.check(GO_ON)?;
            let sent = send::references(self.shared, &input.of, row, &id);
            match self.interrupt.finish(sent).await {
                Ok(()) => self
                    .report
                    .referred(row, &id)
                    .map_err(|failure| failure.with_code(Code::Partly).hint(GO_ON))?,
                Err(failure) => {
                    self.done.failed(failure.code());
                    say(told(&failure.at("its references"), &input.name, row));
                }
            }
        }
        Ok(())
    }
}
