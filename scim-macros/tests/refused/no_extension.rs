use scim_client::*;

#[derive(Clone, Complex)]
struct Location {
    room: Option<String>,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    #[scim(extension)]
    location: Option<Location>,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
