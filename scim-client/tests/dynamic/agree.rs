//! Typed evaluation and evaluation on JSON agree at every depth: complex attributes within complex
//! ones, which RFC 7643 §2.3.8 does not have and some schemas do.

use std::sync::LazyLock;

use proptest::prelude::*;
use scim_client::{
    Meta, Stored,
    dynamic::{DynamicResource, ResourceType, ResourceTypes},
    evaluate::Subject,
    filter::{Comparand, Filter, FilterOptions, Number, Operator},
    patch::{ApplyOptions, PatchOp, Unknown},
};
use serde_json::{Value, json};

use crate::common::filler::{self, Random};

const EXT: &str = "urn:example:2.0:Deep";

static DEEP: LazyLock<ResourceType> = LazyLock::new(|| {
    let leaves = || {
        vec![
            json!({"name": "value", "type": "string"}),
            json!({"name": "type", "type": "string"}),
            json!({"name": "primary", "type": "boolean"}),
            json!({"name": "code", "type": "string", "caseExact": true}),
            json!({"name": "at", "type": "dateTime"}),
            json!({"name": "level", "type": "integer"}),
            json!({"name": "weight", "type": "decimal"}),
            json!({"name": "data", "type": "binary"}),
            json!({"name": "tags", "type": "string", "multiValued": true, "caseExact": true}),
        ]
    };
    let complex = |name: &str, many: bool, inner: Vec<Value>| {
        let subs = [leaves(), inner].concat();
        json!({"name": name, "type": "complex", "multiValued": many, "subAttributes": subs})
    };
    let attributes = || {
        let items = || complex("items", true, vec![complex("parts", true, vec![])]);
        json!([
            complex("box", false, vec![items(), complex("lid", false, vec![])]),
            complex("boxes", true, vec![items(), complex("lid", false, vec![])]),
        ])
    };
    let documents = json!([
        {"id": "urn:example:Machine", "name": "Machine", "attributes": attributes()},
        {"id": EXT, "name": "Deep", "attributes": attributes()},
        {"name": "Machine", "endpoint": "/Machines", "schema": "urn:example:Machine",
            "schemaExtensions": [{"schema": EXT, "required": false}]}]);
    let types = ResourceTypes::from_json(&documents.to_string()).unwrap();
    types.find("Machine").unwrap().clone()
});

const TOPS: &[&str] = &["box", "boxes", "BOX"];
const SUBS: &[&str] = &[
    "value", "type", "primary", "code", "at", "level", "weight", "data", "tags", "items", "lid",
    "parts", "nick", "Primary",
];
const TEXTS: &[&str] = &[
    "a",
    "A",
    "b",
    "work",
    "",
    "é",
    "É",
    "AQI=",
    "2024-01-01T00:00:00Z",
    "2025",
    "true",
];
const NUMBERS: &[&str] = &["0", "42", "-3", "1.0", "4.2e1", "12345678901234567890.5"];

fn pick<'a>(random: &mut Random, from: &[&'a str]) -> &'a str {
    from[random.below(from.len())]
}

/// A path of one or two names; `within` those of a value path.
fn path(random: &mut Random, within: bool) -> String {
    let mut path = String::new();
    if !within && random.once_in(4) {
        path.push_str(EXT);
        path.push(':');
    }
    path.push_str(match within {
        true => pick(random, SUBS),
        false => pick(random, TOPS),
    });
    if random.once_in(2) {
        path.push('.');
        path.push_str(pick(random, SUBS));
    }
    path
}

fn filter(random: &mut Random, within: bool, depth: usize) -> Filter {
    if depth > 0 {
        let next = depth - 1;
        match random.below(7) {
            0 => return filter(random, within, next) & filter(random, within, next),
            1 => return filter(random, within, next) | filter(random, within, next),
            2 => return !filter(random, within, next),
            // Within one another, too: the grammar has none, and they can be built.
            3 | 4 => {
                let path = path(random, within).parse().unwrap();
                return Filter::value_path(path, filter(random, true, next));
            }
            _ => {}
        }
    }
    let path = path(random, within).parse().unwrap();
    if random.once_in(6) {
        return Filter::present(path);
    }
    let operator = Operator::ALL[random.below(Operator::ALL.len())];
    let value = match random.below(5) {
        0 => Comparand::from(random.once_in(2)),
        1 => Comparand::from(pick(random, NUMBERS).parse::<Number>().unwrap()),
        2 if random.once_in(3) => Comparand::Null,
        _ => Comparand::from(pick(random, TEXTS)),
    };
    Filter::compare(path, operator, value)
}

fn stored(seed: u64) -> Stored<DynamicResource> {
    let mut resource = DEEP.new_resource();
    filler::fill(&mut resource, &mut Random(seed));
    Stored::from_parts("1", Meta::default(), resource)
}

/// The answer, which is the same however the resource is kept.
fn answer(filter: &Filter, stored: &Stored<DynamicResource>) -> bool {
    let text = stored.to_json();
    let tree: Value = serde_json::from_str(&text).unwrap();
    let json = scim_client::Json::parse(&text).unwrap();
    let table = DEEP.descriptor();
    let typed = filter.matches(stored);
    // A tree of `serde_json` has rounded what has more digits than an `f64`.
    let in_tree = filter.matches(Subject::json(&tree, table));
    let is_rounded = filter.to_string().contains("12345678901234567890.5");
    assert!(is_rounded || in_tree == typed, "{filter} on {text}");
    assert_eq!(
        filter.matches(Subject::json_text(&json, table)),
        typed,
        "{filter} on {text}"
    );
    typed
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn typed_and_json_agree(seeds: (u64, u64)) {
        let stored = stored(seeds.0);
        let mut random = Random(seeds.1);
        for _ in 0..8 {
            let filter = filter(&mut random, false, 4);
            answer(&filter, &stored);
            // What was understood is understood again.
            for options in [FilterOptions::default(), FilterOptions::entra()] {
                if let Ok(standard) = filter.check_with(DEEP.descriptor(), &options) {
                    prop_assert!(standard.check(DEEP.descriptor()).is_ok(), "{filter}");
                }
            }
        }
    }

    /// What a PATCH path chooses is what its filter chooses.
    #[test]
    fn patches_agree_with_filters(seeds: (u64, u64)) {
        let before = stored(seeds.0);
        let mut random = Random(seeds.1);
        let condition = filter(&mut random, true, 2);
        let outer = pick(&mut random, &["boxes", "box.items"]);
        let wanted = answer(&Filter::value_path(outer.parse().unwrap(), condition.clone()), &before);
        let body = json!({"Operations": [{"op": "remove", "path": format!("{outer}[{condition}]")}]});
        // A value path within a value path is in no grammar.
        let Ok(message) = PatchOp::from_json(&body.to_string(), &[]) else { return Ok(()) };
        let options = ApplyOptions::default().with_unknown(Unknown::Keep);
        let mut after = before.clone();
        if let Ok(changed) = message.apply(&mut after, &options) {
            prop_assert_eq!(changed, wanted, "{}", condition);
            prop_assert!(!answer(&Filter::value_path(outer.parse().unwrap(), condition), &after));
        }
    }
}

#[test]
fn what_is_not_primary_is_found_at_every_depth() {
    let text =
        r#"{"id": "1", "box": {"items": [{"code": "a"}]}, "boxes": [{"items": [{"code": "A"}]}]}"#;
    let stored = DEEP.stored_from_json(text).unwrap();
    for (filter, wanted) in [
        ("box.items[primary eq false]", true),
        ("box.items[primary ne true]", true),
        ("box.items[primary eq true]", false),
        ("box.items[primary pr]", false),
        ("box[items.primary eq false]", true),
        ("boxes[items.primary eq false]", true),
        ("boxes.items[primary eq false]", true),
        ("boxes[primary eq false]", true),
        // No element of many: it has no `primary` to be left out.
        ("box[primary eq false]", false),
        ("box.primary eq false", false),
        ("box.lid[primary eq false]", false),
        // Case counts as the schema says, below sub-attributes too.
        (r#"box.items[code eq"a"]"#, true),
        (r#"box.items[code eq "A"]"#, false),
        (r#"boxes.items[code eq "a"]"#, false),
    ] {
        let filter: Filter = filter.parse().unwrap();
        assert_eq!(answer(&filter, &stored), wanted, "{filter}");
        filter.check_known(DEEP.descriptor()).unwrap();
    }
    for filter in [
        "box.items[primary gt false]",
        r#"box.items[level eq "a"]"#,
        "box.items[nope pr]",
        r#"box.tags[type eq "a"]"#,
        r#"box[items.at gt "x"]"#,
    ] {
        let filter: Filter = filter.parse().unwrap();
        assert!(filter.check_known(DEEP.descriptor()).is_err(), "{filter}");
    }
    let filter: Filter = r#"box.tags[value eq "a"]"#.parse().unwrap();
    filter.check_known(DEEP.descriptor()).unwrap();
}
