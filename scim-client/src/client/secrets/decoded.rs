//! A text without its escapes, and where in it everything came from.

use std::ops::Range;

use super::escapes::{Form, HTML, LONGEST};

/// A text with some kinds of escapes undone.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    pieces: Vec<Piece>,
}

/// A stretch of a decoded text.
struct Piece {
    /// Where it begins in the decoded text.
    at: usize,
    /// Where it begins in the text before.
    from: usize,
    /// How long the escape was; `None` for text that is the same in both.
    escape: Option<usize>,
}

impl Decoded {
    /// `None` if there is nothing to decode. Of a text that was cut, an escape that its end is missing of is
    /// left out. Where this is all, the text was searched as it is, but for its end: so many bytes before
    /// what is left out are given, as `cut` says.
    pub(super) fn of(text: &[u8], forms: &[Form], cut: Option<usize>) -> Option<Self> {
        let mut decoded = Self {
            bytes: Vec::new(),
            pieces: Vec::new(),
        };
        let (mut from, mut at) = (0, 0);
        let mut end = text.len();
        while let Some((found, form)) = find(text, forms, at) {
            let rest = text.get(found..).unwrap_or_default();
            let unit = (form.unit)(rest);
            if cut.is_some() && may_go_on(rest, form, unit.map(|(_, length)| length)) {
                end = found;
                break;
            }
            let Some(((bytes, count), length)) = unit else {
                at = found + 1;
                continue;
            };
            decoded.keep(text, from..found);
            decoded.pieces.push(Piece {
                at: decoded.bytes.len(),
                from: found,
                escape: Some(length),
            });
            let bytes = bytes.get(..count).unwrap_or_default();
            decoded.bytes.extend_from_slice(bytes);
            at = found + length;
            from = at;
        }
        if from == 0 && end == text.len() {
            return None;
        }
        if from == 0 {
            from = end.saturating_sub(cut.unwrap_or(end));
        }
        decoded.keep(text, from..end);
        Some(decoded)
    }

    fn keep(&mut self, text: &[u8], range: Range<usize>) {
        self.pieces.push(Piece {
            at: self.bytes.len(),
            from: range.start,
            escape: None,
        });
        self.bytes
            .extend_from_slice(text.get(range).unwrap_or_default());
    }

    /// Where a range of the decoded text is in the text before.
    pub(super) fn back(&self, range: Range<usize>) -> Range<usize> {
        let start = self
            .piece(range.start)
            .map_or(0, |piece| match piece.escape {
                Some(_) => piece.from,
                None => piece.from + (range.start - piece.at),
            });
        let last = self.piece(range.end.saturating_sub(1));
        let end = last.map_or(0, |piece| match piece.escape {
            Some(length) => piece.from + length,
            None => piece.from + (range.end - piece.at),
        });
        start..end
    }

    /// The piece that has the byte at this place.
    fn piece(&self, at: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces.get(after.checked_sub(1)?)
    }
}

/// The next byte that an escape of these forms may begin with.
fn find<'f>(text: &[u8], forms: &'f [Form], from: usize) -> Option<(usize, &'f Form)> {
    let rest = text.get(from..)?;
    let form_of = |byte: u8| forms.iter().find(|form| form.mark == byte);
    rest.iter()
        .enumerate()
        .find_map(|(at, byte)| Some((from + at, form_of(*byte)?)))
}

/// Returns whether more may have belonged to the escape that the rest of a text begins with. `length` is
/// that of the escape as it stands, if it is one.
fn may_go_on(rest: &[u8], form: &Form, length: Option<usize>) -> bool {
    match length {
        None => rest.len() < LONGEST,
        Some(length) => form.mark == HTML && length == rest.len() && !rest.ends_with(b";"),
    }
}
