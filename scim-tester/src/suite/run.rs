//! A run: the checks, one after the other, and what came of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use scim_client::transport::{RequestBody, ServiceTransport, Transport};
use tower_service::Service;

use super::{MAX_BODY, Suite};
use crate::{
    areas,
    base::Base,
    check::{Check, Level, Run, Step, Stop},
    clean,
    context::Context,
    ledger::Ledger,
    observe,
    profile::Profile,
    report::{CheckResult, Report, Verdict, merged},
    resource_type::ResourceType,
    setup,
    together::together,
    trial::{Finding, Trial},
    wire::Answer,
};

/// How long cleaning up may take at least, where a run may take less.
const CLEAN_UP: Duration = Duration::from_secs(60);

/// The checks of what is left of the whole run.
const AT_THE_END: [&str; 2] = ["L-07", "M-10"];

impl Suite {
    /// Runs against a `tower` service in the same process, such as a router of axum.
    ///
    /// Needs a tokio runtime with time.
    pub async fn run<S, B>(self, service: S) -> Report
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let base = self.base_url.clone();
        self.run_over(Arc::new(ServiceTransport::new(service, MAX_BODY)), &base)
            .await
    }

    /// Runs against whatever a transport reaches at this base URL.
    ///
    /// Needs a tokio runtime with time.
    pub async fn run_over(self, transport: Arc<dyn Transport>, base_url: &str) -> Report {
        let mut reports = Vec::new();
        let first = self.clone().seeded();
        for round in 0..self.repeat {
            let mut suite = first.clone();
            suite.seed = suite
                .seed
                .map(|seed| seed.wrapping_add(round as u64 * 1000));
            reports.push(suite.in_jobs(&transport, base_url).await);
        }
        let mut report = match merged(reports, true) {
            Some(report) => report,
            // There is one round at least.
            None => first.once(transport, base_url).await,
        };
        if report.unusable.is_none() {
            observe::merge_causes(&mut report.results);
        }
        for result in &mut report.results {
            if let Some(why) = self.expected.get(result.check.id) {
                result.expect(why);
            }
        }
        report.not_chosen = self.not_chosen();
        report
    }

    /// With a seed, so that its marker is always the same.
    pub(crate) fn seeded(mut self) -> Self {
        self.seed.get_or_insert_with(super::random);
        self
    }

    /// Its areas in several jobs at the same time.
    async fn in_jobs(self, transport: &Arc<dyn Transport>, base_url: &str) -> Report {
        if self.jobs < 2 {
            return self.once(transport.clone(), base_url).await;
        }
        let mut running: Vec<Pin<Box<dyn Future<Output = Report> + Send + '_>>> = Vec::new();
        let parts = self.parts();
        let jobs = parts.len().max(1);
        for (at, part) in parts.into_iter().enumerate() {
            let mut suite = self.clone();
            suite.part = Some(part);
            suite.seed = suite.seed.map(|seed| seed.wrapping_add(at as u64));
            suite.rate = suite.rate.map(|rate| rate / jobs as f64);
            suite.max_requests = suite.max_requests.div_ceil(jobs);
            running.push(Box::pin(suite.once(transport.clone(), base_url)));
        }
        match merged(together(running).await, false) {
            Some(report) => report,
            None => self.once(transport.clone(), base_url).await,
        }
    }

    /// The checks of each job: whole areas, spread so that the jobs have about as many.
    fn parts(&self) -> Vec<BTreeSet<&'static str>> {
        let mut areas: BTreeMap<&str, BTreeSet<&'static str>> = BTreeMap::new();
        for check in self.checks() {
            areas.entry(check.area()).or_default().insert(check.id);
        }
        let mut areas: Vec<_> = areas.into_values().collect();
        areas.sort_by_key(|area| std::cmp::Reverse(area.len()));
        let mut parts: Vec<BTreeSet<_>> = vec![BTreeSet::new(); self.jobs.min(areas.len())];
        for area in areas {
            if let Some(least) = parts.iter_mut().min_by_key(|part| part.len()) {
                least.extend(area);
            }
        }
        // What an area lost is seen among the resources of its own job.
        for check in self
            .checks()
            .iter()
            .filter(|one| AT_THE_END.contains(&one.id))
        {
            for part in &mut parts {
                part.insert(check.id);
            }
        }
        parts
    }

    /// One run, from discovery to cleaning up.
    async fn once(self, transport: Arc<dyn Transport>, base_url: &str) -> Report {
        let begun = Instant::now();
        let marker = self.marker();
        let mut problems = Vec::new();
        let ledger = match &self.ledger {
            None => Ledger::default(),
            Some(path) => {
                Ledger::with_file(path, &Base::of(base_url).url, &marker).unwrap_or_else(|error| {
                    problems.push(format!("no record is kept in {}: {error}", path.display()));
                    Ledger::default()
                })
            }
        };
        let mut cx = self.context(transport, base_url, ledger, &marker);
        let mut results = Vec::new();
        let mut unusable = setup::discover(&mut cx, &self.types).await;
        if unusable.is_none() {
            let mut broken = Broken::default();
            for check in self.checks() {
                run_check(&cx, check, &mut results, &mut broken).await;
            }
            // A server that stopped to answer half-way.
            unusable = cx
                .wire
                .given_up()
                .or_else(|| self.out_of_time(&cx, &results));
        }
        if cx.wire.given_up().is_some() {
            forget_the_end(&cx, &mut results);
        }
        let until = Instant::now() + self.max_time.max(CLEAN_UP);
        problems.extend(limits(&cx));
        let left = clean::up(&cx, bulk_works(&results), until).await;
        if unusable.is_none() {
            observe::report(&cx, &self.checks(), &mut results);
            observe::soften(&cx, &mut results);
        }
        let log = std::mem::take(&mut *cx.wire.log());
        let report = Report {
            target: cx.wire.base.clone(),
            marker,
            profiles: self.profiles.clone(),
            results,
            unusable,
            interrupted: self.stop.load(Ordering::Relaxed),
            left,
            problems,
            exchanges: log,
            secrets: self.secrets(base_url),
            not_chosen: Vec::new(),
            excused: self.expected.keys().cloned().collect(),
            took: begun.elapsed(),
        };
        report.masked()
    }

    /// That the time was over before the last check was run.
    fn out_of_time(&self, cx: &Context, results: &[CheckResult]) -> Option<String> {
        let ended = |result: &CheckResult| matches!(&result.verdict, Verdict::Blocked { by, .. } if by == "run");
        let over = Instant::now() >= cx.deadline && !self.stop.load(Ordering::Relaxed);
        let count = results.iter().filter(|result| ended(result)).count();
        (over && count > 0).then(|| {
            format!(
                "the time limit of {} s was reached, and {count} results are missing",
                self.max_time.as_secs_f64()
            )
        })
    }

    /// The checks of the profiles, errors and worse, that this run leaves out.
    fn not_chosen(&self) -> Vec<&'static Check> {
        let chosen = self.checks();
        areas::all()
            .filter(|check| {
                check.level >= Level::Error
                    && self.profiles.contains(&Profile::of_area(check.area()))
                    && !chosen.iter().any(|one| one.id == check.id)
            })
            .collect()
    }
}

/// Runs a check, for each resource type if it is meant so.
async fn run_check(
    cx: &Context,
    check: &'static Check,
    results: &mut Vec<CheckResult>,
    broken: &mut Broken,
) {
    if let Run::Observed = check.run {
        return;
    }
    let once = [None];
    let each: Vec<_> = cx.types.iter().map(Some).collect();
    let rounds = if check.is_per_type() {
        each.as_slice()
    } else {
        &once
    };
    for r in rounds {
        let name = r.map(|r| r.name.as_str());
        let from = cx.wire.log().len();
        let begun = Instant::now();
        let mut trial = Trial::new(check.level);
        let step = match hindered(cx, check, name, broken) {
            Some(stop) => Err(stop),
            None => {
                cx.begin(&name.map_or(check.id.to_owned(), |name| format!("{} {name}", check.id)));
                let first = tried(cx, check, *r, &mut trial).await;
                match lost(cx, from, &first, broken) {
                    None => first,
                    // With other resources: what the request may have done is not done twice.
                    Some(number) => {
                        broken.again += 1;
                        let mut second = Trial::new(check.level);
                        let step = tried(cx, check, *r, &mut second).await;
                        if !matches!(step, Err(Stop::Network(_))) {
                            cx.wire.recovered(number);
                            let first = std::mem::replace(&mut trial, second);
                            trial.also_saw(first);
                        }
                        step
                    }
                }
            }
        };
        if let Err(Stop::Network(why)) = &step
            && !trial.findings.is_empty()
        {
            trial.found(
                Level::Info,
                "the rest of the check",
                format!("no response: {why}"),
            );
        }
        let refused =
            matches!(step, Err(Stop::Failed)) && observe::only_refused(cx, &trial.findings);
        // A SHOULD that a check of a MUST found is no fault that keeps others from working.
        let is_mild = matches!(step, Err(Stop::Failed))
            && check.level >= Level::Error
            && trial.findings.iter().all(|one| one.level < Level::Error)
            && trial.findings.iter().any(|one| one.level == Level::Warning);
        let (verdict, is_broken) = Verdict::of(&trial, step);
        let place = (check.id, name.unwrap_or_default().to_owned());
        if refused {
            let why = format!("the filters of {} are refused", check.id);
            broken.absent.insert(place, why);
        } else if is_mild {
            let why = format!("{} has a warning", check.id);
            broken.absent.insert(place, why);
        } else if let Verdict::Skipped(why) = &verdict {
            broken.absent.insert(place, why.clone());
        } else if is_broken {
            cx.broke(check.id, &place.1);
            broken.failing.insert(place);
        }
        results.push(CheckResult {
            check,
            resource_type: name.map(str::to_owned),
            verdict,
            looked: trial.looked,
            findings: trial.findings,
            requests: cx.wire.log().len() - from,
            took: begun.elapsed(),
        });
    }
}

/// What was not looked at, or not at once.
fn limits(cx: &Context) -> Vec<String> {
    let many = cx.types.iter().filter(|r| r.left_out > 0).map(|r| {
        let count = r.attrs.len();
        format!(
            "{} has {} attributes, and only the first {count} were checked",
            r.name,
            count + r.left_out
        )
    });
    let late = (!cx.lag().is_zero()).then(|| {
        format!(
            "lists show changes up to {} ms late: the run waited for them",
            cx.lag().as_millis()
        )
    });
    let conditional = cx.needs_versions().then(|| {
        "changes without If-Match are refused with 428 (RFC 6585 §3): the run sent them again with the version, \
         but Entra ID and Okta never send one"
            .to_owned()
    });
    many.chain(late).chain(conditional).collect()
}

/// What a server answered when it was about to be given up is no fault that a check is for: it is told once,
/// as the cause.
fn forget_the_end(cx: &Context, results: &mut [CheckResult]) {
    let log = cx.wire.log();
    let useless = |answer: &&Answer| {
        answer.error.is_some() || answer.is_page() || matches!(answer.status, 401 | 429 | 500..)
    };
    let last: Vec<_> = log.iter().rev().take_while(useless).collect();
    // Fewer are what a server may answer to one check.
    let Some(first) = last.get(2..).and_then(<[_]>::last) else {
        return;
    };
    let is_of_end = |finding: &Finding| finding.exchange.is_some_and(|at| at >= first.number);
    for result in results {
        if result.findings.iter().any(is_of_end) {
            result.findings.retain(|finding| !is_of_end(finding));
            result.judge_again();
            if result
                .findings
                .iter()
                .all(|finding| finding.level == Level::Info)
            {
                result.verdict = Verdict::Error("no response that can be used".to_owned());
            }
        }
    }
}

/// Whether requests with several operations are known to do what they say, so that what the run made can
/// be deleted by a few of them.
fn bulk_works(results: &[CheckResult]) -> bool {
    let of_bulk = || results.iter().filter(|one| one.check.area() == "B");
    let passed = |id: &str| of_bulk().any(|one| one.check.id == id && one.verdict == Verdict::Pass);
    // And filters, by which what is left is found should it not be so.
    let finds = |id: &str| {
        let mut all = results.iter().filter(|one| one.check.id == id).peekable();
        all.peek().is_some() && all.all(|one| one.verdict == Verdict::Pass)
    };
    ["B-01", "B-04", "B-06"].into_iter().all(passed)
        && ["F-13", "L-01", "L-02"].into_iter().all(finds)
        && of_bulk()
            .all(|one| !matches!(one.verdict, Verdict::Fail(Level::Error | Level::Critical)))
}

async fn tried(cx: &Context, check: &Check, r: Option<&ResourceType>, trial: &mut Trial) -> Step {
    match (check.run, r) {
        (Run::Once(run), _) => run(cx, trial).await,
        (Run::Each(run), Some(r)) => run(cx, trial, r).await,
        _ => Ok(()),
    }
}

/// The exchange whose connection ended before an answer, if that is why a check came to no end, and a
/// run that had few of these. None where the check may have changed what is not the run's: it would take
/// for the state before what it left itself.
fn lost(cx: &Context, from: usize, step: &Step, broken: &Broken) -> Option<usize> {
    if !matches!(step, Err(Stop::Network(_))) || broken.again >= AGAIN {
        return None;
    }
    let recovered = cx.wire.all_recovered();
    let log = cx.wire.log();
    let ours = log.get(from..)?;
    if ours.iter().any(|answer| answer.foreign) {
        return None;
    }
    // What ended the check is the last one without an answer, whatever was lost before and sent again.
    let last = ours.iter().rev().find(|answer| answer.error.is_some())?;
    (last.lost && !recovered.contains(&last.number)).then_some(last.number)
}

/// Why a check is not run: the run is over, or what it needs does not work.
fn hindered(
    cx: &Context,
    check: &Check,
    resource_type: Option<&str>,
    broken: &Broken,
) -> Option<Stop> {
    if cx.wire.given_up().is_some()
        || cx.stop.load(Ordering::Relaxed)
        || Instant::now() >= cx.deadline
    {
        return Some(Stop::Ended);
    }
    let concerns = |need: &str, (id, name): &(&str, String)| {
        *id == need && (name.is_empty() || resource_type.is_none_or(|own| own == name))
    };
    for need in check.needs {
        if broken.failing.iter().any(|place| concerns(need, place)) {
            return Some(Stop::Blocked(need, format!("{need} does not work")));
        }
        // What needs something that is not there is not there either. A check that is not for one
        // type runs if one of the types has it.
        let mut absent = broken
            .absent
            .iter()
            .filter(|(place, _)| concerns(need, place));
        if let (Some((_, why)), rest) = (absent.next(), absent.count())
            && (resource_type.is_some() || rest + 1 >= cx.types.len() || !is_per_type(need))
        {
            return Some(Stop::Skip(why.clone()));
        }
    }
    None
}

/// How many checks are run a second time because a connection ended before an answer.
const AGAIN: usize = 25;

/// What dependants are asked about.
#[derive(Default)]
struct Broken {
    /// How many checks were run again.
    again: usize,
    /// Checks, by resource type, after whose failure others make no sense.
    failing: BTreeSet<(&'static str, String)>,
    /// Checks that had nothing to look at, and why.
    absent: BTreeMap<(&'static str, String), String>,
}

fn is_per_type(id: &str) -> bool {
    areas::all().any(|check| check.id == id && check.is_per_type())
}
