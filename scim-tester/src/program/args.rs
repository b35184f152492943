//! The arguments of the program.

use std::time::Duration;

use serde_json::Value;

use crate::{check::Level, profile::Profile, report::Format};

/// The text of `--help`.
pub const HELP: &str = "\
Checks a SCIM 2.0 server against RFC 7643, RFC 7644 and the needs of Entra ID and Okta.

usage: scim-tester URL [options]

what is checked
  --profile rfc,entra,okta,interop   whose requirements (default: rfc)
  --only F,X-12      only these areas or checks, and the checks that they need
  --skip X-42        not these areas or checks
  --tag must,patch   only checks with one of these tags
  --type User        only these resource types
  --list             lists the checks that would run
  --explain F-21     says what a check requires, and why
  --read-only        sends no request that changes something, and runs the checks that need none
  --large            also runs checks that need hundreds of resources
  --me               allows changes of the user of the credentials, which are undone afterwards

how the server is reached
  --token-env NAME   the environment variable with the bearer token
  --token SOURCE     where the bearer token is: env:NAME or file:PATH
  --other-token SOURCE   where the token of another tenant is, which must not see anything
  --header NAME:VALUE    a header of every request
  --timeout SECONDS  how long a request may take (default: 15)
  --max-time SECONDS how long the run may take (default: 900)
  --max-requests N   how many requests the run may send (default: 10000)
  --rate N           how many requests it may send in a second
  --jobs N           how many areas are checked at the same time (default: 1)
  --repeat N         repeats the run N times, and reports what differs between them

what is sent
  --extra TYPE=JSON  attributes for every new resource of a type; {marker} in a string becomes unique
  --domain NAME      the domain of user names and e-mail addresses (default: example.com)
  --seed N           two runs with the same seed send the same
  --config FILE      a scim-test.toml: values, checks to skip, checks that are expected to fail

what is reported
  --format NAME      text, json, jsonl, junit, sarif, tap, markdown, html, har, badge; or several
  -o, --output FILE  where the report is written; with several formats, once for each, in order
  --har FILE         writes all requests and responses to a HAR file
  --save-fixtures DIR    writes a response of each kind to a file, for the tests of clients
  --fail-on LEVEL    exits with 1 from this level on: critical, error (default), warning, info
  --baseline FILE    the findings in this file do not fail
  --write-baseline FILE  writes the findings of this run to a file for --baseline
  --ledger FILE      where the record of created resources is kept
  --clean RUN        deletes what an earlier run left behind, by its marker or its record

exit codes: 0 no findings, 1 findings or blocked checks, 2 wrong usage,
  6 the server cannot be reached or the time is over, 130 interrupted
";

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Wanted {
    #[default]
    Run,
    Help,
    Version,
    List,
    Explain(String),
    Clean(String),
}

#[derive(Debug, Clone, Default)]
pub(super) struct Args {
    pub(super) wanted: Wanted,
    pub(super) url: Option<String>,
    pub(super) profiles: Vec<Profile>,
    pub(super) only: Vec<String>,
    pub(super) skip: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) types: Vec<String>,
    pub(super) token_source: Option<String>,
    pub(super) other_token_source: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) timeout: Option<Duration>,
    pub(super) max_time: Option<Duration>,
    pub(super) max_requests: Option<usize>,
    pub(super) rate: Option<f64>,
    pub(super) jobs: Option<usize>,
    pub(super) repeat: Option<usize>,
    pub(super) fixtures: Option<String>,
    pub(super) extra: Vec<(String, Value)>,
    pub(super) domain: Option<String>,
    pub(super) seed: Option<u64>,
    pub(super) config: Option<String>,
    pub(super) formats: Vec<Format>,
    pub(super) outputs: Vec<String>,
    pub(super) har: Option<String>,
    pub(super) fail_on: Option<Level>,
    pub(super) baseline: Option<String>,
    pub(super) write_baseline: Option<String>,
    pub(super) ledger: Option<String>,
    pub(super) read_only: bool,
    pub(super) large: bool,
    pub(super) me: bool,
}

fn list(text: &str) -> impl Iterator<Item = String> {
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{name} {text}: not a number"))
}

fn positive(name: &str, text: &str) -> Result<usize, String> {
    match number(name, text)? {
        0 => Err(format!("{name} {text}: at least 1")),
        n => Ok(n),
    }
}

fn seconds(name: &str, text: &str) -> Result<Duration, String> {
    let seconds: f64 = number(name, text.trim_end_matches('s'))?;
    Duration::try_from_secs_f64(seconds).map_err(|error| format!("{name} {text}: {error}"))
}

impl Args {
    /// Reads the arguments. The URL is one of them unless the server is known.
    pub(super) fn parse(args: Vec<String>, is_known: bool) -> Result<Self, String> {
        let mut this = Self::default();
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            let (name, inline) = match arg.split_once('=') {
                Some((name, value)) if name.starts_with("--") => {
                    (name.to_owned(), Some(value.to_owned()))
                }
                _ => (arg.clone(), None),
            };
            if !name.starts_with('-') {
                if is_known || this.url.is_some() {
                    return Err(format!(
                        "{name} is one argument too many: there is only one base URL"
                    ));
                }
                this.url = Some(name);
                continue;
            }
            if this.flag(&name) {
                if inline.is_some() {
                    return Err(format!("{name} takes no value"));
                }
                continue;
            }
            if !OPTIONS.contains(&name.as_str()) {
                return Err(unknown(&name));
            }
            let value = match inline {
                Some(value) => value,
                None => args.next().ok_or_else(|| format!("{name} needs a value"))?,
            };
            this.option(&name, value)?;
        }
        Ok(this)
    }

    fn flag(&mut self, name: &str) -> bool {
        match name {
            "-h" | "--help" => self.wanted = Wanted::Help,
            "-V" | "--version" => self.wanted = Wanted::Version,
            "--list" => self.wanted = Wanted::List,
            "--read-only" => self.read_only = true,
            "--large" => self.large = true,
            "--me" => self.me = true,
            _ => return false,
        }
        true
    }

    fn option(&mut self, name: &str, value: String) -> Result<(), String> {
        match name {
            "--profile" => {
                for name in list(&value) {
                    self.profiles.push(profile(&name)?);
                }
            }
            "--only" => self.only.extend(list(&value)),
            "--skip" => self.skip.extend(list(&value)),
            "--tag" => self.tags.extend(list(&value)),
            "--type" => self.types.extend(list(&value)),
            "--explain" => self.wanted = Wanted::Explain(value),
            "--clean" => self.wanted = Wanted::Clean(value),
            "--token-env" => self.token_source = Some(format!("env:{value}")),
            "--token" => self.token_source = Some(source(name, value)?),
            "--other-token" => self.other_token_source = Some(source(name, value)?),
            "--header" => {
                let (key, value) = value.split_once(':').ok_or("--header needs NAME:VALUE")?;
                self.headers
                    .push((key.trim().to_owned(), value.trim().to_owned()));
            }
            "--timeout" => self.timeout = Some(seconds(name, &value)?),
            "--max-time" => self.max_time = Some(seconds(name, &value)?),
            "--max-requests" => self.max_requests = Some(number(name, &value)?),
            "--rate" => self.rate = Some(number(name, &value)?),
            "--jobs" => self.jobs = Some(positive(name, &value)?),
            "--repeat" => self.repeat = Some(positive(name, &value)?),
            "--save-fixtures" => self.fixtures = Some(value),
            "--seed" => self.seed = Some(number(name, &value)?),
            "--domain" => self.domain = Some(value),
            "--config" => self.config = Some(value),
            "--extra" => {
                let (kind, text) = value.split_once('=').ok_or("--extra needs TYPE=JSON")?;
                let attributes: Value = serde_json::from_str(text)
                    .map_err(|error| format!("--extra {kind}: not JSON: {error}"))?;
                if !attributes.is_object() {
                    return Err(format!("--extra {kind}: not a JSON object"));
                }
                self.extra.push((kind.to_owned(), attributes));
            }
            "--format" => {
                for name in list(&value) {
                    let known = || Format::ALL.map(Format::as_str).join(", ");
                    self.formats.push(
                        Format::named(&name)
                            .ok_or_else(|| format!("there is no format {name}: {}", known()))?,
                    );
                }
            }
            "-o" | "--output" => self.outputs.push(value),
            "--har" => self.har = Some(value),
            "--fail-on" => {
                self.fail_on = Some(Level::named(&value).ok_or_else(|| {
                    let known: Vec<_> = Level::ALL
                        .iter()
                        .rev()
                        .map(|level| level.as_str())
                        .collect();
                    format!("there is no level {value}: {}", known.join(", "))
                })?);
            }
            "--baseline" => self.baseline = Some(value),
            "--write-baseline" => self.write_baseline = Some(value),
            "--ledger" => self.ledger = Some(value),
            other => return Err(unknown(other)),
        }
        Ok(())
    }
}

impl Args {
    fn secret(source: &str) -> Result<String, String> {
        let (kind, name) = source.split_once(':').unwrap_or(("env", source));
        let secret = match kind {
            "env" => std::env::var(name).map_err(|_| format!("the variable {name} is not set"))?,
            "file" => std::fs::read_to_string(name)
                .map_err(|error| format!("{name} cannot be read: {error}"))?,
            other => {
                return Err(format!(
                    "{other} is not a place of a secret: use env:NAME or file:PATH"
                ));
            }
        };
        let secret = secret.trim().to_owned();
        match secret.is_empty() {
            true => Err(format!("{source} is empty")),
            false => Ok(secret),
        }
    }

    pub(super) fn token(&self) -> Result<Option<String>, String> {
        self.token_source.as_deref().map(Self::secret).transpose()
    }

    pub(super) fn other_token(&self) -> Result<Option<String>, String> {
        self.other_token_source
            .as_deref()
            .map(Self::secret)
            .transpose()
    }
}

/// The profile names on the command line.
fn profile(name: &str) -> Result<Profile, String> {
    Profile::named(name).ok_or_else(|| {
        let known = Profile::ALL.map(Profile::as_str).join(", ");
        format!("there is no profile {name}: {known}")
    })
}

const OPTIONS: [&str; 30] = [
    "--jobs",
    "--repeat",
    "--save-fixtures",
    "--profile",
    "--only",
    "--skip",
    "--tag",
    "--type",
    "--explain",
    "--clean",
    "--token-env",
    "--token",
    "--other-token",
    "--header",
    "--timeout",
    "--max-time",
    "--max-requests",
    "--rate",
    "--seed",
    "--domain",
    "--config",
    "--extra",
    "--format",
    "-o",
    "--output",
    "--har",
    "--fail-on",
    "--baseline",
    "--write-baseline",
    "--ledger",
];

fn unknown(name: &str) -> String {
    let near = OPTIONS
        .iter()
        .chain(&["--help", "--list", "--read-only", "--large", "--me"])
        .find(|known| {
            let letters = |word: &str| {
                let mut letters: Vec<char> = word.chars().collect();
                letters.sort_unstable();
                letters
            };
            letters(known) == letters(name)
                || known
                    .trim_start_matches('-')
                    .starts_with(name.trim_start_matches('-').get(..3).unwrap_or("\0"))
        });
    match near {
        Some(near) => format!("there is no option {name}; did you mean {near}?"),
        None => format!("there is no option {name}"),
    }
}

/// A secret is named by its place, so that it is in no list of processes.
fn source(name: &str, value: String) -> Result<String, String> {
    match value.split_once(':') {
        Some(("env" | "file", _)) => Ok(value),
        _ => Err(format!(
            "{name} takes env:NAME or file:PATH, and not the token itself"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args, String> {
        Args::parse(line.split_whitespace().map(str::to_owned).collect(), false)
    }

    #[test]
    fn options_are_read() {
        let args = parse("https://x.example --only F,X-12 --fail-on=warning --format json -o a.json --token-env T --timeout 2.5").unwrap();
        assert_eq!(args.url.as_deref(), Some("https://x.example"));
        assert_eq!(args.only, ["F", "X-12"]);
        assert_eq!(args.fail_on, Some(Level::Warning));
        assert_eq!(args.formats, [Format::Json]);
        assert_eq!(args.token_source.as_deref(), Some("env:T"));
        assert_eq!(args.timeout, Some(Duration::from_millis(2500)));
    }

    /// What is listed in words is what there is.
    #[test]
    fn help_has_every_option_profile_format_and_level() {
        for option in OPTIONS {
            assert!(HELP.contains(&format!("{option} ")) || HELP.contains(&format!("{option},")));
        }
        let profiles = Profile::ALL.map(Profile::as_str).join(",");
        assert!(HELP.contains(&format!("--profile {profiles}  ")));
        let formats = Format::ALL.map(Format::as_str).join(", ");
        assert!(HELP.contains(&format!("  {formats}; or several")));
        let (_, levels) = HELP.split_once("from this level on: ").unwrap();
        let levels = levels.lines().next().unwrap().replace(" (default)", "");
        let known: Vec<_> = Level::ALL
            .iter()
            .rev()
            .map(|level| level.as_str())
            .collect();
        assert_eq!(levels, known.join(", "));
    }

    #[test]
    fn mistakes_are_named() {
        for (line, word) in [
            ("--onyl F", "did you mean"),
            ("--only", "needs a value"),
            ("--token s3cret", "env:NAME"),
            ("--format yaml", "no format yaml"),
            ("--fail-on bad", "no level bad"),
            ("--profile azure", "no profile azure"),
            ("--extra User", "TYPE=JSON"),
            ("--extra User=5", "not a JSON object"),
            ("--timeout x", "not a number"),
            ("--jobs 0", "at least 1"),
            ("a b", "b is one argument too many"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(word), "{line}: {error}");
            assert!(!error.contains("s3cret"));
        }
    }
}
