//! I: text and encoding.

use http::Method;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    check::{Level, Stop, checks},
    context::Context,
    json::same,
    resource_type::{Kind, ResourceType, Slot},
    trial::Trial,
    wire::{Ask, encoded},
};

/// A text in Unicode's form of compatibility (NFKC), with one blank for any white space.
fn tidied(text: &str, exact: bool) -> String {
    let text: String = text.nfkc().collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match exact {
        true => text,
        false => text.to_lowercase(),
    }
}

/// Whether a text is kept as it was sent. A first try says nothing of what is not.
async fn kept_text(
    cx: &Context,
    t: &mut Trial,
    r: &ResourceType,
    slot: &Slot,
    value: &str,
    try_only: bool,
) -> Result<bool, Stop> {
    let mut body = cx.minimal(r);
    let sent = format!("{} {value}", cx.label());
    slot.set(&mut body, sent.as_str().into());
    let a = cx.post(r, &body).await?;
    if !a.is_success() {
        return Ok(!try_only && t.at(Level::Error, a.is_client_error(), &a, "201 or 400"));
    }
    let made = cx.made(r, body, a).await?;
    let read = cx.read(r, &made.id).await?;
    let kept = slot
        .of(read.doc())
        .and_then(Value::as_str)
        .unwrap_or_default();
    let is_kept = if slot.exact {
        kept == sent
    } else {
        kept.to_lowercase() == sent.to_lowercase()
    };
    if try_only && !is_kept {
        return Ok(false);
    }
    // The same text in another Unicode form is not lost.
    let is_composed = value == "e\u{301}a\u{308}" && kept.contains('\u{e9}');
    let got = format!(
        "{} characters of {}",
        kept.chars().count(),
        sent.chars().count()
    );
    // RFC 7644 §3.3: a service provider may alter what it is sent. What is lost is another thing.
    let is_tidied = tidied(kept, slot.exact) == tidied(&sent, slot.exact);
    let level = if is_tidied {
        Level::Warning
    } else {
        Level::Critical
    };
    Ok(t.compare_at(
        level,
        is_kept || is_composed,
        &read,
        "the text as it was sent, or 400",
        got,
    ))
}

checks! {
    "I-01" Error Must "RFC 7644 §1.2" ["R-01"]
    "A resource is found by its percent-encoded id, and its location has the id in that form."
    "Encode ids in the URLs that you write, and decode them once in those that you read."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        // Every byte encoded is the same URL.
        let all: String = made.id.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let a = cx.get(&format!("{}/{all}", r.endpoint)).await?;
        t.must(a.status == 200 && a.id() == Some(made.id.as_str()), &a, "the resource");
        let location = crate::json::at(&made.state, "meta/location").and_then(Value::as_str);
        if let (Some(location), true) = (location, encoded(&made.id) != made.id) {
            t.sub("location");
            t.must(location.ends_with(&encoded(&made.id)), &made.answer, "the id percent-encoded");
        }
    }

    "I-02" Error Must "RFC 7644 §1.2, §3.4.2.2" ["F-02"]
    "In a query, %2B is a plus, and %20 a blank."
    "Decode the query once."
    (cx, t, r) {
        let Some(slot) = r.s() else { return Err(Stop::Skip("no optional text".to_owned())) };
        let value = format!("{} a+b c", cx.label());
        let mut body = cx.minimal(r);
        slot.set(&mut body, value.as_str().into());
        let made = cx.create(r, body).await?;
        if !slot.is(&made.state, &json!(value)) {
            return Err(Stop::Blocked("I-03", "the text is not kept".to_owned()));
        }
        let a = cx.list(r, &[("filter", &format!("{} eq {}", slot.path(), json!(value)))]).await?;
        t.must(Context::ids(&a).contains(&made.id), &a, "the resource with this text");
        t.sub("+ for a blank");
        let filter = encoded(&format!("{} eq {}", slot.path(), json!(value))).replace("%20", "+");
        let a = cx.send(Ask::get(&r.endpoint).raw_query(&format!("filter={filter}"))).await?;
        let finds = Context::ids(&a).contains(&made.id);
        t.at(Level::Error, a.status < 500, &a, "no server error");
        t.note(&a, if finds { "+ in a query is a blank" } else { "+ in a query is not a blank" });
    }

    "I-03" Critical Plain "RFC 7643 §2.3.1, RFC 7644 §3.3" ["C-01"]
    "Text of any script and length is stored unchanged or refused. It is only a warning if white space or compatibility characters change to a simpler form."
    "Store Unicode, and return 400 for text that is too long. Do not truncate it."
    (cx, t, r) {
        let Some(slot) = r.s() else { return Err(Stop::Skip("no optional text".to_owned())) };
        let texts = [
            ("emoji", "\u{1F600}\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}".to_owned()),
            ("combining marks", "e\u{301}a\u{308}".to_owned()),
            // Ligatures, superscripts and wide letters are letters of their own; only NFKC makes them plain ones.
            ("letters of compatibility", "\u{fb01}\u{b2}\u{ff41}\u{2460}".to_owned()),
            ("right to left", "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{645}\u{631}\u{62d}\u{628}\u{627}".to_owned()),
            ("U+2028", "a\u{2028}b".to_owned()),
            ("line breaks and tabs", "a\nb\r\nc\td".to_owned()),
            ("two blanks", "a  b".to_owned()),
            ("markup", "<b>&amp;\"'</b>\\".to_owned()),
            ("10 kB", "0123456789".repeat(1000)),
        ];
        // All short ones at once; one by one if something is lost.
        let (_, short) = texts.split_last().unwrap_or((&texts[0], &[]));
        let all: Vec<_> = short.iter().map(|(_, value)| value.as_str()).collect();
        t.sub("all at once");
        let at_once = kept_text(cx, t, r, &slot, &all.join(" | "), true).await?;
        let rest = if at_once { texts.len() - 1 } else { 0 };
        for (what, value) in texts.iter().skip(rest) {
            t.sub(*what);
            kept_text(cx, t, r, &slot, value, false).await?;
        }
        t.sub("blanks at the ends");
        let mut body = cx.minimal(r);
        let value = format!("  {}  ", cx.label());
        slot.set(&mut body, value.as_str().into());
        let a = cx.post(r, &body).await?;
        t.at(Level::Error, a.status < 500, &a, "201 or 400");
        if a.is_success() {
            let made = cx.made(r, body, a.clone()).await?;
            let kept = slot.of(&made.state).and_then(Value::as_str).unwrap_or_default();
            t.at(Level::Warning, kept == value, &a, "the text with its blanks, or 400");
        }
        t.sub("NUL");
        let mut body = cx.minimal(r);
        slot.set(&mut body, format!("{} a\u{0}b", cx.label()).into());
        let a = cx.post(r, &body).await?;
        t.at(Level::Error, a.is_success() || a.is_client_error(), &a, "201 or 400");
    }

    "I-04" Error Must "RFC 7644 §5" ["A-09"]
    "User names are equal if they are equal in Unicode, whether characters are composed or decomposed."
    "Prepare user names by PRECIS (RFC 8265) before you compare them."
    (cx, t) {
        let user = cx.need_type("User")?;
        let Some(key) = user.key().filter(|key| key.name == "userName") else {
            return Err(Stop::Skip("the type has no userName".to_owned()));
        };
        let label = cx.label();
        let name = |word: &str| format!("{label}-{word}@{}", cx.maker.domain);
        let mut body = cx.minimal(user);
        key.set(&mut body, name("zo\u{eb}").into());
        let a = cx.post(user, &body).await?;
        if !a.is_success() {
            t.note(&a, "user names beyond ASCII are refused");
            return Ok(());
        }
        let mut body = cx.minimal(user);
        key.set(&mut body, name("zoe\u{308}").into());
        let a = cx.post(user, &body).await?;
        t.must(!a.is_success(), &a, "409: it is the same user name");
    }

    "I-05" Info Plain "RFC 7643 §2.1, RFC 7644 §7.8" ["F-03"]
    "Letter case outside ASCII causes no server error. The report says whether it counts."
    "Compare by Unicode's case folding."
    (cx, t, r) {
        let Some(slot) = r.s().filter(|s| !s.exact) else { return Err(Stop::Skip("no text in any letter case".to_owned())) };
        let value = format!("{} \u{e4}\u{d6}", cx.label());
        let mut body = cx.minimal(r);
        slot.set(&mut body, value.as_str().into());
        let made = cx.create(r, body).await?;
        let a = cx.list(r, &[("filter", &format!("{} eq {}", slot.path(), json!(value.to_uppercase())))]).await?;
        t.at(Level::Error, a.status < 500, &a, "no server error");
        t.note(&a, if Context::ids(&a).contains(&made.id) { "\u{c4} and \u{e4} are the same" } else { "\u{c4} and \u{e4} are not the same" });
    }

    "I-06" Critical Must "RFC 3986 §2.4" ["C-01"]
    "A percent-encoded slash in an id does not separate path segments, so no other resource is reached."
    "Split the path before you decode it, and decode it once."
    (cx, t) {
        let [one, two, ..] = cx.types.as_slice() else { return Err(Stop::Skip("there is only one resource type".to_owned())) };
        let made = cx.shared(two).await?;
        let target = format!("..{}/{}", two.endpoint, made.id);
        for (what, path) in [("once", encoded(&target)), ("twice", encoded(&encoded(&target)))] {
            t.sub(what);
            let a = cx.get(&format!("{}/{path}", one.endpoint)).await?;
            t.must(a.id() != Some(made.id.as_str()), &a, "404 or 400");
            t.at(Level::Error, a.status < 500, &a, "404 or 400");
        }
        t.sub("NUL");
        match cx.send(Ask::new(Method::GET, format!("{}/%00", one.endpoint))).await {
            Ok(a) => { t.at(Level::Error, a.is_client_error(), &a, "404 or 400"); }
            Err(Stop::Network(why)) => t.found(Level::Error, "404 or 400", format!("no HTTP response: {why}")),
            Err(stop) => return Err(stop),
        }
    }

    "I-07" Error Must "RFC 7643 §2.3.5" ["C-06"]
    "A time stays the same instant, whatever its time zone and fraction."
    "Store the instant."
    (cx, t, r) {
        let Some(d) = r.d() else { return Err(Stop::Skip("no time can be written".to_owned())) };
        for value in ["2024-05-01T11:00:00+02:00", "2024-05-01T10:00:00.123Z", "2024-02-29T23:59:59-11:30"] {
            t.sub(value);
            let mut body = cx.minimal(r);
            d.set(&mut body, value.into());
            let made = cx.create(r, body).await?;
            let state = d.of(&made.state);
            let kept = state.is_some_and(|v| same(v, &json!(value), true));
            // How fine its times are is for the service provider to say; the second is everybody's.
            let second = |text: &str| scim_client::DateTime::instant_of(text).map(scim_client::value::Timestamp::unix_seconds);
            let is_near = state.and_then(Value::as_str).and_then(second).is_some_and(|is| Some(is) == second(value));
            t.at(if is_near { Level::Warning } else { Level::Error }, kept, &made.answer, format!("the instant {value}"));
        }
    }

    "I-08" Warning Must "RFC 7643 §2.3.3, §2.3.4" ["C-06"]
    "A number is stored exactly or refused. It is not rounded."
    "Store numbers exactly."
    (cx, t, r) {
        let Some(n) = r.n() else { return Err(Stop::Skip("no number".to_owned())) };
        if n.kind == Kind::Decimal {
            for number in [0.1, -1_234_567.891, 123_456_789.012_345] {
                t.sub(number.to_string());
                let mut body = cx.minimal(r);
                n.set(&mut body, json!(number));
                let a = cx.post(r, &body).await?;
                if a.is_success() {
                    let made = cx.made(r, body, a.clone()).await?;
                    t.must(n.of(&made.state).is_some_and(|kept| same(kept, &json!(number), true)), &a, format!("{number}"));
                } else {
                    t.must(a.is_client_error(), &a, "201 or 400");
                }
            }
            return Ok(());
        }
        for number in [2_147_483_648_i64, 9_007_199_254_740_993] {
            t.sub(number.to_string());
            let mut body = cx.minimal(r);
            n.set(&mut body, number.into());
            let a = cx.post(r, &body).await?;
            if a.is_success() {
                let made = cx.made(r, body, a.clone()).await?;
                t.must(n.of(&made.state).and_then(Value::as_i64) == Some(number), &a, format!("{number}"));
            } else {
                t.must(a.is_client_error(), &a, "201 or 400");
            }
        }
    }
}
