//! The elements of a multi-valued attribute that a filter chooses, and which of them is primary.

use std::borrow::Cow;

use super::{Action, ElementValues, RemovedValues, Result, Run, filled::Before, scope::Scope};
use crate::{
    attribute_path::AttributePath,
    filter::{Comparand, Filter},
    model::{Attribute, Kind as DataType, ManyValues, Reflect, Slot},
    patch::{
        Op, PatchError, PatchErrorKind as Kind,
        identity::Identifier,
        list::List,
        text::{self, Shape},
    },
};

impl Run<'_> {
    /// The elements that `filter` chooses, or all; or a sub-attribute of them.
    pub(super) fn elements(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        filter: Option<&Filter>,
        sub: Option<&str>,
        action: Action<'_>,
    ) -> Result {
        let Some(attribute) = object.descriptor().attributes().get(index) else {
            return Ok(());
        };
        let filter = filter.map(|filter| self.meant(filter, attribute));
        let filter = filter.as_deref();
        self.guarded(object, at, index, None, action, &mut |object| {
            let found = self.with_list(object, at, index, attribute, |of, list, values| {
                let root = filter.map(Filter::root);
                let chosen = list.matching(of, &*values, root, &self.steps)?;
                if !chosen.is_empty() {
                    self.change(of, list, values, &chosen, sub, action)?;
                }
                Ok(!chosen.is_empty())
            })?;
            match found {
                Some(true) => Ok(()),
                _ => self.no_element(object, at, index, attribute, filter, sub, action),
            }
        })
    }

    /// The filter as its client means it.
    pub(super) fn meant<'f>(&self, filter: &'f Filter, attribute: &Attribute) -> Cow<'f, Filter> {
        if self.options.lenient_values {
            Cow::Owned(with_booleans(filter, attribute))
        } else {
            Cow::Borrowed(filter)
        }
    }

    fn change(
        &self,
        of: &Identifier<'_>,
        list: &mut List,
        values: &mut dyn ManyValues,
        chosen: &[usize],
        sub: Option<&str>,
        action: Action<'_>,
    ) -> Result {
        self.steps.take(chosen.len(), 1)?;
        if action.op == Op::Remove && sub.is_none() {
            let lists = |value: &&str| {
                self.options.removed_values == RemovedValues::RemoveListed
                    && matches!(text::shape(value), Shape::Array | Shape::Object)
                    && !text::is_unassigned(value)
            };
            let listed = match action.value.filter(lists) {
                Some(value) => Some(self.listed(of, list, &*values, value)?),
                None => None,
            };
            for at in chosen {
                if listed.as_ref().is_none_or(|listed| listed.contains(at)) {
                    list.remove(*at);
                }
            }
            return Ok(());
        }
        let value = action.value.unwrap_or_default();
        let mut emptied = Vec::new();
        for at in chosen {
            let before = list.keys(of, &*values, *at);
            match (values.slot(*at), sub) {
                (Some(Slot::Object(element)), Some(sub)) => {
                    self.sub_attribute(element, Scope::NOWHERE, sub, action)?;
                }
                (Some(Slot::Object(element)), None) => {
                    let whole = action.op == Op::Replace
                        && self.options.element_values == ElementValues::Replace;
                    let nowhere = Scope::NOWHERE;
                    let had = if whole {
                        Before::Replaced
                    } else {
                        Before::Kept
                    };
                    let filled =
                        self.fill(element, nowhere, of.attribute, action.op, value, had)?;
                    if !filled.is_something {
                        emptied.push(*at);
                    }
                }
                (Some(place), _) => self.simple(of.attribute, place, value)?,
                (None, _) => {}
            }
            list.changed(of, &*values, *at, &before);
        }
        self.settle_primary(of, list, values, chosen)?;
        for at in chosen {
            if !values.at(*at).is_assigned() || emptied.binary_search(at).is_ok() {
                list.remove(*at);
            }
        }
        Ok(())
    }

    /// An element that was made primary is the only one (RFC 7644 §3.5.2).
    pub(super) fn settle_primary(
        &self,
        of: &Identifier<'_>,
        list: &mut List,
        values: &mut dyn ManyValues,
        changed: &[usize],
    ) -> Result {
        if list.settle_primary(of, values, changed, &self.steps)? {
            return Ok(());
        }
        let name = of.attribute.name();
        let detail = format!("more than one element of {name} is primary");
        Err(PatchError::new(Kind::InvalidValue, detail))
    }
}

/// The filter with `primary eq true` for `primary eq "True"`.
fn with_booleans(filter: &Filter, attribute: &Attribute) -> Filter {
    let is_boolean = |path: &AttributePath| {
        let sub = attribute
            .kind()
            .descriptor()
            .and_then(|d| d.attribute(path.name()));
        sub.is_some_and(|sub| matches!(sub.kind(), DataType::Boolean))
    };
    let mut filter = filter.clone();
    filter.each_value(|path, value| {
        if let Comparand::String(text) = value
            && let Ok(boolean) = text.to_ascii_lowercase().parse::<bool>()
            && is_boolean(path)
        {
            *value = boolean.into();
        }
    });
    filter
}
