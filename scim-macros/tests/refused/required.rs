use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    #[scim(required)]
    serial: Option<String>,
    #[scim(required = false)]
    owner: Reference<User>,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
