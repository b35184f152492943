//! Documents as nobody should send them: whatever a compiled type makes of one, the type that is
//! made at run time makes of it too; what was read is written and read again as the same; and a
//! patch from one to another leads there.

use std::{collections::HashSet, sync::LazyLock};

use proptest::prelude::*;
use scim_client::{
    EnterpriseUser, Extension, Resource, Stored, User,
    dynamic::{DynamicResource, ResourceType},
    evaluate::Subject,
    filter::{Comparand, Filter, Number, Operator},
    model::{Attribute, Descriptor, Json, Kind, Mutability},
    patch::{self, ApplyOptions, DiffErrorKind, Operation, PatchOp, Unknown},
    resource::Root as _,
};

use crate::{
    cases::cases,
    common::{
        filler::Random,
        gadget::{AcmeGadget, Gadget},
    },
    published,
};

static USER: LazyLock<ResourceType> =
    LazyLock::new(|| published::<User>(&[<EnterpriseUser as Extension>::schema()]));
static GADGET: LazyLock<ResourceType> =
    LazyLock::new(|| published::<Gadget>(&[<AcmeGadget as Extension>::schema()]));

/// Values that fit nothing, or only by chance.
const ODD: &[&str] = &[
    "null",
    "[]",
    "{}",
    r#""""#,
    "true",
    r#""True""#,
    "1",
    "0",
    "-0",
    "1e400",
    "-1E+400",
    "1e-400",
    "123456789012345678901234567890",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "1.0",
    "5e0",
    "1e3",
    r#""\ud800""#,
    r#""\udc00x""#,
    r#""\ud83d\ude00""#,
    "[null]",
    "[[]]",
    "[{}]",
    r#"{"value":null}"#,
    r#"[{"value":null}]"#,
    r#"{"a":{"b":[1]}}"#,
    r#""\u0000\n""#,
    r#"[1,"a",{}]"#,
    r#""urn:x""#,
    r#"{"VALUE":"a","value":"b"}"#,
    r#"[{"value":"a"},{"value":"a"},{"value":"A"}]"#,
    r#"{"value":"a","primary":"TRUE"}"#,
    r#"["a"]"#,
    r#"{"":1}"#,
    r#"{"a b":1,"a\"b":[{}]}"#,
    "\t[ 1 ,\n2 ]",
    r#"[[[[[[[["x"]]]]]]]]"#,
];

const TEXTS: &[&str] = &[
    "a",
    "A",
    "b",
    "work",
    "home",
    "é",
    "É",
    "",
    "x y",
    r#"q\"\\"#,
    "2024-01-01T00:00:00Z",
    "2025",
    "AQI=",
    "https://x.example/a",
    "en-US",
];

/// A member name, mostly as it should be.
fn name(name: &str, random: &mut Random) -> String {
    match random.below(8) {
        0 => name.to_ascii_uppercase(),
        1 => name.to_ascii_lowercase(),
        2 => format!("\\u{:04x}{}", u32::from(name.as_bytes()[0]), &name[1..]),
        _ => name.to_owned(),
    }
}

fn value(attribute: &'static Attribute, random: &mut Random, depth: usize) -> String {
    if random.once_in(6) {
        return ODD[random.below(ODD.len())].to_owned();
    }
    if attribute.is_multi_valued() && !random.once_in(6) {
        let elements: Vec<_> = (0..random.below(4))
            .map(|_| one(attribute, random, depth))
            .collect();
        return format!("[{}]", elements.join(","));
    }
    one(attribute, random, depth)
}

fn one(attribute: &'static Attribute, random: &mut Random, depth: usize) -> String {
    let text = |random: &mut Random| format!("\"{}\"", TEXTS[random.below(TEXTS.len())]);
    match attribute.kind() {
        Kind::Boolean => ["true", "false", "\"False\""][random.below(3)].to_owned(),
        Kind::Integer | Kind::Decimal => ["0", "42", "-3", "1.50"][random.below(4)].to_owned(),
        Kind::Complex(table) if depth < 3 => object(table.get(), random, depth + 1),
        Kind::Any => ODD[random.below(ODD.len())].to_owned(),
        _ => text(random),
    }
}

fn object(table: &'static Descriptor, random: &mut Random, depth: usize) -> String {
    let mut members = Vec::new();
    for attribute in table.attributes() {
        // The vectors of secrets are elsewhere.
        if attribute.is_secret() || (!attribute.is_required() && random.once_in(2)) {
            continue;
        }
        let mut own = name(attribute.name(), random);
        if random.once_in(12)
            && let Some(urn) = table.urn()
            && !attribute.is_extension()
        {
            own = format!("{urn}:{own}");
        }
        members.push(format!("\"{own}\":{}", value(attribute, random, depth)));
        if random.once_in(12) {
            let again = name(attribute.name(), random);
            members.push(format!("\"{again}\":{}", value(attribute, random, depth)));
        }
    }
    if random.once_in(3) {
        let names = [
            "nick",
            "x-y",
            "",
            "a b",
            "$ref",
            "é",
            "urn:other:2.0:Thing",
            "schemas",
            "meta",
        ];
        let odd = ODD[random.below(ODD.len())];
        members.push(format!("\"{}\":{odd}", names[random.below(names.len())]));
    }
    if random.once_in(2) {
        let at = random.below(members.len().max(1));
        members.rotate_left(at);
    }
    format!("{{{}}}", members.join(","))
}

/// A document of a type, with an `id`.
fn document(table: &'static Descriptor, seed: u64) -> String {
    let mut random = Random(seed);
    let text = object(table, &mut random, 0);
    let start = if random.once_in(10) { "\u{feff}" } else { "" };
    match text.strip_prefix("{}") {
        Some(_) => format!("{start}{{\"id\":\"1\"}}"),
        None => format!("{start}{{\"id\":\"1\",{}", &text[1..]),
    }
}

/// Something to ask: attributes of the type, and others.
fn filter(table: &'static Descriptor, random: &mut Random) -> Option<Filter> {
    let top = &table.attributes()[random.below(table.attributes().len())];
    let (prefix, top) = match (top.is_extension(), top.sub_attributes()) {
        (true, subs) => (format!("{}:", top.name()), &subs[random.below(subs.len())]),
        (false, _) => (String::new(), top),
    };
    let subs = top.sub_attributes();
    let sub = match subs.len() {
        0 => "value",
        count => subs[random.below(count)].name(),
    };
    let condition = |path: &str, random: &mut Random| -> Option<Filter> {
        let path = path.parse().ok()?;
        let operator = Operator::ALL[random.below(Operator::ALL.len())];
        let value = match random.below(6) {
            0 => Comparand::from(random.once_in(2)),
            1 => Comparand::from("42".parse::<Number>().unwrap()),
            2 => Comparand::from("1e400".parse::<Number>().unwrap()),
            3 => return Some(Filter::present(path)),
            _ => Comparand::from(TEXTS[random.below(TEXTS.len())]),
        };
        Some(Filter::compare(path, operator, value))
    };
    let path = format!("{prefix}{}", top.name());
    match random.below(3) {
        0 => condition(&path, random),
        1 => condition(&format!("{path}.{sub}"), random),
        _ => Some(Filter::value_path(
            path.parse().ok()?,
            condition(sub, random)?,
        )),
    }
}

/// Reads both ways. `None` if it is no resource, which both say alike.
fn read<R: Resource>(
    kind: &ResourceType,
    text: &str,
) -> Result<Option<(Stored<R>, Stored<DynamicResource>)>, TestCaseError> {
    // Strictly, a URN before a name is a part of the name, and an element whose value is null is one.
    let is_qualified = ["user:", "gadget:"]
        .iter()
        .any(|urn| text.to_lowercase().contains(urn));
    let strict = Stored::<R>::from_json_strict(text);
    let (typed, own) = match (Stored::<R>::from_json(text), kind.stored_from_json(text)) {
        (Ok(typed), Ok(own)) => (typed, own),
        (typed, own) => {
            let words =
                |error: Option<scim_client::json::DecodeError>| error.map(|e| e.to_string());
            prop_assert_eq!(words(own.err()), words(typed.err()), "{}", text);
            prop_assert!(strict.is_err() || is_qualified, "{}", text);
            return Ok(None);
        }
    };
    let written = typed.to_json();
    // The table by hand has another order.
    let own_text = own.to_json();
    let in_order = Stored::<R>::from_json(&own_text).map(|read| read.to_json());
    prop_assert!(
        in_order.as_ref().is_ok_and(|text| *text == written),
        "{}\n{}\n{}",
        text,
        own_text,
        written
    );
    let again = Stored::<R>::from_json(&written);
    prop_assert!(again.is_ok(), "{}\n{}\n{:?}", text, written, again.err());
    prop_assert_eq!(again.unwrap().to_json(), written.clone(), "{}", text);
    let again = kind.stored_from_json(&own.to_json()).unwrap();
    prop_assert!(again == own, "{}\n{}", text, written);
    if let Ok(strict) = strict
        && !is_qualified
        && !text.contains("null")
    {
        prop_assert!(strict.to_json() == written, "{}", text);
    }
    // Whatever serde_json takes too.
    if let Ok(read) = serde_json::from_str::<Stored<R>>(text) {
        prop_assert_eq!(read.to_json(), written, "{}", text);
    }
    Ok(Some((typed, own)))
}

fn texts(operations: &[Operation]) -> HashSet<String> {
    let one = |operation: &Operation| PatchOp::new(vec![operation.clone()]).to_json();
    operations.iter().map(one).collect()
}

fn check<R: Resource>(
    kind: &ResourceType,
    seeds: (u64, u64),
    table: &'static Descriptor,
) -> Result<(), TestCaseError> {
    let (one, other) = (document(table, seeds.0), document(table, seeds.1));
    let Some((typed, own)) = read::<R>(kind, &one)? else {
        return Ok(());
    };
    let text = Json::parse(&typed.to_json()).unwrap();
    let mut random = Random(seeds.0 ^ seeds.1);
    for _ in 0..8 {
        let Some(filter) = filter(table, &mut random) else {
            continue;
        };
        let wanted = filter.matches(&typed);
        prop_assert_eq!(filter.matches(&own), wanted, "{} {}", filter, one);
        let in_json = filter.matches(Subject::json_text(&text, table));
        prop_assert_eq!(in_json, wanted, "{} {}", filter, text.as_str());
    }
    let Some((after, next)) = read::<R>(kind, &other)? else {
        return Ok(());
    };
    let (by_type, by_table) = (patch::diff(&typed, &after), patch::diff(&own, &next));
    let (by_type, by_table) = match (by_type, by_table) {
        (Ok(by_type), Ok(by_table)) => (by_type, by_table),
        (by_type, by_table) => {
            prop_assert_eq!(
                by_table.err(),
                by_type.as_ref().err().cloned(),
                "{}\n{}",
                one,
                other
            );
            let kind = by_type.unwrap_err().kind();
            let known = [
                DiffErrorKind::Immutable,
                DiffErrorKind::Required,
                DiffErrorKind::NoPath,
                DiffErrorKind::SeveralPrimaries,
                DiffErrorKind::NotANumber,
            ];
            prop_assert!(known.contains(&kind));
            return Ok(());
        }
    };
    prop_assert_eq!(texts(by_table.operations()), texts(by_type.operations()));
    if by_type.is_empty() {
        return Ok(());
    }
    let message = by_type.to_message().to_json();
    let read = PatchOp::from_json(&message, &[]);
    prop_assert!(read.is_ok(), "{}\n{:?}", message, read.err());
    let mut applied = typed.clone();
    let options = ApplyOptions::default().with_unknown(Unknown::Keep);
    let result = read.unwrap().apply(&mut applied, &options);
    prop_assert!(
        result.is_ok(),
        "{:?}\n{}\n{}\n{}",
        result,
        message,
        one,
        other
    );
    let rest = patch::diff(&applied, &after);
    prop_assert!(rest.is_ok(), "{:?}\n{}\n{}\n{}", rest, message, one, other);
    // Elements lose what only a service provider sets, and one primary is left.
    let is_lost = |operation: &Operation| {
        let path = operation.path.as_ref();
        let attribute = path.and_then(|path| table.attribute(path.attribute()?.name()));
        attribute.is_some_and(|attribute| {
            let mut subs = attribute.sub_attributes().iter();
            subs.any(|sub| sub.mutability() == Mutability::ReadOnly || sub.name() == "primary")
        })
    };
    let rest = rest.unwrap();
    let left: Vec<_> = rest
        .operations()
        .iter()
        .filter(|one| !is_lost(one))
        .collect();
    prop_assert!(
        left.is_empty(),
        "{:?}\n{}\n{}\n{}",
        texts(rest.operations()),
        message,
        one,
        other
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 0, ..cases(1_500) })]

    #[test]
    fn users(seeds: (u64, u64)) {
        check::<User>(&USER, seeds, User::DESCRIPTOR)?;
    }

    #[test]
    fn gadgets(seeds: (u64, u64)) {
        check::<Gadget>(&GADGET, seeds, Gadget::DESCRIPTOR)?;
    }
}
