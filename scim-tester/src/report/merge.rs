//! Several runs as one report: the parts of a run that went on at the same time, or the same run
//! again.

use std::sync::Arc;

use crate::{areas, check::Level, trial::Finding, wire::Exchange};

use super::{CheckResult, Report, Verdict};

/// How much a verdict says.
fn weight(verdict: &Verdict) -> usize {
    match verdict {
        Verdict::Skipped(_) => 0,
        Verdict::Pass => 1,
        Verdict::Error(_) => 2,
        Verdict::Blocked { .. } => 3,
        Verdict::Fail(level) => 4 + *level as usize,
    }
}

/// Adds what was found elsewhere; the same thing counts as often as it was seen.
fn add(known: &mut CheckResult, other: CheckResult) {
    known.requests += other.requests;
    known.took += other.took;
    known.looked += other.looked;
    for finding in other.findings {
        let same = |one: &&mut Finding| {
            one.sub == finding.sub
                && one.expected == finding.expected
                && one.level == finding.level
                && one.scim_type == finding.scim_type
        };
        match known.findings.iter_mut().find(same) {
            Some(one) => one.count += finding.count,
            None => known.findings.push(finding),
        }
    }
    if weight(&other.verdict) > weight(&known.verdict) {
        known.verdict = other.verdict;
    }
}

/// One report of several. `repeated` says that all of them ran the same checks: what came out
/// differently is noted then.
pub(crate) fn merged(reports: Vec<Report>, repeated: bool) -> Option<Report> {
    let runs = reports.len();
    let mut reports = reports.into_iter();
    let mut whole = reports.next()?;
    // For each result: how often it failed.
    let failed = |result: &CheckResult| usize::from(matches!(result.verdict, Verdict::Fail(_)));
    let mut failures: Vec<usize> = whole.results.iter().map(failed).collect();
    for report in reports {
        let before = whole.exchanges.len();
        whole.exchanges.extend(report.exchanges.iter().map(|one| {
            Arc::new(Exchange {
                number: one.number + before,
                ..(**one).clone()
            })
        }));
        for mut result in report.results {
            for finding in &mut result.findings {
                finding.exchange = finding.exchange.map(|number| number + before);
                finding.sub = finding.sub.replace(&report.marker, &whole.marker);
            }
            let place = whole.results.iter().position(|known| {
                known.check.id == result.check.id && known.resource_type == result.resource_type
            });
            match place.and_then(|at| Some((whole.results.get_mut(at)?, failures.get_mut(at)?))) {
                Some((known, count)) => {
                    *count += failed(&result);
                    add(known, result);
                }
                None => {
                    failures.push(failed(&result));
                    whole.results.push(result);
                }
            }
        }
        whole.unusable = whole.unusable.or(report.unusable);
        whole.interrupted |= report.interrupted;
        whole.left.extend(report.left);
        whole.problems.extend(report.problems);
        whole.took = match repeated {
            true => whole.took + report.took,
            false => whole.took.max(report.took),
        };
    }
    if repeated {
        for (result, count) in whole.results.iter_mut().zip(&failures) {
            if *count > 0 && *count < runs {
                result.findings.push(Finding {
                    level: Level::Info,
                    sub: String::new(),
                    expected: "the same verdict in each run".to_owned(),
                    got: format!("it failed in {count} of {runs} runs"),
                    exchange: None,
                    count: 1,
                    scim_type: None,
                });
            }
        }
    }
    let order: Vec<_> = areas::all().map(|check| check.id).collect();
    whole
        .results
        .sort_by_key(|result| order.iter().position(|id| *id == result.check.id));
    Some(whole)
}
