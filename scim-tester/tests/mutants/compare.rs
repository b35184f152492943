//! The same faults under the eyes of other testers: `compare/run.sh` runs this.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Instant,
};

use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower_service::Service as _;

use super::{
    TOKEN, all, failing,
    faults::Mutant,
    provider, run, suite,
    wire::{Fault, Faulty},
};

/// What the service behind calls itself.
const INNER: &str = "https://scim.example/v2";

/// Serves it over HTTP/1.1 on a free port until the flag is set: a request for each connection.
fn serve(service: Faulty, stop: Arc<AtomicBool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let url = format!("http://{address}/v2");
    let base = url.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let (service, base) = (service.clone(), base.clone());
            // A client that goes away ends its own connection only.
            std::thread::spawn(move || stream.and_then(|stream| answer(service, stream, &base)));
        }
    });
    url
}

fn answer(mut service: Faulty, stream: TcpStream, base: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(());
    };
    let mut request = Request::builder().method(method).uri(target);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
        request = request.header(name, value.trim());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    // The service believes that it is somewhere else.
    let body = String::from_utf8_lossy(&body).replace(base, INNER);
    let request = request.body(Bytes::from(body).into()).unwrap();
    let response = futures_now(service.call(request));
    let (parts, body) = response.into_parts();
    let body =
        String::from_utf8_lossy(&futures_now(body.collect()).to_bytes()).replace(INNER, base);
    let mut head = format!(
        "HTTP/1.1 {} X\r\nconnection: close\r\n",
        parts.status.as_u16()
    );
    for (name, value) in &parts.headers {
        if name != "content-length" {
            let value = String::from_utf8_lossy(value.as_bytes()).replace(INNER, base);
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    if !matches!(parts.status.as_u16(), 204 | 304) {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    stream.write_all(b"\r\n")?;
    if method != "HEAD" && !matches!(parts.status.as_u16(), 204 | 304) {
        stream.write_all(body.as_bytes())?;
    }
    stream.flush()
}

/// What is ready at once, as everything in memory is.
fn futures_now<T, E: std::fmt::Debug>(future: impl Future<Output = Result<T, E>>) -> T {
    let mut future = std::pin::pin!(future);
    match future
        .as_mut()
        .poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
    {
        std::task::Poll::Ready(done) => done.unwrap(),
        std::task::Poll::Pending => panic!("the provider waits for something"),
    }
}

/// `compare/testers.py`, which has the testers from PyPI loaded.
struct Others {
    process: Child,
    asked: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Others {
    fn start(python: &str, script: &Path) -> Self {
        let mut process = Command::new(python)
            .arg(script)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let asked = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Self {
            process,
            asked,
            answers,
        }
    }

    /// What each of them finds in a server of its own that has the fault.
    fn find(&mut self, fault: Fault) -> [BTreeSet<String>; 2] {
        ["scim2-tester", "scim-sanity"].map(|tester| {
            let stop = Arc::new(AtomicBool::new(false));
            let url = serve(Faulty::new(provider(), fault), stop.clone());
            writeln!(self.asked, "{tester} {url} {TOKEN}").unwrap();
            let mut line = String::new();
            self.answers.read_line(&mut line).unwrap();
            stop.store(true, Ordering::Relaxed);
            // So that it looks at the flag.
            let address = url.trim_start_matches("http://").trim_end_matches("/v2");
            let _woken = TcpStream::connect(address);
            assert!(!line.is_empty(), "compare/testers.py ended");
            let answer: Value = serde_json::from_str(&line).unwrap();
            found(
                answer["output"].as_str().unwrap(),
                answer["code"].as_i64().unwrap(),
            )
        })
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// What is wrong by a tester's output: lines, or the names of failed results of a JSON report.
fn found(output: &str, code: i64) -> BTreeSet<String> {
    let report = output
        .find('{')
        .and_then(|at| serde_json::from_str::<Value>(&output[at..]).ok());
    let mut found: BTreeSet<String> = match report {
        Some(report) => report["results"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|result| ["fail", "error"].contains(&result["status"].as_str().unwrap_or("")))
            .map(|result| result["name"].to_string())
            .collect(),
        None => output.lines().map(str::to_owned).collect(),
    };
    // A tester that stops half-way has noticed something.
    if !(0..=1).contains(&code) || (code == 1 && found.is_empty()) {
        found.insert(format!("it ended with {code}"));
    }
    found
}

/// Where the table is kept.
fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("compare/table.md")
}

/// Who noticed a fault: scim2-tester, scim-sanity, scim-tester.
type Row = [bool; 3];

/// The rows of a table that was written before.
fn read(table: &str) -> BTreeMap<String, Row> {
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, one, two, three] = cells.as_slice() else {
            return None;
        };
        let known = |cell: &str| cell == "yes";
        Some(((*name).to_owned(), [known(one), known(two), known(three)]))
    });
    rows.collect()
}

/// All rows in the order of the faults; rows of what is no fault any more go.
fn table(rows: &BTreeMap<String, Row>, without: [usize; 3]) -> String {
    let mut out = String::from(
        "<!-- Written by run.sh; not to be edited. -->\n| fault | scim2-tester | scim-sanity | scim-tester |\n|---|---|---|---|\n",
    );
    let mut sums = [0; 3];
    let mut count = 0;
    for (name, row) in all().filter_map(|mutant| Some((mutant.name, rows.get(mutant.name)?))) {
        let words = row.map(|noticed| if noticed { "yes" } else { "·" });
        out.push_str(&format!("| {name} | {} |\n", words.join(" | ")));
        count += 1;
        for (sum, noticed) in sums.iter_mut().zip(row) {
            *sum += usize::from(*noticed);
        }
    }
    let [one, two, three] = sums;
    out.push_str(&format!(
        "| **{count} faults** | **{one}** | **{two}** | **{three}** |\n"
    ));
    let [one, two, three] = without;
    out.push_str(&format!(
        "\nWithout a fault scim2-tester finds {one}, scim-sanity {two} and scim-tester {three}; these count nowhere.\n"
    ));
    out
}

/// What all of those who try faults share.
struct Run {
    python: String,
    script: PathBuf,
    /// What is found without a fault.
    before: [BTreeSet<String>; 2],
    own: BTreeSet<(&'static str, String)>,
    chosen: Vec<&'static Mutant>,
    next: AtomicUsize,
    rows: Mutex<BTreeMap<String, Row>>,
    begun: Instant,
}

impl Run {
    fn without(&self) -> [usize; 3] {
        [self.before[0].len(), self.before[1].len(), self.own.len()]
    }

    /// Takes one fault after the other until there is none left. Returns what scim-tester overlooks.
    async fn work(&self) -> Vec<&'static str> {
        let mut others = Others::start(&self.python, &self.script);
        let mut overlooked = Vec::new();
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(mutant) = self.chosen.get(at) else {
                return overlooked;
            };
            let [one, two] = others.find(mutant.fault);
            let report = run(suite(), mutant.fault).await;
            let ours = report.unusable().is_some()
                || failing(&report).difference(&self.own).next().is_some();
            let row = [
                !one.is_subset(&self.before[0]),
                !two.is_subset(&self.before[1]),
                ours,
            ];
            if !ours {
                overlooked.push(mutant.name);
            }
            let mut rows = self.rows.lock().unwrap();
            rows.insert(mutant.name.to_owned(), row);
            std::fs::write(path(), table(&rows, self.without())).unwrap();
            println!(
                "{}/{} {}: {row:?}, {} s",
                at + 1,
                self.chosen.len(),
                mutant.name,
                self.begun.elapsed().as_secs()
            );
        }
    }
}

/// Writes a table: who notices which fault.
#[test]
#[ignore = "it needs what compare/run.sh installs"]
fn beside_other_testers() {
    let Ok(python) = std::env::var("COMPARE_PYTHON") else {
        println!("compare/run.sh runs this");
        return;
    };
    let number = |name| std::env::var(name).ok()?.parse().ok();
    let count: Option<usize> = number("COMPARE_COUNT").filter(|count| *count > 0);
    let only = std::env::var("MUTANT").unwrap_or_default();
    let begun = Instant::now();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("compare/testers.py");
    let right: Fault = |q, next, _| next(q);
    let before = Others::start(&python, &script).find(right);
    let own = failing(&now(run(suite(), right)));
    // What is run in part replaces a part.
    let rows = match only.is_empty() && count.is_none() {
        true => BTreeMap::new(),
        false => read(&std::fs::read_to_string(path()).unwrap_or_default()),
    };
    let chosen: Vec<_> = all()
        .filter(|mutant| only.is_empty() || only.split(',').any(|name| name == mutant.name))
        .take(count.unwrap_or(usize::MAX))
        .collect();
    assert!(!chosen.is_empty(), "no fault of these names");
    let run = Run {
        python,
        script,
        before,
        own,
        chosen,
        next: AtomicUsize::new(0),
        rows: Mutex::new(rows),
        begun,
    };
    let jobs = number("COMPARE_JOBS")
        .or_else(|| Some(std::thread::available_parallelism().ok()?.get()))
        .unwrap_or(1);
    let overlooked: Vec<_> = std::thread::scope(|scope| {
        let jobs: Vec<_> = (0..jobs.max(1))
            .map(|_| scope.spawn(|| now(run.work())))
            .collect();
        jobs.into_iter()
            .flat_map(|job| job.join().unwrap())
            .collect()
    });
    println!("{} has the table", path().display());
    assert!(
        overlooked.is_empty(),
        "scim-tester overlooks {overlooked:?}"
    );
}

fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

#[test]
fn what_others_find_is_read_as_lines_or_as_a_report() {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(found("", 0), BTreeSet::new());
    assert_eq!(found("one\ntwo\n", 0), set(&["one", "two"]));
    let report = r#"{"results":[{"name":"a","status":"pass"},{"name":"b","status":"fail"}]}"#;
    assert_eq!(found(report, 1), set(&["\"b\""]));
    // One that crashes, or that was ended by a signal.
    assert_eq!(found("", 1), set(&["it ended with 1"]));
    assert_eq!(found("one\n", -14), set(&["it ended with -14", "one"]));
}

#[test]
fn the_table_can_be_written_in_parts() {
    let names: Vec<_> = all().map(|mutant| mutant.name).take(2).collect();
    let mut rows = BTreeMap::from([(names[1].to_owned(), [true, false, true])]);
    let text = table(&rows, [2, 0, 0]);
    assert_eq!(rows, {
        let mut read = read(&text);
        read.retain(|name, _| rows.contains_key(name));
        read
    });
    rows.insert(names[0].to_owned(), [false, false, true]);
    rows.insert("no fault any more".to_owned(), [true; 3]);
    let text = table(&rows, [2, 0, 0]);
    assert!(
        text.contains("| **2 faults** | **1** | **0** | **2** |"),
        "{text}"
    );
    assert!(text.find(names[0]) < text.find(names[1]));
}
