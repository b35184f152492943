//! `cargo run -p scim-axum-sqlite-example -- scim.db 8080 acme=TOKEN globex=TOKEN`

use std::net::Ipv4Addr;

use scim_axum_sqlite_example::{open, router};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [file, port, tenants @ ..] = &arguments[..] else {
        return Err("usage: FILE PORT TENANT=TOKEN...".into());
    };
    let tenants = tenants
        .iter()
        .filter_map(|tenant| tenant.split_once('='))
        .map(|(name, token)| (name.to_owned(), token.to_owned()))
        .collect();
    let router = router(open(file)?, tenants);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port.parse()?)).await?;
    println!("http://{}/scim/v2", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}
