use scim_client::*;

#[derive(Clone, Extension)]
#[scim(schema = "urn:example:Acme")]
struct Acme {
    #[scim(extension)]
    more: Option<EnterpriseUser>,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    #[scim(extension)]
    acme: Acme,
    #[scim(extension, required)]
    enterprise: Option<EnterpriseUser>,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
