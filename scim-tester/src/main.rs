//! The program `scim-tester`: checks a SCIM server at a URL.

use std::process::ExitCode;

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("scim-tester: no runtime: {error}");
            return ExitCode::from(6);
        }
    };
    let args = std::env::args().skip(1).collect();
    ExitCode::from(runtime.block_on(scim_tester::program::run(args, None)))
}
