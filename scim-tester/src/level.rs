//! How bad a failure is, and how strongly something is required.

use std::fmt;

/// Makes the levels, the least bad first: nothing else names them all.
macro_rules! levels {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// How bad it is if a check fails.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Level {
            $($(#[$doc])* $name,)*
        }

        impl Level {
            /// All of them, the least bad first.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$name),*];

            /// The name in lower case, as in reports and on the command line.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

levels! {
    /// The RFCs leave it open. The report says what the server does.
    Info = "info",
    /// A SHOULD is not followed, or a MUST on which no client is known to rely.
    Warning = "warning",
    /// A MUST is broken.
    Error = "error",
    /// Security is at risk, data are lost, or a filter finds the wrong person.
    Critical = "critical",
}

impl Level {
    /// Returns the level with this name or first letter, in any letter case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| {
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
