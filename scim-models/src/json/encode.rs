//! Any [`Reflect`] type into JSON, exactly: the schema's spelling, nothing unassigned, numbers and
//! unknown attributes as they came.

use std::fmt::Write as _;

pub use super::text::quote::string;
use super::{Reader, schemas};
use crate::model::{Attribute, Json, Mutability, Reflect, ValueRef};

/// For whom the JSON is: which attributes it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// A service provider: no `readOnly` attribute (RFC 7643 §7).
    Provider,
    /// A client: nothing that is never returned.
    Client,
    /// Another type in this program: everything.
    Itself,
}

impl For {
    #[inline]
    fn leaves_out(self, attribute: &Attribute) -> bool {
        match self {
            Self::Provider => attribute.mutability() == Mutability::ReadOnly,
            Self::Client => attribute.is_secret(),
            Self::Itself => false,
        }
    }
}

/// How much room the text of a resource has at first, in bytes, and that of another value.
const RESOURCE: usize = 1024;
const VALUE: usize = 256;

/// The body of a POST: no `id`, no `meta`.
pub fn for_create(schema: &str, resource: &dyn Reflect) -> String {
    let mut out = String::with_capacity(RESOURCE);
    Writer::new(&mut out, For::Provider).resource(schema, None, resource);
    out
}

/// The body of a PUT: `id` besides what a client may write.
pub fn for_replace(id: &str, resource: &dyn Reflect) -> String {
    let mut out = String::with_capacity(RESOURCE);
    let schema = resource.descriptor().urn.unwrap_or_default();
    Writer::new(&mut out, For::Provider).resource(schema, Some(Common::Id(id)), resource);
    out
}

/// What a service provider returns, and what a client may keep: everything but secrets.
pub fn stored(id: &str, meta: &dyn Reflect, resource: &dyn Reflect) -> String {
    let mut out = String::with_capacity(RESOURCE);
    stored_to(&mut out, id, meta, resource);
    out
}

/// Like [`stored`], appended to `out`.
pub fn stored_to(out: &mut String, id: &str, meta: &dyn Reflect, resource: &dyn Reflect) {
    let schema = resource.descriptor().urn.unwrap_or_default();
    let common = Some(Common::All(id, meta));
    Writer::new(out, For::Client).resource(schema, common, resource);
}

/// A complex value, as a client writes it.
pub fn object(object: &dyn Reflect) -> String {
    let mut out = String::with_capacity(VALUE);
    Writer::new(&mut out, For::Provider).object(object);
    out
}

/// A complex value with all that it holds, secrets too.
pub(crate) fn everything(object: &dyn Reflect) -> String {
    let mut out = String::with_capacity(VALUE);
    Writer::new(&mut out, For::Itself).object(object);
    out
}

/// Any value, as a client writes it.
pub fn value(value: ValueRef<'_>) -> Json {
    value_for(For::Provider, value)
}

fn value_for(target: For, value: ValueRef<'_>) -> Json {
    let mut out = String::with_capacity(VALUE);
    if !Writer::new(&mut out, target).value(value) {
        out.clear();
        out.push_str("null");
    }
    Json::trusted(&out)
}

/// A JSON string.
pub fn text(text: &str) -> Json {
    let mut out = String::with_capacity(text.len() + 2);
    string(&mut out, text);
    Json::trusted(&out)
}

/// A value as a service provider returns it: nothing secret in it.
#[cfg(feature = "dynamic")]
pub(crate) fn shown(value: ValueRef<'_>) -> Json {
    value_for(For::Client, value)
}

/// An array of JSON strings.
pub fn text_list(texts: &[&str]) -> Json {
    let mut out = String::from("[");
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        string(&mut out, text);
    }
    out.push(']');
    Json::trusted(&out)
}

/// Whether a value is what a type has that cannot be without it: an empty text, or a complex value of
/// nothing but these. A number or boolean would be an invented one.
#[cold]
pub(super) fn holds_nothing(value: ValueRef<'_>) -> bool {
    match value {
        ValueRef::Object(object) => {
            let count = object.descriptor().attributes.len();
            object.extra().is_empty() && (0..count).all(|at| holds_nothing(object.get(at)))
        }
        value => !value.is_assigned() || value.text() == Some(""),
    }
}

/// Whether an empty value is one that did not come: a type may have no way to be without a required
/// attribute, which is not returned all the same. Sent back, it would take the place of the real one.
#[inline]
fn stands_for_none(attribute: &Attribute) -> bool {
    attribute.is_required() && attribute.is_hidden()
}

/// The common attributes that a document has.
enum Common<'a> {
    Id(&'a str),
    All(&'a str, &'a dyn Reflect),
}

struct Writer<'o> {
    out: &'o mut String,
    target: For,
}

impl<'o> Writer<'o> {
    fn new(out: &'o mut String, target: For) -> Self {
        Self { out, target }
    }

    fn resource(&mut self, schema: &str, common: Option<Common<'_>>, resource: &dyn Reflect) {
        self.out.push_str("{\"schemas\":[");
        let mut first = true;
        schemas::each(schema, resource, &mut |uri| {
            if !std::mem::take(&mut first) {
                self.out.push(',');
            }
            string(self.out, uri);
            false
        });
        self.out.push(']');
        match common {
            None => {}
            Some(Common::Id(id) | Common::All(id, _)) => self.id(id),
        }
        self.members(resource, false);
        if let Some(Common::All(_, meta)) = common {
            let start = self.out.len();
            self.out.push_str(",\"meta\":");
            if !self.object(meta) {
                self.out.truncate(start);
            }
        }
        self.out.push('}');
    }

    fn id(&mut self, id: &str) {
        if !id.is_empty() {
            self.out.push_str(",\"id\":");
            string(self.out, id);
        }
    }

    /// Writes `{..}`. Returns whether it has members.
    fn object(&mut self, object: &dyn Reflect) -> bool {
        self.out.push('{');
        let any = self.members(object, true);
        self.out.push('}');
        any
    }

    /// Writes the members of `object`. Returns whether there are any.
    fn members(&mut self, object: &dyn Reflect, mut first: bool) -> bool {
        let start = self.out.len();
        for (index, attribute) in object.descriptor().attributes.iter().enumerate() {
            let value = object.get(index);
            if value.is_absent() || self.target.leaves_out(attribute) {
                continue;
            }
            let before = self.out.len();
            self.name(attribute.name, first);
            // Most values are texts.
            let is_written = match value {
                ValueRef::Str(text) => self.text(attribute, text),
                ValueRef::Text(value) => self.text(attribute, value.text()),
                ValueRef::Object(inner) => {
                    self.object(inner) && !(stands_for_none(attribute) && holds_nothing(value))
                }
                value => self.value(value),
            };
            if is_written {
                first = false;
            } else {
                self.out.truncate(before);
            }
        }
        for (name, value) in object.extra().iter() {
            if !first {
                self.out.push(',');
            }
            string(self.out, name);
            self.out.push(':');
            self.out.push_str(value.as_str());
            first = false;
        }
        self.out.len() > start
    }

    /// Writes a text. Returns whether it is one, and does not stand for none.
    #[inline]
    fn text(&mut self, attribute: &Attribute, text: &str) -> bool {
        string(self.out, text);
        !text.is_empty() || !stands_for_none(attribute)
    }

    /// A name from a table needs no escapes: it comes from a schema or is checked by the derive.
    #[inline]
    fn name(&mut self, name: &str, first: bool) {
        if !first {
            self.out.push(',');
        }
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
    }

    /// Writes a value. False, with something unusable written, if it holds nothing.
    fn value(&mut self, value: ValueRef<'_>) -> bool {
        match value {
            ValueRef::Absent => return false,
            ValueRef::Str(text) => string(self.out, text),
            ValueRef::Boolean(true) => self.out.push_str("true"),
            ValueRef::Boolean(false) => self.out.push_str("false"),
            ValueRef::Integer(number) => {
                let written = write!(self.out, "{number}");
                debug_assert!(written.is_ok(), "a String takes everything");
            }
            ValueRef::Decimal(number) => self.number(number.as_str()),
            ValueRef::Text(value) => string(self.out, value.text()),
            ValueRef::Json(json) => self.out.push_str(json.as_str()),
            ValueRef::Object(object) => return self.object(object),
            ValueRef::Many(values) => {
                self.out.push('[');
                let mut any = false;
                for index in 0..values.len() {
                    let before = self.out.len();
                    if any {
                        self.out.push(',');
                    }
                    if self.value(values.at(index)) {
                        any = true;
                    } else {
                        self.out.truncate(before);
                    }
                }
                self.out.push(']');
                return any;
            }
        }
        true
    }

    /// A decimal whose text is no JSON number goes back as the string that it was.
    fn number(&mut self, text: &str) {
        let mut reader = Reader::new(text);
        let is_number = reader.number().is_ok() && reader.offset() == text.len();
        if is_number {
            self.out.push_str(text);
        } else {
            string(self.out, text);
        }
    }
}
