use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpont = "/Devices", endpoint = "/Devices")]
struct Device {
    #[scim(caseExact, colour = "red")]
    serial: String,
    #[scim(endpoint = "/Tags", renamed = "label")]
    tags: Vec<String>,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
