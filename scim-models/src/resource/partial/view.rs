//! Views of the values of a projection.

use std::{fmt, marker::PhantomData};

use crate::{
    model::{
        self, Complex, Kind, Missing, OptionObjectSlot, Place, Reflect, Root, Single, Slot, Table,
        ValueRef,
    },
    resource::envelope::Envelope,
    typed::{ENVELOPE, Index, MayRead, Path, PathClosure},
};

/// The view of the value at the path `P` in a projection.
pub type ViewOf<'a, P> = <<P as Path>::Value as Viewable>::View<'a>;

/// Follows `index` from `object`, whose own trail is `trail`.
pub(super) fn view<'a, T: Viewable>(
    envelope: Option<&'a Envelope>,
    object: &'a dyn Reflect,
    missing: &'a Missing,
    mut trail: Vec<u16>,
    index: Index,
) -> Option<T::View<'a>> {
    let steps = index.steps();
    let mut object = object;
    let mut value = ValueRef::Object(object);
    for step in steps.into_iter().flatten() {
        let ValueRef::Object(next) = value else {
            return None;
        };
        object = next;
        if step >= ENVELOPE {
            value = (envelope? as &dyn Reflect).get(usize::from(step - ENVELOPE));
            continue;
        }
        trail.push(step);
        if missing.has(&trail) {
            return None;
        }
        value = object.get(usize::from(step));
    }
    T::view(value, Place { missing, trail })
}

/// A type that has a view in a projection: a [`Single`] or a `Vec` of them.
pub trait Viewable {
    /// The view of a value.
    type View<'a>;
    #[doc(hidden)]
    fn view<'a>(value: ValueRef<'a>, place: Place<'a>) -> Option<Self::View<'a>>;
}

impl<T: Single> Viewable for T {
    type View<'a> = T::View<'a>;

    fn view<'a>(value: ValueRef<'a>, place: Place<'a>) -> Option<T::View<'a>> {
        T::view(value, place)
    }
}

impl<T: Single> Viewable for Vec<T> {
    type View<'a> = T::ManyView<'a>;

    fn view<'a>(value: ValueRef<'a>, place: Place<'a>) -> Option<T::ManyView<'a>> {
        match value {
            ValueRef::Many(values) => {
                let values = (values as &dyn std::any::Any).downcast_ref::<Vec<T>>()?;
                Some(T::many_view(values, place))
            }
            _ => None,
        }
    }
}

/// A complex value of which perhaps only some sub-attributes were returned.
pub struct PartialView<'a, T> {
    object: &'a dyn Reflect,
    place: Place<'a>,
    marker: PhantomData<fn() -> T>,
}

impl<'a, T: Root> PartialView<'a, T> {
    pub(crate) fn new(object: &'a dyn Reflect, place: Place<'a>) -> Self {
        Self {
            object,
            place,
            marker: PhantomData,
        }
    }

    /// Returns the value of a sub-attribute, if it was returned.
    pub fn get<P>(&self, path: impl PathClosure<T, Choice = P>) -> Option<ViewOf<'a, P>>
    where
        P: Path<Root = T>,
        P::Value: Viewable,
        P::Mutability: MayRead<P::Name>,
    {
        let index = path(T::PATHS).index();
        let Place { missing, trail } = self.place.clone();
        view::<P::Value>(None, self.object, missing, trail, index)
    }

    /// Sub-attributes that `T` does not know.
    pub fn extra(&self) -> &'a model::Extra {
        self.object.extra()
    }
}

impl<T> fmt::Debug for PartialView<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        model::debug_object(self.object, f)
    }
}

/// Complex values of which perhaps only some sub-attributes were returned.
pub struct PartialViews<'a, T> {
    values: &'a [T],
    place: Place<'a>,
}

impl<'a, T: Root> PartialViews<'a, T> {
    pub(crate) fn new(values: &'a [T], place: Place<'a>) -> Self {
        Self { values, place }
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Returns whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value at `index`.
    pub fn get(&self, index: usize) -> Option<PartialView<'a, T>> {
        let object = self.values.get(index)?;
        let mut place = self.place.clone();
        place.trail.push(u16::try_from(index).unwrap_or(u16::MAX));
        Some(PartialView::new(object, place))
    }

    /// The values, in order.
    pub fn iter(&self) -> impl Iterator<Item = PartialView<'a, T>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

impl<T: Root> fmt::Debug for PartialViews<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Complex> Single for T {
    const KIND: Kind = Kind::Complex(Table::Of(|| T::DESCRIPTOR));
    type Class = <T as Complex>::Class;
    type Fields<P: 'static> = <T as Complex>::Fields<P>;
    type View<'a> = PartialView<'a, T>;
    type ManyView<'a> = PartialViews<'a, T>;

    fn empty() -> Self {
        Root::empty()
    }

    fn get(&self) -> ValueRef<'_> {
        ValueRef::Object(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Object(self)
    }

    fn option_slot(this: &mut Option<Self>) -> Slot<'_> {
        Slot::OptionObject(this)
    }

    fn view<'a>(value: ValueRef<'a>, place: Place<'a>) -> Option<PartialView<'a, T>> {
        match value {
            ValueRef::Object(object) => Some(PartialView::new(object, place)),
            _ => None,
        }
    }

    fn many_view<'a>(values: &'a [Self], place: Place<'a>) -> PartialViews<'a, T> {
        PartialViews::new(values, place)
    }
}

impl<T: Complex> OptionObjectSlot for Option<T> {
    fn get_or_insert(&mut self) -> &mut dyn Reflect {
        self.get_or_insert_with(Root::empty)
    }

    fn get_mut(&mut self) -> Option<&mut dyn Reflect> {
        self.as_mut().map(|object| object as &mut dyn Reflect)
    }

    fn clear(&mut self) {
        *self = None;
    }
}
