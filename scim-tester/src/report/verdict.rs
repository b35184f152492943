//! What a check came to.

use std::time::Duration;

use crate::{
    check::{Check, Level, Step, Stop},
    trial::{Finding, Trial},
    wire::Secrets,
};

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Everything that was checked is right.
    Pass,
    /// Something is wrong. The level is that of the worst finding.
    Fail(Level),
    /// There was nothing to check, for this reason.
    Skipped(String),
    /// A check that it needs failed.
    Blocked {
        /// The check that failed, or `run` if the run ended before.
        by: String,
        /// What was wrong there.
        why: String,
    },
    /// There is no verdict, because no response came or the tester has a fault.
    Error(String),
}

impl Verdict {
    /// The verdict, and whether what depends on the check makes no sense.
    pub(crate) fn of(trial: &Trial, step: Step) -> (Self, bool) {
        let worst = worst(&trial.findings);
        match step {
            Err(Stop::Failed) => (Self::Fail(worst.unwrap_or(Level::Error)), true),
            Err(Stop::Guard(why)) => (Self::Error(format!("an error of the tester: {why}")), false),
            _ if worst.is_some_and(|level| level > Level::Info) => {
                (Self::Fail(worst.unwrap_or(Level::Error)), false)
            }
            Ok(()) if trial.looked == 0 => (
                Self::Skipped("there was nothing to check".to_owned()),
                false,
            ),
            Ok(()) => (Self::Pass, false),
            Err(Stop::Skip(_)) if trial.looked > 0 => (Self::Pass, false),
            Err(Stop::Skip(why)) => (Self::Skipped(why), false),
            Err(Stop::Blocked(by, why)) => (
                Self::Blocked {
                    by: by.to_owned(),
                    why,
                },
                true,
            ),
            Err(Stop::Network(why)) => (Self::Error(why), false),
            Err(Stop::Ended) => {
                let why = "the run had ended".to_owned();
                (
                    Self::Blocked {
                        by: "run".to_owned(),
                        why,
                    },
                    false,
                )
            }
        }
    }

    /// The word in reports: `pass`, `fail`, `skipped`, `blocked`, `error`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail(_) => "fail",
            Self::Skipped(_) => "skipped",
            Self::Blocked { .. } => "blocked",
            Self::Error(_) => "error",
        }
    }
}

/// The worst of them, without those about a right `scimType`.
pub(crate) fn worst(findings: &[Finding]) -> Option<Level> {
    let wrong = findings
        .iter()
        .filter(|finding| finding.scim_type != Some(true));
    wrong.map(|finding| finding.level).max()
}

/// The result of one check. A check that is run for each resource type has a result for each.
#[derive(Debug, Clone)]
pub struct CheckResult {
    pub(crate) check: &'static Check,
    pub(crate) resource_type: Option<String>,
    pub(crate) verdict: Verdict,
    pub(crate) findings: Vec<Finding>,
    pub(crate) looked: usize,
    pub(crate) requests: usize,
    pub(crate) took: Duration,
}

impl CheckResult {
    /// Masks what is secret in all of its texts.
    pub(super) fn mask(&mut self, secrets: &Secrets) {
        match &mut self.verdict {
            Verdict::Skipped(why) | Verdict::Blocked { why, .. } | Verdict::Error(why) => {
                *why = secrets.mask(why);
            }
            Verdict::Pass | Verdict::Fail(_) => {}
        }
        for finding in &mut self.findings {
            for text in [&mut finding.sub, &mut finding.expected, &mut finding.got] {
                *text = secrets.mask(text);
            }
        }
    }

    /// The check.
    #[must_use]
    pub fn check(&self) -> &'static Check {
        self.check
    }

    /// The name of the resource type, if the check is run for each.
    #[must_use]
    pub fn resource_type(&self) -> Option<&str> {
        self.resource_type.as_deref()
    }

    /// The outcome.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// What is wrong, or worth knowing.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many things were checked.
    #[must_use]
    pub fn looked_at(&self) -> usize {
        self.looked
    }

    /// How many requests it sent.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests
    }

    /// The name of the result, such as `F-21 (User)`.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.resource_type {
            Some(name) => format!("{} ({name})", self.check.id),
            None => self.check.id.to_owned(),
        }
    }

    /// Worked out again after findings went elsewhere.
    pub(crate) fn judge_again(&mut self) {
        if let Verdict::Fail(_) | Verdict::Pass = self.verdict {
            self.verdict = match worst(&self.findings) {
                Some(level) if level > Level::Info => Verdict::Fail(level),
                _ => Verdict::Pass,
            };
        }
    }

    /// Expected to fail: nothing of it is worse than information.
    pub(crate) fn expect(&mut self, why: &str) {
        for finding in &mut self.findings {
            if finding.level > Level::Info {
                finding.level = Level::Info;
                finding.expected.push_str(" (expected here: ");
                finding.expected.push_str(why);
                finding.expected.push(')');
            }
        }
        self.judge_again();
    }
}
