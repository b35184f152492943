//! The command `scim`, used on a server as the README of scim-cli uses it: each example ends as it says
//! there, and the resources are what they should be.

use tokio::process::Command;

use crate::servers::{Server, TOKEN, run};

/// Runs them; the server is empty before, and has to be empty after it.
pub(crate) async fn check(server: &Server) -> Result<(), String> {
    let before = server.population().await?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args([
            "test",
            "--quiet",
            "--package",
            "scim-cli",
            "--test",
            "readme",
        ])
        .args(["--", "--exact", "the_examples_work_on_other_servers"])
        .env("SCIM_CLI_SERVERS", format!("{} {TOKEN}", server.url));
    run(command, "the command, as its README has it").await?;
    let after = server.population().await?;
    if before == after {
        return Ok(());
    }
    Err(format!(
        "there were {before} resources before the command, {after} after it"
    ))
}
