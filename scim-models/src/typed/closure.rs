//! The closures that queries, patches and projections take.

use crate::resource::Root;

/// A closure that gets the paths of `R` and returns one of them, as in `|u| u.name.family_name`.
///
/// It is implemented for all such closures, and for nothing else.
#[diagnostic::on_unimplemented(
    message = "expected a closure that is given the paths of `{R}`, found `{Self}`",
    label = "write a closure, as in `|u| u.user_name`",
    note = "attributes whose names are known at run time only: `Query::sort_by_path`, \
            `patch::PatchOp`, and `parameter(\"attributes\", ..)` of an operation"
)]
pub trait PathClosure<R: Root>: FnOnce(R::Paths) -> Self::Choice {
    /// The return type: a path, a tuple of paths, or a target of a patch.
    type Choice;
}

#[diagnostic::do_not_recommend]
impl<R: Root, C, F: FnOnce(R::Paths) -> C> PathClosure<R> for F {
    type Choice = C;
}

/// A closure that gets the paths of `R` and returns a filter, as in `|u| u.user_name.eq("bjensen")`.
///
/// It is implemented for all such closures, and for nothing else.
#[diagnostic::on_unimplemented(
    message = "expected a closure that is given the paths of `{R}`, found `{Self}`",
    label = "write a closure, as in `|u| u.user_name.eq(\"bjensen\")`",
    note = "a filter that is text, or was made elsewhere, goes to `.filter_by(..)`: \
            `.filter_by(text.parse::<Filter>()?)`"
)]
pub trait FilterClosure<R: Root>: FnOnce(R::Paths) -> Self::Made {
    /// The return type. For a filter, it is an `IntoCondition`.
    type Made;
}

#[diagnostic::do_not_recommend]
impl<R: Root, C, F: FnOnce(R::Paths) -> C> FilterClosure<R> for F {
    type Made = C;
}

/// A trait that no type implements. If somebody compares a path with `==` or `<`, the compiler's message
/// names it, and says which method to call instead.
#[diagnostic::on_unimplemented(
    message = "`{N}` is the path of an attribute: it is compared by a method, not by an operator",
    label = "write `.eq(..)`, `.ne(..)`, `.gt(..)`, `.ge(..)`, `.lt(..)` or `.le(..)`",
    note = "as in `u.user_name.eq(\"bjensen\")`: that makes a filter for the service provider to \
            evaluate (RFC 7644 §3.4.2.2)"
)]
#[doc(hidden)]
pub trait CompareByMethod<N>: sealed::Nobody {}

mod sealed {
    pub trait Nobody {}
}
