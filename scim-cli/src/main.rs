//! The command `scim`.

use std::process::ExitCode;

fn main() -> ExitCode {
    scim_cli::run()
}
