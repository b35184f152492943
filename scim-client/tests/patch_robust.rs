//! Texts from outside neither panic nor take long: a short run of what `fuzz/` does for long.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;
#[path = "common/cpu.rs"]
mod cpu;

use std::time::{Duration, Instant};

use common::{
    filler::{self, Random},
    gadget::Gadget,
};
use cpu::cpu;
use scim_client::{
    attribute_path::AttributePath,
    evaluate::Subject,
    filter::{Filter, PatchPath},
    patch::{self, ApplyOptions, Dialect, PatchOp, Removal, Unknown},
};

/// How long the tests here may take, each.
const BUDGET: Duration = Duration::from_secs(4);

const PIECES: &[&str] = &[
    "ports",
    "tags",
    "place",
    "label",
    "free",
    "id",
    "meta",
    "schemas",
    "nick",
    "value",
    "type",
    "primary",
    "slot",
    "room",
    "shelves",
    "desk.note",
    "serialNumber",
    "built",
    ".",
    ":",
    "[",
    "]",
    "(",
    ")",
    "not ",
    " and ",
    " or ",
    " eq ",
    " pr",
    " gt ",
    " co ",
    "\\\"a\\\"",
    "true",
    "null",
    "1.5",
    "urn:example:params:scim:schemas:extension:acme:2.0:Gadget",
    "urn:other:2.0:Thing",
    "urn:",
    "$ref",
    " ",
    "\u{e9}",
    "\\u0000",
    "-",
];

const VALUES: &[&str] = &[
    "null",
    "true",
    "\"False\"",
    "1",
    "-1.5e3",
    "\"\"",
    "\"a\"",
    "[]",
    "{}",
    "[1,2]",
    "[\"x\",\"x\"]",
    "[{\"value\":\"a\",\"primary\":true},{\"value\":\"b\",\"primary\":true}]",
    "[[{}],null]",
    "{\"value\":\"z\",\"type\":null}",
    "{\"room\":\"Q\",\"shelves\":[{\"code\":\"c\",\"x\":{}}]}",
    "{\"place\":{\"floor\":2},\"tags\":\"t\",\"nick\":{\"a\":1},\"place.room\":\"R\"}",
    "{\"urn:example:params:scim:schemas:extension:acme:2.0:Gadget:desk.floor\":1}",
    "{\"urn:other:2.0:Thing\":{\"q\":2},\"urn:other:2.0:Thing:r.s\":3,\"\":1,\":\":{}}",
];

const PATHS: &[&str] = &[
    "label",
    "tags",
    "ports",
    "place",
    "place.room",
    "place.shelves",
    "place.x",
    "free",
    "level",
    "ports[value eq \\\"a\\\"]",
    "ports[type pr].value",
    "ports[primary eq true].primary",
    "ports[not (value eq \\\"q\\\")].slot",
    "tags[value eq \\\"a\\\"]",
    "ports.type",
    "nick",
    "later",
    "urn:example:params:scim:schemas:extension:acme:2.0:Gadget",
    "urn:example:params:scim:schemas:extension:acme:2.0:Gadget:desk.floor",
    "urn:example:params:scim:schemas:extension:acme:2.0:Gadget:x",
    "urn:other:2.0:Thing:q.r",
    "urn:other:2.0:Thing",
    "built",
    "serialNumber",
    "pin",
    "ports[value eq \\\"new\\\"].type",
];

fn path(random: &mut Random) -> String {
    if !random.once_in(3) {
        return PATHS[random.below(PATHS.len())].to_owned();
    }
    (0..=random.below(6))
        .map(|_| PIECES[random.below(PIECES.len())])
        .collect()
}

fn message(random: &mut Random) -> String {
    let mut text = String::from("{\"Operations\":[");
    for index in 0..=random.below(4) {
        if index > 0 {
            text.push(',');
        }
        let op = ["add", "Replace", "remove", "move"][random.below(4)];
        text.push_str(&format!("{{\"op\":\"{op}\""));
        if !random.once_in(4) {
            text.push_str(&format!(",\"path\":\"{}\"", path(random)));
        }
        if !random.once_in(4) {
            text.push_str(&format!(
                ",\"value\":{}",
                VALUES[random.below(VALUES.len())]
            ));
        }
        text.push('}');
    }
    text.push_str("]}");
    // A character is lost now and then.
    if random.once_in(3) {
        let at = random.below(text.len());
        if text.is_char_boundary(at) {
            text.remove(at);
        }
    }
    text
}

/// Runs `one` with ever other random numbers until the time is over.
fn for_a_while(mut one: impl FnMut(&mut Random)) {
    let start = Instant::now();
    let mut rounds = 0_u64;
    while rounds < 100 || (start.elapsed() < BUDGET && rounds < 100_000) {
        one(&mut Random(rounds));
        rounds += 1;
    }
    println!("{rounds} rounds");
}

#[test]
fn messages_apply_or_fail() {
    let (mut read, mut applied) = (0, 0);
    for_a_while(|random| {
        let Ok(message) = PatchOp::from_json(&message(random), &[]) else {
            return;
        };
        read += 1;
        assert!(
            PatchOp::from_json(&message.to_json(), &[]).is_ok(),
            "{}",
            message.to_json()
        );
        let mut before = Gadget::new("g");
        filler::fill(&mut before, random);
        let keeping = ApplyOptions::default().with_unknown(Unknown::Keep);
        for options in [ApplyOptions::default(), ApplyOptions::entra(), keeping] {
            let mut after = before.clone();
            match message.apply(&mut after, &options) {
                Ok(_) => {
                    applied += 1;
                    let _ = patch::diff(&before, &after);
                }
                Err(error) => {
                    assert!(after == before, "{error}");
                    assert!(!error.to_string().is_empty());
                }
            }
        }
        let dialect = Dialect::rfc()
            .with_removal(Removal::ByValueList)
            .with_no_paths(true)
            .with_max_operations(Some(random.below(3)))
            .with_max_changed(Some(random.below(3)));
        let operations: usize = dialect
            .plan(message)
            .iter()
            .map(|m| m.operations.len())
            .sum();
        assert!(operations > 0);
    });
    println!("{read} read, {applied} applied");
    assert!(read > 0 && applied > 0);
}

#[test]
fn paths_and_filters_read_back() {
    for_a_while(|random| {
        let text = path(random);
        if let Ok(path) = text.parse::<PatchPath>() {
            assert_eq!(path.to_request_string().parse().as_ref(), Ok(&path));
        }
        if let Ok(path) = text.parse::<AttributePath>() {
            assert_eq!(path.to_string().parse().as_ref(), Ok(&path));
        }
        if let Ok(filter) = Filter::parse(&text.replace('\\', "")) {
            assert_eq!(Filter::parse(&filter.to_string()).as_ref(), Ok(&filter));
            let _ = filter.matches(Subject::resource(&Gadget::new("g")));
        }
    });
}

/// Twice the work takes about twice the time, not four times.
#[test]
fn large_messages_are_linear() {
    let start = cpu();
    let items: Vec<String> = (0..100_000)
        .map(|i| format!("{{\"value\":\"v{}\"}}", i / 2))
        .collect();
    let list = items.join(",");
    let mut gadget = Gadget::new("g");
    for op in ["add", "add"] {
        let text = format!(
            "{{\"Operations\":[{{\"op\":\"{op}\",\"path\":\"ports\",\"value\":[{list}]}}]}}"
        );
        let message = PatchOp::from_json(&text, &[]).unwrap();
        message
            .apply(&mut gadget, &ApplyOptions::default())
            .unwrap();
    }
    assert_eq!(gadget.ports.len(), 50_000);
    let text =
        format!("{{\"Operations\":[{{\"op\":\"remove\",\"path\":\"ports\",\"value\":[{list}]}}]}}");
    let message = PatchOp::from_json(&text, &[]).unwrap();
    message
        .apply(&mut gadget.clone(), &ApplyOptions::entra())
        .unwrap();
    // Equal elements, all of them.
    let mut same = Gadget::new("g");
    same.ports = vec![gadget.ports[0].clone(); 100_000];
    let mut fewer = same.clone();
    fewer.ports.truncate(99_999);
    assert_eq!(patch::diff(&same, &fewer).unwrap().operations().len(), 1);
    let deep = format!(
        "{{\"Operations\":[{{\"op\":\"add\",\"path\":\"free\",\"value\":{}1{}}}]}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(PatchOp::from_json(&deep, &[]).is_err());
    let took = cpu() - start;
    println!("{took:?}");
    assert!(took < Duration::from_secs(30), "{took:?}");
}
