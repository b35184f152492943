use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    serial: String,
    seen: ReadOnly<Option<DateTime>>,
    pin: WriteOnly<Option<String>>,
    location: Option<Location>,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Clone, Complex)]
struct Location {
    room: Option<String>,
    #[scim(extra)]
    extra: Extra,
}

async fn misuse(devices: Resources<Device>, device: Stored<Device>) -> Result<(), Error> {
    devices.patch(&device).replace(|d| d.seen, DateTime::from("2026-01-01T00:00:00Z")).await?;
    devices.patch(&device).remove(|d| d.serial).await?;
    devices.query().filter(|d| d.pin.eq("1"));
    devices.query().filter(|d| d.location.rom.eq("1"));
    Ok(())
}

fn main() {}
