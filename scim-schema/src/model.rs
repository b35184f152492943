//! The model of a set of documents: resolved, named and validated.
//!
//! Every [`Model`] is validated: only [`Draft::validate`] makes one, and it cannot be changed. So
//! code that uses a model has no errors to handle. The parts are plain data, so other sources than
//! documents can be converted to the same values; the derives do this with Rust structs. They are
//! made by `new`, and not by literals, because schemas may get more characteristics.

mod facts;
mod validate;

pub use self::facts::FACTS;
pub use self::validate::Fault;

/// A validated model of all types, ordered by URN.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Model {
    draft: Draft,
}

impl Model {
    /// The schemas, by URN.
    #[must_use]
    pub fn schemas(&self) -> &[Schema] {
        &self.draft.schemas
    }

    /// The resource types whose schema is known, by name.
    #[must_use]
    pub fn resource_types(&self) -> &[ResourceType] {
        &self.draft.resource_types
    }

    /// The ServiceProviderConfig (RFC 7643 §5), if its document was given.
    #[must_use]
    pub fn service_provider(&self) -> Option<&ServiceProvider> {
        self.draft.service_provider.as_ref()
    }

    /// The schema with this URN, in any letter case.
    #[must_use]
    pub fn schema(&self, id: &str) -> Option<&Schema> {
        let mut schemas = self.schemas().iter();
        schemas.find(|schema| schema.id.eq_ignore_ascii_case(id))
    }

    /// Takes the parts out, so that they can be changed and validated again.
    #[must_use]
    pub fn into_draft(self) -> Draft {
        self.draft
    }
}

/// The parts of a [`Model`] that are not yet validated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Draft {
    /// The schemas.
    pub schemas: Vec<Schema>,
    /// The resource types.
    pub resource_types: Vec<ResourceType>,
    /// The ServiceProviderConfig (RFC 7643 §5).
    pub service_provider: Option<ServiceProvider>,
}

/// A schema (RFC 7643 §7), which becomes one module with one main struct.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Schema {
    /// The URN.
    pub id: String,
    /// The name as the document has it, or as derived from the URN.
    pub name: String,
    /// The description. It may be empty.
    pub description: String,
    /// The role of the generated struct.
    pub role: Role,
    /// The name of the generated module.
    pub module: String,
    /// The name of the generated struct.
    pub type_name: String,
    /// Whether every attribute is optional in Rust and can be set, also `readOnly` ones.
    pub plain: bool,
    /// The attributes in the order of the document. For a resource these exclude `id`, `meta` and
    /// `schemas`, and begin with `externalId` unless the schema is plain.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// Makes a schema with this URN and the name of its struct, without attributes. Its name in
    /// documents is that of the struct, and its module is called as the generator would call it.
    #[must_use]
    pub fn new(id: impl Into<String>, type_name: impl Into<String>, role: Role) -> Self {
        let type_name = type_name.into();
        Self {
            id: id.into(),
            name: type_name.clone(),
            description: String::new(),
            role,
            module: crate::names::module(&type_name, ""),
            type_name,
            plain: false,
            attributes: Vec::new(),
        }
    }
}

/// The use of the type of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// A resource.
    Resource(Resource),
    /// An extension of a resource, or a schema that no resource type mentions.
    Extension,
}

/// How a schema is served as a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resource {
    /// The name of the resource type, as in `meta.resourceType`.
    pub resource_type: String,
    /// The endpoint relative to the base URL, with its leading slash.
    pub endpoint: String,
    /// Whether the endpoint was guessed because no ResourceType document was given.
    pub guessed: bool,
    /// The extensions whose schema is known, in the order of the ResourceType document.
    pub extensions: Vec<Extension>,
}

impl Resource {
    /// Makes a resource with this resource type and endpoint, without extensions.
    #[must_use]
    pub fn new(resource_type: impl Into<String>, endpoint: impl Into<String>) -> Self {
        Self {
            resource_type: resource_type.into(),
            endpoint: endpoint.into(),
            guessed: false,
            extensions: Vec::new(),
        }
    }
}

/// An extension as a typed field of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extension {
    /// The URN of the extension's schema, spelt as that schema spells it.
    pub schema: String,
    /// The field in the resource's struct.
    pub field: String,
    /// Whether a resource of this type must have the extension (RFC 7643 §6).
    pub required: bool,
}

impl Extension {
    /// Makes an extension that a resource need not have. `schema` is its URN.
    #[must_use]
    pub fn new(schema: impl Into<String>, field: impl Into<String>) -> Self {
        Self {
            schema: schema.into(),
            field: field.into(),
            required: false,
        }
    }
}

/// A resource type (RFC 7643 §6).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResourceType {
    /// The name, as in `meta.resourceType`.
    pub name: String,
    /// The endpoint relative to the base URL, with its leading slash.
    pub endpoint: String,
    /// The description. It may be empty.
    pub description: String,
    /// The URN of its schema.
    pub schema: String,
    /// The URNs of its extensions, and whether each is required. Their schemas may be unknown.
    pub extensions: Vec<(String, bool)>,
}

impl ResourceType {
    /// Makes a resource type without a description and extensions. `schema` is the URN of its schema.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        endpoint: impl Into<String>,
        schema: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            endpoint: endpoint.into(),
            description: String::new(),
            schema: schema.into(),
            extensions: Vec::new(),
        }
    }
}

/// An attribute or sub-attribute (RFC 7643 §2.2, §7).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attribute {
    /// The name on the wire.
    pub name: String,
    /// The name of the field.
    pub field: String,
    /// The description. It may be empty.
    pub description: String,
    /// The data type.
    pub kind: Kind,
    /// Whether the attribute is multi-valued.
    pub multi_valued: bool,
    /// Whether the attribute must have a value.
    pub required: bool,
    /// Whether letter case counts when texts are compared. It always does for references and binary
    /// values (RFC 7643 §2.3.6, §2.3.7).
    pub case_exact: bool,
    /// Who may set the attribute, and when.
    pub mutability: Mutability,
    /// When a response contains it.
    pub returned: Returned,
    /// Among which resources the value is unique.
    pub uniqueness: Uniqueness,
    /// What a reference may refer to.
    pub reference_types: Vec<String>,
    /// The suggested values, as the document spells them.
    pub canonical_values: Vec<String>,
}

impl Attribute {
    /// Makes an attribute with the defaults of RFC 7643 §2.2. Its field has the name on the wire.
    #[must_use]
    pub fn new(name: &str, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            field: name.to_owned(),
            description: String::new(),
            kind,
            multi_valued: false,
            required: false,
            case_exact: false,
            mutability: Mutability::default(),
            returned: Returned::default(),
            uniqueness: Uniqueness::default(),
            reference_types: Vec::new(),
            canonical_values: Vec::new(),
        }
    }
}

/// A data type (RFC 7643 §2.3).
///
/// The enums of this module are complete on purpose, and not `non_exhaustive`: an emitter that does
/// not know a new data type or keyword must not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Text, with an open enum if the schema suggests values.
    String(Option<OpenEnum>),
    /// `true` or `false`.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// A date with a time.
    DateTime,
    /// Base64 text.
    Binary,
    /// A URI.
    Reference,
    /// A structure of sub-attributes.
    Complex(ComplexType),
    /// Any JSON value: the document does not give a known type.
    Any,
    /// The path of a Rust type that is declared elsewhere: a complex type, an open enum or an
    /// alias. Only derives make this kind; documents never do.
    Declared(String),
}

/// The struct of a complex attribute. It is in the module of its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComplexType {
    /// The name of the struct.
    pub type_name: String,
    /// The sub-attributes in the order of the document.
    pub attributes: Vec<Attribute>,
}

impl ComplexType {
    /// Makes a struct of this name with these sub-attributes.
    #[must_use]
    pub fn new(type_name: impl Into<String>, attributes: Vec<Attribute>) -> Self {
        Self {
            type_name: type_name.into(),
            attributes,
        }
    }
}

/// The type of a string attribute with `canonicalValues`. They are only suggestions (RFC 7643 §7),
/// so the type keeps any other value too.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenEnum {
    /// The name of the enum.
    pub type_name: String,
    /// The suggested values.
    pub variants: Vec<Variant>,
}

impl OpenEnum {
    /// Makes an enum of this name with these values.
    #[must_use]
    pub fn new(type_name: impl Into<String>, variants: Vec<Variant>) -> Self {
        Self {
            type_name: type_name.into(),
            variants,
        }
    }
}

/// One suggested value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variant {
    /// The name of the variant.
    pub name: String,
    /// The value on the wire.
    pub value: String,
}

impl Variant {
    /// Makes a variant of this name for a value on the wire.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// `mutability` (RFC 7643 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mutability {
    /// Only the service provider sets it.
    ReadOnly,
    /// A client may set and change it.
    #[default]
    ReadWrite,
    /// A client may set it once.
    Immutable,
    /// A client may set it, but nobody can read it.
    WriteOnly,
}

impl Mutability {
    /// Every value with its keyword.
    pub const KEYWORDS: [(&'static str, Self); 4] = [
        ("readOnly", Self::ReadOnly),
        ("readWrite", Self::ReadWrite),
        ("immutable", Self::Immutable),
        ("writeOnly", Self::WriteOnly),
    ];
}

/// `returned` (RFC 7643 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Returned {
    /// In every response.
    Always,
    /// In no response.
    Never,
    /// In a response unless the request excludes it.
    #[default]
    Default,
    /// In a response if the request asks for it.
    Request,
}

impl Returned {
    /// Every value with its keyword.
    pub const KEYWORDS: [(&'static str, Self); 4] = [
        ("always", Self::Always),
        ("never", Self::Never),
        ("default", Self::Default),
        ("request", Self::Request),
    ];
}

/// `uniqueness` (RFC 7643 §7).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Uniqueness {
    /// Not unique.
    #[default]
    None,
    /// Unique among the resources of this type at the service provider.
    Server,
    /// Unique everywhere.
    Global,
    /// A keyword that RFC 7643 does not define, kept as written. It has no meaning.
    Other(String),
}

impl Uniqueness {
    /// Every value of RFC 7643 with its keyword.
    pub const KEYWORDS: [(&'static str, Self); 3] = [
        ("none", Self::None),
        ("server", Self::Server),
        ("global", Self::Global),
    ];
}

/// The parts of a ServiceProviderConfig (RFC 7643 §5, RFC 9865 §3) that decide what a typed client
/// offers. Members that the document leaves out are `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ServiceProvider {
    /// `patch.supported`
    pub patch: Option<bool>,
    /// `bulk.supported`
    pub bulk: Option<bool>,
    /// `bulk.maxOperations`, in operations per request.
    pub bulk_max_operations: Option<u64>,
    /// `bulk.maxPayloadSize`, in bytes.
    pub bulk_max_payload_size: Option<u64>,
    /// `filter.supported`
    pub filter: Option<bool>,
    /// `filter.maxResults`, in resources per response.
    pub filter_max_results: Option<u64>,
    /// `changePassword.supported`
    pub change_password: Option<bool>,
    /// `sort.supported`
    pub sort: Option<bool>,
    /// `etag.supported`
    pub etag: Option<bool>,
    /// `pagination.cursor`
    pub cursor_pagination: Option<bool>,
    /// `pagination.index`
    pub index_pagination: Option<bool>,
}
