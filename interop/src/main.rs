//! One suite of things that a client does, run against servers that others wrote, against the
//! embedded service provider, or against any other server.

mod acme;
mod arguments;
mod asked;
mod blame;
mod column;
mod command;
mod conformance;
mod expectations;
mod handle;
mod matrix;
mod outcome;
mod regenerated;
mod requirements;
mod scenario;
mod servers;
mod shown;
mod site;
mod suite;
mod wire;

use std::process::ExitCode;

use scim_client::{Client, Group, User};
use tokio::{
    process::Command,
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};

use crate::{
    arguments::{Arguments, USAGE},
    column::Column,
    outcome::Verdict,
    scenario::Scenario,
    servers::{EMBEDDED, LAUNCHERS, Server, TOKEN},
};

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
            let token = &arguments.token;
            let column = Column::of(url, url, token, &scenarios, interrupted()).await;
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
            let column = Column::of(name, &url, TOKEN, &scenarios, interrupted()).await;
            (position, before, column)
        });
    }
    let (mut columns, mut problems) = (Vec::new(), Vec::new());
    while let Some(done) = running.join_next().await {
        let (position, before, mut column) = match done {
            Ok(done) => done,
            Err(panicked) => {
                problems.push(panicked.to_string());
                continue;
            }
        };
        if let Some(server) = servers.get(position) {
            let after = server.population().await;
            if before.is_err() || before != after {
                let problem = format!("{before:?} resources before, {after:?} after");
                column.problems.push(problem);
            }
        }
        columns.push((position, column));
    }
    columns.sort_by_key(|(position, _)| *position);
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    (columns, problems)
}

/// Prints the matrix, and says what somebody has to look at.
fn verdict(scenarios: &[&Scenario], columns: &[Column]) -> Result<(), String> {
    print!("{}", matrix::show(scenarios, columns));
    let bad: usize = columns
        .iter()
        .map(|column| column.count(Verdict::is_bad))
        .sum();
    let mut wrong = Vec::new();
    if bad > 0 {
        wrong.push(format!("{bad} scenarios did not end as they should"));
    }
    for column in columns {
        let problems = column.problems.iter();
        wrong.extend(problems.map(|problem| format!("{}: {problem}", column.server)));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n"))
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
    let result = command::check(server).await;
    problems.extend(report(server, "the command, as its README has it", result));
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
