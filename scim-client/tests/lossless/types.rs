//! Types of the tests' own.

use scim_client::{
    Binary, Complex, DateTime, Decimal, Extension, Extra, ReadOnly, Reference, Resource, WriteOnly,
};

/// A resource with an extension and with what vendors require.
#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(schema = "urn:example:core:Thing", endpoint = "/Things")]
pub(crate) struct Thing {
    pub(crate) serial: String,
    #[scim(required)]
    pub(crate) parts: Vec<Part>,
    pub(crate) count: Option<i64>,
    pub(crate) on: Option<bool>,
    pub(crate) weight: Option<Decimal>,
    pub(crate) seen: Option<DateTime>,
    pub(crate) key: Option<Binary>,
    pub(crate) owner: Option<Reference>,
    pub(crate) place: Option<Place>,
    pub(crate) numbers: Vec<i64>,
    #[scim(extension)]
    pub(crate) acme: Option<Acme>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Complex)]
pub(crate) struct Part {
    pub(crate) value: String,
    pub(crate) r#type: Option<String>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Default, Complex)]
pub(crate) struct Place {
    pub(crate) room: Option<String>,
    pub(crate) floor: Option<i64>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

/// The extension as it is declared.
#[derive(Debug, Clone, PartialEq, Extension)]
#[scim(schema = "urn:example:extension:Acme")]
pub(crate) struct Acme {
    pub(crate) badge: Option<String>,
    pub(crate) level: Option<i64>,
    pub(crate) place: Option<Place>,
    pub(crate) assigned: ReadOnly<Option<String>>,
    pub(crate) pin: WriteOnly<Option<String>>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

/// The same extension as another part of a program knows it.
#[derive(Debug, Clone, PartialEq, Extension)]
#[scim(schema = "urn:example:extension:acme")]
pub(crate) struct OtherAcme {
    pub(crate) badge: Option<String>,
    pub(crate) level: Option<String>,
    pub(crate) color: Option<String>,
    pub(crate) pin: Option<String>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

pub(crate) fn thing() -> Thing {
    Thing::from_json(r#"{"serial":"1","parts":[{"value":"p"}]}"#).unwrap()
}
