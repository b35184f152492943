async fn wrong(scim: scim_client::Client) {
    let mut bulk = scim.bulk();
    let alice = bulk.create(&scim_client::User::new("alice"));
    let _ = scim.resource::<scim_client::User>().delete(alice).await;
}

fn main() {}
