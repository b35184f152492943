//! The columns of a table.

use crate::failure::Failure;
use crate::types::{Place, ResourceType};
use crate::value::Value;

/// A column: its title, and where in a resource its values are.
pub(crate) struct Column<'t> {
    pub(crate) title: String,
    source: Source<'t>,
}

enum Source<'t> {
    Place(Place<'t>),
    /// Members of members, where the type is not known.
    Path(Vec<String>),
}

impl<'t> Column<'t> {
    /// A column that somebody named.
    pub(crate) fn new(of: &'t ResourceType, path: &str) -> Result<Self, Failure> {
        Ok(Self {
            title: path.to_owned(),
            source: Source::Place(of.place(path)?),
        })
    }

    /// A column of resources whose type is not known.
    pub(crate) fn free(path: &str) -> Self {
        Self {
            title: path.to_owned(),
            source: Source::Path(path.split('.').map(str::to_owned).collect()),
        }
    }

    /// The columns that people want to see unless they say so.
    pub(crate) fn usual(of: Option<&'t ResourceType>, wide: bool) -> Vec<Self> {
        let Some(of) = of else {
            let paths = [
                "meta.resourceType",
                "userName",
                "displayName",
                "id",
                "meta.lastModified",
            ];
            return paths.into_iter().map(Self::free).collect();
        };
        let mut paths: Vec<&str> = of.unique().iter().map(|a| a.name.as_str()).collect();
        paths.extend(["displayName", "active"]);
        if wide {
            paths.extend(["title", "emails.value", "externalId"]);
        }
        paths.push("id");
        if wide {
            paths.push("meta.created");
        }
        paths.push("meta.lastModified");
        let mut columns: Vec<Self> = Vec::new();
        for path in paths {
            let is_there = columns
                .iter()
                .any(|column| column.title.eq_ignore_ascii_case(path));
            let name = path.split('.').next().unwrap_or(path);
            let has = of
                .attributes
                .iter()
                .any(|a| a.name.eq_ignore_ascii_case(name));
            if let (false, true, Ok(column)) = (is_there, has, Self::new(of, path)) {
                columns.push(column);
            }
        }
        columns
    }

    /// What to ask a server for; `None` if that is not known.
    pub(crate) fn request_path(&self) -> Option<String> {
        match &self.source {
            // Elements are told apart by their `type`, so all of each is needed.
            Source::Place(place) if place.attribute.multi_valued => Some(match place.urn {
                Some(urn) => format!("{urn}:{}", place.attribute.name),
                None => place.attribute.name.clone(),
            }),
            Source::Place(place) => Some(place.plain_path()),
            Source::Path(_) => None,
        }
    }

    /// The values of a resource.
    fn values<'v>(&self, resource: &'v Value) -> Vec<&'v Value> {
        let values = match &self.source {
            Source::Place(place) => place.values(resource),
            Source::Path(names) => {
                let mut values = vec![resource];
                for name in names {
                    let next = values.into_iter().flat_map(Value::each);
                    values = next.filter_map(|value| value.get(name)).collect();
                }
                values
            }
        };
        values.into_iter().flat_map(Value::each).collect()
    }

    /// The text of a cell.
    pub(crate) fn text(&self, resource: &Value, between: &str) -> String {
        let texts: Vec<String> = self.values(resource).into_iter().map(shown).collect();
        texts.join(between)
    }

    /// What stands in it, as a value: a list where there may be several.
    pub(crate) fn value(&self, resource: &Value) -> Value {
        let values: Vec<Value> = self.values(resource).into_iter().cloned().collect();
        let is_list = match &self.source {
            Source::Place(place) => {
                place.leaf().multi_valued || place.attribute.multi_valued && place.kind.is_none()
            }
            Source::Path(_) => false,
        };
        match <[Value; 1]>::try_from(values) {
            Ok([one]) if !is_list => one,
            Ok(one) => Value::List(one.into()),
            Err(none) if none.is_empty() => Value::Null,
            Err(several) => Value::List(several),
        }
    }
}

/// A value in a cell: an object by its main member.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => {
            let main = ["value", "display", "formatted", "displayName"];
            let main = main.iter().find_map(|name| value.get(name));
            main.map_or_else(|| value.to_string(), Value::plain)
        }
        other => other.plain(),
    }
}
