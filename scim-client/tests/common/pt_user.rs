//! A user with the extension of the PATCH vectors (whatever else a user has is unknown to it),
//! and a resource whose complex attribute has two required sub-attributes.

use scim::Root as _;
use scim_client::{Extra, codegen_v1 as scim, model::Field};

/// Declares a type and what generator and derives emit for it, without typed paths.
macro_rules! model {
    (
        $type:ident = $descriptor:expr;
        $($field:ident: $of:ty = $name:expr $(, $fact:ident($($value:expr),*))*;)*
    ) => {
        #[derive(Debug, Clone, PartialEq)]
        pub struct $type {
            $(pub $field: $of,)*
            pub extra: Extra,
        }

        impl scim::Reflect for $type {
            fn descriptor(&self) -> &'static scim::Descriptor {
                Self::DESCRIPTOR
            }

            fn field(&self, index: usize) -> Option<&dyn Field> {
                let fields: &[&dyn Field] = &[$(&self.$field),*];
                fields.get(index).copied()
            }

            fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field> {
                let fields: [&mut dyn Field; _] = [$(&mut self.$field),*];
                fields.into_iter().nth(index)
            }

            fn extra(&self) -> &Extra {
                &self.extra
            }

            fn extra_mut(&mut self) -> &mut Extra {
                &mut self.extra
            }
        }

        impl scim::Root for $type {
            type Paths = ();
            const PATHS: () = ();
            const DESCRIPTOR: &'static scim::Descriptor = {
                static ATTRIBUTES: &[scim::Attribute] =
                    &[$(model!(@attribute $of, $name $(, $fact($($value),*))*)),*];
                static DESCRIPTOR: scim::Descriptor = $descriptor(ATTRIBUTES);
                &DESCRIPTOR
            };

            fn empty() -> Self {
                Self {
                    $($field: scim::empty(),)*
                    extra: Extra::new(),
                }
            }

            fn written(&self) -> String {
                scim::write_complex(self)
            }

            fn read(text: &str) -> Result<Self, scim::DecodeError> {
                scim::read_complex(text)
            }
        }
    };
    (@attribute $of:ty, $name:expr, extension()) => {
        scim::Attribute::extension::<$of>($name)
    };
    (@attribute $of:ty, $name:expr $(, $fact:ident($($value:expr),*))*) => {
        scim::Attribute::of::<$of>($name)$(.$fact($($value),*))*
    };
}

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const PT: &str = "urn:example:params:scim:schemas:extension:pt:1.0:User";

const fn user(attributes: &'static [scim::Attribute]) -> scim::Descriptor {
    scim::Descriptor::schema("User", USER, attributes)
}

const fn pt(attributes: &'static [scim::Attribute]) -> scim::Descriptor {
    scim::Descriptor::schema("Pt", PT, attributes)
}

model! {
    PtUser = user;
    user_name: String = "userName";
    pt: Option<Pt> = PT, extension();
}

model! {
    Pt = pt;
    tags: Vec<String> = "tags";
    codes: Vec<i64> = "codes";
    badge: Option<String> = "badge", mutability(scim::Mutability::Immutable);
    level: Option<i64> = "level";
}

impl scim::Resource for PtUser {
    const SCHEMA: &'static str = USER;
    const NAME: &'static str = "User";
    const ENDPOINT: &'static str = "/Users";
}

impl scim::Complex for Pt {
    type Fields<P: 'static> = scim_client::typed::NoFields;
    type Class = scim_client::typed::class::Extension;
}

impl scim::Extension for Pt {
    const SCHEMA: &'static str = PT;
}

const ROUTE: &str = "urn:example:params:scim:schemas:core:2.0:Route";

const fn route(attributes: &'static [scim::Attribute]) -> scim::Descriptor {
    scim::Descriptor::schema("Route", ROUTE, attributes)
}

const fn leg(attributes: &'static [scim::Attribute]) -> scim::Descriptor {
    scim::Descriptor::complex("leg", attributes)
}

model! {
    Route = route;
    leg: Option<Leg> = "leg";
}

model! {
    Leg = leg;
    from: String = "from";
    to: String = "to";
    via: Option<String> = "via";
}

impl scim::Resource for Route {
    const SCHEMA: &'static str = ROUTE;
    const NAME: &'static str = "Route";
    const ENDPOINT: &'static str = "/Routes";
}

impl scim::Complex for Leg {
    type Fields<P: 'static> = scim_client::typed::NoFields;
    type Class = scim_client::typed::class::Complex;
}

const TRIP: &str = "urn:example:params:scim:schemas:core:2.0:Trip";

const fn trip(attributes: &'static [scim::Attribute]) -> scim::Descriptor {
    scim::Descriptor::schema("Trip", TRIP, attributes)
}

const fn stage(attributes: &'static [scim::Attribute]) -> scim::Descriptor {
    scim::Descriptor::complex("legs", attributes)
}

model! {
    Trip = trip;
    legs: Vec<Stage> = "legs";
}

model! {
    Stage = stage;
    id: Option<i64> = "id";
    meta: Option<bool> = "meta";
}

impl scim::Resource for Trip {
    const SCHEMA: &'static str = TRIP;
    const NAME: &'static str = "Trip";
    const ENDPOINT: &'static str = "/Trips";
}

impl scim::Complex for Stage {
    type Fields<P: 'static> = scim_client::typed::NoFields;
    type Class = scim_client::typed::class::Complex;
}
