//! Maintenance commands of the repository; `cargo xtask` lists them.

mod api;
mod bench;
mod corpus;
mod guide;
mod interop;
mod layers;
mod targets;

use std::process::ExitCode;

use scim_cli::fetch;
use scim_codegen::cli;

const USAGE: &str = "\
Maintenance commands of this repository.

Usage: cargo xtask <command>

  generate                          write the core models, every crate in sdks/, interop's types, and docs/guide
  check                             fail if any of them is not fresh
  fetch <url> --out <folder>        what a live server publishes, as documents to generate from
      --token-env <variable>          the environment variable with the bearer token
      --profile <name>                a profile of scim-client, where the server needs one
      --lenient                       mend strings with line breaks
  api [--check]                     list the public API of the crates in api/, or fail if a list is stale
  corpus <folder> --check           compile every document that generates, with warnings denied
  layers                            fail if a module uses one that ARCHITECTURE.md has above it
  interop [...]                     run the client against servers that others wrote
  bench [...]                       measure it beside its rivals, or guard the figures
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = |()| ExitCode::SUCCESS;
    let all = |act: fn(&cli::Target) -> Result<(), String>| {
        targets::all()
            .and_then(|all| all.iter().try_for_each(act))
            .map(done)
    };
    let result = match arguments.as_slice() {
        [] | ["help" | "-h" | "--help"] => {
            cli::say(format_args!("{USAGE}{}", cli::USAGE));
            Ok(ExitCode::SUCCESS)
        }
        // These have a program of their own, which knows its options.
        ["interop", rest @ ..] => interop::run(rest).map(done),
        ["bench", rest @ ..] => bench::run(rest).map(done),
        [command, rest @ ..] if cli::asks_for_help(rest) => {
            let usages = [USAGE, cli::USAGE].map(|usage| cli::usage_of(usage, command));
            cli::say(usages.into_iter().flatten().collect::<String>());
            Ok(ExitCode::SUCCESS)
        }
        ["api"] => api::run(false).map(done),
        ["api", "--check"] => api::run(true).map(done),
        ["layers"] => layers::check().map(done),
        ["generate"] => all(cli::Target::write).and_then(|code| guide::write().map(|()| code)),
        ["check"] => all(cli::Target::check).and_then(|code| guide::check().map(|()| code)),
        ["generate", rest @ ..] => one(rest, cli::Target::write, &arguments),
        ["check", rest @ ..] => one(rest, cli::Target::check, &arguments),
        ["fetch", rest @ ..] => fetch::run(rest).map(done),
        ["corpus", folder, "--check"] => corpus::check(folder).map(done),
        other => cli::run("cargo xtask", other),
    };
    match result {
        Ok(code) => code,
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
) -> Result<ExitCode, String> {
    if let Some(target) = targets::named(rest)? {
        return act(&target).map(|()| ExitCode::SUCCESS);
    }
    let runtime = targets::runtime(rest)?;
    let runtime = runtime.iter().flat_map(|path| ["--runtime-path", path]);
    let arguments: Vec<&str> = arguments.iter().copied().chain(runtime).collect();
    cli::run("cargo xtask", &arguments)
}
