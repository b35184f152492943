//! The commands on folders of documents. Only here does this crate read and write files.

mod corpus;
mod files;
mod target;

use std::path::{Path, PathBuf};

use crate::{Options, SdkOptions, Severity};

pub use self::files::{read as read_folder, relative, write as write_file};
pub use self::target::Target;

/// What the commands are.
pub const USAGE: &str = "\
  generate <folder> --out <crate>   write a crate for the service provider whose documents these are
      --name <crate>                  its name; that of its folder if not given
      --runtime-path <path>           scim-client as a path dependency
      --models-only                   the types alone, as a module for a crate of one's own
      --lenient                       skip what stands between attributes and is none
      --schema-id <urn>, --schema-name <name>
                                      for a document that is only a list of attributes
  check <folder> --out <crate>      fail if that crate is not what `generate` would make it
  diff <old folder> <new folder>    what changed, and whether it breaks users of the crate
  format <folder>                   lay the documents of a folder out as `fetch` does
  corpus <folder>                   a table: each document below it, and whether it generates
      --out <crate>                   a crate with all that generates, to compile it
";

/// Runs one of the commands.
///
/// # Errors
///
/// What went wrong, for people.
pub fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    match arguments {
        [] | ["help" | "-h" | "--help"] => {
            print!("Usage: {program} <command>\n\n{USAGE}");
            Ok(())
        }
        ["generate", rest @ ..] => target(program, rest)?.write(),
        ["check", rest @ ..] => target(program, rest)?.check(),
        ["diff", old, new] => {
            print!("{}", diff(Path::new(old), Path::new(new))?);
            Ok(())
        }
        ["format", folder] => format(Path::new(folder)),
        ["corpus", folder] => {
            print!("{}", corpus::table(Path::new(folder), None)?);
            Ok(())
        }
        ["corpus", folder, "--out", out] => corpus(Path::new(folder), Path::new(out), None),
        other => Err(format!(
            "unknown command: {}\n\nUsage: {program} <command>\n\n{USAGE}",
            other.join(" ")
        )),
    }
}

fn target(program: &str, arguments: &[&str]) -> Result<Target, String> {
    let mut folder = None;
    let mut out = None;
    let mut name = None;
    let mut runtime_path = None;
    let mut models_only = false;
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
        return Ok(Target::models(root, folder, out, documents));
    }
    let own = || {
        out.file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    let crate_name = name
        .or_else(own)
        .ok_or("what is the crate called? Add --name <crate>")?;
    let mut sdk = SdkOptions::new(crate_name);
    sdk.runtime_path = runtime_path;
    sdk.documents = documents;
    Ok(Target::sdk(root, folder, out, sdk))
}

/// What changed between two folders, one change a line, and a summary.
///
/// # Errors
///
/// A folder cannot be read, or its documents cannot.
pub fn diff(old: &Path, new: &Path) -> Result<String, String> {
    let root = std::env::current_dir().map_err(|error| error.to_string())?;
    let model = |folder: &Path| {
        let sources = files::sources(folder, &root)?;
        let (model, _) =
            crate::read(&sources, &Options::default()).map_err(|findings| errors(&findings))?;
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
        all => format!("{all} changes, {breaking} of them breaking\n"),
    });
    Ok(text)
}

/// Prints what becomes of each document of a folder, and writes a crate with all that generates.
/// `runtime` is the path of scim-client, from that crate's folder.
///
/// # Errors
///
/// The folder cannot be read, the crate not written, or two runs differ.
pub fn corpus(folder: &Path, out: &Path, runtime: Option<&str>) -> Result<(), String> {
    let mut library = corpus::Crate::new(out, runtime)?;
    print!("{}", corpus::table(folder, Some(&mut library))?);
    library.finish()
}

fn format(folder: &Path) -> Result<(), String> {
    for source in files::sources(folder, folder)? {
        let text = crate::canonical(&source, &[]).map_err(|findings| errors(&findings))?;
        if text != source.text {
            let path = source.name.trim_start_matches('/');
            println!("{path}");
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
