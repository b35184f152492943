
mod schemas {
    scim_client::include_schemas!("bad-schemas/no_schema.json");
}

fn main() {}
