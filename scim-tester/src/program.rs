//! The program `scim-tester`, as a function: `scim test` is the same code.

use std::{
    collections::BTreeSet,
    io,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
};

use http::HeaderValue;
use scim_client::transport::{HyperTransport, Tls, Transport};

use crate::{
    area,
    base::Base,
    catalogue,
    check::Check,
    report::Report,
    suite::{MAX_BODY, Suite, earlier},
};

mod args;
mod config;
mod failure;
mod fixtures;
mod outcome;

use self::{
    args::{Args, Wanted},
    failure::{Failure, NO_SERVER, complain, say, usage},
    outcome::{baseline, can_be_written, code, write},
};

pub use self::args::HELP;

/// A server that is known without arguments, such as from the configuration of another program.
#[derive(Clone)]
#[non_exhaustive]
pub struct Target {
    /// The base URL.
    pub url: String,
    /// The whole `Authorization` header. It is a secret.
    pub authorization: Option<String>,
    /// Further headers of every request.
    pub headers: Vec<(String, String)>,
    /// The transport to reach it. If it is `None`, hyper is used.
    pub transport: Option<Arc<dyn Transport>>,
    /// Whether the text report has colours. If it is `None`, the terminal and `NO_COLOR` decide.
    pub colours: Option<bool>,
}

impl Target {
    /// Makes a target with this base URL and without credentials.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            authorization: None,
            headers: Vec::new(),
            transport: None,
            colours: None,
        }
    }
}

/// Without the credentials.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("url", &crate::base::Base::of(&self.url).url)
            .finish_non_exhaustive()
    }
}

/// Runs the program with these arguments (without its name), and returns its exit code: 0 if there is
/// no finding at the level of `--fail-on` or above, 1 if there is one, 2 for wrong usage, 6 if the
/// server could not be reached, 130 if the run was interrupted.
///
/// It needs a tokio runtime with I/O and time, and writes to the standard output and error.
pub async fn run(args: Vec<String>, target: Option<Target>) -> u8 {
    run_as("scim-tester", args, target).await
}

/// Like [`run`], for a program with another name. Messages on the standard error begin with the name.
pub async fn run_as(name: &str, args: Vec<String>, target: Option<Target>) -> u8 {
    match start(name, args, target).await {
        Ok(code) => code,
        Err(Failure { code, message }) => {
            complain(format_args!("{name}: {message}"));
            code
        }
    }
}

async fn start(name: &str, args: Vec<String>, target: Option<Target>) -> Result<u8, Failure> {
    let args = Args::parse(args, target.is_some()).map_err(usage)?;
    let mut out = io::stdout();
    match &args.wanted {
        Wanted::Help => return say(&mut out, HELP),
        Wanted::Version => {
            return say(
                &mut out,
                &format!("scim-tester {}\n", env!("CARGO_PKG_VERSION")),
            );
        }
        Wanted::Explain(id) => {
            let check = catalogue::find(id).ok_or_else(|| usage(unknown_check(id)))?;
            return say(&mut out, &explain(check));
        }
        Wanted::List | Wanted::Run | Wanted::Clean(_) => {}
    }
    for name in args.only.iter().chain(&args.skip) {
        let is_area = area::NAMES
            .iter()
            .any(|(area, _)| area.eq_ignore_ascii_case(name));
        if !is_area && catalogue::find(name).is_none() && !left_out(name) {
            return Err(usage(unknown_check(name)));
        }
    }
    for tag in &args.tags {
        let is = |known: &str| known.eq_ignore_ascii_case(tag);
        if !catalogue::checks().any(|check| check.tags().into_iter().any(is)) {
            return Err(usage(unknown_tag(tag)));
        }
    }
    let target = match (target, &args.url) {
        (Some(target), _) => target,
        (None, Some(url)) => Target::new(url.clone()),
        (None, None) if args.wanted == Wanted::List => Target::new("https://scim.example"),
        (None, None) => {
            return Err(usage(
                "there is no server: the first argument is its base URL",
            ));
        }
    };
    let mut suite = suite(&args, &target)?;
    if args.wanted == Wanted::List {
        let lines: String = suite.checks().iter().map(|check| line(check)).collect();
        return say(&mut out, &lines);
    }
    let transport = match &target.transport {
        Some(transport) => transport.clone(),
        None => connect(&target.url)?,
    };
    if let Wanted::Clean(run) = &args.wanted {
        return clean_up(&suite, transport, &target.url, run).await;
    }
    check_url(&target.url)?;
    if suite.checks().is_empty() {
        return Err(usage(
            "no check is selected: --list shows which checks would run",
        ));
    }
    can_be_written(&args)?;
    let baseline = args.baseline.as_deref().map(baseline).transpose()?;
    // So that the marker is the record's.
    suite = suite.seeded();
    if let Some(path) = &args.ledger {
        suite = suite.ledger(path);
    } else if let Some(folder) = earlier::folder()
        && !args.read_only
    {
        let file = folder.join(format!("{}.jsonl", suite.marker()));
        suite = suite.ledger(file);
    }
    let record = suite.ledger.clone();
    let report = until_interrupted(name, suite, transport, &target.url).await;
    if let Some(record) = record
        && report.left_behind().is_empty()
        && args.ledger.is_none()
    {
        let _gone = std::fs::remove_file(record);
    }
    write(&args, &report, target.colours)?;
    Ok(code(&args, baseline.as_ref(), &report))
}

fn unknown_tag(tag: &str) -> String {
    let all: BTreeSet<_> = catalogue::checks().flat_map(Check::tags).collect();
    let all: Vec<_> = all.into_iter().collect();
    format!("there is no tag {tag}: {}", all.join(", "))
}

fn left_out(name: &str) -> bool {
    catalogue::LEFT_OUT
        .iter()
        .any(|(id, _)| id.eq_ignore_ascii_case(name))
}

fn unknown_check(name: &str) -> String {
    let near = catalogue::checks().map(|check| check.id).find(|id| {
        let (a, b) = (id.to_ascii_lowercase(), name.to_ascii_lowercase());
        a.replace('-', "") == b.replace(['-', '_'], "") || a.starts_with(&b)
    });
    match near {
        Some(near) => format!("there is no check {name}; did you mean {near}?"),
        None => format!("there is no check {name}; --list shows all"),
    }
}

fn line(check: &Check) -> String {
    format!(
        "{:<6} {:<8} {:<16} {}\n",
        check.id,
        check.level.as_str(),
        check.force.as_str(),
        check.obligation
    )
}

fn explain(check: &Check) -> String {
    let needs = match check.needs {
        [] => "nothing".to_owned(),
        needs => needs.join(", "),
    };
    format!(
        "{} {}\n\n  required by   {} ({})\n  level         {}\n  needs         {needs}\n  runs          {}\n  tags          {}\n  likely fix    {}\n",
        check.id,
        check.obligation,
        check.section,
        check.force.as_str(),
        check.level,
        if check.is_per_type() {
            "for each resource type"
        } else {
            "once"
        },
        check.tags().join(", "),
        check.fix,
    )
}

fn check_url(url: &str) -> Result<(), Failure> {
    let uri: http::Uri = url
        .parse()
        .map_err(|error| usage(format!("the base URL is not a URL: {error}")))?;
    match uri.scheme_str() {
        Some("http" | "https") if uri.authority().is_some() => Ok(()),
        _ => Err(usage(format!(
            "{} is not a URL with http or https",
            Base::of(url).url
        ))),
    }
}

fn suite(args: &Args, target: &Target) -> Result<Suite, Failure> {
    let mut suite = Suite::rfc().profiles(args.profiles.iter().copied());
    if args.profiles.is_empty() {
        suite = Suite::rfc();
    }
    if let Some(path) = &args.config {
        suite = config::apply(suite, path).map_err(usage)?;
    }
    suite = suite
        .only(args.only.clone())
        .skip(args.skip.clone())
        .tags(args.tags.clone());
    suite = suite.resource_types(args.types.clone());
    if let Some(authorization) = &target.authorization {
        suite = suite.authorization(authorization);
    }
    if let Some(token) = args.token().map_err(usage)? {
        suite = suite.bearer_token(token);
    }
    if let Some(token) = args.other_token().map_err(usage)? {
        suite = suite.other_token(token);
    }
    for (name, value) in target.headers.iter().chain(&args.headers) {
        suite = suite.header(name, value);
    }
    for (name, attributes) in &args.extra {
        suite = suite.extra(name, attributes.clone());
    }
    if let Some(time) = args.timeout {
        suite = suite.timeout(time);
    }
    if let Some(time) = args.max_time {
        suite = suite.max_time(time);
    }
    if let Some(requests) = args.max_requests {
        suite = suite.max_requests(requests);
    }
    if let Some(rate) = args.rate {
        suite = suite.rate(rate);
    }
    if let Some(seed) = args.seed {
        suite = suite.seed(seed);
    }
    if let Some(domain) = &args.domain {
        suite = suite.domain(domain);
    }
    if args.read_only {
        suite = suite.read_only();
    }
    if args.large {
        suite = suite.large();
    }
    if args.me {
        suite = suite.me();
    }
    if let Some(jobs) = args.jobs {
        suite = suite.jobs(jobs);
    }
    if let Some(times) = args.repeat {
        suite = suite.repeat(times);
    }
    Ok(suite)
}

/// How long an answer may take is the suite's to say.
fn connect(url: &str) -> Result<Arc<dyn Transport>, Failure> {
    let tls = match url.starts_with("http://") {
        // No certificates are needed, and a container may have none.
        true => Tls::new().without_platform(),
        false => Tls::new(),
    };
    let name = concat!("scim-tester/", env!("CARGO_PKG_VERSION"));
    let hyper = HyperTransport::builder()
        .max_body(MAX_BODY)
        .user_agent(HeaderValue::from_static(name))
        .tls(tls)
        .build()
        .map_err(|error| Failure {
            code: NO_SERVER,
            message: format!("no HTTP client: {error}"),
        })?;
    Ok(Arc::new(hyper))
}

/// Runs; the first interruption ends the run, which cleans up then.
async fn until_interrupted(
    name: &str,
    suite: Suite,
    transport: Arc<dyn Transport>,
    url: &str,
) -> Report {
    let stop = suite.stop_flag();
    let program = name.to_owned();
    let watch = tokio::spawn(async move {
        if told_to_end().await {
            stop.store(true, Ordering::Relaxed);
            complain(format_args!(
                "{program}: interrupted, cleaning up; interrupt again to leave the resources behind"
            ));
            if told_to_end().await {
                std::process::exit(130);
            }
        }
    });
    let report = suite.run_over(transport, url).await;
    watch.abort();
    report
}

/// Waits for Ctrl-C, or for what a supervisor ends a program with (SIGTERM).
#[cfg(unix)]
async fn told_to_end() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            told = tokio::signal::ctrl_c() => told.is_ok(),
            told = terminate.recv() => told.is_some(),
        },
        Err(_) => tokio::signal::ctrl_c().await.is_ok(),
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn told_to_end() -> bool {
    tokio::signal::ctrl_c().await.is_ok()
}

async fn clean_up(
    suite: &Suite,
    transport: Arc<dyn Transport>,
    target: &str,
    run: &str,
) -> Result<u8, Failure> {
    let path = PathBuf::from(run);
    let path = match (path.is_file(), earlier::folder()) {
        (false, Some(folder)) => folder.join(format!("{}.jsonl", run.trim_end_matches(".jsonl"))),
        _ => path,
    };
    let (found, left) = earlier::clean_up(suite, transport, target, &path)
        .await
        .map_err(|message| Failure {
            code: NO_SERVER,
            message,
        })?;
    let mut out = format!("{} resources of the run, {} left\n", found, left.len());
    for path in &left {
        out.push_str(&format!("left behind: {path}\n"));
    }
    say(&mut io::stdout(), &out)?;
    if left.is_empty() {
        let _gone = std::fs::remove_file(&path);
    }
    Ok(u8::from(!left.is_empty()))
}
