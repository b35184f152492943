//! Filters, sort keys, patches and projections as closures: `|u| u.name.family_name.eq("Jensen")`.
//!
//! A closure gets the paths of a resource type, `u`, and names an attribute. What can be done with it is
//! decided by the compiler from the schema: whether it can be compared, with what, whether it has an
//! order, and whether a client may write it. What cannot be does not compile, and says why.
//!
//! ```
//! use scim_client::{User, typed::condition};
//!
//! let filter = condition::<User>(|u| {
//!     u.user_name.sw("b")
//!         & u.emails.any(|e| e.type_.eq("work") & e.value.ew("@example.com"))
//! });
//! assert_eq!(
//!     filter.to_string(),
//!     r#"userName sw "b" and emails[type eq "work" and value ew "@example.com"]"#
//! );
//! ```
//!
//! # The operators
//!
//! In a filter (RFC 7644 §3.4.2.2, Tables 3 to 5):
//!
//! | in Rust | what it means | the filter |
//! |---|---|---|
//! | `u.title.eq("CTO")` | equal | `title eq "CTO"` |
//! | `u.title.ne("CTO")` | not equal, or not there | `title ne "CTO"` |
//! | `u.title.co("T")` | contains | `title co "T"` |
//! | `u.title.sw("C")` | starts with | `title sw "C"` |
//! | `u.title.ew("O")` | ends with | `title ew "O"` |
//! | `u.title.gt("A")`, `ge`, `lt`, `le` | after, not before, before, not after | `title gt "A"` |
//! | `u.title.pr()` | present: it has a value | `title pr` |
//! | `u.emails.any(\|e\| ..)` | one and the same element meets the whole condition | `emails[..]` |
//! | `u.emails.value.eq("x")` | any element does | `emails.value eq "x"` |
//! | `a & b` | both | `a and b` |
//! | `a \| b` | either | `a or b` |
//! | `!a` | not | `not (a)` |
//! | `u.enterprise_user.department.eq("Sales")` | of an extension | `urn:..:User:department eq "Sales"` |
//!
//! Text is compared in any letter case, unless the schema says `caseExact`. `&` binds more closely than
//! `|`, as `and` does than `or`.
//!
//! In a patch:
//!
//! | in Rust | what it names | the path |
//! |---|---|---|
//! | `u.title` | the attribute | `title` |
//! | `u.name.family_name` | a sub-attribute | `name.familyName` |
//! | `u.emails.filter(\|e\| e.type_.eq("work"))` | the elements that meet a condition | `emails[type eq "work"]` |
//! | `u.emails.filter(..).at(\|e\| e.value)` | an attribute of each of them | `emails[..].value` |
//!
//! For `attributes` and `excluded_attributes`, name one attribute or a tuple of them:
//! `|u| (u.user_name, u.emails.value)`.
//!
//! Rust's names differ from SCIM's only where they must: `familyName` is `family_name`, and what Rust
//! keeps for itself has an underscore at its end (`type_`, `ref_`). The documentation of each generated
//! type lists its fields, and the paths are called as the fields are.
//!
//! # Where it stands
//!
//! A path is a constant of no bytes, [`Attr`]. Its type says where it is, what the attribute holds, and
//! who may write it. Each question that the compiler asks is a trait here, such as [`Textual`] or
//! [`MayReplace`], with the message in words; nobody needs to name one of them. What comes out is a
//! plain [`Filter`](crate::filter::Filter) or [`PatchOp`](crate::patch::PatchOp), for the client and for
//! use without one.

mod closure;
mod condition;
mod naming;
mod path;
mod projection;
mod rules;
mod target;
mod value;

pub use self::{
    closure::{CompareByMethod, FilterClosure, PathClosure},
    condition::{Condition, IntoCondition, condition},
    path::{Attr, ENVELOPE, EXTENSION, ElementClass, Index, Parent, Path, Sub},
    projection::Projection,
    rules::{
        Comparable, ComparableWith, Elements, HoldsChoices, MayAdd, MayOmit, MayRead, MayRemove,
        MayReplace, OneTarget, Ordered, Sortable, Textual,
    },
    target::{Removable, Target, TargetParts, ValuePath, ValueSubPath},
    value::ValueFor,
};
pub use crate::model::markers::{
    ImmutableAttribute, ManyPlaces, OnePlace, Optional, ReadOnlyAttribute, ReadWrite, Required,
    WriteOnlyAttribute,
};
#[doc(no_inline)]
pub use crate::model::{Fields, NoFields};

/// Which comparisons an attribute has (RFC 7644 §3.4.2.2, Table 3).
pub mod class {
    pub use crate::model::class::{
        Any, Binary, Boolean, Canonical, Complex, Extension, Number, Reference, Text, Timestamp,
    };
}
