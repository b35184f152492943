//! Serves the embedded service provider until it is stopped:
//! `cargo run --example serve -- --port PORT --token TOKEN`. Both have defaults: any free port,
//! and no token. Prints the base URL.

use std::{env, error::Error};

use scim_client::testing::ServiceProvider;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut port = 0;
    let mut provider = ServiceProvider::builder();
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments
            .next()
            .ok_or(format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--port" => port = value.parse()?,
            "--token" => provider = provider.bearer_token(value),
            _ => {
                return Err(
                    format!("unknown argument {argument}: --port PORT --token TOKEN").into(),
                );
            }
        }
    }
    let server = provider.build().serve_at(port).await?;
    println!("{}", server.url());
    std::future::pending::<()>().await;
    Ok(())
}
