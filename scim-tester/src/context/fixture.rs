//! Eight resources that differ in every slot: what filters, sorting and paging are tried on.

use serde_json::{Value, json};

use crate::{
    resource_type::ResourceType,
    stop::Stop,
    values::{Fill, Maker},
};

use super::{Context, Fixture};

/// How many there are.
pub(crate) const COUNT: usize = 8;

/// Words for `s`, told apart by letter case, order and length. The last resource has none.
const WORDS: [&str; COUNT] = [
    "Mango",
    "apple",
    "Cherry pie",
    "banana",
    "apple tart",
    "Zucchini",
    "10 plums",
    "",
];
/// Numbers whose order as text is another one.
const NUMBERS: [i64; COUNT] = [9, 10, 100, -3, 0, 25, 7, 1000];

/// What the first and the second value of `m` begin with: sorted by one, the order is another than
/// by the other.
pub(crate) fn labels(prefix: &str, at: usize) -> (String, String) {
    (
        format!("{prefix}{at}"),
        format!("{prefix}{}", COUNT + COUNT - at),
    )
}

/// Creates them, one after the other.
pub(crate) async fn make(cx: &Context, r: &ResourceType) -> Result<Fixture, Stop> {
    let prefix = format!("{}-fx{}-", cx.maker.marker, cx.number());
    let mut fixture = Fixture {
        made: Vec::new(),
        prefix: prefix.clone(),
    };
    for at in 0..COUNT {
        let body = body(cx, r, &prefix, at);
        let made = cx.create(r, body).await?;
        fixture.made.push(made);
    }
    Ok(fixture)
}

fn body(cx: &Context, r: &ResourceType, prefix: &str, at: usize) -> Value {
    let mut body = cx.maker.resource(r, cx.number(), Fill::Required);
    let label = format!("{prefix}{at}");
    if let Some(extra) = cx.told.extra.get(&r.name) {
        crate::json::merge(&mut body, &crate::values::filled(extra, &label));
    }
    let Some(key) = r.key() else { return body };
    // Letters in front of the digit, in another order than that of creation.
    let letter = ["d", "B", "g", "a", "H", "c", "E", "f"][at % COUNT];
    key.set(
        &mut body,
        cx.maker.key(&key.name, &format!("{prefix}{letter}{at}")),
    );
    let word = WORDS[at % COUNT];
    for slot in [r.s(), r.s2()].into_iter().flatten() {
        if !word.is_empty() {
            slot.set(&mut body, format!("{prefix}{word}").into());
        }
    }
    if let Some((_, slots)) = r.c() {
        for (place, slot) in slots.iter().take(2).enumerate() {
            let word = WORDS[(at + 2 + place) % COUNT];
            if !word.is_empty() {
                slot.set(&mut body, format!("{prefix}{word}").into());
            }
        }
    }
    if let Some(m) = r.m() {
        let (one, two) = Maker::kinds(m);
        let (first, second) = labels(prefix, at);
        let element = |label: &str, word: &str, kind: &str| cx.maker.element(m, label, word, kind);
        let mut elements = match at % 4 {
            0 => vec![
                element(&first, "alpha", &one),
                element(&second, "beta", &two),
            ],
            1 => vec![
                element(&first, "beta", &one),
                element(&second, "alpha", &two),
            ],
            2 => vec![element(&first, "gamma", &two)],
            _ => Vec::new(),
        };
        if m.sub("primary").is_some() && elements.len() == 2 {
            // The second one, so that it differs from the first.
            if let Some(last) = elements.last_mut() {
                crate::json::set(last, "primary", json!(true));
            }
        }
        if !elements.is_empty() {
            m.set(&mut body, Value::Array(elements));
        }
    }
    if let Some(ms) = r.ms().filter(|_| at.is_multiple_of(2)) {
        ms.set(
            &mut body,
            json!([format!("{label}-x"), format!("{label}-y")]),
        );
    }
    // The last one has none, unless the service provider sets it.
    if let Some(b) = r.b().filter(|_| at + 1 < COUNT) {
        b.set(&mut body, (at % 3 != 1).into());
    }
    if let Some(n) = r.n() {
        n.set(&mut body, NUMBERS[at % COUNT].into());
    }
    if let Some(d) = r.d() {
        // The same day, told apart by zone and fraction.
        let times = [
            "2024-05-01T10:00:00Z",
            "2024-05-01T11:00:00+02:00",
            "2024-05-01T10:00:00.500Z",
            "2023-12-31T23:59:59Z",
        ];
        d.set(&mut body, times[at % times.len()].into());
    }
    for slot in r.e_all().iter().take(1) {
        if at.is_multiple_of(2) {
            slot.set(
                &mut body,
                format!("{prefix}{}", WORDS[(at + 1) % COUNT]).into(),
            );
        }
    }
    cx.maker.complete(r, &label, &mut body);
    if let Some(x) = r.x()
        && r.s().as_ref() != Some(&x)
        && r.s2().as_ref() != Some(&x)
    {
        x.set(&mut body, format!("{label}-Ext").into());
    }
    body
}

impl Fixture {
    /// The ids of those that match, by the library's evaluator.
    pub(crate) fn expected(&self, r: &ResourceType, filter: &str) -> Option<Vec<String>> {
        let mut ids = Vec::new();
        for made in &self.made {
            if r.view.matches(filter, &made.state)? {
                ids.push(made.id.clone());
            }
        }
        Some(ids)
    }

    /// A filter for these resources and no others.
    pub(crate) fn only(&self, r: &ResourceType) -> Option<String> {
        Some(format!("{} sw \"{}\"", r.key()?.path(), self.prefix))
    }
}
