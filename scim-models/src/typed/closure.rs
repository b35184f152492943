//! What queries, patches and projections take: closures that are given paths.

use super::Condition;
use crate::resource::Root;

/// A closure that is given the paths of `R` and chooses, as in `|u| u.name.family_name`.
///
/// Every such closure is one; nothing else can be.
#[diagnostic::on_unimplemented(
    message = "expected a closure that is given the paths of `{R}`, found `{Self}`",
    label = "write a closure, as in `|u| u.user_name`",
    note = "attributes whose names are known at run time only: `Query::sort_by_path`, \
            `patch::PatchOp`, and `parameter(\"attributes\", ..)` of an operation"
)]
pub trait PathClosure<R: Root>: FnOnce(R::Paths) -> Self::Choice {
    /// What it chooses: a path, several, or a target of a patch.
    type Choice;
}

#[diagnostic::do_not_recommend]
impl<R: Root, C, F: FnOnce(R::Paths) -> C> PathClosure<R> for F {
    type Choice = C;
}

/// A closure that is given the paths of `R` and makes a filter, as in
/// `|u| u.user_name.eq("bjensen")`.
///
/// Every such closure is one; nothing else can be.
#[diagnostic::on_unimplemented(
    message = "expected a closure that is given the paths of `{R}`, found `{Self}`",
    label = "write a closure, as in `|u| u.user_name.eq(\"bjensen\")`",
    note = "a filter that is text, or was made elsewhere, goes to `.filter_by(..)`: \
            `.filter_by(text.parse::<Filter>()?)`"
)]
pub trait FilterClosure<R: Root>: FnOnce(R::Paths) -> Self::Made {
    /// What it makes: where it is a filter, an [`IntoCondition`].
    type Made;
}

#[diagnostic::do_not_recommend]
impl<R: Root, C, F: FnOnce(R::Paths) -> C> FilterClosure<R> for F {
    type Made = C;
}

/// What a closure that makes a filter gives: a [`Condition`].
#[diagnostic::on_unimplemented(
    message = "the closure gives `{Self}`, which is no filter on `{R}`",
    label = "not a filter",
    note = "join conditions with `&`, `|` and `!`, not with `&&` and `||`",
    note = "compare with `.eq(..)`, `.ne(..)`, `.gt(..)`, not with `==`, `!=`, `>`; a boolean too: \
            `u.active.eq(true)`",
    note = "each closure is given paths of its own: in `u.emails.any(|e| ..)` begin with `e`"
)]
pub trait IntoCondition<R>: sealed::Sealed {
    /// The condition.
    fn into_condition(self) -> Condition<R>;
}

impl<R> IntoCondition<R> for Condition<R> {
    fn into_condition(self) -> Self {
        self
    }
}

mod sealed {
    pub trait Sealed {}
    impl<R> Sealed for crate::typed::Condition<R> {}
}

/// What `==`, `<` and the like would need: paths are compared by methods.
#[diagnostic::on_unimplemented(
    message = "`{N}` is the path of an attribute: it is compared by a method, not by an operator",
    label = "write `.eq(..)`, `.ne(..)`, `.gt(..)`, `.ge(..)`, `.lt(..)` or `.le(..)`",
    note = "as in `u.user_name.eq(\"bjensen\")`: that makes a filter for the service provider to \
            evaluate (RFC 7644 §3.4.2.2)"
)]
#[doc(hidden)]
pub trait CompareByMethod<N>: sealed::Sealed {}
