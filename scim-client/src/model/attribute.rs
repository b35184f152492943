//! Attribute metadata (RFC 7643 §2.2 and §7) as constant data.

use super::field::AttributeValue;

/// Who may write an attribute, and when (RFC 7643 §7, `mutability`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mutability {
    /// May be written and read at any time.
    ReadWrite,
    /// Set by the service provider only.
    ReadOnly,
    /// May be written, is never returned.
    WriteOnly,
    /// May be set once, then only repeated.
    Immutable,
}

/// When a service provider returns an attribute (RFC 7643 §7, `returned`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Returned {
    /// In every response.
    Always,
    /// In no response.
    Never,
    /// Unless `attributes` or `excludedAttributes` say otherwise.
    Default,
    /// Only if asked for, or written by the same request.
    Request,
}

/// Among which resources a value is unique (RFC 7643 §7, `uniqueness`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Uniqueness {
    /// Not unique.
    None,
    /// Unique within the endpoint or tenant.
    Server,
    /// Unique everywhere.
    Global,
}

/// The data type of an attribute (RFC 7643 §2.3).
///
/// A complex attribute points to the table of its sub-attributes through a function, so that a
/// type may contain itself.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Unicode text (§2.3.1).
    String,
    /// `true` or `false` (§2.3.2).
    Boolean,
    /// A number with a fraction (§2.3.3).
    Decimal,
    /// A whole number (§2.3.4).
    Integer,
    /// A date with a time (§2.3.5).
    DateTime,
    /// Base64 text (§2.3.6).
    Binary,
    /// A URI (§2.3.7).
    Reference,
    /// Sub-attributes (§2.3.8).
    Complex(fn() -> &'static Descriptor),
    /// Any JSON value: a type that no RFC defines.
    Any,
}

impl Kind {
    /// The name that a schema uses for this type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
            Self::Binary => "binary",
            Self::Reference => "reference",
            Self::Complex(_) => "complex",
            Self::Any => "any",
        }
    }

    /// The table of the sub-attributes, if this is a complex type.
    pub fn descriptor(self) -> Option<&'static Descriptor> {
        match self {
            Self::Complex(descriptor) => Some(descriptor()),
            _ => None,
        }
    }
}

/// What a schema says of one attribute.
#[derive(Debug)]
pub struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) kind: Kind,
    pub(crate) multi_valued: bool,
    pub(crate) required: bool,
    pub(crate) case_exact: bool,
    pub(crate) extension: bool,
    pub(crate) mutability: Mutability,
    pub(crate) returned: Returned,
    pub(crate) uniqueness: Uniqueness,
    pub(crate) canonical_values: &'static [&'static str],
    pub(crate) reference_types: &'static [&'static str],
}

/// Construction, for generated tables.
impl Attribute {
    /// An attribute whose field has the type `T`, with the defaults of RFC 7643 §2.2.
    pub const fn of<T: AttributeValue>(name: &'static str) -> Self {
        let mutability = match T::MUTABILITY {
            Some(mutability) => mutability,
            None => Mutability::ReadWrite,
        };
        Self {
            name,
            description: "",
            kind: T::KIND,
            multi_valued: T::MULTI_VALUED,
            required: T::REQUIRED,
            case_exact: T::CASE_EXACT || matches!(T::KIND, Kind::Reference | Kind::Binary),
            extension: false,
            mutability,
            returned: match mutability {
                Mutability::WriteOnly => Returned::Never,
                _ => Returned::Default,
            },
            uniqueness: Uniqueness::None,
            canonical_values: T::VALUES,
            reference_types: &[],
        }
    }

    /// The container of an extension's attributes; `urn` is the extension's schema.
    pub const fn extension<T: AttributeValue>(urn: &'static str) -> Self {
        let mut attribute = Self::of::<T>(urn);
        attribute.extension = true;
        attribute
    }

    /// Sets the description.
    #[must_use]
    pub const fn description(mut self, text: &'static str) -> Self {
        self.description = text;
        self
    }

    /// Sets `required`.
    #[must_use]
    pub const fn required(mut self, required: bool) -> Self {
        self.required = required;
        self
    }

    /// Sets `caseExact`.
    #[must_use]
    pub const fn case_exact(mut self, case_exact: bool) -> Self {
        self.case_exact = case_exact;
        self
    }

    /// Sets `mutability`.
    #[must_use]
    pub const fn mutability(mut self, mutability: Mutability) -> Self {
        self.mutability = mutability;
        self
    }

    /// Sets `returned`.
    #[must_use]
    pub const fn returned(mut self, returned: Returned) -> Self {
        self.returned = returned;
        self
    }

    /// Sets `uniqueness`.
    #[must_use]
    pub const fn uniqueness(mut self, uniqueness: Uniqueness) -> Self {
        self.uniqueness = uniqueness;
        self
    }

    /// Sets `canonicalValues`.
    #[must_use]
    pub const fn canonical_values(mut self, values: &'static [&'static str]) -> Self {
        self.canonical_values = values;
        self
    }

    /// Sets `referenceTypes`.
    #[must_use]
    pub const fn reference_types(mut self, types: &'static [&'static str]) -> Self {
        self.reference_types = types;
        self
    }
}

/// What can be asked.
impl Attribute {
    /// The attribute's name as the schema spells it; for an extension's container its schema URN.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The schema's description; may be empty.
    pub const fn text(&self) -> &'static str {
        self.description
    }

    /// The data type.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the attribute holds an array.
    pub const fn is_multi_valued(&self) -> bool {
        self.multi_valued
    }

    /// Whether a resource without this attribute is invalid.
    pub const fn is_required(&self) -> bool {
        self.required
    }

    /// Whether letter case matters when values are compared.
    pub const fn is_case_exact(&self) -> bool {
        self.case_exact
    }

    /// Whether this is the container of an extension's attributes.
    pub const fn is_extension(&self) -> bool {
        self.extension
    }

    /// Who may write it.
    pub const fn mutability_of(&self) -> Mutability {
        self.mutability
    }

    /// When it is returned.
    pub const fn returned_of(&self) -> Returned {
        self.returned
    }

    /// Among which resources its value is unique.
    pub const fn uniqueness_of(&self) -> Uniqueness {
        self.uniqueness
    }

    /// The values that the schema suggests; others are allowed (RFC 7643 §7).
    pub const fn suggested_values(&self) -> &'static [&'static str] {
        self.canonical_values
    }

    /// What a reference may point to: names of resource types, `external` or `uri`.
    pub const fn referenced_types(&self) -> &'static [&'static str] {
        self.reference_types
    }

    /// The sub-attributes; empty unless the attribute is complex.
    pub fn sub_attributes(&self) -> &'static [Attribute] {
        self.kind.descriptor().map_or(&[], |d| d.attributes)
    }

    /// Whether a client must not see the value in logs: it is never returned.
    pub(crate) const fn is_secret(&self) -> bool {
        matches!(self.mutability, Mutability::WriteOnly) || matches!(self.returned, Returned::Never)
    }
}

/// The table of one type: a resource, an extension or a complex attribute.
#[derive(Debug)]
pub struct Descriptor {
    pub(crate) name: &'static str,
    pub(crate) urn: Option<&'static str>,
    pub(crate) description: &'static str,
    pub(crate) attributes: &'static [Attribute],
}

impl Descriptor {
    /// A complex attribute's table.
    pub const fn complex(name: &'static str, attributes: &'static [Attribute]) -> Self {
        Self {
            name,
            urn: None,
            description: "",
            attributes,
        }
    }

    /// The table of a resource or an extension, whose schema is `urn`.
    pub const fn schema(
        name: &'static str,
        urn: &'static str,
        attributes: &'static [Attribute],
    ) -> Self {
        Self {
            name,
            urn: Some(urn),
            description: "",
            attributes,
        }
    }

    /// Sets the description.
    #[must_use]
    pub const fn description(mut self, text: &'static str) -> Self {
        self.description = text;
        self
    }

    /// The schema's name, or the complex attribute's.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The schema URN; `None` for a complex attribute.
    pub const fn urn(&self) -> Option<&'static str> {
        self.urn
    }

    /// The schema's description; may be empty.
    pub const fn text(&self) -> &'static str {
        self.description
    }

    /// The attributes in the schema's order. Their positions are the indices of
    /// [`Reflect::get`](super::Reflect::get).
    pub const fn attributes(&self) -> &'static [Attribute] {
        self.attributes
    }

    /// The position of the attribute `name`: the exact spelling first, then any letter case
    /// (RFC 7643 §2.1).
    pub fn position(&self, name: &str) -> Option<usize> {
        self.position_from(name, 0)
    }

    /// As [`position`](Self::position), looking at `hint` first.
    #[inline]
    pub(crate) fn position_from(&self, name: &str, hint: usize) -> Option<usize> {
        let attributes = self.attributes;
        let later = attributes.iter().skip(hint).position(|a| a.name == name);
        if let Some(found) = later {
            return Some(hint + found);
        }
        let earlier = attributes.iter().take(hint).position(|a| a.name == name);
        if earlier.is_some() {
            return earlier;
        }
        self.position_in_any_case(name)
    }

    #[cold]
    fn position_in_any_case(&self, name: &str) -> Option<usize> {
        self.attributes
            .iter()
            .position(|a| a.name.eq_ignore_ascii_case(name))
    }

    /// The attribute `name`, in any letter case.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.get(self.position(name)?)
    }
}
