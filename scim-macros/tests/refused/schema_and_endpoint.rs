use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "Device", endpoint = "https://scim.example/v2/Devices")]
struct Device {
    serial: String,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Clone, Extension)]
#[scim(schema = "urn:example:Acme", endpoint = "/Acme")]
struct Acme {
    serial: String,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Clone, Complex)]
#[scim(schema = "urn:example:Location")]
struct Location {
    room: String,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
