//! What becomes of a vendor's schemas, once for real: they are fetched from a live server, an SDK
//! is generated and compiled, and a program written with it runs against that server.

use std::{fs, io, path::Path};

use tokio::process::Command;

use crate::servers::{Server, TOKEN, root, run, workplace};

/// The environment variable with the token, for `cargo xtask fetch` and for the program.
const TOKEN_VARIABLE: &str = "SCIM_TOKEN";

/// The crate of the program. Both crates are outside the repository's workspace, as a user's are.
const MANIFEST: &str = r#"[workspace]

[package]
name = "regenerated"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
scim-acme = { path = "../scim-acme" }
tokio = { version = "1", default-features = false, features = ["macros", "rt"] }

[profile.dev]
debug = "line-tables-only"
"#;

/// Runs the commands of the README, then the program in `interop/regenerated`, which checks what
/// it gets.
pub(crate) async fn check(server: &Server) -> Result<(), String> {
    let place = workplace().join("fetched");
    let (schemas, sdk) = (place.join("schemas"), place.join("scim-acme"));
    let program = place.join("program");
    // What an earlier run left must not stand in for what this one does not write.
    if place.exists() {
        fs::remove_dir_all(&place).map_err(|error| failed(&place, &error))?;
    }

    let mut fetch = cargo(&["xtask", "fetch", &server.url]);
    fetch
        .args(["--token-env", TOKEN_VARIABLE, "--out"])
        .arg(&schemas);
    run(fetch, "cargo xtask fetch").await?;

    let mut generate = cargo(&["xtask", "generate"]);
    generate.arg(&schemas).arg("--out").arg(&sdk);
    run(generate, "cargo xtask generate").await?;

    let source = program.join("src");
    fs::create_dir_all(&source).map_err(|error| failed(&source, &error))?;
    copy("interop/regenerated/main.rs", &source.join("main.rs"))?;
    // The versions that everything else here is built with.
    copy("Cargo.lock", &program.join("Cargo.lock"))?;
    let manifest = program.join("Cargo.toml");
    fs::write(&manifest, MANIFEST).map_err(|error| failed(&manifest, &error))?;

    let mut command = cargo(&["run", "--quiet", "--manifest-path"]);
    command.arg(manifest).args(["--", &server.url]);
    // Nothing that is built there already is built again.
    if std::env::var_os("CARGO_TARGET_DIR").is_none() {
        command.env("CARGO_TARGET_DIR", root().join("target"));
    }
    run(command, "the program that uses the generated SDK").await
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).env(TOKEN_VARIABLE, TOKEN);
    command
}

fn copy(from: &str, to: &Path) -> Result<(), String> {
    fs::copy(root().join(from), to).map_err(|error| failed(to, &error))?;
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}
