fn wrong(scim: scim_client::Client) {
    let mut bulk = scim.bulk();
    let alice = bulk.create(&scim_client::User::new("alice"));
    bulk.delete::<scim_client::Group>(alice);
}

fn main() {}
