//! The elements of a complex multi-valued attribute, each by itself where a filter finds it.

mod finder;

use std::collections::HashSet;

use self::finder::{Address, Finder};
use super::{
    At, Out, Result, has, is_name, is_readable, is_written,
    refused::{is_primary_set, is_primary_twice, refused},
};
use crate::{
    json::encode,
    model::{Attribute, Descriptor, Json, ManyValues, Mutability, Reflect, ValueRef},
    patch::{
        Dialect, Operation,
        equality::{Elements, Hashes, is_primary, normal, same},
        identity::Identifier,
        list::would_all_be_added,
        text,
    },
};

/// Appends what makes the elements `after` out of `before`.
pub(super) fn diff(
    attribute: &'static Attribute,
    before: &dyn ManyValues,
    after: &dyn ManyValues,
    at: At,
    out: &mut Out<'_>,
) -> Result {
    let hashes = Hashes::default();
    let changes = Changes::between(&hashes, before, after);
    if changes.removed.is_empty() && changes.added.is_empty() {
        return Ok(());
    }
    let refused = refused(ValueRef::Many(after));
    let whole_of = || match refused {
        Some(kind) => Err(at.error(kind, None)),
        None => Ok(whole(after, at)),
    };
    if !is_readable(&at.path(None)) {
        out.push(whole_of()?);
        return Ok(());
    }
    let removed = changes.removed.len();
    let start = out.operations.len();
    let by_elements = changes.emit(attribute, &hashes, before, after, at, out);
    let operations = out.operations.get(start..).unwrap_or_default();
    if by_elements.is_some()
        && (refused.is_some()
            || !is_shorter(attribute, after, at, removed, operations, out.dialect))
    {
        return Ok(());
    }
    out.operations.truncate(start);
    out.push(whole_of()?);
    Ok(())
}

/// So many operations are never made one replacement, however short that were: each by itself
/// leaves alone what others have changed meanwhile.
const FEW: usize = 8;

/// Returns whether replacing all elements takes fewer bytes than these operations, and may be done.
fn is_shorter(
    attribute: &Attribute,
    after: &dyn ManyValues,
    at: At,
    removed: usize,
    operations: &[Operation],
    dialect: &Dialect,
) -> bool {
    // What nobody reads would be lost where an element stays.
    let has_secrets = |table: &Descriptor| table.attributes().iter().any(Attribute::is_secret);
    let hides = attribute.kind().descriptor().is_some_and(has_secrets);
    if operations.len() <= FEW || hides || !dialect.takes_whole(removed, after.len()) {
        return false;
    }
    let limit = dialect.encoded_len(operations);
    // An empty element and its comma: most large lists need not be written to be found too long.
    if after.len().saturating_mul(3) >= limit {
        return false;
    }
    let mut least = 0;
    for index in 0..after.len() {
        least += encode::value(after.at(index)).as_str().len() + 1;
        if least >= limit {
            return false;
        }
    }
    dialect.encoded_len(&[whole(after, at)]) < limit
}

fn whole(after: &dyn ManyValues, at: At) -> Operation {
    Operation::replace(at.path(None), encode::value(ValueRef::Many(after)))
}

/// The elements that are not in both states, by position.
struct Changes {
    removed: Vec<usize>,
    added: Vec<usize>,
    /// Whether any element stays as it is.
    kept_any: bool,
}

impl Changes {
    fn between(hashes: &Hashes, before: &dyn ManyValues, after: &dyn ManyValues) -> Self {
        let mut left = Elements::new(hashes);
        let mut is_left = vec![false; before.len()];
        for (index, is_left) in is_left.iter_mut().enumerate() {
            if before.at(index).is_assigned() {
                left.insert(before, index);
                *is_left = true;
            }
        }
        let mut changes = Self {
            removed: Vec::new(),
            added: Vec::new(),
            kept_any: false,
        };
        for index in 0..after.len() {
            let element = after.at(index);
            if !element.is_assigned() {
                continue;
            }
            match left.take(before, element) {
                Some(found) => {
                    if let Some(is_left) = is_left.get_mut(found) {
                        *is_left = false;
                    }
                    changes.kept_any = true;
                }
                None => changes.added.push(index),
            }
        }
        changes.removed = is_left
            .iter()
            .enumerate()
            .filter(|(_, left)| **left)
            .map(|(at, _)| at)
            .collect();
        changes
    }

    /// `None` if an element cannot be found by a filter, or replacing all of them says less.
    fn emit(
        self,
        attribute: &'static Attribute,
        hashes: &Hashes,
        before: &dyn ManyValues,
        after: &dyn ManyValues,
        at: At,
        out: &mut Out<'_>,
    ) -> Option<()> {
        let mut added = self.added;
        let mut primaries = added
            .iter()
            .filter(|at| is_primary_set(after.at(**at)))
            .count();
        let several = is_primary_twice(after);
        if !self.removed.is_empty() {
            let finder = Finder::new(attribute.kind().descriptor()?, hashes, before);
            let (mut gone, mut changed) = (Vec::new(), Vec::new());
            let mut partners = finder.partners(after, &added);
            for index in self.removed {
                let address = finder.address(before.at(index))?;
                let partner = partners.remove(&address.key()).flatten();
                match partner {
                    Some(partner) if !changes_immutable(before.at(index), after.at(partner)) => {
                        let was_primary = is_primary_set(before.at(index));
                        if was_primary && is_primary_set(after.at(partner)) {
                            primaries = primaries.saturating_sub(1);
                        }
                        changed.push((address, index, partner));
                    }
                    _ => gone.push(address),
                }
            }
            // Those that are primary already may stay so; who is made primary is the only one.
            if !self.kept_any && changed.is_empty() || several && primaries > 0 {
                return None;
            }
            for address in gone {
                out.push(Operation::remove(finder.path(at, &address, None)));
            }
            // A type that changes must not be found by a filter that comes later.
            changed.sort_by_key(|(address, ..)| !matches!(address, Address::Type { .. }));
            let taken: HashSet<usize> = changed.iter().map(|(.., partner)| *partner).collect();
            let parts: &[Part] = if primaries > 0 {
                // An element that is made primary makes the others not primary by itself (RFC 7644
                // §3.5.2).
                &[Part::Rest]
            } else if is_primary_twice(before) {
                // Where several are primary, any change of one takes that of the others.
                &[Part::Demotion, Part::Rest]
            } else {
                &[Part::All]
            };
            for part in parts {
                for (address, index, partner) in &changed {
                    let (ValueRef::Object(before), ValueRef::Object(after)) =
                        (before.at(*index), after.at(*partner))
                    else {
                        return None;
                    };
                    element(&finder, before, after, at, address, *part, out)?;
                }
            }
            added.retain(|at| !taken.contains(at));
        }
        if !added.is_empty() {
            if several && primaries > 0 {
                return None;
            }
            // Elements that come twice.
            let of = Identifier::new(attribute, hashes);
            if !would_all_be_added(&of, after, added.iter().copied()) {
                return None;
            }
            if added
                .iter()
                .any(|index| refused(after.at(*index)).is_some())
            {
                return None;
            }
            let texts: Vec<Json> = added
                .iter()
                .map(|index| encode::value(after.at(*index)))
                .collect();
            let array = text::array(texts.iter().map(Json::as_str));
            out.push(Operation::add(at.path(None), Json::trusted(&array)));
        }
        Some(())
    }
}

/// Which changes of an element are meant.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    All,
    /// That it is not primary any more.
    Demotion,
    /// All but that.
    Rest,
}

/// What changes within one element.
fn element(
    finder: &Finder<'_>,
    before: &dyn Reflect,
    after: &dyn Reflect,
    at: At,
    address: &Address,
    part: Part,
    out: &mut Out<'_>,
) -> Option<()> {
    for (index, sub) in after.descriptor().attributes().iter().enumerate() {
        let given = after.get(index);
        let before = normal(sub, before.get(index));
        let after = normal(sub, given);
        if sub.mutability() == Mutability::ReadOnly || same(before, after) {
            continue;
        }
        let demotes = is_primary(sub) && !has(after);
        if part == if demotes { Part::Rest } else { Part::Demotion } {
            continue;
        }
        if !is_name(sub.name()) || refused(after).is_some() {
            return None;
        }
        let path = finder.path(at, address, Some(sub.name()));
        let is_object = matches!(before, ValueRef::Object(_));
        match (has(before), has(after)) {
            (false, false) => {}
            // `primary` of `false` means as much as none, but was said.
            (true, false) if !given.is_absent() && is_primary(sub) => {
                out.push(Operation::replace(path, encode::value(given)));
            }
            (true, false) if sub.is_required() => return None,
            (true, false) => out.push(Operation::remove(path)),
            (false, true) => out.push(Operation::add(path, encode::value(after))),
            (true, true) => {
                if is_object {
                    out.push(Operation::remove(path.clone()));
                }
                out.push(Operation::replace(path, encode::value(after)));
            }
        }
    }
    if part == Part::Demotion {
        return Some(());
    }
    let path = finder.path(at, address, None);
    super::extra::of_element(before, after, &path, out).then_some(())
}

/// Returns whether an immutable sub-attribute differs: then it is another element.
fn changes_immutable(before: ValueRef<'_>, after: ValueRef<'_>) -> bool {
    let (ValueRef::Object(before), ValueRef::Object(after)) = (before, after) else {
        return true;
    };
    let differs = |(index, a): (usize, &Attribute)| {
        a.mutability() == Mutability::Immutable
            && has(before.get(index))
            && !same(before.get(index), after.get(index))
    };
    !is_written(after)
        || after
            .descriptor()
            .attributes()
            .iter()
            .enumerate()
            .any(differs)
}
