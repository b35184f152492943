//! The types; their impls stand in `gadget/impls.rs`.

use scim_client::{Binary, DateTime, Decimal, Extra, Json, ReadOnly, Reference, WriteOnly};

mod impls;
pub use self::impls::*;

/// A thing with every kind of attribute.
#[derive(Clone)]
#[non_exhaustive]
pub struct Gadget {
    /// The serial number.
    ///
    /// `serialNumber` · string · required · case exact · unique on the server
    pub serial_number: String,
    pub external_id: Option<String>,
    pub label: Option<String>,
    pub tags: Vec<String>,
    pub enabled: Option<bool>,
    pub level: Option<i64>,
    pub weight: Option<Decimal>,
    pub built: Option<DateTime>,
    pub last_seen: ReadOnly<Option<DateTime>>,
    pub key: Option<Binary>,
    pub owner: Option<Reference>,
    pub color: Option<Color>,
    pub pin: WriteOnly<Option<String>>,
    pub free: Option<Json>,
    pub place: Option<Place>,
    pub ports: Vec<Port>,
    pub acme: Option<AcmeGadget>,
    /// Attributes that are not in the schema.
    pub extra: Extra,
}

/// Where it is.
#[derive(Clone)]
#[non_exhaustive]
pub struct Place {
    pub room: Option<String>,
    pub floor: Option<i64>,
    pub shelves: Vec<Shelf>,
    pub extra: Extra,
}

/// A complex attribute within a complex attribute.
#[derive(Clone)]
#[non_exhaustive]
pub struct Shelf {
    pub code: Option<String>,
    pub extra: Extra,
}

/// A port; its number is required, its slot is immutable.
#[derive(Clone)]
#[non_exhaustive]
pub struct Port {
    pub value: String,
    pub type_: Option<String>,
    pub primary: Option<bool>,
    pub slot: Option<i64>,
    pub extra: Extra,
}

/// An extension.
#[derive(Clone)]
#[non_exhaustive]
pub struct AcmeGadget {
    pub badge: Option<String>,
    pub desk: Option<Desk>,
    pub extra: Extra,
}

/// A complex attribute of an extension.
#[derive(Clone)]
#[non_exhaustive]
pub struct Desk {
    pub floor: Option<i64>,
    pub note: ReadOnly<Option<String>>,
    pub extra: Extra,
}

/// An open enum.
#[derive(Clone)]
#[non_exhaustive]
pub enum Color {
    /// `red`
    Red,
    /// `dark-blue`
    DarkBlue,
    /// Any other value, verbatim.
    Unknown(UnknownColor),
}
