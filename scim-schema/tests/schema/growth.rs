//! Documents come from anywhere: four times as much takes about four times as long.

use std::time::Duration;

use scim_schema::{Reading, Source, read};

#[path = "../../../scim-client/tests/common/cpu.rs"]
mod cpu;

/// The quickest of a few readings.
fn time(text: &str) -> Duration {
    let source = [Source::new("x", text)];
    let once = |_| {
        let start = cpu::cpu();
        // Whether it is refused does not matter.
        let _ = read(&source, &Reading::default());
        cpu::cpu() - start
    };
    (0..3).map(once).min().unwrap()
}

fn document(attributes: impl Iterator<Item = String>) -> String {
    let attributes: Vec<_> = attributes.collect();
    format!(
        r#"{{"id":"urn:x:2.0:Y","name":"Y","attributes":[{}]}}"#,
        attributes.join(",")
    )
}

#[test]
fn cost_is_linear() {
    let alike = |n: usize| {
        let members: Vec<_> = (0..n).map(|i| format!(r#""x{i}":{i}"#)).collect();
        members.join(",")
    };
    type Make<'a> = &'a dyn Fn(usize) -> String;
    let cases: [(&str, Make<'_>); 8] = [
        ("one finding for each attribute, in one line", &|n| {
            document((0..n).map(|i| format!(r#"{{"name":"a{i}","type":"string"}}"#)))
        }),
        ("attributes with types that nobody knows", &|n| {
            document((0..n).map(|i| format!(r#"{{"name":"a{i}","type":"t{i}","multiValued":1}}"#)))
        }),
        ("names that no attribute may have", &|n| {
            document((0..n).map(|i| format!(r#"{{"name":"a b{i}","type":"string"}}"#)))
        }),
        ("names that are one in Rust", &|n| {
            document((0..n).map(|i| {
                let name = format!("{}a{}", "-".repeat(i % 2), "_".repeat(i % 50));
                format!(r#"{{"name":"x{name}{i}","type":"string","multiValued":false}}"#)
            }))
        }),
        ("one attribute over and over", &|n| {
            document((0..n).map(|_| r#"{"name":"a","type":"string"}"#.to_owned()))
        }),
        ("two attributes of many members", &|n| {
            let members = alike(n);
            document((0..2).map(|_| format!(r#"{{"name":"a","type":"string",{members}}}"#)))
        }),
        ("suggested values", &|n| {
            let values: Vec<_> = (0..n).map(|i| format!("\"v{i}\"")).collect();
            let values = values.join(",");
            document(std::iter::once(format!(
                r#"{{"name":"a","type":"string","multiValued":false,"canonicalValues":[{values}]}}"#
            )))
        }),
        ("documents", &|n| {
            let one = |i: usize| format!(r#"{{"id":"urn:x:2.0:Y{i}","name":"Y","attributes":[]}}"#);
            format!("[{}]", (0..n).map(one).collect::<Vec<_>>().join(","))
        }),
    ];
    let mut slow = Vec::new();
    for (name, make) in cases {
        let (small, large) = (time(&make(1_000)), time(&make(4_000)));
        println!("{name}: {small:?}, {large:?}");
        // Four times, and what a busy machine and caches add.
        let allowed = small.max(Duration::from_millis(8)) * 8;
        if large > allowed {
            slow.push(format!("{name}: {small:?}, {large:?}"));
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

#[test]
fn columns_are_those_of_each_line() {
    let text = "{\"id\":\"urn:x:2.0:Y\",\"name\":\"\u{e9}\u{1f600}\",\"attributes\":[{\"name\":\"a\",\"type\":\"string\"},\
                {\"name\":\"b\",\"type\":\"string\"},\n  {\"name\":\"c\",\"type\":\"string\"}]}";
    let (_, findings) = read(&[Source::new("x", text)], &Reading::default()).unwrap();
    let places: Vec<_> = findings
        .iter()
        .filter(|one| one.code() == "multi-valued-absent")
        .map(|one| (one.line(), one.column(), one.pointer().to_owned()))
        .collect();
    let line = |at: usize| text.lines().nth(at).unwrap();
    let column = |at: usize, name: &str| {
        let byte = line(at).find(&format!("{{\"name\":\"{name}\"")).unwrap();
        line(at)[..byte].chars().count() + 1
    };
    assert_eq!(
        places,
        [
            (1, column(0, "a"), "/attributes/0".to_owned()),
            (1, column(0, "b"), "/attributes/1".to_owned()),
            (2, column(1, "c"), "/attributes/2".to_owned()),
        ]
    );
}
