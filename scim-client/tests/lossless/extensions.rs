//! An extension read and set as another type than the declared one.

use scim_client::{Extra, Json, ReadOnly, Resource, WriteOnly};

use crate::types::{Acme, OtherAcme, Place, thing};

fn other(level: &str) -> OtherAcme {
    let mut extra = Extra::new();
    extra.insert("depth", Json::parse("1.50").unwrap());
    OtherAcme {
        badge: Some("b".into()),
        level: Some(level.into()),
        color: Some("red".into()),
        pin: Some("1234".into()),
        extra,
    }
}

#[test]
fn both_directions_go_through_json() {
    let mut thing = thing();
    thing.set_extension(other("7")).unwrap();
    let declared = thing.acme.clone().unwrap();
    assert_eq!(declared.badge.as_deref(), Some("b"));
    assert_eq!(declared.level, Some(7));
    assert_eq!(declared.pin.expose().as_deref(), Some("1234"));
    assert_eq!(declared.extra.get("color").unwrap().as_str(), "\"red\"");
    assert!(thing.extra.is_empty(), "{:?}", thing.extra);

    // What the declared type has and the other does not is among the unknown attributes of that.
    assert_eq!(thing.extension::<OtherAcme>().unwrap(), Some(other("7")));
    assert_eq!(thing.extension::<Acme>().unwrap(), Some(declared));
}

#[test]
fn nothing_is_lost_on_the_way() {
    let mut thing = thing();
    let acme = Acme {
        badge: None,
        level: Some(1),
        place: Some(Place {
            floor: Some(2),
            ..Place::default()
        }),
        assigned: ReadOnly::assigned(Some("here".into())),
        pin: "1".into(),
        extra: Extra::new(),
    };
    thing.set_extension(acme.clone()).unwrap();
    let other: OtherAcme = thing.extension().unwrap().unwrap();
    assert_eq!(other.level.as_deref(), Some("1"));
    thing.acme = None;
    thing.set_extension(other).unwrap();
    assert_eq!(thing.acme, Some(acme));
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let mut thing = thing();
    thing.acme = Some(Acme {
        badge: Some("old".into()),
        level: None,
        place: None,
        assigned: ReadOnly::default(),
        pin: WriteOnly::default(),
        extra: Extra::new(),
    });
    let before = thing.clone();
    let error = thing.set_extension(other("high")).unwrap_err();
    assert!(
        error.to_string().contains("level: expected an integer"),
        "{error}"
    );
    assert_eq!(thing, before);
    thing.acme = None;
    assert!(thing.set_extension(other("high")).is_err());
    assert_eq!(thing.acme, None);
    assert_eq!(thing.extension::<OtherAcme>().unwrap(), None);
}
