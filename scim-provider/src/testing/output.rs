//! A stored resource as JSON, as far as a projection takes it.

use super::{
    projection::{Named, Projection},
    record::{Record, ResourceKind},
};
use scim_models::{
    internal::schemas,
    internal::{encode, envelope},
    model::{Attribute, Reflect, ValueRef},
};

/// The document of a resource.
pub(super) fn resource(
    kind: &ResourceKind,
    record: &dyn Record,
    projection: &Projection,
) -> String {
    let mut uris = vec![kind.schema.to_owned()];
    let mut body = Body::new();
    body.member("id", |out| {
        encode::string(out, record.id());
        true
    });
    let own = record.own();
    for (index, attribute) in own.descriptor().attributes().iter().enumerate() {
        let value = own.get(index);
        let written = if attribute.is_extension() {
            let written = body.member(attribute.name, |out| {
                extension(out, attribute, value, projection)
            });
            if written {
                uris.push(attribute.name.to_owned());
            }
            continue;
        } else {
            projection.named(kind.schema, true, attribute.name)
        };
        top(&mut body, attribute, value, projection, &written);
    }
    for (name, json) in own.extra().iter() {
        if projection.takes_unknown(kind.schema, true, name) {
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
        let named = projection.named(kind.schema, true, attribute.name);
        top(
            &mut body,
            attribute,
            ValueRef::Object(record.meta()),
            projection,
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
pub(super) fn everything(value: ValueRef<'_>) -> String {
    let mut out = String::new();
    if !self::value(&mut out, value, &Projection::everything(), &Named::Whole) {
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
    projection: &Projection,
    named: &Named<'_>,
) {
    if !value.is_absent() && projection.takes(attribute, named) {
        body.member(attribute.name, |out| {
            self::value(out, value, projection, named)
        });
    }
}

/// The container of an extension, whose attributes are named by its URN.
fn extension(
    out: &mut String,
    container: &Attribute,
    value: ValueRef<'_>,
    projection: &Projection,
) -> bool {
    let ValueRef::Object(object) = value else {
        return false;
    };
    let mut body = Body::new();
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        let named = projection.named(container.name, false, attribute.name);
        top(&mut body, attribute, object.get(index), projection, &named);
    }
    for (name, json) in object.extra().iter() {
        if projection.takes_unknown(container.name, false, name) {
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
fn value(
    out: &mut String,
    value: ValueRef<'_>,
    projection: &Projection,
    named: &Named<'_>,
) -> bool {
    match value {
        ValueRef::Absent => false,
        ValueRef::Object(object) => self::object(out, object, projection, named),
        ValueRef::Many(many) => {
            let start = out.len();
            out.push('[');
            for index in 0..many.len() {
                let before = out.len();
                if before > start + 1 {
                    out.push(',');
                }
                if !self::value(out, many.at(index), projection, named) {
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
    projection: &Projection,
    named: &Named<'_>,
) -> bool {
    let mut body = Body::new();
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        let value = object.get(index);
        if !value.is_absent() && projection.takes_sub(attribute, named) {
            // Attribute notation ends here: what is deeper comes whole.
            body.member(attribute.name, |out| {
                self::value(out, value, projection, &Named::Whole)
            });
        }
    }
    let takes_unknown = |name: &str| match named {
        Named::Subs(subs) => subs.has(name),
        Named::No | Named::Whole => true,
    };
    for (name, json) in object.extra().iter() {
        let excluded = matches!(projection.choice, super::projection::Choice::Except(_));
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
