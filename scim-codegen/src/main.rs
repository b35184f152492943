//! The command `scim-codegen`: `cargo install scim-codegen --features cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match scim_codegen::cli::run("scim-codegen", &arguments) {
        Ok(code) => code,
        Err(message) => {
            scim_codegen::cli::complain(message);
            ExitCode::FAILURE
        }
    }
}
