//! The suite against one server: a column of the matrix, whatever happens.

use std::future::Future;

use crate::{
    expectations,
    outcome::{Cause, Step, Stop, Verdict},
    scenario::Scenario,
    servers::EMBEDDED,
    site::{Site, Way},
    suite,
};

/// The verdicts on one server, in the order of the scenarios, and what else there is to say. It is
/// printed also if it is not complete.
pub(crate) struct Column {
    pub(crate) server: String,
    pub(crate) verdicts: Vec<Verdict>,
    /// Scenarios that were also run by the types that the server publishes.
    pub(crate) compared: usize,
    /// What is wrong besides, such as what is left behind.
    pub(crate) problems: Vec<String>,
}

impl Column {
    fn new(server: &str) -> Self {
        Self {
            server: server.to_owned(),
            verdicts: Vec::new(),
            compared: 0,
            problems: Vec::new(),
        }
    }

    pub(crate) fn count(&self, wanted: impl Fn(&Verdict) -> bool) -> usize {
        self.verdicts
            .iter()
            .filter(|verdict| wanted(verdict))
            .count()
    }

    /// The suite against one server, which is then as it was, also if this is `interrupted`.
    pub(crate) async fn of(
        name: &str,
        url: &str,
        token: &str,
        scenarios: &[&'static Scenario],
        interrupted: impl Future<Output = &'static str>,
    ) -> Self {
        let mut column = Self::new(name);
        let mut site = match Site::connect(url, token).await {
            Ok(site) => site,
            Err(error) => {
                column.problems.push(error.to_string());
                return column;
            }
        };
        tokio::select! {
            () = column.run(&mut site, scenarios) => {}
            word = interrupted => {
                eprintln!("\n{word}: deleting what was created");
                column.problems.push(word.to_owned());
            }
        }
        let sweeper = scenarios
            .iter()
            .zip(&column.verdicts)
            .find(|(scenario, _)| scenario.name == suite::TRUSTS_FILTERS);
        // What was not tried is not trusted.
        let trusted = sweeper.is_some_and(|(_, verdict)| matches!(verdict, Verdict::Pass));
        if let Err(left) = site.sweep(trusted).await {
            column.problems.push(format!("it is not as it was: {left}"));
        }
        if name == EMBEDDED {
            // It offers everything, so a scenario that says otherwise is wrong.
            for verdict in &mut column.verdicts {
                if let Verdict::Unsupported(said) = verdict {
                    *verdict = Verdict::Fail(format!("ours: the embedded one offers it: {said}"));
                }
            }
        }
        column
    }

    async fn run(&mut self, site: &mut Site, scenarios: &[&'static Scenario]) {
        let stays = site.probe().await.err();
        if let Some(stays) = &stays {
            self.problems.push(stays.clone());
        }
        if let Some(problem) = site.unreadable_types() {
            let said = format!("the types that it publishes cannot be read: {problem}");
            self.problems.push(said);
        }
        for scenario in scenarios {
            let verdict = match &stays {
                Some(stays) if !suite::only_reads(scenario) => Verdict::Untried(stays.clone()),
                _ => self.both_ways(site, scenario).await,
            };
            self.verdicts.push(verdict);
        }
    }

    /// By compiled types, and by those that the server publishes. The requests are the same, so the
    /// verdicts must be.
    async fn both_ways(&mut self, site: &Site, scenario: &'static Scenario) -> Verdict {
        let server = self.server.clone();
        let result = scenario.run(site, Way::Compiled).await;
        let verdict = judge(&server, scenario, result);
        if !scenario.has_two_ways() || site.unreadable_types().is_some() {
            return verdict;
        }
        let result = scenario.run(site, Way::AtRunTime).await;
        // Where there is no such attribute, the client sends nothing: there is nothing to compare.
        if let Err(Stop::Failed(failure)) = &result
            && let Cause::Unpublished(path) = &failure.cause
            && !site.publishes(path)
        {
            return verdict;
        }
        self.compared += 1;
        let other = judge(&server, scenario, result);
        compared(verdict, &other)
    }
}

/// The verdict, unless the other one is another.
fn compared(verdict: Verdict, other: &Verdict) -> Verdict {
    if verdict.mark() == other.mark() {
        return verdict;
    }
    let short = |verdict: &Verdict| -> String { verdict.words().chars().take(180).collect() };
    Verdict::Fail(format!(
        "ours: by types known at run time {} ({}), by compiled types {} ({})",
        other.mark(),
        short(other),
        verdict.mark(),
        short(&verdict),
    ))
}

fn judge(server: &str, scenario: &Scenario, result: Step) -> Verdict {
    let known = expectations::of(server, scenario.name);
    let (said, is_failure) = match (&result, known) {
        (Ok(()), None) => return Verdict::Pass,
        (Ok(()), Some(known)) => return Verdict::Mended(known.reason),
        (Err(Stop::SetUp(failure)), _) => return Verdict::Untried(failure.said.clone()),
        (Err(Stop::Failed(failure)), _) => (failure.said.clone(), true),
        (Err(Stop::Unsupported(said)), _) => (said.clone(), false),
    };
    match known {
        Some(known) if known.explains(&said) => Verdict::Fault {
            reason: known.reason,
            said,
        },
        Some(known) if !is_failure => Verdict::Mended(known.reason),
        _ if is_failure => Verdict::Fail(said),
        _ => Verdict::Unsupported(said),
    }
}

#[cfg(test)]
mod tests;
