//! Resources as rows, and back: the columns of CSV.
//!
//! | attribute | columns |
//! |---|---|
//! | simple | `userName` |
//! | complex | `name.givenName` |
//! | list of simple values | one, joined by `;`; as JSON if a value has a `;` |
//! | list of objects that have a `type` each, all different | `emails.work`, `emails.work.primary` |
//! | list of references | `members`: their `value`s, joined by `;` |
//! | any other list, and a value that would be read as something else | one, as JSON |
//!
//! What is left out here is what the server sets.

use std::collections::HashMap;

use scim_client::evaluate::DataType;

use crate::failure::Failure;
use crate::types::{Attribute, Place, ResourceType, convert};
use crate::value::Value;

/// The columns that a number of resources need.
pub(crate) struct Flat {
    titles: Vec<String>,
    at: HashMap<String, usize>,
    /// How each list is written, by the front of its columns.
    lists: HashMap<String, List>,
    attributes: Vec<(Option<String>, String, Attribute)>,
}

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    /// `emails.work`
    ByType,
    /// `members`
    ByValue,
    Json,
}

impl Flat {
    pub(crate) fn new(of: &ResourceType, resources: &[Value]) -> Self {
        let mut flat = Self {
            titles: Vec::new(),
            at: HashMap::new(),
            lists: HashMap::new(),
            attributes: Vec::new(),
        };
        for (extension, attribute) in of.all() {
            if attribute.name == "meta" || attribute.name == "schemas" {
                continue;
            }
            let front = match extension {
                Some(extension) => format!("{}.{}", extension.short, attribute.name),
                None => attribute.name.clone(),
            };
            let urn = extension.map(|extension| extension.urn.clone());
            flat.attributes.push((urn, front, attribute.clone()));
        }
        for (urn, front, attribute) in &flat.attributes {
            if attribute.multi_valued && attribute.is_complex() {
                let values = resources
                    .iter()
                    .filter_map(|r| held(r, urn.as_deref(), &attribute.name));
                let kind =
                    values.fold(None, |kind, value| worst(kind, list_kind(attribute, value)));
                flat.lists.insert(front.clone(), kind.unwrap_or(List::Json));
            }
        }
        for resource in resources {
            for (title, _) in flat.cells(resource) {
                if !flat.at.contains_key(&title) {
                    flat.at.insert(title.clone(), flat.titles.len());
                    flat.titles.push(title);
                }
            }
        }
        flat.sort(of);
        flat
    }

    /// Columns in the order of the schema, whatever the resources began with.
    fn sort(&mut self, of: &ResourceType) {
        let order: HashMap<String, usize> = of
            .spellings()
            .into_iter()
            .enumerate()
            .map(|(at, path)| (path, at))
            .collect();
        let rank = |title: &String| {
            let mut path = title.as_str();
            loop {
                if let Some(at) = order.get(path) {
                    return *at;
                }
                match path.rsplit_once('.') {
                    Some((front, _)) => path = front,
                    None => return usize::MAX,
                }
            }
        };
        self.titles
            .sort_by_key(|title| (rank(title), title.clone()));
        self.at = self.titles.iter().cloned().zip(0..).collect();
    }

    pub(crate) fn into_titles(self) -> Vec<String> {
        self.titles
    }

    /// The attributes of these resources that have no column, because no schema has them.
    pub(crate) fn lost(&self, of: &ResourceType, resources: &[Value]) -> Vec<String> {
        let mut lost = std::collections::BTreeSet::new();
        let is_known = |name: &str| {
            of.attributes
                .iter()
                .any(|a| a.name.eq_ignore_ascii_case(name))
                || of
                    .extensions
                    .iter()
                    .any(|e| e.urn.eq_ignore_ascii_case(name))
        };
        for resource in resources {
            let unknown = resource
                .members()
                .iter()
                .filter(|(name, _)| !is_known(name));
            lost.extend(unknown.map(|(name, _)| name.clone()));
            for (urn, front, attribute) in &self.attributes {
                let held = held(resource, urn.as_deref(), &attribute.name);
                // Lists with such parts are written as JSON.
                let members = match held {
                    Some(one) if !attribute.multi_valued && !attribute.subs.is_empty() => {
                        one.members()
                    }
                    _ => &[],
                };
                let unknown = members
                    .iter()
                    .filter(|(name, _)| attribute.sub(name).is_none() && name != "$ref");
                lost.extend(unknown.map(|(name, _)| format!("{front}.{name}")));
            }
        }
        lost.into_iter().collect()
    }

    /// The cells of a resource.
    pub(crate) fn row(&self, resource: &Value) -> Vec<String> {
        let mut row = vec![String::new(); self.titles.len()];
        for (title, text) in self.cells(resource) {
            if let Some(cell) = self.at.get(&title).and_then(|at| row.get_mut(*at)) {
                *cell = text;
            }
        }
        row
    }

    fn cells(&self, resource: &Value) -> Vec<(String, String)> {
        let mut cells = Vec::new();
        for (urn, front, attribute) in &self.attributes {
            let Some(value) = held(resource, urn.as_deref(), &attribute.name) else {
                continue;
            };
            match value {
                Value::Null => {}
                Value::Object(members) if !attribute.multi_valued && !attribute.subs.is_empty() => {
                    let has_data = attribute.has_data_in_ref();
                    let members = members.iter();
                    for (name, value) in members.filter(|(name, _)| has_data || name != "$ref") {
                        if let Some(sub) = attribute.sub(name) {
                            cells.push((format!("{front}.{name}"), text(sub, value)));
                        }
                    }
                }
                value if attribute.multi_valued && attribute.is_complex() => {
                    let kind = self.lists.get(front).copied().unwrap_or(List::Json);
                    list_cells(front, kind, value, attribute, &mut cells);
                }
                value => cells.push((front.clone(), text(attribute, value))),
            }
        }
        cells
    }
}

fn held<'v>(resource: &'v Value, urn: Option<&str>, name: &str) -> Option<&'v Value> {
    match urn {
        None => resource.get(name),
        Some(urn) => resource.get(urn)?.get(name),
    }
}

fn worst(one: Option<List>, other: Option<List>) -> Option<List> {
    match (one, other) {
        (None, kind) | (kind, None) => kind,
        (Some(a), Some(b)) if a == b => Some(a),
        _ => Some(List::Json),
    }
}

/// How a list can be written without losing anything; `None` if it is empty.
fn list_kind(attribute: &Attribute, value: &Value) -> Option<List> {
    let elements = value.each();
    if elements.is_empty() {
        return None;
    }
    let refers = !attribute.targets().is_empty();
    if refers && elements.iter().all(|e| e.str("value").is_some_and(is_part)) {
        return Some(List::ByValue);
    }
    let mut seen = Vec::new();
    let by_type = elements.iter().all(|element| {
        let kind = element.str("type").map(str::to_ascii_lowercase);
        let is_word = |kind: &String| {
            !kind.is_empty() && kind.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let is_new = kind.filter(is_word).filter(|kind| !seen.contains(kind));
        let members = element.members();
        let is_flat = members.len() > 1
            && members
                .iter()
                .all(|(name, value)| value.is_simple() && attribute.sub(name).is_some());
        // `emails.value` is every value of the list.
        match is_new.filter(|kind| is_flat && attribute.sub(kind).is_none()) {
            Some(kind) => {
                seen.push(kind);
                true
            }
            None => false,
        }
    });
    Some(if by_type && attribute.main_sub().is_some() {
        List::ByType
    } else {
        List::Json
    })
}

fn list_cells(
    front: &str,
    kind: List,
    value: &Value,
    attribute: &Attribute,
    cells: &mut Vec<(String, String)>,
) {
    let elements = value.each();
    if elements.is_empty() {
        return;
    }
    match kind {
        List::Json => cells.push((front.to_owned(), value.to_string())),
        List::ByValue => {
            let values: Vec<&str> = elements.iter().filter_map(|e| e.str("value")).collect();
            cells.push((front.to_owned(), values.join(";")));
        }
        List::ByType => {
            let main = attribute
                .main_sub()
                .map_or("value", |sub| sub.name.as_str());
            for element in elements {
                let kind = element.str("type").unwrap_or_default();
                for (name, value) in element.members() {
                    let title = match name.as_str() {
                        "type" => continue,
                        name if name.eq_ignore_ascii_case(main) => format!("{front}.{kind}"),
                        name => format!("{front}.{kind}.{name}"),
                    };
                    if let Some(sub) = attribute.sub(name) {
                        cells.push((title, text(sub, value)));
                    }
                }
            }
        }
    }
}

/// Whether a text can stand among others with `;` between them, and is read as it was written.
fn is_part(text: &str) -> bool {
    !text.is_empty() && text == text.trim() && !text.contains(';') && !text.starts_with(['[', '{'])
}

/// A value in a cell. A text that would be read as something else is JSON.
fn text(attribute: &Attribute, value: &Value) -> String {
    match value {
        Value::List(elements) => {
            let parts: Option<Vec<&str>> = elements
                .iter()
                .map(|element| element.as_str().filter(|text| is_part(text)))
                .collect();
            match parts {
                Some(parts) if attribute.data_type != DataType::Any => parts.join(";"),
                _ => value.to_string(),
            }
        }
        Value::Text(text) if attribute.data_type == DataType::Any => {
            match Value::parse(text.trim()) {
                Ok(_) => value.to_string(),
                Err(_) => text.clone(),
            }
        }
        other => other.plain(),
    }
}

/// The inverse: puts what stands in a cell where its column says.
pub(crate) fn cell(place: &Place<'_>, text: &str, resource: &mut Value) -> Result<(), Failure> {
    let leaf = place.leaf();
    let is_json = text.starts_with(['[', '{']);
    let whole_list = place.sub.is_none() && leaf.multi_valued;
    if whole_list && is_json {
        let value = Value::parse(text)
            .map_err(|error| Failure::usage(format!("`{}`: {error}", leaf.name)))?;
        place.set(resource, value);
        return Ok(());
    }
    if whole_list {
        for part in text
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let value = match leaf.is_complex() {
                true => Value::object([("value", Value::text(part))]),
                false => convert(leaf, part)?,
            };
            place.set(resource, value);
        }
        return Ok(());
    }
    let value = convert(leaf, text)?;
    place.set(resource, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Types;

    #[test]
    fn rows_are_resources_again() {
        let types = Types::bundled();
        let user = types.find("user").unwrap();
        let texts = [
            r#"{"userName":"a","name":{"givenName":"A, \"x\"","familyName":"B"},"active":false,
                "emails":[{"value":"a@w","type":"work","primary":true},{"value":"a@h","type":"home"}],
                "phoneNumbers":[{"value":"1"},{"value":"2"}],
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D","manager":{"value":"7"}}}"#,
            r#"{"userName":"b","emails":[{"value":"b@o","type":"other"}]}"#,
        ];
        let resources = texts.map(|text| Value::parse(text).unwrap());
        let flat = Flat::new(user, &resources);
        let titles = flat.titles.clone();
        assert!(
            titles.contains(&"emails.work.primary".to_owned()),
            "{titles:?}"
        );
        assert!(
            titles.contains(&"enterprise.manager.value".to_owned()),
            "{titles:?}"
        );
        assert_eq!(titles[0], "userName");
        for resource in &resources {
            let mut back = Value::Null;
            for (title, text) in titles.iter().zip(flat.row(resource)) {
                if !text.is_empty() {
                    cell(&user.place(title).unwrap(), &text, &mut back).unwrap();
                }
            }
            for (name, value) in resource.members() {
                let got = back.get(name).unwrap_or(&Value::Null);
                let sorted = |value: &Value| {
                    let mut parts: Vec<String> = value
                        .each()
                        .iter()
                        .flat_map(|e| {
                            let kind = e.str("type").unwrap_or_default().to_owned();
                            match e.members() {
                                [] => vec![e.to_string()],
                                members => members
                                    .iter()
                                    .map(|(n, v)| format!("{kind} {n} {v}"))
                                    .collect(),
                            }
                        })
                        .collect();
                    parts.sort();
                    parts
                };
                assert_eq!(sorted(got), sorted(value), "{name}");
            }
        }
    }

    #[test]
    fn texts_are_not_read_as_something_else() {
        let schema = Value::parse(
            r#"{"id":"urn:x:Car","name":"Car","attributes":[
                {"name":"plate","type":"string"},
                {"name":"tags","type":"string","multiValued":true},
                {"name":"any","type":"any"},
                {"name":"link","type":"complex","subAttributes":[
                    {"name":"display","type":"string"},
                    {"name":"$ref","type":"reference","referenceTypes":["external"]}]},
                {"name":"owners","type":"complex","multiValued":true,"subAttributes":[
                    {"name":"value","type":"string"},
                    {"name":"$ref","type":"reference","referenceTypes":["User"]}]},
                {"name":"mails","type":"complex","multiValued":true,"subAttributes":[
                    {"name":"value","type":"string"},{"name":"type","type":"string"}]}]}"#,
        );
        let of = Value::parse(r#"{"name":"Car","schema":"urn:x:Car","endpoint":"/Cars"}"#);
        let types = Types::read(&[of.unwrap()], &[schema.unwrap()], Value::Null);
        let car = types.find("car").unwrap();
        let nasty = [
            "[x]", "[1,2]", "{", " a", "a ", "a;b", ";", "\t", "=1+1", "12", "true", "null",
            "\"q\"", "a,b", "a\nb", "@x", "-",
        ];
        let texts = |list: &[&str]| Value::texts(list.iter().copied());
        let object = |name: &str, text: &str| Value::object([(name, Value::text(text))]);
        let mut resources = Vec::new();
        for text in nasty {
            let mut mail = object("value", text);
            mail.set("type", Value::text("work"));
            let alone = Value::List(vec![object("type", "work")]);
            resources.push(Value::object([
                ("plate", Value::text(text)),
                ("tags", texts(&[text])),
                ("any", Value::text(text)),
                ("link", object("$ref", text)),
                ("owners", Value::List(vec![object("value", text)])),
                ("mails", Value::List(vec![mail])),
            ]));
            resources.push(Value::object([
                ("tags", texts(&["a", text])),
                ("mails", alone),
            ]));
        }
        // Each alone, as what stands beside it decides how lists are written; then all together.
        let alone = resources.iter().map(std::slice::from_ref);
        for some in alone.chain([resources.as_slice()]) {
            let flat = Flat::new(car, some);
            let rows: Vec<Vec<String>> = some.iter().map(|one| flat.row(one)).collect();
            let written = crate::output::csv_of(&flat.into_titles(), &rows, b',', true).unwrap();
            let form = crate::documents::Form::Csv;
            let (rows, _) = crate::documents::rows(&written, form, car).unwrap();
            let back: Vec<Value> = rows.into_iter().map(|row| row.value.unwrap()).collect();
            assert_eq!(back.len(), some.len(), "{written}");
            for (back, one) in back.iter().zip(some) {
                assert!(crate::change::same(back, one), "{back} {one}\n{written}");
            }
        }
    }
}
