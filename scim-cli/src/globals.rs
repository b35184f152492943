//! The options that every command has.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, ValueHint};

use crate::failure::Failure;
use crate::format::{Format, TEMPLATE};

/// What the options of every command say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Globals {
    pub(crate) context: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) headers: Vec<String>,
    pub(crate) profile: Option<String>,
    pub(crate) format: Option<Format>,
    /// The text of `-o template=TEXT`.
    pub(crate) template: Option<String>,
    pub(crate) columns: Vec<String>,
    pub(crate) no_headers: bool,
    pub(crate) raw: bool,
    pub(crate) verbosity: u8,
    pub(crate) har: Option<PathBuf>,
    pub(crate) curl: bool,
    pub(crate) dry_run: bool,
    pub(crate) refresh: bool,
    pub(crate) write: bool,
    pub(crate) insecure_http: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) time: bool,
    pub(crate) color: String,
    pub(crate) yes: bool,
    pub(crate) no_input: bool,
    /// Somebody logs in, so what is kept of an earlier login does not count.
    pub(crate) sign_in: bool,
}

/// The options themselves.
pub(crate) fn arguments() -> Vec<Arg> {
    let connection = "Connection";
    let output = "Output";
    let one = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(help)
            .global(true)
    };
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .help(help)
            .global(true)
            .action(ArgAction::SetTrue)
    };
    vec![
        one("context", "NAME", "The context of the configuration [$SCIM_CONTEXT]")
            .short('c')
            .help_heading(connection),
        one("url", "URL", "The base URL of the server, in place of a context [$SCIM_URL]")
            .short('u')
            .value_hint(ValueHint::Url)
            .help_heading(connection),
        one("token", "REF", "Where the bearer token comes from: env:NAME, file:PATH, cmd:COMMAND, prompt, - [$SCIM_TOKEN has the token itself]")
            .short('t')
            .help_heading(connection),
        one("header", "NAME: VALUE", "A header of every request; the value may be a reference such as env:NAME")
            .short('H')
            .action(ArgAction::Append)
            .help_heading(connection),
        one("profile", "NAME|FILE", "The profile of the server's vendor, such as aws, entra, okta")
            .help_heading(connection),
        one("timeout", "SECONDS", "How long to wait for a response [default: 120]")
            .value_parser(clap::value_parser!(u64).range(1..=86_400))
            .help_heading(connection),
        flag("insecure-http", "Allow http without TLS to other machines").help_heading(connection),
        flag("refresh", "Read the server's schemas again, which are otherwise stored for a day")
            .help_heading(connection),
        flag("write", "Write even if the context is read-only").help_heading(connection),
        one("output", "FORMAT", "table, wide, json, jsonl, yaml, csv, tsv, name, id, template=TEXT [table on a terminal, else jsonl; $SCIM_OUTPUT]")
            .short('o')
            .help_heading(output),
        one("columns", "PATH,..", "The attributes to show, such as userName,emails.work")
            .value_delimiter(',')
            .action(ArgAction::Append)
            .help_heading(output),
        flag("no-headers", "Print no line of headers").help_heading(output),
        flag("raw", "Print the response unchanged, for get and api").help_heading(output),
        one("color", "WHEN", "When to use colours: auto, always or never; NO_COLOR and CLICOLOR_FORCE apply too")
            .value_parser(["auto", "always", "never"])
            .default_value("auto")
            .hide_default_value(true)
            .help_heading(output),
        Arg::new("verbose")
            .long("verbose")
            .short('v')
            .action(ArgAction::Count)
            .global(true)
            .help("Show requests (-v), headers (-vv) and bodies (-vvv), with secrets masked")
            .help_heading(output),
        one("har", "FILE", "Write all requests and responses to a HAR file, with secrets masked")
            .value_hint(ValueHint::FilePath)
            .help_heading(output),
        flag("curl", "Print the request as a curl command, and send nothing")
            .help_heading(output),
        flag("time", "Print how long it took").help_heading(output),
        one("error-format", "FORMAT", "The format of errors: text or json")
            .value_parser(["text", "json"])
            .help_heading(output),
        flag("dry-run", "Show the requests that would write, but do not send them"),
        flag("yes", "Answer every question with yes").short('y'),
        flag("no-input", "Ask no questions, not even on a terminal"),
    ]
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Globals {
    /// Reads the options, and the variables that stand in for them.
    pub(crate) fn read(matches: &ArgMatches) -> Result<Self, Failure> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let texts = |name: &str| -> Vec<String> {
            matches
                .get_many::<String>(name)
                .into_iter()
                .flatten()
                .cloned()
                .collect()
        };
        let flag = |name: &str| matches.get_flag(name);
        let output = text("output").or_else(|| variable("SCIM_OUTPUT"));
        let format = output.as_deref().map(Format::named).transpose()?;
        let template = output
            .as_deref()
            .and_then(|name| name.strip_prefix(TEMPLATE));
        Ok(Self {
            context: text("context"),
            url: text("url"),
            token: text("token"),
            headers: texts("header"),
            profile: text("profile"),
            format,
            template: template.map(str::to_owned),
            columns: texts("columns")
                .iter()
                .map(|column| column.trim().to_owned())
                .filter(|column| !column.is_empty())
                .collect(),
            no_headers: flag("no-headers"),
            raw: flag("raw"),
            verbosity: matches.get_count("verbose"),
            har: text("har").map(|path| crate::files::expand(&path)),
            curl: flag("curl"),
            dry_run: flag("dry-run"),
            refresh: flag("refresh"),
            write: flag("write"),
            insecure_http: flag("insecure-http"),
            timeout: matches
                .get_one::<u64>("timeout")
                .map(|s| Duration::from_secs(*s)),
            time: flag("time"),
            color: text("color").unwrap_or_else(|| "auto".to_owned()),
            yes: flag("yes"),
            no_input: flag("no-input"),
            sign_in: false,
        })
    }

    /// The format of what is listed: a table for people, lines of JSON for programs.
    pub(crate) fn format(&self) -> Format {
        self.format
            .unwrap_or_else(|| match std::io::stdout().is_terminal() {
                true => Format::Table,
                false => Format::Jsonl,
            })
    }
}
