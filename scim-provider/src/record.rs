//! Stored resources whose type is known only through their tables, and the types that are served.

use std::{
    any::{Any, TypeId},
    fmt,
    sync::Arc,
};

use scim_models::{
    Meta, Stored,
    attribute_path::AttributePath,
    evaluate::Subject,
    json::DecodeError,
    model::{Attribute, Descriptor, Reflect, ValueRef},
    patch::{ApplyOptions, PatchError, PatchOp},
    resource::{AnyResource, Resource, ResourceKind},
};

use crate::{identifier, output, selection::Selection};

/// A resource of any type as a service provider stores it: with `id`, `meta`, secrets and unknown
/// attributes.
///
/// Cheap to clone: the data is copied when one of the clones is changed. `Debug` shows only the id.
#[derive(Clone)]
pub struct Record {
    stored: Arc<dyn AnyStored>,
    /// What is answered in place of its attributes: a test's malformed resource.
    raw: Option<Arc<str>>,
}

impl Record {
    /// Makes a record of a typed resource.
    pub fn new<R: AnyResource>(stored: Stored<R>) -> Self {
        Self {
            stored: Arc::new(stored),
            raw: None,
        }
    }

    /// The identifier. It is empty in a record that is to be inserted, unless an id was reserved for it.
    #[must_use]
    pub fn id(&self) -> &str {
        self.stored.id()
    }

    /// Sets the identifier.
    pub fn set_id(&mut self, id: impl Into<String>) {
        self.stored_mut().set_id(id.into());
    }

    /// The identifier. If there is none, a new one is set first: 122 random bits in the form of a UUID.
    pub fn ensure_id(&mut self) -> &str {
        if self.id().is_empty() {
            self.set_id(identifier::random());
        }
        self.id()
    }

    /// The metadata (RFC 7643 §3.1).
    #[must_use]
    pub fn meta(&self) -> &Meta {
        self.stored.meta()
    }

    /// The metadata, to change.
    pub fn meta_mut(&mut self) -> &mut Meta {
        self.stored_mut().meta_mut()
    }

    /// `meta.version`: the entity-tag (RFC 7644 §3.14).
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.meta().version.as_deref()
    }

    /// The attributes, without `id` and `meta`.
    #[must_use]
    pub fn resource(&self) -> &dyn Reflect {
        self.stored.own()
    }

    /// The attributes, to change.
    pub fn resource_mut(&mut self) -> &mut dyn Reflect {
        self.stored_mut().own_mut()
    }

    /// The text of an attribute, such as `userName`, or of a sub-attribute, such as
    /// `name.familyName`, for example for a column of a table. Paths to attributes of extensions
    /// begin with the URN and a colon.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.value_of(&path.parse().ok()?).text()
    }

    /// The boolean of an attribute, such as `active`, or of a sub-attribute.
    #[must_use]
    pub fn boolean(&self, path: &str) -> Option<bool> {
        match self.value_of(&path.parse().ok()?) {
            ValueRef::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// The value of an attribute of the resource's own schema or of an extension, or of a
    /// sub-attribute of a single value.
    pub(crate) fn value_of(&self, path: &AttributePath) -> ValueRef<'_> {
        fn named<'a>(object: &'a dyn Reflect, name: &str) -> ValueRef<'a> {
            let at = object.descriptor().position(name);
            at.map_or(ValueRef::Absent, |at| object.get(at))
        }
        let own = self.resource();
        let outer = match path.uri().filter(|uri| !is_own(own.descriptor(), uri)) {
            None => named(own, path.name()),
            Some(uri) => match named(own, uri) {
                ValueRef::Object(extension) => named(extension, path.name()),
                _ => ValueRef::Absent,
            },
        };
        match (outer, path.sub()) {
            (value, None) => value,
            (ValueRef::Object(inner), Some(sub)) => named(inner, sub),
            _ => ValueRef::Absent,
        }
    }

    /// The record as a subject of filters and sorting.
    #[must_use]
    pub fn subject(&self) -> Subject<'_> {
        self.stored.subject()
    }

    /// The resource, if it has this type.
    #[must_use]
    pub fn stored<R: AnyResource>(&self) -> Option<&Stored<R>> {
        self.stored.as_any().downcast_ref()
    }

    /// The whole record as JSON, with secrets, for a store to keep. [`ServedType::read_stored`] reads
    /// it.
    #[must_use]
    pub fn to_stored_json(&self) -> String {
        let everything = Selection::everything();
        output::resource(self.id(), self.meta(), self.resource(), &everything)
    }

    /// Returns whether both records have the same attributes, except for `id` and `meta`.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        let of = |record: &Self| {
            let own: &dyn Reflect = record.stored.own();
            output::everything(ValueRef::Object(own))
        };
        self.raw == other.raw && of(self) == of(other)
    }

    pub(crate) fn raw(&self) -> Option<&str> {
        self.raw.as_deref()
    }

    #[cfg(feature = "testing")]
    pub(crate) fn set_raw(&mut self, text: Option<&str>) {
        self.raw = text.map(Into::into);
    }

    pub(crate) fn patch(
        &mut self,
        patch: &PatchOp,
        options: &ApplyOptions,
    ) -> Result<bool, PatchError> {
        self.raw = None;
        self.stored_mut().patch(patch, options)
    }

    fn stored_mut(&mut self) -> &mut dyn AnyStored {
        if Arc::get_mut(&mut self.stored).is_none() {
            self.stored = self.stored.copied();
        }
        // Nobody else has it now: `copied` gives a new one.
        match Arc::get_mut(&mut self.stored) {
            Some(stored) => stored,
            None => unreachable!("a copy has one owner"),
        }
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

impl<'a> From<&'a Record> for Subject<'a> {
    fn from(record: &'a Record) -> Self {
        record.subject()
    }
}

/// Returns whether a URN is that of the schema of a resource with this table.
pub(crate) fn is_own(table: &Descriptor, uri: &str) -> bool {
    table.urn().is_some_and(|own| own.eq_ignore_ascii_case(uri))
}

/// A [`Stored`] resource of any type.
trait AnyStored: Send + Sync {
    fn id(&self) -> &str;
    fn set_id(&mut self, id: String);
    fn meta(&self) -> &Meta;
    fn meta_mut(&mut self) -> &mut Meta;
    fn own(&self) -> &dyn Reflect;
    fn own_mut(&mut self) -> &mut dyn Reflect;
    fn subject(&self) -> Subject<'_>;
    fn patch(&mut self, patch: &PatchOp, options: &ApplyOptions) -> Result<bool, PatchError>;
    fn copied(&self) -> Arc<dyn AnyStored>;
    fn as_any(&self) -> &dyn Any;
}

impl<R: AnyResource> AnyStored for Stored<R> {
    fn id(&self) -> &str {
        self.id()
    }

    fn set_id(&mut self, id: String) {
        self.envelope_mut().id = id;
    }

    fn meta(&self) -> &Meta {
        self.meta()
    }

    fn meta_mut(&mut self) -> &mut Meta {
        self.meta_mut()
    }

    fn own(&self) -> &dyn Reflect {
        self.resource()
    }

    fn own_mut(&mut self) -> &mut dyn Reflect {
        self.resource_mut()
    }

    fn subject(&self) -> Subject<'_> {
        self.into()
    }

    fn patch(&mut self, patch: &PatchOp, options: &ApplyOptions) -> Result<bool, PatchError> {
        let changed = patch.apply(self, options);
        self.settle();
        changed
    }

    fn copied(&self) -> Arc<dyn AnyStored> {
        Arc::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A resource type that a service provider serves. Cheap to clone.
#[derive(Clone)]
pub struct ServedType(Arc<Inner>);

struct Inner {
    name: &'static str,
    endpoint: &'static str,
    schema: &'static str,
    descriptor: &'static Descriptor,
    /// Which Rust type it is.
    type_id: TypeId,
    empty: Box<dyn Fn() -> Record + Send + Sync>,
    read: Box<dyn Fn(&str) -> Result<Record, DecodeError> + Send + Sync>,
}

impl ServedType {
    /// The resource type of a Rust type: generated, derived or written by hand.
    #[must_use]
    pub fn of<R: Resource>() -> Self {
        Self::of_kind::<R>(ResourceKind::of::<R>())
    }

    /// Makes a served type of a [`ResourceKind`]. Its resources are kept as `R`, which is
    /// `DynamicResource` for a type that is only known at run time.
    #[must_use]
    pub fn of_kind<R: AnyResource>(kind: ResourceKind) -> Self {
        let descriptor = kind.descriptor();
        Self(Arc::new(Inner {
            name: kind.name(),
            endpoint: kind.endpoint(),
            schema: kind.schema(),
            descriptor,
            type_id: TypeId::of::<R>(),
            empty: Box::new(move || {
                let resource = R::empty_of(kind);
                Record::new(Stored::from_parts("", Meta::default(), resource))
            }),
            read: Box::new(move |json| {
                let stored = Stored::<R>::read_document(kind, json, false, true)?;
                Ok(Record::new(stored))
            }),
        }))
    }

    /// The name (RFC 7643 §6), such as `User`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// The endpoint below the base URL, such as `/Users`.
    #[must_use]
    pub fn endpoint(&self) -> &'static str {
        self.0.endpoint
    }

    /// The URN of the type's own schema.
    #[must_use]
    pub fn schema(&self) -> &'static str {
        self.0.schema
    }

    /// The table of the attributes.
    #[must_use]
    pub fn descriptor(&self) -> &'static Descriptor {
        self.0.descriptor
    }

    /// The containers of extensions. Their names are the URNs of the extensions.
    pub fn extensions(&self) -> impl Iterator<Item = &'static Attribute> {
        let attributes = self.0.descriptor.attributes().iter();
        attributes.filter(|attribute| attribute.is_extension())
    }

    /// The attribute of the type's own schema or of an extension that a path names, and whether it
    /// can have several values, by itself or in an attribute that has.
    pub(crate) fn attribute(&self, path: &AttributePath) -> Option<(&'static Attribute, bool)> {
        let own = |uri: &str| uri.eq_ignore_ascii_case(self.schema());
        let table = match path.uri().filter(|uri| !own(uri)) {
            None => self.descriptor(),
            Some(uri) => {
                let mut extensions = self.extensions();
                let extension = extensions.find(|e| e.name.eq_ignore_ascii_case(uri))?;
                extension.kind.descriptor()?
            }
        };
        let attribute = table.attribute(path.name())?;
        let is_many = attribute.is_multi_valued();
        let Some(sub) = path.sub() else {
            return Some((attribute, is_many));
        };
        let sub = attribute.kind.descriptor()?.attribute(sub)?;
        Some((sub, is_many || sub.is_multi_valued()))
    }

    /// The URNs of all schemas of the type, its own first.
    #[must_use]
    pub fn schemas(&self) -> Vec<&'static str> {
        let extensions = self.extensions().map(|attribute| attribute.name);
        std::iter::once(self.0.schema).chain(extensions).collect()
    }

    /// Reads what [`Record::to_stored_json`] wrote, or a resource as another service provider
    /// returned it.
    ///
    /// # Errors
    /// The text is not a resource of this type. The error says what does not fit, and where.
    pub fn read_stored(&self, json: &str) -> Result<Record, DecodeError> {
        (self.0.read)(json)
    }

    /// As far as its JSON fits the type.
    #[cfg(feature = "testing")]
    pub(crate) fn read_what_fits(&self, json: &str) -> Record {
        use scim_models::internal::{Context, Layers, Problems, decode, envelope::Envelope};

        let mut record = self.empty();
        let mut context = Context {
            partial: true,
            problems: Problems::all(),
            ..Context::default()
        };
        let mut ignored = Envelope::default();
        let layers = Layers::resource(record.resource_mut(), &mut ignored);
        // What cannot be read is not there for filters; it is answered all the same.
        let _read = decode::document(json, layers, &mut context);
        record
    }

    /// A record to read into.
    pub(crate) fn empty(&self) -> Record {
        (self.0.empty)()
    }

    /// The endpoint without slashes around it.
    pub(crate) fn path(&self) -> &'static str {
        self.0.endpoint.trim_matches('/')
    }

    #[cfg(feature = "testing")]
    pub(crate) fn is<R: Resource>(&self) -> bool {
        self.0.type_id == TypeId::of::<R>()
    }
}

/// Its resources are kept as `DynamicResource`. Resources of a compiled type with the same schema
/// do not belong to it.
#[cfg(feature = "dynamic")]
impl From<&scim_models::dynamic::ResourceType> for ServedType {
    fn from(kind: &scim_models::dynamic::ResourceType) -> Self {
        Self::of_kind::<scim_models::dynamic::DynamicResource>(kind.kind())
    }
}

impl fmt::Debug for ServedType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServedType")
            .field("name", &self.name())
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}

/// Equal if both are the same type at the same endpoint.
impl PartialEq for ServedType {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.type_id == other.0.type_id
                && self.schema() == other.schema()
                && self.name() == other.name()
                && self.path() == other.path())
    }
}

impl Eq for ServedType {}
