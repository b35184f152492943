//! What the author of an integration writes with a generated SDK: here against the very server
//! whose schemas it was generated from. `cargo xtask interop` puts it into a crate of its own.

use std::{env, error::Error};

use scim_acme::{
    Acme, AcmeUser, Device, User, acme_user::Desk, device::Owner, scim_client::Client,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = env::args().nth(1).ok_or("which server?")?;
    let token = env::var("SCIM_TOKEN")?;
    let acme = Acme::new(Client::builder(url).bearer_token(token))?;

    let provider = acme.discover().await?;
    provider.verify::<Device>().into_result()?;
    provider.verify::<User>().into_result()?;

    extension(&acme).await?;
    custom_resource(&acme).await
}

/// A user with the vendor's extension.
async fn extension(acme: &Acme) -> Result<(), Box<dyn Error>> {
    let badge = AcmeUser::new()
        .with_badge("B-17")
        .with_clearance(3)
        .with_tags(["early", "bird"])
        .with_desk(Desk::new().with_floor(4).with_code("4-11"));
    let user = User::new("regenerated").with_acme_user(badge.clone());
    let user = acme.users().create(&user).await?;
    assert_eq!(user.acme_user.as_ref(), Some(&badge));

    let found = acme.users().query().filter(|u| {
        u.user_name.eq("regenerated") & u.acme_user.clearance.ge(3) & u.acme_user.tags.eq("bird")
    });
    let found = found.all().await?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id(), user.id());

    let user = acme
        .users()
        .patch(&user)
        .replace(|u| u.acme_user.clearance, 4)
        .replace(|u| u.acme_user.desk.floor, 5)
        .remove(|u| u.acme_user.badge)
        .await?;
    let badge = user.acme_user.as_ref().ok_or("the extension is gone")?;
    assert_eq!((badge.clearance, &badge.badge), (Some(4), &None));
    let desk = badge.desk.as_ref().ok_or("the desk is gone")?;
    assert_eq!((desk.floor, desk.code.as_deref()), (Some(5), Some("4-11")));

    acme.users().delete(&user).await?;
    assert!(acme.users().get(user.id()).optional().await?.is_none());
    Ok(())
}

/// A resource of the vendor's own type.
async fn custom_resource(acme: &Acme) -> Result<(), Box<dyn Error>> {
    let owner = Owner::new("whoever");
    let device = Device::new("SN-1")
        .with_model("Tricorder")
        .with_owner(owner);
    let device = acme.devices().create(&device).await?;

    let query = acme.devices().query();
    let found = query.filter(|d| d.serial.eq("SN-1") & d.model.sw("Tri") & d.owner.value.pr());
    let found = found.all().await?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id(), device.id());

    let device = acme
        .devices()
        .patch(&device)
        .replace(|d| d.model, "Phaser")
        .remove(|d| d.owner)
        .await?;
    assert_eq!(device.model.as_deref(), Some("Phaser"));
    assert_eq!(device.owner, None);
    assert_eq!(device.serial, "SN-1");

    acme.devices().delete(&device).await?;
    assert!(acme.devices().get(device.id()).optional().await?.is_none());
    Ok(())
}
