//! A first look at the command line, before the flags are known that come of a schema: which
//! command it is, its first argument, and the options that say which server is meant.

use std::collections::HashMap;

use clap::{ArgAction, Command};

use crate::globals::Globals;

/// What the first look finds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// The names of the commands, from the outside in.
    pub(crate) commands: Vec<String>,
    /// What stands behind them and is no option.
    pub(crate) positionals: Vec<String>,
    /// Options with a value, by their long names; the last one wins.
    options: HashMap<String, String>,
    /// All `--header`.
    headers: Vec<String>,
    flags: Vec<String>,
}

impl Scan {
    /// Looks at arguments, without the name of the program.
    pub(crate) fn new(root: &Command, arguments: &[String]) -> Self {
        let mut scan = Self::default();
        let mut command = root;
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if argument == "--" {
                scan.positionals.extend(rest.cloned());
                break;
            }
            if let Some(long) = argument.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value.to_owned())),
                    None => (long, None),
                };
                let takes = takes_value(root, command, |arg| arg.get_long() == Some(name));
                match (value, takes) {
                    (Some(value), _) => scan.keep(name, value),
                    (None, true) => {
                        if let Some(value) = rest.next() {
                            scan.keep(name, value.clone());
                        }
                    }
                    (None, false) => scan.flags.push(name.to_owned()),
                }
                continue;
            }
            let short = argument.strip_prefix('-').filter(|rest| !rest.is_empty());
            if let Some(short) = short
                && scan.short(root, command, short, &mut rest)
            {
                continue;
            }
            let sub = command.find_subcommand(argument);
            match sub.filter(|_| scan.positionals.is_empty()) {
                Some(sub) => {
                    scan.commands.push(sub.get_name().to_owned());
                    command = sub;
                }
                None => scan.positionals.push(argument.clone()),
            }
        }
        scan
    }

    fn keep(&mut self, name: &str, value: String) {
        if name == "header" {
            self.headers.push(value.clone());
        }
        self.options.insert(name.to_owned(), value);
    }

    /// Short options, of which several may stand together: `-vc prod`, `-vcprod`. False if it is
    /// something else.
    fn short(
        &mut self,
        root: &Command,
        command: &Command,
        short: &str,
        rest: &mut std::slice::Iter<'_, String>,
    ) -> bool {
        let mut letters = short.char_indices();
        while let Some((at, letter)) = letters.next() {
            let Some(long) = long_of(root, command, letter) else {
                // What is no option at all may be an argument, such as `-title` of `patch`.
                return at > 0;
            };
            if !takes_value(root, command, |arg| arg.get_short() == Some(letter)) {
                self.flags.push(long);
                continue;
            }
            let attached = letters.as_str();
            let value = match attached.is_empty() {
                true => rest.next().cloned().unwrap_or_default(),
                false => attached.strip_prefix('=').unwrap_or(attached).to_owned(),
            };
            self.keep(&long, value);
            return true;
        }
        true
    }

    /// The command, its parts joined by blanks.
    pub(crate) fn command(&self) -> String {
        self.commands.join(" ")
    }

    /// The value of an option.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str)
    }

    /// Whether a flag stands there.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag == name)
    }

    /// Which server is meant, as far as this tells.
    pub(crate) fn globals(&self) -> Globals {
        let option = |name: &str| self.option(name).map(str::to_owned);
        let timeout = self.option("timeout").and_then(|text| text.parse().ok());
        let verbose = self.flags.iter().filter(|flag| *flag == "verbose");
        Globals {
            context: option("context"),
            url: option("url"),
            token: option("token"),
            headers: self.headers.clone(),
            profile: option("profile"),
            refresh: self.flag("refresh"),
            insecure_http: self.flag("insecure-http"),
            timeout: timeout.map(std::time::Duration::from_secs),
            curl: self.flag("curl"),
            // What is asked before the flags are known is to be seen, too.
            har: option("har").map(|path| crate::files::expand(&path)),
            verbosity: u8::try_from(verbose.count()).unwrap_or(u8::MAX),
            ..Globals::default()
        }
    }
}

fn takes_value(root: &Command, command: &Command, is_it: impl Fn(&clap::Arg) -> bool) -> bool {
    let mut all = command.get_arguments().chain(root.get_arguments());
    let found = all.find(|arg| is_it(arg));
    found.is_some_and(|arg| matches!(arg.get_action(), ArgAction::Set | ArgAction::Append))
}

fn long_of(root: &Command, command: &Command, short: char) -> Option<String> {
    let mut all = command.get_arguments().chain(root.get_arguments());
    let arg = all.find(|arg| arg.get_short() == Some(short))?;
    Some(arg.get_long()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(line: &str) -> Scan {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Scan::new(&crate::app::command(), &words)
    }

    #[test]
    fn the_first_look_finds_what_matters() {
        let scan = scan("-c prod create user --user-name babs -vv --url=http://x -ojson --active");
        assert_eq!(scan.command(), "create");
        assert_eq!(scan.positionals.first().map(String::as_str), Some("user"));
        let globals = scan.globals();
        assert_eq!(globals.context.as_deref(), Some("prod"));
        assert_eq!(globals.url.as_deref(), Some("http://x"));
        for together in [
            "-vc prod create user",
            "-vvcprod create user",
            "-vc=prod create user",
        ] {
            let scan = self::scan(together);
            assert_eq!(
                scan.globals().context.as_deref(),
                Some("prod"),
                "{together}"
            );
            assert_eq!(scan.positionals, ["user"], "{together}");
        }
        let scan = self::scan("-H a:1 --header=b:2 create user --header c:3");
        assert_eq!(scan.globals().headers, ["a:1", "b:2", "c:3"]);
        assert_eq!(
            self::scan("schema explain User.name").command(),
            "schema explain"
        );
    }
}
