//! The embedded service provider under the eyes of others: a tester of servers and a client,
//! both from PyPI.

use scim_client::testing::ServiceProvider;
use tokio::process::Command;

use crate::servers::{TOKEN, root, run, workplace};

/// Installs both, unless that was done before.
pub(crate) async fn install() -> Result<(), String> {
    let script = root().join("interop/conformance/install.sh");
    run(
        Command::new(script),
        "the installation of the conformance tests",
    )
    .await
}

/// Runs both against a service provider as it comes: the tester cannot make the values of every
/// type, such as a dateTime. They print what they do.
pub(crate) async fn check() -> Result<(), String> {
    let provider = ServiceProvider::builder().bearer_token(TOKEN).build();
    let server = provider.serve().await.map_err(|error| error.to_string())?;
    let url = server.url();
    let mut problems = Vec::new();
    for script in ["tester.py", "independent_client.py"] {
        println!("\n-- {script} against the embedded service provider");
        let status = Command::new(workplace().join("conformance/venv/bin/python"))
            .arg(root().join("interop/conformance").join(script))
            .args([url.as_str(), TOKEN])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .kill_on_drop(true)
            .status()
            .await
            .map_err(|error| format!("{script}: {error}"))?;
        if !status.success() {
            problems.push(script);
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!(
        "conformance: {} found something wrong",
        problems.join(" and ")
    ))
}
