//! A complete store in the tables of any database.

use std::{fmt, future::Future, marker::PhantomData, sync::Arc};

use super::tables::{Connection, Session, Tables};
use crate::{
    page::{Found, Query},
    record::{Record, ServedType},
    refusal::Result,
    store::{Context, Store},
};

/// A database for a [`TableStore`]: it runs functions in transactions.
pub trait Database: Send + Sync + 'static {
    /// Runs `work` in one transaction. Commits it if `work` succeeds, and rolls it back if `work`
    /// fails. Transactions must be serializable: `BEGIN IMMEDIATE` in SQLite, `SERIALIZABLE`
    /// elsewhere.
    ///
    /// If the database reports a serialization failure (`40001` in PostgreSQL, from any statement
    /// or from `COMMIT`), roll the transaction back and run `work` again in a new one. The
    /// [`Connection`] must remember such a failure, because `work` only returns a refusal for it.
    /// After a few tries, return [`Refusal::busy`](crate::Refusal::busy).
    ///
    /// `work` blocks, so run it on a thread that may block. It must run to its end even if the
    /// client disconnects. `tokio::task::spawn_blocking` does both.
    ///
    /// # Errors
    /// The errors of `work`. Also, the database failed
    /// ([`Refusal::internal`](crate::Refusal::internal)) or is too busy
    /// ([`Refusal::busy`](crate::Refusal::busy)).
    fn transaction<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Connection) -> Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T>> + Send;

    /// Like [`transaction`](Self::transaction), for work that only reads. All that it reads must come
    /// from one snapshot. By default it calls `transaction`. Implement it with a transaction that
    /// does not block writers: `BEGIN DEFERRED` in SQLite, `READ ONLY` elsewhere.
    ///
    /// # Errors
    /// The errors of [`transaction`](Self::transaction).
    fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Connection) -> Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T>> + Send {
        self.transaction(work)
    }
}

/// A [`Store`] with its resources in [`Tables`] of a [`Database`]. You only write the connection to
/// the driver. The caller is the tenant, and sees only the tenant's resources.
///
/// For a store that does more, such as `/Me` or access rights, write your own over a [`Session`].
/// It is cheap to clone if the database is; clones are the same store.
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
    /// Makes a store in these tables, which the database must have already ([`Tables::schema`] creates
    /// them).
    pub fn new(tables: Tables, database: D) -> Self {
        Self {
            tables: Arc::new(tables),
            database,
            caller: PhantomData,
        }
    }

    /// The database.
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
