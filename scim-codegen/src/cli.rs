//! The commands on folders of documents. Only here does this crate read and write files.

mod corpus;
mod files;
mod target;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::{Options, Reading, SdkOptions, Severity};

pub use self::files::{read as read_folder, relative, write as write_file};
pub use self::target::Target;

/// The list of commands.
pub const USAGE: &str = "\
\x20 generate <folder> --out <crate>   write a crate for the service provider whose documents these are
      --name <crate>                  its name; that of its folder if not given
      --runtime-path <path>           scim-client as a path dependency
      --models-only                   the types alone, as a module for a crate of one's own
      --lenient                       skip what stands between attributes and is none, and read
                                      strings with line breaks
      --nothing-required              no attribute is required, for answers lack what documents say
      --deny-warnings                 write nothing if anything about the documents is doubtful
      --schema-id <urn>, --schema-name <name>
                                      for a document that is only a list of attributes
  check <folder> --out <crate>      fail if that crate is not what `generate` would make it; it has
                                      the same options
  diff <old folder> <new folder>    what changed, and whether it breaks users of the crate: then the
                                      exit code is 2
      --lenient                       as above
  format <folder>                   lay the documents of a folder out as `fetch` does
  corpus <folder>                   a table: each document below it, and whether it generates
      --out <crate>                   a crate with all that generates, to compile it
";

/// The part of a usage text that is about one command.
#[must_use]
pub fn usage_of(usage: &str, command: &str) -> Option<String> {
    let begins = |line: &str| line.starts_with("  ") && !line.starts_with("   ");
    let name = |line: &str| line.trim_start().split(' ').next() == Some(command);
    let mut lines = usage
        .lines()
        .skip_while(|line| !(begins(line) && name(line)));
    let first = lines.next()?;
    let rest = lines.take_while(|line| !begins(line) && !line.is_empty());
    let all: Vec<&str> = std::iter::once(first).chain(rest).collect();
    Some(all.join("\n") + "\n")
}

/// Returns whether somebody asks what a command does.
#[must_use]
pub fn asks_for_help(arguments: &[&str]) -> bool {
    arguments
        .iter()
        .any(|argument| matches!(*argument, "--help" | "-h"))
}

/// Prints to the standard output. A closed pipe is not an error.
pub fn say(text: impl std::fmt::Display) {
    let _enough = write!(std::io::stdout(), "{text}");
}

/// Prints a line to the standard error. A closed pipe is not an error.
pub fn complain(text: impl std::fmt::Display) {
    let _enough = writeln!(std::io::stderr(), "{text}");
}

/// Runs one of the commands. The exit code is not that of success if `diff` finds a change that breaks
/// users.
///
/// # Errors
///
/// What went wrong, for people.
pub fn run(program: &str, arguments: &[&str]) -> Result<ExitCode, String> {
    let help = |usage: &str| say(format_args!("Usage: {program} <command>\n\n{usage}"));
    match arguments {
        [] | ["help" | "-h" | "--help"] => help(USAGE),
        [command, rest @ ..] if asks_for_help(rest) => match usage_of(USAGE, command) {
            Some(usage) => help(&usage),
            None => help(USAGE),
        },
        ["help", "help"] => help(USAGE),
        ["help", command, ..] => match usage_of(USAGE, command) {
            Some(usage) => help(&usage),
            None => return Err(unknown(program, command)),
        },
        ["generate", rest @ ..] => target(program, rest)?.write()?,
        ["check", rest @ ..] => target(program, rest)?.check()?,
        ["diff", rest @ ..] => return difference(rest),
        ["format", folder] => format(Path::new(folder))?,
        ["corpus", folder] => say(corpus::table(Path::new(folder), None)?),
        ["corpus", folder, "--out", out] => corpus(Path::new(folder), Path::new(out), None)?,
        other => return Err(unknown(program, &other.join(" "))),
    }
    Ok(ExitCode::SUCCESS)
}

fn unknown(program: &str, command: &str) -> String {
    let first = command.split(' ').next().unwrap_or_default();
    let names: Vec<&str> = ["generate", "check", "diff", "format", "corpus", "help"].to_vec();
    match scim_schema::nearest(first, &names) {
        Some(near) if near != first => {
            format!("unknown command: {command}; did you mean `{program} {near}`?")
        }
        Some(near) => format!(
            "`{command}` is not how `{near}` is called\n\n{}",
            usage_of(USAGE, near).unwrap_or_default()
        ),
        None => format!("unknown command: {command}\n\nUsage: {program} <command>\n\n{USAGE}"),
    }
}

/// `diff` with its options.
fn difference(arguments: &[&str]) -> Result<ExitCode, String> {
    let mut options = Options::default();
    let mut folders = Vec::new();
    for argument in arguments {
        match *argument {
            "--lenient" => options.reading.lenient = true,
            option if option.starts_with("--") => return Err(format!("unknown option {option}")),
            folder => folders.push(Path::new(folder)),
        }
    }
    let [old, new] = folders.as_slice() else {
        return Err("which two folders? Give the old one, then the new one".to_owned());
    };
    let (text, breaking) = diff(old, new, &options)?;
    say(text);
    Ok(match breaking {
        true => ExitCode::from(BREAKING),
        false => ExitCode::SUCCESS,
    })
}

/// The exit code of `diff` where a change breaks users.
const BREAKING: u8 = 2;

fn target(program: &str, arguments: &[&str]) -> Result<Target, String> {
    let mut folder = None;
    let mut out = None;
    let mut name = None;
    let mut runtime_path = None;
    let mut models_only = false;
    let mut deny_warnings = false;
    let mut documents = Options::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || {
            let value = rest.next().copied();
            value.ok_or_else(|| format!("{argument} needs a value"))
        };
        match *argument {
            "--out" => out = Some(PathBuf::from(value()?)),
            "--name" => name = Some(value()?.to_owned()),
            "--runtime-path" => runtime_path = Some(value()?.to_owned()),
            "--schema-id" => documents.reading.schema_id = Some(value()?.to_owned()),
            "--schema-name" => documents.reading.schema_name = Some(value()?.to_owned()),
            "--models-only" => models_only = true,
            "--lenient" => documents.reading.lenient = true,
            "--nothing-required" => documents.reading.nothing_required = true,
            "--deny-warnings" => deny_warnings = true,
            option if option.starts_with("--") => return Err(format!("unknown option {option}")),
            _ if folder.is_none() => folder = Some(PathBuf::from(argument)),
            other => return Err(format!("one folder is enough: what is {other}?")),
        }
    }
    let folder = folder.ok_or("which folder are the documents in?")?;
    let out = out.ok_or("where to? Add --out <folder>")?;
    let root = std::env::current_dir().map_err(|error| error.to_string())?;
    documents.command = format!("{program} generate {}", files::name_of(&folder, &root));
    if models_only {
        let target = Target::models(root, folder, out, documents);
        return Ok(target.deny_warnings(deny_warnings));
    }
    let own = || {
        out.file_name()
            .map(|name| crate_name_of(&name.to_string_lossy()))
    };
    let crate_name = name
        .or_else(own)
        .ok_or("what is the crate called? Add --name <crate>")?;
    let mut sdk = SdkOptions::new(crate_name);
    sdk.runtime_path = runtime_path;
    sdk.documents = documents;
    Ok(Target::sdk(root, folder, out, sdk).deny_warnings(deny_warnings))
}

/// What a crate in a folder of that name is called: `scim.dev` cannot be the name of a crate.
fn crate_name_of(folder: &str) -> String {
    let plain = |c: char| match c.is_ascii_alphanumeric() || c == '_' {
        true => c.to_ascii_lowercase(),
        false => '-',
    };
    folder.chars().map(plain).collect()
}

/// Returns the changes between two folders, one in each line, with a summary, and whether a change
/// breaks users.
///
/// # Errors
///
/// A folder cannot be read, or its documents cannot.
pub fn diff(old: &Path, new: &Path, options: &Options) -> Result<(String, bool), String> {
    let root = std::env::current_dir().map_err(|error| error.to_string())?;
    let model = |folder: &Path| {
        let sources = files::sources(folder, &root)?;
        let (model, _) = crate::read(&sources, options).map_err(|findings| errors(&findings))?;
        Ok::<_, String>(model)
    };
    let changes = crate::diff(&model(old)?, &model(new)?);
    let mut text = String::new();
    for change in &changes {
        text.push_str(&format!("{change}\n"));
    }
    let breaking = changes.iter().filter(|change| change.is_breaking()).count();
    text.push_str(&match changes.len() {
        0 => "nothing changed\n".to_owned(),
        1 => format!("1 change, {breaking} of them breaking\n"),
        all => format!("{all} changes, {breaking} of them breaking\n"),
    });
    Ok((text, breaking > 0))
}

/// Prints a result for each document of a folder, and writes a crate with all generated types. `runtime`
/// is the path of scim-client, from that crate's folder.
///
/// # Errors
///
/// The folder cannot be read, the crate not written, or two runs differ.
pub fn corpus(folder: &Path, out: &Path, runtime: Option<&str>) -> Result<(), String> {
    let mut library = corpus::Crate::new(out, runtime)?;
    say(corpus::table(folder, Some(&mut library))?);
    library.finish()
}

fn format(folder: &Path) -> Result<(), String> {
    for source in files::sources(folder, folder)? {
        let text = crate::canonical(&source, &[], &Reading::default())
            .map_err(|findings| errors(&findings))?;
        if text != source.text {
            let path = source.name.trim_start_matches('/');
            say(format_args!("{path}\n"));
            files::write(&folder.join(path), &text)?;
        }
    }
    Ok(())
}

/// The errors of a failed reading.
fn errors(findings: &crate::Diagnostics) -> String {
    let found = findings.iter();
    let errors = found.filter(|finding| finding.severity() == Severity::Error);
    let errors: Vec<String> = errors.map(ToString::to_string).collect();
    errors.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_says_what_it_does() {
        for command in ["generate", "check", "diff", "format", "corpus"] {
            let usage = usage_of(USAGE, command).unwrap();
            assert!(usage.trim_start().starts_with(command), "{usage}");
            assert_eq!(
                usage.matches("\n  ").count(),
                usage.matches("\n      ").count(),
                "{usage}"
            );
            assert!(run("scim-codegen", &[command, "--help"]).is_ok());
            assert!(run("scim-codegen", &[command, "a", "-h"]).is_ok());
            assert!(run("scim-codegen", &["help", command]).is_ok());
        }
        assert_eq!(usage_of(USAGE, "fetch"), None);
        assert!(run("scim-codegen", &["help", "help"]).is_ok());
        let error = run("scim-codegen", &["generat"]).unwrap_err();
        assert!(
            error.ends_with("did you mean `scim-codegen generate`?"),
            "{error}"
        );
        let error = run("scim-codegen", &["format"]).unwrap_err();
        assert!(error.contains("format <folder>"), "{error}");
    }

    #[test]
    fn a_folder_may_have_any_name() {
        assert_eq!(crate_name_of("scim.dev"), "scim-dev");
        assert_eq!(crate_name_of("scim-acme"), "scim-acme");
    }
}
