//! Stored resources whose type is known only through their tables.

use std::any::{Any, TypeId};

use scim_models::{
    Meta, Stored,
    evaluate::Subject,
    json::DecodeError,
    model::{Attribute, Descriptor, Mutability, Reflect},
    patch::{ApplyOptions, PatchError, PatchOp},
    resource::Resource,
};

/// A [`Stored`] resource of any type.
pub(super) trait Record: Send + Sync {
    fn id(&self) -> &str;
    fn set_id(&mut self, id: String);
    fn meta(&self) -> &Meta;
    fn meta_mut(&mut self) -> &mut Meta;
    fn own(&self) -> &dyn Reflect;
    fn own_mut(&mut self) -> &mut dyn Reflect;
    fn subject(&self) -> Subject<'_>;
    fn patch(&mut self, patch: &PatchOp, options: &ApplyOptions) -> Result<bool, PatchError>;
    fn boxed_clone(&self) -> Box<dyn Record>;
    fn as_any(&self) -> &dyn Any;
}

impl<R: Resource> Record for Stored<R> {
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

    fn boxed_clone(&self) -> Box<dyn Record> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A resource type that the provider serves.
#[derive(Debug, Clone, Copy)]
pub(super) struct ResourceKind {
    pub(super) name: &'static str,
    pub(super) endpoint: &'static str,
    pub(super) schema: &'static str,
    pub(super) descriptor: &'static Descriptor,
    /// Which Rust type it is.
    pub(super) type_id: TypeId,
    /// The attribute that lists members, if this is a kind of group.
    pub(super) members: Option<usize>,
    /// The attribute that lists the groups of a resource, if the provider is to fill it.
    pub(super) groups: Option<usize>,
    empty: fn() -> Box<dyn Record>,
    read: fn(&str) -> Result<Box<dyn Record>, DecodeError>,
}

impl ResourceKind {
    pub(super) fn of<R: Resource>() -> Self {
        let descriptor = R::DESCRIPTOR;
        Self {
            name: R::NAME,
            endpoint: R::ENDPOINT,
            schema: R::SCHEMA,
            descriptor,
            type_id: TypeId::of::<R>(),
            members: list_of_values(descriptor, "members", |attribute| {
                attribute.mutability_of() != Mutability::ReadOnly
            }),
            groups: list_of_values(descriptor, "groups", |attribute| {
                attribute.mutability_of() == Mutability::ReadOnly
            }),
            empty: || {
                Box::new(Stored::from_parts(
                    String::new(),
                    Meta::default(),
                    R::empty(),
                ))
            },
            read: |json| Ok(Box::new(Stored::<R>::from_json(json)?)),
        }
    }

    /// A record to read into.
    pub(super) fn empty(&self) -> Box<dyn Record> {
        (self.empty)()
    }

    /// A record with everything that its JSON has.
    pub(super) fn read(&self, json: &str) -> Result<Box<dyn Record>, DecodeError> {
        (self.read)(json)
    }

    /// The endpoint without slashes around it.
    pub(super) fn path(&self) -> &'static str {
        self.endpoint.trim_matches('/')
    }

    /// The URNs of the extensions.
    pub(super) fn extensions(&self) -> impl Iterator<Item = &'static Attribute> {
        self.descriptor
            .attributes()
            .iter()
            .filter(|attribute| attribute.is_extension())
    }

    /// The URNs of all schemas of the type, its own first.
    pub(super) fn schemas(&self) -> Vec<&'static str> {
        let extensions = self.extensions().map(|attribute| attribute.name);
        std::iter::once(self.schema).chain(extensions).collect()
    }
}

/// The complex multi-valued attribute `name` that has a sub-attribute `value`.
fn list_of_values(
    descriptor: &'static Descriptor,
    name: &str,
    wanted: impl Fn(&Attribute) -> bool,
) -> Option<usize> {
    let index = descriptor.position(name)?;
    let attribute = descriptor.attributes().get(index)?;
    let table = attribute.kind().descriptor();
    let has_value = table.is_some_and(|table| table.attribute("value").is_some());
    (attribute.is_multi_valued() && has_value && wanted(attribute)).then_some(index)
}
