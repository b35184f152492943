//! A router in place of the network, no socket and no port:
//! `cargo run -p scim-axum-example --example axum_in_process`

use scim_axum_example::router;
use scim_client::{Client, User};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scim = Client::builder("https://scim.example/scim/v2").service(router());
    let users = scim.build()?.resource::<User>();
    let babs = users.create(&User::new("bjensen")).await?;
    let babs = users.patch(&babs).replace(|u| u.title, "Guide").await?;
    for user in users.query().filter(|u| u.title.eq("guide")).all().await? {
        println!("found {} with the id {}", user.user_name, user.id());
    }
    if let Err(taken) = users.create(&User::new("BJensen")).await {
        println!("there is {} already: {taken}", babs.user_name);
    }
    Ok(())
}
