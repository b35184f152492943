//! Types that are known at run time only: from the schema documents of a service provider, without
//! generated code.
//!
//! | | |
//! |---|---|
//! | [`ResourceTypes`] | the types of a service provider: from what it publishes, a folder, JSON, or what is compiled in |
//! | [`ResourceType`] | one of them: its attributes, and checks of filters, patches and resources before they are sent |
//! | [`DynamicResource`] | a resource: read and written by paths as text, from and to JSON and compiled types |
//! | [`Value`] | a value with what the schema says of it, for tables and forms |
//! | [`AttributeError`] | what the schema does not allow, with the nearest name |
//!
//! A table is made of the documents and has the form of a compiled type's. So everything that works
//! on compiled types works here, and does the same: [`Stored`](crate::Stored),
//! [`Partial`](crate::Partial), filters and sorting, `patch::diff` and `apply`, lists by
//! [`ListResponse::from_json_of`](crate::message::ListResponse::from_json_of).
//!
//! Documents are read as the generator reads them, with the same tolerances and findings. Tables are
//! interned by content without descriptions: to discover a service provider again costs no memory,
//! and two with the same URN and different attributes never mix. Resources of two tables of one URN
//! are unequal, and a diff between them is an error; convert one of the two by
//! [`ResourceType::from_json`] of its JSON.

mod access;
mod check;
mod convert;
mod draft;
mod drift;
mod error;
mod fit;
mod intern;
mod list;
mod object;
mod path;
mod resource_type;
mod types;
mod value;

pub use scim_schema::{Diagnostic, Diagnostics, Reading, Severity, Source, folder::FolderError};

pub use self::{
    check::DynamicPatch,
    error::{AttributeError, AttributeErrorKind},
    intern::MAX_TABLE_BYTES,
    object::DynamicResource,
    resource_type::{Described, ExtensionOf, ResourceType},
    types::{MAX_ATTRIBUTES, MAX_DOCUMENTS, ResourceTypes, TypesError},
    value::Value,
};
