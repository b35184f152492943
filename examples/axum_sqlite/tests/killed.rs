//! Sixteen clients write at once, the server is killed in the middle and started again: nothing that
//! was answered is missing, no update is lost, no name is given twice. For four seconds, or as many
//! as `SCIM_SECONDS` says.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

use std::{
    collections::{BTreeMap, HashSet},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use scim_client::{Client, ErrorKind, Group, User, client::RetryPolicy, group::Member};

const CLIENTS: usize = 16;

/// The program, on a file and a port of its own.
struct Server {
    child: Child,
    file: PathBuf,
    port: u16,
}

impl Server {
    fn start(file: PathBuf, port: u16) -> Self {
        let child = Self::spawn(&file, port);
        Self { child, file, port }
    }

    fn spawn(file: &Path, port: u16) -> Child {
        Command::new(env!("CARGO_BIN_EXE_scim-axum-sqlite-example"))
            .arg(file)
            .args([&port.to_string(), "acme=secret"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn client(&self) -> Client {
        Client::builder(format!("http://127.0.0.1:{}/scim/v2", self.port))
            .bearer_token("secret")
            .retry(RetryPolicy::never())
            .build()
            .unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        for end in ["", "-wal", "-shm"] {
            let mut path = self.file.clone().into_os_string();
            path.push(end);
            let _there = std::fs::remove_file(path);
        }
    }
}

/// What a client was answered.
#[derive(Default)]
struct Answered {
    /// Users that were created, by id, and not deleted.
    created: BTreeMap<String, String>,
    deleted: Vec<String>,
    /// Members that were added to the group.
    members: Vec<String>,
    /// How often the counter was counted up, and how often it may have been: no answer came.
    counted: usize,
    perhaps: usize,
    refused: usize,
}

/// Whether a request had no answer. Anything else must be a refusal that is expected here.
fn is_lost(error: &scim_client::Error) -> bool {
    if error.status().is_none() {
        let kinds = [ErrorKind::Connect, ErrorKind::Transport];
        assert!(kinds.contains(&error.kind()), "{error}");
        return true;
    }
    let expected = error.is_uniqueness() || error.is_version_mismatch();
    assert!(expected, "{error}");
    false
}

async fn write(number: usize, client: Client, shared: [String; 2], until: Instant) -> Answered {
    let (users, groups) = (client.resource::<User>(), client.resource::<Group>());
    let mut answered = Answered::default();
    let mut turn = 0;
    while Instant::now() < until {
        turn += 1;
        // Half of the names are wanted by all.
        let name = match turn % 2 {
            0 => format!("User-{turn}"),
            _ => format!("user-{number}-{turn}"),
        };
        match users.create(&User::new(&name)).await {
            Ok(user) => {
                let member = Member::new(user.id());
                let added = groups.patch(&shared[1]).add(|g| g.members, member).await;
                match added {
                    Ok(_) => answered.members.push(user.id().to_owned()),
                    Err(error) => drop(is_lost(&error)),
                }
                answered.created.insert(user.id().to_owned(), name);
            }
            Err(error) if is_lost(&error) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(_) => answered.refused += 1,
        }
        let Ok(mut counter) = users.get(&shared[0]).await else {
            continue;
        };
        let count: usize = counter.title.as_deref().unwrap_or("0").parse().unwrap();
        counter.title = Some((count + 1).to_string());
        match users.replace(&counter).await {
            Ok(_) => answered.counted += 1,
            Err(error) if is_lost(&error) => answered.perhaps += 1,
            Err(_) => answered.refused += 1,
        }
        if turn % 5 == 0
            && let Some((id, _)) = answered.created.pop_first()
        {
            // With or without an answer, it may be gone.
            if users.delete(&id).await.is_ok() {
                answered.deleted.push(id.clone());
            }
            answered.members.retain(|member| *member != id);
        }
    }
    answered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_answered_is_there() {
    let seconds = std::env::var("SCIM_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let time = Duration::from_secs(seconds.unwrap_or(4));
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let file = std::env::temp_dir().join(format!("scim-killed-{}.db", std::process::id()));
    let mut server = Server::start(file, port);
    let client = server.client();
    let (users, groups) = (client.resource::<User>(), client.resource::<Group>());
    let counter = loop {
        match users.create(&User::new("counter")).await {
            Ok(counter) => break counter,
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    let group = groups.create(&Group::new("all")).await.unwrap();
    let shared = [counter.id().to_owned(), group.id().to_owned()];
    let until = Instant::now() + time;
    let mut clients = tokio::task::JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(write(number, server.client(), shared.clone(), until));
    }
    tokio::time::sleep(time / 2).await;
    server.kill();
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.child = Server::spawn(&server.file, port);
    let answered = clients.join_all().await;

    let all = users.query().all().await.unwrap();
    let ids: HashSet<_> = all.iter().map(|user| user.id().to_owned()).collect();
    let names: HashSet<_> = all
        .iter()
        .map(|user| user.user_name.to_lowercase())
        .collect();
    assert_eq!(names.len(), all.len(), "a name was given twice");
    let group = groups.get(&shared[1]).await.unwrap();
    let members: HashSet<_> = group
        .members
        .iter()
        .filter_map(|m| m.value.clone())
        .collect();
    for one in &answered {
        let missing: Vec<_> = one.created.keys().filter(|id| !ids.contains(*id)).collect();
        assert!(missing.is_empty(), "created and not there: {missing:?}");
        let there: Vec<_> = one.deleted.iter().filter(|id| ids.contains(*id)).collect();
        assert!(there.is_empty(), "deleted and there: {there:?}");
        let missing: Vec<_> = one
            .members
            .iter()
            .filter(|id| !members.contains(*id))
            .collect();
        assert!(missing.is_empty(), "added and no member: {missing:?}");
    }
    let counted: usize = answered.iter().map(|one| one.counted).sum();
    let perhaps: usize = answered.iter().map(|one| one.perhaps).sum();
    let refused: usize = answered.iter().map(|one| one.refused).sum();
    let counter = users.get(&shared[0]).await.unwrap();
    let count: usize = counter.title.as_deref().unwrap().parse().unwrap();
    println!(
        "{} users, counted {count}, {refused} refused, {perhaps} without answer",
        all.len()
    );
    assert!(
        (counted..=counted + perhaps).contains(&count),
        "{counted} and {perhaps}: {count}"
    );
    assert!(
        counted > CLIENTS && refused > CLIENTS,
        "too little was done to show anything"
    );
}
