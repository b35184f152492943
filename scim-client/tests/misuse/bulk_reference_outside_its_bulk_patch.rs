async fn wrong(scim: scim_client::Client) {
    let mut bulk = scim.bulk();
    let alice = bulk.create(&scim_client::User::new("alice"));
    let users = scim.resource::<scim_client::User>();
    let _ = users.patch(alice).replace(|u| u.title, "CTO").await;
}

fn main() {}
