use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    #[scim(case_exact = "yes", rename, uniqueness = 3)]
    serial: String,
    #[scim(required, required)]
    tags: Vec<String>,
    #[scim(canonical_values = "red", description = ["a"])]
    colour: Option<String>,
    #[scim]
    size: Option<String>,
    #[scim(rename "a")]
    shape: Option<String>,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
