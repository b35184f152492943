//! Compares tables with what is published.

use super::{Drift, DriftKind, DriftReport};
use crate::{
    model::{self, Descriptor, Json, Reflect, ValueRef},
    resource::ResourceKind,
};

/// What a service provider publishes.
pub trait Publisher {
    /// Returns whether it lists any resource type.
    fn lists_types(&self) -> bool;
    /// Returns whether it lists a resource type with this schema.
    fn lists(&self, schema: &str) -> bool;
    /// The endpoint of the resource type with this schema.
    fn endpoint(&self, schema: &str) -> Option<&str>;
    /// The extensions that resources of the type with this schema must have.
    fn required_extensions(&self, schema: &str) -> Vec<&str>;
    /// The attributes of a schema; `None` if nothing of use is published.
    fn attributes(&self, urn: &str) -> Option<Vec<Published>>;
}

/// Compares a type with what a service provider publishes for it.
pub fn verify(kind: ResourceKind, publisher: &dyn Publisher) -> DriftReport {
    verify_with(kind, &[], publisher)
}

/// The same of a type whose table does not say which extensions are required; these are.
pub(crate) fn verify_with(
    kind: ResourceKind,
    required_here: &[&str],
    publisher: &dyn Publisher,
) -> DriftReport {
    let (schema, name, table) = (kind.schema(), kind.name(), kind.descriptor());
    let mut drifts = Drifts(Vec::new());
    let is_listed = publisher.lists(schema);
    if is_listed {
        if let Some(endpoint) = publisher.endpoint(schema)
            && !same_endpoint(endpoint, kind.endpoint())
        {
            drifts.schema(schema, DriftKind::Endpoint, kind.endpoint(), endpoint);
        }
    } else if publisher.lists_types() {
        drifts.schema(schema, DriftKind::ResourceType, name, "absent");
    }
    let own = publisher.attributes(schema);
    if !publisher.lists_types() && own.is_none() {
        drifts.schema(schema, DriftKind::Unpublished, name, "absent");
    } else {
        compare_schema(own, table, true, &mut drifts);
        let attributes = table.attributes().iter();
        for attribute in attributes.filter(|attribute| attribute.is_extension()) {
            if let Some(extension) = attribute.kind.descriptor() {
                let published = publisher.attributes(extension.urn().unwrap_or_default());
                compare_schema(published, extension, attribute.is_required(), &mut drifts);
            }
        }
        if is_listed {
            let mut required = publisher.required_extensions(schema);
            let here = |urn: &&str| {
                required_here
                    .iter()
                    .any(|own| own.eq_ignore_ascii_case(urn))
            };
            required.retain(|urn| !here(urn));
            compare_extensions(&required, table, &mut drifts);
        }
    }
    DriftReport {
        resource_type: name,
        drifts: drifts.0,
    }
}

/// The report of a type that is there and not here.
#[cfg(feature = "dynamic")]
pub(crate) fn only_there(kind: ResourceKind) -> DriftReport {
    let mut drifts = Drifts(Vec::new());
    drifts.schema(
        kind.schema(),
        DriftKind::NewResourceType,
        "absent",
        kind.name(),
    );
    DriftReport {
        resource_type: kind.name(),
        drifts: drifts.0,
    }
}

/// Adds that the type has an extension there which it has not here, unless the report says so already.
#[cfg(feature = "dynamic")]
pub(crate) fn new_extension(report: &mut DriftReport, urn: &str) {
    let mut known = report.drifts.iter();
    if known.any(|one| one.kind == DriftKind::New && one.schema.eq_ignore_ascii_case(urn)) {
        return;
    }
    let mut drifts = Drifts(std::mem::take(&mut report.drifts));
    drifts.schema(urn, DriftKind::New, "absent", "extension");
    report.drifts = drifts.0;
}

/// The differences so far.
struct Drifts(Vec<Drift>);

impl Drifts {
    fn note(&mut self, breaking: bool, drift: Drift) {
        let breaking = breaking || drift.kind.is_breaking();
        self.0.push(Drift { breaking, ..drift });
    }

    fn schema(&mut self, urn: &str, kind: DriftKind, compiled: &str, published: &str) {
        let drift = Drift {
            schema: urn.to_owned(),
            attribute: String::new(),
            kind,
            compiled: compiled.to_owned(),
            published: published.to_owned(),
            breaking: false,
        };
        self.note(false, drift);
    }
}

/// Extensions that the service provider requires (RFC 7643 §6). A notice, although what is created
/// without one should be refused: the RFC's own example requires one that hardly anybody means.
fn compare_extensions(required: &[&str], compiled: &'static Descriptor, drifts: &mut Drifts) {
    for urn in required {
        match compiled.attribute(urn).filter(|own| own.is_extension()) {
            Some(own) if own.is_required() => {}
            Some(_) => drifts.schema(urn, DriftKind::Required, "false", "true"),
            None => drifts.schema(urn, DriftKind::New, "absent", "required extension"),
        }
    }
}

/// Some servers repeat the base path, or give a whole URL.
fn same_endpoint(published: &str, compiled: &str) -> bool {
    let (published, compiled) = (published.trim_matches('/'), compiled.trim_matches('/'));
    published.eq_ignore_ascii_case(compiled)
        || published
            .rsplit_once('/')
            .is_some_and(|(_, last)| last.eq_ignore_ascii_case(compiled))
}

/// `always`: no resource is without what the schema describes.
fn compare_schema(
    published: Option<Vec<Published>>,
    compiled: &'static Descriptor,
    always: bool,
    drifts: &mut Drifts,
) {
    let urn = compiled.urn().unwrap_or_default();
    let Some(published) = published else {
        drifts.schema(urn, DriftKind::Schema, compiled.name(), "absent");
        return;
    };
    compare(urn, "", always, compiled, &published, drifts);
}

/// What a schema document says of an attribute.
pub struct Published {
    name: String,
    kind: String,
    multi_valued: bool,
    required: bool,
    case_exact: Option<bool>,
    mutability: String,
    sub_attributes: Vec<Published>,
}

impl Published {
    /// Returns whether a client must give it a value.
    fn must_be_given(&self) -> bool {
        self.required && !self.mutability.eq_ignore_ascii_case("readOnly")
    }

    /// Reads an attribute or sub-attribute, whose types differ and whose names do not.
    pub fn of(attribute: &dyn Reflect) -> Self {
        let value = |name: &str| {
            let index = attribute.descriptor().position(name);
            index.map_or(ValueRef::Absent, |index| attribute.get(index))
        };
        let text = |name: &str, default: &str| match value(name).text() {
            Some(text) => text.to_owned(),
            None => default.to_owned(),
        };
        let truth = |name: &str| match value(name) {
            ValueRef::Boolean(value) => Some(value),
            _ => None,
        };
        let sub_attributes = match value("subAttributes") {
            ValueRef::Many(many) => (0..many.len())
                .filter_map(|index| match many.at(index) {
                    ValueRef::Object(object) => Some(Self::of(object)),
                    _ => None,
                })
                .collect(),
            _ => deeper(attribute.extra().get("subAttributes")),
        };
        Self {
            name: text("name", ""),
            kind: text("type", "string"),
            multi_valued: truth("multiValued").unwrap_or(false),
            required: truth("required").unwrap_or(false),
            case_exact: truth("caseExact"),
            mutability: text("mutability", "readWrite"),
            sub_attributes,
        }
    }
}

#[cfg(feature = "dynamic")]
impl Published {
    /// How deep sub-attributes are looked at: a compiled type may contain itself.
    const MAX_DEPTH: usize = 12;

    /// Those of a table, without the containers of extensions.
    pub(crate) fn of_table(table: &Descriptor) -> Vec<Self> {
        Self::all(table.attributes(), Self::MAX_DEPTH)
    }

    fn all(attributes: &[crate::model::Attribute], depth: usize) -> Vec<Self> {
        let own = attributes.iter().filter(|a| !a.is_extension());
        let one = |attribute: &crate::model::Attribute| Self {
            name: attribute.name.to_owned(),
            kind: attribute.kind.as_str().to_owned(),
            multi_valued: attribute.is_multi_valued(),
            required: attribute.is_required(),
            case_exact: Some(attribute.is_case_exact()),
            mutability: attribute.mutability().as_str().to_owned(),
            sub_attributes: match depth.checked_sub(1) {
                Some(depth) => Self::all(attribute.sub_attributes(), depth),
                None => Vec::new(),
            },
        };
        own.map(one).collect()
    }
}

/// Sub-attributes of sub-attributes, which the Schema resource does not foresee.
fn deeper(raw: Option<&Json>) -> Vec<Published> {
    let attributes: Vec<crate::core::schema::Attribute> =
        raw.and_then(|raw| raw.read().ok()).unwrap_or_default();
    attributes.iter().map(|a| Published::of(a)).collect()
}

/// `always`: no resource is without what has these attributes.
fn compare(
    urn: &str,
    prefix: &str,
    always: bool,
    compiled: &'static Descriptor,
    published: &[Published],
    drifts: &mut Drifts,
) {
    let path = |name: &str| {
        if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}.{name}")
        }
    };
    let mut note = |breaking: bool, name: &str, kind, compiled: String, published: String| {
        let drift = Drift {
            schema: urn.to_owned(),
            attribute: path(name),
            kind,
            compiled,
            published,
            breaking: false,
        };
        drifts.note(breaking, drift);
    };
    // What every resource has is no attribute of a schema, although some list it.
    let common = |name: &str| prefix.is_empty() && ["id", "meta", "schemas"].contains(&name);
    let known = |name: &str| common(name) || prefix.is_empty() && name == "externalId";
    for other in published {
        let new = compiled.position(&other.name).is_none();
        let breaking = always && other.must_be_given();
        if new && !common(&other.name) && (breaking || !known(&other.name)) {
            note(
                breaking,
                &other.name,
                DriftKind::New,
                "absent".into(),
                other.kind.clone(),
            );
        }
    }
    for attribute in compiled.attributes().iter().filter(|a| !a.is_extension()) {
        let found = published
            .iter()
            .find(|p| p.name.eq_ignore_ascii_case(attribute.name));
        let Some(other) = found else {
            if !known(attribute.name) {
                let kind = attribute.kind.as_str().to_owned();
                let breaking = always && attribute.is_required() && !attribute.is_multi_valued();
                note(
                    breaking,
                    attribute.name,
                    DriftKind::Missing,
                    kind,
                    "absent".into(),
                );
            }
            continue;
        };
        let kind = attribute.kind.as_str();
        if !reads_alike(kind, &other.kind) {
            note(
                false,
                attribute.name,
                DriftKind::Type,
                kind.into(),
                other.kind.clone(),
            );
        }
        let mut differs = |breaking: bool, drift, here: String, there: String| {
            if !here.eq_ignore_ascii_case(&there) {
                note(breaking, attribute.name, drift, here, there);
            }
        };
        let (here, there) = (attribute.is_multi_valued(), other.multi_valued);
        differs(
            false,
            DriftKind::MultiValued,
            here.to_string(),
            there.to_string(),
        );
        let (here, there) = (attribute.is_required(), other.required);
        let breaking = always && !here && other.must_be_given();
        differs(
            breaking,
            DriftKind::Required,
            here.to_string(),
            there.to_string(),
        );
        let here = attribute.mutability().as_str();
        // What must be given cannot be given.
        let breaking = always && here == "readOnly" && other.must_be_given();
        differs(
            breaking,
            DriftKind::Mutability,
            here.to_owned(),
            other.mutability.clone(),
        );
        if let (Some(there), model::Kind::String) = (other.case_exact, attribute.kind) {
            differs(
                false,
                DriftKind::CaseExact,
                attribute.is_case_exact().to_string(),
                there.to_string(),
            );
        }
    }
    for attribute in compiled.attributes().iter().filter(|a| !a.is_extension()) {
        let found = published
            .iter()
            .find(|p| p.name.eq_ignore_ascii_case(attribute.name));
        if let (Some(inner), Some(other)) = (attribute.kind.descriptor(), found)
            && !other.sub_attributes.is_empty()
        {
            compare(
                urn,
                &path(attribute.name),
                // Of several, none has to be there, unless it must be given.
                always && (other.must_be_given() || attribute.is_required()),
                inner,
                &other.sub_attributes,
                drifts,
            );
        }
    }
}

/// Returns whether a value of one type can be read as the other: all of these are JSON strings.
fn reads_alike(compiled: &str, published: &str) -> bool {
    let text = ["string", "reference", "binary", "datetime"];
    let is_text = |kind: &str| text.contains(&kind.to_ascii_lowercase().as_str());
    compiled.eq_ignore_ascii_case(published)
        || compiled == "any"
        || (is_text(compiled) && is_text(published))
}
