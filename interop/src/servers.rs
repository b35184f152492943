//! Starting servers on free ports of the loopback interface, and stopping them.

use std::{
    fs::{self, File},
    io,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use scim_client::{
    Client, Group, User,
    http::Method,
    testing::{self, ServiceProvider},
};
use tokio::process::{Child, Command};

use crate::acme;

/// The token of every server that is started here.
pub(crate) const TOKEN: &str = "interop-secret";

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that somebody else wrote, and its launcher.
pub(crate) struct Launcher {
    pub(crate) name: &'static str,
    /// The folder in `interop/`.
    folder: &'static str,
    /// What its launcher is told besides the port and the token.
    variant: &'static [&'static str],
    path: &'static str,
    /// Whether it serves the types of `interop/schemas`, and so publishes them.
    pub(crate) acme: bool,
}

/// The servers that others wrote.
pub(crate) const LAUNCHERS: &[Launcher] = &[
    Launcher {
        name: "scim2-server",
        folder: "scim2-server",
        variant: &[],
        path: "/v2",
        acme: true,
    },
    Launcher {
        name: "scimmy-express4",
        folder: "scimmy",
        variant: &["4"],
        path: "/scim/v2",
        acme: false,
    },
    Launcher {
        name: "scimmy-express5",
        folder: "scimmy",
        variant: &["5"],
        path: "/scim/v2",
        acme: false,
    },
    Launcher {
        name: "django-scim2",
        folder: "django-scim2",
        variant: &[],
        path: "/scim/v2",
        acme: false,
    },
];

/// The name of the embedded service provider.
pub(crate) const EMBEDDED: &str = "embedded";

/// A server that runs until this is dropped.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) url: String,
    keeper: Keeper,
}

/// What keeps a server running.
enum Keeper {
    Process(Box<Child>),
    /// Dropping it closes the port.
    #[allow(dead_code, reason = "it is kept, not used")]
    Embedded(testing::Server),
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Where servers are installed, and their logs.
pub(crate) fn workplace() -> PathBuf {
    root().join(".interop")
}

impl Launcher {
    fn script(&self) -> PathBuf {
        root().join("interop").join(self.folder).join("run.sh")
    }

    /// Installs the server, unless that was done before.
    pub(crate) async fn install(&self) -> Result<(), String> {
        let mut command = Command::new(self.script());
        command.arg("install").args(self.variant);
        run(command, &format!("the installation of {}", self.name)).await
    }

    /// Starts the server, and waits until it answers.
    pub(crate) async fn start(&self) -> Result<Server, String> {
        let failed = |error: io::Error| format!("cannot start {}: {error}", self.name);
        let log = workplace().join(format!("{}.log", self.name));
        fs::create_dir_all(workplace()).map_err(failed)?;
        let out = File::create(&log).map_err(failed)?;
        let port = free_port().map_err(failed)?;
        let child = Command::new(self.script())
            .arg("serve")
            .args(self.variant)
            .args([port.to_string().as_str(), TOKEN])
            .stdin(Stdio::null())
            .stderr(out.try_clone().map_err(failed)?)
            .stdout(out)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let mut server = Server {
            name: self.name,
            url: format!("http://127.0.0.1:{port}{}", self.path),
            keeper: Keeper::Process(Box::new(child)),
        };
        if server.answers().await {
            return Ok(server);
        }
        server.stop().await;
        let words = fs::read_to_string(&log).unwrap_or_default();
        let last: Vec<_> = words.lines().rev().take(10).collect();
        let last: Vec<_> = last.into_iter().rev().collect();
        Err(format!("{} did not start:\n{}", self.name, last.join("\n")))
    }
}

impl Server {
    /// Starts the embedded service provider. It has one user: whoever asks.
    pub(crate) async fn embedded() -> Result<Self, String> {
        let provider = ServiceProvider::builder()
            .bearer_token(TOKEN)
            .resource::<acme::User>()
            .resource::<Group>()
            .resource::<acme::Device>()
            .build();
        let me = provider
            .seed(acme::User::new("whoever-asks"))
            .map_err(|error| error.detail.unwrap_or_default())?;
        provider.set_me(Some(me.id()));
        let server = provider.serve().await.map_err(|error| error.to_string())?;
        Ok(Self {
            name: EMBEDDED,
            url: server.url(),
            keeper: Keeper::Embedded(server),
        })
    }

    /// Waits until the server answers; false if it ends before, or takes too long.
    async fn answers(&mut self) -> bool {
        let Ok(client) = Client::builder(&self.url).bearer_token(TOKEN).build() else {
            return false;
        };
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let ended = match &mut self.keeper {
                Keeper::Process(child) => !matches!(child.try_wait(), Ok(None)),
                Keeper::Embedded(_) => false,
            };
            if ended {
                return false;
            }
            let config = client.request(Method::GET, "/ServiceProviderConfig").await;
            if config.is_ok() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        false
    }

    /// Stops the server and waits for its end. What is dropped instead is killed.
    pub(crate) async fn stop(self) {
        if let Keeper::Process(mut child) = self.keeper {
            // It has nothing to save.
            let _gone_already = child.kill().await;
        }
    }

    /// How many users there are, for what must be left as it was.
    pub(crate) async fn population(&self) -> Result<usize, String> {
        let failed = |error: scim_client::Error| error.to_string();
        let client = Client::builder(&self.url)
            .bearer_token(TOKEN)
            .build()
            .map_err(failed)?;
        let mut count = 0;
        let mut users = client.resource::<User>().query().stream();
        while let Some(user) = users.next().await {
            count += usize::from(user.is_ok());
        }
        let mut groups = client.resource::<Group>().query().stream();
        while let Some(group) = groups.next().await {
            count += usize::from(group.is_ok());
        }
        Ok(count)
    }
}

/// Runs a command to its end, and gives its output; it is shown only if it fails.
pub(crate) async fn output_of(mut command: Command, what: &str) -> Result<String, String> {
    command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .current_dir(root());
    let output = command
        .output()
        .await
        .map_err(|error| format!("{what}: {error}"))?;
    let out = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        return Ok(out.into_owned());
    }
    let err = String::from_utf8_lossy(&output.stderr);
    Err(format!("{what} failed:\n{out}{err}"))
}

/// Runs a command to its end; its output is shown only if it fails.
pub(crate) async fn run(command: Command, what: &str) -> Result<(), String> {
    output_of(command, what).await.map(drop)
}

fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
