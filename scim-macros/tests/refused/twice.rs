use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    serial: String,
    #[scim(rename = "SERIAL")]
    other: String,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
