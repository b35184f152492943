//! The command `scim`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match scim_cli::run(&arguments) {
        Ok(code) => code,
        Err(message) => {
            scim_codegen::cli::complain(message);
            ExitCode::FAILURE
        }
    }
}
