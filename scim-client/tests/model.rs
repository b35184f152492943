//! Reading, writing, projecting and comparing, on a resource with every kind of attribute.

mod common;

use common::gadget::{Color, Gadget, Port};
use scim_client::{Partial, Resource, Stored, typed::Condition};

const FULL: &str = r#"{
  "schemas": ["urn:example:params:scim:schemas:core:2.0:Gadget"],
  "id": "7", "SERIALNUMBER": "S-1", "label": null, "tags": "solo", "enabled": "True",
  "level": "12", "weight": 1234567890.123456789012345, "built": "2024-01-01T24:00:00",
  "lastSeen": "2024", "key": "AQI=", "owner": "Users/1", "color": "mauve", "free": {"a": [1.50]},
  "place": {"room": "R", "floor": 2, "Honor": "x", "shelves": [{"code": "c", "z": [1]}, null, {}]},
  "ports": [{"value": "p1", "type": "usb", "primary": "false", "x": 1}, {"value": 2}],
  "urn:example:params:scim:schemas:extension:acme:2.0:Gadget":
    {"badge": "B", "desk": {"floor": 1, "note": "n", "mx": 2}},
  "urn:other:2.0:Thing": {"q": []}, "nick": 1.10,
  "meta": {"version": "W/\"1\"", "lastModified": "2024", "more": true}
}"#;

#[test]
fn reads_generously_and_writes_exactly() {
    let gadget: Stored<Gadget> = Stored::from_json(FULL).unwrap();
    assert_eq!(gadget.id(), "7");
    assert_eq!(gadget.serial_number, "S-1");
    assert_eq!(gadget.tags, ["solo"]);
    assert_eq!(gadget.enabled, Some(true));
    assert_eq!(gadget.level, Some(12));
    assert_eq!(gadget.color.as_ref().unwrap().as_str(), "mauve");
    assert_eq!(gadget.ports.len(), 2);
    assert_eq!(gadget.ports[1].value, "2");
    assert_eq!(gadget.place.as_ref().unwrap().shelves.len(), 1);
    assert_eq!(gadget.extra.len(), 2);

    let text = gadget.to_json();
    let again: Stored<Gadget> = Stored::from_json(&text).unwrap();
    assert_eq!(again, gadget);
    // Nothing but the text of a date, which is kept, is not as the RFC has it.
    let error = Stored::<Gadget>::from_json_strict(&text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "lastSeen: not a dateTime of XML Schema (strict mode); \
         meta.lastModified: not a dateTime of XML Schema (strict mode)"
    );
    for kept in [
        r#""weight":1234567890.123456789012345"#,
        r#""Honor":"x""#,
        r#""z":[1]"#,
        r#""mx":2"#,
        r#""x":1"#,
        r#""nick":1.10"#,
        r#""more":true"#,
        r#""urn:other:2.0:Thing":{"q": []}"#,
        r#""free":{"a": [1.50]}"#,
        r#""lastSeen":"2024""#,
    ] {
        assert!(text.contains(kept), "{kept} in {text}");
    }
    let request = gadget.resource().to_json();
    for gone in ["\"id\"", "lastSeen", "\"note\"", "\"meta\""] {
        assert!(!request.contains(gone), "{gone} in {request}");
    }
    assert!(request.starts_with(
        r#"{"schemas":["urn:example:params:scim:schemas:core:2.0:Gadget","urn:example:params:scim:schemas:extension:acme:2.0:Gadget","urn:other:2.0:Thing"],"serialNumber":"S-1""#
    ), "{request}");
}

#[test]
fn serde_is_the_same() {
    let gadget: Stored<Gadget> = serde_json::from_str(FULL).unwrap();
    assert_eq!(gadget, Stored::from_json(FULL).unwrap());
    assert_eq!(serde_json::to_string(&gadget).unwrap(), gadget.to_json());
    let value = serde_json::to_value(&gadget).unwrap();
    assert_eq!(value["nick"], serde_json::json!(1.1));
    let from_value: Stored<Gadget> = serde_json::from_value(value).unwrap();
    assert_eq!(from_value.serial_number, "S-1");
    let port: Port = serde_json::from_str(r#"{"value":"a","n":1}"#).unwrap();
    assert_eq!(
        serde_json::to_string(&port).unwrap(),
        r#"{"value":"a","n":1}"#
    );
}

#[test]
fn problems_have_paths() {
    let error = Stored::<Gadget>::from_json(
        r#"{"id":"1","serialNumber":"s","enabled":3,"ports":[{"value":"a"},{"type":{"no":1}}],
            "place":{"shelves":[{"code":[1,2]}]},"urn:example:params:scim:schemas:extension:acme:2.0:Gadget":{"desk":{"floor":1.5}}}"#,
    )
    .unwrap_err();
    let places: Vec<String> = error.places().iter().map(ToString::to_string).collect();
    assert_eq!(
        places,
        [
            "enabled: expected a boolean, found a number",
            "ports[1].type: expected a string, found an object",
            "place.shelves[0].code: expected one value, found an array",
            "urn:example:params:scim:schemas:extension:acme:2.0:Gadget:desk.floor: expected an integer, found a number",
        ]
    );
    assert!(error.raw().starts_with("{\"id\""));
    let error = Stored::<Gadget>::from_json("{\"id\":\"1\"}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "serialNumber: required attribute is missing (if the service provider never returns it, \
         say `\"required\": false` in overlay.json, or `Option` in a type of your own)"
    );
    let error = Stored::<Gadget>::from_json("{\"serialNumber\":\"1\"}").unwrap_err();
    assert_eq!(error.to_string(), "id: required attribute is missing");
    let error = Stored::<Gadget>::from_json("{\"id\":\n \"1\",}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid JSON at line 2 column 6: expected a member name"
    );
    let error = Stored::<Gadget>::from_json("{\"id\":").unwrap_err();
    assert!(error.syntax_error().unwrap().is_eof());
}

#[test]
fn projections_invent_nothing() {
    let partial: Partial<Gadget> = Partial::from_json(
        r#"{"id":"1","level":3,"ports":[null,{"type":"usb"},{"value":"b"}],"place":{"room":"R"}}"#,
    )
    .unwrap();
    assert_eq!(partial.get(|g| g.serial_number), None);
    assert_eq!(partial.get(|g| g.level), Some(3));
    assert_eq!(partial.get(|g| g.id), Some("1"));
    assert_eq!(partial.get(|g| g.place.room), Some("R"));
    let ports = partial.get(|g| g.ports).unwrap();
    let values: Vec<_> = ports.iter().map(|p| p.get(|p| p.value)).collect();
    assert_eq!(values, [None, Some("b")]);
    assert_eq!(partial.get(|g| g.place).unwrap().get(|p| p.floor), None);
}

fn on<F: FnOnce(<Gadget as scim_client::resource::Root>::Paths) -> Condition<Gadget>>(
    f: F,
) -> String {
    f(<Gadget as scim_client::resource::Root>::PATHS).to_string()
}

#[test]
fn filters_are_typed() {
    assert_eq!(
        on(|g| g.serial_number.sw("S") & g.ports.any(|p| p.type_.eq("usb") & p.value.ew("1"))),
        r#"serialNumber sw "S" and ports[type eq "usb" and value ew "1"]"#
    );
    assert_eq!(
        on(|g| !g.enabled.eq(true)
            | g.meta.last_modified.gt("2024-01-01T00:00:00Z")
            | g.id.eq("7")),
        r#"not (enabled eq true) or meta.lastModified gt "2024-01-01T00:00:00Z" or id eq "7""#
    );
    assert_eq!(
        on(|g| g.acme.desk.floor.ge(2)
            & g.acme.pr()
            & g.color.eq(Color::DarkBlue)
            & g.ports.value.eq("x")),
        r#"urn:example:params:scim:schemas:extension:acme:2.0:Gadget:desk.floor ge 2 and urn:example:params:scim:schemas:extension:acme:2.0:Gadget pr and color eq "dark-blue" and ports.value eq "x""#
    );
}

#[test]
fn nothing_secret_is_shown() {
    let mut gadget = Gadget::new("S");
    gadget.pin = "hunter2".into();
    gadget.tags.push("quote\"\u{1}\n".into());
    assert!(gadget.to_json().contains("hunter2"));
    assert!(!format!("{gadget:?}").contains("hunter2"));
    assert!(!format!("{:?}", gadget.pin).contains("hunter2"));
    let stored = Stored::from_parts("1", scim_client::Meta::default(), gadget);
    assert!(!stored.to_json().contains("hunter2"));
    assert!(!format!("{stored:?}").contains("hunter2"));
    let again: Stored<Gadget> = Stored::from_json(&stored.to_json()).unwrap();
    assert_eq!(again.tags, ["quote\"\u{1}\n"]);
}

#[test]
fn unassigned_in_any_form_is_absent() {
    for value in ["null", "[]", "{}", " { } "] {
        let text = format!(
            r#"{{"id":"1","serialNumber":"s","label":{value},"enabled":{value},"level":{value},
                "built":{value},"place":{value},"ports":{value},"tags":{value},
                "urn:example:params:scim:schemas:extension:acme:2.0:Gadget":{value},"meta":{value}}}"#
        );
        let gadget: Stored<Gadget> =
            Stored::from_json(&text).unwrap_or_else(|e| panic!("{value}: {e}"));
        assert_eq!(gadget.resource(), &Gadget::new("s"), "{value}");
    }
    let error = Stored::<Gadget>::from_json(r#"{"id":"1","serialNumber":[]}"#).unwrap_err();
    assert_eq!(
        error.places()[0].to_string(),
        "serialNumber: required attribute is missing"
    );
}

/// `flatten` and tagged enums wrap the serializer in one of serde's own.
#[test]
fn serde_in_other_types() {
    struct Flat(Gadget);
    impl serde::Serialize for Flat {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeMap as _;
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("gadget", &self.0)?;
            map.end()
        }
    }
    let value = serde_json::to_value(Flat(Gadget::new("s"))).unwrap();
    assert_eq!(value["gadget"]["serialNumber"], "s");
}

/// What `#[derive(PartialEq)]` would say, through the table.
#[test]
fn any_difference_makes_unequal() {
    let full = || Stored::<Gadget>::from_json(FULL).unwrap().into_resource();
    assert_eq!(full(), full());
    let changes: [fn(&mut Gadget); 22] = [
        |g| g.serial_number.push('x'),
        |g| g.external_id = Some(String::new()),
        |g| g.label = Some(String::new()),
        |g| g.tags.push("b".into()),
        |g| g.tags.clear(),
        |g| g.enabled = Some(false),
        |g| g.level = None,
        |g| g.weight = Some("1234567890.1234567890123450".parse().unwrap()),
        |g| g.built = Some("2024-01-02T00:00:00".into()),
        |g| g.last_seen = scim_client::ReadOnly::assigned(None),
        |g| g.key = Some("aqi=".into()),
        |g| g.owner = Some("users/1".into()),
        |g| g.color = Some("red".into()),
        |g| g.pin = scim_client::WriteOnly::new(Some("1".into())),
        |g| g.free = None,
        |g| g.place.as_mut().unwrap().floor = Some(3),
        |g| g.place.as_mut().unwrap().shelves[0].code = None,
        |g| drop(g.place.as_mut().unwrap().extra.remove("Honor")),
        |g| g.ports.swap(0, 1),
        |g| g.ports[1].slot = Some(0),
        |g| g.acme.as_mut().unwrap().desk = None,
        |g| drop(g.extra.remove("nick")),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut changed = full();
        change(&mut changed);
        assert_ne!(changed, full(), "change {index}");
    }
    // The schema says of this enum that letter case does not count, or that it does.
    let mut other = full();
    other.color = Some("MAUVE".into());
    let color = |gadget: &Gadget| gadget.color.clone();
    assert_eq!(other == full(), color(&other) == color(&full()));
}
