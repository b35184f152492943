//! The elements of an array that no type knows, while operations remove some of them.

use std::collections::HashMap;

use crate::{
    json::SyntaxError,
    model::Json,
    patch::text::{self, Shape},
};

/// Elements by what a list names them by. Those that are removed leave a gap.
pub(super) struct Elements {
    texts: Vec<Option<Box<str>>>,
    /// How many there still are.
    pub(super) left: usize,
    /// Where each is. An element has up to three names.
    places: HashMap<Named, Vec<usize>>,
}

/// What a list names an element by: by its `value`, by that and its `type`, or, if the list gives no `value`,
/// as a whole.
#[derive(PartialEq, Eq, Hash)]
enum Named {
    Value(String),
    Pair(String, String),
    Whole(String),
}

impl Elements {
    pub(super) fn of(array: &str) -> Result<Self, SyntaxError> {
        let texts = text::elements(array)?;
        let mut places: HashMap<_, Vec<_>> = HashMap::new();
        for (at, element) in texts.iter().enumerate() {
            let whole = Named::Whole(text::canonical(element));
            let mut note = |name| places.entry(name).or_default().push(at);
            note(whole);
            if let Some(value) = part(element, "value") {
                if let Some(type_) = part(element, "type") {
                    note(Named::Pair(value.clone(), type_));
                }
                note(Named::Value(value));
            }
        }
        Ok(Self {
            left: texts.len(),
            texts: texts.into_iter().map(|text| Some(text.into())).collect(),
            places,
        })
    }

    /// Removes what a list names.
    pub(super) fn remove(&mut self, list: &str) -> Result<(), SyntaxError> {
        let listed = match text::shape(list) {
            Shape::Array => text::elements(list)?,
            _ => vec![list],
        };
        for element in listed.into_iter().filter(|e| !text::is_unassigned(e)) {
            let name = match (part(element, "value"), part(element, "type")) {
                (None, _) => Named::Whole(text::canonical(element)),
                (Some(value), None) => Named::Value(value),
                (Some(value), Some(type_)) => Named::Pair(value, type_),
            };
            for at in self.places.remove(&name).unwrap_or_default() {
                if self.texts.get_mut(at).and_then(Option::take).is_some() {
                    self.left -= 1;
                }
            }
        }
        Ok(())
    }

    pub(super) fn into_json(self) -> Json {
        Json::trusted(&text::array(
            self.texts.iter().flatten().map(|text| &**text),
        ))
    }
}

/// The `value` of an element, or its `type`. A simple element is its own value.
fn part(element: &str, name: &str) -> Option<String> {
    if text::shape(element) != Shape::Object {
        return (name == "value").then(|| text::canonical(element));
    }
    let members = text::members(element).ok()?;
    let mut members = members.iter().rev();
    let (_, value) = members.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    (!text::is_unassigned(value)).then(|| text::canonical(value))
}
