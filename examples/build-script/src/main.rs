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
    /// The guide shows this script, and the line of this crate that uses what it made.
    #[test]
    fn the_guide_shows_this_crate() {
        let guide = include_str!("../../../scim-client/src/guide/own_types.md");
        let (_, script) = include_str!("../build.rs")
            .split_once("fn main")
            .expect("a script");
        assert!(guide.contains(script));
        assert!(guide.contains(r#"include!(concat!(env!("OUT_DIR"), "/acme.rs"));"#));
    }
}
