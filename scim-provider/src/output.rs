//! A stored resource as JSON, as far as a selection takes it.

use scim_models::{
    Meta,
    internal::{encode, envelope, schemas},
    model::{Attribute, Reflect, ValueRef},
};

use crate::selection::{Choice, Named, Selection};

/// The document of a resource.
pub(crate) fn resource(id: &str, meta: &Meta, own: &dyn Reflect, selection: &Selection) -> String {
    let schema = own.descriptor().urn().unwrap_or_default();
    let mut uris = vec![schema.to_owned()];
    let mut body = Body::new();
    body.member("id", |out| {
        encode::string(out, id);
        true
    });
    for (index, attribute) in own.descriptor().attributes().iter().enumerate() {
        let value = own.get(index);
        let written = if attribute.is_extension() {
            let written = body.member(attribute.name, |out| {
                extension(out, attribute, value, selection)
            });
            if written {
                uris.push(attribute.name.to_owned());
            }
            continue;
        } else {
            selection.named(schema, true, attribute.name)
        };
        top(&mut body, attribute, value, selection, &written);
    }
    for (name, json) in own.extra().iter() {
        if selection.takes_unknown(schema, true, name) {
            if schemas::is_container(own, name, json) {
                uris.push(name.to_owned());
            }
            body.member(name, |out| {
                out.push_str(json.as_str());
                true
            });
        }
    }
    if let Some(attribute) = envelope::DESCRIPTOR.attribute("meta") {
        let named = selection.named(schema, true, attribute.name);
        top(
            &mut body,
            attribute,
            ValueRef::Object(meta),
            selection,
            &named,
        );
    }
    let mut out = String::from("{\"schemas\":");
    let uris: Vec<_> = uris.iter().map(String::as_str).collect();
    out.push_str(encode::text_list(&uris).as_str());
    out.push(',');
    out.push_str(&body.out);
    out.push('}');
    out
}

/// Everything that an object holds, secrets too: what copies and comparisons go by.
pub(crate) fn everything(value: ValueRef<'_>) -> String {
    let mut out = String::new();
    if !self::value(&mut out, value, &Selection::everything(), &Named::Whole) {
        out.clear();
        out.push_str("null");
    }
    out
}

/// The members of an object, comma by comma.
struct Body {
    out: String,
}

impl Body {
    fn new() -> Self {
        Self { out: String::new() }
    }

    /// Writes a member, unless `write` says that there is nothing in it.
    fn member(&mut self, name: &str, write: impl FnOnce(&mut String) -> bool) -> bool {
        let before = self.out.len();
        if before > 0 {
            self.out.push(',');
        }
        encode::string(&mut self.out, name);
        self.out.push(':');
        let written = write(&mut self.out);
        if !written {
            self.out.truncate(before);
        }
        written
    }
}

fn top(
    body: &mut Body,
    attribute: &Attribute,
    value: ValueRef<'_>,
    selection: &Selection,
    named: &Named<'_>,
) {
    if !value.is_absent() && selection.takes(attribute, named) {
        body.member(attribute.name, |out| {
            self::value(out, value, selection, named)
        });
    }
}

/// The container of an extension, whose attributes are named by its URN.
fn extension(
    out: &mut String,
    container: &Attribute,
    value: ValueRef<'_>,
    selection: &Selection,
) -> bool {
    let ValueRef::Object(object) = value else {
        return false;
    };
    let mut body = Body::new();
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        let named = selection.named(container.name, false, attribute.name);
        top(&mut body, attribute, object.get(index), selection, &named);
    }
    for (name, json) in object.extra().iter() {
        if selection.takes_unknown(container.name, false, name) {
            body.member(name, |out| {
                out.push_str(json.as_str());
                true
            });
        }
    }
    out.push('{');
    out.push_str(&body.out);
    out.push('}');
    !body.out.is_empty()
}

/// Writes a value; false, with something unusable written, if nothing is in it.
fn value(out: &mut String, value: ValueRef<'_>, selection: &Selection, named: &Named<'_>) -> bool {
    match value {
        ValueRef::Absent => false,
        ValueRef::Object(object) => self::object(out, object, selection, named),
        ValueRef::Many(many) => {
            let start = out.len();
            out.push('[');
            for index in 0..many.len() {
                let before = out.len();
                if before > start + 1 {
                    out.push(',');
                }
                if !self::value(out, many.at(index), selection, named) {
                    out.truncate(before);
                }
            }
            out.push(']');
            out.len() > start + 2
        }
        simple => {
            out.push_str(encode::value(simple).as_str());
            true
        }
    }
}

fn object(
    out: &mut String,
    object: &dyn Reflect,
    selection: &Selection,
    named: &Named<'_>,
) -> bool {
    let mut body = Body::new();
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        let value = object.get(index);
        if !value.is_absent() && selection.takes_sub(attribute, named) {
            // Attribute notation ends here: what is deeper comes whole.
            body.member(attribute.name, |out| {
                self::value(out, value, selection, &Named::Whole)
            });
        }
    }
    let takes_unknown = |name: &str| match named {
        Named::Subs(subs) => subs.has(name),
        Named::No | Named::Whole => true,
    };
    for (name, json) in object.extra().iter() {
        let excluded = matches!(selection.choice, Choice::Except(_));
        if takes_unknown(name) != (excluded && matches!(named, Named::Subs(_))) {
            body.member(name, |out| {
                out.push_str(json.as_str());
                true
            });
        }
    }
    out.push('{');
    out.push_str(&body.out);
    out.push('}');
    !body.out.is_empty()
}
