//! Types that are only known at run time. They are made of the schema documents of a service
//! provider, without generated code.
//!
//! | | |
//! |---|---|
//! | [`ResourceTypes`] | the types of a service provider: from published documents, a folder, JSON, or compiled types |
//! | [`ResourceType`] | one of them: its attributes, and checks of filters, patches and resources before they are sent |
//! | [`DynamicResource`] | a resource: read and written by paths as text, from and to JSON and compiled types |
//! | [`Value`] | a value with its attribute's metadata, for tables and forms |
//! | [`AttributeError`] | an error that says what the schema does not allow, with the nearest valid name |
//!
//! The documents become a table of attributes in the same form as that of a compiled type. So
//! everything that works on compiled types works here in the same way: [`Stored`](crate::Stored),
//! [`Partial`](crate::Partial), filters and sorting, `patch::diff` and `apply`, lists by
//! [`ListResponse::from_json_of`](crate::message::ListResponse::from_json_of).
//!
//! Documents are read as the generator reads them, with the same tolerances and diagnostics. Equal
//! documents share one table, so discovering a service provider again takes no memory; descriptions
//! do not count. Documents with the same URN and different attributes have different tables.
//! Resources of different tables are unequal, and a diff between them is an error. To convert one,
//! read its JSON with [`ResourceType::from_json`].

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
