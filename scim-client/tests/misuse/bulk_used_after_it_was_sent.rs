async fn wrong(scim: scim_client::Client) {
    let mut bulk = scim.bulk();
    bulk.delete::<scim_client::User>("2819c223");
    let _ = bulk.await;
    bulk.delete::<scim_client::User>("2819c223");
}

fn main() {}
