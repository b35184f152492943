use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    #[scim(case_exact)]
    active: bool,
    #[scim(canonical_values = ["1", "2"])]
    size: i64,
    #[scim(reference_types = ["User"])]
    owner: String,
    #[scim(case_exact = false)]
    image: Binary,
    #[scim(rename = "serial number")]
    serial: String,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
