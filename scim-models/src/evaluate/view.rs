//! One look at attribute values, whether they are in a struct, in a JSON tree or in JSON text.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    AttributeFacts, DataType, SchemaView, json_text, schema,
    simple::{Digits, Simple},
};
use crate::{
    json::{Next, schemas},
    model::{Attribute, Descriptor, Reflect, ValueRef},
};

/// How deep JSON is searched for something that is present. Deeper values count as present.
const MAX_DEPTH: usize = 128;

/// A value, or nothing.
#[derive(Clone, Copy)]
pub(super) enum View<'a> {
    /// In a struct.
    Typed(ValueRef<'a>),
    /// In a JSON tree.
    Tree(&'a Value),
    /// JSON text.
    Text(&'a str),
    /// The URNs in `schemas`, which no struct has.
    Schemas(&'a dyn Reflect),
}

/// What is known of an attribute, and where more is known of its sub-attributes.
#[derive(Clone, Copy, Default)]
pub(super) struct Known<'a> {
    pub(super) facts: AttributeFacts,
    place: Option<Place<'a>>,
}

/// Where sub-attributes are looked up.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// Those of an attribute in a schema.
    Schema {
        schema: &'a dyn SchemaView,
        extension: Option<&'a str>,
        name: &'a str,
    },
    /// Those that a table has, of an attribute or of a sub-attribute at whatever depth.
    Table(&'static Descriptor),
}

/// One value of an attribute that may have several.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) view: View<'a>,
    pub(super) known: Known<'a>,
    /// Whether there may be others beside it.
    pub(super) many: bool,
}

/// What a sub-attribute counts as that is not there but has a value by RFC 7643 §2.4.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    IsNone,
    IsAssumed,
}

impl<'a> Known<'a> {
    pub(super) fn new(facts: AttributeFacts) -> Self {
        Self { facts, place: None }
    }

    /// What a table says of an attribute.
    fn of(attribute: &'static Attribute) -> Self {
        Self {
            facts: attribute.into(),
            place: attribute.kind.descriptor().map(Place::Table),
        }
    }

    /// What `schema` says of one of its attributes.
    pub(super) fn by_schema(
        schema: &'a dyn SchemaView,
        extension: Option<&'a str>,
        name: &'a str,
    ) -> Self {
        if let Some(attribute) = schema::attribute(schema, extension, name) {
            return Self::of(attribute);
        }
        Self {
            facts: schema::facts(schema, extension, name, None).unwrap_or_default(),
            place: Some(Place::Schema {
                schema,
                extension,
                name,
            }),
        }
    }

    fn sub(self, sub: &str) -> Self {
        match self.place {
            None => Self::default(),
            Some(Place::Table(table)) => table.attribute(sub).map(Self::of).unwrap_or_default(),
            Some(Place::Schema {
                schema,
                extension,
                name,
            }) => {
                let facts = schema::facts(schema, extension, name, Some(sub)).unwrap_or_default();
                let is_complex = facts.data_type() == DataType::Complex;
                let below = is_complex.then(|| schema::table_below(schema, extension, name, sub));
                Self {
                    facts,
                    place: below.flatten().map(Place::Table),
                }
            }
        }
    }
}

impl<'a> View<'a> {
    pub(super) const ABSENT: Self = Self::Typed(ValueRef::Absent);

    /// JSON inside of a struct is JSON like any other.
    fn flat(self) -> Self {
        match self {
            Self::Typed(ValueRef::Json(json)) => Self::Text(json.as_str()),
            view => view,
        }
    }

    fn is_absent(self) -> bool {
        match self.flat() {
            Self::Typed(value) => value.is_absent(),
            Self::Tree(value) => value.is_null(),
            Self::Text(text) => json_text::kind(text) == Next::Null,
            Self::Schemas(_) => false,
        }
    }

    pub(super) fn is_object(self) -> bool {
        match self.flat() {
            Self::Typed(value) => matches!(value, ValueRef::Object(_)),
            Self::Tree(value) => value.is_object(),
            Self::Text(text) => json_text::kind(text) == Next::Object,
            Self::Schemas(_) => false,
        }
    }

    fn is_array(self) -> bool {
        match self.flat() {
            Self::Typed(value) => matches!(value, ValueRef::Many(_)),
            Self::Tree(value) => value.is_array(),
            Self::Text(text) => json_text::kind(text) == Next::Array,
            Self::Schemas(_) => true,
        }
    }

    /// Gives each element of an array to `visit`, until it returns true.
    fn elements(self, visit: &mut dyn FnMut(Self) -> bool) -> bool {
        match self.flat() {
            Self::Typed(ValueRef::Many(values)) => {
                (0..values.len()).any(|index| visit(Self::Typed(values.at(index))))
            }
            Self::Tree(Value::Array(values)) => values.iter().any(|value| visit(Self::Tree(value))),
            Self::Text(text) => json_text::elements(text, &mut |text| visit(Self::Text(text))),
            Self::Schemas(resource) => schemas(resource, visit),
            Self::Typed(_) | Self::Tree(_) => false,
        }
    }

    /// The member of a JSON object whose name meets `wanted`; the last of several.
    pub(super) fn json_member(self, wanted: &dyn Fn(&str) -> bool) -> Option<Self> {
        match self.flat() {
            Self::Tree(Value::Object(members)) => {
                let mut members = members.iter();
                members
                    .rfind(|(name, _)| wanted(name))
                    .map(|(_, value)| Self::Tree(value))
            }
            Self::Text(text) => {
                let mut found = None;
                json_text::members(text, &mut |name, value| {
                    if wanted(name) {
                        found = Some(Self::Text(value));
                    }
                    false
                });
                found
            }
            _ => None,
        }
    }

    /// The member `name` of a JSON object, in any letter case.
    pub(super) fn json_named(self, name: &str) -> Option<Self> {
        if let Self::Tree(value) = self
            && let Some(exact) = value.get(name)
        {
            return Some(Self::Tree(exact));
        }
        self.json_member(&|member| member.eq_ignore_ascii_case(name))
    }

    /// The value, if it is neither complex nor multi-valued nor absent.
    pub(super) fn simple(self, data_type: DataType) -> Option<Simple<'a>> {
        let value = match self.flat() {
            Self::Typed(value) => match value {
                ValueRef::Str(text) => Simple::Text(Cow::Borrowed(text)),
                ValueRef::Text(value) => Simple::Text(Cow::Borrowed(value.text())),
                ValueRef::Boolean(value) => Simple::Boolean(value),
                ValueRef::Integer(number) => Simple::Number(Digits::Integer(number)),
                ValueRef::Decimal(number) => {
                    Simple::Number(Digits::Text(Cow::Borrowed(number.as_str())))
                }
                ValueRef::Absent | ValueRef::Json(_) | ValueRef::Object(_) | ValueRef::Many(_) => {
                    return None;
                }
            },
            Self::Tree(value) => match value {
                Value::String(text) => Simple::Text(Cow::Borrowed(text)),
                Value::Bool(value) => Simple::Boolean(*value),
                Value::Number(number) => Simple::Number(match number.as_i64() {
                    Some(number) => Digits::Integer(number),
                    None => Digits::Text(Cow::Owned(number.to_string())),
                }),
                Value::Null | Value::Array(_) | Value::Object(_) => return None,
            },
            Self::Text(text) => json_text::simple(text)?,
            Self::Schemas(_) => return None,
        };
        Some(value.read_as(data_type))
    }

    /// Returns whether there is a value as `pr` understands it (RFC 7644 §3.4.2.2, Table 3): `""`
    /// and what holds nothing else are none, `false` and `0` are.
    pub(super) fn is_present(self) -> bool {
        self.has(&|value| value.is_present(), MAX_DEPTH)
    }

    /// Returns whether the attribute is assigned (RFC 7643 §2.5): `""` is a value, what holds no
    /// value is none.
    pub(super) fn is_assigned(self) -> bool {
        self.has(&|_| true, MAX_DEPTH)
    }

    /// Returns whether a simple value for which `counts` is true is somewhere in it.
    fn has(self, counts: &dyn Fn(&Simple<'_>) -> bool, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return true;
        };
        let view = self.flat();
        match view {
            Self::Typed(ValueRef::Object(object)) => {
                let known = object.descriptor().attributes.len();
                let mut extra = object.extra().iter();
                (0..known).any(|at| Self::Typed(object.get(at)).has(counts, depth))
                    || extra.any(|(_, json)| Self::Text(json.as_str()).has(counts, depth))
            }
            Self::Tree(Value::Object(members)) => members
                .values()
                .any(|value| Self::Tree(value).has(counts, depth)),
            Self::Text(text) if view.is_object() => {
                json_text::members(text, &mut |_, value| Self::Text(value).has(counts, depth))
            }
            _ if view.is_array() => view.elements(&mut |element| element.has(counts, depth)),
            _ => view
                .simple(DataType::Any)
                .is_some_and(|value| counts(&value)),
        }
    }

    /// Gives each value to `visit`, until it returns true: the elements of an array, or the one
    /// value that there is.
    pub(super) fn each(self, known: Known<'a>, visit: &mut dyn FnMut(Element<'a>) -> bool) -> bool {
        if self.is_absent() {
            return false;
        }
        if !self.is_array() {
            return visit(Element {
                view: self,
                known,
                many: known.facts.is_multi_valued(),
            });
        }
        self.elements(&mut |view| {
            !view.is_absent()
                && visit(Element {
                    view,
                    known,
                    many: true,
                })
        })
    }
}

impl<'a> Element<'a> {
    /// Returns whether a value path has something to ask it: it is complex and not empty, or stands
    /// where there may be others.
    pub(super) fn can_be_asked(self) -> bool {
        if self.view.is_object() {
            self.view.is_assigned()
        } else {
            self.many
        }
    }

    /// The sub-attribute `name`. An element of a simple multi-valued attribute is its own
    /// `value`.
    pub(super) fn sub(self, name: &str) -> (View<'a>, Known<'a>) {
        match self.view.flat() {
            View::Typed(ValueRef::Object(object)) => member(object, name),
            view if view.is_object() => match view.json_named(name) {
                Some(found) => (found, self.known.sub(name)),
                None => (View::ABSENT, self.known.sub(name)),
            },
            view if self.many && name.eq_ignore_ascii_case("value") => {
                let facts = self.known.facts.multi_valued(false);
                (view, Known::new(facts))
            }
            _ => (View::ABSENT, Known::default()),
        }
    }
}

/// Returns whether a sub-attribute has a value by RFC 7643 §2.4 where it is left out.
#[inline]
pub(super) fn may_be_assumed(name: &str) -> bool {
    name.len() == 7 && name.eq_ignore_ascii_case("primary")
}

impl<'a> Element<'a> {
    /// Like [`sub`](Self::sub), but `primary` is `false` where it is left out (RFC 7643 §2.4). That
    /// holds where the schema has it, and where nothing is known of the attribute.
    pub(super) fn sub_or_assumed(self, name: &str) -> (View<'a>, Known<'a>) {
        let (view, known) = self.sub(name);
        let is_element = self.many && self.view.is_object();
        if is_element && may_be_assumed(name) && !view.is_present() {
            let is_known = known.facts.data_type() == DataType::Boolean;
            if is_known || self.known.facts.data_type() == DataType::Any {
                return (View::Typed(ValueRef::Boolean(false)), known);
            }
        }
        (view, known)
    }
}

/// The attribute `name` of a struct, or of what its type does not know.
pub(super) fn member<'a>(object: &'a dyn Reflect, name: &str) -> (View<'a>, Known<'a>) {
    declared(object, name).unwrap_or_else(|| undeclared(object, name))
}

/// The attribute `name`, if the type has it.
#[inline]
pub(super) fn declared<'a>(object: &'a dyn Reflect, name: &str) -> Option<(View<'a>, Known<'a>)> {
    let descriptor = object.descriptor();
    let at = descriptor.position(name)?;
    let attribute = descriptor.attributes.get(at)?;
    let known = Known::new(AttributeFacts::from(attribute));
    Some((View::Typed(object.get(at)), known))
}

/// The attribute `name` among those that the type does not know.
pub(super) fn undeclared<'a>(object: &'a dyn Reflect, name: &str) -> (View<'a>, Known<'a>) {
    let json = object.extra().get(name);
    let view = json.map_or(View::ABSENT, |json| View::Text(json.as_str()));
    (view, Known::default())
}

/// The URIs in `schemas` (RFC 7643 §3).
fn schemas<'a>(resource: &'a dyn Reflect, visit: &mut dyn FnMut(View<'a>) -> bool) -> bool {
    let own = resource.descriptor().urn.unwrap_or_default();
    schemas::each(own, resource, &mut |uri| {
        visit(View::Typed(ValueRef::Str(uri)))
    })
}
