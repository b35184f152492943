use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    a: Option<ReadOnly<String>>,
    b: Option<Vec<String>>,
    c: Vec<Option<String>>,
    d: Vec<Vec<String>>,
    e: ReadOnly<WriteOnly<String>>,
    f: Option<Option<String>>,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
