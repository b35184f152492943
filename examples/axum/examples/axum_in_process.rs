//! A router in place of the network: no socket, no port, no second client for tests.
//!
//! ```sh
//! cargo run --example axum_in_process
//! ```

use scim_axum_example::router;
use scim_client::{Client, User, user::Email};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The router as it is takes the place of the network.
    let scim = Client::builder("https://scim.example/scim/v2")
        .service(router())
        .build()?;
    let users = scim.resource::<User>();
    for name in ["bjensen", "jsmith", "mjones"] {
        let user = User::new(name).with_emails([Email::new(format!("{name}@example.com"))]);
        let user = users.create(&user).await?;
        println!("created {} as {}", user.user_name, user.id());
    }
    let mut found = users
        .query()
        .filter(|u| u.emails.value.sw("j") | u.user_name.sw("b"))
        .sort_by(|u| u.user_name)
        .stream();
    while let Some(user) = found.next().await {
        println!("found {}", user?.user_name);
    }
    let changed = users.patch("1").replace(|u| u.title, "Tour Guide").await?;
    println!(
        "{} is a {}",
        changed.user_name,
        changed.title.as_deref().unwrap_or("?")
    );
    let taken = users.create(&User::new("BJensen")).await;
    println!(
        "{}",
        taken
            .err()
            .map_or_else(String::new, |error| error.to_string())
    );
    Ok(())
}
