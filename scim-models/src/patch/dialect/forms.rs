//! The same operations in another form.

use std::collections::{HashMap, hash_map::Entry};

use super::{Dialect, Removal, split::is_plain};
use crate::{
    filter::{Comparand, Expression, Operator, PatchPath},
    json::encode,
    model::Json,
    patch::{
        Op, Operation,
        text::{self, Shape},
    },
};

pub(super) fn rewrite(dialect: &Dialect, operations: Vec<Operation>) -> Vec<Operation> {
    let mut out: Vec<Operation> = Vec::with_capacity(operations.len());
    let mut joint = Joint::Nothing;
    for operation in operations {
        let operation = match dialect.removal {
            Removal::ByValueList => listed(operation),
            Removal::ByFilter => operation,
        };
        let operation = if dialect.no_paths {
            pathless(operation)
        } else {
            operation
        };
        let is_rewritten = match operation.op {
            Op::Remove => dialect.removal == Removal::ByValueList,
            Op::Add | Op::Replace => dialect.no_paths,
        };
        match out.last() {
            Some(last) if is_rewritten && joint.takes(last, &operation) => {}
            _ => {
                std::mem::take(&mut joint).write(&mut out);
                out.push(operation);
            }
        }
    }
    joint.write(&mut out);
    out
}

/// `remove members[value eq "2819"]` as `remove members` with a list.
fn listed(operation: Operation) -> Operation {
    let Some((path, value)) = removed_element(&operation) else {
        return operation;
    };
    Operation {
        op: Op::Remove,
        path: Some(path),
        value: Some(value),
    }
}

fn removed_element(operation: &Operation) -> Option<(PatchPath, Json)> {
    let path = operation.path.as_ref()?;
    if operation.op != Op::Remove || path.sub_attribute().is_some() {
        return None;
    }
    let Expression::Compare {
        path: compared,
        operator: Operator::Eq,
        value,
    } = path.filter()?.expression()
    else {
        return None;
    };
    let is_value = compared.name().eq_ignore_ascii_case("value");
    if !is_value || compared.sub().is_some() || compared.uri().is_some() {
        return None;
    }
    let value = match value {
        Comparand::String(text) => encode::text(text).as_str().to_owned(),
        other => other.to_string(),
    };
    let element = text::object([("value", value)]);
    let list = text::array([element.as_str()]);
    let path = PatchPath::from_attribute(path.attribute()?.clone());
    Some((path, Json::trusted(&list)))
}

/// `replace name.givenName` as `replace` with `{"name":{"givenName":...}}`.
pub(crate) fn pathless(operation: Operation) -> Operation {
    let (Some(path), Some(value)) = (&operation.path, &operation.value) else {
        return operation;
    };
    if operation.op == Op::Remove || !is_plain(path) {
        return operation;
    }
    let mut text = value.as_str().to_owned();
    match path.attribute() {
        Some(attribute) => {
            if let Some(sub) = attribute.sub() {
                text = text::object([(sub, text)]);
            }
            text = text::object([(attribute.name(), text)]);
            if let Some(uri) = attribute.uri() {
                text = text::object([(uri, text)]);
            }
        }
        None => {
            if let Some(urn) = path.container() {
                text = text::object([(urn, text)]);
            }
        }
    }
    Operation {
        op: operation.op,
        path: None,
        value: Some(Json::trusted(&text)),
    }
}

/// The value of the last operation and of those that have joined it. It is written when no more do,
/// so that each value is read once.
#[derive(Default)]
enum Joint {
    /// None has joined it.
    #[default]
    Nothing,
    /// Lists of what is removed, comma by comma.
    Elements(String),
    /// Objects without a path.
    Members(Members),
}

impl Joint {
    /// Takes the value of `other` in, if one operation can say what both do.
    fn takes(&mut self, last: &Operation, other: &Operation) -> bool {
        if last.op != other.op || last.path != other.path {
            return false;
        }
        let (Some(first), Some(second)) = (&last.value, &other.value) else {
            return false;
        };
        let joined = match (last.op, &last.path) {
            (Op::Remove, Some(_)) => self.add_elements(first.as_str(), second.as_str()),
            (Op::Add | Op::Replace, None) => self.add_members(first.as_str(), second.as_str()),
            _ => None,
        };
        joined.is_some()
    }

    fn add_elements(&mut self, first: &str, second: &str) -> Option<()> {
        let elements = |text| match text::shape(text) {
            Shape::Array => Some(text::elements(text).ok()?.join(",")),
            _ => None,
        };
        let second = elements(second)?;
        if !matches!(self, Self::Elements(_)) {
            *self = Self::Elements(elements(first)?);
        }
        if let Self::Elements(all) = self {
            if !all.is_empty() && !second.is_empty() {
                all.push(',');
            }
            all.push_str(&second);
        }
        Some(())
    }

    fn add_members(&mut self, first: &str, second: &str) -> Option<()> {
        let second = Members::of(second)?;
        let mut first = match std::mem::take(self) {
            Self::Members(members) => members,
            _ => Members::of(first)?,
        };
        let fit = first.has_room_for(&second);
        if fit {
            first.add(second);
        }
        *self = Self::Members(first);
        fit.then_some(())
    }

    fn write(self, out: &mut [Operation]) {
        let text = match self {
            Self::Nothing => return,
            Self::Elements(elements) => format!("[{elements}]"),
            Self::Members(members) => members.into_text(),
        };
        if let Some(last) = out.last_mut() {
            last.value = Some(Json::trusted(&text));
        }
    }
}

/// The members of objects that become one.
struct Members {
    list: Vec<(String, Part)>,
    /// Where each is in the list; names in lower case.
    places: HashMap<String, usize>,
}

enum Part {
    Text(String),
    Object(Members),
}

impl Members {
    /// The members of a JSON object, those of its objects too.
    fn of(text: &str) -> Option<Self> {
        if text::shape(text) != Shape::Object {
            return None;
        }
        let mut all = Self {
            list: Vec::new(),
            places: HashMap::new(),
        };
        for (name, value) in text::members(text).ok()? {
            let part = match text::shape(value) {
                Shape::Object => Part::Object(Self::of(value)?),
                _ => Part::Text(value.to_owned()),
            };
            all.put(name.into_owned(), part);
        }
        Some(all)
    }

    fn find(&self, name: &str) -> Option<&Part> {
        let at = self.places.get(&name.to_ascii_lowercase())?;
        self.list.get(*at).map(|(_, part)| part)
    }

    fn put(&mut self, name: String, part: Part) {
        match self.places.entry(name.to_ascii_lowercase()) {
            Entry::Occupied(known) => {
                if let Some(place) = self.list.get_mut(*known.get()) {
                    *place = (name, part);
                }
            }
            Entry::Vacant(free) => {
                free.insert(self.list.len());
                self.list.push((name, part));
            }
        }
    }

    /// Returns whether no value is in both.
    fn has_room_for(&self, other: &Self) -> bool {
        other
            .list
            .iter()
            .all(|(name, part)| match (self.find(name), part) {
                (None, _) => true,
                (Some(Part::Object(own)), Part::Object(other)) => own.has_room_for(other),
                _ => false,
            })
    }

    /// Puts in what there is room for.
    fn add(&mut self, other: Self) {
        for (name, part) in other.list {
            let at = self.places.get(&name.to_ascii_lowercase()).copied();
            match (at.and_then(|at| self.list.get_mut(at)), part) {
                (Some((_, Part::Object(own))), Part::Object(other)) => own.add(other),
                (_, part) => self.put(name, part),
            }
        }
    }

    fn into_text(self) -> String {
        let texts: Vec<(String, String)> = self
            .list
            .into_iter()
            .map(|(name, part)| match part {
                Part::Text(text) => (name, text),
                Part::Object(members) => (name, members.into_text()),
            })
            .collect();
        text::object(texts.iter().map(|(name, text)| (name.as_str(), text)))
    }
}
