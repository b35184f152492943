//! Maintenance commands of the repository; `cargo xtask` lists them.

mod bench;
mod corpus;
mod fetch;
mod interop;
mod targets;

use std::process::ExitCode;

use scim_codegen::cli;

const USAGE: &str = "\
Maintenance commands of this repository.

Usage: cargo xtask <command>

  generate                          write the core models, every crate in sdks/, and interop's types
  check                             fail if any of them is not fresh
  fetch <url> --out <folder>        what a live server publishes, as documents to generate from
      --token-env <variable>          the environment variable with the bearer token
      --profile <name>                a profile of scim-client, where the server needs one
  corpus <folder> --check           compile every document that generates, with warnings denied
  interop [...]                     run the client against servers that others wrote
  bench [...]                       measure it beside its rivals, or guard the figures
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        [] | ["help" | "-h" | "--help"] => {
            print!("{USAGE}{}", cli::USAGE);
            Ok(())
        }
        ["generate"] => targets::all().and_then(|all| all.iter().try_for_each(cli::Target::write)),
        ["check"] => targets::all().and_then(|all| all.iter().try_for_each(cli::Target::check)),
        ["generate", rest @ ..] => one(rest, cli::Target::write, &arguments),
        ["check", rest @ ..] => one(rest, cli::Target::check, &arguments),
        ["fetch", rest @ ..] => fetch::run(rest),
        ["corpus", folder, "--check"] => corpus::check(folder),
        ["interop", rest @ ..] => interop::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        other => cli::run("cargo xtask", other),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// One of the crates that [`targets::all`] makes too, or any other.
fn one(
    rest: &[&str],
    act: fn(&cli::Target) -> Result<(), String>,
    arguments: &[&str],
) -> Result<(), String> {
    if let Some(target) = targets::named(rest)? {
        return act(&target);
    }
    let runtime = targets::runtime(rest)?;
    let runtime = runtime.iter().flat_map(|path| ["--runtime-path", path]);
    let arguments: Vec<&str> = arguments.iter().copied().chain(runtime).collect();
    cli::run("cargo xtask", &arguments)
}
