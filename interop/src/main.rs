//! One suite of things that a client does, run against servers that others wrote, against the
//! embedded service provider, or against any other server.

mod acme;
mod conformance;
mod expectations;
mod matrix;
mod outcome;
mod regenerated;
mod servers;
mod site;
mod suite;

use std::process::ExitCode;

use scim_client::{Client, Group, User};
use tokio::{
    process::Command,
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};

use crate::{
    matrix::Column,
    outcome::{Step, Stop, Verdict},
    servers::{EMBEDDED, LAUNCHERS, Server, TOKEN},
    site::Site,
    suite::Scenario,
};

const USAGE: &str = "\
Runs the client against service providers, and prints server x scenario.

Usage:
  cargo xtask interop                           all servers that others wrote and the embedded one,
                                                the quickstart against each of them, an
                                                SDK generated from what one publishes, and the
                                                embedded one under the tests of others
  cargo xtask interop --server NAME             only this one; may be repeated
  cargo xtask interop --only WORDS              only scenarios whose names have these words
  cargo xtask interop --url URL --token TOKEN   any server; it is left as it was
";

#[derive(Default)]
struct Arguments {
    url: Option<String>,
    token: String,
    servers: Vec<String>,
    only: Option<String>,
    help: bool,
}

impl Arguments {
    fn read() -> Result<Self, String> {
        let mut read = Self::default();
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            if ["help", "-h", "--help"].contains(&argument.as_str()) {
                read.help = true;
                continue;
            }
            let value = arguments
                .next()
                .ok_or(format!("{argument} needs a value\n\n{USAGE}"))?;
            match argument.as_str() {
                "--url" => read.url = Some(value),
                "--token" => read.token = value,
                "--server" => read.servers.push(value),
                "--only" => read.only = Some(value),
                _ => return Err(format!("unknown argument {argument}\n\n{USAGE}")),
            }
        }
        for server in &read.servers {
            if server != EMBEDDED && !LAUNCHERS.iter().any(|known| known.name == server) {
                return Err(format!("there is no server {server}"));
            }
        }
        Ok(read)
    }

    fn wants(&self, server: &str) -> bool {
        self.servers.is_empty() || self.servers.iter().any(|wanted| wanted == server)
    }

    fn scenarios(&self) -> Vec<&'static Scenario> {
        let mut all = suite::all();
        if let Some(words) = &self.only {
            all.retain(|scenario| scenario.name.contains(words));
        }
        all
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\n{message}");
            ExitCode::FAILURE
        }
    }
}

/// Ends when somebody wants this process to end.
async fn interrupted() -> &'static str {
    tokio::select! {
        _ = tokio::signal::ctrl_c() => "interrupted",
        () = terminated() => "terminated",
    }
}

async fn terminated() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => drop(terminate.recv().await),
        Err(_) => std::future::pending().await,
    }
}

async fn run() -> Result<(), String> {
    let arguments = Arguments::read()?;
    if arguments.help {
        print!("{USAGE}");
        return Ok(());
    }
    let scenarios = arguments.scenarios();
    if scenarios.is_empty() {
        return Err("no scenario has these words in its name".to_owned());
    }
    match &arguments.url {
        Some(url) => {
            let column = column(url, url, &arguments.token, &scenarios).await?;
            verdict(&scenarios, &[column])
        }
        // Whichever way it ends, dropping what runs kills the servers.
        None => tokio::select! {
            result = against_all(&arguments, &scenarios) => result,
            word = interrupted() => Err(word.to_owned()),
        },
    }
}

/// Starts what is wanted, runs everything, and stops what was started.
async fn against_all(arguments: &Arguments, scenarios: &[&'static Scenario]) -> Result<(), String> {
    let mut started = Vec::new();
    if arguments.wants(EMBEDDED) {
        started.push(Server::embedded().await?);
    }
    for launcher in LAUNCHERS
        .iter()
        .filter(|launcher| arguments.wants(launcher.name))
    {
        println!("-- installing and starting {}", launcher.name);
        launcher.install().await?;
        started.push(launcher.start().await?);
    }
    let (columns, mut problems) = columns(&started, scenarios).await;
    problems.extend(verdict(scenarios, &columns).err());
    // Only parts were asked for: the rest of what is done here was not.
    if arguments.only.is_none() {
        for server in &started {
            problems.extend(more(server).await);
        }
    }
    for server in started {
        server.stop().await;
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(problems.join("\n"))
}

/// The suite against all servers at once; and what went wrong besides.
async fn columns(
    servers: &[Server],
    scenarios: &[&'static Scenario],
) -> (Vec<Column>, Vec<String>) {
    let mut running = JoinSet::new();
    for (position, server) in servers.iter().enumerate() {
        let before = server.population().await;
        let (name, url, scenarios) = (server.name, server.url.clone(), scenarios.to_vec());
        running.spawn(async move {
            let column = column(name, &url, TOKEN, &scenarios).await;
            (position, before, column)
        });
    }
    let (mut columns, mut problems) = (Vec::new(), Vec::new());
    for (position, before, column) in running.join_all().await {
        match column {
            Ok(column) => columns.push((position, column)),
            Err(problem) => problems.push(problem),
        }
        if let Some(server) = servers.get(position) {
            let after = server.population().await;
            if before.is_err() || before != after {
                let name = server.name;
                problems.push(format!(
                    "{name}: {before:?} resources before, {after:?} after"
                ));
            }
        }
    }
    columns.sort_by_key(|(position, _)| *position);
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    (columns, problems)
}

/// The suite against one server, which is then as it was, also if this is interrupted.
async fn column(
    name: &str,
    url: &str,
    token: &str,
    scenarios: &[&'static Scenario],
) -> Result<Column, String> {
    let connected = Site::connect(url, token).await;
    let mut site = connected.map_err(|error| format!("{name}: {error}"))?;
    let mut verdicts = Vec::new();
    let mut stopped = None;
    tokio::select! {
        () = all(name, &mut site, scenarios, &mut verdicts) => {}
        word = interrupted() => {
            eprintln!("\n{word}: deleting what was created");
            stopped = Some(word);
        }
    }
    let sweeper = scenarios
        .iter()
        .zip(&verdicts)
        .find(|(scenario, _)| scenario.name == suite::TRUSTS_FILTERS);
    // What was not tried is not trusted.
    let trusted = sweeper.is_some_and(|(_, verdict)| matches!(verdict, Verdict::Pass));
    let swept = site.sweep(trusted).await;
    swept.map_err(|left| format!("{name} is not as it was: {left}"))?;
    if let Some(word) = stopped {
        return Err(word.to_owned());
    }
    if name == EMBEDDED {
        // It offers everything, so a scenario that says otherwise is wrong.
        for verdict in &mut verdicts {
            if let Verdict::Unsupported(said) = verdict {
                *verdict = Verdict::Fail(format!("the embedded one offers it: {said}"));
            }
        }
    }
    let server = name.to_owned();
    Ok(Column { server, verdicts })
}

async fn all(
    name: &str,
    site: &mut Site,
    scenarios: &[&'static Scenario],
    verdicts: &mut Vec<Verdict>,
) {
    site.probe().await;
    for scenario in scenarios {
        verdicts.push(judge(name, scenario, scenario.run(site).await));
    }
}

fn judge(server: &str, scenario: &Scenario, result: Step) -> Verdict {
    let known = expectations::of(server, scenario.name);
    match (result, known) {
        (Ok(()), None) => Verdict::Pass,
        (Ok(()), Some(known)) => Verdict::Mended(known.reason),
        (Err(Stop::Failed(said) | Stop::Unsupported(said)), Some(known))
            if known.explains(&said) =>
        {
            Verdict::Fault {
                reason: known.reason,
                said,
            }
        }
        (Err(Stop::Failed(said)), _) => Verdict::Fail(said),
        (Err(Stop::Unsupported(_)), Some(known)) => Verdict::Mended(known.reason),
        (Err(Stop::Unsupported(said)), None) => Verdict::Unsupported(said),
    }
}

fn verdict(scenarios: &[&Scenario], columns: &[Column]) -> Result<(), String> {
    matrix::print(scenarios, columns);
    let bad: usize = columns
        .iter()
        .map(|column| column.count(Verdict::is_bad))
        .sum();
    if bad == 0 {
        return Ok(());
    }
    Err(format!("{bad} scenarios did not end as they should"))
}

/// What is done with some servers besides the suite.
async fn more(server: &Server) -> Vec<String> {
    if server.name == EMBEDDED {
        return match conformance::install().await {
            Ok(()) => conformance::check().await.err().into_iter().collect(),
            Err(problem) => vec![problem],
        };
    }
    let mut problems = Vec::new();
    let Some(launcher) = LAUNCHERS.iter().find(|other| other.name == server.name) else {
        return problems;
    };
    let examples = [
        ("quickstart", "the quickstart, which leaves nothing behind"),
        (
            "explore",
            "the types that it publishes, at run time: one is created, changed, deleted",
        ),
    ];
    for (name, what) in examples {
        let result = example(server, name).await;
        problems.extend(report(server, what, result));
    }
    if launcher.acme {
        let result = regenerated::check(server).await;
        let what = "an SDK of what it publishes, fetched, generated, compiled and used";
        problems.extend(report(server, what, result));
    }
    problems
}

/// One line for what was done.
fn report(server: &Server, what: &str, result: Result<(), String>) -> Option<String> {
    let word = if result.is_ok() { "pass" } else { "FAIL" };
    println!("{}: {what}: {word}", server.name);
    result.err()
}

/// Runs an example against a server, which it must leave as it was.
async fn example(server: &Server, name: &str) -> Result<(), String> {
    let before = count(server).await.map_err(|error| error.to_string())?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args([
        "run",
        "--quiet",
        "--package",
        "scim-start",
        "--example",
        name,
    ]);
    command.args(["--", "--url", &server.url, "--token", TOKEN]);
    servers::run(command, &format!("the example {name}")).await?;
    let after = count(server).await.map_err(|error| error.to_string())?;
    if after == before {
        Ok(())
    } else {
        Err(format!(
            "there were {before:?} users and groups before, {after:?} afterwards"
        ))
    }
}

/// How many users and groups there are.
async fn count(server: &Server) -> Result<(usize, usize), scim_client::Error> {
    let client = Client::builder(&server.url).bearer_token(TOKEN).build()?;
    let users = client.resource::<User>().query().all().await?.len();
    let groups = client.resource::<Group>().query().all().await?.len();
    Ok((users, groups))
}
