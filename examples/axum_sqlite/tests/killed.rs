//! Sixteen clients write at once, by single requests and by bulk, with `If-Match`; the server is
//! killed in the middle and started again: nothing that was answered is missing, no update is lost,
//! no name is given twice, and nothing is there that nobody asked for. For four seconds, or as many
//! as `SCIM_SECONDS` says, with a kill every eight:
//! `SCIM_SECONDS=30 cargo test -p scim-axum-sqlite-example --test killed -- --nocapture`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use scim_client::{
    Client, ErrorKind, Group, User,
    client::{BulkOutcome, Resources, RetryPolicy},
    group::Member,
};

const CLIENTS: usize = 16;
/// What each of them does at least, also on a machine that has much else to do.
const TURNS: usize = 12;

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
    /// How many of the users came by bulk.
    by_bulk: usize,
    /// How often the counter was counted up, and how often it may have been: no answer came.
    counted: usize,
    perhaps: usize,
    /// Users that may be there, or may be gone.
    unsure: usize,
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

/// Whether a request without a response may have been done all the same.
fn may_have_come(error: &scim_client::Error) -> bool {
    error.kind() != ErrorKind::Connect
}

/// One client.
struct Writer {
    client: Client,
    users: Resources<User>,
    groups: Resources<Group>,
    /// The ids of the user that counts, and of the group.
    shared: [String; 2],
    answered: Answered,
}

impl Writer {
    async fn run(mut self, number: usize, until: Instant) -> Answered {
        let mut turn = 0;
        while turn < TURNS || Instant::now() < until {
            turn += 1;
            // Half of the names are wanted by all.
            let name = match turn % 2 {
                0 => format!("User-{turn}"),
                _ => format!("user-{number}-{turn}"),
            };
            match turn % 3 {
                0 => self.create_by_bulk(name).await,
                _ => self.create(name).await,
            }
            self.count(turn).await;
            if turn % 5 == 0 {
                self.delete().await;
            }
        }
        self.answered
    }

    async fn create(&mut self, name: String) {
        match self.users.create(&User::new(&name)).await {
            Ok(user) => {
                let member = Member::new(user.id());
                let group = &self.shared[1];
                match self.groups.patch(group).add(|g| g.members, member).await {
                    Ok(_) => self.answered.members.push(user.id().to_owned()),
                    Err(error) => drop(is_lost(&error)),
                }
                self.answered.created.insert(user.id().to_owned(), name);
            }
            Err(error) => self.failed(&error).await,
        }
    }

    /// The user, and the membership of one who has no id yet.
    async fn create_by_bulk(&mut self, name: String) {
        let mut bulk = self.client.bulk();
        let user = bulk.create(&User::new(&name));
        let member = Member::new(user.reference());
        let group = self.shared[1].as_str();
        let joined = bulk.patch::<Group>(group, |patch| patch.add(|g| g.members, member));
        let results = match bulk.await {
            Ok(results) => results,
            Err(error) => return self.failed(&error).await,
        };
        let id = match results.get(user) {
            BulkOutcome::Done(done) => done.id().unwrap().to_owned(),
            BulkOutcome::Failed(error) => return self.failed(&error).await,
            other => panic!("{other:?}"),
        };
        match results.get(joined) {
            BulkOutcome::Done(_) => self.answered.members.push(id.clone()),
            BulkOutcome::Failed(error) => drop(is_lost(&error)),
            other => panic!("{other:?}"),
        }
        self.answered.by_bulk += 1;
        self.answered.created.insert(id, name);
    }

    async fn failed(&mut self, error: &scim_client::Error) {
        if is_lost(error) {
            self.answered.unsure += usize::from(may_have_come(error));
            tokio::time::sleep(Duration::from_millis(20)).await;
        } else {
            self.answered.refused += 1;
        }
    }

    /// Counts up what the counter was when it was read, by PUT or PATCH with its version.
    async fn count(&mut self, turn: usize) {
        let Ok(mut counter) = self.users.get(&self.shared[0]).await else {
            return;
        };
        let count: usize = counter.title.as_deref().unwrap_or("0").parse().unwrap();
        let next = (count + 1).to_string();
        let counted = if turn.is_multiple_of(2) {
            counter.title = Some(next);
            self.users.replace(&counter).await
        } else {
            let patch = self.users.patch(&counter).replace(|u| u.title, next);
            patch.await
        };
        match counted {
            Ok(_) => self.answered.counted += 1,
            Err(error) if is_lost(&error) => {
                self.answered.perhaps += usize::from(may_have_come(&error));
            }
            Err(_) => self.answered.refused += 1,
        }
    }

    async fn delete(&mut self) {
        let Some((id, name)) = self.answered.created.pop_first() else {
            return;
        };
        self.answered.members.retain(|member| *member != id);
        // Without a response, it may be gone.
        match self.users.delete(&id).await {
            Ok(_) => self.answered.deleted.push(id),
            Err(error) => {
                assert!(is_lost(&error), "{error}");
                if may_have_come(&error) {
                    self.answered.unsure += 1;
                } else {
                    self.answered.created.insert(id, name);
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_answered_is_there() {
    let seconds = std::env::var("SCIM_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(4);
    let (time, kills) = (Duration::from_secs(seconds), (seconds / 8).max(1));
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
    let until = Instant::now() + time;
    let mut clients = tokio::task::JoinSet::new();
    for number in 0..CLIENTS {
        let client = server.client();
        let writer = Writer {
            users: client.resource(),
            groups: client.resource(),
            client,
            shared: [counter.id().to_owned(), group.id().to_owned()],
            answered: Answered::default(),
        };
        clients.spawn(writer.run(number, until));
    }
    for _ in 0..kills {
        tokio::time::sleep(time / u32::try_from(kills + 1).unwrap()).await;
        server.kill();
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.child = Server::spawn(&server.file, port);
    }
    let answered = clients.join_all().await;

    let all = users.query().all().await.unwrap();
    let known: HashMap<_, _> = all
        .iter()
        .map(|user| (user.id(), user.user_name.as_str()))
        .collect();
    let names: HashSet<_> = known.values().map(|name| name.to_lowercase()).collect();
    assert_eq!(names.len(), all.len(), "a name was given twice");
    let group = groups.get(group.id()).await.unwrap();
    let members: HashSet<_> = group
        .members
        .iter()
        .filter_map(|m| m.value.as_deref())
        .collect();
    for one in &answered {
        for (id, name) in &one.created {
            assert_eq!(known.get(id.as_str()), Some(&name.as_str()), "{id}");
        }
        for id in &one.deleted {
            assert!(!known.contains_key(id.as_str()), "deleted and there: {id}");
            assert!(!members.contains(id.as_str()), "deleted and member: {id}");
        }
        for id in &one.members {
            assert!(members.contains(id.as_str()), "added and no member: {id}");
        }
    }
    for id in &members {
        assert!(known.contains_key(id), "a member that is not there: {id}");
    }
    let sum = |of: fn(&Answered) -> usize| -> usize { answered.iter().map(of).sum() };
    let (created, by_bulk) = (sum(|one| one.created.len()), sum(|one| one.by_bulk));
    let (deleted, unsure) = (sum(|one| one.deleted.len()), sum(|one| one.unsure));
    let (counted, perhaps) = (sum(|one| one.counted), sum(|one| one.perhaps));
    let (joined, refused) = (sum(|one| one.members.len()), sum(|one| one.refused));
    let counter = users.get(counter.id()).await.unwrap();
    let count: usize = counter.title.as_deref().unwrap().parse().unwrap();
    println!(
        "{seconds} s, {kills} kills: {created} users are there as answered ({by_bulk} were created \
         by bulk), {deleted} are gone, {joined} are members; the counter is {count}, {counted} \
         times answered and {perhaps} without answer; {refused} refused, {unsure} without answer"
    );
    // The counter is a user, too.
    let nobodys = all.len() - 1 - created;
    assert!(nobodys <= unsure, "{nobodys} that nobody was told of");
    assert!(
        (counted..=counted + perhaps).contains(&count),
        "{counted} and {perhaps}: {count}"
    );
    assert!(
        counted >= TURNS / 2 && refused >= CLIENTS && by_bulk >= CLIENTS / 2,
        "too little was done to show anything"
    );
}
