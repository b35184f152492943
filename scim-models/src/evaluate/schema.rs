//! Schema views: the source of attribute metadata for comparisons.

use super::{AttributeFacts, DataType};
use crate::{
    model::{Attribute, Descriptor},
    resource::{envelope, named::only_extension_with},
};

/// What the schemas of a resource type say about its attributes.
///
/// It is implemented for the tables of compiled types and of `dynamic::ResourceType`s (feature
/// `dynamic`). Your own implementation can describe attributes that no table has. Names and URNs may be
/// passed in any letter case (RFC 7643 §2.1). `id`, `meta` and `schemas` are never looked up, because
/// RFC 7643 §3.1 defines them for every resource.
pub trait SchemaView: Sync {
    /// The URN of the resource's own schema.
    fn urn(&self) -> Option<&str>;

    /// Returns whether `urn` is the schema of an extension.
    fn is_extension(&self, urn: &str) -> bool;

    /// Returns the metadata of the attribute `name`, or of its sub-attribute `sub`. `extension` is
    /// the URN of the extension that has the attribute, or `None` for the resource's own schema.
    fn attribute(
        &self,
        extension: Option<&str>,
        name: &str,
        sub: Option<&str>,
    ) -> Option<AttributeFacts>;

    /// Returns the table of the sub-attribute `sub` of the attribute `name`, if `sub` is complex
    /// itself. RFC 7643 §2.3.8 does not allow that, but some schemas have it.
    ///
    /// If this returns `None`, values below `sub` are compared by their JSON types.
    fn table_below(
        &self,
        extension: Option<&str>,
        name: &str,
        sub: &str,
    ) -> Option<&'static Descriptor> {
        let _ = (extension, name, sub);
        None
    }

    /// The URN of the only extension that has an attribute of that name.
    #[doc(hidden)]
    fn extension_with(&self, name: &str) -> Option<&str> {
        let _ = name;
        None
    }

    /// The attribute itself, where a table is all that this view goes by. It is asked for once, in
    /// place of its facts and those of each of its sub-attributes.
    #[doc(hidden)]
    fn in_table(&self, extension: Option<&str>, name: &str) -> Option<&'static Attribute> {
        let _ = (extension, name);
        None
    }
}

impl SchemaView for Descriptor {
    fn urn(&self) -> Option<&str> {
        self.urn
    }

    fn is_extension(&self, urn: &str) -> bool {
        self.attribute(urn).is_some_and(Attribute::is_extension)
    }

    fn attribute(
        &self,
        extension: Option<&str>,
        name: &str,
        sub: Option<&str>,
    ) -> Option<AttributeFacts> {
        with_sub(own_or_extended(self, extension, name)?, sub)
    }

    fn table_below(
        &self,
        extension: Option<&str>,
        name: &str,
        sub: &str,
    ) -> Option<&'static Descriptor> {
        let attribute = own_or_extended(self, extension, name)?;
        let sub = attribute.kind.descriptor()?.attribute(sub)?;
        sub.kind.descriptor()
    }

    fn extension_with(&self, name: &str) -> Option<&str> {
        let (index, _) = only_extension_with(self, name)?;
        self.attributes.get(index).map(|extension| extension.name)
    }

    fn in_table(&self, extension: Option<&str>, name: &str) -> Option<&'static Attribute> {
        own_or_extended(self, extension, name)
    }
}

/// The attribute of the resource's own schema, or of an extension.
fn own_or_extended(
    table: &Descriptor,
    extension: Option<&str>,
    name: &str,
) -> Option<&'static Attribute> {
    match extension {
        None => table.attribute(name),
        Some(urn) => {
            let container = table.attribute(urn).filter(|found| found.is_extension())?;
            container.kind.descriptor()?.attribute(name)
        }
    }
}

/// The facts of one attribute, the common ones included, as RFC 7643 §3.1 overrides any schema.
pub(super) fn facts(
    schema: &dyn SchemaView,
    extension: Option<&str>,
    name: &str,
    sub: Option<&str>,
) -> Option<AttributeFacts> {
    if extension.is_some() {
        let facts = schema.attribute(extension, name, sub)?;
        return Some(facts.named(sub.unwrap_or(name)));
    }
    if let Some(common) = common(name) {
        return with_sub(common, sub);
    }
    if sub.is_none() && is_external_id(name) {
        return Some(AttributeFacts::new(DataType::String).case_exact(true));
    }
    let facts = schema.attribute(None, name, sub)?;
    Some(facts.named(sub.unwrap_or(name)))
}

/// The attribute whose [`facts`] these are, where one table says them and those of what is below.
pub(super) fn attribute(
    schema: &dyn SchemaView,
    extension: Option<&str>,
    name: &str,
) -> Option<&'static Attribute> {
    if extension.is_none() {
        if let Some(common) = common(name) {
            return Some(common);
        }
        if is_external_id(name) {
            return None;
        }
    }
    schema.in_table(extension, name)
}

/// One of the attributes that every resource has.
fn common(name: &str) -> Option<&'static Attribute> {
    // Few, and most names are none of them.
    let mut common = envelope::DESCRIPTOR.attributes.iter();
    common.find(|common| common.name.eq_ignore_ascii_case(name))
}

/// RFC 7643 §3.1 fixes what it is, whatever a schema says.
fn is_external_id(name: &str) -> bool {
    name.eq_ignore_ascii_case("externalId")
}

/// The table of what is below a sub-attribute, as [`facts`] knows it.
pub(super) fn table_below(
    schema: &dyn SchemaView,
    extension: Option<&str>,
    name: &str,
    sub: &str,
) -> Option<&'static Descriptor> {
    let is_common = extension.is_none() && envelope::DESCRIPTOR.position(name).is_some();
    if is_common {
        return None;
    }
    schema.table_below(extension, name, sub)
}

/// Returns whether `uri` is that of the resource's own schema.
pub(super) fn is_own(urn: Option<&str>, uri: &str) -> bool {
    urn.is_some_and(|urn| urn.eq_ignore_ascii_case(uri))
}

/// What is said of an attribute or its sub-attribute; [`facts`] adds what the name says.
pub(super) fn with_sub(attribute: &Attribute, sub: Option<&str>) -> Option<AttributeFacts> {
    match sub {
        None => Some(AttributeFacts::without_name(attribute)),
        Some(sub) => {
            let sub = attribute.kind.descriptor()?.attribute(sub)?;
            Some(AttributeFacts::without_name(sub))
        }
    }
}
