//! Elements that a client sent twice.

use super::{equality::Hashes, identity::Identifier, list};
use crate::model::{Reflect, Slot};

/// Keeps one of the elements that are the same as `add` sees it, at every level of a resource that
/// a client sent (RFC 7643 §2.4: no two with the same `type` and `value`).
pub fn drop_duplicates(object: &mut dyn Reflect) {
    within(object, &Hashes::default());
}

fn within(object: &mut dyn Reflect, hashes: &Hashes) {
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        match object.slot(index) {
            Some(Slot::Object(child)) => within(child, hashes),
            Some(Slot::OptionObject(slot)) => {
                if let Some(child) = slot.get_mut() {
                    within(child, hashes);
                }
            }
            Some(Slot::Many(values)) if attribute.kind().descriptor().is_some() => {
                for at in 0..values.len() {
                    if let Some(Slot::Object(element)) = values.slot(at) {
                        within(element, hashes);
                    }
                }
                if values.len() > 1 {
                    list::drop_duplicates(&Identifier::new(attribute, hashes), values);
                }
            }
            _ => {}
        }
    }
}
