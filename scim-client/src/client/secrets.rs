//! Secrets in what a server says: found in every form in which it may repeat them.

mod decoded;
mod escapes;
#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    ops::{Bound, Range},
    slice,
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use http::{HeaderMap, HeaderValue};

use self::{
    decoded::Decoded,
    escapes::{FORMS, JSON},
};
use crate::{internal::encode, shown::REDACTED};

/// The shortest secret that is looked for, in bytes: shorter ones are in every text.
pub(super) const SHORTEST: usize = 6;

/// How many encodings of any kinds are undone one after the other, as the layers between a client and a
/// server add them.
const ROUNDS: usize = 8;

/// How many are undone one by one, with the others left as they are.
const DEPTH: usize = 2;

/// How many of JSON alone: a gateway gives the error of a server, which repeats a request, each of them in a
/// string.
const JSON_DEPTH: usize = 4;

/// How much of a text is searched at once, which limits the memory that this takes.
const WINDOW: usize = 1 << 20;

/// How much longer a secret is in any form that is found; fewer rounds are, if it is more.
const GROWTH: usize = 64;

/// What must not be shown of what a server says.
///
/// Each secret is found as it is, in base64 and in hexadecimal digits, and each of these escaped in JSON,
/// in HTML and percent-encoded, in up to [`ROUNDS`] rounds on top of one another. The cost is linear in the
/// text, also where there are many that begin alike.
#[derive(Default)]
pub(super) struct Secrets {
    known: HashMap<[u8; SHORTEST], BTreeSet<Box<[u8]>>>,
    /// The bytes that they begin with, one bit for each.
    first: [u64; 4],
    /// How long the longest is.
    longest: usize,
}

impl Secrets {
    /// Adds a secret, unless it is too short to be told from other text.
    pub(super) fn add(&mut self, secret: &str) {
        let bytes = secret.as_bytes();
        if bytes.len() < SHORTEST {
            return;
        }
        self.add_bytes(bytes);
        self.add_in_other_digits(bytes);
        // A whole body in base64 has it as JSON has it.
        let mut quoted = String::with_capacity(secret.len() + 2);
        encode::string(&mut quoted, secret);
        let quoted = quoted.get(1..quoted.len() - 1).unwrap_or_default();
        if quoted != secret {
            self.add_in_other_digits(quoted.as_bytes());
        }
        // As old programs have it, which know no other letters, and as it is where they read it.
        if !secret.is_ascii() {
            let latin = secret.chars().map(|c| u8::try_from(u32::from(c)));
            if let Ok(latin) = latin.collect::<Result<Vec<_>, _>>() {
                self.add_bytes(&latin);
            }
            let read: String = bytes.iter().copied().map(char::from).collect();
            self.add_bytes(read.as_bytes());
        }
        // As a form has it, where other characters are percent-encoded; and as SQL has it.
        for (sign, written) in [(' ', "+"), ('\'', "''"), ('"', "\"\"")] {
            if secret.contains(sign) {
                self.add_bytes(secret.replace(sign, written).as_bytes());
            }
        }
        // What looks like an escape in itself is undone with the others.
        let mut bare = Cow::from(bytes);
        for _ in 0..ROUNDS {
            let Some(decoded) = Decoded::of(&bare, &FORMS, None) else {
                break;
            };
            self.add_bytes(&decoded.bytes);
            bare = decoded.bytes.into();
        }
    }

    fn add_in_other_digits(&mut self, secret: &[u8]) {
        for form in in_other_digits(secret) {
            self.add_bytes(form.as_bytes());
        }
    }

    fn add_bytes(&mut self, secret: &[u8]) {
        let Some(start) = secret.first_chunk::<SHORTEST>() else {
            return;
        };
        self.longest = self.longest.max(secret.len());
        let (word, bit) = bit_of(start[0]);
        if let Some(word) = self.first.get_mut(word) {
            *word |= bit;
        }
        self.known.entry(*start).or_default().insert(secret.into());
    }

    /// The text without secrets; `None` if it has none.
    pub(super) fn redact(&self, text: &str) -> Option<String> {
        self.redact_text(text, false)
    }

    /// Like [`redact`](Self::redact); where the text `is_cut`, also what of a secret is at its end.
    pub(super) fn redact_text(&self, text: &str, is_cut: bool) -> Option<String> {
        let mut found = self.found(text.as_bytes(), is_cut);
        if found.is_empty() {
            return None;
        }
        found.sort_by_key(|range| (range.start, range.end));
        let mut clean = String::with_capacity(text.len());
        let mut kept = 0;
        for Range { mut start, mut end } in found {
            // What was Latin-1 may begin and end within a character.
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            while end < text.len() && !text.is_char_boundary(end) {
                end += 1;
            }
            if start >= kept {
                clean.push_str(text.get(kept..start).unwrap_or_default());
                clean.push_str(REDACTED);
            }
            kept = kept.max(end);
        }
        clean.push_str(text.get(kept..).unwrap_or_default());
        Some(clean)
    }

    /// Where secrets are in a text.
    fn found(&self, text: &[u8], is_cut: bool) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if self.known.is_empty() {
            return found;
        }
        let both = self.longest.saturating_mul(GROWTH);
        let window = both.max(WINDOW);
        for start in (0..text.len()).step_by(window) {
            let end = start.saturating_add(window).saturating_add(both);
            let end = end.min(text.len());
            let is_cut = is_cut && end == text.len();
            let mut search = Search {
                secrets: self,
                cut: is_cut.then_some(both),
                found: &mut found,
            };
            let back = |range: Range<usize>| start + range.start..start.saturating_add(range.end);
            let part = text.get(start..end).unwrap_or_default();
            search.one_by_one(part, Depth::default(), &back);
            search.all_at_once(part, ROUNDS, &back);
        }
        found
    }

    /// Like [`redact`](Self::redact), for what may be UTF-8 only in part, or Latin-1.
    pub(super) fn redact_bytes(&self, bytes: &[u8], is_cut: bool) -> Option<String> {
        match String::from_utf8_lossy(bytes) {
            Cow::Borrowed(text) => self.redact_text(text, is_cut),
            Cow::Owned(text) => self.redact_text(&text, is_cut).or_else(|| {
                let latin: String = bytes.iter().copied().map(char::from).collect();
                self.redact_text(&latin, is_cut)
            }),
        }
    }

    /// Takes secrets out of headers.
    pub(super) fn redact_headers(&self, headers: &mut HeaderMap) {
        for value in headers.values_mut() {
            let clean = self.redact_bytes(value.as_bytes(), false);
            if let Some(Ok(clean)) = clean.map(HeaderValue::try_from) {
                *value = clean;
            }
        }
    }

    /// How long the secret is that a text begins with. Of a text that `is_cut`, it may be all the rest.
    fn at_start(&self, text: &[u8], is_cut: bool) -> Option<usize> {
        let start = text.first_chunk::<SHORTEST>()?;
        let (word, bit) = bit_of(start[0]);
        if self.first.get(word)? & bit == 0 {
            return None;
        }
        let known = self.known.get(start)?;
        if is_cut {
            let after = (Bound::Included(text), Bound::Unbounded);
            let next = known.range::<[u8], _>(after).next();
            if next.is_some_and(|secret| secret.starts_with(text)) {
                return Some(text.len());
            }
        }
        longest(known, text)
    }
}

/// The bit of a byte.
fn bit_of(byte: u8) -> (usize, u64) {
    (usize::from(byte / 64), 1 << (byte % 64))
}

/// Where a range of a decoded text is in the text as it came.
type Back<'b> = &'b dyn Fn(Range<usize>) -> Range<usize>;

/// One search through a text.
struct Search<'s> {
    secrets: &'s Secrets,
    /// How much of the end of a text that was cut can be the beginning of a secret, in any form.
    cut: Option<usize>,
    found: &'s mut Vec<Range<usize>>,
}

impl Search<'_> {
    /// Finds secrets in a text as it is.
    fn here(&mut self, text: &[u8], back: Back<'_>) {
        let mut at = 0;
        while let Some(rest) = text.get(at..)
            && rest.len() >= SHORTEST
        {
            let Some(length) = self.secrets.at_start(rest, self.cut.is_some()) else {
                at += 1;
                continue;
            };
            let mut range = back(at..at + length);
            at += length;
            // With what of an escape was left out there.
            if self.cut.is_some() && at == text.len() {
                range.end = usize::MAX;
            }
            self.found.push(range);
        }
    }

    /// Finds secrets in a text that was decoded `depth` times, and in what it is if escapes of one kind are
    /// undone: a secret may have what looks like one of another.
    fn one_by_one(&mut self, text: &[u8], depth: Depth, back: Back<'_>) {
        self.here(text, back);
        for form in &FORMS {
            let is_json = form.mark == JSON;
            let goes_on = match is_json {
                true => depth.json < JSON_DEPTH && (depth.json == depth.all || depth.all < DEPTH),
                false => depth.all < DEPTH,
            };
            if !goes_on {
                continue;
            }
            let depth = Depth {
                all: depth.all + 1,
                json: depth.json + usize::from(is_json),
            };
            if let Some(decoded) = Decoded::of(text, slice::from_ref(form), self.cut) {
                let back = |range| back(decoded.back(range));
                self.one_by_one(&decoded.bytes, depth, &back);
            }
        }
    }

    /// Finds secrets in what a text is if all escapes are undone, again and again.
    fn all_at_once(&mut self, text: &[u8], rounds: usize, back: Back<'_>) {
        if let Some(decoded) = Decoded::of(text, &FORMS, self.cut) {
            let back = |range| back(decoded.back(range));
            self.here(&decoded.bytes, &back);
            if rounds > 1 {
                self.all_at_once(&decoded.bytes, rounds - 1, &back);
            }
        }
    }
}

/// How many encodings were undone.
#[derive(Clone, Copy, Default)]
struct Depth {
    all: usize,
    json: usize,
}

/// A secret in base64, at each place where it may stand in what is encoded, and in hexadecimal digits.
///
/// A character that also tells of the bytes before or after it is left out.
fn in_other_digits(secret: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(secret);
        let end = bytes.len() * 8 / 6;
        let begin = (before * 8).div_ceil(6);
        let encoded = STANDARD_NO_PAD.encode(bytes);
        let own = encoded.get(begin..end).unwrap_or_default();
        if own.contains(['+', '/']) {
            forms.push(own.replace('+', "-").replace('/', "_"));
        }
        forms.push(own.to_owned());
    }
    let digits = |one: fn(u8) -> String| secret.iter().copied().map(one).collect();
    forms.push(digits(|byte| format!("{byte:02x}")));
    forms.push(digits(|byte| format!("{byte:02X}")));
    forms
}

/// How long the longest secret is that a text begins with.
fn longest(known: &BTreeSet<Box<[u8]>>, text: &[u8]) -> Option<usize> {
    let mut text = text;
    loop {
        let up_to = (Bound::Unbounded, Bound::Included(text));
        let before = known.range::<[u8], _>(up_to).next_back()?;
        let both = before.iter().zip(text);
        let same = both.take_while(|(one, other)| one == other).count();
        if same == before.len() {
            return Some(same);
        }
        // One that the text begins with, and with more of it, would stand between them.
        text = text.get(..same)?;
    }
}
