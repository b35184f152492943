//! Resources of which only some attributes were asked for.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, de};

use crate::{
    json::{self, Context, DecodeError, Layers, Problems, Reader, SyntaxError},
    meta::Meta,
    model::{self, Reflect, Single, ValueRef},
    resource::{AnyResource, Resource, ResourceKind, Root, envelope::Envelope},
    typed::{ENVELOPE, Index, MayRead, Path},
};

/// The answer to `attributes` or `excludedAttributes` (RFC 7644 §3.9): some attributes of an `R`.
///
/// It is read with typed paths. An attribute that did not come is `None`, a required one too; so
/// it is never a whole `R`, and cannot replace one.
#[derive(Clone)]
pub struct Partial<R> {
    envelope: Envelope,
    resource: R,
    missing: Missing,
}

/// Where required attributes did not come, as trails of indices from the outside in, in order.
#[derive(Debug, Clone, Default)]
struct Missing(Vec<Vec<u16>>);

impl Missing {
    /// Takes trails from the inside out, as they are noted.
    fn new(mut trails: Vec<Vec<u16>>) -> Self {
        for trail in &mut trails {
            trail.reverse();
        }
        trails.sort_unstable();
        Self(trails)
    }

    /// Whether the attribute at the end of `trail` did not come.
    fn has(&self, trail: &[u16]) -> bool {
        let found = self.0.binary_search_by(|missing| (**missing).cmp(trail));
        found.is_ok()
    }
}

impl<R: Resource> Partial<R> {
    /// Reads a projection from JSON text.
    ///
    /// # Errors
    /// The text is not JSON, or an attribute has a wrong type. All such places are named.
    pub fn from_json(text: &str) -> Result<Self, DecodeError> {
        Self::read_document(ResourceKind::of::<R>(), text, false)
    }
}

impl<R: AnyResource> Partial<R> {
    /// As [`from_json`](Self::from_json), of a type that may be known at run time only.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn from_json_of(kind: ResourceKind, text: &str) -> Result<Self, DecodeError> {
        Self::read_document(kind, text, false)
    }

    #[doc(hidden)]
    pub fn read_document(
        kind: ResourceKind,
        text: &str,
        strict: bool,
    ) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(text);
        let read = Self::read(kind, &mut reader, strict);
        match read.and_then(|read| reader.finish().map(|()| read)) {
            Ok((partial, problems)) if problems.is_empty() => Ok(partial),
            Ok((_, problems)) => Err(DecodeError::problems(problems, text)),
            Err(error) => Err(DecodeError::syntax(error, text)),
        }
    }

    /// Reads the value that comes next.
    pub(crate) fn read(
        kind: ResourceKind,
        reader: &mut Reader<'_>,
        strict: bool,
    ) -> Result<(Self, Problems), SyntaxError> {
        let mut partial = Self {
            envelope: Envelope::default(),
            resource: R::empty_of(kind),
            missing: Missing::default(),
        };
        let mut context = Context {
            strict,
            forms: strict,
            partial: true,
            ..Context::default()
        };
        let layers = Layers::resource(&mut partial.resource, &mut partial.envelope);
        json::decode::value_of_document(reader, layers, &mut context)?;
        partial.missing = Missing::new(context.missing);
        Ok((partial, context.problems))
    }

    /// The identifier, which is always returned (RFC 7643 §3.1); empty if it was not.
    pub fn id(&self) -> &str {
        &self.envelope.id
    }

    /// The metadata, as far as it came.
    pub fn meta(&self) -> &Meta {
        &self.envelope.meta
    }

    /// What came, as JSON text.
    pub(crate) fn text(&self) -> String {
        json::encode::stored(&self.envelope, &self.resource)
    }

    /// What came, in the place of a whole resource.
    #[doc(hidden)]
    pub fn resource(&self) -> &R {
        &self.resource
    }

    #[doc(hidden)]
    pub fn envelope_mut(&mut self) -> &mut Envelope {
        &mut self.envelope
    }

    /// The value of an attribute, if it came: `&str`, `bool`, `i64`, `&DateTime` and so on, a
    /// [`PartialView`] of a complex value, a slice of simple values, [`PartialViews`] of complex
    /// ones.
    pub fn get<'a, P>(&'a self, path: impl FnOnce(<R as Root>::Paths) -> P) -> Option<ViewOf<'a, P>>
    where
        R: Resource,
        P: Path<Root = R>,
        P::Value: Viewable,
        P::Mutability: MayRead<P::Name>,
    {
        let index = path(R::PATHS).index();
        let object: &'a dyn Reflect = &self.resource;
        view::<P::Value>(
            Some(&self.envelope),
            object,
            &self.missing,
            Vec::new(),
            index,
        )
    }

    /// Attributes that `R` does not know.
    pub fn extra(&self) -> &model::Extra {
        self.resource.extra()
    }
}

/// How a projection shows what the path `P` leads to.
pub type ViewOf<'a, P> = <<P as Path>::Value as Viewable>::View<'a>;

/// Follows `index` from `object`, whose own trail is `trail`.
fn view<'a, T: Viewable>(
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

/// Where a value is in its projection.
#[doc(hidden)]
#[derive(Clone)]
pub struct Place<'a> {
    missing: &'a Missing,
    trail: Vec<u16>,
}

/// A type that a projection can show: a [`Single`] or a `Vec` of such.
pub trait Viewable {
    /// How it is shown.
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

/// A complex value of which only some sub-attributes may have come.
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

    /// The value of a sub-attribute, if it came.
    pub fn get<P>(&self, path: impl FnOnce(T::Paths) -> P) -> Option<ViewOf<'a, P>>
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

/// Complex values of which only some sub-attributes may have come.
pub struct PartialViews<'a, T> {
    values: &'a [T],
    place: Place<'a>,
}

impl<'a, T: Root> PartialViews<'a, T> {
    pub(crate) fn new(values: &'a [T], place: Place<'a>) -> Self {
        Self { values, place }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
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

    /// The values in their order.
    pub fn iter(&self) -> impl Iterator<Item = PartialView<'a, T>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

impl<T: Root> fmt::Debug for PartialViews<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Shows what came; a required attribute that did not come is left out.
impl<R: AnyResource> fmt::Debug for Partial<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Partial");
        shown.field("id", &self.envelope.id);
        let resource: &dyn Reflect = &self.resource;
        for (index, attribute) in resource.descriptor().attributes.iter().enumerate() {
            let trail = [u16::try_from(index).unwrap_or(u16::MAX)];
            let value = resource.get(index);
            if !value.is_absent() && !attribute.is_secret() && !self.missing.has(&trail) {
                shown.field(attribute.name, &value);
            }
        }
        shown.finish_non_exhaustive()
    }
}

impl<'de, R: Resource> Deserialize<'de> for Partial<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = json::deserialize(deserializer)?;
        Self::from_json(&text).map_err(de::Error::custom)
    }
}
