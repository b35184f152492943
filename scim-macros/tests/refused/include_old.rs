
mod schemas {
    scim_client::include_schemas!("bad-schemas/old.json");
}

fn main() {}
