use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device<T> {
    serial: T,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Clone, Complex)]
struct Location<'a> {
    room: Option<&'a str>,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
