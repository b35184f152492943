//! Random values of any SCIM type, made by what its table says.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use scim_client::{
    Json,
    model::{Attribute, Kind, ManyValues, Mutability, Reflect, Scalar, Slot, ValueRef},
};

/// Small, quick and repeatable numbers that look random (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    /// True once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

const TEXTS: &[&str] = &[
    "a", "A", "b", "work", "home", "é", "É", "q\"\\x", "c d", "", "e]", "İ", "i\u{307}", "ΑΣ",
    "ας", "ασ", "\u{0}\n",
];
const JSON: &[&str] = &[
    "1",
    "1.50",
    "\"x\"",
    "true",
    "[1,2]",
    "{\"a\":{\"b\":[1]}}",
    "{\"a\":2}",
];

/// Assigns some attributes of an empty object, and all that are required.
pub fn fill(object: &mut dyn Reflect, random: &mut Random) {
    fill_within(object, random, 0);
}

fn fill_within(object: &mut dyn Reflect, random: &mut Random, depth: usize) {
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        if attribute.is_required() || !random.once_in(3) {
            put(object, index, attribute, random, depth);
        }
    }
    if random.once_in(3) {
        let name = random.pick(&["nick", "Honor", "x-y"]);
        object
            .extra_mut()
            .insert(name, Json::parse(random.pick(JSON)).unwrap());
    }
    if depth == 0 && random.once_in(3) {
        let container = random.pick(&["{\"q\":1}", "{\"q\":[1],\"r\":\"s\"}", "{\"t\":true}"]);
        object
            .extra_mut()
            .insert("urn:other:2.0:Thing", Json::parse(container).unwrap());
    }
}

fn put(
    object: &mut dyn Reflect,
    index: usize,
    attribute: &Attribute,
    random: &mut Random,
    depth: usize,
) {
    let Some(slot) = object.slot(index) else {
        return;
    };
    match slot {
        Slot::Many(slot) => {
            for _ in 0..random.below(4) {
                push(slot, attribute, random, depth);
            }
            one_primary(slot);
        }
        slot => put_one(slot, attribute, random, depth),
    }
}

fn push(slot: &mut dyn ManyValues, attribute: &Attribute, random: &mut Random, depth: usize) {
    // A type may contain itself.
    if depth < 3 || attribute.sub_attributes().is_empty() {
        put_one(slot.push().unwrap(), attribute, random, depth);
        if !slot.at(slot.len() - 1).is_assigned() {
            slot.pop();
        }
    }
}

fn put_one(slot: Slot<'_>, attribute: &Attribute, random: &mut Random, depth: usize) {
    match slot {
        Slot::Str(place) => random.pick(TEXTS).clone_into(place),
        Slot::OptionStr(place) => *place = Some(random.pick(TEXTS).to_owned()),
        Slot::Scalar(place) => place.put(scalar(attribute.kind(), random)).unwrap(),
        Slot::Object(object) => fill_within(object, random, depth + 1),
        Slot::OptionObject(place) => {
            if depth < 3 {
                let object = place.insert();
                fill_within(object, random, depth + 1);
                if !ValueRef::Object(object).is_assigned() {
                    place.clear();
                }
            }
        }
        Slot::Many(_) => unreachable!("no array is an element of an array"),
    }
}

fn scalar(kind: Kind, random: &mut Random) -> Scalar<'static> {
    match kind {
        Kind::Boolean => Scalar::Boolean(random.once_in(2)),
        Kind::Integer => Scalar::Number(random.pick(&["0", "-3", "42"])),
        Kind::Decimal => Scalar::Number(random.pick(&["1.0", "1.00", "12345678901234567890.5"])),
        Kind::DateTime => {
            Scalar::Str(random.pick(&["2024-01-01T00:00:00Z", "2024-01-01T00:00:00", "2025"]))
        }
        Kind::Binary => Scalar::Str(random.pick(&["AQI=", "AAAA"])),
        Kind::Any => Scalar::Json(random.pick(JSON)),
        _ => Scalar::Str(random.pick(TEXTS)),
    }
}

/// At most one element is primary (RFC 7643 §2.4).
fn one_primary(slot: &mut dyn ManyValues) {
    let mut any = false;
    for at in 0..slot.len() {
        if let Some(Slot::Object(element)) = slot.slot(at)
            && let Some(index) = element.descriptor().position("primary")
            && matches!(element.get(index), ValueRef::Boolean(true))
        {
            if any && let Some(place) = element.slot(index) {
                place.clear();
            }
            any = true;
        }
    }
}

/// Changes some of what a client may change.
pub fn change(object: &mut dyn Reflect, random: &mut Random) {
    change_within(object, random, 0, false);
}

/// `free` within elements, which may be given up for others as a whole.
fn change_within(object: &mut dyn Reflect, random: &mut Random, depth: usize, free: bool) {
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        let is_fixed = match attribute.mutability() {
            Mutability::ReadOnly => true,
            Mutability::Immutable => !free && object.get(index).is_assigned(),
            _ => false,
        };
        if is_fixed || random.once_in(2) {
            continue;
        }
        let keeps = attribute.is_required() || (!free && holds_fixed(object.get(index)));
        let is_there = !object.get(index).is_absent();
        match object.slot(index) {
            None => {}
            Some(slot) if !keeps && random.once_in(4) => slot.clear(),
            Some(Slot::Many(slot)) => change_many(slot, attribute, random, depth),
            Some(Slot::Object(child)) => change_within(child, random, depth + 1, free),
            Some(Slot::OptionObject(place)) if is_there => {
                let child = place.get_or_insert();
                change_within(child, random, depth + 1, free);
                if !ValueRef::Object(child).is_assigned() {
                    place.clear();
                }
            }
            Some(slot) => put_one_writable(slot, attribute, random, depth),
        }
    }
    let names: Vec<String> = object
        .extra()
        .iter()
        .map(|(name, _)| name.to_owned())
        .collect();
    for name in names {
        let json = if name.contains(':') {
            random.pick(&["{\"q\":1}", "{\"q\":2,\"r\":{\"s\":1}}"])
        } else {
            random.pick(JSON)
        };
        match random.below(4) {
            0 => drop(object.extra_mut().remove(&name)),
            1 => object.extra_mut().insert(name, Json::parse(json).unwrap()),
            _ => {}
        }
    }
    if random.once_in(4) {
        object
            .extra_mut()
            .insert("later", Json::parse(random.pick(JSON)).unwrap());
    }
}

fn change_many(
    slot: &mut dyn ManyValues,
    attribute: &Attribute,
    random: &mut Random,
    depth: usize,
) {
    let keep: Vec<bool> = (0..slot.len()).map(|_| !random.once_in(4)).collect();
    if !attribute.is_required() {
        slot.retain(&mut |at| keep[at]);
    }
    for at in 0..slot.len() {
        if random.once_in(3) {
            match slot.slot(at) {
                Some(Slot::Object(element)) => change_within(element, random, depth + 1, true),
                Some(place) => put_one(place, attribute, random, depth),
                None => {}
            }
        }
    }
    let assigned: Vec<bool> = (0..slot.len())
        .map(|at| slot.at(at).is_assigned())
        .collect();
    slot.retain(&mut |at| assigned[at]);
    for _ in 0..random.below(3) {
        push(slot, attribute, random, depth);
    }
    one_primary(slot);
}

/// A new value without anything that only a service provider sets.
fn put_one_writable(slot: Slot<'_>, attribute: &Attribute, random: &mut Random, depth: usize) {
    match slot {
        Slot::OptionObject(place) if depth < 3 => {
            let object = place.insert();
            fill_within(object, random, depth + 1);
            clear_read_only(object);
            if !ValueRef::Object(object).is_assigned() {
                place.clear();
            }
        }
        slot => put_one(slot, attribute, random, depth),
    }
}

fn clear_read_only(object: &mut dyn Reflect) {
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        match object.slot(index) {
            Some(slot) if attribute.mutability() == Mutability::ReadOnly => slot.clear(),
            Some(Slot::Object(child)) => clear_read_only(child),
            Some(Slot::OptionObject(place)) => {
                if let Some(child) = place.get_mut() {
                    clear_read_only(child);
                    if !ValueRef::Object(child).is_assigned() {
                        place.clear();
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether something in a complex value cannot be given up.
fn holds_fixed(value: ValueRef<'_>) -> bool {
    let ValueRef::Object(object) = value else {
        return false;
    };
    object
        .descriptor()
        .attributes()
        .iter()
        .enumerate()
        .any(|(index, attribute)| {
            let value = object.get(index);
            let is_fixed = matches!(
                attribute.mutability(),
                Mutability::ReadOnly | Mutability::Immutable
            );
            is_fixed && value.is_assigned() || holds_fixed(value)
        })
}
