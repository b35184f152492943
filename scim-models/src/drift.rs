//! How far what a service provider publishes differs from the types that a program works with:
//! compiled ones, or ones that were published earlier.

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
    /// What the type here says: the compiled one, or that of earlier.
    pub compiled: String,
    /// What the service provider says.
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
    /// Nothing is published that the type could be compared with: neither the resource type nor
    /// the schema.
    Unpublished,
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
    /// The type here does not have the attribute; it is kept in `extra`.
    New,
    /// There is no such resource type here; found between two sets of types only.
    NewResourceType,
}

impl DriftKind {
    /// Its name for machines: that of the characteristic, as RFC 7643 §7 has it, where it is one.
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

    /// Whether requests or answers will fail because of every difference of this kind. Of the other
    /// kinds, some do: [`Drift::is_breaking`].
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
    /// Whether requests or answers will fail because of it. So it is also where the service
    /// provider requires what the compiled type can leave out or does not have, since every
    /// creation without it is refused; and where it does not have what the compiled type requires,
    /// since no answer can be read. What is required within something that may be left out
    /// altogether is none of these.
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
                "{place}: optional here, required there wherever what it belongs to is given"
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
    /// The name of the resource type here; of one that is only there, its name there.
    pub fn resource_type(&self) -> &str {
        self.resource_type
    }

    /// The differences.
    pub fn drifts(&self) -> &[Drift] {
        &self.drifts
    }

    /// Whether requests or answers will fail because of one.
    pub fn is_breaking(&self) -> bool {
        self.drifts.iter().any(Drift::is_breaking)
    }

    /// The report itself, as an error if a difference is breaking, or if nothing was published and
    /// so nothing could be compared ([`DriftKind::Unpublished`]).
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
