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
    missed: Option<Missed>,
}

/// What there is to say of a bar that is missed, and how far it may be.
#[derive(Clone, Copy)]
struct Missed {
    /// What `bench check` lets pass: little more than what was measured.
    guard: Limit,
    /// What the profile shows, and what was tried.
    why: &'static str,
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
            missed: None,
        }
    }

    const fn by(mut self, reference: &'static str) -> Self {
        self.by = Some(reference);
        self
    }

    /// Says why it is missed, and what may not get worse.
    const fn missed(mut self, guard: Limit, why: &'static str) -> Self {
        self.missed = Some(Missed { guard, why });
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
        self.limit.holds(value)
    }

    /// Whether the guard lets it pass.
    fn passes(&self, value: f64) -> bool {
        let guard = self.missed.map_or(self.limit, |missed| missed.guard);
        self.is_reached(value) || guard.holds(value)
    }
}

impl Limit {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }
}

use Limit::{AtLeast, AtMost};

mod why;

use why::*;

const BARS: [Bar; 29] = [
    Bar::new(
        "decode a page, by derive's `from_slice`",
        "decode/a page/scim-client",
        AtMost(0.95),
    )
    .by("decode/a page/derive"),
    Bar::new(
        // The aim is 1.15, which it reaches by little: what makes compiled types faster makes it more.
        "decode a page of a type known at run time, by the compiled type (aim: 1.15)",
        "decode/a page/scim-client, dynamic",
        AtMost(1.16),
    )
    .by("decode/a page/scim-client")
    .missed(AtMost(1.19), RUN_TIME),
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
        AtMost(1.03),
    )
    .by("encode/1,000 users, each by itself/scim-client")
    .missed(AtMost(1.04), PAGE),
    Bar::new(
        "memory kept, by derive",
        "memory/kept/scim-client",
        AtMost(0.78),
    )
    .by("memory/kept/derive"),
    Bar::new(
        "a get, by reqwest and derive by hand",
        "get/a small user/scim-client",
        AtMost(1.0),
    )
    .by("get/a small user/reqwest, derive"),
    Bar::new(
        "a get of a full user over hyper, by hyper-util and derive by hand",
        "get/a full user/scim-client, hyper",
        AtMost(1.05),
    )
    .by("get/a full user/hyper-util, derive"),
    Bar::new(
        "the same of a small user",
        "get/a small user/scim-client, hyper",
        AtMost(1.05),
    )
    .by("get/a small user/hyper-util, derive")
    .missed(AtMost(1.15), SMALL_GET),
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
        "check of 50 schemas from nothing, by derive",
        "builds/50 schemas/check from nothing by derive",
        AtMost(0.27),
    )
    .missed(AtMost(0.34), FROM_NOTHING),
    Bar::new(
        "the same with incremental state",
        "builds/50 schemas/check by derive",
        AtMost(0.27),
    )
    .missed(AtMost(0.40), INCREMENTAL),
    Bar::new(
        "release build of 50 schemas, by derive",
        "builds/50 schemas/release by derive",
        AtMost(0.22),
    )
    .missed(AtMost(0.25), GENERATED),
    Bar::new(
        "program with 50 schemas, by derive",
        "builds/50 schemas/binary by derive",
        AtMost(0.37),
    )
    .missed(AtMost(0.46), GENERATED),
    Bar::new(
        "check of the Oracle set from nothing, by a release build of serde_json",
        "builds/Oracle, 116 schemas/check from nothing, seconds",
        AtMost(1.25),
    )
    .by(YARDSTICK)
    .missed(AtMost(1.7), ORACLE),
    Bar::new(
        "the same with incremental state",
        "builds/Oracle, 116 schemas/check seconds",
        AtMost(1.25),
    )
    .by(YARDSTICK)
    .missed(AtMost(2.3), INCREMENTAL),
    Bar::new(
        "100,000 users streamed in pages of 100, peak MB",
        "list/100000 streamed in pages of 100/peak MB",
        AtMost(10.0),
    )
    .missed(AtMost(11.5), REQWEST),
    Bar::new(
        "100,000 users streamed in pages of 1,000, peak MB",
        "list/100000 streamed in pages of 1000/peak MB",
        AtMost(16.0),
    )
    .missed(AtMost(17.0), REQWEST),
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
    )
    .missed(AtMost(1.7), SMALL_PAGE),
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
    .by(YARDSTICK)
    .missed(AtMost(4.0), MODELS),
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

/// Of every bar that these figures miss, what the profile shows and what was tried.
pub fn reasons(figures: &Figures) -> String {
    let reasons = all().filter_map(|bar| {
        let value = bar.value(figures).filter(|value| !bar.is_reached(*value))?;
        let why = bar.missed.map_or(
            "Nobody has looked into it yet: it was reached before this run.",
            |missed| missed.why,
        );
        Some(format!("- **{}: {}.** {why}\n", bar.what, short(value)))
    });
    let reasons: String = reasons.collect();
    match reasons.is_empty() {
        true => String::new(),
        false => format!("## What was missed, and why\n\n{reasons}"),
    }
}

/// The figures that are worse than the guard lets pass, in words.
pub fn missed(figures: &Figures) -> Vec<String> {
    let missed = all().filter_map(|bar| {
        let value = bar.value(figures).filter(|value| !bar.passes(*value))?;
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
