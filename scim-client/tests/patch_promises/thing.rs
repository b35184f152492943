//! A resource with attributes wherever a path can lead, and ways to patch any resource.

use scim_client::{
    Binary, Complex, DateTime, Decimal, Extension, Extra, Reference, Resource,
    patch::{ApplyOptions, PatchErrorKind, PatchOp},
};
use serde_json::{Value, json};

pub(crate) const MORE: &str = "urn:example:params:scim:schemas:extension:more:2.0:Thing";

#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(
    schema = "urn:example:params:scim:schemas:core:2.0:Thing",
    endpoint = "/Things"
)]
pub(crate) struct Thing {
    pub(crate) label: Option<String>,
    pub(crate) complex: Option<Compound>,
    pub(crate) multi_complex: Vec<Item>,
    pub(crate) exact: Vec<Exact>,
    pub(crate) tags: Vec<String>,
    pub(crate) numbers: Vec<i64>,
    #[scim(extension)]
    pub(crate) more: Option<More>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Complex)]
pub(crate) struct Compound {
    pub(crate) string: Option<String>,
    pub(crate) string_array: Vec<String>,
    pub(crate) items: Vec<Item>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Complex)]
pub(crate) struct Item {
    pub(crate) value: Option<String>,
    #[scim(rename = "type")]
    pub(crate) type_: Option<String>,
    pub(crate) display: Option<String>,
    pub(crate) primary: Option<bool>,
    pub(crate) string: Option<String>,
    pub(crate) string_array: Vec<String>,
    pub(crate) number: Option<i64>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

/// Its value has letter case.
#[derive(Debug, Clone, PartialEq, Complex)]
pub(crate) struct Exact {
    #[scim(case_exact)]
    pub(crate) value: Option<String>,
    pub(crate) display: Option<String>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Extension)]
#[scim(schema = "urn:example:params:scim:schemas:extension:more:2.0:Thing")]
pub(crate) struct More {
    pub(crate) note: Option<String>,
    pub(crate) list: Vec<Item>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

/// Simple values that are written in more than one way.
#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(
    schema = "urn:example:params:scim:schemas:core:2.0:Moments",
    endpoint = "/Moments"
)]
pub(crate) struct Moments {
    pub(crate) times: Vec<DateTime>,
    pub(crate) flags: Vec<bool>,
    pub(crate) amounts: Vec<Decimal>,
    pub(crate) whole: Vec<i64>,
    pub(crate) blobs: Vec<Binary>,
    pub(crate) links: Vec<Reference>,
    pub(crate) marks: Vec<Mark>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

/// An element whose value is a number, with others that are written in more than one way.
#[derive(Debug, Clone, PartialEq, Complex)]
pub(crate) struct Mark {
    pub(crate) value: Option<Decimal>,
    pub(crate) at: Option<DateTime>,
    pub(crate) flag: Option<bool>,
    pub(crate) primary: Option<bool>,
    pub(crate) user_name: Option<String>,
    pub(crate) note: Option<String>,
    #[scim(extra)]
    pub(crate) extra: Extra,
}

/// What is left of a resource, without `schemas`, after the operations; or why they fail.
pub(crate) fn patched<R: Resource + PartialEq>(
    resource: &Value,
    operations: &Value,
    options: &ApplyOptions,
) -> Result<Value, PatchErrorKind> {
    let mut typed = R::from_json(&resource.to_string()).unwrap();
    let before = typed.clone();
    let message = json!({ "Operations": operations }).to_string();
    let applied = PatchOp::from_json(&message, &[]).and_then(|op| op.apply(&mut typed, options));
    match applied {
        Ok(changed) => {
            let after = json_of(&typed);
            assert_eq!(changed, after != json_of(&before), "{operations}");
            Ok(after)
        }
        Err(error) => {
            assert!(typed == before, "{error}");
            println!("{error}");
            Err(error.kind())
        }
    }
}

pub(crate) fn json_of<R: Resource>(resource: &R) -> Value {
    let mut value: Value = serde_json::from_str(&resource.to_json()).unwrap();
    value.as_object_mut().unwrap().remove("schemas");
    value
}

/// One operation with the standard options.
pub(crate) fn one<R: Resource + PartialEq>(
    resource: &Value,
    operation: Value,
) -> Result<Value, PatchErrorKind> {
    patched::<R>(resource, &json!([operation]), &ApplyOptions::default())
}

/// One operation as Entra ID means it.
pub(crate) fn entra<R: Resource + PartialEq>(
    resource: &Value,
    operation: Value,
) -> Result<Value, PatchErrorKind> {
    patched::<R>(resource, &json!([operation]), &ApplyOptions::entra())
}
