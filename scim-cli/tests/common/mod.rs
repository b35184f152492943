//! The command, run as a user runs it, against a service provider in the test's own process.
#![allow(dead_code, reason = "no test uses all of it")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

pub(crate) mod fake;
pub(crate) mod served;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use scim_client::testing::{Server, ServiceProvider, ServiceProviderBuilder};

/// The token that the service provider asks for.
pub(crate) const TOKEN: &str = "s3cr3t-token-value";

/// A service provider, and a folder of its own for configuration, cache and files.
pub(crate) struct World {
    pub(crate) provider: ServiceProvider,
    server: Option<Server>,
    url: String,
    runtime: tokio::runtime::Runtime,
    pub(crate) folder: PathBuf,
}

/// What a command gave.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl World {
    /// A service provider with a token and counted ids.
    pub(crate) fn new(name: &str) -> Self {
        Self::with(name, |builder| builder.bearer_token(TOKEN).counted_ids())
    }

    pub(crate) fn with(
        name: &str,
        change: impl FnOnce(ServiceProviderBuilder) -> ServiceProviderBuilder,
    ) -> Self {
        let folder = std::env::temp_dir().join(format!("scim-cli-{name}-{}", std::process::id()));
        let _none = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let provider = change(ServiceProvider::builder()).build();
        let server = runtime.block_on(provider.serve()).unwrap();
        Self {
            provider,
            url: server.url(),
            server: Some(server),
            runtime,
            folder,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    /// Ends the server: connections are cut, and no more are taken. What it has stays.
    pub(crate) fn down(&mut self) {
        self.server = None;
        // The task ends when the runtime comes to it.
        std::thread::sleep(std::time::Duration::from_millis(50));
    }

    /// Starts it again where it was.
    pub(crate) fn up(&mut self) {
        let port = self.url.rsplit(':').next().unwrap();
        let port = port.split('/').next().unwrap().parse().unwrap();
        let server = self.runtime.block_on(self.provider.serve_at(port));
        self.server = Some(server.unwrap());
    }

    /// The command, with nothing of whoever runs the test.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scim"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.folder)
            .env("XDG_CONFIG_HOME", self.folder.join("config"))
            .env("XDG_CACHE_HOME", self.folder.join("cache"))
            .env("SCIM_TEST_TOKEN", TOKEN)
            .stdin(Stdio::null());
        command
    }

    /// Runs it as it is.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs it against the service provider, by options.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let url = self.url();
        let mut all = vec!["--url", &url, "--token", "env:SCIM_TEST_TOKEN"];
        all.extend(arguments);
        self.bare(&all)
    }

    /// Runs it with something on its standard input.
    pub(crate) fn feed(&self, arguments: &[&str], input: &str) -> Ran {
        let url = self.url();
        let mut all = vec!["--url", &url, "--token", "env:SCIM_TEST_TOKEN"];
        all.extend(arguments);
        self.feed_bare(&all, input)
    }

    /// Runs it as it is, with something on its standard input.
    pub(crate) fn feed_bare(&self, arguments: &[&str], input: &str) -> Ran {
        use std::io::Write as _;

        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may end without reading.
        let _gone = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap().into()
    }

    /// Stores a context for the service provider.
    pub(crate) fn login(&self, name: &str) {
        let url = self.url();
        self.bare(&[
            "login",
            name,
            "--url",
            &url,
            "--token",
            "env:SCIM_TEST_TOKEN",
        ])
        .ok();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// So many users `user0` and so on.
    pub(crate) fn users(&self, number: usize) {
        for n in 0..number {
            let json = format!(
                "{{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"user{n}\",\
                 \"active\":{},\"emails\":[{{\"value\":\"u{n}@x.example\",\"type\":\"work\"}}]}}",
                n % 2 == 0
            );
            self.provider.seed_json(&json).unwrap();
        }
    }

    /// The methods and paths of what came since the last time.
    pub(crate) fn lines(&self) -> Vec<String> {
        let lines = self
            .provider
            .requests()
            .iter()
            .map(scim_client::testing::ReceivedRequest::line)
            .collect();
        self.provider.clear_requests();
        lines
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _left = std::fs::remove_dir_all(&self.folder);
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// It went well: the output.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{}\n{}", self.err, self.out);
        self.out
    }

    /// It ended with this code: what it said.
    #[track_caller]
    pub(crate) fn fails(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}\n{}", self.err, self.out);
        self.err
    }
}

/// A file's permissions, where there are such.
pub(crate) fn mode(path: &Path) -> u32 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        0o600
    }
}
