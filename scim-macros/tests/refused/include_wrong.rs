
mod schemas {
    scim_client::include_schemas!("bad-schemas/wrong.json");
}

fn main() {}
