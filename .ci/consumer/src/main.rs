//! Uses the packages in each of the three ways: the library's own types, types from documents (by a
//! build script and by the macro), and a derived type; then a server with the tester.

use scim_cli as _;
use scim_client::{Client, Extra, Resource, User, testing::ServiceProvider};
use scim_models::filter::Filter;
use scim_provider::MemoryStore;
use scim_tester::Suite;

mod built {
    #![allow(dead_code)]
    include!(concat!(env!("OUT_DIR"), "/acme.rs"));
}

mod included {
    #![allow(dead_code)]
    scim_client::include_schemas!("schemas/acme");
}

#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", endpoint = "/Devices")]
struct Device {
    serial_number: String,
    #[scim(extra)]
    extra: Extra,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let provider = ServiceProvider::builder()
        .resource::<User>()
        .resource::<Device>()
        .resource::<built::Printer>()
        .build();
    let scim = Client::builder("https://scim.example/v2")
        .service(provider.clone())
        .build()?;
    let user = scim.resource::<User>().create(&User::new("bjensen")).await?;
    let device = Device { serial_number: "7".into(), extra: Extra::new() };
    let device = scim.resource::<Device>().create(&device).await?;
    let printer = scim
        .resource::<built::Printer>()
        .create(&built::Printer::new("lp0"))
        .await?;
    assert_eq!(included::Printer::ENDPOINT, built::Printer::ENDPOINT);
    println!("{} {} {}", user.user_name, device.serial_number, printer.to_json());

    let filter: Filter = r#"userName sw "bj""#.parse()?;
    assert!(filter.matches(&user));
    let server = scim_provider::ServiceProvider::builder(MemoryStore::new()).build();
    let report = Suite::rfc().only(["D-01", "C-01"]).run(server).await;
    report.assert();
    Ok(())
}
