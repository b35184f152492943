//! One resource type.

use std::{fmt, sync::Arc};

use serde::{Deserializer, Serialize, de};

use super::{error::AttributeError, object::DynamicResource};
use crate::{
    attribute_path::AttributePath,
    json::{self, DecodeError},
    model::{Attribute, Descriptor, Json},
    resource::stored::Stored,
    resource::{Resource, ResourceKind, document},
};

/// A resource type (RFC 7643 §6) with its schema and those of its extensions. Cheap to clone.
///
/// `Display` is its name, with what controls a terminal escaped. As a [`DeserializeSeed`](serde::de::DeserializeSeed) it reads a resource of
/// its type, as [`from_json`](Self::from_json) does.
#[derive(Clone)]
pub struct ResourceType {
    kind: ResourceKind,
    about: Arc<About>,
}

/// What no table holds.
struct About {
    description: String,
    extensions: Vec<ExtensionOf>,
    listed: bool,
}

/// An extension of a resource type (RFC 7643 §6, `schemaExtensions`).
#[derive(Clone)]
pub struct ExtensionOf {
    schema: String,
    required: bool,
    table: Option<&'static Descriptor>,
}

impl fmt::Debug for ExtensionOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtensionOf")
            .field("schema", &self.schema)
            .field("required", &self.required)
            .field("known", &self.table.is_some())
            .finish()
    }
}

impl ExtensionOf {
    pub(super) fn new(schema: &str, required: bool) -> Self {
        Self {
            schema: schema.to_owned(),
            required,
            table: None,
        }
    }

    /// The URN of its schema.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// Whether a resource must have it. Hardly any service provider means it: RFC 7643's own example
    /// requires one that most of its resources lack. So nothing is refused for want of it.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// The table of its attributes; `None` if its schema is not known. Its attributes are then among
    /// those that the schema does not have.
    pub fn descriptor(&self) -> Option<&'static Descriptor> {
        self.table
    }
}

/// An attribute with its place in a resource type; see [`ResourceType::attributes`].
#[derive(Debug, Clone, Copy)]
pub struct Described {
    extension: Option<&'static Attribute>,
    parent: Option<&'static Attribute>,
    attribute: &'static Attribute,
}

impl Described {
    /// What the schema says of it.
    pub fn attribute(self) -> &'static Attribute {
        self.attribute
    }

    /// The complex attribute that it is a sub-attribute of.
    pub fn parent(self) -> Option<&'static Attribute> {
        self.parent
    }

    /// The URN of the extension that has it.
    pub fn extension(self) -> Option<&'static str> {
        self.extension.map(|extension| extension.name)
    }

    /// Its full path, such as `name.familyName`.
    pub fn path(self) -> AttributePath {
        let name = self.attribute.name;
        match self.parent {
            None => AttributePath::from_parts(self.extension(), name, None),
            Some(parent) => AttributePath::from_parts(self.extension(), parent.name, Some(name)),
        }
    }
}

impl ResourceType {
    pub(super) fn new(
        kind: ResourceKind,
        description: &str,
        mut extensions: Vec<ExtensionOf>,
        listed: bool,
    ) -> Self {
        for extension in &mut extensions {
            let found = kind.descriptor().attribute(&extension.schema);
            let found = found.filter(|found| found.is_extension());
            extension.table = found.and_then(|found| found.kind.descriptor());
        }
        Self {
            kind,
            about: Arc::new(About {
                description: description.to_owned(),
                extensions,
                listed,
            }),
        }
    }

    /// A compiled type as one that is known at run time: the same table.
    pub fn of<R: Resource>() -> Self {
        Self::of_kind(ResourceKind::of::<R>())
    }

    /// A type that is known as a value, with what its table says.
    pub fn of_kind(kind: ResourceKind) -> Self {
        let attributes = kind.descriptor().attributes.iter();
        let extensions = attributes
            .filter(|attribute| attribute.is_extension())
            .map(|extension| ExtensionOf::new(extension.name, extension.is_required()));
        Self::new(
            kind,
            kind.descriptor().description(),
            extensions.collect(),
            true,
        )
    }

    /// Its name, as in `meta.resourceType`.
    pub fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// The endpoint relative to the base URL, such as `/Users`.
    pub fn endpoint(&self) -> &'static str {
        self.kind.endpoint()
    }

    /// The URN of its schema.
    pub fn schema(&self) -> &'static str {
        self.kind.schema()
    }

    /// What it is for; may be empty.
    pub fn description(&self) -> &str {
        &self.about.description
    }

    /// The extensions that its resources may have.
    pub fn extensions(&self) -> &[ExtensionOf] {
        &self.about.extensions
    }

    /// Whether a ResourceType document says so. If not, it is one that the schema's URN tells, or a
    /// guess.
    pub fn is_listed(&self) -> bool {
        self.about.listed
    }

    /// The type as a value: what a handle of the client, [`Stored::from_json_of`] and the lists of
    /// [`message`](crate::message) ask for.
    pub fn kind(&self) -> ResourceKind {
        self.kind
    }

    /// The table of its attributes: `externalId`, those of its schema, and a container for each
    /// extension. It is a [`SchemaView`](crate::evaluate::SchemaView) too, so filters can be asked of
    /// plain JSON.
    ///
    /// Descriptions in a table are those of whoever published the same attributes first.
    pub fn descriptor(&self) -> &'static Descriptor {
        self.kind.descriptor()
    }

    /// Every attribute with its sub-attributes behind it, those of extensions at the end.
    pub fn attributes(&self) -> impl Iterator<Item = Described> + use<> {
        let all = self.descriptor().attributes.iter();
        all.flat_map(|attribute| {
            let extension = attribute.is_extension().then_some(attribute);
            let inner = match extension {
                Some(extension) => extension.sub_attributes(),
                None => std::slice::from_ref(attribute),
            };
            inner.iter().flat_map(move |attribute| {
                let one = Described {
                    extension,
                    parent: None,
                    attribute,
                };
                let subs = attribute.sub_attributes().iter();
                std::iter::once(one).chain(subs.map(move |sub| Described {
                    extension,
                    parent: Some(attribute),
                    attribute: sub,
                }))
            })
        })
    }

    /// Its ResourceType document (RFC 7643 §6), without `meta`.
    pub fn resource_type_document(&self) -> Json {
        let extensions = self.about.extensions.iter();
        let extensions = extensions.map(|e| (e.schema.as_str(), e.required));
        let description = &self.about.description;
        document::resource_type_with(self.kind, description, extensions).into()
    }

    /// The Schema document of its own schema (RFC 7643 §7), without `meta`.
    pub fn schema_document(&self) -> Json {
        document::schema_of_any_depth(self.schema(), self.descriptor(), true).into()
    }

    /// The Schema documents of its extensions, as far as they are known.
    pub fn extension_documents(&self) -> impl Iterator<Item = (&str, Json)> {
        self.about.extensions.iter().filter_map(|extension| {
            let urn = extension.schema.as_str();
            let table = extension.table?;
            Some((urn, document::schema_of_any_depth(urn, table, false).into()))
        })
    }

    /// A resource of this type without any attribute.
    pub fn new_resource(&self) -> DynamicResource {
        DynamicResource::new(self.descriptor())
    }

    /// A new resource of a map or a struct, such as a document that somebody wrote: each member is
    /// [set](DynamicResource::set), so what the schema does not have, and what a client may not write, is
    /// refused. `schemas` follows from the rest and is passed over.
    ///
    /// ```
    /// use scim_client::dynamic::ResourceTypes;
    ///
    /// let types = ResourceTypes::core();
    /// let user = types.find("User")?;
    /// let babs = user.resource_from(serde_json::json!({"userName": "bjensen", "department": "Tours"}))?;
    /// assert!(babs.to_json().contains("enterprise"));
    /// let error = user.resource_from(serde_json::json!({"userNmae": "bjensen"})).unwrap_err();
    /// assert_eq!(error.to_string(), "there is no attribute userNmae; did you mean `userName`?");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// It is no JSON object, or a member cannot be set.
    pub fn resource_from(&self, value: impl Serialize) -> Result<DynamicResource, AttributeError> {
        let mut made = self.new_resource();
        made.set_members(&value)?;
        Ok(made)
    }

    /// Reads a resource without `id` and `meta`, as
    /// [`Resource::from_json`](crate::Resource::from_json) does. Attributes that the schema does not have
    /// are kept, and sent again.
    ///
    /// # Errors
    /// The text is not JSON, or an attribute is missing or has a wrong type; all such places are
    /// named.
    pub fn from_json(&self, text: &str) -> Result<DynamicResource, DecodeError> {
        Stored::read_document(self.kind, text, false, false).map(Stored::into_resource)
    }

    /// Reads a stored resource, as [`Stored::from_json`] does.
    ///
    /// # Errors
    /// As [`Stored::from_json`].
    pub fn stored_from_json(&self, text: &str) -> Result<Stored<DynamicResource>, DecodeError> {
        Stored::from_json_of(self.kind, text)
    }

    /// A compiled resource as one of this type. Nothing is lost: secrets and unknown attributes are
    /// kept, and what the compiled type does not know and this one does is an attribute here.
    ///
    /// # Errors
    /// An attribute is of another type here, or one is missing that is required here.
    pub fn from_typed<R: Resource>(&self, resource: &R) -> Result<DynamicResource, DecodeError> {
        let mut made = self.new_resource();
        super::convert::between(resource, &mut made)?;
        Ok(made)
    }

    /// As [`from_typed`](Self::from_typed), with `id` and `meta`.
    ///
    /// # Errors
    /// As [`from_typed`](Self::from_typed).
    pub fn stored_from_typed<R: Resource>(
        &self,
        stored: &Stored<R>,
    ) -> Result<Stored<DynamicResource>, DecodeError> {
        let made = self.from_typed(stored.resource())?;
        Ok(stored.with_resource(made))
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::shown::Visible(self.name()).fmt(f)
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceType")
            .field("name", &self.name())
            .field("endpoint", &self.endpoint())
            .field("schema", &self.schema())
            .finish_non_exhaustive()
    }
}

/// Equal if they are of the same name, endpoint, schema and attributes; descriptions do not count.
impl PartialEq for ResourceType {
    fn eq(&self, other: &Self) -> bool {
        let same = |one: &str, other: &str| one == other;
        std::ptr::eq(self.descriptor(), other.descriptor())
            && same(self.name(), other.name())
            && same(self.endpoint(), other.endpoint())
    }
}

impl<'de> de::DeserializeSeed<'de> for &ResourceType {
    type Value = DynamicResource;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<DynamicResource, D::Error> {
        let text = json::deserialize(deserializer)?;
        self.from_json(&text).map_err(de::Error::custom)
    }
}
