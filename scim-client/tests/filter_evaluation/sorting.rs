//! The order of resources.

use scim_client::{Json, Stored, evaluate::sort_by, message::SortOrder};

use super::common::gadget::Gadget;

fn stored(members: &str) -> Stored<Gadget> {
    Stored::from_json(&format!(r#"{{"id":"1","serialNumber":"s",{members}}}"#)).unwrap()
}

#[test]
fn sorting_follows_types_and_the_primary_value() {
    let sorted = |path: &str, order, members: &[&str]| {
        let mut gadgets: Vec<_> = members.iter().map(|members| stored(members)).collect();
        for (at, gadget) in gadgets.iter_mut().enumerate() {
            gadget.extra.insert("at", Json::of(&at).unwrap());
        }
        sort_by(&mut gadgets, &path.parse().unwrap(), order);
        gadgets
            .iter()
            .map(|gadget| gadget.extra.get("at").unwrap().read::<usize>().unwrap())
            .collect::<Vec<_>>()
    };
    let labels = [
        r#""label":"b""#,
        r#""level":1"#,
        r#""label":"A""#,
        r#""label":"B""#,
        r#""label":"É""#,
    ];
    assert_eq!(
        sorted("label", SortOrder::Ascending, &labels),
        [2, 0, 3, 4, 1]
    );
    assert_eq!(
        sorted("label", SortOrder::Descending, &labels),
        [1, 4, 0, 3, 2]
    );
    let exact = [
        r#""externalId":"b""#,
        r#""externalId":"B""#,
        r#""externalId":"a""#,
    ];
    assert_eq!(
        sorted("externalId", SortOrder::Ascending, &exact),
        [1, 2, 0]
    );
    let numbers = [r#""level":10"#, r#""level":-1"#, r#""level":9"#];
    assert_eq!(sorted("level", SortOrder::Ascending, &numbers), [1, 2, 0]);
    let decimals = [
        r#""weight":1e1"#,
        r#""weight":9.99"#,
        r#""weight":1e99999999999999999999"#,
        r#""weight":-3"#,
    ];
    assert_eq!(
        sorted("weight", SortOrder::Ascending, &decimals),
        [3, 1, 0, 2]
    );
    let times = [
        r#""built":"2024-01-01T02:00:00+02:00""#,
        r#""built":"soon""#,
        r#""built":"2023-12-31T23:59:59Z""#,
        r#""built":"2024-01-01T00:00:00.1""#,
    ];
    assert_eq!(sorted("built", SortOrder::Ascending, &times), [2, 0, 3, 1]);
    let ports = [
        r#""ports":[{"value":"a"},{"value":"z","primary":true}]"#,
        r#""ports":[{"value":"m"},{"value":"a"}]"#,
        r#""ports":[{"value":"n","type":"x"}]"#,
    ];
    assert_eq!(sorted("ports", SortOrder::Ascending, &ports), [1, 2, 0]);
    assert_eq!(
        sorted("ports.value", SortOrder::Descending, &ports),
        [0, 2, 1]
    );
    assert_eq!(
        sorted("ports.type", SortOrder::Ascending, &ports),
        [2, 0, 1]
    );
    let booleans = [
        r#""enabled":true"#,
        r#""tags":["q","a"]"#,
        r#""enabled":false,"tags":["b"]"#,
    ];
    assert_eq!(
        sorted("enabled", SortOrder::Ascending, &booleans),
        [2, 0, 1]
    );
    assert_eq!(sorted("tags", SortOrder::Ascending, &booleans), [2, 1, 0]);
    assert_eq!(sorted("place", SortOrder::Ascending, &booleans), [0, 1, 2]);
}
