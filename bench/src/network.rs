//! Many requests over loopback: long lists, pages ahead, creating many users.

use std::{
    env, fs,
    future::Future,
    process::Command,
    time::{Duration, Instant},
};

use scim_client::{Client, User};
use tokio::{runtime::Runtime, task::JoinSet};

use crate::{
    Result, machine, others,
    report::{Report, table},
    server::{self, Server, USERS},
};

/// How many users are created.
const CREATED: usize = 1000;

/// The latency of an answer, in milliseconds.
const LATENCY: u32 = 20;

fn client(base: &str) -> Result<Client> {
    Ok(Client::builder(base).bearer_token("secret").build()?)
}

fn over_hyper(base: &str) -> Result<Client> {
    Ok(Client::builder(base)
        .bearer_token("secret")
        .use_hyper()
        .build()?)
}

fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build()?.block_on(future)
}

/// All tables of this module.
pub fn report(report: &mut Report) -> Result {
    let server = Server::start()?;
    lists(report, &server)?;
    ahead(report, &server.base(LATENCY))?;
    creates(report, &server.base(LATENCY))
}

/// Long lists, each read by a process of its own.
fn lists(report: &mut Report, server: &Server) -> Result {
    let mut rows = Vec::new();
    for (what, how, users, count) in [
        ("streamed", "stream", USERS, 100),
        ("streamed", "stream", USERS / 2, 1000),
        ("streamed", "stream", USERS, 1000),
        ("streamed over hyper", "stream-hyper", USERS, 100),
        ("streamed over hyper", "stream-hyper", USERS, 1000),
        ("collected, `all()`", "all", USERS / 2, 1000),
    ] {
        let mut command = Command::new(env::current_exe()?);
        let before = machine::cpu_of_children()?;
        let output = server
            .tell(&mut command)
            .args(["list", how, &users.to_string(), &count.to_string()])
            .output()?;
        let cpu = machine::cpu_of_children()? - before;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let peak: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
        if how != "all" {
            let over = how.strip_prefix("stream").unwrap_or_default();
            let name = format!("list/{users} streamed{over} in pages of {count}/peak MB");
            report.figure(&name, peak);
        }
        rows.push(vec![
            format!("{users}, {what}"),
            count.to_string(),
            format!("{peak:.1}"),
            format!("{:.1}", cpu * 1e6 / users as f64),
        ]);
    }
    for cost in others::list(&server.base(0), 100) {
        let micros = cost.seconds * 1e6;
        report.figure(&format!("list/{}/CPU µs", cost.who), micros);
        rows.push(vec![
            format!("{}, {}", cost.users, cost.who),
            "100".to_owned(),
            format!("{:.1}", cost.megabytes),
            format!("{micros:.1}"),
        ]);
    }
    report.section(
        "A long list",
        "The peak is that of the whole client process, without the server. Clients in other \
         languages are included if the machine has the language. The time to start their programs \
         is not counted.",
        &table(&["users", "on a page", "peak MB", "CPU µs per user"], &rows),
    );
    Ok(())
}

/// What a process does whose memory is measured: reads a list and prints its own peak, in MB.
pub fn list(how: &str, users: usize, count: u64) -> Result {
    let base = server::named().ok_or("no server is named")?;
    block_on(async {
        let client = match how {
            "stream-hyper" => over_hyper(&base)?,
            _ => client(&base)?,
        };
        let query = client
            .resource::<User>()
            .query()
            .count(count)
            .parameter("total", users.to_string());
        let mut found = 0;
        if how == "all" {
            found = query.all().await?.len();
        } else {
            let mut stream = query.stream();
            while let Some(user) = stream.next().await {
                user?;
                found += 1;
            }
        }
        if found != users {
            return Err(format!("{found} users instead of {users}").into());
        }
        Ok(())
    })?;
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let kilobytes: f64 = peak.ok_or("no peak in /proc/self/status")?.trim().parse()?;
    println!("{:.2}", kilobytes / 1024.0);
    Ok(())
}

/// A runtime of one thread.
pub fn on_one_thread() -> Result<Runtime> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    Ok(runtime.enable_all().build()?)
}

/// Reads a list over hyper, to measure what it allocates: how many users came.
pub async fn streamed(base: &str, users: usize, count: usize) -> Result<usize> {
    let query = over_hyper(base)?.resource::<User>().query();
    let query = query.count(count as u64);
    let mut stream = query.parameter("total", users.to_string()).stream();
    let mut found = 0;
    while let Some(user) = stream.next().await {
        user?;
        found += 1;
    }
    Ok(found)
}

/// Pages ahead of the reader.
fn ahead(report: &mut Report, base: &str) -> Result {
    const LISTED: usize = 5000;
    let read = |pages| {
        block_on(async {
            let query = client(base)?
                .resource::<User>()
                .query()
                .count(100)
                .parameter("total", LISTED.to_string());
            let start = Instant::now();
            let mut stream = query.stream().prefetch(pages);
            let mut found = 0;
            while let Some(user) = stream.next().await {
                user?;
                found += 1;
            }
            match found {
                LISTED => Ok(start.elapsed()),
                other => Err(format!("{other} users").into()),
            }
        })
    };
    let none = best(2, || read(0))?;
    let mut rows = vec![vec!["none".into(), milliseconds(none), "1.0".into()]];
    for pages in [1, 2, 4, 8] {
        let took = best(2, || read(pages))?;
        let ratio = none.as_secs_f64() / took.as_secs_f64();
        report.figure(&format!("prefetch/{pages} pages/times as fast"), ratio);
        rows.push(vec![
            pages.to_string(),
            milliseconds(took),
            format!("{ratio:.1}"),
        ]);
    }
    report.section(
        "Pages ahead",
        &format!("{LISTED} users in pages of 100, each response after {LATENCY} ms."),
        &table(&["pages ahead", "ms", "times as fast"], &rows),
    );
    Ok(())
}

/// Creating many users.
fn creates(report: &mut Report, base: &str) -> Result {
    let mut rows = Vec::new();
    let mut row = |what: String, took: Duration| rows.push(vec![what, milliseconds(took)]);
    row("one by one".into(), singly(base, 1)?);
    for at_once in [8, 16, 32] {
        row(format!("{at_once} at once"), singly(base, at_once)?);
    }
    row("bulk of 100".into(), in_bulk(base, false)?);
    row(
        "without bulk, fallen back to 8 at once".into(),
        in_bulk(base, true)?,
    );
    report.section(
        "Creating 1,000 users",
        &format!(
            "Each response comes after {LATENCY} ms, and {} µs for each user in it.",
            server::WORK.as_micros()
        ),
        &table(&["how", "ms"], &rows),
    );
    Ok(())
}

fn new_user(number: usize) -> User {
    User::new(format!("user{number}@example.com")).with_display_name("A User")
}

fn singly(base: &str, at_once: usize) -> Result<Duration> {
    block_on(async {
        let users = client(base)?.resource::<User>();
        let start = Instant::now();
        let mut under_way = JoinSet::new();
        for number in 0..CREATED {
            if under_way.len() == at_once {
                under_way.join_next().await.ok_or("none")???;
            }
            let users = users.clone();
            under_way.spawn(async move { users.create(&new_user(number)).await.map(drop) });
        }
        while let Some(done) = under_way.join_next().await {
            done??;
        }
        Ok(start.elapsed())
    })
}

fn in_bulk(base: &str, without: bool) -> Result<Duration> {
    block_on(async {
        let client = client(base)?;
        if without {
            let mut known = (*client.capabilities()).clone();
            known.bulk = Some(false);
            client.set_capabilities(known);
        }
        let start = Instant::now();
        let mut bulk = client.bulk().max_operations(100);
        for number in 0..CREATED {
            bulk.create(&new_user(number));
        }
        let results = bulk.fall_back_to_single_requests().concurrently(8).await?;
        match results.all_done() {
            true => Ok(start.elapsed()),
            false => Err("not all were created".into()),
        }
    })
}

fn best(times: usize, run: impl Fn() -> Result<Duration>) -> Result<Duration> {
    let mut best = run()?;
    for _ in 1..times {
        best = best.min(run()?);
    }
    Ok(best)
}

fn milliseconds(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1e3)
}
