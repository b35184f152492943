//! C: what a new resource keeps of what was sent, and values of other types than the attributes'.

use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::Context,
    json::{contains, is_assigned, member, same, text},
    resource_type::{Attr, Kind},
    trial::Trial,
    wire::Answer,
};

use super::c::in_schemas;

/// Says that an attribute was kept, not kept, or changed.
fn kept(t: &mut Trial, answer: &Answer, attr: &Attr, sent: &Value, state: &Value) {
    let path = attr.path();
    t.sub(path.as_str());
    match attr.of(state) {
        Some(value) if contains(value, sent, attr.exact) => {
            t.must(true, answer, "");
        }
        Some(value) => {
            // Canonical forms of e-mail addresses, phone numbers and URIs are the server's choice.
            let level = match attr.kind {
                Kind::Complex | Kind::Reference => Level::Warning,
                Kind::Text => Level::Warning,
                _ => Level::Error,
            };
            t.compare_at(
                level,
                false,
                answer,
                format!("{path} as it was sent: {sent}"),
                format!("{path} is {value}"),
            );
        }
        None => {
            t.compare_at(
                Level::Warning,
                false,
                answer,
                "each attribute as it was sent",
                format!("{path} is not there"),
            );
        }
    }
}

/// A value of another type than the attribute's, with a word for it.
fn wrong_types(attr: &Attr) -> Vec<(&'static str, Value)> {
    let one = match attr.kind {
        Kind::Text => {
            return if attr.multi {
                vec![]
            } else {
                vec![("an object for text", json!({"a": 1}))]
            };
        }
        Kind::Boolean => ("text for a boolean", json!("maybe")),
        Kind::Integer | Kind::Decimal => ("text for a number", json!("many")),
        Kind::DateTime => ("no dateTime", json!("yesterday")),
        Kind::Binary => ("no base64", json!("***")),
        Kind::Complex => ("text for a complex attribute", json!("text")),
        Kind::Reference => return Vec::new(),
    };
    match attr.multi {
        false => vec![one],
        true => vec![(one.0, json!([one.1])), ("a number for an array", json!(5))],
    }
}

/// Creates a resource with one attribute set to something wrong.
async fn with_wrong(
    cx: &Context,
    t: &mut Trial,
    r: &crate::resource_type::ResourceType,
    attr: &Attr,
    what: &str,
    value: Value,
) -> Result<(), Stop> {
    t.sub(format!("{}: {what}", attr.path()));
    let mut body = cx.minimal(r);
    attr.set(&mut body, value.clone());
    let a = cx.post(r, &body).await?;
    if a.is_success() {
        let stored = attr
            .of(a.doc())
            .is_some_and(|stored| same(stored, &value, true));
        let level = if stored { Level::Error } else { Level::Warning };
        t.at(
            level,
            false,
            &a,
            "400 with scimType invalidValue or invalidSyntax",
        );
    } else {
        cx.refused(t, &a, &["invalidValue", "invalidSyntax"]);
    }
    Ok(())
}

checks! {
    "C-06" Error Must "RFC 7643 §2.3, RFC 7644 §3.3" ["C-01"]
    "The service provider keeps every writable attribute unchanged."
    "Store every attribute that the schema lists as readWrite, or remove the attribute from the schema."
    (cx, t, r) {
        let body = cx.maximal(r);
        let a = cx.post(r, &body).await?;
        if a.is_client_error() {
            // Which one it is, one by one.
            for attr in r.attrs.iter().filter(|attr| attr.is_writable() && !attr.required) {
                let Some(value) = attr.of(&body) else { continue };
                let mut one = cx.minimal(r);
                attr.set(&mut one, value.clone());
                let a = cx.post(r, &one).await?;
                t.sub(attr.path());
                t.at(Level::Warning, a.is_success(), &a, "a value of the attribute's type is accepted");
            }
            t.sub("");
            if t.findings.is_empty() {
                t.must(false, &a, "a resource with all its attributes is created");
            }
            return Ok(());
        }
        let made = cx.made(r, body.clone(), a).await?;
        let read = cx.read(r, &made.id).await?;
        for attr in r.attrs.iter().filter(|attr| attr.mutability != "writeonly" && matches!(attr.returned.as_str(), "default" | "always") && attr.urn.is_none()) {
            if let (Some(sent), true) = (attr.of(&body), attr.is_writable()) {
                kept(t, &read, attr, sent, read.doc());
            }
        }
        for attr in r.attrs.iter().filter(|attr| attr.kind == Kind::Boolean && !attr.multi && attr.is_plain()) {
            let mut body = cx.minimal(r);
            attr.set(&mut body, false.into());
            cx.maker.complete(r, &cx.label(), &mut body);
            let a = cx.post(r, &body).await?;
            if a.is_success() {
                let made = cx.made(r, body, a.clone()).await?;
                t.sub(format!("{}, false", attr.path()));
                // Who leaves false out says the same with less.
                let kept = attr.of(&made.state).is_none_or(|kept| *kept == Value::Bool(false));
                t.at(Level::Warning, kept, &a, format!("{} false", attr.path()));
            }
        }
        t.sub("externalId");
        let sent = text(&body, "externalId");
        let got = text(read.doc(), "externalId");
        t.compare_at(Level::Warning, sent == got, &read, "each attribute as it was sent", "externalId is not there, or another");
    }

    "C-07" Error Must "RFC 7643 §3.3, §3" ["C-01"]
    "Attributes of an extension are kept under its URN. schemas lists the URN if the resource has the extension, and only then."
    "Return the extension as an object under its URN; keep schemas in step with it."
    (cx, t, r) {
        if r.extensions.is_empty() {
            return Err(Stop::Skip("the type has no extension".to_owned()));
        }
        let mut body = cx.maximal(r);
        let mut a = cx.post(r, &body).await?;
        if !a.is_success() {
            // What of the type's own is refused is for C-06: the extensions are tried without.
            body = cx.maximal(r);
            for attr in r.attrs.iter().filter(|attr| attr.urn.is_none() && r.is_lost(&attr.path())) {
                attr.slot().clear(&mut body);
            }
            a = cx.post(r, &body).await?;
        }
        if !a.is_success() {
            return Err(Stop::Blocked("C-06", a.in_short()));
        }
        let made = cx.made(r, body.clone(), a).await?;
        let read = cx.read(r, &made.id).await?;
        for (urn, _) in &r.extensions {
            t.sub(urn.as_str());
            let attrs: Vec<_> = r.attrs.iter().filter(|attr| attr.urn.as_ref() == Some(urn)).collect();
            if !attrs.iter().any(|attr| attr.of(&body).is_some()) {
                continue;
            }
            t.must(attrs.iter().any(|attr| attr.of(read.doc()).is_some()), &read, "the extension's attributes under its URN");
            for attr in attrs.iter().filter(|attr| attr.is_plain()) {
                if let Some(sent) = attr.of(&body) {
                    kept(t, &read, attr, sent, read.doc());
                }
            }
            t.sub(urn.as_str());
            t.must(in_schemas(read.doc(), urn), &read, "the URN in schemas");
        }
        let plain = cx.create(r, cx.minimal(r)).await?;
        for (urn, required) in &r.extensions {
            t.sub(format!("{urn}, without data"));
            if !required && !is_assigned(member(&plain.state, urn)) {
                t.at(Level::Warning, !in_schemas(&plain.state, urn), &plain.answer, "no URN in schemas of an extension without data");
            }
        }
    }

    "C-10" Error Must "RFC 7644 §3.12 Table 9, RFC 7643 §2.3" ["C-01"]
    "A value of the wrong data type is refused."
    "Check values against the schema before you store them."
    (cx, t, r) {
        let mut tried: Vec<(Kind, bool)> = Vec::new();
        for attr in r.attrs.iter().filter(|attr| attr.is_writable() && attr.urn.is_none()) {
            if tried.contains(&(attr.kind, attr.multi)) || r.is_lost(&attr.path()) {
                continue;
            }
            let wrong = wrong_types(attr);
            if !wrong.is_empty() {
                tried.push((attr.kind, attr.multi));
            }
            for (what, value) in wrong {
                with_wrong(cx, t, r, attr, what, value).await?;
            }
        }
        // Text is text, also where it looks like a number.
        if let Some(attr) = r.s().and_then(|s| r.attr(&s.name)) {
            with_wrong(cx, t, r, attr, "a number for text", json!(7)).await?;
            with_wrong(cx, t, r, attr, "a boolean for text", json!(true)).await?;
        }
        // Sub-attributes with types of their own.
        for attr in r.attrs.iter().filter(|attr| attr.is_plain() && attr.urn.is_none() && attr.kind == Kind::Complex && attr.multi && !r.is_lost(&attr.path())) {
            let Some(binary) = attr.sub("value").filter(|sub| sub.kind == Kind::Binary) else { continue };
            with_wrong(cx, t, r, attr, "no base64", json!([{"value": "***"}])).await?;
            let _ = binary;
            break;
        }
        if tried.is_empty() {
            return Err(Stop::Skip("the type has text only".to_owned()));
        }
    }
}
