//! Members that are read after the rest of the object, and where they belong.

use crate::model::Descriptor;

/// Where a member belongs.
pub(super) enum Place {
    /// It holds attributes of the resource.
    Container,
    /// It is a common attribute.
    Envelope(usize),
    /// It is an attribute, or one within others: the positions from the outside in.
    Own(Vec<usize>),
}

/// A member that was passed over.
pub(super) struct Qualified<'a> {
    pub(super) name: String,
    pub(super) raw: &'a str,
    pub(super) place: Place,
}

impl Place {
    pub(super) fn of<'a>(self, name: &str, raw: &'a str) -> Qualified<'a> {
        Qualified {
            name: name.to_owned(),
            raw,
            place: self,
        }
    }
}

/// Where the member `name` belongs, if it has the URN of a schema in front.
#[inline]
pub(super) fn place(
    own: &'static Descriptor,
    envelope: Option<&'static Descriptor>,
    name: &str,
) -> Option<Place> {
    // No attribute has a colon in its name.
    if name.contains(':') {
        place_of(own, envelope, name)
    } else {
        None
    }
}

#[cold]
fn place_of(
    own: &'static Descriptor,
    envelope: Option<&'static Descriptor>,
    name: &str,
) -> Option<Place> {
    let urn = own.urn?;
    if name.eq_ignore_ascii_case(urn) {
        return Some(Place::Container);
    }
    if let Some(rest) = below(urn, name) {
        if let Some(index) = envelope.and_then(|envelope| envelope.position(rest)) {
            return Some(Place::Envelope(index));
        }
        if let Some(steps) = steps(own, rest) {
            return Some(Place::Own(steps));
        }
    }
    let mut attributes = own.attributes.iter().enumerate();
    attributes.find_map(|(index, extension)| {
        let rest = below(extension.name, name).filter(|_| extension.is_extension())?;
        let mut steps = steps(extension.kind.descriptor()?, rest)?;
        steps.insert(0, index);
        Some(Place::Own(steps))
    })
}

/// What stands behind `urn` and a colon.
fn below<'n>(urn: &str, name: &'n str) -> Option<&'n str> {
    let start = name.get(..urn.len())?;
    let rest = name.get(urn.len()..)?.strip_prefix(':')?;
    start.eq_ignore_ascii_case(urn).then_some(rest)
}

/// The way to `attribute` or `attribute.subAttribute`.
fn steps(table: &'static Descriptor, path: &str) -> Option<Vec<usize>> {
    if let Some(index) = table.position(path) {
        return Some(vec![index]);
    }
    let (name, sub) = path.split_once('.')?;
    let index = table.position(name)?;
    let parent = table
        .attributes
        .get(index)
        .filter(|a| !a.is_multi_valued())?;
    Some(vec![index, parent.kind.descriptor()?.position(sub)?])
}
