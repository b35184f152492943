//! What the objects of a list had so far: the next one most likely has the same members, in the same
//! order and spelling.
//!
//! For each place where an object stands in the element of a list (such as the elements of
//! `emails`), the members are remembered as they are written, with what they turned out to be. A
//! member is then found by comparing a few bytes with those that came next the last time. What is
//! remembered only saves looking for a member anew; it never decides what a member is.

/// How many members are remembered in all: nobody can make a list cost much memory by them.
const MAX_STEPS: usize = 4096;

/// How many are remembered of one place, besides as many as the type has.
const MAX_OTHERS: usize = 64;

/// How many members ahead are looked at, where some were left out.
const AHEAD: usize = 8;

/// More than any place or step there is.
const NONE: u32 = u32::MAX;

/// What a member of an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::json) enum Member {
    /// The attribute at a position in the table of the object.
    Own(usize),
    /// The common attribute at a position in its table.
    Envelope(usize),
    /// `schemas`
    Schemas,
    /// None that the type has.
    Unknown,
}

/// A place where objects or arrays stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::json) struct Place(u32);

impl Place {
    /// Of which nothing is remembered.
    pub(in crate::json) const UNKNOWN: Self = Self(NONE);
    /// The elements of the list.
    const ELEMENT: Self = Self(0);

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a member is written: its name without the first quote, the colon, and the blanks around it.
#[derive(Debug, Clone, Copy)]
struct Spelling<'a> {
    written: &'a str,
    /// The first eight bytes, or as many as there are.
    head: u64,
    /// Which bytes of `head` count.
    mask: u64,
    /// The last eight bytes, if there are more than eight.
    tail: u64,
}

impl<'a> Spelling<'a> {
    fn new(written: &'a str) -> Self {
        let bytes = written.as_bytes();
        let mut head = [0; 8];
        let mut mask = [0; 8];
        for ((head, mask), byte) in head.iter_mut().zip(&mut mask).zip(bytes) {
            (*head, *mask) = (*byte, 0xFF);
        }
        let tail = bytes.last_chunk().copied().unwrap_or_default();
        Self {
            written,
            head: u64::from_le_bytes(head),
            mask: u64::from_le_bytes(mask),
            tail: u64::from_le_bytes(tail),
        }
    }

    /// Returns whether `text` begins so. A text of less than eight bytes does not: it ends before a
    /// value.
    #[inline]
    fn begins(&self, text: &[u8]) -> bool {
        let Some(head) = text.first_chunk() else {
            return false;
        };
        if u64::from_le_bytes(*head) & self.mask != self.head {
            return false;
        }
        let len = self.written.len();
        len <= 8 || self.goes_on(text, len)
    }

    #[inline]
    fn goes_on(&self, text: &[u8], len: usize) -> bool {
        let end = text.get(len - 8..).and_then(|end| end.first_chunk());
        end.is_some_and(|end| u64::from_le_bytes(*end) == self.tail)
            && (len <= 16 || text.get(8..len - 8) == self.written.as_bytes().get(8..len - 8))
    }
}

/// A member that was there.
#[derive(Debug, Clone, Copy)]
pub(in crate::json) struct Step<'a> {
    spelling: Spelling<'a>,
    /// Its name.
    pub(in crate::json) name: &'a str,
    /// What it is.
    pub(in crate::json) member: Member,
    /// Where its objects stand, or its array.
    pub(in crate::json) inner: Place,
    /// The one that came behind it.
    next: u32,
}

impl Step<'_> {
    /// How many bytes it takes, with the quote in front.
    #[inline]
    pub(in crate::json) fn len(&self) -> usize {
        self.spelling.written.len() + 1
    }
}

/// What is remembered of a place.
#[derive(Debug, Default)]
struct Known<'a> {
    /// The table of the type, by its address; zero for none.
    of: usize,
    first: Option<u32>,
    /// How many more members may be remembered.
    room: usize,
    required: u64,
    extensions: u64,
    /// How many values the array had last.
    values: usize,
    /// A text of `schemas` that says no more than the data, and which extensions had any then.
    listed: Option<(&'a str, u64)>,
}

impl Known<'_> {
    /// Of another type than before, nothing is true that was remembered.
    #[cold]
    fn begin(&mut self, of: usize, facts: TableFacts) {
        *self = Self {
            of,
            room: facts.len + MAX_OTHERS,
            required: facts.required,
            extensions: facts.extensions,
            ..Self::default()
        };
    }
}

/// What has to be known of the table of a place.
#[derive(Debug, Clone, Copy)]
pub(in crate::json) struct TableFacts {
    /// Which attributes are required, a bit for each; all bits for a table of more than 64.
    pub(in crate::json) required: u64,
    /// Which attributes are extensions.
    pub(in crate::json) extensions: u64,
    /// How many attributes there are.
    pub(in crate::json) len: usize,
}

/// Where an object that is read stands among the members that were there.
#[derive(Debug, Clone, Copy)]
pub(in crate::json) struct Track {
    place: Place,
    last: Option<u32>,
    next: u32,
    /// As in [`TableFacts`].
    pub(in crate::json) required: u64,
}

impl Track {
    /// Of an object of which nothing is remembered.
    pub(in crate::json) const NONE: Self = Self {
        place: Place::UNKNOWN,
        last: None,
        next: NONE,
        required: u64::MAX,
    };

    /// Returns whether something is remembered of the place, or will be.
    #[inline]
    pub(in crate::json) fn is_on(&self) -> bool {
        self.place != Place::UNKNOWN
    }
}

/// What is remembered. It takes no memory before [`begin`](Self::begin).
#[derive(Debug, Default)]
pub(in crate::json) struct Shapes<'a> {
    places: Vec<Known<'a>>,
    steps: Vec<Step<'a>>,
}

impl<'a> Shapes<'a> {
    /// From now on, what comes is remembered.
    pub(in crate::json) fn begin(&mut self) {
        if self.places.is_empty() {
            self.places.push(Known::default());
        }
    }

    /// The elements of the list, if it has begun.
    #[inline]
    pub(in crate::json) fn element(&self) -> Place {
        if self.places.is_empty() {
            Place::UNKNOWN
        } else {
            Place::ELEMENT
        }
    }

    /// The members of an object of the type whose table has this address.
    #[inline]
    pub(in crate::json) fn track(
        &mut self,
        place: Place,
        of: usize,
        facts: impl FnOnce() -> TableFacts,
    ) -> Track {
        let Some(known) = self.places.get_mut(place.index()) else {
            return Track::NONE;
        };
        if known.of != of {
            known.begin(of, facts());
        }
        Track {
            place,
            last: None,
            next: known.first.unwrap_or(NONE),
            required: known.required,
        }
    }

    /// The member that is expected next, if `text`, behind its first quote, begins so.
    #[inline]
    pub(in crate::json) fn follow(&self, track: &mut Track, text: &[u8]) -> Option<&Step<'a>> {
        let step = self.steps.get(track.next as usize)?;
        if !step.spelling.begins(text) {
            return None;
        }
        track.last = Some(track.next);
        track.next = step.next;
        Some(step)
    }

    /// Like [`follow`](Self::follow), where some members were left out.
    pub(in crate::json) fn look_ahead(&self, track: &mut Track, text: &[u8]) -> Option<Step<'a>> {
        let mut at = *track;
        for _ in 0..AHEAD {
            let step = self.steps.get(at.next as usize)?;
            if let Some(found) = self.follow(&mut at, text) {
                *track = at;
                return Some(*found);
            }
            at.next = step.next;
        }
        None
    }

    /// Takes note of a member that was not expected: `written` is it without the first quote, with
    /// the colon and what blanks follow. Gives the place of what is in it.
    pub(in crate::json) fn note(
        &mut self,
        track: &mut Track,
        (name, written): (&'a str, &'a str),
        member: Member,
        has_place: bool,
    ) -> Place {
        let Some(known) = self.places.get_mut(track.place.index()) else {
            return Place::UNKNOWN;
        };
        if self.steps.len() >= MAX_STEPS || known.room == 0 {
            return Place::UNKNOWN;
        }
        known.room -= 1;
        let new = number(self.steps.len());
        match track
            .last
            .and_then(|last| self.steps.get_mut(last as usize))
        {
            Some(last) => last.next = new,
            None => known.first = Some(new),
        }
        let inner = if has_place {
            self.places.push(Known::default());
            Place(number(self.places.len() - 1))
        } else {
            Place::UNKNOWN
        };
        self.steps.push(Step {
            spelling: Spelling::new(written),
            name,
            member,
            inner,
            next: track.next,
        });
        track.last = Some(new);
        inner
    }

    /// How many values the array at a place had last.
    #[inline]
    pub(in crate::json) fn values(&self, place: Place) -> usize {
        self.places
            .get(place.index())
            .map_or(0, |known| known.values)
    }

    /// Takes note of how many values an array has.
    #[inline]
    pub(in crate::json) fn set_values(&mut self, place: Place, values: usize) {
        if let Some(known) = self.places.get_mut(place.index()) {
            known.values = values;
        }
    }

    /// The extensions of the type whose objects stand there.
    #[inline]
    pub(in crate::json) fn extensions(&self, track: &Track) -> Option<u64> {
        let known = self.places.get(track.place.index())?;
        (known.extensions != u64::MAX).then_some(known.extensions)
    }

    /// Returns whether `schemas` was the same text before, with data of the same extensions, and said
    /// no more than the data.
    #[inline]
    pub(in crate::json) fn is_known_list(
        &self,
        track: &Track,
        listed: &str,
        extensions: u64,
    ) -> bool {
        let known = self.places.get(track.place.index());
        known.is_some_and(|known| known.listed == Some((listed, extensions)))
    }

    /// Takes note of a text of `schemas` that says no more than the data.
    pub(in crate::json) fn note_list(&mut self, track: &Track, listed: &'a str, extensions: u64) {
        if let Some(known) = self.places.get_mut(track.place.index()) {
            known.listed = Some((listed, extensions));
        }
    }
}

/// A position, of which there are far fewer than a `u32` can count.
fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_any_length_are_told_apart() {
        let long = "abcdefghijklmnopqrstuvwxyzäöü\": ";
        for end in (1..=long.len()).filter(|end| long.is_char_boundary(*end)) {
            let spelling = Spelling::new(&long[..end]);
            let text = format!("{}01234567", &long[..end]);
            assert!(spelling.begins(text.as_bytes()), "{end}");
            for at in 0..end {
                let mut other = text.clone().into_bytes();
                other[at] ^= 1;
                assert!(!spelling.begins(&other), "{end} {at}");
            }
            assert!(!spelling.begins(&text.as_bytes()[..7]));
            assert_eq!(spelling.begins(&long.as_bytes()[..end]), end >= 8, "{end}");
        }
    }

    #[test]
    fn members_are_followed_in_their_order() {
        let facts = || TableFacts {
            required: 1,
            extensions: 0,
            len: 4,
        };
        let mut shapes = Shapes::default();
        assert!(!shapes.track(shapes.element(), 7, facts).is_on());
        shapes.begin();
        let mut track = shapes.track(shapes.element(), 7, facts);
        assert_eq!(track.required, 1);
        for (index, written) in ["a\":", "b\":", "c\":", "d\": "].into_iter().enumerate() {
            let text = format!("{written}01234567");
            assert!(shapes.follow(&mut track, text.as_bytes()).is_none());
            shapes.note(
                &mut track,
                (&written[..1], written),
                Member::Own(index),
                false,
            );
        }
        let mut track = shapes.track(shapes.element(), 7, facts);
        let found = shapes.follow(&mut track, b"a\":1,\"c\":2").unwrap();
        assert_eq!((found.name, found.member), ("a", Member::Own(0)));
        assert!(shapes.follow(&mut track, b"c\":2,\"b\":3").is_none());
        let found = shapes.look_ahead(&mut track, b"c\":2,\"d\":3").unwrap();
        assert_eq!(found.member, Member::Own(2));
        assert!(shapes.look_ahead(&mut track, b"d\":3456789").is_none());
        let found = shapes.follow(&mut track, b"d\": 3456789").unwrap();
        assert_eq!(found.len(), 5);
        // Another type at the same place.
        let mut track = shapes.track(shapes.element(), 8, facts);
        assert!(shapes.follow(&mut track, b"a\":1,\"b\":2").is_none());
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let facts = || TableFacts {
            required: 0,
            extensions: 0,
            len: 0,
        };
        let names: Vec<String> = (0..10_000).map(|n| format!("n{n}\":")).collect();
        let mut shapes = Shapes::default();
        shapes.begin();
        let mut places = vec![shapes.element()];
        for chunk in names.chunks(100) {
            let place = places.pop().unwrap_or(Place::UNKNOWN);
            let mut track = shapes.track(place, 7, facts);
            for name in chunk {
                let inner = shapes.note(&mut track, (name, name), Member::Unknown, true);
                if inner != Place::UNKNOWN {
                    places.push(inner);
                }
            }
        }
        assert!(shapes.steps.len() <= MAX_STEPS && shapes.places.len() <= MAX_STEPS + 1);
    }
}
