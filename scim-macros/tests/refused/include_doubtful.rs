#![deny(deprecated)]

mod doubtful {
    scim_client::include_schemas!("bad-schemas/doubtful.json");
}

mod unknown_option {
    scim_client::include_schemas!("bad-schemas/doubtful.json", lenjent);
}

/// No warnings where they are switched off.
#[allow(deprecated)]
mod silent {
    scim_client::include_schemas!("bad-schemas/doubtful.json", nothing_required, lenient);
}

fn main() {
    let _: Option<String> = silent::Printer::new().host;
}
