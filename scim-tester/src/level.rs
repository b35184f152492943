//! How much it matters that something is wrong, and how strongly it is asked for.

use std::fmt;

/// How bad it is that a check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The RFC is silent or ambiguous: says what the server does.
    Info,
    /// A SHOULD, or a MUST that nobody relies on.
    Warning,
    /// A MUST.
    Error,
    /// Security, loss of data, or the wrong person is found.
    Critical,
}

impl Level {
    /// In lower case, as in reports and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }

    /// From its name or its first letter, in any letter case.
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

/// How strongly the text that a check cites asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Force {
    /// MUST or SHALL.
    Must,
    /// A MUST about security.
    Security,
    /// SHOULD.
    Should,
    /// No keyword of RFC 2119: a vendor's documentation, a draft, or plain robustness.
    Plain,
}

impl Force {
    /// The word in reports.
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
