fn wrong(scim: scim_client::Client) {
    let mut bulk = scim.bulk();
    bulk.patch::<scim_client::User>("2819c223", |patch| patch.replace(|u| u.id, "x"));
}

fn main() {}
