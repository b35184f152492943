//! Types of one's own: another resource type, another extension.

use scim_client::{DateTime, Decimal, Resource, Stored, patch::Patch, resource::Extension as _};

use crate::{
    acme::{self, AcmeUser, Device, acme_user::Desk, device::Owner},
    outcome::{Step, Stop, ensure, ours, same, wrong},
    scenario::{Scenario, scenarios},
    site::{Site, kept},
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "another type: create, get, replace, delete" => device;
    "another type: query, patch" => device_query;
    "another type: verify" => device_verify, compiled only;
    "another extension: every type of value" => extension;
    "another extension: by its type" => undeclared;
    "another extension: patch" => extension_patch;
    "another extension: filter" => extension_filter;
};

/// Ends the scenario where the server does not say that it has this type.
fn needs<R: Resource>(site: &Site) -> Step {
    if site.provider.resource_type(R::SCHEMA).is_some() {
        return Ok(());
    }
    Err(Stop::Unsupported(format!(
        "no resource type of {}",
        R::SCHEMA
    )))
}

/// Ends the scenario where users do not have the extension.
fn needs_extension(site: &Site) -> Step {
    if site.provider.schema(AcmeUser::SCHEMA).is_some() {
        return Ok(());
    }
    Err(Stop::Unsupported(format!("no schema {}", AcmeUser::SCHEMA)))
}

async fn device(site: &Site) -> Step {
    needs::<Device>(site)?;
    let owner = site.user("owner", |user| user).await?;
    let device = Device::new(site.name("SN"))
        .with_model("Tricorder")
        .with_owner(Owner::new(owner.id()));
    let stored = site.create(&device).await?;
    kept(stored.resource(), &device)?;
    let devices = site.of::<Device>();
    let change = |device: &mut Device| device.model = Some("Phaser".into());
    devices.replace(&stored, change).await?;
    let read = devices.get(stored.id()).await?;
    same("model", read.model.as_deref(), Some("Phaser"))?;
    devices.delete(&read).await?;
    ensure!(
        devices.get_optional(stored.id()).await?.is_none(),
        "it is still there"
    );
    Ok(())
}

async fn device_query(site: &Site) -> Step {
    needs::<Device>(site)?;
    let device = site
        .given(&Device::new(site.name("SN")).with_model("Tricorder"))
        .await?;
    let devices = site.of::<Device>();
    let patch = Patch::<Device>::new().replace(|d| d.model, "Phaser");
    let after = devices.patch(&device, patch).await?;
    same("model", after.model.as_deref(), Some("Phaser"))?;
    let query = devices
        .query()
        .filter(|d| d.serial.eq(&device.serial) & d.model.sw("Pha"));
    let found = query.all().await?;
    same(
        "devices",
        found.iter().map(Stored::id).collect::<Vec<_>>(),
        [device.id()],
    )
}

async fn device_verify(site: &Site) -> Step {
    needs::<Device>(site)?;
    let report = site.provider.verify::<Device>().into_result();
    report.map(drop).map_err(|report| wrong(report.to_string()))
}

fn badge() -> Step<AcmeUser> {
    let ratio: Decimal = "0.80".parse().map_err(|_| wrong("0.80 is a decimal"))?;
    Ok(AcmeUser::new()
        .with_badge("B-17")
        .with_clearance(3)
        .with_hired_on(DateTime::new("2024-02-29T08:00:00Z"))
        .with_ratio(ratio)
        .with_tags(["early", "bird"])
        .with_desk(Desk::new().with_floor(4).with_code("4-11")))
}

async fn badged(site: &Site) -> Step<Stored<acme::User>> {
    needs_extension(site)?;
    let mut user = acme::User::new(site.user_name("badged"));
    user.acme_user = Some(badge()?);
    site.create(&user).await
}

async fn extension(site: &Site) -> Step {
    let stored = badged(site).await?;
    let read = site.of::<acme::User>().get(stored.id()).await?;
    let Some(found) = &read.acme_user else {
        return Err(wrong("the extension is gone"));
    };
    let wanted = badge()?;
    same("clearance", found.clearance, wanted.clearance)?;
    same("tags", &found.tags, &wanted.tags)?;
    same("desk", &found.desk, &wanted.desk)?;
    same("badge", &found.badge, &wanted.badge)?;
    let number = |decimal: &Option<Decimal>| decimal.as_ref().and_then(Decimal::to_f64);
    same("ratio", number(&found.ratio), number(&wanted.ratio))?;
    let instant = |time: &Option<DateTime>| time.as_ref().and_then(DateTime::instant);
    same(
        "hiredOn",
        instant(&found.hired_on),
        instant(&wanted.hired_on),
    )
}

/// The core `User` does not declare it; the client reads and writes it all the same.
async fn undeclared(site: &Site) -> Step {
    needs_extension(site)?;
    let mut user = scim_client::User::new(site.user_name("undeclared"));
    user.set_extension(badge()?).map_err(ours)?;
    let stored = site.create(&user).await?;
    let read = site.users().get(stored.id()).await?;
    let found = |user: &scim_client::User| {
        let extension = user.extension::<AcmeUser>();
        extension.map_err(ours)
    };
    let badge = |extension: Option<AcmeUser>| extension.and_then(|extension| extension.badge);
    same("badge", badge(found(&read)?).as_deref(), Some("B-17"))?;
    let title = |user: &mut scim_client::User| user.title = Some("Guide".into());
    site.users().replace(&read, title).await?;
    let read = site.users().get(stored.id()).await?;
    same(
        "badge after a replace",
        badge(found(&read)?).as_deref(),
        Some("B-17"),
    )
}

async fn extension_patch(site: &Site) -> Step {
    let stored = badged(site).await?;
    let patch = Patch::<acme::User>::new()
        .replace(|u| u.acme_user.clearance, 4)
        .add(|u| u.acme_user.tags, "owl")
        .remove(|u| u.acme_user.badge);
    let after = site.of::<acme::User>().patch(&stored, patch).await?;
    let Some(found) = &after.acme_user else {
        return Err(wrong("the extension is gone"));
    };
    same("clearance", found.clearance, Some(4))?;
    same("tags", found.tags.len(), 3)?;
    same("badge", found.badge.as_deref(), None)
}

async fn extension_filter(site: &Site) -> Step {
    let stored = badged(site).await?;
    let query = site.of::<acme::User>().query().filter(|u| {
        u.user_name.eq(&stored.user_name)
            & u.acme_user.clearance.gt(2)
            & u.acme_user.hired_on.lt("2025-01-01T00:00:00Z")
            & u.acme_user.tags.eq("bird")
    });
    let found = query.all().await?;
    same(
        "users",
        found.iter().map(Stored::id).collect::<Vec<_>>(),
        [stored.id()],
    )
}
