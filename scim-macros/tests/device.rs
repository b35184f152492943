//! A derived type does everything that a generated one does, against the embedded provider.
#![allow(clippy::expect_used, reason = "a test may panic")]

#[path = "device/types.rs"]
mod types;

use scim_client::{
    Client, DateTime, EnterpriseUser, Extra, ReadOnly, Reference, Resource as _, User, WriteOnly,
    testing::ServiceProvider,
};

use self::types::{AcmeDevice, Device, Location, Port, State};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn device(serial_number: &str) -> Device {
    Device {
        external_id: None,
        serial_number: serial_number.into(),
        tags: vec!["loan".into()],
        state: Some(State::InUse),
        owner: None,
        last_seen: ReadOnly::default(),
        pin: WriteOnly::new(Some("1234".to_owned())),
        location: Some(Location {
            room: Some("E14".into()),
            floor: Some(3),
            extra: Extra::new(),
        }),
        ports: Vec::new(),
        acme: Some(AcmeDevice {
            asset: "A-7".into(),
            note: None,
            extra: Extra::new(),
        }),
        enterprise: None,
        extra: Extra::new(),
    }
}

fn start() -> Result<(ServiceProvider, Client), Box<dyn std::error::Error>> {
    let provider = ServiceProvider::builder().resource::<Device>().build();
    let scim = Client::builder("https://scim.example/v2")
        .service(provider.clone())
        .build()?;
    Ok((provider, scim))
}

#[tokio::test]
async fn life_of_a_device() -> Outcome {
    let (_provider, scim) = start()?;
    scim.discover().await?.verify::<Device>().into_result()?;
    let devices = scim.resource::<Device>();

    let laptop = devices.create(&device("7")).await?;
    devices.create(&device("8")).await?;
    let again = devices
        .create(&device("7"))
        .await
        .expect_err("serialNumber is unique");
    assert_eq!(again.status().map(|status| status.as_u16()), Some(409));
    assert_eq!(laptop.serial_number, "7");
    assert_eq!(
        laptop.acme.as_ref().map(|acme| acme.asset.as_str()),
        Some("A-7")
    );
    assert_eq!(laptop.location.as_ref().and_then(|l| l.floor), Some(3));
    assert!(laptop.state == Some(State::InUse));

    let found = devices
        .query()
        .filter(|d| {
            d.serial_number.eq("7")
                & d.tags.eq("loan")
                & d.state.eq(State::InUse)
                & d.location.floor.ge(2)
                & d.acme.asset.sw("A-")
        })
        .sort_by(|d| d.serial_number)
        .send()
        .await?;
    assert_eq!(found.value().resources.len(), 1);

    let laptop = devices
        .patch(&laptop)
        .replace(|d| d.location.room, "E15")
        .replace(|d| d.state, State::Unknown("gone".into()))
        .replace(|d| d.pin, "4321")
        .add(|d| d.tags, "red")
        .replace(|d| d.acme.note, "scratched")
        .remove(|d| d.location.floor)
        .await?;
    let location = laptop.location.as_ref().expect("it is somewhere");
    assert_eq!(
        (location.room.as_deref(), location.floor),
        (Some("E15"), None)
    );
    assert_eq!(laptop.tags, ["loan", "red"]);
    assert_eq!(laptop.state.as_ref().map(State::as_str), Some("gone"));

    let partial = devices
        .get(laptop.id())
        .attributes(|d| (d.serial_number, d.location.room, d.acme.asset))
        .await?;
    assert_eq!(partial.get(|d| d.serial_number), Some("7"));
    assert_eq!(partial.get(|d| d.tags), None);

    let laptop = devices.update(&laptop, |d| d.tags.clear()).await?;
    assert!(laptop.tags.is_empty());
    let mut laptop = devices.get(laptop.id()).await?;
    laptop.serial_number = "9".into();
    let laptop = devices.replace(&laptop).await?;
    assert_eq!(laptop.serial_number, "9");
    devices.delete(&laptop).await?;
    Ok(())
}

#[tokio::test]
async fn extensions_in_both_directions() -> Outcome {
    let provider = ServiceProvider::new();
    let scim = Client::builder("https://scim.example/v2")
        .service(provider.clone())
        .build()?;
    let mut babs = User::new("bjensen");
    babs.set_extension(AcmeDevice {
        asset: "A-1".into(),
        note: None,
        extra: Extra::new(),
    })?;
    let stored = scim.resource::<User>().create(&babs).await?;
    assert_eq!(
        stored.extension::<AcmeDevice>()?.map(|acme| acme.asset),
        Some("A-1".into())
    );

    let mut laptop = device("7");
    laptop.enterprise = Some(EnterpriseUser::new().with_department("Tours"));
    let text = laptop.to_json();
    let read = Device::from_json(&text)?;
    let department = read
        .enterprise
        .as_ref()
        .and_then(|e| e.department.as_deref());
    assert_eq!(department, Some("Tours"));
    assert!(read.extension::<EnterpriseUser>()?.is_some());
    assert!(read.extension::<AcmeDevice>()?.is_some());
    Ok(())
}

#[test]
fn nothing_is_lost_and_no_secret_shows() -> Outcome {
    let text = r#"{"schemas":["urn:example:params:scim:schemas:core:2.0:Device"],"SERIALNUMBER":"7",
        "state":"INUSE","owner":"../Users/1","lastSeen":"2026-01-01T00:00:00Z","colour":"red",
        "location":{"room":"E14","wing":"north"}}"#;
    let read = Device::from_json(text)?;
    assert_eq!(read.state, Some(State::InUse));
    assert_eq!(read.owner, Some(Reference::<User>::new("../Users/1")));
    assert_eq!(
        *read.last_seen,
        Some(DateTime::from("2026-01-01T00:00:00Z"))
    );
    assert!(read.extra.get("colour").is_some());
    assert!(
        read.location
            .as_ref()
            .is_some_and(|l| l.extra.get("wing").is_some())
    );
    assert!(!format!("{:?}", device("7")).contains("1234"));
    assert_eq!(serde_json_text(&read), read.to_json());
    Ok(())
}

fn serde_json_text(device: &Device) -> String {
    serde_json::to_string(device).expect("it is JSON")
}

#[test]
fn constructors_are_made_where_they_are_wanted() {
    let built = Device::new("7")
        .with_tags(["loan"])
        .with_state("inUse")
        .with_pin("1234")
        .with_location(Location::new().with_room("E14").with_floor(3))
        .with_acme(AcmeDevice::new("A-7"));
    assert_eq!(built, device("7"));
    let port = Port::new("eth0").with_type("rj45");
    assert_eq!(
        (port.value.as_str(), port.r#type.as_deref()),
        ("eth0", Some("rj45"))
    );
    let wired = Device::new("8")
        .with_ports([port])
        .with_enterprise(EnterpriseUser::new().with_department("Sales"));
    assert_eq!(wired.ports.len(), 1);
    assert!(wired.acme.is_none() && wired.enterprise.is_some());
}
