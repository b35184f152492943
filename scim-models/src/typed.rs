//! Typed paths: what the closures of queries, patches and projections see.
//!
//! `|u| u.name.family_name` is a constant of no bytes. Its type says where it is, what the attribute
//! holds, and who may write it; so a wrong use does not compile.

pub mod class;
mod closure;
mod condition;
mod markers;
mod path;
mod projection;
mod rules;
mod target;
mod value;

pub use self::{
    closure::{CompareByMethod, FilterClosure, IntoCondition, PathClosure},
    condition::Condition,
    markers::{
        ImmutableAttribute, ManyOf, OneOf, Optional, ReadOnlyAttribute, ReadWrite, Required,
        WriteOnlyAttribute,
    },
    path::{Attr, ENVELOPE, EXTENSION, ElementClass, Fields, Index, NoFields, Parent, Path, Sub},
    projection::Projection,
    rules::{
        Comparable, ComparableWith, Elements, HoldsChoices, MayAdd, MayOmit, MayRead, MayRemove,
        MayReplace, OneTarget, Ordered, Sortable, Textual,
    },
    target::{Removable, Target, TargetParts, ValuePath, ValueSubPath},
    value::ValueFor,
};
