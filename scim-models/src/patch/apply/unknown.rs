//! Attributes that the resource type does not know.

use super::{Action, Result, Run, Unknown, locate};
use crate::{
    model::{Json, Reflect},
    patch::{
        Op, PatchError, PatchErrorKind as Kind,
        text::{self, Shape},
    },
};

impl Run<'_> {
    /// An attribute of a known object. `named` if a path names it.
    pub(super) fn unknown(
        &self,
        object: &mut dyn Reflect,
        name: &str,
        sub: Option<&str>,
        action: Action<'_>,
        named: bool,
    ) -> Result {
        let trail: &[&str] = match &sub {
            Some(sub) => &[*sub],
            None => &[],
        };
        self.extra(object, name, trail, action, named)
    }

    /// The container of an extension that the resource type does not know, or an attribute in it.
    pub(super) fn foreign(
        &self,
        root: &mut dyn Reflect,
        container: &str,
        attribute: Option<&str>,
        sub: Option<&str>,
        action: Action<'_>,
        named: bool,
    ) -> Result {
        let trail: Vec<&str> = attribute.into_iter().chain(sub).collect();
        self.extra(root, container, &trail, action, named)
    }

    fn extra(
        &self,
        object: &mut dyn Reflect,
        name: &str,
        trail: &[&str],
        action: Action<'_>,
        named: bool,
    ) -> Result {
        match self.options.unknown {
            Unknown::Keep => {}
            Unknown::LeaveOut if !named => return Ok(()),
            Unknown::LeaveOut | Unknown::Refuse => {
                return Err(locate::unknown(format!("there is no attribute {name}")));
            }
        }
        let current = object
            .extra()
            .get(name)
            .map(|json| json.as_str().to_owned());
        if action.op == Op::Remove && current.is_none() {
            return self.nothing_to_remove();
        }
        let value = match action.op {
            Op::Remove => None,
            Op::Add | Op::Replace => action.value.filter(|v| text::shape(v) != Shape::Null),
        };
        // A container is merged, as that of a known extension is.
        let merged = match (trail.is_empty() && name.contains(':'), &current, value) {
            (true, Some(current), Some(value)) => merge(current, value),
            _ => None,
        };
        let edited = match merged {
            Some(merged) => Some(merged),
            None => edit(current.as_deref(), trail, value)?,
        };
        match edited {
            Some(text) => object.extra_mut().insert(name, Json::trusted(&text)),
            None => drop(object.extra_mut().remove(name)),
        }
        Ok(())
    }
}

/// The object `current` with the members of the object `value`.
fn merge(current: &str, value: &str) -> Option<String> {
    if text::shape(current) != Shape::Object || text::shape(value) != Shape::Object {
        return None;
    }
    let mut members = text::members(current).ok()?;
    for (name, value) in text::members(value).ok()? {
        members.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        members.push((name, value));
    }
    Some(text::object(
        members.iter().map(|(name, value)| (&**name, *value)),
    ))
}

/// Sets or takes away what is at `trail` in a JSON text. `None` if nothing is left.
fn edit(current: Option<&str>, trail: &[&str], value: Option<&str>) -> Result<Option<String>> {
    let Some((first, rest)) = trail.split_first() else {
        return Ok(value.map(str::to_owned));
    };
    let mut members = match current {
        None => Vec::new(),
        Some(text) if text::shape(text) == Shape::Object => {
            text::members(text).map_err(super::assign::not_json)?
        }
        Some(_) => {
            let detail = format!("{first}: there is no complex attribute around it");
            return Err(PatchError::new(Kind::InvalidPath, detail));
        }
    };
    let at = members
        .iter()
        .position(|(name, _)| name.eq_ignore_ascii_case(first));
    let inner = at.and_then(|at| members.get(at)).map(|(_, text)| *text);
    let edited = edit(inner, rest, value)?;
    match (at, &edited) {
        (Some(at), Some(text)) => {
            if let Some(member) = members.get_mut(at) {
                member.1 = text;
            }
        }
        (Some(at), None) => drop(members.remove(at)),
        (None, Some(text)) => members.push(((*first).into(), text)),
        (None, None) => {}
    }
    if members.is_empty() {
        return Ok(None);
    }
    Ok(Some(text::object(
        members.iter().map(|(name, value)| (&**name, *value)),
    )))
}
