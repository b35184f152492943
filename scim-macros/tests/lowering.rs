//! A derived type and the type that its own schema document describes are the same in the model.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeMap;

use quote::ToTokens as _;
use scim_client::{
    Binary, CanonicalValues, Complex, DateTime, Decimal, Extension, Extra, Json, ReadOnly,
    Reference, Resource, User, WriteOnly,
};
use scim_codegen::derive::{Derive, Lowered, lower};
use scim_codegen::model::{Attribute, ComplexType, Kind, Role, Schema};
use scim_codegen::{Options, Source};

/// Declares items, and keeps their text for the generator.
macro_rules! shapes {
    ($($item:item)*) => {
        $($item)*
        const SOURCE: &str = stringify!($($item)*);
    };
}

shapes! {
    /// A thing that
    /// somebody   carries.
    #[derive(Clone, Resource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", endpoint = "/Devices")]
    #[allow(dead_code)]
    struct Device {
        external_id: Option<String>,
        /// The number on its back.
        #[scim(uniqueness = "server", case_exact)]
        serial_number: String,
        tags: Vec<String>,
        owner: Option<Reference<User>>,
        last_seen: ReadOnly<Option<DateTime>>,
        pin: WriteOnly<Option<String>>,
        location: Option<Location>,
        state: Option<State>,
        #[scim(extension)]
        acme_device: Option<AcmeDevice>,
        #[scim(extension)]
        more: Option<More>,
        #[scim(extra)]
        extra: Extra,
    }

    /// Every type in every number, with every option.
    #[derive(Clone, Resource)]
    #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Everything", endpoint = "/All/Things")]
    #[scim(name = "Everything", description = "Of each kind one.")]
    #[allow(dead_code)]
    struct Everything {
        text: String,
        text_option: Option<String>,
        #[scim(required)]
        texts: Vec<String>,
        flag: bool,
        flag_option: Option<bool>,
        flags: Vec<bool>,
        number: i64,
        number_option: Option<i64>,
        numbers: Vec<i64>,
        fraction: Decimal,
        fraction_option: Option<Decimal>,
        fractions: Vec<Decimal>,
        time: DateTime,
        time_option: Option<DateTime>,
        times: Vec<DateTime>,
        bytes: Binary,
        bytes_option: Option<Binary>,
        byte_lists: Vec<Binary>,
        target: Reference,
        #[scim(reference_types = ["User", "external"])]
        target_option: Option<Reference>,
        targets: Vec<Reference<User>>,
        state: State,
        state_option: Option<State>,
        states: Vec<State>,
        exact: Option<Exact>,
        place: Location,
        places: Vec<Location>,
        anything: Option<Json>,
        seen: ReadOnly<String>,
        seen_option: ReadOnly<Option<bool>>,
        seen_list: ReadOnly<Vec<Location>>,
        #[scim(required)]
        seen_required: ReadOnly<Vec<String>>,
        secret: WriteOnly<String>,
        secret_option: WriteOnly<Option<i64>>,
        secret_list: WriteOnly<Vec<String>>,
        #[scim(mutability = "readWrite")]
        hidden: WriteOnly<Option<String>>,
        #[scim(mutability = "immutable")]
        fixed: String,
        #[scim(mutability = "immutable", required)]
        fixed_list: Vec<Location>,
        #[scim(returned = "always")]
        always: Option<String>,
        #[scim(returned = "request")]
        on_request: Option<String>,
        #[scim(uniqueness = "global")]
        unique: Option<String>,
        #[scim(canonical_values = ["red", "green"], case_exact)]
        colour: Option<String>,
        #[scim(rename = "x-Y_z", description = "Another description.")]
        /// Not this.
        x_y_z: Option<String>,
        type_: Option<String>,
        ref_: Option<Reference>,
        #[scim(extra)]
        rest: Extra,
    }

    /// Where it is.
    #[derive(Clone, Complex)]
    #[allow(dead_code)]
    struct Location {
        /// The number on its door.
        value: String,
        r#type: Option<State>,
        #[scim(mutability = "immutable")]
        floor: Option<i64>,
        #[scim(uniqueness = "server", returned = "always")]
        building: ReadOnly<Option<String>>,
        codes: Vec<String>,
        #[scim(extra)]
        extra: Extra,
    }

    #[derive(Clone, CanonicalValues)]
    enum State {
        InUse,
        #[scim(rename = "in repair")]
        InRepair,
        Unknown(String),
    }

    #[derive(Clone, CanonicalValues)]
    #[scim(case_exact)]
    enum Exact {
        #[scim(rename = "A4")]
        Large,
        #[scim(rename = "a4")]
        Small,
        Unknown(Box<str>),
    }

    /// What Acme adds.
    #[derive(Clone, Extension)]
    #[scim(schema = "urn:example:params:scim:schemas:extension:acme:2.0:Device")]
    #[allow(dead_code)]
    struct AcmeDevice {
        asset: String,
        locations: Vec<Location>,
        #[scim(extra)]
        extra: Extra,
    }

    #[derive(Clone, Extension)]
    #[scim(schema = "urn:example:params:scim:schemas:extension:more:2.0:Device")]
    #[allow(dead_code)]
    struct More {
        #[scim(extra)]
        extra: Extra,
    }
}

#[test]
fn derive_schema_generator_model() {
    let derived = derived();
    let documents = [
        ("device.json", Device::schema()),
        ("device_type.json", Device::resource_type()),
        ("everything.json", Everything::schema()),
        ("everything_type.json", Everything::resource_type()),
        ("acme.json", AcmeDevice::schema()),
        ("more.json", More::schema()),
    ];
    let sources = documents.map(|(name, json)| Source::new(name, json.as_str()));
    let (model, _) = scim_codegen::read(&sources, &Options::default())
        .unwrap_or_else(|findings| panic!("{findings}"));
    assert_eq!(model.schemas().len(), 4);
    for found in normal(model.schemas().to_vec()) {
        let expected = derived.iter().find(|schema| schema.id == found.id);
        assert_eq!(Some(&found), expected);
    }
}

/// The schemas of the derived structs, with the declared types in their places.
fn derived() -> Vec<Schema> {
    let file: syn::File = syn::parse_str(SOURCE).expect("it is Rust");
    let mut declared = BTreeMap::new();
    for item in file.items {
        let input: syn::DeriveInput =
            syn::parse2(item.to_token_stream()).expect("a struct or an enum");
        let derives = [
            ("Resource", Derive::Resource),
            ("Extension", Derive::Extension),
            ("Complex", Derive::Complex),
            ("CanonicalValues", Derive::CanonicalValues),
        ];
        let names = |name: &str| {
            input.attrs.iter().any(|attribute| {
                attribute.path().is_ident("derive")
                    && attribute.to_token_stream().to_string().contains(name)
            })
        };
        let (_, derive) = derives
            .into_iter()
            .find(|(name, _)| names(name))
            .expect("a derive");
        let lowered = lower(derive, &input).unwrap_or_else(|error| panic!("{error}"));
        declared.insert(input.ident.to_string(), lowered);
    }
    let mut schemas = Vec::new();
    for lowered in declared.values() {
        let Lowered::Schema(schema) = lowered else {
            continue;
        };
        let mut schema = schema.clone();
        for attribute in &mut schema.attributes {
            link(attribute, &declared);
        }
        if let Role::Resource(resource) = &mut schema.role {
            for extension in &mut resource.extensions {
                if let Some(Lowered::Schema(found)) = declared.get(&extension.schema) {
                    extension.schema.clone_from(&found.id);
                }
            }
        }
        schemas.push(schema);
    }
    normal(schemas)
}

fn link(attribute: &mut Attribute, declared: &BTreeMap<String, Lowered>) {
    let Kind::Declared(name) = &attribute.kind else {
        return;
    };
    match declared.get(name) {
        Some(Lowered::Complex(complex)) => {
            attribute.kind = complex.kind.clone();
            if let Kind::Complex(complex) = &mut attribute.kind {
                complex
                    .attributes
                    .iter_mut()
                    .for_each(|sub| link(sub, declared));
            }
        }
        Some(Lowered::Values(values, case_exact)) => {
            let texts = values.variants.iter().map(|variant| variant.value.clone());
            attribute.canonical_values = texts.collect();
            attribute.case_exact = *case_exact;
            attribute.kind = Kind::String(None);
        }
        _ => panic!("{name} is no type of a field"),
    }
}

/// Without what is a matter of taste: the names of types and fields of the author's choice, and
/// `externalId`, which a schema does not list.
fn normal(mut schemas: Vec<Schema>) -> Vec<Schema> {
    for schema in &mut schemas {
        if let Role::Resource(resource) = &mut schema.role {
            for extension in &mut resource.extensions {
                extension.field.clear();
            }
        }
        schema
            .attributes
            .retain(|attribute| attribute.name != "externalId");
        schema.attributes.iter_mut().for_each(without_names);
    }
    schemas
}

fn without_names(attribute: &mut Attribute) {
    match &mut attribute.kind {
        Kind::String(values) => *values = None,
        Kind::Complex(ComplexType {
            type_name,
            attributes,
            ..
        }) => {
            type_name.clear();
            attributes.iter_mut().for_each(without_names);
        }
        _ => {}
    }
    if attribute.field == "type" {
        attribute.field.push('_');
    }
}
