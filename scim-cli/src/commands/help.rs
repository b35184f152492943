//! `completions` and `man`.

use clap::{Arg, ArgMatches, Command};
use clap_complete::env::Shells;

use super::{facts as facts_of, required, text};
use crate::failure::{Failure, of_file};
use crate::files;
use crate::globals::Globals;
use crate::terminal;
use crate::value::Value;

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("completions")
            .about("Print a script for the completion of types, attributes, filters and contexts in a shell")
            .after_help(
                "Examples:\n  scim completions bash > ~/.local/share/bash-completion/completions/scim\n  \
                 scim completions zsh > ~/.zfunc/_scim\n  scim completions fish > ~/.config/fish/completions/scim.fish",
            )
            .arg(
                Arg::new("shell")
                    .value_name("SHELL")
                    .required(true)
                    .value_parser(["bash", "zsh", "fish", "elvish", "powershell"])
                    .help("bash, zsh, fish, elvish or powershell"),
            ),
        Command::new("version").about("Print the version, and what it was built with"),
        Command::new("man")
            .about("Write the manual pages to a folder, or print the first")
            .arg(Arg::new("folder").value_name("DIR").value_hint(clap::ValueHint::DirPath).help("The folder")),
    ]
}

/// What somebody has to know who helps with a problem.
pub(super) fn version(globals: &Globals) -> Result<(), Failure> {
    let folder = |folder: Option<std::path::PathBuf>| {
        Value::text(folder.map_or_else(|| "none".to_owned(), |path| path.display().to_string()))
    };
    let facts = Value::object([
        ("scim", Value::text(env!("CARGO_PKG_VERSION"))),
        (
            "system",
            Value::text(format!(
                "{} {}",
                std::env::consts::OS,
                std::env::consts::ARCH
            )),
        ),
        ("keyring", Value::Bool(cfg!(feature = "keyring"))),
        ("configuration", folder(files::config_file().ok().flatten())),
        ("cache", folder(files::cache_folder())),
    ]);
    facts_of(globals, &facts)
}

pub(super) fn completions(matches: &ArgMatches) -> Result<(), Failure> {
    let shell = required(matches, "shell")?;
    let shells = Shells::builtins();
    let Some(completer) = shells.completer(shell) else {
        return Err(Failure::usage(format!(
            "there are no completions for the shell `{shell}`"
        )));
    };
    let mut script = Vec::new();
    completer.write_registration("COMPLETE", "scim", "scim", "scim", &mut script)?;
    terminal::out(&String::from_utf8_lossy(&script))
}

/// Writes the pages of all commands.
pub(crate) fn man(mut root: Command, matches: &ArgMatches) -> Result<(), Failure> {
    root.build();
    match text(matches, "folder") {
        None => terminal::out(&page(&root)?),
        Some(folder) => {
            let folder = std::path::Path::new(folder);
            std::fs::create_dir_all(folder).map_err(of_file(folder))?;
            let mut open = vec![(root, "scim".to_owned())];
            while let Some((command, name)) = open.pop() {
                let path = folder.join(format!("{name}.1"));
                let page = page(
                    &command
                        .clone()
                        .display_name(name.clone())
                        .name(name.clone()),
                )?;
                std::fs::write(&path, page).map_err(of_file(&path))?;
                for sub in command
                    .get_subcommands()
                    .filter(|sub| sub.get_name() != "help")
                {
                    open.push((sub.clone(), format!("{name}-{}", sub.get_name())));
                }
            }
            Ok(())
        }
    }
}

fn page(command: &Command) -> Result<String, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
