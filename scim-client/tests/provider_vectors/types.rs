//! The types of the vectors' fixtures: a user with all the extensions that they use.

use scim_client::{
    Complex, DateTime, Decimal, EnterpriseUser, Extension, Extra, ReadOnly, Reference, Resource,
    WriteOnly,
    user::{
        Address, Email, Entitlement, Im, Name, PhoneNumber, Photo, Role, UserGroup, X509Certificate,
    },
};

#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(
    schema = "urn:ietf:params:scim:schemas:core:2.0:User",
    endpoint = "/Users",
    name = "User"
)]
pub(crate) struct FixtureUser {
    #[scim(case_exact)]
    pub external_id: Option<String>,
    #[scim(uniqueness = "server")]
    pub user_name: String,
    pub name: Option<Name>,
    pub display_name: Option<String>,
    pub nick_name: Option<String>,
    pub profile_url: Option<Reference>,
    pub title: Option<String>,
    pub user_type: Option<String>,
    pub preferred_language: Option<String>,
    pub locale: Option<String>,
    pub timezone: Option<String>,
    pub active: Option<bool>,
    pub password: WriteOnly<Option<String>>,
    pub emails: Vec<Email>,
    pub phone_numbers: Vec<PhoneNumber>,
    pub ims: Vec<Im>,
    pub photos: Vec<Photo>,
    pub addresses: Vec<Address>,
    pub groups: ReadOnly<Vec<UserGroup>>,
    pub entitlements: Vec<Entitlement>,
    pub roles: Vec<Role>,
    #[scim(rename = "x509Certificates")]
    pub x509_certificates: Vec<X509Certificate>,
    #[scim(extension)]
    pub enterprise: Option<EnterpriseUser>,
    #[scim(extension)]
    pub hyp: Option<Hyp>,
    #[scim(extension)]
    pub pt: Option<Pt>,
    #[scim(extra)]
    pub extra: Extra,
}

/// The extension of the filters' fixtures.
#[derive(Debug, Clone, PartialEq, Extension)]
#[scim(schema = "urn:example:params:scim:schemas:extension:hyp:1.0.2:User")]
pub(crate) struct Hyp {
    pub age: Option<i64>,
    pub score: Option<Decimal>,
    #[scim(rename = "hyphen-name")]
    pub hyphen_name: Option<String>,
    #[scim(rename = "under_score")]
    pub under_score: Option<String>,
    #[scim(rename = "dollar$name", case_exact)]
    pub dollar_name: Option<String>,
    pub joined: Option<DateTime>,
    pub flags: Vec<String>,
    pub emoji: Option<String>,
    pub tabbed: Option<String>,
    pub rooms: Vec<Room>,
    pub pr: Option<String>,
    pub not: Option<String>,
    pub and2: Option<String>,
    #[scim(extra)]
    pub extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Complex)]
pub(crate) struct Room {
    pub number: Option<i64>,
    pub name: Option<String>,
    #[scim(extra)]
    pub extra: Extra,
}

/// The extension of the PATCH fixtures.
#[derive(Debug, Clone, PartialEq, Extension)]
#[scim(schema = "urn:example:params:scim:schemas:extension:pt:1.0:User")]
pub(crate) struct Pt {
    pub tags: Vec<String>,
    pub codes: Vec<i64>,
    #[scim(mutability = "immutable")]
    pub badge: Option<String>,
    pub level: Option<i64>,
    #[scim(extra)]
    pub extra: Extra,
}
