//! A value path has no value path in it.

use scim_client::{Complex, Extra, Resource, Resources};

#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    ports: Vec<Port>,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Complex)]
struct Port {
    pins: Vec<P>,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Complex)]
struct P {
    number: Option<i64>,
    #[scim(extra)]
    extra: Extra,
}

fn in_a_filter(devices: Resources<Device>) {
    devices.query().filter(|d| d.ports.any(|p| p.pins.any(|p| p.number.eq(1))));
}

fn in_a_patch(devices: Resources<Device>) {
    devices.patch("1").remove(|d| d.ports.pins.filter(|p| p.number.eq(1)));
}

fn right(devices: Resources<Device>) {
    devices.query().filter(|d| d.ports.any(|p| p.pins.pr()) & d.ports.pins.pr());
}

fn main() {}
