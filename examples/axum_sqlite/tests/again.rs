//! Work that is run again, as a database wants it that could not put transactions in order.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rusqlite::TransactionBehavior;
use scim_axum_sqlite_example::{SqliteTransaction, open, router, types};
use scim_client::{Client, Group, User, client::RetryPolicy, group::Member, http::StatusCode};
use scim_provider::{
    Result, ServiceProvider,
    sql::{Connection, Database, TableStore, Tables},
};

/// Every transaction is rolled back at its end and done again; those that read are counted.
#[derive(Clone)]
struct Again {
    connection: Arc<Mutex<rusqlite::Connection>>,
    reads: Arc<AtomicUsize>,
}

impl Again {
    fn run<T>(&self, work: impl Fn(&mut dyn Connection) -> Result<T>) -> Result<T> {
        let mut connection = self.connection.lock().unwrap();
        let mut first = SqliteTransaction(connection.transaction().unwrap());
        drop(work(&mut first));
        drop(first);
        let mut second = SqliteTransaction(connection.transaction().unwrap());
        let done = work(&mut second)?;
        second.0.commit().unwrap();
        Ok(done)
    }
}

impl Database for Again {
    async fn transaction<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run(work)
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.run(work)
    }
}

#[tokio::test]
async fn work_that_is_run_again_is_done_once() {
    let tables = Tables::new(types(), &[("userName", "user_name")], &[]).unwrap();
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch(&tables.schema()).unwrap();
    let database = Again {
        connection: Arc::new(Mutex::new(connection)),
        reads: Arc::default(),
    };
    let reads = database.reads.clone();
    let store = TableStore::new(tables, database);
    let provider = ServiceProvider::authenticated(store, |_| async { Ok("acme".to_owned()) })
        .resource_types(types())
        .build();
    let scim = Client::builder("https://scim.example/v2")
        .service(provider)
        .build()
        .unwrap();
    let (users, groups) = (scim.resource::<User>(), scim.resource::<Group>());

    let mut made = HashMap::new();
    for name in ["a", "b"] {
        let user = users.create(&User::new(name)).await.unwrap();
        made.insert(name, user.id().to_owned());
    }
    let taken = users.create(&User::new("A")).await.unwrap_err();
    assert!(taken.is_uniqueness());
    let members = made.values().map(Member::new);
    let group = groups.create(&Group::new("g").with_members(members)).await;
    let group = group.unwrap();
    let patched = users.patch(&made["a"]).replace(|u| u.title, "T").await;
    patched.unwrap();
    users.delete(&made["b"]).await.unwrap();

    let before = reads.load(Ordering::Relaxed);
    let group = groups.get(group.id()).await.unwrap();
    assert_eq!(group.members.len(), 1);
    let left = users.query().all().await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].title.as_deref(), Some("T"));
    // Whoever reads is told to be one that reads.
    assert!(reads.load(Ordering::Relaxed) >= before + 2);
}

/// While another process writes, and has not come to its end.
#[tokio::test]
async fn whoever_reads_waits_for_no_writer() {
    let path = std::env::temp_dir().join(format!("scim-again-{}.db", std::process::id()));
    let tenants = vec![("acme".to_owned(), "secret".to_owned())];
    let scim = Client::builder("https://scim.example/scim/v2")
        .bearer_token("secret")
        .retry(RetryPolicy::never())
        .service(router(open(&path).unwrap(), tenants))
        .build()
        .unwrap();
    let users = scim.resource::<User>();
    let user = users.create(&User::new("a")).await.unwrap();

    let mut other = rusqlite::Connection::open(&path).unwrap();
    let writing = other
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .unwrap();
    let read = tokio::time::timeout(Duration::from_secs(4), async {
        users.get(user.id()).await.unwrap();
        users.query().all().await.unwrap().len()
    });
    assert_eq!(read.await.unwrap(), 1);
    // Whoever writes is told to come again.
    let refused = users.delete(user.id()).await.unwrap_err();
    assert_eq!(refused.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(1)));
    drop(writing);
    users.delete(user.id()).await.unwrap();
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{end}", path.display())));
    }
}
