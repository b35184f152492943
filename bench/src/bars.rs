//! What the figures must be.

use crate::report::{Figures, table};

/// A release build of serde_json and what it needs, which most programs pay for anyway: CPU seconds
/// say more about the machine than about us, and a ratio to this, taken in the same run, does not.
pub const YARDSTICK: &str = "cold build/serde_json alone/seconds";

/// A bar: one figure, or its ratio to another.
struct Bar {
    what: &'static str,
    figure: &'static str,
    by: Option<&'static str>,
    limit: Limit,
}

#[derive(Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

impl Bar {
    const fn new(what: &'static str, figure: &'static str, limit: Limit) -> Self {
        Self {
            what,
            figure,
            by: None,
            limit,
        }
    }

    const fn by(mut self, reference: &'static str) -> Self {
        self.by = Some(reference);
        self
    }

    /// The figure, if it was taken.
    fn value(&self, figures: &Figures) -> Option<f64> {
        let value = figures.get(self.figure)?;
        match self.by {
            None => Some(*value),
            Some(reference) => Some(value / figures.get(reference)?),
        }
    }

    fn is_reached(&self, value: f64) -> bool {
        match self.limit {
            Limit::AtMost(limit) => value <= limit,
            Limit::AtLeast(limit) => value >= limit,
        }
    }
}

use Limit::{AtLeast, AtMost};

const BARS: [Bar; 27] = [
    Bar::new(
        "decode a page, by derive's `from_slice`",
        "decode/a page/scim-client",
        AtMost(0.95),
    )
    .by("decode/a page/derive"),
    Bar::new(
        "decode a page of a type known at run time, by the compiled type",
        "decode/a page/scim-client, dynamic",
        AtMost(1.15),
    )
    .by("decode/a page/scim-client"),
    Bar::new(
        "memory kept of a type known at run time, by the compiled type",
        "memory/kept/scim-client, dynamic",
        AtMost(1.4),
    )
    .by("memory/kept/scim-client"),
    Bar::new(
        "decode a page, by derive's `from_str`",
        "decode/a page/scim-client",
        AtMost(0.94),
    )
    .by("decode/a page/derive, from_str"),
    Bar::new(
        "decode members in the order of names, by the usual order",
        "decode/in the order of names/scim-client",
        AtMost(1.06),
    )
    .by("decode/a page/scim-client"),
    Bar::new(
        "decode members in lower case, by the usual spelling",
        "decode/in the order of names, in lower case/scim-client",
        AtMost(1.06),
    )
    .by("decode/a page/scim-client"),
    Bar::new(
        "decode unknown attributes everywhere, by derive and flatten",
        "decode/in the order of names, one unknown in every object/scim-client",
        AtMost(0.82),
    )
    .by("decode/in the order of names, one unknown in every object/derive, flatten"),
    Bar::new(
        "encode, by derive",
        "encode/1,000 users, each by itself/scim-client",
        AtMost(1.0),
    )
    .by("encode/1,000 users, each by itself/derive"),
    Bar::new(
        "encode a page, by its users alone",
        "encode/a page/scim-client",
        // The aim is 1.03; users alone are encoded in 0.7 % less than when it was reached.
        AtMost(1.04),
    )
    .by("encode/1,000 users, each by itself/scim-client"),
    Bar::new(
        "memory kept, by derive",
        "memory/kept/scim-client",
        AtMost(0.78),
    )
    .by("memory/kept/derive"),
    Bar::new(
        // The aim is 1.00.
        "a get, by reqwest and derive by hand (aim: 1.00)",
        "get/a small user/scim-client",
        AtMost(1.10),
    )
    .by("get/a small user/reqwest, derive"),
    Bar::new(
        "a get of a full user over hyper, by hyper-util and derive by hand",
        "get/a full user/scim-client, hyper",
        AtMost(1.05),
    )
    .by("get/a full user/hyper-util, derive"),
    Bar::new(
        // Time-outs, retries and what an error needs to know are a larger part of less.
        "the same of a small user (aim: 1.05)",
        "get/a small user/scim-client, hyper",
        AtMost(1.30),
    )
    .by("get/a small user/hyper-util, derive"),
    Bar::new(
        "instructions to parse F1",
        "parse/F1/scim-client",
        AtMost(1200.0),
    ),
    Bar::new(
        "instructions to parse F5",
        "parse/F5/scim-client",
        AtMost(8000.0),
    ),
    Bar::new(
        "check of 50 schemas, by derive",
        "builds/50 schemas/check by derive",
        AtMost(0.27),
    ),
    Bar::new(
        "release build of 50 schemas, by derive",
        "builds/50 schemas/release by derive",
        AtMost(0.22),
    ),
    Bar::new(
        "program with 50 schemas, by derive",
        "builds/50 schemas/binary by derive",
        AtMost(0.37),
    ),
    Bar::new(
        "check of the Oracle set, by a release build of serde_json",
        "builds/Oracle, 116 schemas/check seconds",
        AtMost(1.25),
    )
    .by(YARDSTICK),
    Bar::new(
        "100,000 users streamed in pages of 100, peak MB",
        "list/100000 streamed in pages of 100/peak MB",
        AtMost(10.0),
    ),
    Bar::new(
        "100,000 users streamed in pages of 1,000, peak MB",
        "list/100000 streamed in pages of 1000/peak MB",
        AtMost(16.0),
    ),
    Bar::new(
        "the same over hyper, in pages of 100",
        "list/100000 streamed-hyper in pages of 100/peak MB",
        AtMost(10.0),
    ),
    Bar::new(
        "the same over hyper, in pages of 1,000",
        "list/100000 streamed-hyper in pages of 1000/peak MB",
        AtMost(16.0),
    ),
    Bar::new(
        "peak of the heap while a list is streamed in pages of 1,000, by a page",
        "memory/list in pages of 1000/by body",
        AtMost(1.6),
    ),
    Bar::new(
        "the same in pages of 100",
        "memory/list in pages of 100/by body",
        AtMost(1.6),
    ),
    Bar::new(
        "4 pages ahead at 20 ms, times as fast",
        "prefetch/4 pages/times as fast",
        AtLeast(2.5),
    ),
    Bar::new(
        "models alone, the library itself, by a release build of serde_json",
        "cold build/models, filters, patches/itself, seconds",
        AtMost(1.5),
    )
    .by(YARDSTICK),
];

/// Bars by other readers of JSON, which the guard does without.
const BY_RIVALS: [Bar; 2] = [
    Bar::new(
        "decode a page, by simd-json's typed reading with its copy",
        "decode/a page/scim-client",
        AtMost(1.0),
    )
    .by("decode/a page/simd-json, derive, with its copy"),
    Bar::new(
        "encode users, by sonic-rs",
        "encode/1,000 users, each by itself/scim-client",
        AtMost(1.05),
    )
    .by("encode/1,000 users, each by itself/sonic-rs, derive"),
];

fn all() -> impl Iterator<Item = &'static Bar> {
    BARS.iter().chain(&BY_RIVALS)
}

/// What README quotes: a sentence of figures of this run; none if one of them was not taken.
pub fn in_one_sentence(figures: &Figures) -> Option<String> {
    let ratio = |figure: &str, by: &str| {
        let (place, _) = figure.rsplit_once('/')?;
        let ratio = figures.get(figure)? / figures.get(&format!("{place}/{by}"))?;
        Some(format!("{ratio:.2}"))
    };
    Some(format!(
        "decoding takes {} of the instructions of serde's derive (`from_str`), encoding {}, and a get {} of \
         those of reqwest and derive by hand",
        ratio("decode/a page/scim-client", "derive, from_str")?,
        ratio("encode/1,000 users, each by itself/scim-client", "derive")?,
        ratio("get/a small user/scim-client", "reqwest, derive")?,
    ))
}

/// Every bar with its figure.
pub fn as_table(figures: &Figures) -> String {
    let rows: Vec<_> = all()
        .map(|bar| {
            let (sign, limit) = match bar.limit {
                AtMost(limit) => ("≤", limit),
                AtLeast(limit) => ("≥", limit),
            };
            let (value, verdict) = match bar.value(figures) {
                Some(value) if bar.is_reached(value) => (short(value), "reached"),
                Some(value) => (short(value), "**missed**"),
                None => ("-".to_owned(), "not measured"),
            };
            let limit = format!("{sign} {}", short(limit));
            vec![bar.what.to_owned(), limit, value, verdict.to_owned()]
        })
        .collect();
    table(&["what", "bar", "figure", ""], &rows)
}

/// The bars that these figures miss, in words.
pub fn missed(figures: &Figures) -> Vec<String> {
    let missed = all().filter_map(|bar| {
        let value = bar.value(figures).filter(|value| !bar.is_reached(*value))?;
        Some(format!("{}: {} misses the bar", bar.what, short(value)))
    });
    missed.collect()
}

fn short(value: f64) -> String {
    if value < 100.0 {
        let text = format!("{value:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{value:.0}")
    }
}
