//! SQLite as a database of the library: how statements are run, and what a transaction is.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{
    ErrorCode, ToSql, Transaction, TransactionBehavior, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};
use scim_provider::{
    Refusal, Result,
    sql::{Connection, Database, Parameter, Statement, TableStore, Tables},
};

/// Users and groups of several tenants in SQLite. Each tenant sees its own.
pub type SqliteStore = TableStore<Sqlite>;

/// Opens a store in a file, which is made if there is none.
///
/// # Errors
/// It cannot be opened, or is no database of this kind.
pub fn open(path: impl AsRef<Path>) -> Result<SqliteStore, Box<dyn std::error::Error>> {
    let columns = [
        ("userName", "user_name"),
        ("externalId", "external_id"),
        ("displayName", "display_name"),
        ("active", "active"),
    ];
    let tables = Tables::new(crate::types(), &columns, &["emails"])?;
    let connection = rusqlite::Connection::open(path)?;
    // What was answered is on the disk.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(&tables.schema())?;
    let database = Sqlite(Arc::new(Mutex::new(connection)));
    Ok(TableStore::new(tables, database))
}

/// A database of SQLite. Cheap to clone.
#[derive(Clone)]
pub struct Sqlite(Arc<Mutex<rusqlite::Connection>>);

impl Database for Sqlite {
    /// Once is enough: in SQLite, whoever writes has waited for the others.
    async fn transaction<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run(TransactionBehavior::Immediate, work).await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run(TransactionBehavior::Deferred, work).await
    }
}

impl Sqlite {
    /// Away from the threads that answer requests.
    async fn run<T: Send + 'static>(
        &self,
        behavior: TransactionBehavior,
        work: impl Fn(&mut dyn Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let connection = self.0.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let begun = connection.transaction_with_behavior(behavior);
            let mut transaction = SqliteTransaction(begun.map_err(failed)?);
            let done = work(&mut transaction)?;
            transaction.0.commit().map_err(failed)?;
            Ok(done)
        });
        done.await.unwrap_or_else(|_| Err(Refusal::internal()))
    }
}

/// A transaction. Without a commit, nothing was done.
pub struct SqliteTransaction<'t>(pub Transaction<'t>);

impl Connection for SqliteTransaction<'_> {
    fn execute(&mut self, statement: &Statement) -> Result<u64> {
        let values = params_from_iter(statement.parameters().iter().map(Value));
        let prepared = self.0.prepare_cached(statement.sql());
        let rows = prepared.and_then(|mut prepared| prepared.execute(values));
        rows.map(|rows| rows as u64).map_err(failed)
    }

    fn rows(&mut self, statement: &Statement) -> Result<Vec<Vec<Option<String>>>> {
        let rows = || {
            let mut select = self.0.prepare_cached(statement.sql())?;
            let columns = select.column_count();
            let values = params_from_iter(statement.parameters().iter().map(Value));
            let rows =
                select.query_map(values, |row| (0..columns).map(|at| row.get(at)).collect())?;
            rows.collect::<rusqlite::Result<_>>()
        };
        rows().map_err(failed)
    }
}

/// A value to bind.
struct Value<'a>(&'a Parameter);

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Parameter::Text(text) => text.as_str().into(),
            Parameter::Boolean(value) => (*value).into(),
            Parameter::Null => ToSqlOutput::Borrowed(ValueRef::Null),
        })
    }
}

/// What the client is told of an error.
fn failed(error: rusqlite::Error) -> Refusal {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => Refusal::taken("a unique attribute"),
        // Another process has it.
        Some(ErrorCode::DatabaseBusy) => Refusal::busy(),
        _ => {
            eprintln!("the database: {error}");
            Refusal::internal()
        }
    }
}
