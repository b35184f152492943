//! Numbers compare with numbers.

use scim_client::{Complex, Extra, Resource, Resources};

#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    level: Option<i64>,
    place: scim_client::ReadOnly<Option<Place>>,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Complex)]
struct Place {
    room: Option<String>,
    #[scim(extra)]
    extra: Extra,
}

fn wrong(devices: Resources<Device>) {
    devices.query().filter(|d| d.level.eq("3"));
}

/// What is in a readOnly attribute is readOnly.
fn inside(devices: Resources<Device>) {
    devices.patch("1").replace(|d| d.place.room, "x");
}

fn main() {}
