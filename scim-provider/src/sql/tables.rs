//! Tables for the resources of several tenants, and the statements of a store on them.

mod session;

use std::{collections::BTreeSet, fmt};

use scim_models::{
    attribute_path::AttributePath,
    model::{Attribute, Kind, Mutability, Uniqueness, ValueRef},
};

use super::{
    Column,
    column::Holds,
    comparable,
    statement::{Parameter, Statement},
    storable,
};
use crate::{
    record::{Record, ServedType},
    refusal::Result,
};

pub use self::session::Session;

/// The columns that the tables have, and what the statements that join them call their results.
const OWN_COLUMNS: [&str; 15] = [
    "number",
    "tenant",
    "kind",
    "id",
    "version",
    "display",
    "json",
    "owner",
    "list",
    "exact_value",
    "value",
    "type",
    "is_primary",
    "member",
    "direct",
];

/// What SQL reserves, in SQLite, PostgreSQL or MySQL, of what could be the name of a column.
const RESERVED: &str = " add all alter analyse analyze and any array as asc asymmetric authorization \
    autoincrement before begin between binary both by call cascade case cast change check collate \
    collation column columns commit concurrently condition constraint continue convert create cross \
    current current_date current_role current_time current_timestamp current_user cursor database \
    databases declare default deferrable delayed delete desc describe distinct div do drop each else \
    end escape except exists exit explain false fetch filter float for force foreign freeze from full \
    function generated glob grant group grouping groups having if ilike in index inner inout insert \
    instead int integer intersect interval into is isnull iterate join key keys kill lateral leading \
    leave left like limit lines load localtime localtimestamp lock long loop match mod natural no \
    not nothing notnull null of off offset on only optimize option or order out outer over overlaps \
    partition placing primary procedure range rank read real recursive references regexp release \
    rename repeat replace require restrict return returning revoke right rlike rollback row row_number \
    rows savepoint schema schemas select session_user set show similar smallint some sql starting \
    symmetric system table tablesample temporary terminated then to trailing transaction trigger true \
    undo union unique unlock unsigned update usage use user using values varchar variadic varying \
    verbose view virtual when where while window with without write xor zerofill ";

/// A connection to a database with an open transaction, on which a [`Session`] runs its statements.
///
/// Bind the parameters in order. If the driver numbers parameters, use [`Statement::numbered`].
pub trait Connection {
    /// Runs a statement that writes, and returns the number of rows that it wrote.
    ///
    /// # Errors
    /// The database failed ([`Refusal::internal`](crate::Refusal::internal)), or a concurrent
    /// transaction has taken a unique value ([`Refusal::taken`](crate::Refusal::taken)). Values
    /// that were taken before are found earlier.
    fn execute(&mut self, statement: &Statement) -> Result<u64>;

    /// Returns the rows that a statement selects. Each has one text for each column, or `None` for NULL.
    ///
    /// # Errors
    /// The database failed.
    fn rows(&mut self, statement: &Statement) -> Result<Vec<Vec<Option<String>>>>;
}

/// Two tables for the resources of several tenants. One has a row for each resource, with its JSON
/// and with columns for attributes in filters. The other has a row for each element of a
/// multi-valued attribute in filters, for example for each member of a group.
///
/// It is a plain value without a database. [`schema`](Self::schema) is the SQL that creates the
/// tables. [`session`](Self::session) has the functions of a [`Store`](crate::Store), on any
/// [`Connection`]. `groups` are derived from the members of groups, and a resource that is deleted
/// leaves its groups.
///
/// ```
/// use scim_provider::{ServedType, scim_models::{Group, User}, sql::Tables};
///
/// let types = [ServedType::of::<User>(), ServedType::of::<Group>()];
/// let columns = [("userName", "user_name"), ("active", "active")];
/// let tables = Tables::new(types, &columns, &["emails"])?;
/// assert!(tables.schema().contains("user_name TEXT"));
/// // What is unique needs a column.
/// let types = [ServedType::of::<User>()];
/// let error = Tables::new(types, &[], &[]).unwrap_err();
/// assert_eq!(error.to_string(), "userName is unique, so it needs a column");
/// # Ok::<(), scim_provider::sql::UnfitColumn>(())
/// ```
#[derive(Debug, Clone)]
pub struct Tables {
    types: Vec<ServedType>,
    columns: Vec<Indexed>,
    /// Multi-valued attributes, as their schema spells them.
    lists: BTreeSet<&'static str>,
}

/// An attribute with a column of its own.
#[derive(Debug, Clone)]
struct Indexed {
    path: String,
    name: String,
    holds: Holds,
    /// Of which types the values are unique.
    unique: Vec<&'static str>,
    /// Whether they are so among all these types.
    is_global: bool,
}

/// The error of an attribute that cannot have the given column, or that needs a column and has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfitColumn {
    path: String,
    what: &'static str,
}

impl UnfitColumn {
    fn new(path: &str, what: &'static str) -> Self {
        Self {
            path: path.to_owned(),
            what,
        }
    }

    /// The path of the attribute.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for UnfitColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.what)
    }
}

impl std::error::Error for UnfitColumn {}

impl Tables {
    /// Makes tables for resources of these types. `columns` are the paths of attributes, with the
    /// names of their columns. The attributes must be texts or booleans that are not multi-valued;
    /// paths to attributes of extensions begin with the URN and a colon. `lists` are multi-valued
    /// attributes, such as `emails`, by whose `value`, `type` and `primary` resources can be found.
    /// `members` is always among them, by its `value`.
    ///
    /// # Errors
    /// No type has such an attribute, the attribute has another kind, the name of a column is not
    /// valid, or a unique attribute has no column.
    pub fn new(
        types: impl IntoIterator<Item = ServedType>,
        columns: &[(&str, &str)],
        lists: &[&str],
    ) -> Result<Self, UnfitColumn> {
        let mut tables = Self {
            types: types.into_iter().collect(),
            columns: Vec::new(),
            lists: BTreeSet::new(),
        };
        for (path, name) in columns {
            let column = tables.indexed(path, name)?;
            tables.columns.push(column);
        }
        for list in lists {
            let found = tables.list(list);
            let what = "is not a list of objects that is stored";
            tables
                .lists
                .insert(found.ok_or_else(|| UnfitColumn::new(list, what))?);
        }
        tables.lists.extend(tables.list("members"));
        for kind in &tables.types {
            let mut unique = Vec::new();
            unique_attributes(kind, &mut unique);
            let known = |path: &&String| {
                let mut columns = tables.columns.iter();
                columns.any(|column| column.path.eq_ignore_ascii_case(path))
            };
            if let Some(path) = unique.iter().find(|path| !known(path)) {
                return Err(UnfitColumn::new(path, "is unique, so it needs a column"));
            }
        }
        Ok(tables)
    }

    fn indexed(&self, path: &str, name: &str) -> Result<Indexed, UnfitColumn> {
        let unfit = |what| UnfitColumn::new(path, what);
        let is_name = name.starts_with(|first: char| first.is_ascii_lowercase())
            && name
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        let mut columns = self.columns.iter();
        let is_reserved = || RESERVED.contains(&format!(" {name} "));
        if !is_name
            || OWN_COLUMNS.contains(&name)
            || is_reserved()
            || columns.any(|column| column.name == name)
        {
            return Err(unfit("needs another name for its column"));
        }
        let parsed: AttributePath = path.parse().map_err(|_| unfit("is not a path"))?;
        let mut column: Option<Indexed> = None;
        for kind in &self.types {
            let Some((attribute, is_many)) = kind.attribute(&parsed) else {
                continue;
            };
            let holds = match attribute.kind {
                Kind::String if !is_many => Holds::Text,
                Kind::Boolean if !is_many => Holds::Boolean,
                _ => return Err(unfit("is not a single text or boolean")),
            };
            let column = column.get_or_insert_with(|| Indexed {
                path: parsed.to_string(),
                name: name.to_owned(),
                holds,
                unique: Vec::new(),
                is_global: false,
            });
            if column.holds != holds {
                return Err(unfit("is of two data types"));
            }
            if attribute.uniqueness() != Uniqueness::None {
                column.unique.push(kind.name());
                column.is_global |= attribute.uniqueness() == Uniqueness::Global;
            }
        }
        column.ok_or_else(|| unfit("is not an attribute"))
    }

    /// The name of a multi-valued complex attribute, as its schema spells it. What is readOnly may
    /// follow from other resources, as `groups` do.
    fn list(&self, name: &str) -> Option<&'static str> {
        self.types.iter().find_map(|kind| {
            let attribute = kind.descriptor().attribute(name)?;
            let is_list = attribute.is_multi_valued() && attribute.kind.descriptor().is_some();
            let is_stored = attribute.mutability() != Mutability::ReadOnly;
            (is_list && is_stored).then_some(attribute.name)
        })
    }

    /// The statements for SQLite that create the tables and indexes if they do not exist. For
    /// another database, adapt how `number` is counted, and compare texts by bytes (`COLLATE "C"` in
    /// PostgreSQL).
    #[must_use]
    pub fn schema(&self) -> String {
        let mut sql =
            "CREATE TABLE IF NOT EXISTS resource (\n    number INTEGER PRIMARY KEY,\n    \
             tenant TEXT NOT NULL,\n    kind TEXT NOT NULL,\n    id TEXT NOT NULL,\n    \
             version TEXT NOT NULL,\n    display TEXT,\n"
                .to_owned();
        let mut indexes = String::new();
        for Indexed {
            name,
            holds,
            unique,
            is_global,
            ..
        } in &self.columns
        {
            let of = match holds {
                Holds::Text => "TEXT",
                Holds::Boolean => "BOOLEAN",
            };
            sql.push_str(&format!("    {name} {of},\n"));
            indexes.push_str(&format!(
                "CREATE INDEX IF NOT EXISTS resource_by_{name} ON resource (tenant, kind, {name});\n"
            ));
            if !unique.is_empty() {
                let scope = if *is_global { "tenant" } else { "tenant, kind" };
                let kinds: Vec<_> = unique
                    .iter()
                    .map(|kind| format!("'{}'", kind.replace('\'', "''")))
                    .collect();
                indexes.push_str(&format!(
                    "CREATE UNIQUE INDEX IF NOT EXISTS resource_has_{name} ON resource \
                     ({scope}, {name}) WHERE {name} <> '' AND kind IN ({});\n",
                    kinds.join(", ")
                ));
            }
        }
        sql.push_str("    json TEXT NOT NULL,\n    UNIQUE (tenant, id)\n);\n");
        sql.push_str(&indexes);
        sql.push_str(
            "CREATE TABLE IF NOT EXISTS element (\n    tenant TEXT NOT NULL,\n    \
             owner TEXT NOT NULL,\n    list TEXT NOT NULL,\n    exact_value TEXT,\n    \
             value TEXT,\n    type TEXT,\n    is_primary BOOLEAN\n);\n\
             CREATE INDEX IF NOT EXISTS element_of ON element (tenant, owner, list);\n\
             CREATE INDEX IF NOT EXISTS element_by_value ON element (tenant, list, value);\n\
             CREATE INDEX IF NOT EXISTS element_by_exact_value ON element \
             (tenant, list, exact_value);\n",
        );
        sql
    }

    /// The column of an attribute, for [`condition`](super::condition) and [`order`](super::order) in
    /// statements that select from `resource`.
    #[must_use]
    pub fn column(&self, kind: &ServedType, path: &str) -> Option<Column> {
        if path == "id" {
            return Some(Column::text("resource.id"));
        }
        let mut columns = self.columns.iter();
        if let Some(column) = columns.find(|column| column.path.eq_ignore_ascii_case(path)) {
            let name = format!("resource.{}", column.name);
            return Some(match column.holds {
                Holds::Text => Column::text(name),
                Holds::Boolean => Column::boolean(name),
            });
        }
        let (list, sub) = path.split_once('.')?;
        let attribute = kind.descriptor().attribute(list)?;
        let list = self.lists.get(attribute.name)?;
        let sub = attribute.kind.descriptor()?.attribute(sub)?;
        let column = match element_column(attribute, sub)? {
            "is_primary" => Column::boolean("element.is_primary"),
            name => Column::text(format!("element.{name}")),
        };
        let on = format!(
            "element.tenant = resource.tenant AND element.owner = resource.id \
             AND element.list = '{}'",
            list.replace('\'', "''")
        );
        Some(column.of_many("element", on))
    }

    /// The columns' values of a record.
    fn values<'a>(&'a self, record: &'a Record) -> impl Iterator<Item = Parameter> + 'a {
        self.columns.iter().map(|column| match column.holds {
            Holds::Text => record.comparable(&column.path).into(),
            Holds::Boolean => record.boolean(&column.path).into(),
        })
    }

    /// The rows of a record's elements, without tenant and owner.
    fn elements(&self, record: &Record) -> Vec<[Parameter; 5]> {
        let own = record.resource();
        let mut rows = Vec::new();
        for (at, attribute) in own.descriptor().attributes().iter().enumerate() {
            let (true, ValueRef::Many(many)) = (self.lists.contains(attribute.name), own.get(at))
            else {
                continue;
            };
            // An element without values is none.
            let elements = (0..many.len()).map(|at| many.at(at));
            for value in elements.filter(|element| element.is_assigned()) {
                let ValueRef::Object(element) = value else {
                    continue;
                };
                let mut row = [const { Parameter::Null }; 5];
                let [list, exact, value, type_, primary] = &mut row;
                *list = attribute.name.into();
                for (at, sub) in element.descriptor().attributes().iter().enumerate() {
                    let text = element.get(at).text();
                    match (element_column(attribute, sub), element.get(at)) {
                        (Some("value"), _) => {
                            *exact = text.map(storable).into();
                            *value = text.map(|text| comparable(sub, text)).into();
                        }
                        (Some("type"), _) => {
                            *type_ = text.map(|text| comparable(sub, text)).into();
                        }
                        (Some(_), ValueRef::Boolean(is_primary)) => *primary = is_primary.into(),
                        _ => {}
                    }
                }
                rows.push(row);
            }
        }
        rows
    }
}

/// The column that a sub-attribute of an element has. The `type` of a member follows from what it
/// is.
fn element_column(list: &Attribute, sub: &Attribute) -> Option<&'static str> {
    let is = |name: &str| sub.name.eq_ignore_ascii_case(name);
    let is_members = list.name.eq_ignore_ascii_case("members");
    match sub.kind {
        _ if sub.is_multi_valued() || (is_members && !is("value")) => None,
        Kind::String if is("value") => Some("value"),
        Kind::String if is("type") => Some("type"),
        Kind::Boolean if is("primary") => Some("is_primary"),
        _ => None,
    }
}

/// The paths of all unique attributes of a type.
fn unique_attributes(kind: &ServedType, paths: &mut Vec<String>) {
    let schemas = kind.extensions().map(|e| (format!("{}:", e.name), e));
    let tables = schemas.filter_map(|(prefix, e)| Some((prefix, e.kind.descriptor()?)));
    for (prefix, table) in std::iter::once((String::new(), kind.descriptor())).chain(tables) {
        for attribute in table.attributes() {
            let path = format!("{prefix}{}", attribute.name);
            if attribute.is_extension() {
                continue;
            }
            let subs = attribute.kind.descriptor();
            for sub in subs
                .into_iter()
                .flat_map(scim_models::model::Descriptor::attributes)
            {
                if sub.uniqueness() != Uniqueness::None {
                    paths.push(format!("{path}.{}", sub.name));
                }
            }
            if attribute.uniqueness() != Uniqueness::None {
                paths.push(path);
            }
        }
    }
}

/// What stands in the column `display`: the name by which a group is shown to its members.
fn display(record: &Record) -> Option<String> {
    let name = crate::reflected::text(record.resource(), "displayName")?;
    // To be read, not compared: databases do not take U+0000.
    Some(name.replace('\0', "\u{fffd}"))
}

#[cfg(test)]
mod tests {
    use scim_models::User;

    use super::*;

    #[test]
    fn a_name_that_would_mean_something_else_is_refused() {
        let with = |name| Tables::new([ServedType::of::<User>()], &[("userName", name)], &[]);
        let own = OWN_COLUMNS.iter().copied();
        let reserved = RESERVED.split_whitespace();
        for name in own.chain(reserved).chain(["", "a b", "a;", "a\"", "1a"]) {
            assert!(with(name).is_err(), "{name}");
        }
        for name in ["user_name", "ownership", "orders", "a1"] {
            assert!(with(name).is_ok(), "{name}");
        }
    }
}
