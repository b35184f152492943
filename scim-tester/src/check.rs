//! What a check is: its place in the RFCs, its obligation, how much it matters, and a function.

use std::{fmt, future::Future, pin::Pin};

use crate::{area, context::Context, resource_type::ResourceType, trial::Trial};

pub use crate::level::{Force, Level};
pub(crate) use crate::stop::{READ_ONLY, Step, Stop};

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
    /// The identifier: the area and a number, such as `F-21`. It never changes its meaning.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// The area, which is the part of the identifier before the hyphen.
    #[must_use]
    pub fn area(&self) -> &'static str {
        self.id.split_once('-').map_or(self.id, |(area, _)| area)
    }

    /// How bad it is if this check fails. Parts of the check may have a lower level.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// How strongly the cited text requires it.
    #[must_use]
    pub fn force(&self) -> Force {
        self.force
    }

    /// Where it is required, such as `RFC 7644 §3.4.2.2`.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.section
    }

    /// The checks that must pass before this one can run.
    #[must_use]
    pub fn needs(&self) -> &'static [&'static str] {
        self.needs
    }

    /// What is required, in one or two sentences.
    #[must_use]
    pub fn obligation(&self) -> &'static str {
        self.obligation
    }

    /// What is likely to help if the check fails.
    #[must_use]
    pub fn fix(&self) -> &'static str {
        self.fix
    }

    /// Returns whether it runs once for each resource type.
    #[must_use]
    pub fn is_per_type(&self) -> bool {
        matches!(self.run, Run::Each(_))
    }

    /// The tags by which checks are selected ([`Suite::tags`](crate::Suite::tags)): the name of the area,
    /// the force such as `must`, and the level.
    #[must_use]
    pub fn tags(&self) -> Vec<&'static str> {
        let force = match self.force {
            Force::Must => "must",
            Force::Security => "security",
            Force::Should => "should",
            Force::Plain => "plain",
        };
        let (_, name) = area::name_of(self.area());
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
