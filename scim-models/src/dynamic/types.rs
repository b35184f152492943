//! The resource types of a service provider.

use std::{error, fmt, path::Path, sync::Arc};

use scim_schema::{
    Diagnostics, Model, Reading, Source,
    folder::{self, FolderError},
    model::{Attribute, Kind, Role, Schema},
    nearest,
};

use super::{
    draft::Draft,
    error::{AttributeError, AttributeErrorKind},
    intern::{MAX_TABLE_BYTES, intern},
    resource_type::{ExtensionOf, ResourceType},
};
use crate::{
    core::{EnterpriseUser, Group, User},
    resource::{Extension, Resource},
    shown::{Name, Visible},
};

/// How many attributes a resource, an extension or a complex attribute may have. Each extension of a
/// resource counts as one. The largest schemas of vendors have a few hundred.
pub const MAX_ATTRIBUTES: usize = 2_000;

/// How many Schema and ResourceType documents are read together. A service provider has some dozens.
pub const MAX_DOCUMENTS: usize = 1_000;

/// The schemas of the discovery endpoints (RFC 7644 §4), which are no resources to work with unless a
/// service provider lists them as such.
const DISCOVERY: [&str; 3] = [
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
    "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
    "urn:ietf:params:scim:schemas:core:2.0:Schema",
];

/// The resource types of a service provider, made at run time. Cheap to clone.
///
/// ```
/// use scim_client::dynamic::ResourceTypes;
///
/// let documents = r#"[
///     {"id": "urn:example:Device", "name": "Device", "attributes": [
///         {"name": "serial", "type": "string", "multiValued": false, "required": true}]},
///     {"name": "Device", "endpoint": "/Devices", "schema": "urn:example:Device"}]"#;
/// let types = ResourceTypes::from_json(documents)?;
/// let device = types.find("device")?;
/// assert_eq!(device.endpoint(), "/Devices");
///
/// let mut scanner = device.new_resource();
/// let error = device.check_create(&scanner).unwrap_err();
/// assert_eq!(error.to_string(), "serial is required");
/// scanner.set("serial", "A-1")?;
/// device.check_create(&scanner)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Equal types share one table. Tables are kept for the life of the program, up to [`MAX_TABLE_BYTES`]
/// in all.
#[derive(Clone)]
pub struct ResourceTypes {
    types: Arc<[ResourceType]>,
    compiled: bool,
}

/// Why no resource types could be made of the documents.
///
/// `Display` and `Debug` show errors only. Warnings and notes are in [`Documents`](Self::Documents).
#[non_exhaustive]
pub enum TypesError {
    /// The documents are wrong. The diagnostics are those of the generator, with their places. More than
    /// [`MAX_DOCUMENTS`] documents are an error too.
    Documents(Diagnostics),
    /// A folder or file that could not be read.
    Folder(FolderError),
    /// An object of a schema has more than [`MAX_ATTRIBUTES`].
    TooManyAttributes {
        /// The URN of the schema.
        schema: String,
        /// How many attributes there are.
        count: usize,
    },
    /// The tables that this program has made since it began take more than [`MAX_TABLE_BYTES`].
    /// They cannot be freed, since resources refer to them.
    TooManyTables,
}

impl fmt::Display for TypesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Documents(findings) => {
                for (index, error) in findings.errors().enumerate() {
                    let between = if index > 0 { "\n\n" } else { "" };
                    write!(f, "{between}{error}")?;
                }
                Ok(())
            }
            Self::Folder(error) => error.fmt(f),
            Self::TooManyAttributes { schema, count } => write!(
                f,
                "the schema {} has an object of {count} attributes; at most {MAX_ATTRIBUTES} are allowed",
                Visible(schema)
            ),
            Self::TooManyTables => write!(
                f,
                "all resource types known at run time take more than {} MiB together",
                MAX_TABLE_BYTES >> 20
            ),
        }
    }
}

impl fmt::Debug for TypesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypesError({self})")
    }
}

impl error::Error for TypesError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Documents(findings) => Some(findings),
            Self::Folder(error) => Some(error),
            Self::TooManyAttributes { .. } | Self::TooManyTables => None,
        }
    }
}

impl ResourceTypes {
    /// Reads documents as the generator does: Schemas, ResourceTypes, lists of them, and an
    /// `overlay.json` that corrects them. The diagnostics that are returned with the types are
    /// warnings and notes. They are those of the generator, except for those about names in Rust.
    ///
    /// # Errors
    /// The documents are wrong, or there are too many of them.
    pub fn read(sources: &[Source], reading: &Reading) -> Result<(Self, Diagnostics), TypesError> {
        let reading = at_run_time(reading);
        let (model, findings) =
            scim_schema::read(sources, &reading).map_err(TypesError::Documents)?;
        let types = of_model(&model)?;
        Ok((Self::new(types, false), findings))
    }

    /// Reads one text: a document, an array of documents, a ListResponse, or what
    /// [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// The same as for [`read`](Self::read).
    pub fn from_json(text: &str) -> Result<Self, TypesError> {
        Self::read(&[Source::new("JSON", text)], &Reading::default()).map(|(types, _)| types)
    }

    /// Reads what a service provider publishes: the responses of `/Schemas` and `/ResourceTypes`,
    /// or the documents in them. Each has a name, which messages use.
    ///
    /// If there is no schema, the types are those of RFC 7643 ([`is_compiled`](Self::is_compiled)),
    /// at the endpoints that the ResourceType documents name.
    ///
    /// # Errors
    /// The same as for [`read`](Self::read).
    pub fn from_documents<N: Into<String>, T: Into<String>>(
        documents: impl IntoIterator<Item = (N, T)>,
    ) -> Result<(Self, Diagnostics), TypesError> {
        let source = |(name, text): (N, T)| Source::new(name, text);
        let sources = documents.into_iter().map(source).collect();
        Self::from_published(sources, &Reading::default())
    }

    /// Like [`from_documents`](Self::from_documents), with settings for how the documents are read. The
    /// documents may include an `overlay.json`, which corrects the others.
    ///
    /// ```
    /// use scim_client::{User, Resource, dynamic::{Reading, ResourceTypes, Source}};
    ///
    /// let overlay = r#"{"changes": [{"schema": "urn:ietf:params:scim:schemas:core:2.0:User",
    ///     "attribute": "userName", "required": false}]}"#;
    /// let published = vec![
    ///     Source::new("/Schemas", User::schema().as_str()),
    ///     Source::new("overlay.json", overlay),
    /// ];
    /// let (types, _) = ResourceTypes::from_published(published, &Reading::default())?;
    /// assert!(types.find("User")?.from_json("{}").is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The same as for [`read`](Self::read).
    pub fn from_published(
        mut sources: Vec<Source>,
        reading: &Reading,
    ) -> Result<(Self, Diagnostics), TypesError> {
        let reading = at_run_time(reading);
        let (model, findings) =
            scim_schema::read(&sources, &reading).map_err(TypesError::Documents)?;
        if !model.schemas().is_empty() {
            return Ok((Self::new(of_model(&model)?, false), findings));
        }
        let core = [
            ("core User", User::schema()),
            ("core Group", Group::schema()),
            (
                "core EnterpriseUser",
                <EnterpriseUser as Extension>::schema(),
            ),
        ];
        sources.extend(core.map(|(name, text)| Source::new(name, text.as_str())));
        let (model, findings) =
            scim_schema::read(&sources, &reading).map_err(TypesError::Documents)?;
        Ok((Self::new(of_model(&model)?, true), findings))
    }

    /// Reads every `.json` file below a folder, or one file.
    ///
    /// # Errors
    /// The folder cannot be read, or as [`read`](Self::read).
    pub fn from_folder(path: impl AsRef<Path>) -> Result<(Self, Diagnostics), TypesError> {
        let sources = folder::read(Path::new(""), path.as_ref()).map_err(TypesError::Folder)?;
        Self::read(&sources, &Reading::default())
    }

    /// The compiled types of RFC 7643: User with the enterprise extension, and Group.
    pub fn core() -> Self {
        let types = vec![ResourceType::of::<Group>(), ResourceType::of::<User>()];
        Self::new(types, true)
    }

    /// An empty set of types.
    pub fn none() -> Self {
        Self::new(Vec::new(), false)
    }

    /// Adds a compiled type. It replaces a type of the same name.
    #[must_use]
    pub fn with<R: Resource>(self) -> Self {
        let added = ResourceType::of::<R>();
        let others = self.types.iter().cloned();
        let others = others.filter(|other| !other.name().eq_ignore_ascii_case(added.name()));
        let mut types: Vec<_> = others.collect();
        types.push(added);
        Self::new(types, self.compiled)
    }

    fn new(mut types: Vec<ResourceType>, compiled: bool) -> Self {
        types.sort_by_key(ResourceType::name);
        Self {
            types: types.into(),
            compiled,
        }
    }

    /// Returns whether the types are those that are compiled into this library, because the service
    /// provider published none.
    pub fn is_compiled(&self) -> bool {
        self.compiled
    }

    /// The types, by name.
    pub fn iter(&self) -> std::slice::Iter<'_, ResourceType> {
        self.types.iter()
    }

    /// The number of types.
    pub fn len(&self) -> usize {
        self.types.len()
    }

    /// Returns whether there are no types.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// Finds a type by its name in any letter case, or else by its endpoint, with or without the
    /// slash, or else by the URN of its schema.
    pub fn get(&self, name: &str) -> Option<&ResourceType> {
        let mut types = self.types.iter();
        types
            .find(|found| found.name().eq_ignore_ascii_case(name))
            .or_else(|| self.by_endpoint(name))
            .or_else(|| self.by_schema(name))
    }

    /// Like [`get`](Self::get), with an error that names the nearest.
    ///
    /// # Errors
    /// There is no such type.
    pub fn find(&self, name: &str) -> Result<&ResourceType, AttributeError> {
        self.get(name).ok_or_else(|| {
            let names = self.types.iter().map(ResourceType::name);
            let endpoints = self.types.iter().map(|t| t.endpoint().trim_matches('/'));
            let all: Vec<_> = names.chain(endpoints).collect();
            let near = nearest(name, &all).map(str::to_owned);
            let detail = format!("there is no resource type {}", Name(name));
            AttributeError::new(AttributeErrorKind::UnknownType, name, detail).or_meant(near)
        })
    }

    /// The type at an endpoint, such as `/Users`; the slash may be left out.
    pub fn by_endpoint(&self, endpoint: &str) -> Option<&ResourceType> {
        let wanted = endpoint.trim_matches('/');
        let mut types = self.types.iter();
        types.find(|found| {
            found
                .endpoint()
                .trim_matches('/')
                .eq_ignore_ascii_case(wanted)
        })
    }

    /// The type whose own schema has this URN. If there are several, it is the one with the schema's
    /// name, or else one that is not at `/Me`.
    pub fn by_schema(&self, urn: &str) -> Option<&ResourceType> {
        let having = || {
            let types = self.types.iter();
            types.filter(|found| found.schema().eq_ignore_ascii_case(urn))
        };
        let is_me = |found: &&ResourceType| {
            found
                .endpoint()
                .trim_matches('/')
                .eq_ignore_ascii_case("Me")
        };
        let last = urn.rsplit([':', '/']).next().unwrap_or_default();
        let is_called = |found: &&ResourceType| {
            let names = [last, found.descriptor().name()];
            names
                .iter()
                .any(|name| name.eq_ignore_ascii_case(found.name()))
        };
        having()
            .find(|found| is_called(found) && !is_me(found))
            .or_else(|| having().find(|found| !is_me(found)))
            .or_else(|| having().next())
    }

    /// Writes the types as one JSON text of ResourceType and Schema documents without `meta`, so
    /// that they can be stored. [`from_json`](Self::from_json) reads the same types from it.
    pub fn to_json(&self) -> String {
        let mut seen = std::collections::HashSet::new();
        let mut documents = Vec::new();
        for one in self.types.iter() {
            if one.is_listed() {
                documents.push(one.resource_type_document());
            }
            let own = std::iter::once((one.schema(), one.schema_document()));
            for (urn, document) in own.chain(one.extension_documents()) {
                if seen.insert(urn.to_ascii_lowercase()) {
                    documents.push(document);
                }
            }
        }
        let texts: Vec<_> = documents.iter().map(crate::model::Json::as_str).collect();
        format!("[{}]", texts.join(",\n"))
    }
}

impl fmt::Debug for ResourceTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.types.iter()).finish()
    }
}

impl<'t> IntoIterator for &'t ResourceTypes {
    type Item = &'t ResourceType;
    type IntoIter = std::slice::Iter<'t, ResourceType>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn at_run_time(reading: &Reading) -> Reading {
    let mut reading = reading.clone();
    reading.max_documents = reading.max_documents.min(MAX_DOCUMENTS);
    reading.at_run_time = true;
    reading
}

/// The resource types of a model: those that ResourceType documents list, and those of other schemas
/// that are resources by what they are.
fn of_model(model: &Model) -> Result<Vec<ResourceType>, TypesError> {
    for schema in model.schemas() {
        if let Some(count) = too_many(&schema.attributes) {
            let schema = schema.id.clone();
            return Err(TypesError::TooManyAttributes { schema, count });
        }
    }
    let mut types = Vec::new();
    for listed in model.resource_types() {
        let Some(schema) = model.schema(&listed.schema) else {
            continue;
        };
        let extensions = listed.extensions.iter();
        let extensions = extensions.map(|(urn, required)| ExtensionOf::new(urn, *required));
        let place = (listed.name.as_str(), listed.endpoint.as_str());
        types.push(made(
            model,
            schema,
            place,
            (&listed.description, extensions.collect(), true),
        )?);
    }
    for schema in model.schemas() {
        let Role::Resource(role) = &schema.role else {
            continue;
        };
        let is = |urn: &str| urn.eq_ignore_ascii_case(&schema.id);
        let is_listed = model
            .resource_types()
            .iter()
            .any(|listed| is(&listed.schema));
        if is_listed || DISCOVERY.into_iter().any(is) {
            continue;
        }
        let extensions = role.extensions.iter();
        let extensions = extensions.map(|e| ExtensionOf::new(&e.schema, e.required));
        let place = (role.resource_type.as_str(), role.endpoint.as_str());
        types.push(made(
            model,
            schema,
            place,
            (&schema.description, extensions.collect(), false),
        )?);
    }
    Ok(types)
}

fn made(
    model: &Model,
    schema: &Schema,
    (name, endpoint): (&str, &str),
    (description, extensions, listed): (&str, Vec<ExtensionOf>, bool),
) -> Result<ResourceType, TypesError> {
    // What is a resource of its own is no extension, as for the generator.
    let known = extensions.iter().filter_map(|extension| {
        let found = model.schema(extension.schema())?;
        matches!(found.role, Role::Extension).then_some(found)
    });
    let draft = Draft::new(name, endpoint, schema, known);
    if draft.attributes.len() > MAX_ATTRIBUTES {
        return Err(TypesError::TooManyAttributes {
            schema: schema.id.clone(),
            count: draft.attributes.len(),
        });
    }
    let kind = intern(&draft).map_err(|_| TypesError::TooManyTables)?;
    Ok(ResourceType::new(kind, description, extensions, listed))
}

/// The number of attributes of the first object that has too many.
fn too_many(attributes: &[Attribute]) -> Option<usize> {
    if attributes.len() > MAX_ATTRIBUTES {
        return Some(attributes.len());
    }
    attributes
        .iter()
        .find_map(|attribute| match &attribute.kind {
            Kind::Complex(complex) => too_many(&complex.attributes),
            _ => None,
        })
}
