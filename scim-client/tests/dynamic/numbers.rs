//! Infinity and NaN are no numbers in JSON (RFC 8259 §6), and never taken for nothing.

use std::collections::BTreeMap;

use scim_client::{
    Json,
    dynamic::{AttributeErrorKind as Kind, ResourceType},
    filter::Number,
    value::Decimal,
};

use crate::{
    common::gadget::{AcmeGadget, Gadget},
    published,
};

fn gadget() -> ResourceType {
    published::<Gadget>(&[<AcmeGadget as scim_client::Extension>::schema()])
}

/// The first decimal of the type's own attributes.
fn decimal(kind: &ResourceType) -> &'static str {
    let mut all = kind.descriptor().attributes().iter();
    let found =
        all.find(|a| matches!(a.kind(), scim_client::model::Kind::Decimal) && !a.is_multi_valued());
    found.unwrap().name()
}

#[test]
fn what_is_no_number_changes_nothing() {
    let kind = gadget();
    let path = decimal(&kind);
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut one = kind.new_resource().with(path, 1.5).unwrap();
        let before = one.clone();
        for refused in [
            one.set(path, value),
            one.add(path, value),
            one.set(path, Some(value)),
            one.set(path, value as f32),
            one.clone().with(path, value).map(drop),
            kind.patch().replace(path, value).map(drop),
            kind.patch().add(path, [value]).map(drop),
            kind.resource_from(BTreeMap::from([(path, value)]))
                .map(drop),
        ] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), &Kind::NotJson);
            assert!(
                error.to_string().contains("is not a number in JSON"),
                "{error}"
            );
        }
        assert_eq!(one, before);
        assert!(Json::of(&[Some(value as f32)]).is_err());
        assert!(Number::try_from(value).is_err() && Decimal::try_from(value).is_err());
    }
    let error = kind.new_resource().set(path, f64::NAN).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{path}: NaN is not a number in JSON")
    );
    // Nothing is nothing still.
    let mut one = kind.new_resource().with(path, 1.5).unwrap();
    one.set(path, None::<f64>).unwrap();
    assert!(one.get(path).unwrap().is_none());
}
