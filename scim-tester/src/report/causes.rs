//! What is wrong, each reason once.

use crate::{
    check::{Check, Level},
    trial::Finding,
};

use super::{Report, Verdict};

/// Results that fail for the same reason.
#[derive(Debug, Clone)]
pub(crate) struct Cause<'a> {
    pub(crate) check: &'static Check,
    pub(crate) level: Level,
    /// The worst of its findings, the first of these.
    pub(crate) finding: &'a Finding,
    /// Findings of the same check that expected something else.
    pub(crate) others: Vec<&'a Finding>,
    pub(crate) types: Vec<&'a str>,
    pub(crate) subs: Vec<&'a str>,
    pub(crate) count: usize,
    /// Checks that could not be run because of it.
    pub(crate) blocked: usize,
}

impl Report {
    /// What is wrong, worst first, each reason once.
    pub(crate) fn causes(&self, least: Level) -> Vec<Cause<'_>> {
        let mut causes: Vec<Cause<'_>> = Vec::new();
        for result in &self.results {
            for finding in result
                .findings
                .iter()
                .filter(|f| f.level >= least && f.scim_type != Some(true))
            {
                // What a check finds besides follows as a rule from what it found first. Notes do not.
                let same = causes.iter_mut().find(|cause| {
                    cause.check.id == result.check.id
                        && (cause.level > Level::Info) == (finding.level > Level::Info)
                        && (cause.level > Level::Info || cause.finding.got == finding.got)
                });
                let cause = match same {
                    Some(cause) => cause,
                    None => {
                        causes.push(Cause {
                            check: result.check,
                            level: finding.level,
                            finding,
                            others: Vec::new(),
                            types: Vec::new(),
                            subs: Vec::new(),
                            count: 0,
                            blocked: 0,
                        });
                        let Some(last) = causes.last_mut() else {
                            continue;
                        };
                        last
                    }
                };
                cause.count += finding.count.max(1);
                if finding.level > cause.level {
                    cause.level = finding.level;
                    cause.finding = finding;
                }
                let is_known = cause.finding.expected == finding.expected
                    || cause
                        .others
                        .iter()
                        .any(|other| other.expected == finding.expected);
                if !is_known {
                    cause.others.push(finding);
                }
                if let Some(name) = result.resource_type()
                    && !cause.types.contains(&name)
                {
                    cause.types.push(name);
                }
                if !finding.sub.is_empty() && !cause.subs.contains(&finding.sub.as_str()) {
                    cause.subs.push(&finding.sub);
                }
            }
        }
        for result in &self.results {
            if let Verdict::Blocked { by, .. } = &result.verdict
                && let Some(cause) = causes.iter_mut().find(|cause| cause.check.id == by)
            {
                cause.blocked += 1;
            }
        }
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.level));
        causes
    }
}
