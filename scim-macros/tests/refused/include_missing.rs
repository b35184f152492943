
mod schemas {
    scim_client::include_schemas!("bad-schemas/missing.json");
}

fn main() {}
