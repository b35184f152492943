//! What one check sees, while it runs.

use crate::{level::Level, stop::Stop, wire::Answer};

/// The keywords of RFC 7644 §3.12 Table 9, RFC 9865 §2.1, and of RFC 7644's errata.
pub(crate) const KNOWN: [&str; 15] = [
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVers",
    "sensitive",
    "invalidCursor",
    "expiredCursor",
    "invalidCount",
    "tooManyRequests",
    "serverUnavailable",
];

/// Something that is wrong, or that is worth knowing.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub(crate) level: Level,
    pub(crate) sub: String,
    pub(crate) expected: String,
    pub(crate) got: String,
    pub(crate) exchange: Option<usize>,
    /// How often, where the whole run was observed.
    pub(crate) count: usize,
    /// A missing or wrong `scimType`, which may have one cause for all checks.
    pub(crate) scim_type: Option<bool>,
}

impl Finding {
    /// How bad it is.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The part of the check, such as an attribute, an operator or a method. It is empty if the check has
    /// no parts.
    #[must_use]
    pub fn sub(&self) -> &str {
        &self.sub
    }

    /// What was expected.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What the server sent.
    #[must_use]
    pub fn got(&self) -> &str {
        &self.got
    }

    /// The number of the exchange that shows it, if there is one.
    #[must_use]
    pub fn exchange(&self) -> Option<usize> {
        self.exchange
    }

    /// How often it happened.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }
}

/// What a check reports to. Whatever is not reported as wrong is right.
pub(crate) struct Trial {
    level: Level,
    sub: String,
    pub(crate) findings: Vec<Finding>,
    /// How many things were looked at.
    pub(crate) looked: usize,
}

/// The answers that several checks look for; a server that gives another one is reported by the
/// check that is made for it, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// 404 for what is not there.
    NotFound,
    /// 400 for what is wrong with a request.
    BadRequest,
    /// 409 for a value that is taken.
    Conflict,
    /// 204 after a DELETE.
    Deleted,
    /// 405 for a method that is not there.
    NotAllowed,
    /// 412 for another version.
    Precondition,
}

impl Rule {
    pub(crate) fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::BadRequest => 400,
            Self::Conflict => 409,
            Self::Deleted => 204,
            Self::NotAllowed => 405,
            Self::Precondition => 412,
        }
    }

    /// The check that reports another answer.
    pub(crate) fn owner(self) -> &'static str {
        match self {
            Self::NotFound => "R-02",
            Self::BadRequest => "E-05",
            Self::Conflict => "A-09",
            Self::Deleted => "L-01",
            Self::NotAllowed => "D-05",
            Self::Precondition => "V-04",
        }
    }
}

impl Trial {
    pub(crate) fn new(level: Level) -> Self {
        Self {
            level,
            sub: String::new(),
            findings: Vec::new(),
            looked: 0,
        }
    }

    /// Keeps what an earlier try of the same check found to be wrong and this one did not see.
    pub(crate) fn also_saw(&mut self, first: Self) {
        for mut finding in first.findings {
            let again = |one: &Finding| {
                one.sub == finding.sub
                    && one.expected == finding.expected
                    && one.level >= finding.level
            };
            if finding.level >= Level::Error && !self.findings.iter().any(again) {
                finding.got = format!("in one of two tries: {}", finding.got);
                self.findings.push(finding);
            }
        }
    }

    /// What another trial of the same check found, as of the part that is looked at.
    pub(crate) fn take(&mut self, other: Self) {
        self.looked += other.looked;
        self.findings
            .extend(other.findings.into_iter().map(|mut finding| {
                finding.sub.clone_from(&self.sub);
                finding
            }));
    }

    /// What follows is about this part.
    pub(crate) fn sub(&mut self, sub: impl Into<String>) {
        self.sub = sub.into();
    }

    fn push(&mut self, level: Level, answer: Option<&Answer>, expected: &str, got: String) {
        self.findings.push(Finding {
            level,
            sub: self.sub.clone(),
            expected: expected.to_owned(),
            got,
            exchange: answer.map(|answer| answer.number),
            count: 1,
            scim_type: None,
        });
    }

    /// `ok`, or else a finding at the check's level.
    pub(crate) fn must(&mut self, ok: bool, answer: &Answer, expected: impl AsRef<str>) -> bool {
        self.at(self.level, ok, answer, expected)
    }

    /// `ok`, or else a finding at this level.
    pub(crate) fn at(
        &mut self,
        level: Level,
        ok: bool,
        answer: &Answer,
        expected: impl AsRef<str>,
    ) -> bool {
        self.looked += 1;
        if !ok {
            self.push(level, Some(answer), expected.as_ref(), answer.in_short());
        }
        ok
    }

    /// `ok`, or else a finding at the check's level that says what came.
    pub(crate) fn compare(
        &mut self,
        ok: bool,
        answer: &Answer,
        expected: impl AsRef<str>,
        got: impl Into<String>,
    ) -> bool {
        self.compare_at(self.level, ok, answer, expected, got)
    }

    /// As [`compare`](Self::compare), at this level.
    pub(crate) fn compare_at(
        &mut self,
        level: Level,
        ok: bool,
        answer: &Answer,
        expected: impl AsRef<str>,
        got: impl Into<String>,
    ) -> bool {
        self.looked += 1;
        if !ok {
            self.push(level, Some(answer), expected.as_ref(), got.into());
        }
        ok
    }

    /// A finding without an exchange.
    pub(crate) fn found(&mut self, level: Level, expected: &str, got: impl Into<String>) {
        self.looked += 1;
        self.push(level, None, expected, got.into());
    }

    /// What the server does, where it is free.
    pub(crate) fn note(&mut self, answer: &Answer, what: impl AsRef<str>) {
        self.looked += 1;
        self.push(
            Level::Info,
            Some(answer),
            "the RFCs leave this open",
            what.as_ref().to_owned(),
        );
    }

    /// That the status is one of these.
    pub(crate) fn status(&mut self, answer: &Answer, statuses: &[u16]) -> bool {
        let words: Vec<_> = statuses.iter().map(u16::to_string).collect();
        let ok = statuses.contains(&answer.status);
        self.must(ok, answer, format!("status {}", words.join(" or ")))
    }

    /// That it is 2xx; the check ends otherwise.
    pub(crate) fn success(&mut self, answer: &Answer, what: &str) -> Result<(), Stop> {
        match self.must(answer.is_success(), answer, format!("2xx: {what}")) {
            true => Ok(()),
            false => Err(Stop::Failed),
        }
    }

    /// That the error names this `scimType`.
    pub(crate) fn scim_type(&mut self, answer: &Answer, one_of: &[&str], level: Level) {
        let Some(document) = answer.json.as_ref().filter(|json| json.is_object()) else {
            // Another check reports errors without a body.
            return;
        };
        let named = document.get("scimType").and_then(|value| value.as_str());
        self.looked += 1;
        if named.is_some_and(|named| !KNOWN.contains(&named)) {
            // A keyword that there is not is reported for all answers at once.
            return;
        }
        let ok = named.is_some_and(|named| one_of.contains(&named));
        let expected = format!("scimType {}", one_of.join(" or "));
        if ok {
            self.findings.push(Finding {
                level: Level::Info,
                sub: String::new(),
                expected,
                got: String::new(),
                exchange: None,
                count: 0,
                scim_type: Some(true),
            });
            return;
        }
        let level = match named {
            Some(_) => level.min(Level::Warning),
            None => level,
        };
        self.push(level, Some(answer), &expected, answer.in_short());
        if let Some(last) = self.findings.last_mut() {
            last.scim_type = Some(false);
        }
    }
}
