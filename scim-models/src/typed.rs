//! Typed paths: what the closures of queries, patches and projections see.
//!
//! `|u| u.name.family_name` is a constant of no bytes. Its type says where it is, what the attribute
//! holds, and who may write it; so a wrong use does not compile.

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
    condition::{Condition, IntoCondition},
    path::{Attr, ENVELOPE, EXTENSION, ElementClass, Index, Parent, Path, Sub},
    projection::Projection,
    rules::{
        Comparable, ComparableWith, Elements, HoldsChoices, MayAdd, MayOmit, MayRead, MayRemove,
        MayReplace, OneTarget, Ordered, Sortable, Textual,
    },
    target::{Removable, Target, TargetParts, ValuePath, ValueSubPath},
    value::ValueFor,
};
pub use crate::model::{
    Fields, NoFields,
    markers::{
        ImmutableAttribute, ManyOf, OneOf, Optional, ReadOnlyAttribute, ReadWrite, Required,
        WriteOnlyAttribute,
    },
};

/// Which comparisons an attribute has (RFC 7644 §3.4.2.2, Table 3).
pub mod class {
    pub use crate::model::class::{
        Any, Binary, Boolean, Canonical, Complex, Extension, Number, Reference, Text, Timestamp,
    };
}
