//! Schemas of a size, as a vendor might publish them.

use scim_codegen::Source;
use serde_json::{Value, json};

/// `count` schemas of 25 attributes each, five of them complex.
pub(super) fn documents(count: usize) -> Vec<Source> {
    (0..count)
        .map(|number| {
            let name = format!("Asset{number}");
            let attributes: Vec<Value> = (0..20)
                .map(|n| simple(&format!("attribute{n}"), n + number, n == 0))
                .chain((0..5).map(|n| complex(n, number)))
                .collect();
            let schema = json!({
                "id": format!("urn:example:params:scim:schemas:core:2.0:{name}"),
                "name": name,
                "description": "Something that somebody owns.",
                "attributes": attributes,
            });
            Source::new(format!("{name}.json"), schema.to_string())
        })
        .collect()
}

/// Attributes of every type in turn, as they are mixed in the schemas of RFC 7643 §8.7: mostly text.
fn simple(name: &str, n: usize, required: bool) -> Value {
    const TYPES: [&str; 10] = [
        "string",
        "string",
        "boolean",
        "string",
        "reference",
        "string",
        "dateTime",
        "integer",
        "string",
        "decimal",
    ];
    json!({
        "name": name,
        "type": TYPES[n % TYPES.len()],
        "description": "What it says.",
        "multiValued": !required && n % 9 == 4,
        "required": required,
        "mutability": if n % 8 == 3 { "readOnly" } else { "readWrite" },
        "returned": "default",
        "caseExact": n.is_multiple_of(3),
    })
}

fn complex(n: usize, number: usize) -> Value {
    let subs: Vec<Value> = (0..5)
        .map(|sub| simple(&format!("part{sub}"), n + sub + number, false))
        .collect();
    json!({
        "name": format!("complex{n}"),
        "type": "complex",
        "description": "Parts that belong together.",
        "multiValued": n.is_multiple_of(2),
        "subAttributes": subs,
    })
}
