//! Random messages to a gadget: of its compiled type, of the published one, and in service providers
//! of both. All four do the same, or refuse it for the same reason.

use scim_client::{
    Extension, Stored,
    dynamic::ResourceType,
    filter::FilterOptions,
    patch::{ApplyOptions, PatchErrorKind, PatchOp},
    testing::ServiceProvider,
};
use serde_json::{Value, json};

use crate::{
    common::{
        filler::Random,
        gadget::{AcmeGadget, Gadget},
    },
    published,
    support::{patch, send},
};

const ACME: &str = "urn:example:params:scim:schemas:extension:acme:2.0:Gadget";
const CORE: &str = "urn:example:params:scim:schemas:core:2.0:Gadget";

const NAMES: &[&str] = &[
    "serialNumber",
    "externalId",
    "label",
    "tags",
    "enabled",
    "LEVEL",
    "weight",
    "built",
    "lastSeen",
    "key",
    "owner",
    "color",
    "free",
    "place",
    "place.room",
    "place.floor",
    "place.shelves",
    "ports",
    "ports.type",
    "id",
    "schemas",
    "nope",
    "place.nope",
    "badge",
    "desk",
    "CORE:label",
    "CORE:ports",
    "core:place.floor",
    "ACME",
    "ACME:badge",
    "ACME:desk",
    "acme:desk.floor",
    "ACME:desk.note",
    "ACME:nope",
    "CORE",
    "urn:other:2.0:Thing",
    "urn:other:2.0:Thing:x",
    "tags[value eq \"a\"]",
    "place[room eq \"a\"]",
    "place.shelves[code eq \"a\"]",
    "place.shelves[code eq \"a\"].code",
    "label[value eq \"a\"]",
    "ports.value[type eq \"a\"]",
    "ports[FILTER]",
    "ports[FILTER]",
    "ports[FILTER].value",
    "ports[FILTER].type",
    "ports[FILTER].primary",
    "ports[FILTER].slot",
    "ports[FILTER].nope",
];

const CONDITIONS: &[&str] = &[
    "type eq \"a\"",
    "value eq \"A\"",
    "value eq \"b\"",
    "primary eq true",
    "primary eq false",
    "primary eq \"True\"",
    "slot gt 0",
    "not (type pr)",
    "nope pr",
];

/// Values that fit nothing, or only where values are read generously.
const ODD: &[&str] = &[
    r#""""#,
    "null",
    r#""True""#,
    "5",
    "1.5",
    r#""5""#,
    "[]",
    "{}",
    r#"{"value":"a"}"#,
    r#"[{"$ref":null,"value":"a"}]"#,
    r#"["a","A"]"#,
    r#"[{"type":null}]"#,
    r#"{"type":null,"nope":1}"#,
    r#"[{"value":null,"type":"a"}]"#,
];

fn pick<'a>(random: &mut Random, from: &[&'a str]) -> &'a str {
    from[random.below(from.len())]
}

fn name(random: &mut Random) -> String {
    let filter = match random.below(3) {
        0 => pick(random, CONDITIONS).to_owned(),
        1 => format!(
            "{} and {}",
            pick(random, CONDITIONS),
            pick(random, CONDITIONS)
        ),
        _ => format!(
            "{} or {}",
            pick(random, CONDITIONS),
            pick(random, CONDITIONS)
        ),
    };
    let name = pick(random, NAMES).replace("FILTER", &filter);
    let name = name.replace("CORE", CORE).replace("ACME", ACME);
    let name = name.replace("core:", &format!("{}:", CORE.to_uppercase()));
    name.replace("acme:", &format!("{}:", ACME.to_lowercase()))
}

fn port(random: &mut Random) -> Value {
    let mut port = json!({});
    for name in ["value", "type", "primary", "slot", "nope"] {
        if random.once_in(3) != (name == "value") {
            port[name] = match name {
                "primary" => json!(random.once_in(2)),
                "slot" => json!(random.below(3)),
                _ => json!(pick(random, &["a", "b", "C"])),
            };
        }
    }
    port
}

fn value(random: &mut Random, name: &str) -> Value {
    let last = name.rsplit([':', '.', '[']).next().unwrap_or_default();
    match last.to_ascii_lowercase().as_str() {
        // The provider refuses what is not base64, and an empty serial number.
        "key" => json!(pick(random, &["AQI=", "AQI", "/+8="])),
        "serialnumber" => json!(pick(random, &["s", "S", "t"])),
        _ if random.once_in(4) => serde_json::from_str(pick(random, ODD)).unwrap(),
        "ports" => json!([port(random), port(random)]),
        _ if name.ends_with(']') => port(random),
        "place" => json!({"room": pick(random, &["a", "b"]), "shelves": [{"code": "a"}]}),
        "shelves" => json!([{"code": pick(random, &["a", "B"])}]),
        "desk" => json!({"floor": random.below(3)}),
        "level" | "floor" | "slot" => json!(random.below(3)),
        "enabled" | "primary" => json!(random.once_in(2)),
        "weight" => json!(1.5),
        "built" => json!(pick(
            random,
            &["2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00"]
        )),
        "tags" => json!([pick(random, &["a", "A", "b"]), "c"]),
        "gadget" => json!({"badge": "b"}),
        _ => json!(pick(random, &["a", "A", "b", "https://example.com/1"])),
    }
}

fn operation(random: &mut Random) -> Value {
    let op = pick(random, &["add", "replace", "remove", "Add", "Replace"]);
    if random.once_in(4) {
        let mut members = json!({});
        for _ in 0..=random.below(3) {
            let name = name(random);
            members[&name] = value(random, &name);
        }
        return json!({"op": op, "value": members});
    }
    let path = name(random);
    let given = value(random, &path);
    if op == "remove" && !random.once_in(3) {
        return json!({"op": op, "path": path});
    }
    json!({"op": op, "path": path, "value": given})
}

fn gadget(random: &mut Random) -> Value {
    let ports = (0..random.below(4)).map(|at| {
        json!({"value": pick(random, &["a", "b"]), "type": "a", "slot": at, "primary": at == 1})
    });
    let ports: Vec<Value> = ports.collect();
    let mut gadget = json!({
        "schemas": [CORE], "id": "7", "serialNumber": "s", "ports": ports, "nope": "n",
        "place": {"room": "a", "floor": 1, "shelves": [{"code": "a"}]}, "tags": ["a"], "level": 1,
        ACME: {"badge": "a", "desk": {"floor": 1, "note": "n"}}, "built": "2024-01-01T00:00:00Z",
    });
    for name in ["ports", "place", "tags", "level", "built", ACME] {
        if random.once_in(3) {
            gadget.as_object_mut().unwrap().remove(name);
        }
    }
    gadget
}

/// All that a client may see, without what only a service provider sets.
fn seen(json: &str) -> Value {
    let mut seen: Value = serde_json::from_str(json).unwrap();
    let members = seen.as_object_mut().unwrap();
    for hidden in ["meta", "pin"] {
        members.remove(hidden);
    }
    seen
}

type Outcome = Result<Value, PatchErrorKind>;

/// What a service provider has after a message.
async fn served(provider: &ServiceProvider, before: &Value, message: &Value) -> Outcome {
    let id = provider.seed_json(&before.to_string()).unwrap();
    let path = format!("/Gadgets/{id}");
    let answer = send(provider, "PATCH", &path, message.clone()).await;
    let after = send(provider, "GET", &path, Value::Null).await;
    match answer.status {
        200 => Ok(seen(&after.body.to_string())),
        status => {
            assert_eq!(status, 400, "{}", answer.body);
            let unchanged = seen(&after.body.to_string());
            let before = Stored::<Gadget>::from_json(&before.to_string()).unwrap();
            assert_eq!(unchanged, seen(&before.to_json()), "{message}");
            Err(kind(&answer.body))
        }
    }
}

/// The kind of an error in a body.
fn kind(body: &Value) -> PatchErrorKind {
    let all = [
        PatchErrorKind::InvalidSyntax,
        PatchErrorKind::InvalidPath,
        PatchErrorKind::InvalidFilter,
        PatchErrorKind::InvalidValue,
        PatchErrorKind::NoTarget,
        PatchErrorKind::Mutability,
    ];
    let is_it = |kind: &PatchErrorKind| body["scimType"] == kind.scim_type();
    all.into_iter().find(is_it).expect("one of them")
}

async fn compare(
    seed: u64,
    published: &ResourceType,
    options: &ApplyOptions,
    forms: FilterOptions,
) {
    let mut random = Random(seed);
    let before = gadget(&mut random);
    let operations: Vec<Value> = (0..=random.below(3))
        .map(|_| operation(&mut random))
        .collect();
    let message = patch(json!(operations));
    let text = before.to_string();
    let mut typed = Stored::<Gadget>::from_json(&text).unwrap();
    let mut own = published.stored_from_json(&text).unwrap();
    let read = PatchOp::from_json_with(&message.to_string(), &[CORE, ACME], &forms);
    let applied = read.clone().and_then(|op| op.apply(&mut typed, options));
    let again = read.and_then(|op| op.apply(&mut own, options));
    let case = || format!("seed {seed}: {message} on {before}");
    assert_eq!(applied, again, "{}", case());
    let outcome: Outcome = match &applied {
        Ok(_) => Ok(seen(&typed.to_json())),
        Err(error) => Err(error.kind()),
    };
    assert_eq!(seen(&typed.to_json()), seen(&own.to_json()), "{}", case());
    let builders = [
        ServiceProvider::builder().resource::<Gadget>(),
        ServiceProvider::builder().resource_types([published]),
    ];
    for builder in builders {
        let builder = builder.patch_options(options.clone());
        let provider = builder.filter_options(forms).build();
        let served = served(&provider, &before, &message).await;
        assert_eq!(served, outcome, "{}", case());
    }
}

#[tokio::test]
async fn all_do_the_same() {
    let published = published::<Gadget>(&[<AcmeGadget as Extension>::schema()]);
    for seed in 0..u64::from(crate::cases::cases(300).cases) {
        let (options, forms) = (ApplyOptions::default(), FilterOptions::default());
        compare(seed, &published, &options, forms).await;
        let (options, forms) = (ApplyOptions::entra(), FilterOptions::entra());
        compare(seed, &published, &options, forms).await;
    }
}

/// The outcome for the compiled type and for the published one, which is the same.
fn both(before: &Value, operation: &Value, options: &ApplyOptions) -> Outcome {
    let published = published::<Gadget>(&[<AcmeGadget as Extension>::schema()]);
    let mut typed = Stored::<Gadget>::from_json(&before.to_string()).unwrap();
    let mut own = published.stored_from_json(&before.to_string()).unwrap();
    let message = json!({"Operations": [operation]}).to_string();
    let message = PatchOp::from_json(&message, &[]).unwrap();
    let applied = message.apply(&mut typed, options);
    assert_eq!(applied, message.apply(&mut own, options), "{operation}");
    assert_eq!(seen(&typed.to_json()), seen(&own.to_json()), "{operation}");
    applied
        .map(|_| seen(&typed.to_json()))
        .map_err(|error| error.kind())
}

/// A required text of a compiled type is there before anybody gives it, as an empty one.
#[test]
fn an_element_of_nothing_is_none() {
    let before = json!({"schemas": [CORE], "id": "7", "serialNumber": "s",
        "ports": [{"value": "a", "type": "t"}]});
    for value in [
        json!([{"type": null}]),
        json!([{"type": null, "primary": null}]),
        json!([{"nope": 1}]),
        json!({"slot": null}),
    ] {
        let add = json!({"op": "add", "path": "ports", "value": value});
        let after = both(&before, &add, &ApplyOptions::default());
        assert_eq!(after, Ok(before.clone()), "{add}");
    }
    let replace =
        json!({"op": "replace", "path": "ports[value eq \"a\"]", "value": {"type": null}});
    let after = both(&before, &replace, &ApplyOptions::default()).unwrap();
    assert_eq!(after.get("ports"), None);
    // What says something has to say all that is required.
    for value in [
        json!([{"type": "t"}]),
        json!([{"value": null, "type": "t"}, {"slot": 1}]),
    ] {
        let add = json!({"op": "add", "path": "ports", "value": value});
        let after = both(&before, &add, &ApplyOptions::default());
        assert_eq!(after, Err(PatchErrorKind::InvalidValue), "{add}");
    }
}

/// However generously an empty value is read, a required attribute does not go by it.
#[test]
fn what_is_required_stays() {
    let before = json!({"schemas": [CORE], "id": "7", "serialNumber": "s", "label": "l",
        "ports": [{"value": "a", "type": "t"}]});
    for value in [json!([]), json!({}), json!(null)] {
        for operation in [
            json!({"op": "replace", "path": "serialNumber", "value": value}),
            json!({"op": "add", "value": {"serialNumber": value}}),
            json!({"op": "replace", "path": "ports[type eq \"t\"].value", "value": value}),
        ] {
            for options in [ApplyOptions::default(), ApplyOptions::entra()] {
                let after = both(&before, &operation, &options);
                assert_eq!(after, Err(PatchErrorKind::InvalidValue), "{operation}");
            }
        }
        // What is not goes.
        let operation = json!({"op": "replace", "path": "label", "value": value});
        let after = both(&before, &operation, &ApplyOptions::entra()).unwrap();
        assert_eq!(after.get("label"), None, "{operation}");
    }
}
