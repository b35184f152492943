use scim_client::*;

#[derive(Clone, Resource)]
struct Device {
    serial: String,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Clone, Extension)]
struct AcmeDevice {
    asset: String,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
