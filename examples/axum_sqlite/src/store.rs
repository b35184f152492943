//! Users and groups of several tenants in SQLite.

use std::{
    error::Error,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{
    Connection, ErrorCode, ToSql, Transaction, TransactionBehavior, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};
use scim_provider::{
    Context, Found, Query, Record, Refusal, Result, ServedType, Store,
    sql::{self, Parameter, Session, Statement, Tables},
};

/// Users and groups in SQLite. Each tenant sees its own. Cheap to clone.
#[derive(Clone)]
pub struct SqliteStore {
    connection: Arc<Mutex<Connection>>,
    tables: Arc<Tables>,
}

impl SqliteStore {
    /// Opens a file, which is made if there is none.
    ///
    /// # Errors
    /// It cannot be opened, or is no database of this kind.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Box<dyn Error>> {
        let columns = [
            ("userName", "user_name"),
            ("externalId", "external_id"),
            ("displayName", "display_name"),
            ("active", "active"),
        ];
        let tables = Tables::new(crate::types(), &columns, &["emails"])?;
        let connection = Connection::open(path)?;
        // What was answered is on the disk.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(&tables.schema())?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            tables: Arc::new(tables),
        })
    }

    /// Does something in one transaction, away from the threads that answer requests.
    async fn transaction<T: Send + 'static>(
        &self,
        context: &Context<String>,
        work: impl FnOnce(&mut Session<'_, String, Sqlite<'_>>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (store, context) = (self.clone(), context.clone());
        let done = tokio::task::spawn_blocking(move || {
            let connection = store.connection.lock();
            let mut connection = connection.unwrap_or_else(PoisonError::into_inner);
            let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
            let mut transaction = Sqlite(begun.map_err(failed)?);
            let done = work(&mut store.tables.session(&context, &mut transaction))?;
            transaction.0.commit().map_err(failed)?;
            Ok(done)
        });
        done.await.unwrap_or_else(|_| Err(Refusal::internal()))
    }
}

/// A transaction. Without a commit, nothing was done.
pub struct Sqlite<'t>(pub Transaction<'t>);

impl sql::Connection for Sqlite<'_> {
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
    if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) {
        return Refusal::taken("a unique attribute");
    }
    eprintln!("the database: {error}");
    Refusal::internal()
}

impl Store for SqliteStore {
    /// The tenant.
    type Caller = String;

    async fn get(
        &self,
        context: &Context<String>,
        kind: &ServedType,
        id: &str,
    ) -> Result<Option<Record>> {
        let (kind, id) = (kind.clone(), id.to_owned());
        self.transaction(context, move |session| session.get(&kind, &id))
            .await
    }

    async fn insert(
        &self,
        context: &Context<String>,
        kind: &ServedType,
        record: Record,
    ) -> Result<Record> {
        let kind = kind.clone();
        self.transaction(context, move |session| session.insert(&kind, record))
            .await
    }

    async fn update(
        &self,
        context: &Context<String>,
        kind: &ServedType,
        record: Record,
        expected: Option<&str>,
    ) -> Result<Record> {
        let (kind, old) = (kind.clone(), expected.map(str::to_owned));
        self.transaction(context, move |session| {
            session.update(&kind, record, old.as_deref())
        })
        .await
    }

    async fn delete(
        &self,
        context: &Context<String>,
        kind: &ServedType,
        id: &str,
        expected: Option<&str>,
    ) -> Result<()> {
        let (kind, id, old) = (kind.clone(), id.to_owned(), expected.map(str::to_owned));
        self.transaction(context, move |session| {
            session.delete(&kind, &id, old.as_deref())
        })
        .await
    }

    async fn find(&self, context: &Context<String>, query: &Query) -> Result<Found> {
        let query = query.clone();
        self.transaction(context, move |session| session.find(&query))
            .await
    }
}
