
mod schemas {
    scim_client::include_schemas!("bad-schemas/broken.json");
}

fn main() {}
