async fn wrong(scim: scim_client::Client) -> Result<(), scim_client::Error> {
    let mut bulk = scim.bulk();
    let alice = bulk.create(&scim_client::User::new("alice"));
    let results = bulk.await?;
    let _ = results.get::<scim_client::Group>(alice);
    Ok(())
}

fn main() {}
