use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    #[scim(case_exat)]
    serial: String,
    id: String,
    state: Option<State>,
    tags: Vec<String>,
    location: Option<Location>,
}

#[derive(Clone, Complex)]
struct Location {
    room: Option<String>,
}

#[derive(Clone, CanonicalValues)]
enum State {
    InUse,
}

async fn uses(devices: Resources<Device>) -> Result<(), Error> {
    let one = devices
        .query()
        .filter(|d| d.serial.eq("7") & d.location.room.pr() & d.state.eq(State::InUse))
        .first()
        .await?;
    if let Some(device) = one {
        devices.patch(&device).add(|d| d.tags, "red").await?;
    }
    Ok(())
}

fn main() {
    let _ = uses;
}
