//! The element that a filter describes, where it matches none.

use std::collections::{HashMap, hash_map::Entry};

use super::{Action, NoMatch, Result, Run, scope::Scope};
use crate::{
    filter::{Comparand, Expression, Filter, FilterRef, Operator},
    json::encode,
    model::{Attribute, Reflect},
    patch::{
        Op, PatchError, PatchErrorKind as Kind,
        text::{self, Shape},
    },
};

impl Run<'_> {
    /// No element matches: `add` makes one where the filter says what it is (RFC 7644 §3.5.2.1).
    #[allow(
        clippy::too_many_arguments,
        reason = "they are one place and one action"
    )]
    pub(super) fn no_element(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        attribute: &'static Attribute,
        filter: Option<&Filter>,
        sub: Option<&str>,
        action: Action<'_>,
    ) -> Result {
        let makes = match (action.op, self.options.no_match) {
            (Op::Remove, _) => return self.nothing_to_remove(),
            (Op::Add, NoMatch::Standard) | (_, NoMatch::Create) => true,
            (Op::Replace, NoMatch::Standard) | (_, NoMatch::Refuse) => false,
        };
        if makes && let Some(element) = filter.and_then(|f| described(f, attribute, sub, action)) {
            return self.many(object, at, index, attribute, Op::Add, &element);
        }
        let detail = format!("no element of {} matches", attribute.name());
        Err(PatchError::new(Kind::NoTarget, detail))
    }
}

/// The JSON of the element that has what the filter asks for and what it is given.
fn described(
    filter: &Filter,
    attribute: &Attribute,
    sub: Option<&str>,
    action: Action<'_>,
) -> Option<String> {
    let value = action.value?;
    let mut members = asked_for(filter)?;
    if attribute.kind().descriptor().is_none() {
        let is_it = match members.as_slice() {
            [(name, asked)] => {
                name.eq_ignore_ascii_case("value")
                    && text::canonical(asked) == text::canonical(value)
            }
            _ => false,
        };
        return is_it.then(|| value.to_owned());
    }
    match sub {
        Some(sub) => members.push((sub.to_owned(), value.to_owned())),
        None if text::shape(value) == Shape::Object => {
            let given = text::members(value).ok()?;
            members.extend(
                given
                    .into_iter()
                    .map(|(name, value)| (name.into_owned(), value.to_owned())),
            );
        }
        // The value alone, where it is read generously.
        None => members.push(("value".to_owned(), value.to_owned())),
    }
    Some(text::object(
        members.iter().map(|(name, value)| (name.as_str(), value)),
    ))
}

/// What each sub-attribute has to be: for `type eq "work"` and the like, joined by `and`. `None`
/// where the filter leaves a choice, or no value can meet it.
fn asked_for(filter: &Filter) -> Option<Vec<(String, String)>> {
    let mut members: Vec<(String, String)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut ask = |part: FilterRef<'_>| match part.expression() {
        Expression::Compare {
            path,
            operator: Operator::Eq,
            value,
        } if path.uri().is_none() && path.sub().is_none() && *value != Comparand::Null => {
            let value = match value {
                Comparand::String(text) => encode::text(text).as_str().to_owned(),
                other => other.to_string(),
            };
            match known.entry(path.name().to_ascii_lowercase()) {
                Entry::Occupied(at) => {
                    let (_, known) = members.get(*at.get())?;
                    (*known == value).then_some(())
                }
                Entry::Vacant(free) => {
                    free.insert(members.len());
                    members.push((path.name().to_owned(), value));
                    Some(())
                }
            }
        }
        _ => None,
    };
    match filter.expression() {
        Expression::And(mut operands) => operands.try_for_each(&mut ask)?,
        _ => ask(filter.root())?,
    }
    Some(members)
}
