use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device(String);

#[derive(Clone, Complex)]
enum Location {
    Room(String),
}

#[derive(Clone, CanonicalValues)]
struct State {
    text: String,
}

fn main() {}
