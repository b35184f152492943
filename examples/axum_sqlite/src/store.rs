//! Users and groups of several tenants in SQLite.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{
    Connection, ErrorCode, Params, Transaction, TransactionBehavior, params, params_from_iter,
    types::Value,
};
use scim_provider::{
    Context, Found, Query, Record, Refusal, Result, ServedType, Store,
    derived::{self, GroupOf},
    sql::{self, Column, Parameter},
};

/// All groups of a resource, its own first.
const GROUPS: &str = "
    WITH RECURSIVE up (id, direct) AS (
        SELECT group_id, 1 FROM member WHERE tenant = ?1 AND value = ?2
        UNION SELECT group_id, 0 FROM member, up WHERE tenant = ?1 AND value = up.id)
    SELECT kind, up.id, max(direct) || '', coalesce(json ->> '$.displayName', '') FROM up
        JOIN resource ON tenant = ?1 AND resource.id = up.id
        WHERE up.id <> ?2 GROUP BY up.id ORDER BY max(direct) DESC, number";
const MEMBERS: &str = "SELECT value, kind FROM member JOIN resource USING (tenant)
    WHERE tenant = ? AND group_id = ? AND resource.id = value";
const INSERT: &str = "INSERT INTO resource (tenant, kind, id, version, user_name, external_id,
    display_name, active, json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
const UPDATE: &str = "UPDATE resource SET version = ?4, user_name = ?5, external_id = ?6,
    display_name = ?7, active = ?8, json = ?9
    WHERE tenant = ?1 AND kind = ?2 AND id = ?3 AND version = ?10";

/// Users and groups in SQLite. Each tenant sees its own. Cheap to clone.
#[derive(Clone)]
pub struct SqliteStore(Arc<Mutex<Connection>>);

/// A transaction of one tenant.
struct Work<'t> {
    sql: Transaction<'t>,
    context: Context<String>,
}

/// What the client is told of an error.
fn failed(error: rusqlite::Error) -> Refusal {
    if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) {
        return Refusal::taken("userName");
    }
    eprintln!("the database: {error}");
    Refusal::internal()
}

impl SqliteStore {
    /// Opens a file, which is made if there is none.
    ///
    /// # Errors
    /// It cannot be opened, or is no database of this kind.
    pub fn open(path: impl AsRef<Path>) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        // What was answered is on the disk.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(include_str!("schema.sql"))?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Does something in one transaction, away from the threads that answer requests.
    async fn transaction<T: Send + 'static>(
        &self,
        context: &Context<String>,
        work: impl FnOnce(&Work<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (store, context) = (self.0.clone(), context.clone());
        let done = tokio::task::spawn_blocking(move || {
            let mut connection = store.lock().unwrap_or_else(PoisonError::into_inner);
            let sql = connection.transaction_with_behavior(TransactionBehavior::Immediate);
            let sql = sql.map_err(failed)?;
            let transaction = Work { sql, context };
            let done = work(&transaction)?;
            transaction.sql.commit().map_err(failed)?;
            Ok(done)
        });
        done.await.unwrap_or_else(|_| Err(Refusal::internal()))
    }
}

impl Work<'_> {
    fn execute(&self, statement: &str, values: impl Params) -> Result<usize> {
        let statement = self.sql.prepare_cached(statement);
        statement
            .and_then(|mut s| s.execute(values))
            .map_err(failed)
    }

    /// Rows of texts.
    fn rows<const N: usize>(&self, select: &str, values: impl Params) -> Result<Vec<[String; N]>> {
        let rows = || {
            let mut select = self.sql.prepare_cached(select)?;
            let rows = select.query_map(values, |row| {
                let mut cells = [const { String::new() }; N];
                for (at, cell) in cells.iter_mut().enumerate() {
                    *cell = row.get(at)?;
                }
                Ok(cells)
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        rows().map_err(failed)
    }

    /// The resources whose type and JSON a statement selects.
    fn records(&self, select: &str, values: impl Params) -> Result<Vec<Record>> {
        let rows = self.rows(select, values)?.into_iter();
        let read =
            |[kind, json]: [String; 2]| self.derived(crate::kind(&kind)?.read_stored(&json)?);
        rows.map(read).collect()
    }

    /// A resource with what follows from others.
    fn derived(&self, mut record: Record) -> Result<Record> {
        let of_record = params![self.context.caller(), record.id()];
        let mut groups = Vec::new();
        for [kind, id, direct, display] in self.rows(GROUPS, of_record)? {
            let location = self.context.location(&crate::kind(&kind)?, &id);
            let (display, direct) = (Some(display), direct == "1");
            groups.push(GroupOf {
                id,
                location,
                display,
                direct,
            });
        }
        let members = self
            .rows(MEMBERS, of_record)?
            .into_iter()
            .map(|[id, kind]| (id, kind));
        let members: HashMap<String, String> = members.collect();
        derived::write_groups(&mut record, &groups);
        derived::describe_members(&mut record, |id| {
            let kind = crate::kind(members.get(id)?).ok()?;
            Some((self.context.location(&kind, id), kind.name()))
        });
        Ok(record)
    }

    fn get(&self, kind: &ServedType, id: &str) -> Result<Option<Record>> {
        let select = "SELECT kind, json FROM resource WHERE tenant = ? AND kind = ? AND id = ?";
        Ok(self
            .records(select, params![self.context.caller(), kind.name(), id])?
            .pop())
    }

    /// Writes a resource, in place of the one with the version `expected` if there is to be one.
    fn save(&self, kind: &str, record: Record, expected: Option<&str>) -> Result<Record> {
        let (tenant, id) = (self.context.caller(), record.id());
        let column = |path| Value::from(record.comparable(path));
        let texts = [tenant, kind, id, record.version().unwrap_or_default()];
        let mut values: Vec<Value> = texts.map(|text| text.to_owned().into()).into();
        values.extend(["userName", "externalId", "displayName"].map(column));
        values.extend([
            record.boolean("active").into(),
            record.to_stored_json().into(),
        ]);
        values.extend(expected.map(|version| version.to_owned().into()));
        let statement = if expected.is_some() { UPDATE } else { INSERT };
        if self.execute(statement, params_from_iter(values))? == 0 {
            return Err(Refusal::version_conflict());
        }
        self.execute(
            "DELETE FROM member WHERE tenant = ? AND group_id = ?",
            [tenant, id],
        )?;
        for value in derived::members(&record) {
            let row = [tenant, id, &value, &value.to_lowercase()];
            self.execute("INSERT INTO member VALUES (?, ?, ?, ?)", row)?;
        }
        self.derived(record)
    }

    fn delete(&self, kind: &ServedType, id: &str, expected: Option<&str>) -> Result<()> {
        let stored = self
            .get(kind, id)?
            .ok_or_else(|| Refusal::not_found("the resource"))?;
        if expected.is_some() && expected != stored.version() {
            return Err(Refusal::version_conflict());
        }
        let groups = "SELECT kind, json FROM resource JOIN member USING (tenant)
            WHERE tenant = ? AND value = ? AND resource.id = group_id AND group_id <> value";
        for mut group in self.records(groups, [self.context.caller(), id])? {
            let version = group.version().unwrap_or_default().to_owned();
            derived::remove_member(&mut group, id);
            self.context.touch(&mut group);
            self.save("Group", group, Some(&version))?;
        }
        for (table, key) in [
            ("member", "group_id"),
            ("member", "value"),
            ("resource", "id"),
        ] {
            let delete = format!("DELETE FROM {table} WHERE tenant = ? AND {key} = ?");
            self.execute(&delete, [self.context.caller(), id])?;
        }
        Ok(())
    }

    fn find(&self, query: &Query) -> Result<Found> {
        let mut found = Vec::new();
        for (kind, filter) in query.parts() {
            let tenant = self.context.caller().clone();
            let mut values: Vec<Value> = vec![tenant.into(), kind.name().to_owned().into()];
            let mut from = "FROM resource WHERE tenant = ? AND kind = ?".to_owned();
            let condition = filter.map(|filter| sql::condition(kind, filter, &column));
            if let Some(condition) = &condition {
                from.push_str(&format!(" AND ({})", condition.sql()));
                values.extend(
                    condition
                        .parameters()
                        .iter()
                        .map(|parameter| match parameter {
                            Parameter::Text(text) => Value::from(text.clone()),
                            Parameter::Boolean(value) => Value::from(*value),
                        }),
                );
            }
            let is_exact = query.is_of_one_type() && condition.is_none_or(|c| c.is_exact());
            if let Some(order) = sql::order(kind, query, &column, "number").filter(|_| is_exact) {
                // The database does it all.
                let total = format!("SELECT count(*) || '' {from}");
                let total = self.rows::<1>(&total, params_from_iter(&values))?;
                let total = total.concat().concat();
                let (count, start) = (query.count(), query.start());
                let page = format!(
                    "SELECT kind, json {from} ORDER BY {order} LIMIT {count} OFFSET {start}"
                );
                let page = self.records(&page, params_from_iter(&values))?;
                return Ok(Found::new(total.parse().unwrap_or_default(), page));
            }
            let all = format!("SELECT kind, json {from} ORDER BY number");
            found.extend(query.filtered(kind, self.records(&all, params_from_iter(&values))?)?);
        }
        Ok(query.page(found))
    }
}

/// The columns by which resources can be found.
fn column(path: &str) -> Option<Column> {
    Some(match path {
        "id" => Column::text("id"),
        "username" => Column::text("user_name"),
        "externalid" => Column::text("external_id"),
        "displayname" => Column::text("display_name"),
        "active" => Column::boolean("active"),
        "members.value" => Column::text("member.folded").of_many(
            "EXISTS (SELECT 1 FROM member WHERE member.tenant = resource.tenant
             AND member.group_id = resource.id AND {})",
        ),
        _ => return None,
    })
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
        self.transaction(context, move |work| work.get(&kind, &id))
            .await
    }

    async fn insert(
        &self,
        context: &Context<String>,
        kind: &ServedType,
        mut record: Record,
    ) -> Result<Record> {
        record.ensure_id();
        let kind = kind.name();
        self.transaction(context, move |work| work.save(kind, record, None))
            .await
    }

    async fn update(
        &self,
        context: &Context<String>,
        kind: &ServedType,
        record: Record,
        expected: Option<&str>,
    ) -> Result<Record> {
        let (kind, old) = (kind.name(), expected.unwrap_or_default().to_owned());
        self.transaction(context, move |work| work.save(kind, record, Some(&old)))
            .await
    }

    async fn delete(
        &self,
        context: &Context<String>,
        kind: &ServedType,
        id: &str,
        expected: Option<&str>,
    ) -> Result<()> {
        let (kind, id, expected) = (kind.clone(), id.to_owned(), expected.map(str::to_owned));
        self.transaction(context, move |work| {
            work.delete(&kind, &id, expected.as_deref())
        })
        .await
    }

    async fn find(&self, context: &Context<String>, query: &Query) -> Result<Found> {
        let query = query.clone();
        self.transaction(context, move |work| work.find(&query))
            .await
    }
}
