//! The tables and lists that generator and derives emit besides the types.

use scim_client::codegen_v1 as scim;

use super::*;

static GADGET: scim::Descriptor = scim::Descriptor::schema(
    "Gadget",
    "urn:example:params:scim:schemas:core:2.0:Gadget",
    &[
        scim::Attribute::of::<String>("serialNumber")
            .case_exact(true)
            .uniqueness(scim::Uniqueness::Server),
        scim::Attribute::of::<Option<String>>("externalId").case_exact(true),
        scim::Attribute::of::<Option<String>>("label"),
        scim::Attribute::of::<Vec<String>>("tags"),
        scim::Attribute::of::<Option<bool>>("enabled"),
        scim::Attribute::of::<Option<i64>>("level"),
        scim::Attribute::of::<Option<Decimal>>("weight"),
        scim::Attribute::of::<Option<DateTime>>("built").mutability(scim::Mutability::Immutable),
        scim::Attribute::of::<ReadOnly<Option<DateTime>>>("lastSeen"),
        scim::Attribute::of::<Option<Binary>>("key"),
        scim::Attribute::of::<Option<Reference>>("owner").values(&scim::Values {
            canonical: &[],
            references: &["User"],
        }),
        scim::Attribute::of::<Option<Color>>("color").values(&scim::Values {
            canonical: &["red", "dark-blue"],
            references: &[],
        }),
        scim::Attribute::of::<WriteOnly<Option<String>>>("pin"),
        scim::Attribute::of::<Option<Json>>("free"),
        scim::Attribute::of::<Option<Place>>("place"),
        scim::Attribute::of::<Vec<Port>>("ports"),
        scim::Attribute::extension::<Option<AcmeGadget>>(
            "urn:example:params:scim:schemas:extension:acme:2.0:Gadget",
        ),
    ],
);

scim::resource_impls! {
    Gadget, GadgetPaths, GADGET,
    "Gadget", "/Gadgets",
    "urn:example:params:scim:schemas:core:2.0:Gadget",
    {
        0 serial_number: String;
        1 external_id: Option<String>;
        2 label: Option<String>;
        3 tags: Vec<String>;
        4 enabled: Option<bool>;
        5 level: Option<i64>;
        6 weight: Option<Decimal>;
        7 built: Option<DateTime>, scim::Immutable<Option<DateTime>>;
        8 last_seen: ReadOnly<Option<DateTime>>;
        9 key: Option<Binary>;
        10 owner: Option<Reference>;
        11 color: Option<Color>;
        12 pin: WriteOnly<Option<String>>;
        13 free: Option<Json>;
        14 place: Option<Place>;
        15 ports: Vec<Port>;
    }
    {
        16 acme: Option<AcmeGadget>;
    }
}

static PLACE: scim::Descriptor = scim::Descriptor::complex(
    "place",
    &[
        scim::Attribute::of::<Option<String>>("room"),
        scim::Attribute::of::<Option<i64>>("floor"),
        scim::Attribute::of::<Vec<Shelf>>("shelves"),
    ],
);

scim::complex_impls! {
    Place, PlacePaths, PLACE,
    {
        0 room: Option<String>;
        1 floor: Option<i64>;
        2 shelves: Vec<Shelf>;
    }
}

static SHELF: scim::Descriptor =
    scim::Descriptor::complex("shelves", &[scim::Attribute::of::<Option<String>>("code")]);

scim::complex_impls! {
    Shelf, ShelfPaths, SHELF,
    {
        0 code: Option<String>;
    }
}

static PORT: scim::Descriptor = scim::Descriptor::complex(
    "ports",
    &[
        scim::Attribute::of::<String>("value"),
        scim::Attribute::of::<Option<String>>("type"),
        scim::Attribute::of::<Option<bool>>("primary"),
        scim::Attribute::of::<Option<i64>>("slot").mutability(scim::Mutability::Immutable),
    ],
);

scim::complex_impls! {
    Port, PortPaths, PORT,
    {
        0 value: String;
        1 type_: Option<String>;
        2 primary: Option<bool>;
        3 slot: Option<i64>, scim::Immutable<Option<i64>>;
    }
}

static ACME_GADGET: scim::Descriptor = scim::Descriptor::schema(
    "AcmeGadget",
    "urn:example:params:scim:schemas:extension:acme:2.0:Gadget",
    &[
        scim::Attribute::of::<Option<String>>("badge"),
        scim::Attribute::of::<Option<Desk>>("desk"),
    ],
);

scim::extension_impls! {
    AcmeGadget, AcmeGadgetPaths, ACME_GADGET,
    "urn:example:params:scim:schemas:extension:acme:2.0:Gadget",
    {
        0 badge: Option<String>;
        1 desk: Option<Desk>;
    }
}

static DESK: scim::Descriptor = scim::Descriptor::complex(
    "desk",
    &[
        scim::Attribute::of::<Option<i64>>("floor"),
        scim::Attribute::of::<ReadOnly<Option<String>>>("note"),
    ],
);

scim::complex_impls! {
    Desk, DeskPaths, DESK,
    {
        0 floor: Option<i64>;
        1 note: ReadOnly<Option<String>>;
    }
}

scim::open_enum! {
    Color, UnknownColor, case_exact: false, {
        Red = "red",
        DarkBlue = "dark-blue",
    }
}

/// Names for compiler messages.
#[allow(non_camel_case_types, missing_docs, reason = "names of attributes")]
#[doc(hidden)]
pub mod name {
    pub enum acme {}
    pub enum badge {}
    pub enum built {}
    pub enum code {}
    pub enum color {}
    pub enum desk {}
    pub enum enabled {}
    pub enum external_id {}
    pub enum floor {}
    pub enum free {}
    pub enum key {}
    pub enum label {}
    pub enum last_seen {}
    pub enum level {}
    pub enum note {}
    pub enum owner {}
    pub enum pin {}
    pub enum place {}
    pub enum ports {}
    pub enum primary {}
    pub enum room {}
    pub enum serial_number {}
    pub enum shelves {}
    pub enum slot {}
    pub enum tags {}
    pub enum type_ {}
    pub enum value {}
    pub enum weight {}
}

impl Gadget {
    /// A gadget with its required attributes.
    pub fn new(serial_number: impl Into<String>) -> Self {
        let mut new = <Self as scim::Root>::empty();
        new.serial_number = serial_number.into();
        new
    }
}

impl Port {
    /// A port with its required sub-attributes.
    pub fn new(value: impl Into<String>) -> Self {
        let mut new = <Self as scim::Root>::empty();
        new.value = value.into();
        new
    }
}

impl Default for Place {
    fn default() -> Self {
        <Self as scim::Root>::empty()
    }
}

impl Default for Shelf {
    fn default() -> Self {
        <Self as scim::Root>::empty()
    }
}

impl Default for AcmeGadget {
    fn default() -> Self {
        <Self as scim::Root>::empty()
    }
}

impl Default for Desk {
    fn default() -> Self {
        <Self as scim::Root>::empty()
    }
}
