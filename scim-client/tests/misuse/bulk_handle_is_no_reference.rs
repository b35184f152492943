fn wrong(scim: scim_client::Client) {
    let mut bulk = scim.bulk();
    let gone = bulk.delete::<scim_client::User>("2819c223");
    bulk.delete::<scim_client::User>(gone);
}

fn main() {}
