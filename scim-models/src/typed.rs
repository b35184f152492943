//! Filters, sort keys, patches and projections as closures: `|u| u.name.family_name.eq("Jensen")`.
//!
//! A closure gets the paths of a resource type, `u`, and names an attribute. From the schema, the
//! compiler knows whether the attribute can be compared and with what, whether it has an order, and
//! whether a client may write it. Anything else does not compile, and the message says why.
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
//! | in Rust | meaning | filter |
//! |---|---|---|
//! | `u.title.eq("CTO")` | equal | `title eq "CTO"` |
//! | `u.title.ne("CTO")` | not equal, or unassigned | `title ne "CTO"` |
//! | `u.title.co("T")` | contains | `title co "T"` |
//! | `u.title.sw("C")` | starts with | `title sw "C"` |
//! | `u.title.ew("O")` | ends with | `title ew "O"` |
//! | `u.title.gt("A")`, `ge`, `lt`, `le` | greater, greater or equal, less, less or equal | `title gt "A"` |
//! | `u.title.pr()` | present: it has a value | `title pr` |
//! | `u.emails.any(\|e\| ..)` | one element meets the whole condition | `emails[..]` |
//! | `u.emails.value.eq("x")` | any element is equal | `emails.value eq "x"` |
//! | `a & b` | both | `a and b` |
//! | `a \| b` | either | `a or b` |
//! | `!a` | not | `not (a)` |
//! | `u.enterprise_user.department.eq("Sales")` | an attribute of an extension | `urn:..:User:department eq "Sales"` |
//!
//! Text is compared in any letter case, unless the schema says `caseExact`. `&` binds more closely than
//! `|`, as `and` does than `or`.
//!
//! In a patch:
//!
//! | in Rust | target | path |
//! |---|---|---|
//! | `u.title` | the attribute | `title` |
//! | `u.name.family_name` | a sub-attribute | `name.familyName` |
//! | `u.emails.filter(\|e\| e.type_.eq("work"))` | the elements that meet a condition | `emails[type eq "work"]` |
//! | `u.emails.filter(..).at(\|e\| e.value)` | an attribute of each of them | `emails[..].value` |
//!
//! For `attributes` and `excluded_attributes`, name one attribute or a tuple of them:
//! `|u| (u.user_name, u.emails.value)`.
//!
//! The Rust names are the SCIM names in snake case: `familyName` is `family_name`. Reserved words have
//! an underscore at the end (`type_`, `ref_`). The documentation of each generated type lists its
//! fields, and the paths have the names of the fields.
//!
//! # How it works
//!
//! A path is a zero-sized constant, [`Attr`]. Its type says where the attribute is, which type of value
//! it holds, and who may write it. Each rule that the compiler checks is a trait in this module, such as
//! [`Textual`] or [`MayReplace`], with its own compiler message. You need not name these traits. The
//! result is a plain [`Filter`](crate::filter::Filter) or [`PatchOp`](crate::patch::PatchOp), which can
//! also be used without the client.

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
