//! Subjects: what filters are evaluated on.

use std::fmt;

use serde_json::Value;

use super::{
    AttributeFacts, SchemaView,
    schema::is_own,
    view::{self, Absent, Element, Known, View, declared, member, undeclared},
};
use crate::{
    attribute_path::AttributePath,
    model::{Attribute, Json, Reflect, ValueRef},
    resource::{AnyResource, envelope, stored::Stored},
};

/// A resource, or one value of an attribute, on which a filter is evaluated. Cheap to copy.
///
/// It does not have the resource's type as a parameter. So resources of different types can be
/// filtered and sorted together, as a query of the base URL (RFC 7644 §3.4.2.1) needs it.
#[derive(Clone, Copy)]
pub struct Subject<'a>(Inner<'a>);

/// `Debug` shows only what kind of subject it is, because its values may be personal data.
impl fmt::Debug for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Inner::Typed { .. } => "Subject(resource)",
            Inner::Json { .. } => "Subject(JSON)",
            Inner::Element(_) => "Subject(element)",
        })
    }
}

#[derive(Clone, Copy)]
enum Inner<'a> {
    Typed {
        resource: &'a dyn Reflect,
        envelope: Option<&'a dyn Reflect>,
    },
    Json {
        root: View<'a>,
        schema: &'a dyn SchemaView,
    },
    Element(Element<'a>),
}

impl<'a> Subject<'a> {
    /// Makes a subject of a resource without `id` and `meta`. For a `&Stored<R>`, `into()` makes one
    /// with both.
    #[must_use]
    pub fn resource(resource: &'a dyn Reflect) -> Self {
        Self(Inner::Typed {
            resource,
            envelope: None,
        })
    }

    /// Makes a subject of a JSON document whose attributes `schema` describes. Attributes that the
    /// schema does not know are compared by their JSON types.
    #[must_use]
    pub fn json(document: &'a Value, schema: &'a dyn SchemaView) -> Self {
        Self(Inner::Json {
            root: View::Tree(document),
            schema,
        })
    }

    /// Like [`json`](Self::json), for JSON text. It builds no tree, and compares numbers of any
    /// length exactly.
    #[must_use]
    pub fn json_text(document: &'a Json, schema: &'a dyn SchemaView) -> Self {
        Self(Inner::Json {
            root: View::Text(document.as_str()),
            schema,
        })
    }

    /// Makes a subject of one value of `attribute`, for the filter of a value path. The paths of
    /// the filter name sub-attributes of the value, or `value` if it has none.
    #[must_use]
    pub fn element(value: ValueRef<'a>, attribute: &Attribute) -> Self {
        Self::of_element(Element {
            view: View::Typed(value),
            known: Known::new(AttributeFacts::from(attribute)),
            many: attribute.is_multi_valued(),
        })
    }

    pub(super) fn of_element(element: Element<'a>) -> Self {
        Self(Inner::Element(element))
    }

    /// Gives each value of the attribute to `visit`, until it returns true.
    #[inline]
    pub(super) fn each<'x>(
        &self,
        path: &'x AttributePath,
        absent: Absent,
        visit: &mut dyn FnMut(Element<'x>) -> bool,
    ) -> bool
    where
        'a: 'x,
    {
        let sub = path.sub();
        // Only an element has a `primary` that counts.
        if absent == Absent::IsAssumed
            && match sub {
                Some(sub) => view::may_be_assumed(sub),
                None => matches!(self.0, Inner::Element(_)) && view::may_be_assumed(path.name()),
            }
        {
            return self.each_or_assumed(path, visit);
        }
        let (view, known) = self.find(path);
        match sub {
            None => view.each(known, visit),
            Some(sub) => view.each(known, &mut |element| {
                let (view, known) = element.sub(sub);
                view.each(known, visit)
            }),
        }
    }

    /// Like [`each`](Self::each), for a path that ends in `primary`.
    #[cold]
    fn each_or_assumed<'x>(
        &self,
        path: &'x AttributePath,
        visit: &mut dyn FnMut(Element<'x>) -> bool,
    ) -> bool
    where
        'a: 'x,
    {
        match (self.0, path.sub()) {
            (Inner::Element(element), None) if path.uri().is_none() => {
                let (view, known) = element.sub_or_assumed(path.name());
                view.each(known, visit)
            }
            (_, None) => self.each(path, Absent::IsNone, visit),
            (_, Some(sub)) => {
                let (view, known) = self.find(path);
                view.each(known, &mut |element| {
                    let (view, known) = element.sub_or_assumed(sub);
                    view.each(known, visit)
                })
            }
        }
    }

    /// The attribute of the path, its sub-attribute left aside.
    pub(super) fn find<'x>(&self, path: &'x AttributePath) -> (View<'x>, Known<'x>)
    where
        'a: 'x,
    {
        match self.0 {
            Inner::Typed { resource, envelope } => typed(resource, envelope, path),
            Inner::Json { root, schema } => json(root, schema, path),
            // A value path names sub-attributes, which have no URN.
            Inner::Element(_) if path.uri().is_some() => (View::ABSENT, Known::default()),
            Inner::Element(element) => element.sub(path.name()),
        }
    }
}

impl<'a, R: AnyResource> From<&'a Stored<R>> for Subject<'a> {
    fn from(stored: &'a Stored<R>) -> Self {
        Self(Inner::Typed {
            resource: stored.resource(),
            envelope: Some(stored.envelope()),
        })
    }
}

fn typed<'x>(
    resource: &'x dyn Reflect,
    envelope: Option<&'x dyn Reflect>,
    path: &'x AttributePath,
) -> (View<'x>, Known<'x>) {
    let name = path.name();
    let descriptor = resource.descriptor();
    if let Some(uri) = path.uri()
        && !is_own(descriptor.urn, uri)
    {
        return match member(resource, uri).0 {
            View::Typed(ValueRef::Object(extension)) => member(extension, name),
            json if json.is_object() => (
                json.json_named(name).unwrap_or(View::ABSENT),
                Known::default(),
            ),
            _ => (typed_extension(resource, path), Known::default()),
        };
    }
    if let Some(known) = declared(resource, name) {
        return known;
    }
    let Some(common) = envelope::DESCRIPTOR.position(name) else {
        return undeclared(resource, name);
    };
    let attribute = envelope::DESCRIPTOR.attributes.get(common);
    let known = Known::new(attribute.map(Into::into).unwrap_or_default());
    let view = if name.eq_ignore_ascii_case("schemas") {
        View::Schemas(resource)
    } else {
        View::Typed(envelope.map_or(ValueRef::Absent, |envelope| envelope.get(common)))
    };
    (view, known)
}

/// The extension as a whole, if the path is its URN.
fn typed_extension<'x>(resource: &'x dyn Reflect, path: &AttributePath) -> View<'x> {
    let mut attributes = resource.descriptor().attributes.iter();
    if let Some(at) = attributes.position(|a| a.is_extension() && path.is_schema(a.name)) {
        return View::Typed(resource.get(at));
    }
    if resource.extra().is_empty() {
        return View::ABSENT;
    }
    let unknown = resource.extra().get(&path.to_string());
    unknown.map_or(View::ABSENT, |json| View::Text(json.as_str()))
}

fn json<'x>(
    root: View<'x>,
    schema: &'x dyn SchemaView,
    path: &'x AttributePath,
) -> (View<'x>, Known<'x>) {
    let name = path.name();
    if let Some(uri) = path.uri()
        && !is_own(schema.urn(), uri)
    {
        if let Some(extension) = root.json_named(uri) {
            let view = extension.json_named(name).unwrap_or(View::ABSENT);
            return (view, Known::by_schema(schema, Some(uri), name));
        }
        let container = root.json_member(&|member| path.is_schema(member));
        return (container.unwrap_or(View::ABSENT), Known::default());
    }
    let view = root.json_named(name).unwrap_or(View::ABSENT);
    (view, Known::by_schema(schema, None, name))
}
