use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    serial: String,
}

#[derive(Clone, Complex)]
struct Location {
    extra: Extra,
}

#[derive(Clone, Complex)]
struct Place {
    #[scim(extra)]
    one: Extra,
    #[scim(extra, rename = "a")]
    two: Extra,
}

fn main() {}
