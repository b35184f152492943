//! Drift: how the schemas that a service provider publishes differ from the types of a program.
//! Those are compiled types, or types that were published earlier.

pub(crate) mod compare;

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::shown::Visible;

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
    /// What the program's type says.
    pub compiled: String,
    /// What the service provider publishes.
    pub published: String,
    breaking: bool,
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
    /// The service provider publishes neither the resource type nor the schema, so nothing could be
    /// compared.
    Unpublished,
    /// The data type.
    Type,
    /// Whether the attribute is multi-valued.
    MultiValued,
    /// The mutability.
    Mutability,
    /// Whether it is required.
    Required,
    /// Whether letter case matters.
    CaseExact,
    /// The service provider does not have the attribute.
    Missing,
    /// The program's type does not have the attribute. Its values are kept in `extra`.
    New,
    /// The program has no such resource type. This is only found when two sets of types are compared.
    NewResourceType,
}

impl DriftKind {
    /// The name of the kind in serialized reports. For a characteristic, it is the name in RFC 7643 §7.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResourceType => "resourceType",
            Self::Endpoint => "endpoint",
            Self::Schema => "schema",
            Self::Unpublished => "unpublished",
            Self::Type => "type",
            Self::MultiValued => "multiValued",
            Self::Mutability => "mutability",
            Self::Required => "required",
            Self::CaseExact => "caseExact",
            Self::Missing => "missing",
            Self::New => "new",
            Self::NewResourceType => "newResourceType",
        }
    }

    /// Returns whether every difference of this kind makes requests fail or responses unreadable.
    /// For the other kinds, it depends on the difference; see [`Drift::is_breaking`].
    pub const fn is_breaking(self) -> bool {
        matches!(
            self,
            Self::ResourceType
                | Self::Endpoint
                | Self::Unpublished
                | Self::Type
                | Self::MultiValued
        )
    }
}

impl Drift {
    /// Returns whether requests will fail or responses will be unreadable because of this
    /// difference. It is also breaking if the service provider requires an attribute that the
    /// program's type does not have or does not require, since creations without it are refused.
    /// The same is true if the service provider lacks an attribute that the program's type
    /// requires, since no response can be read. A required sub-attribute of an optional attribute
    /// is not breaking.
    pub fn is_breaking(&self) -> bool {
        self.breaking
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
        let place = Visible(if attribute.is_empty() {
            schema
        } else {
            attribute
        });
        // What a server publishes may be anything.
        let (compiled, published) = (Visible(compiled), Visible(published));
        match self.kind {
            DriftKind::ResourceType => write!(f, "{place}: no such resource type is served"),
            DriftKind::Schema => write!(f, "{place}: the schema is not published"),
            DriftKind::NewResourceType => {
                write!(
                    f,
                    "{place}: only the service provider has the resource type"
                )
            }
            DriftKind::Unpublished => write!(
                f,
                "{place}: nothing could be verified, since neither the resource type nor the schema \
                 is published"
            ),
            DriftKind::Missing if self.breaking => write!(
                f,
                "{place}: required here, and the service provider does not have it: its resources \
                 cannot be read"
            ),
            DriftKind::Missing => write!(f, "{place}: the service provider does not have it"),
            DriftKind::New if self.breaking => write!(
                f,
                "{place}: only the service provider has it ({published}), and requires it: what is \
                 created or replaced without it is refused"
            ),
            DriftKind::New => write!(f, "{place}: only the service provider has it ({published})"),
            DriftKind::Required if self.breaking => write!(
                f,
                "{place}: optional here, required there: what is created or replaced without it is \
                 refused"
            ),
            DriftKind::Required if self.attribute.is_empty() => {
                write!(f, "{place}: the extension is optional here, required there")
            }
            DriftKind::Required if self.published == "true" => write!(
                f,
                "{place}: optional here, required there if its parent has a value"
            ),
            DriftKind::Required => write!(
                f,
                "{place}: required here, optional there: a resource without it cannot be read"
            ),
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
        members.serialize_entry("breaking", &self.breaking)?;
        members.serialize_entry("compiled", &self.compiled)?;
        members.serialize_entry("published", &self.published)?;
        members.end()
    }
}

/// All differences between a resource type here and the published one.
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
    /// The name of the program's resource type. If only the service provider has the type, it is the
    /// name there.
    pub fn resource_type(&self) -> &str {
        self.resource_type
    }

    /// The differences.
    pub fn drifts(&self) -> &[Drift] {
        &self.drifts
    }

    /// Returns whether any difference is breaking.
    pub fn is_breaking(&self) -> bool {
        self.drifts.iter().any(Drift::is_breaking)
    }

    /// Returns the report, as an error if a difference is breaking. It is also an error if nothing
    /// was published, so that nothing could be compared ([`DriftKind::Unpublished`]).
    ///
    /// # Errors
    /// The report, if [`is_breaking`](Self::is_breaking) is true or nothing could be compared.
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
            return write!(f, "{}: no difference", Visible(self.resource_type));
        }
        write!(f, "{}:", Visible(self.resource_type))?;
        for drift in &self.drifts {
            let weight = if drift.is_breaking() {
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
