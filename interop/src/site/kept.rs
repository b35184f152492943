//! Whether a server keeps what it is sent.

use scim_client::{
    Binary, EnterpriseUser, Reference, Resource, User,
    patch::{self, DiffError, Op, Operation, PatchOp},
    user::{Address, Email, Entitlement, Im, Name, PhoneNumber, Photo, Role, X509Certificate},
};

use super::Site;
use crate::outcome::{Cause, Step, failed, ours};

impl Site {
    /// A user with every simple core attribute.
    pub(crate) fn with_simple(&self, user: User) -> User {
        user.with_external_id(self.name("external"))
            .with_name(
                Name::new()
                    .with_formatted("Ms. Barbara J Jensen, III")
                    .with_family_name("Jensen")
                    .with_given_name("Barbara")
                    .with_middle_name("Jane")
                    .with_honorific_prefix("Ms.")
                    .with_honorific_suffix("III"),
            )
            .with_display_name("Babs Jensen")
            .with_nick_name("Babs")
            .with_profile_url(Reference::new("https://login.example.com/bjensen"))
            .with_title("Tour Guide")
            .with_user_type("Employee")
            .with_preferred_language("en-US")
            .with_locale("en-US")
            .with_timezone("America/Los_Angeles")
            .with_active(false)
    }

    /// A user with every multi-valued core attribute.
    pub(crate) fn with_many(&self, user: User) -> User {
        user.with_emails([
            Email::new(self.mail("work"))
                .with_type("work")
                .with_primary(true),
            Email::new(self.mail("home"))
                .with_type("home")
                .with_display("At home"),
        ])
        .with_phone_numbers([
            PhoneNumber::new("tel:+1-555-555-5555").with_type("work"),
            PhoneNumber::new("tel:+1-555-555-4444").with_type("pager"),
        ])
        .with_ims([Im::new("someaimhandle").with_type("aim")])
        .with_photos(
            [Photo::new(Reference::new("https://photos.example.com/F")).with_type("photo")],
        )
        .with_addresses([Address::new()
            .with_type("work")
            .with_formatted("100 Universal City Plaza\nHollywood, CA 91608 USA")
            .with_street_address("100 Universal City Plaza")
            .with_locality("Hollywood")
            .with_region("CA")
            .with_postal_code("91608")
            .with_country("US")
            .with_primary(true)])
        .with_entitlements([Entitlement::new("licence-1")])
        .with_roles([Role::new("student").with_primary(true)])
        .with_x509_certificates([X509Certificate::new(Binary::from_bytes(
            b"not really a certificate",
        ))])
    }

    /// A user with the enterprise extension, but for a manager.
    pub(crate) fn with_enterprise(&self, mut user: User) -> User {
        user.enterprise_user = Some(
            EnterpriseUser::new()
                .with_employee_number(self.name("number"))
                .with_cost_center("4130")
                .with_organization("Universal Studios")
                .with_division("Theme Park")
                .with_department("Tour Operations"),
        );
        user
    }
}

/// A user with every core attribute, to find out which of them a server keeps.
pub(super) fn everything(site: &Site) -> User {
    let user = User::new(site.user_name("probe"));
    site.with_enterprise(site.with_many(site.with_simple(user)))
}

/// The attributes that an operation puts back: by its path, or the members of its value.
pub(super) fn names(operation: &Operation) -> Vec<String> {
    let path = operation.path.as_ref();
    if let Some(path) = path.and_then(|path| path.attribute()) {
        return vec![path.name().to_owned()];
    }
    let value = operation.value.as_ref().map(scim_client::Json::to_value);
    let mut names = Vec::new();
    for (name, value) in value
        .as_ref()
        .and_then(|v| v.as_object())
        .into_iter()
        .flatten()
    {
        names.push(name.clone());
        names.extend(
            value
                .as_object()
                .into_iter()
                .flat_map(|inner| inner.keys().cloned()),
        );
    }
    names
}

/// The operations that would put back what is not in `stored`.
pub(super) fn lost<R: Resource>(stored: &R, sent: &R) -> Result<Vec<Operation>, DiffError> {
    let mut lost = patch::diff(stored, sent)?.into_message().operations;
    lost.retain(|operation| operation.op != Op::Remove);
    Ok(lost)
}

/// Ends the scenario if something of `sent` is not in `stored`, and names it. What the server adds
/// of its own is welcome.
pub(crate) fn kept<R: Resource>(stored: &R, sent: &R) -> Step {
    let lost = lost(stored, sent).map_err(ours)?;
    if lost.is_empty() {
        return Ok(());
    }
    let mut wanted = Vec::new();
    for operation in &lost {
        let value = operation.value.as_ref().map(scim_client::Json::to_value);
        texts(&value.unwrap_or_default(), &mut wanted);
    }
    Err(failed(
        format!(
            "what was sent differs from what is stored by {}",
            PatchOp::new(lost).to_json()
        ),
        Cause::Values {
            what: String::new(),
            found: Vec::new(),
            wanted,
        },
    ))
}

fn texts(value: &serde_json::Value, out: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => out.push(text.clone()),
        serde_json::Value::Array(all) => all.iter().for_each(|one| texts(one, out)),
        serde_json::Value::Object(members) => members.values().for_each(|one| texts(one, out)),
        _ => {}
    }
}
