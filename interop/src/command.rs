//! The command `scim`, used on a server as the README of scim-cli uses it: each example ends as it says
//! there, and the resources are what they should be.

use tokio::process::Command;

use crate::servers::{Server, TOKEN, output_of};

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
    let what = "the command, as its README has it";
    ran(&output_of(command, what).await?).map_err(|error| format!("{what}: {error}"))?;
    let after = server.population().await?;
    if before == after {
        return Ok(());
    }
    Err(format!(
        "there were {before} resources before the command, {after} after it"
    ))
}

/// Fails if the output of `cargo test` is not that of one test which passed: where none has the name that is
/// asked for, none runs, and cargo is content.
fn ran(output: &str) -> Result<(), String> {
    match output.contains("test result: ok. 1 passed;") {
        true => Ok(()),
        false => Err(format!("no test ran:\n{output}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_is_not_there_has_not_passed() {
        let result = |passed: u8, out: u8| {
            format!(
                "\nrunning {passed} tests\n\ntest result: ok. {passed} passed; 0 failed; 0 ignored; 0 measured; {out} filtered out\n"
            )
        };
        assert_eq!(ran(&result(1, 2)), Ok(()));
        for nothing in [result(0, 3), result(11, 0), String::new()] {
            assert!(
                ran(&nothing).unwrap_err().starts_with("no test ran"),
                "{nothing}"
            );
        }
    }
}
