//! Every compiled type beside the one that is made of the same document at run time: the same JSON,
//! the same patches, the same answers to filters.
//!
//! The documents of this crate are always there. With the environment variable `SCIM_CORPUS`, all
//! documents of that folder that generate are compiled and compared too.

use std::{any::Any, collections::HashSet, fs, path::Path};

use scim_client::{
    Json, Resource,
    dynamic::{DynamicResource, ResourceType, ResourceTypes},
    evaluate::Subject,
    filter::{Comparand, Filter, Number, Operator},
    json::DecodeError,
    model::{Attribute, Descriptor, Reflect, Returned},
    patch::{self, ApplyOptions, DiffError, Operation, PatchOp, Unknown},
};
use serde_json::Value;

use self::filler::Random;

#[allow(dead_code, unreachable_pub, reason = "shared with other tests")]
#[path = "../../../../scim-client/tests/common/filler.rs"]
mod filler;

#[allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "generated, for this test only"
)]
mod types {
    include!(concat!(env!("OUT_DIR"), "/types.rs"));
}

/// A compiled type, without a type parameter: the comparison is compiled once.
pub(crate) struct Compiled {
    document: &'static str,
    name: &'static str,
    schema: &'static str,
    table: &'static Descriptor,
    empty: fn() -> Box<dyn Reflect>,
    read: fn(&str) -> Result<Box<dyn Reflect>, DecodeError>,
    write: fn(&dyn Reflect) -> String,
    diff: fn(&dyn Reflect, &dyn Reflect) -> Result<Vec<Operation>, DiffError>,
    apply: fn(&PatchOp, &mut dyn Reflect) -> Result<bool, patch::PatchError>,
}

fn own<R: Resource>(object: &dyn Reflect) -> &R {
    (object as &dyn Any).downcast_ref().unwrap()
}

impl Compiled {
    pub(crate) fn of<R: Resource>(document: &'static str) -> Self {
        Self {
            document,
            name: R::NAME,
            schema: R::SCHEMA,
            table: R::DESCRIPTOR,
            empty: || Box::new(R::empty()),
            read: |text| Ok(Box::new(R::from_json(text)?)),
            write: |object| own::<R>(object).to_json(),
            diff: |before, after| {
                let patch = patch::diff(own::<R>(before), own::<R>(after))?;
                Ok(patch.operations().to_vec())
            },
            apply: |message, object| {
                let object: &mut R = (object as &mut dyn Any).downcast_mut().unwrap();
                message.apply(object, &options())
            },
        }
    }
}

fn options() -> ApplyOptions {
    ApplyOptions::default().with_unknown(Unknown::Keep)
}

/// Two tables say the same. Descriptions are those of whoever published a table first.
fn same_table(one: &'static Descriptor, other: &'static Descriptor, place: &str, depth: usize) {
    let names = |table: &'static Descriptor| -> Vec<&str> {
        table.attributes().iter().map(Attribute::name).collect()
    };
    assert_eq!(
        (one.urn(), names(one)),
        (other.urn(), names(other)),
        "{place}"
    );
    for (one, other) in one.attributes().iter().zip(other.attributes()) {
        let facts = |a: &Attribute| {
            let own = (a.kind().as_str(), a.is_multi_valued(), a.is_required());
            let others = (a.is_case_exact(), a.is_extension());
            let rules = (a.mutability(), a.returned(), a.uniqueness());
            let values = (a.suggested_values(), a.referenced_types());
            (own, others, rules, values)
        };
        assert_eq!(facts(one), facts(other), "{place}.{}", one.name());
        if let (Some(inner), Some(other)) = (one.kind().descriptor(), other.kind().descriptor())
            && depth < 32
        {
            same_table(inner, other, &format!("{place}.{}", one.name()), depth + 1);
        }
    }
}

/// The filters of the vectors that are filters.
fn vectors() -> Vec<Filter> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../vectors/filters.json");
    let vectors: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let sections = ["valid", "lenient", "semantic"].iter();
    let texts = sections.flat_map(|section| vectors[*section].as_array().unwrap());
    let filters = texts.filter_map(|one| one["filter"].as_str().unwrap().parse().ok());
    filters.collect()
}

/// Every path of a type, with the paths of elements behind it.
fn paths(kind: &ResourceType) -> Vec<(String, Vec<String>)> {
    let mut paths = Vec::new();
    for one in kind.attributes() {
        let subs = one.attribute().sub_attributes().iter();
        let subs = subs
            .map(|sub| sub.name().to_owned())
            .chain(["value".to_owned()]);
        paths.push((one.path().to_string(), subs.collect()));
    }
    paths
}

/// Some filter about attributes that the type has.
fn filter(paths: &[(String, Vec<String>)], random: &mut Random) -> Option<Filter> {
    const TEXTS: [&str; 8] = [
        "a",
        "A",
        "work",
        "e",
        "",
        "2024-01-01T00:00:00Z",
        "AQI=",
        "ασ",
    ];
    const NUMBERS: [&str; 4] = ["0", "42", "1.0", "12345678901234567890.5"];
    let condition = |path: &str, random: &mut Random| -> Option<Filter> {
        // Names of documents need not be those of paths.
        let path = path.parse().ok()?;
        if random.once_in(5) {
            return Some(Filter::present(path));
        }
        let operator = Operator::ALL[random.below(Operator::ALL.len())];
        let value = match random.below(4) {
            0 => Comparand::from(random.once_in(2)),
            1 => Comparand::from(NUMBERS[random.below(4)].parse::<Number>().unwrap()),
            _ => Comparand::from(TEXTS[random.below(8)]),
        };
        Some(Filter::compare(path, operator, value))
    };
    let (path, subs) = paths.get(random.below(paths.len()))?;
    let mut filter = condition(path, random)?;
    if random.once_in(2) {
        let mut inner = condition(&subs[random.below(subs.len())], random)?;
        if random.once_in(2) {
            inner = inner | !condition(&subs[random.below(subs.len())], random)?;
        }
        filter = Filter::value_path(path.parse().ok()?, inner);
    }
    Some(if random.once_in(3) { !filter } else { filter })
}

/// How much was compared.
#[derive(Debug, Default)]
struct Counts {
    types: usize,
    resources: usize,
    patches: usize,
    answers: usize,
    matches: usize,
}

fn texts(operations: &[Operation]) -> Vec<String> {
    let one = |operation: &Operation| PatchOp::new(vec![operation.clone()]).to_json();
    operations.iter().map(one).collect()
}

fn compare(one: &Compiled, vectors: &[Filter], counts: &mut Counts) {
    let text = fs::read_to_string(Path::new(one.document)).unwrap();
    let types =
        ResourceTypes::from_json(&text).unwrap_or_else(|error| panic!("{}: {error}", one.document));
    let place = format!("{} of {}", one.name, one.document);
    let kind = types
        .iter()
        .find(|kind| kind.name() == one.name && kind.schema() == one.schema);
    let Some(kind) = kind else {
        // The schemas of the discovery endpoints are no resources to work with.
        let rest = one
            .schema
            .strip_prefix("urn:ietf:params:scim:schemas:core:2.0:");
        let discovery = ["ServiceProviderConfig", "ResourceType", "Schema"];
        assert!(
            rest.is_some_and(|rest| discovery.contains(&rest)),
            "{place}: only {types:?}"
        );
        return;
    };
    same_table(kind.descriptor(), one.table, &place, 0);
    counts.types += 1;

    let paths = paths(kind);
    for seed in 0..4 {
        let mut random = Random(seed);
        let mut filled = (one.empty)();
        filler::fill(&mut *filled, &mut random);
        let json = (one.write)(&*filled);
        let (typed, dynamic) = match ((one.read)(&json), kind.from_json(&json)) {
            (Ok(typed), Ok(dynamic)) => (typed, dynamic),
            (typed, dynamic) => {
                // A field of a compiled type may have no way to be without what no answer has.
                if typed.is_err() && has_required_and_hidden(one.table, 0) {
                    continue;
                }
                let (typed, dynamic) = (typed.err(), dynamic.err());
                let words = |error: Option<DecodeError>| error.map(|error| error.to_string());
                assert_eq!(words(dynamic), words(typed), "{place}: {json}");
                continue;
            }
        };
        assert_eq!(dynamic.to_json(), (one.write)(&*typed), "{place}");
        counts.resources += 1;

        let text = Json::parse(&dynamic.to_json()).unwrap();
        let hides = has_more(&*typed, &serde_json::from_str(text.as_str()).unwrap());
        let mut random = Random(seed + 1_000);
        let own = (0..40).filter_map(|_| filter(&paths, &mut random));
        for filter in own.collect::<Vec<_>>().iter().chain(vectors) {
            let wanted = filter.matches(Subject::resource(&*typed));
            let found = filter.matches(Subject::resource(&dynamic));
            assert_eq!(found, wanted, "{place}: {filter} on {json}");
            let in_json = filter.matches(Subject::json_text(&text, one.table));
            // What is readOnly or never returned is not in the JSON of a create.
            let hidden = filter.to_string().contains(':') || hides;
            assert!(hidden || in_json == wanted, "{place}: {filter} on {json}");
            let checks = |table| (filter.check(table), filter.check_known(table));
            assert_eq!(
                checks(kind.descriptor()),
                checks(one.table),
                "{place}: {filter}"
            );
            counts.answers += 1;
            counts.matches += usize::from(wanted);
        }

        let mut changed = (one.read)(&json).unwrap();
        filler::change(&mut *changed, &mut Random(seed + 2_000));
        let next = (one.write)(&*changed);
        let (Ok(after), Ok(next)) = ((one.read)(&next), kind.from_json(&next)) else {
            continue;
        };
        let by_type = (one.diff)(&*typed, &*after);
        let by_table = patch::diff(&dynamic, &next).map(|patch| patch.operations().to_vec());
        match (by_type, by_table) {
            (Ok(by_type), Ok(by_table)) => {
                assert_eq!(texts(&by_table), texts(&by_type), "{place}");
                apply(one, (typed, dynamic), PatchOp::new(by_type), &place);
                counts.patches += 1;
            }
            (by_type, by_table) => assert_eq!(by_table.err(), by_type.err(), "{place}"),
        }
    }
}

/// Whether anything is required and not returned by default.
fn has_required_and_hidden(table: &'static Descriptor, depth: usize) -> bool {
    let mut attributes = table.attributes().iter();
    attributes.any(|attribute| {
        let is_hidden = matches!(attribute.returned(), Returned::Never | Returned::Request);
        let inner = attribute.kind().descriptor().filter(|_| depth < 32);
        attribute.is_required() && is_hidden
            || inner.is_some_and(|inner| has_required_and_hidden(inner, depth + 1))
    })
}

/// Whether a resource has anything that its JSON does not show.
fn has_more(resource: &dyn Reflect, document: &Value) -> bool {
    let attributes = resource.descriptor().attributes().iter().enumerate();
    attributes.into_iter().any(|(index, attribute)| {
        let is_there = !resource.get(index).is_absent();
        is_there && document.get(attribute.name()).is_none_or(Value::is_null)
    })
}

/// The patch does the same to both.
fn apply(
    one: &Compiled,
    (mut typed, mut dynamic): (Box<dyn Reflect>, DynamicResource),
    message: PatchOp,
    place: &str,
) {
    let by_type = (one.apply)(&message, &mut *typed);
    let by_table = message.apply(&mut dynamic, &options());
    assert_eq!(by_table, by_type, "{place}: {}", message.to_json());
    assert_eq!(dynamic.to_json(), (one.write)(&*typed), "{place}");
}

#[test]
fn types_made_at_run_time_are_the_compiled_ones() {
    let vectors = vectors();
    assert!(vectors.len() > 100);
    let mut counts = Counts::default();
    let all = types::all();
    for one in &all {
        compare(one, &vectors, &mut counts);
    }
    let documents: HashSet<_> = all.iter().map(|one| one.document).collect();
    println!("{} documents, {counts:?}", documents.len());
    assert!(counts.types > 40 && counts.resources > 100, "{counts:?}");
    assert!(counts.patches > 80 && counts.matches > 1_000, "{counts:?}");
}
