//! Typed paths: what the closures of queries, patches and projections see.
//!
//! `|u| u.name.family_name` is a constant of six bytes. Its type says which resource it belongs
//! to, what the attribute holds, and who may write it; so a wrong use does not compile.

pub mod class;
mod condition;
mod markers;
mod path;
mod projection;
mod rules;
mod target;
mod value;

pub use self::{
    condition::Condition,
    markers::{
        ImmutableAttribute, ManyOf, OneOf, Optional, ReadOnlyAttribute, ReadWrite, Required,
        WriteOnlyAttribute,
    },
    path::{ENVELOPE, ElementClass, Index, Leaf, Node, Opaque, Path, Plurality, SubPath, TopPath},
    projection::Projection,
    rules::{
        Comparable, ComparableWith, MayAdd, MayOmit, MayRead, MayRemove, MayReplace, OneTarget,
        Ordered, Sortable, Textual,
    },
    target::{Removable, Target, TargetParts, ValuePath, ValueSubPath},
    value::{ValueFor, json_text, json_text_list},
};
