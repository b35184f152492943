//! Random filters over random resources.

use proptest::prelude::*;
use scim_client::{
    Stored,
    attribute_path::AttributePath,
    evaluate::{compare, sort_by},
    filter::{Comparand, Filter, Number, Operator},
    message::SortOrder,
};
use serde_json::{Value, json};

use super::{ACME, answer, common::gadget::Gadget};

/// Attributes of every kind, known and unknown, and things that are none.
const PATHS: &[&str] = &[
    "serialNumber",
    "externalId",
    "LABEL",
    "tags",
    "tags.value",
    "enabled",
    "level",
    "weight",
    "built",
    "lastSeen",
    "key",
    "owner",
    "color",
    "free",
    "free.a",
    "place",
    "place.room",
    "place.floor",
    "ports",
    "ports.value",
    "ports.type",
    "ports.primary",
    "ports.slot",
    "ports.nope",
    "nick",
    "nick.x",
    "id",
    "meta",
    "meta.version",
    "meta.lastModified",
    "schemas",
    "value",
    "type",
    "slot",
    "primary",
    "badge",
    "urn:example:params:scim:schemas:core:2.0:Gadget:label",
    "urn:example:params:scim:schemas:extension:acme:2.0:Gadget:badge",
    "urn:example:params:scim:schemas:extension:acme:2.0:Gadget:desk.floor",
    "urn:example:params:scim:schemas:extension:acme:2.0:Gadget:unit",
    "urn:example:params:scim:schemas:extension:acme:2.0:Gadget",
    "urn:other:2.0:Thing:q",
    "urn:other:2.0:Thing",
    "urn:none:2.0:Thing:q",
];

const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "b",
    "é",
    "É",
    "usb",
    "AQI=",
    "AQI",
    "2024-01-01T00:00:00Z",
    "2024-01-01T01:00:00+01:00",
    "2024-01-01T00:00:00",
    "W/1",
    "1",
    "true",
    "dark-blue",
    "urn:other:2.0:Thing",
    ACME,
];

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "1.0",
    "-1",
    "12",
    "1e1",
    "1.5",
    "12345678901234567890",
];

fn path() -> impl Strategy<Value = AttributePath> {
    prop::sample::select(PATHS).prop_map(|path| path.parse().unwrap())
}

fn comparand() -> impl Strategy<Value = Comparand> {
    prop_oneof![
        4 => prop::sample::select(TEXTS).prop_map(Comparand::from),
        2 => prop::sample::select(NUMBERS).prop_map(|n| Comparand::from(n.parse::<Number>().unwrap())),
        1 => any::<bool>().prop_map(Comparand::from),
        1 => Just(Comparand::Null),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![
        1 => path().prop_map(Filter::present),
        5 => (path(), prop::sample::select(&Operator::ALL[..]), comparand())
            .prop_map(|(path, operator, value)| Filter::compare(path, operator, value)),
    ];
    leaf.prop_recursive(5, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(one, two)| one & two),
            (inner.clone(), inner.clone()).prop_map(|(one, two)| one | two),
            inner.clone().prop_map(Filter::not),
            (path(), inner).prop_map(|(path, filter)| Filter::value_path(path, filter)),
        ]
    })
}

/// A JSON value, or nothing for the member.
fn maybe(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Option<Value>> {
    prop::option::weighted(0.7, value).boxed()
}

fn text() -> impl Strategy<Value = Value> {
    prop::sample::select(TEXTS).prop_map(Value::from)
}

fn number() -> impl Strategy<Value = Value> {
    prop::sample::select(NUMBERS).prop_map(|number| serde_json::from_str(number).unwrap())
}

fn whole() -> impl Strategy<Value = Value> {
    prop::sample::select(&[-1, 0, 1, 12][..]).prop_map(Value::from)
}

fn boolean() -> impl Strategy<Value = Value> {
    any::<bool>().prop_map(Value::from)
}

fn anything() -> impl Strategy<Value = Value> {
    let simple = prop_oneof![text(), number(), boolean(), Just(Value::Null)];
    simple.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            object(vec![("value", maybe(inner.clone())), ("a", maybe(inner))]),
        ]
    })
}

fn object(members: Vec<(&'static str, BoxedStrategy<Option<Value>>)>) -> BoxedStrategy<Value> {
    let (names, values): (Vec<_>, Vec<_>) = members.into_iter().unzip();
    values
        .prop_map(move |values| {
            let members = names.iter().zip(values);
            members
                .filter_map(|(name, value)| Some(((*name).to_owned(), value?)))
                .collect()
        })
        .boxed()
}

fn many(element: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Option<Value>> {
    maybe(prop::collection::vec(element, 0..3).prop_map(Value::from))
}

fn document() -> impl Strategy<Value = Value> {
    let port = || {
        object(vec![
            ("value", text().prop_map(Some).boxed()),
            ("type", maybe(text())),
            ("primary", maybe(boolean())),
            ("slot", maybe(whole())),
            ("nope", maybe(anything())),
        ])
    };
    let place = object(vec![("room", maybe(text())), ("floor", maybe(whole()))]);
    let desk = object(vec![("floor", maybe(whole()))]);
    let acme = object(vec![
        ("badge", maybe(text())),
        ("desk", maybe(desk)),
        ("unit", maybe(anything())),
    ]);
    let meta = object(vec![
        ("version", maybe(text())),
        ("lastModified", maybe(text())),
    ]);
    object(vec![
        ("id", Just(Some(json!("Id-1"))).boxed()),
        ("serialNumber", text().prop_map(Some).boxed()),
        ("externalId", maybe(text())),
        ("label", maybe(text())),
        ("tags", many(text())),
        ("enabled", maybe(boolean())),
        ("level", maybe(whole())),
        ("weight", maybe(number())),
        ("built", maybe(text())),
        ("lastSeen", maybe(text())),
        ("key", maybe(text())),
        ("owner", maybe(text())),
        ("color", maybe(text())),
        ("free", maybe(anything())),
        ("place", maybe(place)),
        ("ports", many(port())),
        ("meta", maybe(meta)),
        (ACME, maybe(acme)),
        (
            "urn:other:2.0:Thing",
            maybe(object(vec![("q", maybe(anything()))])),
        ),
        ("nick", maybe(anything())),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn typed_and_json_agree(document in document(), filters in prop::collection::vec(filter(), 1..8)) {
        let stored: Stored<Gadget> = Stored::from_json(&document.to_string()).unwrap();
        // As it is written, since `schemas` is computed.
        let source = stored.to_json();
        for filter in filters {
            answer(&filter, &stored, &source);
        }
    }

    #[test]
    fn what_is_unassigned_in_json_changes_nothing(
        document in document(),
        filters in prop::collection::vec(filter(), 1..8),
    ) {
        let stored: Stored<Gadget> = Stored::from_json(&document.to_string()).unwrap();
        for filter in filters.iter().filter(|filter| !filter.to_string().contains("schemas")) {
            answer(filter, &stored, &document.to_string());
        }
    }

    #[test]
    fn the_order_is_total(
        documents in prop::collection::vec(document(), 0..24),
        path in path(),
        descending: bool,
    ) {
        let order = if descending { SortOrder::Descending } else { SortOrder::Ascending };
        let mut stored: Vec<Stored<Gadget>> =
            documents.iter().map(|text| Stored::from_json(&text.to_string()).unwrap()).collect();
        sort_by(&mut stored, &path, order);
        for (at, one) in stored.iter().enumerate() {
            for two in stored.iter().skip(at) {
                prop_assert!(compare(one, two, &path, order).is_le());
                prop_assert_eq!(
                    compare(one, two, &path, order),
                    compare(two, one, &path, order).reverse()
                );
            }
        }
    }
}
