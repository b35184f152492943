use scim_client::*;

#[derive(Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    serial: String,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
