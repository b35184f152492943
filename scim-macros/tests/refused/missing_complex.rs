use scim_client::*;

#[derive(Debug, Clone, PartialEq)]
struct Location {
    room: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum State {
    InUse,
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    serial: String,
    location: Option<Location>,
    places: Vec<Location>,
    seen: ReadOnly<Option<Location>>,
    #[scim(required)]
    states: Vec<State>,
    #[scim(extra)]
    extra: Extra,
}

async fn uses(devices: Resources<Device>, device: Stored<Device>) -> Result<(), Error> {
    devices.query().filter(|d| d.serial.eq("7")).sort_by(|d| d.serial).first().await?;
    devices.patch(&device).replace(|d| d.serial, "8").await?;
    println!("{:?} {:?}", device, device.location);
    Ok(())
}

fn main() {
    let _ = uses;
}
