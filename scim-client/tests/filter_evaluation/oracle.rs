//! Every operator on every data type, wherever an attribute can stand, by rules that are written
//! down here once more (RFC 7644 §3.4.2.2, Table 3).

use std::cmp::Ordering;

use scim_client::{
    Json,
    dynamic::{ResourceType, ResourceTypes},
    evaluate::Subject,
    filter::Filter,
};
use serde_json::{Value, json};

const CORE: &str = "urn:example:2.0:All";
const EXT: &str = "urn:example:extension:1.0:All";

/// Each data type: its name here, as schemas have it, and values of it.
fn data_types() -> Vec<(&'static str, &'static str, Vec<Value>)> {
    let text = vec![
        json!(""),
        json!("a"),
        json!("A"),
        json!("Z"),
        json!("é"),
        json!("É"),
    ];
    let times = [
        "2024-01-01T00:00:00Z",
        "2024-01-01T01:00:00+01:00",
        "2023-12-31T24:00:00Z",
        "2024-01-01T00:00:00.500Z",
        "2024-06-01T00:00:00-05:00",
    ];
    vec![
        ("any", "string", text.clone()),
        ("exact", "string", text),
        ("flag", "boolean", vec![json!(true), json!(false)]),
        (
            "whole",
            "integer",
            vec![json!(0), json!(-1), json!(9), json!(10), json!(i64::MAX)],
        ),
        (
            "part",
            "decimal",
            vec![json!(0.0), json!(-1.5), json!(9.25), json!(10), json!(1e2)],
        ),
        ("time", "dateTime", times.map(Value::from).to_vec()),
        (
            "data",
            "binary",
            vec![json!("AQI="), json!("aQI="), json!("AA+/"), json!("AA-_")],
        ),
        (
            "link",
            "reference",
            vec![json!("https://example.com/A"), json!("../A"), json!("../a")],
        ),
    ]
}

fn all() -> ResourceType {
    let leaves = |prefix: &str, many: bool| -> Vec<Value> {
        let types = data_types().into_iter();
        let leaf = |(name, kind, _): (&str, &str, _)| {
            let exact = matches!(name, "exact" | "data" | "link");
            let name = format!("{prefix}{name}");
            json!({"name": name, "type": kind, "multiValued": many, "caseExact": exact})
        };
        types.map(leaf).collect()
    };
    let complex = |name: &str, many: bool| {
        let subs = leaves("", false);
        json!({"name": name, "type": "complex", "multiValued": many, "subAttributes": subs})
    };
    let own = || vec![complex("one", false), complex("several", true)];
    let attributes = || [leaves("", false), leaves("all", true), own()].concat();
    let documents = json!([
        {"id": CORE, "name": "All", "attributes": attributes()},
        {"id": EXT, "name": "Ext", "attributes": attributes()},
        {"name": "All", "endpoint": "/All", "schema": CORE,
            "schemaExtensions": [{"schema": EXT, "required": false}]}]);
    let types = ResourceTypes::from_json(&documents.to_string()).unwrap();
    types.find("All").unwrap().clone()
}

/// The order of two values; of text, both in the form in which they are compared.
fn order(name: &str, one: &Value, two: &Value) -> Ordering {
    match name {
        "flag" => one.as_bool().cmp(&two.as_bool()),
        "whole" if one.is_i64() && two.is_i64() => one.as_i64().cmp(&two.as_i64()),
        "whole" | "part" => one.as_f64().partial_cmp(&two.as_f64()).unwrap(),
        "time" => moment(one).total_cmp(&moment(two)),
        "data" => {
            let bytes = |value: &Value| {
                let text = value.as_str().unwrap().replace('-', "+").replace('_', "/");
                text.trim_end_matches('=').to_owned()
            };
            bytes(one).cmp(&bytes(two))
        }
        _ => compared(name, one).chars().cmp(compared(name, two).chars()),
    }
}

/// Seconds since the beginning of 2024.
fn moment(value: &Value) -> f64 {
    match value.as_str().unwrap() {
        "2024-01-01T00:00:00.500Z" => 0.5,
        "2024-06-01T00:00:00-05:00" => 1e7,
        _ => 0.0,
    }
}

fn compared(name: &str, value: &Value) -> String {
    let text = value.as_str().unwrap();
    match name {
        "any" => text.chars().flat_map(char::to_lowercase).collect(),
        _ => text.to_owned(),
    }
}

fn holds(name: &str, one: &Value, operator: &str, two: &Value) -> bool {
    let order = || order(name, one, two);
    let text = || (compared(name, one), compared(name, two));
    match operator {
        "eq" => order().is_eq(),
        "ne" => order().is_ne(),
        "gt" => order().is_gt(),
        "ge" => order().is_ge(),
        "lt" => order().is_lt(),
        "le" => order().is_le(),
        "co" => text().0.contains(&text().1),
        "sw" => text().0.starts_with(&text().1),
        _ => text().0.ends_with(&text().1),
    }
}

/// Whether a comparison matches an attribute with these values; `None` if it has no meaning.
fn wanted(name: &str, values: &[Value], operator: &str, with: &Value) -> Option<bool> {
    let is_present = || values.iter().any(|value| value != "");
    let of_text = matches!(operator, "co" | "sw" | "ew");
    let of_order = matches!(operator, "gt" | "ge" | "lt" | "le");
    if with.is_null() {
        return (!of_text && !of_order).then(|| is_present() == (operator == "ne"));
    }
    let (has_text, has_order, fits) = match name {
        "flag" => (false, false, with.is_boolean()),
        "whole" | "part" => (false, true, with.is_number()),
        "data" => (true, false, with.is_string()),
        _ => (true, true, with.is_string()),
    };
    if of_text && !has_text || of_order && !has_order || !fits {
        return None;
    }
    let any = values
        .iter()
        .any(|value| holds(name, value, operator, with));
    Some(any || operator == "ne" && values.is_empty())
}

/// Documents in which an attribute has these values, and the path of it there.
fn places(name: &str, values: &[Value]) -> Vec<(Value, String)> {
    let many = format!("all{name}");
    let mut places = vec![
        (json!({many.clone(): values}), many.clone()),
        (json!({many.clone(): values}), format!("{many}.value")),
        (
            json!({EXT: {many.clone(): values}}),
            format!("{EXT}:{many}"),
        ),
    ];
    let [value] = values else {
        places.push((json!({}), name.to_owned()));
        places.push((json!({ name: null }), name.to_uppercase()));
        return places;
    };
    places.extend([
        (json!({ name: value }), name.to_owned()),
        (
            json!({ name: value }),
            format!("{}:{}", CORE.to_uppercase(), name.to_uppercase()),
        ),
        (json!({"one": {name: value}}), format!("one.{name}")),
        (
            json!({"several": [{name: value}, {name: value}]}),
            format!("several.{name}"),
        ),
        (json!({EXT: {name: value}}), format!("{EXT}:{name}")),
        (
            json!({EXT: {"one": {name: value}}}),
            format!("{}:ONE.{name}", EXT.to_uppercase()),
        ),
    ]);
    places
}

#[test]
fn every_operator_on_every_data_type() {
    let kind = all();
    let table = kind.descriptor();
    let mut asked = 0;
    for (name, _, all) in data_types() {
        let mut with = all.clone();
        with.extend([json!(null), json!(true), json!(5)]);
        let sets = all.iter().map(|value| vec![value.clone()]);
        for values in sets.chain([vec![]]) {
            for (mut document, path) in places(name, &values) {
                document["id"] = json!("1");
                let stored = kind.stored_from_json(&document.to_string()).unwrap();
                let text = Json::parse(&document.to_string()).unwrap();
                let matches = |filter: &Filter| {
                    let typed = filter.matches(&stored);
                    let json = filter.matches(Subject::json_text(&text, table));
                    let tree = filter.matches(Subject::json(&document, table));
                    assert_eq!([typed; 2], [json, tree], "{filter} on {document}");
                    typed
                };
                let present: Filter = format!("{path} PR").parse().unwrap();
                let is_present = values.iter().any(|value| value != "");
                assert_eq!(matches(&present), is_present, "{present} on {document}");
                for operator in ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] {
                    for with in &with {
                        let filter = format!("{path} {operator} {with}");
                        let filter: Filter = filter.parse().unwrap();
                        let wanted = wanted(name, &values, operator, with);
                        let checked = filter.check_known(table);
                        assert_eq!(checked.is_ok(), wanted.is_some(), "{filter}: {checked:?}");
                        if let Some(wanted) = wanted {
                            assert_eq!(matches(&filter), wanted, "{filter} on {document}");
                            assert_eq!(matches(&!filter.clone()), !wanted, "not {filter}");
                            asked += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(asked > 10_000, "{asked}");
}
