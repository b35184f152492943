//! How bad a failure is, and how strongly something is required.

use std::fmt;

/// How bad it is that a check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The RFCs leave it open. The report says what the server does.
    Info,
    /// A SHOULD is not followed, or a MUST on which no client is known to rely.
    Warning,
    /// A MUST is broken.
    Error,
    /// Security is at risk, data are lost, or a filter finds the wrong person.
    Critical,
}

impl Level {
    /// The name in lower case, as in reports and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }

    /// Returns the level with this name or first letter, in any letter case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let levels = [Self::Info, Self::Warning, Self::Error, Self::Critical];
        levels.into_iter().find(|level| {
            let word = level.as_str();
            word.eq_ignore_ascii_case(name) || word[..1].eq_ignore_ascii_case(name)
        })
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How strongly the text that a check cites requires it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Force {
    /// MUST or SHALL.
    Must,
    /// A MUST that is about security.
    Security,
    /// SHOULD.
    Should,
    /// No keyword of RFC 2119. It follows from a vendor's documentation, a draft, or robustness.
    Plain,
}

impl Force {
    /// The name in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Security => "MUST (security)",
            Self::Should => "SHOULD",
            Self::Plain => "no keyword",
        }
    }
}
