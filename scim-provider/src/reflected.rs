//! Reading and changing objects by the names of their attributes.

use scim_models::model::{Reflect, Scalar, Slot, ValueRef};

/// The text of an attribute.
pub(crate) fn text<'a>(object: &'a dyn Reflect, name: &str) -> Option<&'a str> {
    object.get(object.descriptor().position(name)?).text()
}

/// Sets the text of an attribute, if there is one of this name. Returns whether that changed
/// anything.
pub(crate) fn set_text(object: &mut dyn Reflect, name: &str, value: &str) -> bool {
    let Some(index) = object.descriptor().position(name) else {
        return false;
    };
    if object.get(index).text() == Some(value) {
        return false;
    }
    match object.slot(index) {
        Some(Slot::Str(text)) => value.clone_into(text),
        Some(Slot::OptionStr(text)) => *text = Some(value.to_owned()),
        Some(Slot::Scalar(slot)) => return slot.put(Scalar::Str(value)).is_ok(),
        _ => return false,
    }
    true
}

/// Gives each object in a slot to `visit`.
pub(crate) fn each_object(slot: Slot<'_>, visit: &mut dyn FnMut(&mut dyn Reflect)) {
    match slot {
        Slot::Object(object) => visit(object),
        Slot::OptionObject(slot) => {
            if let Some(object) = slot.get_mut() {
                visit(object);
            }
        }
        Slot::Many(many) => {
            for index in 0..many.len() {
                if let Some(slot) = many.slot(index) {
                    each_object(slot, visit);
                }
            }
        }
        Slot::Str(_) | Slot::OptionStr(_) | Slot::Scalar(_) => {}
    }
}

/// Gives every object to `visit`, with what stands in front of the names of its attributes.
pub(crate) fn visit(object: &dyn Reflect, path: &str, visitor: &mut dyn FnMut(&str, &dyn Reflect)) {
    visitor(path, object);
    for (at, attribute) in object.descriptor().attributes().iter().enumerate() {
        let separator = if attribute.is_extension() { ':' } else { '.' };
        match object.get(at) {
            ValueRef::Object(inner) => {
                visit(
                    inner,
                    &format!("{path}{}{separator}", attribute.name),
                    visitor,
                );
            }
            ValueRef::Many(many) if attribute.kind.descriptor().is_some() => {
                for index in 0..many.len() {
                    if let ValueRef::Object(inner) = many.at(index) {
                        visit(
                            inner,
                            &format!("{path}{}[{index}].", attribute.name),
                            visitor,
                        );
                    }
                }
            }
            _ => {}
        }
    }
}
