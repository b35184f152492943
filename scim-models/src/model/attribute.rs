//! Attribute metadata (RFC 7643 §2.2 and §7) as constant data.

use std::fmt;

/// Makes the keywords of one characteristic: nothing else names them all.
macro_rules! keywords {
    ($(#[$doc:meta])* $name:ident { $($(#[$own:meta])* $variant:ident = $keyword:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$own])* $variant,)*
        }

        impl $name {
            /// Every keyword.
            pub const ALL: [Self; [$($keyword),*].len()] = [$(Self::$variant),*];

            /// The keyword of RFC 7643 §7.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $keyword,)*
                }
            }
        }
    };
}

keywords! {
    /// Who may write an attribute, and when (RFC 7643 §7, `mutability`).
    Mutability {
        /// May be written and read at any time.
        ReadWrite = "readWrite",
        /// Set by the service provider only.
        ReadOnly = "readOnly",
        /// May be written, is never returned.
        WriteOnly = "writeOnly",
        /// May be set once. Later requests may only repeat the value.
        Immutable = "immutable",
    }
}

keywords! {
    /// When a service provider returns an attribute (RFC 7643 §7, `returned`).
    Returned {
        /// In every response.
        Always = "always",
        /// In no response.
        Never = "never",
        /// Unless `attributes` or `excludedAttributes` say otherwise.
        Default = "default",
        /// Only if it is requested, or written by the same request.
        Request = "request",
    }
}

keywords! {
    /// Among which resources a value is unique (RFC 7643 §7, `uniqueness`).
    Uniqueness {
        /// Not unique.
        None = "none",
        /// Unique within the endpoint or tenant.
        Server = "server",
        /// Unique everywhere.
        Global = "global",
    }
}

/// The data type of an attribute (RFC 7643 §2.3).
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
    Complex(Table),
    /// Any JSON value, for types that no RFC defines.
    Any,
}

/// The table of a complex attribute's sub-attributes. It belongs to a compiled type, or to one that
/// was made at run time; [`get`](Self::get) returns it in both cases.
#[derive(Debug, Clone, Copy)]
pub enum Table {
    /// The table of a compiled type. It is a function, so that a type may contain itself.
    #[doc(hidden)]
    Of(fn() -> &'static Descriptor),
    /// A table that was made at run time. It is kept for the life of the program.
    #[doc(hidden)]
    Made(&'static Descriptor),
}

impl Table {
    /// The table.
    #[inline]
    pub fn get(self) -> &'static Descriptor {
        match self {
            Self::Of(table) => table(),
            Self::Made(table) => table,
        }
    }
}

/// The name of the type in schemas.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Kind {
    /// The name of the type in schemas.
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
            Self::Complex(table) => Some(table.get()),
            _ => None,
        }
    }
}

/// The metadata of one attribute, as a schema defines it.
///
/// The fields are public for generated tables. There are many of these, and a literal with few
/// fields takes the least time to compile.
#[derive(Debug)]
pub struct Attribute {
    #[doc(hidden)]
    pub name: &'static str,
    #[doc(hidden)]
    pub description: &'static str,
    #[doc(hidden)]
    pub kind: Kind,
    #[doc(hidden)]
    pub facts: u16,
    #[doc(hidden)]
    pub values: Option<&'static Values>,
}

/// The `canonicalValues` and `referenceTypes` of an attribute.
#[doc(hidden)]
#[derive(Debug)]
pub struct Values {
    /// `canonicalValues`
    pub canonical: &'static [&'static str],
    /// `referenceTypes`
    pub references: &'static [&'static str],
}

/// The bits of the other characteristics of an attribute. Zero stands for the defaults of RFC 7643 §2.2.
pub mod facts {
    macro_rules! facts {
        ($($(#[$doc:meta])* $name:ident = $bits:expr,)*) => {
            $($(#[$doc])* pub const $name: u16 = $bits;)*

            /// The bits of this name, as schemas have it.
            #[cfg(feature = "dynamic")]
            pub(crate) fn named(name: &str) -> Option<u16> {
                let known = [$((stringify!($name), $name)),*];
                let found = known.into_iter().find(|(known, _)| *known == name);
                found.map(|(_, bits)| bits)
            }
        };
    }

    facts! {
        /// `multiValued`
        MULTI_VALUED = 1,
        /// `required`
        REQUIRED = 1 << 1,
        /// `caseExact`
        CASE_EXACT = 1 << 2,
        /// The attribute is the container of an extension.
        EXTENSION = 1 << 3,
        /// `mutability`
        READ_ONLY = 1 << 4,
        /// `mutability`
        WRITE_ONLY = 2 << 4,
        /// `mutability`
        IMMUTABLE = 3 << 4,
        /// `returned`
        ALWAYS = 1 << 6,
        /// `returned`
        NEVER = 2 << 6,
        /// `returned`
        REQUEST = 3 << 6,
        /// `uniqueness`
        SERVER = 1 << 8,
        /// `uniqueness`
        GLOBAL = 2 << 8,
    }

    pub(super) const MUTABILITY: u16 = 3 << 4;
    pub(super) const RETURNED: u16 = 3 << 6;
    pub(super) const UNIQUENESS: u16 = 3 << 8;
}

/// Construction of attributes, for derives and for tables that are written by hand.
impl Attribute {
    pub(super) const fn with(mut self, fact: u16, holds: bool) -> Self {
        if holds {
            self.facts |= fact;
        } else {
            self.facts &= !fact;
        }
        self
    }

    const fn with_one_of(mut self, all: u16, fact: u16) -> Self {
        self.facts = self.facts & !all | fact;
        self
    }

    /// Sets the description.
    #[must_use]
    pub const fn with_description(mut self, text: &'static str) -> Self {
        self.description = text;
        self
    }

    /// Sets `required`.
    #[must_use]
    pub const fn with_required(self, required: bool) -> Self {
        self.with(facts::REQUIRED, required)
    }

    /// Sets `caseExact`.
    #[must_use]
    pub const fn with_case_exact(self, case_exact: bool) -> Self {
        self.with(facts::CASE_EXACT, case_exact)
    }

    /// Sets `mutability`.
    #[must_use]
    pub const fn with_mutability(self, mutability: Mutability) -> Self {
        let fact = match mutability {
            Mutability::ReadWrite => 0,
            Mutability::ReadOnly => facts::READ_ONLY,
            Mutability::WriteOnly => facts::WRITE_ONLY,
            Mutability::Immutable => facts::IMMUTABLE,
        };
        self.with_one_of(facts::MUTABILITY, fact)
    }

    /// Sets `returned`.
    #[must_use]
    pub const fn with_returned(self, returned: Returned) -> Self {
        let fact = match returned {
            Returned::Default => 0,
            Returned::Always => facts::ALWAYS,
            Returned::Never => facts::NEVER,
            Returned::Request => facts::REQUEST,
        };
        self.with_one_of(facts::RETURNED, fact)
    }

    /// Sets `uniqueness`.
    #[must_use]
    pub const fn with_uniqueness(self, uniqueness: Uniqueness) -> Self {
        let fact = match uniqueness {
            Uniqueness::None => 0,
            Uniqueness::Server => facts::SERVER,
            Uniqueness::Global => facts::GLOBAL,
        };
        self.with_one_of(facts::UNIQUENESS, fact)
    }

    /// Sets `canonicalValues` and `referenceTypes`.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_values(mut self, values: &'static Values) -> Self {
        self.values = Some(values);
        self
    }
}

/// The characteristics of the attribute.
impl Attribute {
    /// The name of the attribute, as the schema spells it. For the container of an extension, it is the
    /// URN of the schema.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The schema's description; may be empty.
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// The data type.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns whether the attribute holds an array.
    pub const fn is_multi_valued(&self) -> bool {
        self.facts & facts::MULTI_VALUED != 0
    }

    /// Returns whether the attribute is required: a resource without it is invalid.
    pub const fn is_required(&self) -> bool {
        self.facts & facts::REQUIRED != 0
    }

    /// Returns whether letter case matters when values are compared.
    pub const fn is_case_exact(&self) -> bool {
        self.facts & facts::CASE_EXACT != 0
    }

    /// Returns whether this is the container of an extension's attributes.
    pub const fn is_extension(&self) -> bool {
        self.facts & facts::EXTENSION != 0
    }

    /// The mutability: who may write the attribute, and when.
    pub const fn mutability(&self) -> Mutability {
        match self.facts & facts::MUTABILITY {
            facts::READ_ONLY => Mutability::ReadOnly,
            facts::WRITE_ONLY => Mutability::WriteOnly,
            facts::IMMUTABLE => Mutability::Immutable,
            _ => Mutability::ReadWrite,
        }
    }

    /// When a service provider returns the attribute.
    pub const fn returned(&self) -> Returned {
        match self.facts & facts::RETURNED {
            facts::ALWAYS => Returned::Always,
            facts::NEVER => Returned::Never,
            facts::REQUEST => Returned::Request,
            _ => Returned::Default,
        }
    }

    /// Among which resources the value of the attribute is unique.
    pub const fn uniqueness(&self) -> Uniqueness {
        match self.facts & facts::UNIQUENESS {
            facts::SERVER => Uniqueness::Server,
            facts::GLOBAL => Uniqueness::Global,
            _ => Uniqueness::None,
        }
    }

    /// The values that the schema suggests (`canonicalValues`). Other values are allowed (RFC 7643 §7).
    pub const fn suggested_values(&self) -> &'static [&'static str] {
        match self.values {
            Some(values) => values.canonical,
            None => &[],
        }
    }

    /// What a reference may refer to (`referenceTypes`): names of resource types, `external` or `uri`.
    pub const fn referenced_types(&self) -> &'static [&'static str] {
        match self.values {
            Some(values) => values.references,
            None => &[],
        }
    }

    /// The sub-attributes; empty unless the attribute is complex.
    pub fn sub_attributes(&self) -> &'static [Attribute] {
        self.kind.descriptor().map_or(&[], |d| d.attributes)
    }

    /// Returns whether the value is a secret: the attribute is `writeOnly` or never returned.
    pub const fn is_secret(&self) -> bool {
        self.facts & facts::MUTABILITY == facts::WRITE_ONLY
            || self.facts & facts::RETURNED == facts::NEVER
    }

    /// Whether it is not returned unless it is asked for, or never (RFC 7643 §7).
    pub(crate) const fn is_hidden(&self) -> bool {
        matches!(self.returned(), Returned::Never | Returned::Request)
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
    /// Makes the table of a complex attribute.
    pub const fn complex(name: &'static str, attributes: &'static [Attribute]) -> Self {
        Self {
            name,
            urn: None,
            description: "",
            attributes,
        }
    }

    /// Makes the table of a resource or an extension whose schema has this URN.
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
    pub const fn with_description(mut self, text: &'static str) -> Self {
        self.description = text;
        self
    }

    /// The name of the schema or of the complex attribute.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The schema URN; `None` for a complex attribute.
    pub const fn urn(&self) -> Option<&'static str> {
        self.urn
    }

    /// The schema's description; may be empty.
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// The attributes in the schema's order. Their positions are the indices of
    /// [`Reflect::field`](super::Reflect::field).
    pub const fn attributes(&self) -> &'static [Attribute] {
        self.attributes
    }

    /// The position of the attribute `name`: the exact spelling first, then any letter case
    /// (RFC 7643 §2.1).
    pub fn position(&self, name: &str) -> Option<usize> {
        self.position_from(name, 0)
    }

    /// Like [`position`](Self::position), looking at `hint` first.
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
