//! The documents as they were read: typed, defaults of RFC 7643 §2.2 filled in, not yet connected.

use crate::model::{Mutability, Returned, ServiceProvider, Uniqueness};
use crate::source::At;

/// Everything that the sources contained.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    pub(crate) schemas: Vec<RawSchema>,
    pub(crate) resource_types: Vec<RawResourceType>,
    pub(crate) providers: Vec<(At, ServiceProvider)>,
    /// Whether everything was read. What is missing otherwise may be in what was not.
    pub(crate) whole: bool,
}

/// A Schema document (RFC 7643 §7).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawSchema {
    pub(crate) at: At,
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) description: String,
    pub(crate) attributes: Vec<RawAttribute>,
    /// The schema as an extension of another.
    pub(crate) own: RawExtension,
    /// Extensions that stood between the attributes.
    pub(crate) lifted: Vec<RawExtension>,
}

/// An attribute or sub-attribute definition (RFC 7643 §7).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawAttribute {
    pub(crate) at: At,
    pub(crate) name: String,
    /// The name of the field, where an overlay gives one.
    pub(crate) field: Option<String>,
    pub(crate) description: String,
    pub(crate) kind: RawKind,
    pub(crate) multi_valued: bool,
    pub(crate) required: bool,
    pub(crate) case_exact: bool,
    pub(crate) mutability: Mutability,
    pub(crate) returned: Returned,
    pub(crate) uniqueness: Uniqueness,
    pub(crate) reference_types: Vec<String>,
    pub(crate) canonical_values: Vec<String>,
    /// Names for variants, where an overlay gives them: the value, then the name.
    pub(crate) variants: Vec<(String, String)>,
    pub(crate) sub_attributes: Vec<RawAttribute>,
}

impl RawAttribute {
    /// An attribute that no document defines, with the defaults of RFC 7643 §2.2.
    pub(crate) fn new(at: At, name: &str, kind: RawKind, description: &str) -> Self {
        Self {
            at,
            name: name.to_owned(),
            field: None,
            description: description.to_owned(),
            kind,
            multi_valued: false,
            required: false,
            case_exact: false,
            mutability: Mutability::default(),
            returned: Returned::default(),
            uniqueness: Uniqueness::default(),
            reference_types: Vec::new(),
            canonical_values: Vec::new(),
            variants: Vec::new(),
            sub_attributes: Vec::new(),
        }
    }
}

/// The data types of RFC 7643 §2.3, and raw JSON for what is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RawKind {
    String,
    Boolean,
    Decimal,
    Integer,
    DateTime,
    Binary,
    Reference,
    Complex,
    Any,
}

impl RawKind {
    pub(crate) const NAMED: [(&'static str, Self); 8] = [
        ("string", Self::String),
        ("boolean", Self::Boolean),
        ("decimal", Self::Decimal),
        ("integer", Self::Integer),
        ("dateTime", Self::DateTime),
        ("binary", Self::Binary),
        ("reference", Self::Reference),
        ("complex", Self::Complex),
    ];
}

/// A ResourceType document (RFC 7643 §6).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawResourceType {
    pub(crate) at: At,
    pub(crate) name: String,
    pub(crate) endpoint: String,
    pub(crate) description: String,
    pub(crate) schema: String,
    /// Where it names its schema.
    pub(crate) schema_at: At,
    pub(crate) extensions: Vec<RawExtension>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawExtension {
    pub(crate) at: At,
    pub(crate) schema: String,
    pub(crate) required: bool,
}
