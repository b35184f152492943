//! Types that the build script made of the documents in `schemas/acme`.

/// Acme's resources.
mod acme {
    include!(concat!(env!("OUT_DIR"), "/acme.rs"));
}

use acme::{
    AcmePrinter, Printer,
    printer::{Tray, TrayType},
};
use scim_client::Resource as _;

fn main() {
    println!("{}", printer().to_json());
}

fn printer() -> Printer {
    Printer::new("lp0")
        .with_trays([Tray::new("top").with_type(TrayType::A4)])
        .with_acme_printer(AcmePrinter::new().with_asset("A-7"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printer_is_read_as_it_was_written() {
        assert_eq!(Printer::ENDPOINT, "/Printers");
        let read = Printer::from_json(&printer().to_json()).expect("it is what was written");
        assert_eq!(read, printer());
    }
}
