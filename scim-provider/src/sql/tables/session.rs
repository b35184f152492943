//! What a store does, as statements on a connection.

use std::{collections::HashMap, fmt};

use super::{Connection, Tables, display};
use crate::{
    derived::{self, GroupOf},
    page::{Found, Query},
    record::{Record, ServedType},
    refusal::{Refusal, Result},
    sql::{
        self,
        statement::{Parameter, Statement},
        storable, version,
    },
    store::Context,
};

/// How many values one statement lists: databases limit their parameters.
const AT_ONCE: usize = 100;

/// The functions of a [`Store`](crate::Store) for one request, on a connection with an open
/// transaction. The caller commits the transaction if there is no error. Transactions must be
/// serializable: `BEGIN IMMEDIATE` in SQLite, `SERIALIZABLE` elsewhere. After a serialization failure,
/// run everything again in a new transaction.
///
/// All records have their derived attributes ([`derived`]). Their versions have two parts, separated
/// by a dot: the stored version, and one of the `groups`. Your own store over this must compare only
/// the first part, so implement [`is_same_version`](crate::Store::is_same_version) with
/// [`Tables::is_same_version`].
pub struct Session<'a, C, D: ?Sized> {
    tables: &'a Tables,
    context: &'a Context<C>,
    database: &'a mut D,
}

impl Tables {
    /// Begins a session for one request. The caller is the tenant.
    pub fn session<'a, C, D>(
        &'a self,
        context: &'a Context<C>,
        database: &'a mut D,
    ) -> Session<'a, C, D>
    where
        C: AsRef<str>,
        D: Connection + ?Sized,
    {
        Session {
            tables: self,
            context,
            database,
        }
    }

    /// Like [`Store::is_same_version`](crate::Store::is_same_version), for the versions of records of a
    /// [`Session`].
    #[must_use]
    pub fn is_same_version(&self, asked: &str, current: &str) -> bool {
        version::is_same(asked, current)
    }

    fn kind(&self, name: &str) -> Result<&ServedType> {
        let mut types = self.types.iter();
        let found = types.find(|kind| kind.name() == name);
        found.ok_or_else(Refusal::internal)
    }
}

impl<C, D: ?Sized> fmt::Debug for Session<'_, C, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("tables", self.tables)
            .field("context", self.context)
            .finish_non_exhaustive()
    }
}

impl<'a, C: AsRef<str>, D: Connection + ?Sized> Session<'a, C, D> {
    /// Like [`Store::get`](crate::Store::get).
    ///
    /// # Errors
    /// The database failed, which can happen in all functions here.
    pub fn get(&mut self, kind: &ServedType, id: &str) -> Result<Option<Record>> {
        let select = Statement::new("SELECT kind, json FROM resource WHERE ");
        let mut found = self.records(select.then(self.key(kind, id)))?;
        Ok(found.pop())
    }

    /// Like [`Store::insert`](crate::Store::insert).
    ///
    /// # Errors
    /// A unique value is taken.
    pub fn insert(&mut self, kind: &ServedType, mut record: Record) -> Result<Record> {
        record.ensure_id();
        self.check_unique(kind, &record)?;
        let names = self.tables.columns.iter().map(|column| &column.name);
        let names: String = names.map(|name| format!(", {name}")).collect();
        let own: [Parameter; 6] = [
            self.tenant().into(),
            kind.name().into(),
            record.id().into(),
            (&*version::written(record.version().unwrap_or_default())).into(),
            display(&record).into(),
            record.to_stored_json().into(),
        ];
        let insert = format!(
            "INSERT INTO resource (tenant, kind, id, version, display, json{names}) VALUES ("
        );
        let values = own.into_iter().chain(self.tables.values(&record));
        self.database
            .execute(&Statement::new(insert).bind_all(values).with(")"))?;
        self.write_elements(&record)?;
        self.completed(record)
    }

    /// Like [`Store::update`](crate::Store::update).
    ///
    /// # Errors
    /// The resource does not exist or has another version, or a unique value is taken.
    pub fn update(
        &mut self,
        kind: &ServedType,
        record: Record,
        expected: Option<&str>,
    ) -> Result<Record> {
        self.check_unique(kind, &record)?;
        let mut update = Statement::new("UPDATE resource SET version = ")
            .bind(&*version::written(record.version().unwrap_or_default()))
            .with(", display = ")
            .bind(display(&record))
            .with(", json = ")
            .bind(record.to_stored_json());
        let columns = self.tables.columns.iter().map(|column| &column.name);
        for (name, value) in columns.zip(self.tables.values(&record)) {
            update = update.with(&format!(", {name} = ")).bind(value);
        }
        update = update.with(" WHERE ").then(self.key(kind, record.id()));
        self.changed(update, kind, record.id(), expected)?;
        self.write_elements(&record)?;
        self.completed(record)
    }

    /// Like [`Store::delete`](crate::Store::delete).
    ///
    /// # Errors
    /// The resource does not exist, or has another version.
    pub fn delete(&mut self, kind: &ServedType, id: &str, expected: Option<&str>) -> Result<()> {
        let delete = Statement::new("DELETE FROM resource WHERE ").then(self.key(kind, id));
        self.changed(delete, kind, id, expected)?;
        let elements = Statement::new("DELETE FROM element WHERE tenant = ").bind(self.tenant());
        self.database
            .execute(&elements.with(" AND owner = ").bind(id))?;
        let groups = Statement::new(
            "SELECT DISTINCT kind, json FROM resource JOIN element \
             ON element.tenant = resource.tenant AND owner = id WHERE resource.tenant = ",
        )
        .bind(self.tenant())
        .with(" AND list = 'members' AND exact_value = ")
        .bind(id);
        for mut group in self.records(groups)? {
            let name = group.meta().resource_type.clone().unwrap_or_default();
            let version = group.version().map(str::to_owned);
            derived::remove_member(&mut group, id);
            self.context.touch(&mut group);
            self.update(self.tables.kind(&name)?, group, version.as_deref())?;
        }
        Ok(())
    }

    /// Like [`Store::find`](crate::Store::find). The database compares the attributes that have
    /// columns. If these are all, it also selects the page.
    ///
    /// # Errors
    /// The filter cannot be answered.
    pub fn find(&mut self, query: &Query) -> Result<Found> {
        let mut found = Vec::new();
        for (kind, filter) in query.parts() {
            let columns = |path: &str| self.tables.column(kind, path);
            let mut from = Statement::new(" FROM resource WHERE tenant = ")
                .bind(self.tenant())
                .with(" AND kind = ")
                .bind(kind.name());
            let mut is_exact = query.is_of_one_type();
            if let Some(filter) = filter {
                let condition = sql::condition(kind, filter, &columns);
                is_exact &= condition.is_exact();
                from = from.with(" AND ").then(condition.into_statement());
            }
            let select = Statement::new("SELECT kind, json").then(from.clone());
            let order = sql::order(kind, query, &columns, "number").filter(|_| is_exact);
            let Some(order) = order else {
                let all = self.records(select.with(" ORDER BY number"))?;
                found.extend(query.filtered(kind, all)?);
                continue;
            };
            // The database does it all.
            let total = self.number(Statement::new("SELECT CAST(count(*) AS TEXT)").then(from))?;
            // No table is longer, and no database counts farther.
            let [count, start] = [query.count(), query.start()].map(|n| n.min(i64::MAX as u64));
            if count == 0 || start >= total {
                return Ok(Found::new(total, Vec::new()));
            }
            let page = format!(" ORDER BY {order} LIMIT {count} OFFSET {start}");
            return Ok(Found::new(total, self.records(select.with(&page))?));
        }
        Ok(query.page(found))
    }

    fn tenant(&self) -> &'a str {
        self.context.caller().as_ref()
    }

    /// The condition that a row is that of this resource.
    fn key(&self, kind: &ServedType, id: &str) -> Statement {
        Statement::new("tenant = ")
            .bind(self.tenant())
            .with(" AND kind = ")
            .bind(kind.name())
            .with(" AND id = ")
            .bind(storable(id))
    }

    /// Runs a statement that ends with the key of this resource, if it has the version `expected`.
    fn changed(
        &mut self,
        mut statement: Statement,
        kind: &ServedType,
        id: &str,
        expected: Option<&str>,
    ) -> Result<()> {
        if let Some(expected) = expected {
            let expected = version::written(expected);
            statement = statement.with(" AND version = ").bind(&*expected);
        }
        if self.database.execute(&statement)? > 0 {
            return Ok(());
        }
        let select = Statement::new("SELECT version FROM resource WHERE ");
        let found = self.database.rows(&select.then(self.key(kind, id)))?;
        Err(match found.is_empty() {
            true => Refusal::not_found(&format!("the resource {id}")),
            false => Refusal::version_conflict(),
        })
    }

    /// Finds out before the database would, as it does not say which value it is.
    fn check_unique(&mut self, kind: &ServedType, record: &Record) -> Result<()> {
        let tables = self.tables;
        let columns = tables.columns.iter().zip(tables.values(record));
        for (column, value) in columns.filter(|(column, _)| column.unique.contains(&kind.name())) {
            if matches!(&value, Parameter::Null) || value == Parameter::from("") {
                continue;
            }
            let kinds = if column.is_global {
                column.unique.clone()
            } else {
                vec![kind.name()]
            };
            let others = Statement::new("SELECT id FROM resource WHERE tenant = ")
                .bind(self.tenant())
                .with(" AND kind IN (")
                .bind_all(kinds)
                .with(&format!(") AND {} = ", column.name))
                .bind(value)
                .with(" AND id <> ")
                .bind(record.id());
            if !self.database.rows(&others)?.is_empty() {
                return Err(Refusal::taken(&column.path));
            }
        }
        Ok(())
    }

    /// Writes the rows of a record's elements in place of those that it had.
    fn write_elements(&mut self, record: &Record) -> Result<()> {
        let elements = self.tables.elements(record);
        let of_record = || {
            Statement::new(" FROM element WHERE tenant = ")
                .bind(self.context.caller().as_ref())
                .with(" AND owner = ")
                .bind(record.id())
        };
        let (delete, tenant) = (Statement::new("DELETE").then(of_record()), self.tenant());
        self.database.execute(&delete)?;
        for rows in elements.chunks(AT_ONCE) {
            let mut insert = Statement::new(
                "INSERT INTO element \
                 (tenant, owner, list, exact_value, value, type, is_primary) VALUES ",
            );
            for (at, row) in rows.iter().enumerate() {
                let own: [Parameter; 2] = [tenant.into(), record.id().into()];
                let values = own.into_iter().chain(row.iter().cloned());
                let start = if at == 0 { "(" } else { ", (" };
                insert = insert.with(start).bind_all(values).with(")");
            }
            self.database.execute(&insert)?;
        }
        Ok(())
    }

    fn number(&mut self, select: Statement) -> Result<u64> {
        let rows = self.database.rows(&select)?;
        let number = rows
            .first()
            .and_then(|row| row.first()?.as_ref()?.parse().ok());
        number.ok_or_else(Refusal::internal)
    }

    /// Rows of so many texts; NULL is an empty one.
    fn texts<const N: usize>(&mut self, select: &Statement) -> Result<Vec<[String; N]>> {
        let rows = self.database.rows(select)?.into_iter();
        let texts = rows.map(|row| {
            let row: Vec<_> = row.into_iter().map(Option::unwrap_or_default).collect();
            row.try_into().map_err(|_| Refusal::internal())
        });
        texts.collect()
    }

    /// The resources whose type and JSON a statement selects.
    fn records(&mut self, select: Statement) -> Result<Vec<Record>> {
        let rows = self.texts(&select)?.into_iter();
        let read = |[kind, json]: [String; 2]| {
            let read = self.tables.kind(&kind)?.read_stored(&json);
            // What is stored was written here: that it cannot be read is no fault of the client's.
            let mut record = read.map_err(|_| Refusal::internal())?;
            record.meta_mut().resource_type = Some(kind);
            Ok(record)
        };
        let mut records: Vec<_> = rows.map(read).collect::<Result<_>>()?;
        for some in records.chunks_mut(AT_ONCE) {
            self.complete(some)?;
        }
        Ok(records)
    }

    fn completed(&mut self, mut record: Record) -> Result<Record> {
        self.complete(std::slice::from_mut(&mut record))?;
        Ok(record)
    }

    /// Fills in what follows from other resources.
    fn complete(&mut self, records: &mut [Record]) -> Result<()> {
        let ids = |has: fn(&Record) -> Option<usize>| -> Vec<String> {
            let records = records.iter().filter(|record| has(record).is_some());
            records.map(|record| record.id().to_owned()).collect()
        };
        let (of_groups, of_members) = (ids(derived::groups_of), ids(derived::members_of));
        let mut groups = self.groups(of_groups)?;
        let members = self.members(of_members)?;
        for record in records {
            let own = groups.remove(record.id()).unwrap_or_default();
            derived::write_groups(record, &own);
            version::complete(record, &own);
            derived::describe_members(record, |id| {
                let kind = self.tables.kind(members.get(id)?).ok()?;
                Some((self.context.location(kind, id), kind.name()))
            });
        }
        Ok(())
    }

    /// All groups of these resources, the direct ones first.
    fn groups(&mut self, ids: Vec<String>) -> Result<HashMap<String, Vec<GroupOf>>> {
        let mut groups: HashMap<_, Vec<_>> = HashMap::new();
        if ids.is_empty() {
            return Ok(groups);
        }
        let select = Statement::new(
            "WITH RECURSIVE up (member, id, direct) AS (\
             SELECT exact_value, owner, 1 FROM element WHERE tenant = ",
        )
        .bind(self.tenant())
        .with(" AND list = 'members' AND exact_value IN (")
        .bind_all(ids)
        .with(
            ") UNION SELECT up.member, owner, 0 FROM element \
             JOIN up ON exact_value = up.id WHERE tenant = ",
        )
        .bind(self.tenant())
        .with(
            " AND list = 'members') \
             SELECT member, kind, up.id, \
             CASE WHEN max(direct) = 1 THEN 'direct' ELSE 'indirect' END, display \
             FROM up JOIN resource ON resource.id = up.id WHERE tenant = ",
        )
        .bind(self.tenant())
        .with(
            " AND up.id <> member GROUP BY member, kind, up.id, display, number \
             ORDER BY max(direct) DESC, number",
        );
        for [member, kind, id, direct, display] in self.texts(&select)? {
            let location = self.context.location(self.tables.kind(&kind)?, &id);
            groups.entry(member).or_default().push(GroupOf {
                id,
                location,
                display: Some(display).filter(|display| !display.is_empty()),
                direct: direct == "direct",
            });
        }
        Ok(groups)
    }

    /// The types of all members of these groups that are resources here.
    fn members(&mut self, ids: Vec<String>) -> Result<HashMap<String, String>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let select = Statement::new(
            "SELECT DISTINCT id, kind FROM element JOIN resource \
             ON resource.tenant = element.tenant AND id = exact_value WHERE element.tenant = ",
        )
        .bind(self.tenant())
        .with(" AND list = 'members' AND owner IN (")
        .bind_all(ids)
        .with(")");
        let members = self.texts(&select)?.into_iter();
        Ok(members.map(|[id, kind]| (id, kind)).collect())
    }
}
