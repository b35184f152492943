//! A whole store in the tables, over what a database's driver gives.

use std::{fmt, future::Future, marker::PhantomData, sync::Arc};

use super::tables::{Connection, Session, Tables};
use crate::{
    page::{Found, Query},
    record::{Record, ServedType},
    refusal::Result,
    store::{Context, Store},
};

/// A database as a [`TableStore`] needs it: something that does work in transactions.
pub trait Database: Send + Sync + 'static {
    /// Does all of `work` in one transaction, which is committed if it succeeds, and of which
    /// nothing remains if it fails. Transactions must be as if one came after the other:
    /// `BEGIN IMMEDIATE` in SQLite, `SERIALIZABLE` elsewhere.
    ///
    /// Where the database says that a transaction could not be put in order with others (`40001` in
    /// PostgreSQL, by any statement and by `COMMIT`), it is rolled back and `work` is run again in
    /// another one. The [`Connection`] remembers that it was told so, as `work` gives a refusal or
    /// whatever it made of that. After a few times, give [`Refusal::busy`](crate::Refusal::busy).
    ///
    /// It waits for the database, so it belongs on a thread that may wait, and it goes on to its
    /// end there where the client goes away: `tokio::task::spawn_blocking` does both.
    ///
    /// # Errors
    /// Those of `work`; the database failed ([`Refusal::internal`](crate::Refusal::internal)), or
    /// has too much to do ([`Refusal::busy`](crate::Refusal::busy)).
    fn transaction<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Connection) -> Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T>> + Send;

    /// As [`transaction`](Self::transaction), of work that only reads: all that it reads is as it was
    /// at one time. It is a transaction like others unless it is given one that keeps no writer
    /// waiting: `BEGIN DEFERRED` in SQLite, `READ ONLY` elsewhere.
    ///
    /// # Errors
    /// Those of [`transaction`](Self::transaction).
    fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Connection) -> Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T>> + Send {
        self.transaction(work)
    }
}

/// A [`Store`] with its resources in [`Tables`] of a [`Database`]: nothing but the driver is left to
/// write. The caller is the tenant, and sees its own resources only.
///
/// A store that does more, such as `/Me` or rights, is one of its own over a [`Session`]. Cheap to
/// clone, if the database is; clones are the same store.
///
/// ```
/// use scim_provider::{ServedType, ServiceProvider, scim_models::User};
/// use scim_provider::sql::{Database, TableStore, Tables, UnfitColumn};
///
/// fn served<D: Database>(database: D) -> Result<(), UnfitColumn> {
///     let types = [ServedType::of::<User>()];
///     let tables = Tables::new(types.clone(), &[("userName", "user_name")], &["emails"])?;
///     let store = TableStore::new(tables, database);
///     let provider = ServiceProvider::authenticated(store, |_| async { Ok("acme".to_owned()) });
///     let _provider = provider.resource_types(types).build();
///     Ok(())
/// }
/// ```
pub struct TableStore<D, C = String> {
    tables: Arc<Tables>,
    database: D,
    caller: PhantomData<fn() -> C>,
}

impl<D: Database, C> TableStore<D, C> {
    /// One in these tables, which the database has ([`Tables::schema`] makes them).
    pub fn new(tables: Tables, database: D) -> Self {
        Self {
            tables: Arc::new(tables),
            database,
            caller: PhantomData,
        }
    }

    /// Where the tables are.
    pub fn database(&self) -> &D {
        &self.database
    }

    async fn write<T: Send + 'static>(
        &self,
        context: &Context<C>,
        work: impl Fn(&mut Session<'_, C, dyn Connection + '_>) -> Result<T> + Send + 'static,
    ) -> Result<T>
    where
        C: AsRef<str> + Clone + Send + Sync + 'static,
    {
        self.database.transaction(self.work(context, work)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        context: &Context<C>,
        work: impl Fn(&mut Session<'_, C, dyn Connection + '_>) -> Result<T> + Send + 'static,
    ) -> Result<T>
    where
        C: AsRef<str> + Clone + Send + Sync + 'static,
    {
        self.database.read(self.work(context, work)).await
    }

    /// Work of a session as work on a connection.
    fn work<T>(
        &self,
        context: &Context<C>,
        work: impl Fn(&mut Session<'_, C, dyn Connection + '_>) -> Result<T> + Send + 'static,
    ) -> impl Fn(&mut dyn Connection) -> Result<T> + Send + 'static
    where
        C: AsRef<str> + Clone + Send + Sync + 'static,
    {
        let (tables, context) = (self.tables.clone(), context.clone());
        move |connection: &mut dyn Connection| work(&mut tables.session(&context, connection))
    }
}

impl<D: Clone, C> Clone for TableStore<D, C> {
    fn clone(&self) -> Self {
        Self {
            tables: self.tables.clone(),
            database: self.database.clone(),
            caller: PhantomData,
        }
    }
}

impl<D, C> fmt::Debug for TableStore<D, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableStore")
            .field("tables", &self.tables)
            .finish_non_exhaustive()
    }
}

impl<D, C> Store for TableStore<D, C>
where
    D: Database,
    C: AsRef<str> + Clone + PartialEq + Send + Sync + 'static,
{
    /// The tenant.
    type Caller = C;

    async fn get(
        &self,
        context: &Context<C>,
        kind: &ServedType,
        id: &str,
    ) -> Result<Option<Record>> {
        let (kind, id) = (kind.clone(), id.to_owned());
        self.read(context, move |session| session.get(&kind, &id))
            .await
    }

    async fn insert(
        &self,
        context: &Context<C>,
        kind: &ServedType,
        record: Record,
    ) -> Result<Record> {
        let kind = kind.clone();
        self.write(context, move |session| {
            session.insert(&kind, record.clone())
        })
        .await
    }

    async fn update(
        &self,
        context: &Context<C>,
        kind: &ServedType,
        record: Record,
        expected: Option<&str>,
    ) -> Result<Record> {
        let (kind, expected) = (kind.clone(), expected.map(str::to_owned));
        self.write(context, move |session| {
            session.update(&kind, record.clone(), expected.as_deref())
        })
        .await
    }

    async fn delete(
        &self,
        context: &Context<C>,
        kind: &ServedType,
        id: &str,
        expected: Option<&str>,
    ) -> Result<()> {
        let (kind, id) = (kind.clone(), id.to_owned());
        let expected = expected.map(str::to_owned);
        self.write(context, move |session| {
            session.delete(&kind, &id, expected.as_deref())
        })
        .await
    }

    fn is_same_version(&self, asked: &str, current: &str) -> bool {
        self.tables.is_same_version(asked, current)
    }

    async fn find(&self, context: &Context<C>, query: &Query) -> Result<Found> {
        let query = query.clone();
        self.read(context, move |session| session.find(&query))
            .await
    }
}
