//! What the command `scim` does. Thin: it parses arguments and calls libraries.

pub mod fetch;

use std::process::ExitCode;

use scim_codegen::cli;

/// What the commands are that only this program has.
pub const USAGE: &str = "\
\x20 schema fetch <url> --out <folder> what a live server publishes, as documents to generate from
      --token-env <variable>          the environment variable with the bearer token
      --profile <name>                a profile of scim-client, where the server needs one
      --lenient                       mend strings with line breaks
";

/// Runs a command.
///
/// # Errors
///
/// What went wrong, for people.
pub fn run(arguments: &[&str]) -> Result<ExitCode, String> {
    match arguments {
        [] | ["help" | "-h" | "--help"] => {
            let usage = cli::USAGE;
            cli::say(format_args!("Usage: scim <command>\n\n{USAGE}{usage}"));
        }
        ["schema" | "help", rest @ ..] if rest.is_empty() || rest.first() == Some(&"schema") => {
            cli::say(USAGE);
        }
        ["schema", rest @ ..] if cli::asks_for_help(rest) => cli::say(USAGE),
        ["schema", "fetch", rest @ ..] => fetch::run(rest)?,
        ["schema", other, ..] => {
            return Err(format!("`schema` has no command `{other}`\n\n{USAGE}"));
        }
        other => return cli::run("scim", other),
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::run;

    #[test]
    fn every_command_says_what_it_does() {
        for arguments in [
            &[][..],
            &["help"],
            &["schema"],
            &["help", "schema"],
            &["schema", "--help"],
            &["schema", "fetch", "--help"],
            &["generate", "--help"],
            &["help", "diff"],
        ] {
            assert!(run(arguments).is_ok(), "{arguments:?}");
        }
        let error = run(&["schema", "fech"]).unwrap_err();
        assert!(error.contains("schema fetch <url>"), "{error}");
        assert!(
            run(&["schema", "fetch"])
                .unwrap_err()
                .starts_with("which server?")
        );
        assert!(run(&["frob"]).is_err());
    }
}
