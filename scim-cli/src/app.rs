//! The command line as a whole: what there is, and which code does it.

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use scim_client::filter::Operator;

use crate::commands;
use crate::failure::{Code, Failure};
use crate::globals::{self, Globals};
use crate::scan::Scan;
use crate::wire::Archive;
use crate::{complete, terminal};

const ABOUT: &str =
    "Works with SCIM 2.0 service providers: reads, writes, exports, imports, tests.";

const AFTER: &str = "\
Begin:
  scim login prod --url https://example.com/scim/v2    store a server, and test it
  scim get users --where department=Sales              list users
  scim create user --user-name babs --help             show an option for each attribute

TYPE is the name or endpoint of a resource type, in any letter case. An ID may be @NAME, such as @babs.
Results go to standard output, everything else to standard error.
Exit codes: 0 done, 1 refused or found something, 2 wrong usage, 3 not found, 4 conflict,
5 credentials, 6 network, 7 partly done, 8 safety limit, 130 interrupted.";

/// All commands, without the flags that come of a schema.
pub(crate) fn command() -> Command {
    let mut root = Command::new("scim")
        .version(env!("CARGO_PKG_VERSION"))
        .about(ABOUT)
        .after_help(AFTER)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .args(globals::arguments())
        .mut_arg("context", |arg| arg.add(complete::contexts()))
        .mut_arg("columns", |arg| arg.add(complete::paths()))
        .mut_arg("output", |arg| {
            let names = crate::output::Format::names().map(str::to_owned);
            arg.add(complete::words(names.collect()))
        });
    for command in commands::all() {
        root = root.subcommand(command);
    }
    root
}

/// The command with the flags of the type that it is about.
pub(crate) fn with_flags(mut root: Command, scan: &Scan, types: &crate::types::Types) -> Command {
    let first = scan.positionals.first();
    if scan.command() != "create" {
        return root;
    }
    let Some(of) = first.and_then(|name| types.find(name).ok()) else {
        return root;
    };
    let mut taken: Vec<String> = vec!["help".to_owned(), "version".to_owned()];
    let names = |command: &Command| -> Vec<String> {
        command
            .get_arguments()
            .filter_map(|arg| arg.get_long())
            .map(str::to_owned)
            .collect()
    };
    taken.extend(names(&root));
    taken.extend(
        root.find_subcommand("create")
            .map(names)
            .unwrap_or_default(),
    );
    let flags = crate::assign::flags(of, &taken);
    root = root.mut_subcommand("create", |create| create.args(flags));
    root
}

/// Runs the command that the arguments say. The first argument is the name of the program.
pub(crate) fn run() -> ExitCode {
    complete::set_up(command);
    clap_complete::CompleteEnv::with_factory(|| {
        let root = command();
        let words: Vec<String> = std::env::args_os()
            .map(|word| word.to_string_lossy().into_owned())
            .skip_while(|word| word != "--")
            .skip(2)
            .collect();
        let scan = Scan::new(&root, &words);
        let types = complete::offline(&scan.globals());
        with_flags(root, &scan, &types)
    })
    .complete();
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let words: Vec<String> = arguments
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let json = words
        .windows(2)
        .any(|two| two == ["--error-format", "json"])
        || words.iter().any(|word| word == "--error-format=json");
    if let Some(at) = arguments.iter().position(|word| word.to_str().is_none()) {
        // It may be a secret that somebody gave as it is, so it is not repeated.
        let failure = Failure::usage(format!("argument {at} is not UTF-8"))
            .hint("a file of such a name can be given by standard input: -f - < FILE");
        return end(&failure, json);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return end(&Failure::usage(format!("no runtime: {error}")), json),
    };
    let done = runtime.block_on(async {
        let begin = std::time::Instant::now();
        let mut time = false;
        let done = run_words(&words, &mut time).await;
        if time {
            terminal::say(format_args!("time: {} ms", begin.elapsed().as_millis()));
        }
        done
    });
    // What still runs is not waited for.
    runtime.shutdown_background();
    Archive::close_all();
    match done {
        // All of it was done but for a file that was wanted, too.
        Ok(code) if code == ExitCode::SUCCESS && terminal::has_lost_file() => {
            ExitCode::from(Code::Partly as u8)
        }
        Ok(code) => code,
        Err(failure) => end(&hinted(failure, &words), json),
    }
}

/// Where a command says nothing better, its help does.
fn hinted(failure: Failure, words: &[String]) -> Failure {
    if failure.code() != Code::Usage || failure.has_hint() || failure.is_silent() {
        return failure;
    }
    let scan = Scan::new(&command(), words.get(1..).unwrap_or_default());
    let help = ["scim", &scan.command(), "--help"]
        .join(" ")
        .replace("  ", " ");
    failure.hint(format!("`{help}` lists its arguments"))
}

async fn run_words(words: &[String], time: &mut bool) -> Result<ExitCode, Failure> {
    // The generator reads its own options.
    if let [_, name, arguments @ ..] = words
        && commands::is_generator(name)
    {
        return commands::generator(name, arguments);
    }
    let mut root = command();
    let own = words.get(1..).unwrap_or_default();
    // Those of all commands may stand in front of it.
    if let Some(at) = own.iter().position(|word| commands::is_generator(word))
        && let Some(name) = own.get(at)
        && Scan::new(&root, own.get(..=at).unwrap_or_default()).command() == *name
    {
        let globals = match root.try_get_matches_from(words.get(..at + 2).unwrap_or_default()) {
            Ok(matches) => Globals::read(&matches)?,
            Err(error) => return usage(&error).map(|()| ExitCode::SUCCESS),
        };
        *time = globals.time;
        if globals.dry_run && commands::generator_writes(name) {
            return Err(no_dry_run(name));
        }
        return commands::generator(name, own.get(at + 1..).unwrap_or_default());
    }
    // So does the tester; the options in front of it say which server it is.
    if let Some(at) = own.iter().position(|word| word == "test")
        && Scan::new(&root, own.get(..=at).unwrap_or_default()).command() == "test"
    {
        let front = words.get(..at + 2).unwrap_or_default();
        let globals = match root.try_get_matches_from(front) {
            Ok(matches) => Globals::read(&matches)?,
            Err(error) => return usage(&error).map(|()| ExitCode::SUCCESS),
        };
        *time = globals.time;
        terminal::set_up(&globals.color, globals.no_input, globals.yes);
        return commands::tester(&globals, own.get(at + 1..).unwrap_or_default()).await;
    }
    let mut words = words.to_vec();
    commands::rewrite_removals(&mut words);
    let scan = Scan::new(&root, words.get(1..).unwrap_or_default());
    if scan.command() == "create" && !scan.positionals.is_empty() {
        let types = commands::types_for_flags(&scan).await?;
        // Without the type nothing is known of the flags, so this is said first.
        if let Some(name) = scan.positionals.first()
            && let Err(failure) = types.find(name)
        {
            return Err(
                failure.and_hint("the type comes before its flags: scim create TYPE --FLAG ...")
            );
        }
        root = with_flags(root, &scan, &types);
    }
    let matches = match root.try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(error) => return usage(&error).map(|()| ExitCode::SUCCESS),
    };
    let globals = Globals::read(&matches)?;
    *time = globals.time;
    terminal::set_up(&globals.color, globals.no_input, globals.yes);
    dispatch(&globals, &matches)
        .await
        .map(|()| ExitCode::SUCCESS)
}

async fn dispatch(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let Some((name, matches)) = matches.subcommand() else {
        return Err(Failure::usage("which command? `scim --help` lists them"));
    };
    if name == "man" {
        return commands::man(command(), matches);
    }
    if globals.dry_run && commands::is_without_dry_run(name, matches) {
        return Err(no_dry_run(name));
    }
    match commands::run(name, globals, matches).await {
        // What is kept of the server may be a day old. Nothing was sent yet.
        Err(failure) if failure.is_denied() && !globals.refresh && !globals.curl => {
            let globals = Globals {
                refresh: true,
                ..globals.clone()
            };
            commands::run(name, &globals, matches).await
        }
        other => other,
    }
}

/// That a command writes files alone.
fn no_dry_run(name: &str) -> Failure {
    Failure::usage(format!(
        "`scim {name}` writes nothing to the server, so --dry-run does not apply"
    ))
    .hint("leave --dry-run out")
}

/// What clap says: help and versions are no failures.
fn usage(error: &clap::Error) -> Result<(), Failure> {
    use clap::error::ErrorKind;

    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            terminal::out(&error.render().to_string())
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            terminal::say(error.render());
            Err(Failure::silent(Code::Usage))
        }
        _ => {
            let text = error.render().to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            let (message, hint) = text.split_once("\n\n").unwrap_or((text, ""));
            let mut hints: Vec<String> = Vec::new();
            let named = message.split('\'').nth(1).unwrap_or_default();
            if error.kind() == ErrorKind::InvalidSubcommand
                && let Some(meant) = meant(named)
            {
                return Err(Failure::usage(message.trim()).hint(meant));
            }
            for line in hint.lines().map(str::trim) {
                // What begins with a hyphen is an option that is misspelt, hardly ever a value.
                let tip = line.strip_prefix("tip: ");
                if let Some(tip) = tip.filter(|tip| !tip.starts_with("to pass ")) {
                    hints.push(tip.to_owned());
                } else if line.starts_with("Usage:") {
                    hints.push(line.to_owned());
                }
            }
            if error.kind() == ErrorKind::MissingRequiredArgument && message.contains("--out <") {
                hints.insert(
                    0,
                    "--out FILE says where it goes; -o is for what is printed".to_owned(),
                );
            }
            if error.kind() == ErrorKind::MissingRequiredArgument && message.contains("<TYPE>") {
                hints.push(
                    "TYPE is a resource type, such as user or group: `scim schema list` lists them"
                        .to_owned(),
                );
            }
            if error.kind() == ErrorKind::MissingRequiredArgument {
                hints.extend(missing_hint(message, hint));
            }
            if error.kind() == ErrorKind::MissingRequiredArgument && message.contains("--file <") {
                hints.insert(
                    0,
                    "-f FILE names the file: scim import users -f users.csv".to_owned(),
                );
            }
            let is_of = |command: &str| hint.contains(&format!("Usage: scim {command}"));
            if error.kind() == ErrorKind::UnknownArgument {
                match named.starts_with('-') {
                    true if is_of("create") => {
                        hints.push("`scim create TYPE --help` lists the attributes".to_owned());
                    }
                    false if is_of("create") && is_truth_value(named) => hints.insert(
                        0,
                        "an option for true or false has no value: --active, or --no-active"
                            .to_owned(),
                    ),
                    false if ["logout", "whoami", "doctor"].into_iter().any(is_of) => {
                        hints.insert(0, format!("-c {named} names the context"));
                    }
                    false if is_of("create") && !named.contains('=') => hints.insert(
                        0,
                        format!("attributes are options here, such as --user-name {named}"),
                    ),
                    false if is_of("import") => {
                        hints.insert(0, format!("-f {named} names the file"));
                    }
                    _ => {}
                }
            }
            if error.kind() == ErrorKind::TooManyValues && is_of("api") {
                hints.insert(0, API_BODY.to_owned());
            }
            let mut operators = Operator::ALL
                .map(Operator::as_str)
                .into_iter()
                .chain(["pr"]);
            if error.kind() == ErrorKind::UnknownArgument
                && operators.any(|o| message.contains(&format!("'{o}'")))
            {
                hints.insert(
                    0,
                    "put the whole filter in single quotes: --filter 'userName eq \"babs\"'"
                        .to_owned(),
                );
            }
            hints.extend(value_hint(error.kind(), message, named));
            Err(Failure::usage(message.trim()).hint(hints.join("\n")))
        }
    }
}

/// How a request of one's own gets a body.
const API_BODY: &str = "-f FILE names a body, -f - reads it from standard input";

/// What an argument that is missing looks like.
fn missing_hint(message: &str, usage: &str) -> Option<String> {
    let example = match message {
        text if text.contains("<ACTION>") => {
            return Some(
                "such as: scim member @Guides list, or add @babs, remove @babs, set @babs"
                    .to_owned(),
            );
        }
        text if text.contains("FILTER>") => {
            return Some("such as: scim search user 'userName sw \"b\"'".to_owned());
        }
        text if text.contains("<ID>") => {
            let command = usage.split("Usage: scim ").nth(1)?.split(' ').next()?;
            format!("scim {command} user @babs")
        }
        _ => return None,
    };
    Some(format!(
        "the type comes first, then an id or @NAME: {example}"
    ))
}

/// What to do about a value that is missing, in a wrong place, or no number.
fn value_hint(kind: clap::error::ErrorKind, message: &str, named: &str) -> Option<String> {
    use clap::error::ErrorKind;

    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    match kind {
        ErrorKind::InvalidValue if message.starts_with("a value is required") => {
            let option = named.split(' ').next().unwrap_or_default();
            Some(format!(
                "write it behind the option: {option} VALUE; '' is an empty one"
            ))
        }
        ErrorKind::ValueValidation if message.contains("invalid digit") => {
            Some("give a whole number, such as 20".to_owned())
        }
        ErrorKind::ValueValidation if message.contains(" is not in ") => {
            Some("give a number in that range".to_owned())
        }
        ErrorKind::UnknownArgument if named.strip_prefix('-').is_some_and(is_number) => Some(
            "the number cannot be below zero; for a text that begins with `-`, write --OPTION=TEXT"
                .to_owned(),
        ),
        ErrorKind::UnknownArgument if !named.starts_with('-') && named.contains('=') => Some(
            format!("attributes are options here, such as --user-name babs; or --set {named}"),
        ),
        _ => None,
    }
}

fn is_truth_value(text: &str) -> bool {
    let values = ["true", "false", "yes", "no", "1", "0"];
    values.iter().any(|value| text.eq_ignore_ascii_case(value))
}

/// What somebody means who takes a word of other programs, or forgets the command.
fn meant(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let command = match lower.as_str() {
        "list" | "ls" | "show" | "find" | "query" | "read" => "get",
        "add" | "new" | "insert" => "create",
        "update" | "modify" | "set" | "change" => "patch",
        "rm" | "remove" | "del" => "delete",
        "put" => "replace",
        "members" => "member",
        "config" | "contexts" => "context",
        "schemas" | "explain" => "schema",
        "raw" | "request" => "api",
        "user" | "users" | "group" | "groups" => {
            return Some(format!(
                "the command comes first: scim get {lower}, scim create {lower} --help"
            ));
        }
        _ => return None,
    };
    Some(format!(
        "it is called `scim {command}` here: scim {command} --help"
    ))
}

/// Says why a command ends, and gives its exit code.
fn end(failure: &Failure, json: bool) -> ExitCode {
    if !failure.is_silent() {
        match json {
            true => terminal::say(failure.to_json()),
            false => terminal::say(terminal_text(failure)),
        }
    }
    ExitCode::from(failure.code() as u8)
}

/// Lines stay; whatever else could control the terminal does not.
fn terminal_text(failure: &Failure) -> String {
    let text = failure.render();
    let lines: Vec<String> = text.lines().map(terminal::visible).collect();
    lines.join("\n")
}
