//! Shows each check as a test of its own, for a service in the same process.
//!
//! It is for a file in `tests/` that has `harness = false` in `Cargo.toml`:
//!
//! ```
//! # use scim_client::testing::ServiceProvider;
//! fn server() -> ServiceProvider {
//!     ServiceProvider::new() // or an `axum::Router`, or any other `tower` service
//! }
//!
//! scim_tester::libtest!(server());
//! ```
//!
//! `cargo test F-02` runs one check. A warning does not fail a test.

use std::{
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::{
    check::Level,
    report::{Report, Verdict},
    suite::Suite,
};

/// Makes the `fn main` of a test file without harness. It shows each check of the service as a test.
/// The second argument is the [`Suite`], and may be left out.
#[macro_export]
macro_rules! libtest {
    ($service:expr) => {
        $crate::libtest!($service, $crate::Suite::rfc());
    };
    ($service:expr, $suite:expr) => {
        fn main() -> ::std::process::ExitCode {
            $crate::libtest::main($suite, |suite| ::std::boxed::Box::pin(suite.run($service)))
        }
    };
}

/// The future of a run.
pub type Running = std::pin::Pin<Box<dyn Future<Output = Report>>>;

/// Runs the suite once, and shows each check as a test.
pub fn main(suite: Suite, run: impl FnOnce(Suite) -> Running + Send + 'static) -> ExitCode {
    let args = Arguments::from_args();
    let report: Arc<OnceLock<Result<Report, String>>> = Arc::default();
    let run = Arc::new(std::sync::Mutex::new(Some(run)));
    let trials = suite
        .checks()
        .into_iter()
        .map(|check| {
            let (report, run, suite) = (report.clone(), run.clone(), suite.clone());
            Trial::test(check.id(), move || {
                let report = report.get_or_init(|| {
                    let run = run.lock().ok().and_then(|mut run| run.take());
                    let run = run.ok_or("the suite cannot be run twice")?;
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .map_err(|error| error.to_string())?;
                    Ok(runtime.block_on(run(suite)))
                });
                verdict(report.as_ref().map_err(Failed::from)?, check.id())
            })
        })
        .collect();
    libtest_mimic::run(&args, trials).exit_code()
}

fn verdict(report: &Report, id: &str) -> Result<(), Failed> {
    if let Some(why) = report.unusable() {
        return Err(why.into());
    }
    let mut problems = String::new();
    for result in report.of(id) {
        match result.verdict() {
            Verdict::Fail(level) if *level >= Level::Error => {
                for finding in result
                    .findings()
                    .iter()
                    .filter(|f| f.level() >= Level::Error)
                {
                    problems.push_str(&format!(
                        "{} {}: expected {}, got {}\n",
                        result.name(),
                        finding.sub(),
                        report.mask(finding.expected()),
                        report.mask(finding.got())
                    ));
                }
            }
            Verdict::Error(why) => problems.push_str(&format!("{}: {why}\n", result.name())),
            Verdict::Blocked { by, .. } => {
                problems.push_str(&format!("{}: blocked by {by}\n", result.name()));
            }
            _ => {}
        }
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems.into()),
    }
}
