use scim_client::*;

#[derive(Clone, Extension)]
#[scim(schema = "urn:example:Acme")]
struct Acme {
    badge: Option<String>,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    acme: Option<Acme>,
    enterprise_user: Option<EnterpriseUser>,
    many: Vec<Acme>,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Clone, Complex)]
struct Place {
    acme: Acme,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
