//! `generate` and its siblings: the commands of the generator, which reads its own options.

use std::process::ExitCode;

use clap::{Arg, Command};
use scim_codegen::cli;

use crate::failure::{Code, Failure};

const COMMANDS: &[(&str, &str)] = &[
    (
        "generate",
        "Write a Rust crate for a folder of schema documents",
    ),
    (
        "check",
        "Fail if such a crate is not what `generate` would make it",
    ),
    (
        "diff",
        "What changed between two folders of documents, and whether it breaks users",
    ),
    (
        "format",
        "Lay the documents of a folder out as `schema fetch` does",
    ),
    (
        "corpus",
        "A table: each document of a folder, and whether it generates",
    ),
];

pub(super) fn commands() -> Vec<Command> {
    let all = COMMANDS.iter().map(|(name, about)| {
        Command::new(*name)
            .about(*about)
            .disable_help_flag(true)
            .arg(
                Arg::new("arguments")
                    .num_args(0..)
                    .trailing_var_arg(true)
                    .allow_hyphen_values(true),
            )
            .override_usage(format!("scim {name} [ARGUMENTS]"))
            .after_help(cli::usage_of(cli::USAGE, name).unwrap_or_default())
    });
    all.collect()
}

/// Whether this is a command of the generator.
pub(crate) fn is_generator(name: &str) -> bool {
    COMMANDS.iter().any(|(known, _)| *known == name)
}

/// Whether it writes files.
pub(crate) fn generator_writes(name: &str) -> bool {
    matches!(name, "generate" | "format")
}

/// Runs a command of the generator with its arguments.
pub(crate) fn generator(name: &str, arguments: &[String]) -> Result<ExitCode, Failure> {
    let mut all = vec![name];
    all.extend(arguments.iter().map(String::as_str));
    cli::run("scim", &all).map_err(|message| {
        // The other code of these two says what they found.
        let code = match name {
            "check" | "diff" => Code::Refused,
            _ => Code::Usage,
        };
        let failure = Failure::new(code, message);
        match failure.message().starts_with("unknown option") {
            true => failure.hint(format!("`scim {name} --help` lists its options")),
            false => failure,
        }
    })
}
