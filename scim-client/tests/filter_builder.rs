//! Typed filters: each operator on each kind of attribute, and what they send.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is how a test fails"
)]

mod common;

use common::gadget::{Color, Gadget};
use scim_client::{
    Binary, DateTime, Decimal, Reference, User,
    filter::{Expression, Filter},
    resource::Root,
    typed::Condition,
    user::{EmailType, PhoneNumberType},
    value::Any,
};

/// What is sent; it is read back as the same filter, whatever was in the values.
fn sent<R: Root>(condition: impl FnOnce(R::Paths) -> Condition<R>) -> String {
    let filter = condition(R::PATHS).into_filter();
    let text = filter.to_request_string();
    assert_eq!(Filter::parse_strict(&text).unwrap(), filter, "{text}");
    text
}

fn gadget(condition: impl FnOnce(<Gadget as Root>::Paths) -> Condition<Gadget>) -> String {
    sent::<Gadget>(condition)
}

#[test]
fn text() {
    let text = String::from("b");
    assert_eq!(
        gadget(|g| g.label.eq("a")
            & g.label.ne(&text)
            & g.label.co(text.clone())
            & g.label.sw("c")
            & g.label.ew("d")
            & g.label.gt("e")
            & g.label.ge("f")
            & g.label.lt("g")
            & g.label.le("h")
            & g.label.pr()),
        "label eq \"a\" and label ne \"b\" and label co \"b\" and label sw \"c\" and label ew \"d\" \
         and label gt \"e\" and label ge \"f\" and label lt \"g\" and label le \"h\" and label pr"
    );
    assert_eq!(
        gadget(|g| g.tags.eq("a") | g.tags.co("b") | !g.tags.pr()),
        r#"tags eq "a" or tags co "b" or not (tags pr)"#
    );
    assert_eq!(
        gadget(|g| g.color.eq(Color::DarkBlue) | g.color.ne(&Color::Red) | g.color.sw("da")),
        r#"color eq "dark-blue" or color ne "red" or color sw "da""#
    );
    assert_eq!(
        gadget(|g| g.pin.eq("1") | g.pin.ne("2") | g.pin.pr()),
        r#"pin eq "1" or pin ne "2" or pin pr"#
    );
}

#[test]
fn other_types() {
    let weight: Decimal = "12345678901234567890.50".parse().unwrap();
    assert_eq!(
        gadget(|g| g.level.eq(1) & g.level.ne(-2_i8) & g.level.gt(3_u8) & g.level.le(u64::MAX)),
        "level eq 1 and level ne -2 and level gt 3 and level le 18446744073709551615"
    );
    assert_eq!(
        gadget(|g| g.weight.lt(1.5) & g.weight.ge(&weight) & g.weight.eq(weight.clone())),
        "weight lt 1.5 and weight ge 12345678901234567890.50 and weight eq 12345678901234567890.50"
    );
    // Nothing equals what is no number, and it cannot end the value.
    assert_eq!(gadget(|g| g.weight.gt(f64::NAN)), r#"weight gt "NaN""#);
    let odd = Decimal::from_text("1 or id pr");
    assert_eq!(gadget(|g| g.weight.eq(odd)), r#"weight eq "1 or id pr""#);
    assert_eq!(
        gadget(|g| g.enabled.eq(true) & g.enabled.ne(false) & g.enabled.pr()),
        "enabled eq true and enabled ne false and enabled pr"
    );
    let time = DateTime::new("2024-01-01T00:00:00Z");
    assert_eq!(
        gadget(|g| g.built.gt(&time)
            & g.built.lt("2025-01-01T00:00:00Z")
            & g.last_seen.eq(time.clone())),
        "built gt \"2024-01-01T00:00:00Z\" and built lt \"2025-01-01T00:00:00Z\" and lastSeen eq \
         \"2024-01-01T00:00:00Z\""
    );
    assert_eq!(
        gadget(|g| g.key.eq("AQ==") & g.key.ne(Binary::from("Ag==")) & g.key.pr()),
        r#"key eq "AQ==" and key ne "Ag==" and key pr"#
    );
    assert_eq!(
        gadget(|g| g.owner.eq(Reference::<Any>::from("Users/1")) & g.owner.ew("1") & g.free.pr()),
        r#"owner eq "Users/1" and owner ew "1" and free pr"#
    );
}

#[test]
fn complex_attributes() {
    assert_eq!(
        gadget(|g| g.place.pr() & g.place.room.eq("R") & g.place.floor.gt(1)),
        r#"place pr and place.room eq "R" and place.floor gt 1"#
    );
    assert_eq!(
        gadget(|g| g
            .ports
            .any(|p| p.value.sw("p") & !(p.primary.eq(true) | p.slot.ge(2)))
            | g.ports.value.eq("x") & g.ports.pr()),
        "ports[value sw \"p\" and not (primary eq true or slot ge 2)] or (ports.value eq \"x\" and \
         ports pr)"
    );
    const ACME: &str = "urn:example:params:scim:schemas:extension:acme:2.0:Gadget";
    assert_eq!(
        gadget(|g| g.acme.pr() & g.acme.badge.eq("B") & g.acme.desk.floor.lt(3)),
        format!(r#"{ACME} pr and {ACME}:badge eq "B" and {ACME}:desk.floor lt 3"#)
    );
    assert_eq!(
        gadget(|g| g.id.eq("1") & g.meta.created.pr() & g.schemas.eq(ACME)),
        format!(r#"id eq "1" and meta.created pr and schemas eq "{ACME}""#)
    );
}

#[test]
fn canonical_values() {
    assert_eq!(
        sent::<User>(|u| u.emails.any(|e| e.type_.eq(EmailType::Work))
            & u.phone_numbers.type_.eq(PhoneNumberType::from("pa\"ger"))),
        r#"emails[type eq "work"] and phoneNumbers.type eq "pa\"ger""#
    );
}

/// What a client sets and nobody gets back.
#[test]
fn secrets_are_not_shown() {
    let condition = Gadget::PATHS.pin.eq("1234") & Gadget::PATHS.label.eq("a");
    let shown = format!("{condition:?} {:?}", condition.as_filter().expression());
    assert!(
        !shown.contains("1234") && shown.contains("label"),
        "{shown}"
    );
    assert!(condition.to_string().contains("1234"), "it is sent");
}

#[test]
fn nothing_is_injected() {
    for text in [
        "\" or (id pr) or a eq \"",
        "\\",
        "\\\"",
        "]",
        ")",
        "\u{0}\n\u{2028}",
        "😀\u{7f}",
    ] {
        let filter: Filter = sent::<User>(|u| {
            u.user_name.eq(text)
                & u.emails
                    .any(|e| e.value.sw(text) & e.type_.eq(EmailType::from(text)))
                & u.meta.created.gt(DateTime::new(text))
                & u.profile_url.eq(Reference::<Any>::from(text))
                & u.x509_certificates.value.eq(Binary::from(text))
        })
        .parse()
        .unwrap();
        let Expression::And(operands) = filter.expression() else {
            panic!("{filter}");
        };
        assert_eq!(operands.count(), 5, "{filter}");
    }
}
