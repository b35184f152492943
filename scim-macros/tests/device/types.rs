//! Derived types of every kind.

use scim_client::{
    CanonicalValues, Complex, DateTime, EnterpriseUser, Extension, Extra, ReadOnly, Reference,
    Resource, User, WriteOnly,
};

/// A thing that somebody carries.
#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(
    schema = "urn:example:params:scim:schemas:core:2.0:Device",
    endpoint = "/Devices",
    constructors
)]
pub(crate) struct Device {
    pub(crate) external_id: Option<String>,
    /// The number on its back.
    #[scim(uniqueness = "server", case_exact)]
    pub(crate) serial_number: String,
    pub(crate) tags: Vec<String>,
    pub(crate) state: Option<State>,
    pub(crate) owner: Option<Reference<User>>,
    pub(crate) last_seen: ReadOnly<Option<DateTime>>,
    pub(crate) pin: WriteOnly<Option<String>>,
    pub(crate) location: Option<Location>,
    #[scim(mutability = "immutable")]
    pub(crate) ports: Vec<Port>,
    #[scim(extension)]
    pub(crate) acme: Option<AcmeDevice>,
    #[scim(extension)]
    pub(crate) enterprise: Option<EnterpriseUser>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

/// Whether it can be borrowed.
#[derive(Debug, Clone, PartialEq, CanonicalValues)]
pub(crate) enum State {
    InUse,
    #[scim(rename = "in repair")]
    InRepair,
    Unknown(String),
}

/// Where it is.
#[derive(Debug, Clone, PartialEq, Complex)]
#[scim(constructors)]
pub(crate) struct Location {
    pub(crate) room: Option<String>,
    pub(crate) floor: Option<i64>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

/// Where something is plugged in.
#[derive(Debug, Clone, PartialEq, Complex)]
#[scim(constructors)]
pub(crate) struct Port {
    pub(crate) value: String,
    pub(crate) r#type: Option<String>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

/// What Acme adds.
#[derive(Debug, Clone, PartialEq, Extension)]
#[scim(
    schema = "urn:example:params:scim:schemas:extension:acme:2.0:Device",
    constructors
)]
pub(crate) struct AcmeDevice {
    pub(crate) asset: String,
    pub(crate) note: Option<String>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}
