//! How far a service provider's published schemas differ from the compiled ones.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::Provider;
use crate::{
    Json, Reference, Resource,
    model::{self, Descriptor, Mutability, Reflect, ValueRef},
};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// The schema's URN.
    pub schema: String,
    /// The attribute, such as `name.familyName`; empty for the schema itself.
    pub attribute: String,
    /// What differs.
    pub kind: DriftKind,
    /// What the compiled type says.
    pub compiled: String,
    /// What the service provider says.
    pub published: String,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DriftKind {
    /// The service provider does not serve the resource type.
    ResourceType,
    /// The resource type is at another endpoint.
    Endpoint,
    /// The schema is not published.
    Schema,
    /// The data type.
    Type,
    /// One value or many.
    MultiValued,
    /// Who may write it.
    Mutability,
    /// Whether it is required.
    Required,
    /// Whether letter case matters.
    CaseExact,
    /// The service provider does not have the attribute.
    Missing,
    /// The compiled type does not have the attribute; it is kept in `extra`.
    New,
}

impl DriftKind {
    /// Its name for machines: that of the characteristic, as RFC 7643 §7 has it, where it is one.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResourceType => "resourceType",
            Self::Endpoint => "endpoint",
            Self::Schema => "schema",
            Self::Type => "type",
            Self::MultiValued => "multiValued",
            Self::Mutability => "mutability",
            Self::Required => "required",
            Self::CaseExact => "caseExact",
            Self::Missing => "missing",
            Self::New => "new",
        }
    }

    /// Whether requests or answers will fail because of it.
    pub const fn is_breaking(self) -> bool {
        matches!(
            self,
            Self::ResourceType | Self::Endpoint | Self::Type | Self::MultiValued
        )
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            schema,
            attribute,
            compiled,
            published,
            ..
        } = self;
        let place = if attribute.is_empty() {
            schema
        } else {
            attribute
        };
        match self.kind {
            DriftKind::ResourceType => write!(f, "{place}: no such resource type is served"),
            DriftKind::Schema => write!(f, "{place}: the schema is not published"),
            DriftKind::Missing => write!(f, "{place}: the service provider does not have it"),
            DriftKind::New => write!(f, "{place}: only the service provider has it ({published})"),
            kind => {
                let what = kind.as_str();
                write!(f, "{place}: {what} is {compiled} here, {published} there")
            }
        }
    }
}

impl Serialize for Drift {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(6))?;
        members.serialize_entry("schema", &self.schema)?;
        members.serialize_entry("attribute", &self.attribute)?;
        members.serialize_entry("kind", self.kind.as_str())?;
        members.serialize_entry("breaking", &self.kind.is_breaking())?;
        members.serialize_entry("compiled", &self.compiled)?;
        members.serialize_entry("published", &self.published)?;
        members.end()
    }
}

/// All differences between a compiled resource type and the published one.
///
/// `Display` is for people. Serialized, it is an object with `resourceType`, `breaking` and
/// `drifts`, an array of objects with the members of [`Drift`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftReport {
    resource_type: &'static str,
    drifts: Vec<Drift>,
}

impl Serialize for DriftReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(3))?;
        members.serialize_entry("resourceType", self.resource_type)?;
        members.serialize_entry("breaking", &self.is_breaking())?;
        members.serialize_entry("drifts", &self.drifts)?;
        members.end()
    }
}

impl DriftReport {
    /// The name of the compiled resource type.
    pub fn resource_type(&self) -> &str {
        self.resource_type
    }

    /// The differences.
    pub fn drifts(&self) -> &[Drift] {
        &self.drifts
    }

    /// Whether requests or answers will fail because of one.
    pub fn is_breaking(&self) -> bool {
        self.drifts.iter().any(|drift| drift.kind.is_breaking())
    }

    /// The report itself, as an error if a difference is breaking.
    ///
    /// # Errors
    /// The report, if [`is_breaking`](Self::is_breaking).
    pub fn into_result(self) -> Result<Self, Self> {
        if self.is_breaking() {
            Err(self)
        } else {
            Ok(self)
        }
    }
}

impl fmt::Display for DriftReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.drifts.is_empty() {
            return write!(f, "{}: as compiled", self.resource_type);
        }
        write!(f, "{}:", self.resource_type)?;
        for drift in &self.drifts {
            let weight = if drift.kind.is_breaking() {
                "breaking"
            } else {
                "notice"
            };
            write!(f, "\n  {weight}: {drift}")?;
        }
        Ok(())
    }
}

impl std::error::Error for DriftReport {}

pub(super) fn verify<R: Resource>(provider: &Provider) -> DriftReport {
    let mut drifts = Vec::new();
    let mut note = |schema: &str, kind, compiled: &str, published: &str| {
        drifts.push(Drift {
            schema: schema.to_owned(),
            attribute: String::new(),
            kind,
            compiled: compiled.to_owned(),
            published: published.to_owned(),
        });
    };
    if !provider.resource_types.is_empty() {
        match provider.resource_type(R::SCHEMA) {
            None => note(R::SCHEMA, DriftKind::ResourceType, R::NAME, "absent"),
            Some(resource_type) => {
                let endpoint = resource_type.endpoint.as_ref().map(Reference::as_str);
                if let Some(endpoint) = endpoint
                    && !same_endpoint(endpoint, R::ENDPOINT)
                {
                    note(R::SCHEMA, DriftKind::Endpoint, R::ENDPOINT, endpoint);
                }
            }
        }
    }
    if !provider.schemas.is_empty() {
        compare_schema(provider, R::DESCRIPTOR, &mut drifts);
        for attribute in R::DESCRIPTOR.attributes() {
            if let (true, Some(extension)) = (attribute.is_extension(), attribute.kind.descriptor())
            {
                compare_schema(provider, extension, &mut drifts);
            }
        }
    }
    DriftReport {
        resource_type: R::NAME,
        drifts,
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

fn compare_schema(provider: &Provider, compiled: &'static Descriptor, drifts: &mut Vec<Drift>) {
    let urn = compiled.urn().unwrap_or_default();
    let Some(schema) = provider.schema(urn) else {
        drifts.push(Drift {
            schema: urn.to_owned(),
            attribute: String::new(),
            kind: DriftKind::Schema,
            compiled: compiled.name().to_owned(),
            published: "absent".to_owned(),
        });
        return;
    };
    let published: Vec<Published> = schema.attributes.iter().map(|a| Published::of(a)).collect();
    compare(urn, "", compiled, &published, drifts);
}

/// What a schema document says of an attribute.
struct Published {
    name: String,
    kind: String,
    multi_valued: bool,
    required: bool,
    case_exact: Option<bool>,
    mutability: String,
    sub_attributes: Vec<Published>,
}

impl Published {
    /// Reads an attribute or sub-attribute, whose types differ and whose names do not.
    fn of(attribute: &dyn Reflect) -> Self {
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

/// Sub-attributes of sub-attributes, which the Schema resource does not foresee.
fn deeper(raw: Option<&Json>) -> Vec<Published> {
    let attributes: Vec<crate::schema::Attribute> =
        raw.and_then(|raw| raw.read().ok()).unwrap_or_default();
    attributes.iter().map(|a| Published::of(a)).collect()
}

fn compare(
    urn: &str,
    prefix: &str,
    compiled: &'static Descriptor,
    published: &[Published],
    drifts: &mut Vec<Drift>,
) {
    let path = |name: &str| {
        if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}.{name}")
        }
    };
    let mut note = |name: &str, kind, compiled: String, published: String| {
        drifts.push(Drift {
            schema: urn.to_owned(),
            attribute: path(name),
            kind,
            compiled,
            published,
        });
    };
    let known = |name: &str| ["id", "meta", "schemas", "externalId"].contains(&name);
    for other in published {
        let new = compiled.position(&other.name).is_none();
        if new && !(prefix.is_empty() && known(&other.name)) {
            note(
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
                note(attribute.name, DriftKind::Missing, kind, "absent".into());
            }
            continue;
        };
        let kind = attribute.kind.as_str();
        if !reads_alike(kind, &other.kind) {
            note(
                attribute.name,
                DriftKind::Type,
                kind.into(),
                other.kind.clone(),
            );
        }
        let mut differs = |drift, here: String, there: String| {
            if !here.eq_ignore_ascii_case(&there) {
                note(attribute.name, drift, here, there);
            }
        };
        let (here, there) = (attribute.is_multi_valued(), other.multi_valued);
        differs(DriftKind::MultiValued, here.to_string(), there.to_string());
        let (here, there) = (attribute.is_required(), other.required);
        differs(DriftKind::Required, here.to_string(), there.to_string());
        let here = mutability(attribute.mutability_of());
        differs(
            DriftKind::Mutability,
            here.to_owned(),
            other.mutability.clone(),
        );
        if let (Some(there), model::Kind::String) = (other.case_exact, attribute.kind) {
            differs(
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
                inner,
                &other.sub_attributes,
                drifts,
            );
        }
    }
}

/// Whether a value of one type can be read as the other: all of these are JSON strings.
fn reads_alike(compiled: &str, published: &str) -> bool {
    let text = ["string", "reference", "binary", "datetime"];
    let is_text = |kind: &str| text.contains(&kind.to_ascii_lowercase().as_str());
    compiled.eq_ignore_ascii_case(published)
        || compiled == "any"
        || (is_text(compiled) && is_text(published))
}

const fn mutability(mutability: Mutability) -> &'static str {
    match mutability {
        Mutability::ReadWrite => "readWrite",
        Mutability::ReadOnly => "readOnly",
        Mutability::WriteOnly => "writeOnly",
        Mutability::Immutable => "immutable",
    }
}
