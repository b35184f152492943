use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    #[scim(mutability = "imutable")]
    a: String,
    #[scim(mutability = "readOnly")]
    b: String,
    #[scim(mutability = "writeOnly")]
    c: String,
    #[scim(mutability = "immutable")]
    d: ReadOnly<String>,
    #[scim(returned = "never")]
    e: String,
    #[scim(returned = "always")]
    f: WriteOnly<String>,
    #[scim(returned = "sometimes")]
    g: String,
    #[scim(uniqueness = "planet")]
    h: String,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
