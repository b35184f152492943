//! Types from a folder of documents, at compile time.

use scim_client::Resource as _;

/// Acme's printers.
mod acme {
    scim_client::include_schemas!("../scim-client/tests/schemas/acme");
}

/// The same from one file, with the path of the runtime.
#[allow(deprecated, reason = "nothing says where the type is served")]
mod alone {
    scim_client::include_schemas!(
        "../scim-client/tests/schemas/acme/schemas.json",
        crate = "::scim_client"
    );
}

use acme::printer::{Tray, TrayType};

#[test]
fn included_types_work() {
    let extension = acme::AcmePrinter::new().with_asset("A-7");
    let printer = acme::Printer::new("lp0")
        .with_trays([Tray::new("top").with_type(TrayType::A4)])
        .with_acme_printer(extension);
    assert_eq!(acme::Printer::ENDPOINT, "/Printers");
    let read = acme::Printer::from_json(&printer.to_json()).expect("it is what was written");
    assert_eq!(read, printer);
}

#[test]
fn one_file_is_enough() {
    assert_eq!(alone::Printer::new("lp0").host, "lp0");
    assert_eq!(alone::Printer::ENDPOINT, "/Printers");
}
