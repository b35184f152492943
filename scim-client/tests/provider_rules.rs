//! The embedded service provider with characteristics that the core schemas do not have.

#![cfg(feature = "testing")]
#![allow(unreachable_pub, reason = "types as the generator writes them")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use scim_client::{Client, ReadOnly, WriteOnly, message::ScimType, testing::ServiceProvider};
use serde_json::json;

use lamp::{Lamp, Part, Torch};

/// Types as the generator writes them.
mod lamp {
    use scim_client::{Extra, ReadOnly, WriteOnly, codegen_v1 as scim};

    /// A lamp.
    #[derive(Clone)]
    #[non_exhaustive]
    pub struct Lamp {
        pub code: String,
        pub note: Option<String>,
        pub kind: Option<String>,
        pub stamp: ReadOnly<String>,
        pub parts: Vec<Part>,
        pub extra: Extra,
    }

    /// Another type whose codes must differ from those of lamps.
    #[derive(Clone)]
    #[non_exhaustive]
    pub struct Torch {
        pub code: String,
        pub extra: Extra,
    }

    /// A part of a lamp.
    #[derive(Clone)]
    #[non_exhaustive]
    pub struct Part {
        pub value: Option<String>,
        pub checked: ReadOnly<Option<String>>,
        pub key: WriteOnly<Option<String>>,
        pub hint: Option<String>,
        pub extra: Extra,
    }

    static LAMP: scim::Descriptor = scim::Descriptor::schema(
        "Lamp",
        "urn:example:lamps:2.0:Lamp",
        &[
            scim::Attribute::of::<String>("code").uniqueness(scim::Uniqueness::Global),
            scim::Attribute::of::<Option<String>>("note").returned(scim::Returned::Request),
            scim::Attribute::of::<Option<String>>("kind").returned(scim::Returned::Always),
            scim::Attribute::of::<ReadOnly<String>>("stamp"),
            scim::Attribute::of::<Vec<Part>>("parts"),
        ],
    );

    scim::resource_impls! {
        Lamp, LampPaths, LAMP, "Lamp", "/Lamps", "urn:example:lamps:2.0:Lamp",
        {
            0 code: String;
            1 note: Option<String>;
            2 kind: Option<String>;
            3 stamp: ReadOnly<String>;
            4 parts: Vec<Part>;
        }
        {}
    }

    static TORCH: scim::Descriptor = scim::Descriptor::schema(
        "Torch",
        "urn:example:lamps:2.0:Torch",
        &[scim::Attribute::of::<String>("code").uniqueness(scim::Uniqueness::Global)],
    );

    scim::resource_impls! {
        Torch, TorchPaths, TORCH, "Torch", "Lamps/Torches", "urn:example:lamps:2.0:Torch",
        { 0 code: String; }
        {}
    }

    static PART: scim::Descriptor = scim::Descriptor::complex(
        "parts",
        &[
            scim::Attribute::of::<Option<String>>("value"),
            scim::Attribute::of::<ReadOnly<Option<String>>>("checked"),
            scim::Attribute::of::<WriteOnly<Option<String>>>("key"),
            scim::Attribute::of::<Option<String>>("hint").returned(scim::Returned::Request),
        ],
    );

    scim::complex_impls! {
        Part, PartPaths, PART,
        {
            0 value: Option<String>;
            1 checked: ReadOnly<Option<String>>;
            2 key: WriteOnly<Option<String>>;
            3 hint: Option<String>;
        }
    }

    /// Names for compiler messages.
    #[allow(non_camel_case_types, reason = "names of attributes")]
    pub mod name {
        pub enum code {}
        pub enum note {}
        pub enum kind {}
        pub enum stamp {}
        pub enum parts {}
        pub enum value {}
        pub enum checked {}
        pub enum key {}
        pub enum hint {}
    }
}

fn lamp(code: &str) -> Lamp {
    let text = json!({"code": code, "stamp": "client's"}).to_string();
    scim_client::Resource::from_json(&text).unwrap()
}

fn torch(code: &str) -> Torch {
    scim_client::Resource::from_json(&json!({"code": code}).to_string()).unwrap()
}

fn part(value: &str) -> Part {
    serde_json::from_value(json!({"value": value})).unwrap()
}

fn setup() -> (ServiceProvider, Client) {
    let provider = ServiceProvider::builder()
        .resource::<Lamp>()
        .resource::<Torch>()
        .counted_ids()
        .build();
    let client = Client::builder("https://scim.example")
        .service(provider.clone())
        .build()
        .unwrap();
    (provider, client)
}

#[tokio::test]
async fn global_values_are_unique_over_all_types() {
    let (_, scim) = setup();
    scim.resource::<Lamp>().create(&lamp("a")).await.unwrap();
    let torches = scim.resource::<Torch>();
    let taken = torches.create(&torch("A")).await.unwrap_err();
    assert!(
        taken
            .scim_type()
            .is_some_and(|t| *t == ScimType::UNIQUENESS)
    );
    let torch = torches.create(&torch("b")).await.unwrap();
    let location = torch.meta().location.as_ref().unwrap().as_str();
    assert_eq!(location, "https://scim.example/Lamps/Torches/2");
    assert_eq!(torches.get("2").await.unwrap().code, "b");
    assert!(
        scim.resource::<Lamp>()
            .get("2")
            .await
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test]
async fn some_attributes_come_on_request_only() {
    let (_, scim) = setup();
    let lamps = scim.resource::<Lamp>();
    let mut new = lamp("a");
    new.note = Some("n".into());
    new.kind = Some("k".into());
    let mut with_hint = part("p");
    with_hint.hint = Some("h".into());
    new.parts.push(with_hint);
    let created = lamps.create(&new).await.unwrap();
    assert_eq!(
        created.note.as_deref(),
        Some("n"),
        "what was written comes back"
    );
    assert_eq!(created.parts[0].hint.as_deref(), Some("h"));
    let read = lamps.get("1").await.unwrap();
    assert_eq!(
        (read.note.as_deref(), read.kind.as_deref()),
        (None, Some("k"))
    );
    assert_eq!(read.parts[0].hint, None);
    let some = lamps
        .get("1")
        .attributes(|l| (l.note, l.parts.hint))
        .await
        .unwrap();
    assert_eq!(some.get(|l| l.note), Some("n"));
    assert_eq!(some.get(|l| l.kind), Some("k"), "what is always returned");
    assert_eq!(some.get(|l| l.code), None);
    let patched = lamps.patch("1").replace(|l| l.note, "m").await.unwrap();
    assert_eq!(patched.note.as_deref(), Some("m"));
    let patched = lamps.patch("1").replace(|l| l.code, "c").await.unwrap();
    assert_eq!(patched.note, None);
}

#[tokio::test]
async fn the_providers_own_survives_a_put() {
    let (provider, scim) = setup();
    let lamps = scim.resource::<Lamp>();
    let created = lamps.create(&lamp("a")).await.unwrap();
    assert_eq!(
        *created.stamp, "",
        "a client cannot set it, though it is required"
    );

    let mut seed = lamp("b");
    seed.stamp = ReadOnly::assigned("ours".to_owned());
    for value in ["p", "q"] {
        let mut part = part(value);
        part.checked = ReadOnly::assigned(Some(format!("checked {value}")));
        part.key = WriteOnly::new(Some(format!("key {value}")));
        seed.parts.push(part);
    }
    let id = provider.seed(seed).unwrap().id().to_owned();
    let mut read = lamps.get(&id).await.unwrap();
    assert_eq!(*read.stamp, "ours");
    assert!(read.parts[0].key.expose().is_none());
    read.parts.reverse();
    read.parts.push(part("r"));
    let replaced = lamps.replace(&read).await.unwrap();
    assert_eq!(*replaced.stamp, "ours");
    let kept = provider.get::<Lamp>(&id).unwrap();
    let parts: Vec<_> = kept
        .parts
        .iter()
        .map(|part| {
            (
                part.checked.as_deref().unwrap_or(""),
                part.key.expose().as_deref(),
            )
        })
        .collect();
    let expected = [
        ("checked q", Some("key q")),
        ("checked p", Some("key p")),
        ("", None),
    ];
    assert_eq!(parts, expected);
}
