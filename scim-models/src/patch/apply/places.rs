//! What a run keeps about places of the resource between operations, and how it is put back.

use std::cell::RefCell;

use super::{Result, Run, scope::Scope, unknown::Table};
use crate::{
    model::{Attribute, ManyValues, Reflect, Slot, ValueRef, has_unknown},
    patch::{PatchError, PatchErrorKind as Kind, identity::Identifier, list::List},
};

/// Multi-valued attributes that operations changed, and unknown attributes. As many as the schemas
/// have at most, and mostly one or none.
#[derive(Default)]
pub(super) struct Places {
    /// `None` for a list that was looked at before and is not kept any more.
    lists: RefCell<Vec<(Scope, Option<List>)>>,
    /// What an earlier run kept about lists that this one has not looked at yet.
    earlier: RefCell<Vec<(Scope, List)>>,
    /// The unknown attributes of these objects are here, and not in the object.
    unknown: RefCell<Vec<(Scope, Table)>>,
}

impl Places {
    /// With what an earlier run kept about lists.
    pub(super) fn knowing(lists: Vec<(Scope, List)>) -> Self {
        Self {
            earlier: RefCell::new(lists),
            ..Self::default()
        }
    }

    /// What is kept about lists.
    pub(super) fn into_lists(self) -> Vec<(Scope, List)> {
        let lists = self.lists.into_inner().into_iter();
        let mut all = self.earlier.into_inner();
        all.extend(lists.filter_map(|(scope, list)| Some((scope, list?))));
        all
    }

    /// Returns whether the object at `at`, or one within it, has unknown attributes that are kept here.
    pub(super) fn has_unknown(&self, at: Scope) -> bool {
        let unknown = self.unknown.borrow();
        let mut objects = unknown.iter();
        objects.any(|(scope, table)| scope.steps_from(&at).is_some() && !table.is_empty())
    }

    /// What is kept about all that is at `at` or within counts no more.
    pub(super) fn forget(&self, at: Scope) {
        let stays = |scope: &Scope| scope.steps_from(&at).is_none();
        self.lists.borrow_mut().retain(|(scope, _)| stays(scope));
        self.earlier.borrow_mut().retain(|(scope, _)| stays(scope));
        self.unknown.borrow_mut().retain(|(scope, _)| stays(scope));
    }

    /// The unknown attributes of `object`, to change the one called `name`. Of an element there is no
    /// other in the table: to look at all of them each time would cost their square.
    pub(super) fn with_unknown<T>(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        name: &str,
        work: impl FnOnce(&mut Table) -> T,
    ) -> T {
        if !at.is_somewhere() {
            let extra = object.extra_mut();
            let mut table = Table::of_one(extra, name);
            let done = work(&mut table);
            if table.is_empty() {
                extra.remove(name);
            }
            table.put_back(extra);
            return done;
        }
        let mut kept = self.unknown.borrow_mut();
        if let Some((_, table)) = kept.iter_mut().find(|(scope, _)| *scope == at) {
            return work(table);
        }
        let mut table = Table::take(object.extra_mut());
        let done = work(&mut table);
        kept.push((at, table));
        done
    }

    /// What is kept about an attribute.
    fn take_list(&self, place: Scope) -> Kept {
        fn at<T>(place: Scope, lists: &[(Scope, T)]) -> Option<usize> {
            lists.iter().position(|(scope, _)| *scope == place)
        }
        let mut lists = self.lists.borrow_mut();
        if let Some(at) = at(place, &lists) {
            return lists.swap_remove(at).1.map_or(Kept::Nothing, Kept::List);
        }
        let mut earlier = self.earlier.borrow_mut();
        match at(place, &earlier) {
            Some(at) => Kept::Earlier(earlier.swap_remove(at).1),
            None => Kept::New,
        }
    }
}

/// What is kept about an attribute that operations change.
enum Kept {
    /// This run did not look at it before.
    New,
    /// Neither did this one, but one before it.
    Earlier(List),
    List(List),
    /// It was looked at, and changed in another way in between.
    Nothing,
}

impl Run<'_> {
    /// Works on the elements of the attribute at `index` of `object`.
    pub(super) fn with_list<T>(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        attribute: &'static Attribute,
        work: impl FnOnce(&Identifier<'_>, &mut List, &mut dyn ManyValues) -> Result<T>,
    ) -> Result<Option<T>> {
        let place = at.child(index);
        let Some(Slot::Many(values)) = object.slot(index) else {
            return Ok(None);
        };
        // Elements of elements have no place.
        let kept = if place.is_somewhere() {
            self.places.take_list(place)
        } else {
            Kept::Nothing
        };
        match kept {
            Kept::New | Kept::Earlier(_) => self.steps.grant(values.len()),
            Kept::Nothing => self.steps.take(values.len(), 1)?,
            Kept::List(_) => {}
        }
        let mut list = match kept {
            Kept::List(list) | Kept::Earlier(list) => list,
            Kept::New | Kept::Nothing => List::of(values),
        };
        let of = Identifier::new(attribute, &self.hashes);
        let done = work(&of, &mut list, values);
        if list.left() == 0 || !place.is_somewhere() {
            list.compact(values);
        }
        if place.is_somewhere() {
            self.places.lists.borrow_mut().push((place, Some(list)));
        }
        let done = done?;
        if attribute.is_required() && values.is_empty() {
            let detail = format!("{} is required", attribute.name());
            return Err(PatchError::new(Kind::Mutability, detail));
        }
        Ok(Some(done))
    }

    /// Puts everything that is kept about `part` and what is within it into `object`, which
    /// stands at `at` and has that part.
    pub(super) fn settle(&self, object: &mut dyn Reflect, at: Scope, part: Scope) {
        let way = |scope: &Scope| -> Option<Vec<usize>> {
            scope.steps_from(&part)?;
            scope.steps_from(&at).map(<[usize]>::to_vec)
        };
        for (scope, list) in &mut *self.places.lists.borrow_mut() {
            let Some(steps) = way(scope) else {
                continue;
            };
            if let Some(mut changed) = list.take_if(|list| list.has_gaps())
                && let Some((last, steps)) = steps.split_last()
            {
                within(object, steps, &mut |object| {
                    if let Some(Slot::Many(values)) = object.slot(*last) {
                        changed.compact(values);
                    }
                });
            }
        }
        self.places
            .unknown
            .borrow_mut()
            .retain_mut(|(scope, table)| {
                let Some(steps) = way(scope) else {
                    return true;
                };
                within(object, &steps, &mut |object| {
                    std::mem::take(table).put_back(object.extra_mut());
                });
                false
            });
    }

    /// Returns whether anything is in the attribute at `index` of `object`.
    pub(super) fn is_assigned(&self, object: &dyn Reflect, at: Scope, index: usize) -> bool {
        object.get(index).is_assigned() || self.places.has_unknown(at.child(index))
    }

    /// Returns whether anything is in `object`.
    pub(super) fn has_content(&self, object: &dyn Reflect, at: Scope) -> bool {
        ValueRef::Object(object).is_assigned() || self.places.has_unknown(at)
    }

    /// Returns whether anything that its type does not know is in `object`.
    pub(super) fn has_unknown_content(&self, object: &dyn Reflect, at: Scope) -> bool {
        has_unknown(object) || self.places.has_unknown(at)
    }
}

/// Does `work` on the object that the steps lead to.
fn within(object: &mut dyn Reflect, steps: &[usize], work: &mut dyn FnMut(&mut dyn Reflect)) {
    let Some((first, rest)) = steps.split_first() else {
        return work(object);
    };
    match object.slot(*first) {
        Some(Slot::Object(child)) => within(child, rest, work),
        Some(Slot::OptionObject(slot)) => {
            if let Some(child) = slot.get_mut() {
                within(child, rest, work);
            }
        }
        _ => {}
    }
}
