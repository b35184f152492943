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
/// `Display` shows its name, with control characters escaped. It is a
/// [`DeserializeSeed`](serde::de::DeserializeSeed), which reads a resource of this type as
/// [`from_json`](Self::from_json) does.
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

    /// Returns whether a resource must have this extension, as the ResourceType document says.
    /// Hardly any service provider enforces it, and the example of RFC 7643 requires an extension
    /// that most of its resources lack. So this library refuses nothing because of it.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// The table of its attributes, or `None` if its schema is unknown. Its attributes are then kept
    /// as unknown attributes.
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
    /// The metadata of the attribute.
    pub fn attribute(self) -> &'static Attribute {
        self.attribute
    }

    /// The complex attribute, if this is a sub-attribute.
    pub fn parent(self) -> Option<&'static Attribute> {
        self.parent
    }

    /// The URN of the extension, if this is an attribute of one.
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

    /// Makes a `ResourceType` of a compiled type, with the same table.
    pub fn of<R: Resource>() -> Self {
        Self::of_kind(ResourceKind::of::<R>())
    }

    /// Makes a `ResourceType` of a [`ResourceKind`], from its table.
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

    /// The description of the type. It may be empty.
    pub fn description(&self) -> &str {
        &self.about.description
    }

    /// The extensions that its resources may have.
    pub fn extensions(&self) -> &[ExtensionOf] {
        &self.about.extensions
    }

    /// Returns whether a ResourceType document lists this type. If not, its name and endpoint were
    /// derived from the schema.
    pub fn is_listed(&self) -> bool {
        self.about.listed
    }

    /// The type as a [`ResourceKind`], which [`Stored::from_json_of`], the lists of
    /// [`message`](crate::message) and the client take.
    pub fn kind(&self) -> ResourceKind {
        self.kind
    }

    /// The table of its attributes: `externalId`, the attributes of its schema, and a container for
    /// each extension. It is also a [`SchemaView`](crate::evaluate::SchemaView), so filters can be
    /// evaluated on plain JSON.
    ///
    /// Equal types share one table, so descriptions are those of the documents that were read first.
    pub fn descriptor(&self) -> &'static Descriptor {
        self.kind.descriptor()
    }

    /// All attributes, each followed by its sub-attributes. The attributes of extensions are at the end.
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

    /// The Schema documents of its extensions whose schemas are known.
    pub fn extension_documents(&self) -> impl Iterator<Item = (&str, Json)> {
        self.about.extensions.iter().filter_map(|extension| {
            let urn = extension.schema.as_str();
            let table = extension.table?;
            Some((urn, document::schema_of_any_depth(urn, table, false).into()))
        })
    }

    /// Makes a resource of this type without any attributes.
    pub fn new_resource(&self) -> DynamicResource {
        DynamicResource::new(self.descriptor())
    }

    /// Makes a resource of a map or a struct, for example of a document that a user wrote. Each member is
    /// [set](DynamicResource::set) as an attribute. So unknown attributes are refused, and so are
    /// attributes that a client may not write. A member `schemas` is ignored, since it follows from the
    /// rest.
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
    /// The value is not a JSON object, or a member cannot be set.
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
    /// The same as for [`Stored::from_json`].
    pub fn stored_from_json(&self, text: &str) -> Result<Stored<DynamicResource>, DecodeError> {
        Stored::from_json_of(self.kind, text)
    }

    /// Converts a compiled resource to this type. Nothing is lost: secrets and unknown attributes
    /// are kept. If this type knows an attribute that the compiled type does not know, it becomes a
    /// regular attribute.
    ///
    /// # Errors
    /// An attribute has another data type in this type, or an attribute is missing that this type
    /// requires.
    pub fn from_typed<R: Resource>(&self, resource: &R) -> Result<DynamicResource, DecodeError> {
        let mut made = self.new_resource();
        super::convert::between(resource, &mut made)?;
        Ok(made)
    }

    /// Like [`from_typed`](Self::from_typed), with `id` and `meta`.
    ///
    /// # Errors
    /// The same as for [`from_typed`](Self::from_typed).
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

/// Types are equal if they have the same name, endpoint, schema and attributes. Descriptions do not
/// count.
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
