use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    id: String,
    meta: Option<Json>,
    #[scim(rename = "schemas")]
    types: Vec<String>,
    external_id: Option<String>,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
