//! What a check is: its place in the RFCs, its obligation, how much it matters, and a function.

use std::{fmt, future::Future, pin::Pin};

use crate::{context::Context, resource_type::ResourceType, trial::Trial};

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

/// What a check comes to before it ends; see [`crate::trial`].
pub(crate) type Step = Result<(), Stop>;

/// Why a check ends early.
#[derive(Debug, Clone)]
pub(crate) enum Stop {
    /// What is wrong was noted in the trial.
    Failed,
    /// There is nothing to check, for this reason.
    Skip(String),
    /// Something that another check is for does not work.
    Blocked(&'static str, String),
    /// No answer, for this reason.
    Network(String),
    /// A mistake of the tester: it was about to write to what is not its own.
    Guard(String),
    /// The run is over: interrupted, out of time, or the server is gone.
    Ended,
}

/// Why what writes is skipped in a run that writes nothing.
pub(crate) const READ_ONLY: &str = "nothing is written (read only)";

/// The future of a check.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Step> + Send + 'a>>;

/// The function of a check.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// Once.
    Once(for<'a> fn(&'a Context, &'a mut Trial) -> Running<'a>),
    /// For each resource type.
    Each(for<'a> fn(&'a Context, &'a mut Trial, &'a ResourceType) -> Running<'a>),
    /// Observers of the whole run report it, see [`crate::observe`].
    Observed,
}

/// A check of the catalogue.
#[derive(Clone, Copy)]
pub struct Check {
    pub(crate) id: &'static str,
    pub(crate) level: Level,
    pub(crate) force: Force,
    pub(crate) section: &'static str,
    pub(crate) needs: &'static [&'static str],
    pub(crate) obligation: &'static str,
    pub(crate) fix: &'static str,
    pub(crate) run: Run,
}

impl Check {
    /// Such as `F-21`: the area and a number. Identifiers never change their meaning.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// The area: what stands before the hyphen.
    #[must_use]
    pub fn area(&self) -> &'static str {
        self.id.split_once('-').map_or(self.id, |(area, _)| area)
    }

    /// How bad it is that this check fails. Parts of a check may weigh less.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// How strongly the cited text asks for it.
    #[must_use]
    pub fn force(&self) -> Force {
        self.force
    }

    /// Where it is asked for, such as `RFC 7644 §3.4.2.2`.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.section
    }

    /// The checks that must not fail before this one makes sense.
    #[must_use]
    pub fn needs(&self) -> &'static [&'static str] {
        self.needs
    }

    /// What is asked for, in the words of this crate.
    #[must_use]
    pub fn obligation(&self) -> &'static str {
        self.obligation
    }

    /// What most likely helps.
    #[must_use]
    pub fn fix(&self) -> &'static str {
        self.fix
    }

    /// Whether it runs once for each resource type.
    #[must_use]
    pub fn is_per_type(&self) -> bool {
        matches!(self.run, Run::Each(_))
    }

    /// Words to select checks by: the area's name, `must`, `should`, the level.
    #[must_use]
    pub fn tags(&self) -> Vec<&'static str> {
        let force = match self.force {
            Force::Must => "must",
            Force::Security => "security",
            Force::Should => "should",
            Force::Plain => "plain",
        };
        let (_, name) = crate::areas::name_of(self.area());
        vec![name, force, self.level.as_str()]
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("id", &self.id)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

/// The checks of an area. Each is its data and a body that says with `t` what it saw:
/// `"id" Level Force "section" ["needed", ...] "obligation" "fix" (cx, t) {..}`, or `(cx, t, r)` to
/// be run for each resource type, or `observed`.
macro_rules! checks {
    ($($id:literal $level:ident $force:ident $section:literal [$($need:literal),*]
        $obligation:literal $fix:literal $how:tt $($body:block)?)*) => {
        pub(super) const CHECKS: &[$crate::check::Check] = &[$($crate::check::Check {
            id: $id,
            level: $crate::check::Level::$level,
            force: $crate::check::Force::$force,
            section: $section,
            needs: &[$($need),*],
            obligation: $obligation,
            fix: $fix,
            run: $crate::check::checks!(@run $how $($body)?),
        }),*];
    };
    (@run observed) => { $crate::check::Run::Observed };
    (@run ($cx:ident, $t:ident) $body:block) => {
        $crate::check::Run::Once(|$cx, $t| Box::pin(async move {
            let () = $body;
            Ok::<(), $crate::check::Stop>(())
        }))
    };
    (@run ($cx:ident, $t:ident, $r:ident) $body:block) => {
        $crate::check::Run::Each(|$cx, $t, $r| Box::pin(async move {
            let () = $body;
            Ok::<(), $crate::check::Stop>(())
        }))
    };
}
pub(crate) use checks;
