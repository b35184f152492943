//! `schemas`: which schemas a resource has (RFC 7643 §3).
//!
//! Most of it follows from the resource's data. What a document lists besides, such as an extension
//! without data, is kept with the unknown attributes and written again.

use std::collections::HashSet;

use crate::{
    json::text::{Next, Reader},
    model::{Attribute, Json, Reflect},
};

/// Calls `visit` with each schema of `resource`, each only once, until it returns true. `own` is the URN
/// of the resource's own schema.
pub fn each<'a>(
    own: &'a str,
    resource: &'a dyn Reflect,
    visit: &mut dyn FnMut(&'a str) -> bool,
) -> bool {
    if visit(own) {
        return true;
    }
    for (index, attribute) in resource.descriptor().attributes.iter().enumerate() {
        if attribute.is_extension() && resource.get(index).is_assigned() && visit(attribute.name) {
            return true;
        }
    }
    let extra = resource.extra();
    if extra.is_empty() && extra.listed().is_empty() {
        return false;
    }
    let is_given = |uri: &str| uri.eq_ignore_ascii_case(own) || has_extension(resource, uri);
    for (name, value) in extra.iter() {
        if is_container(resource, name, value) && !is_given(name) && visit(name) {
            return true;
        }
    }
    let has_container = |uri: &str| {
        let value = extra.get(uri);
        value.is_some_and(|value| is_container(resource, uri, value))
    };
    let mut listed = extra.listed().iter();
    listed.any(|uri| !is_given(uri) && !has_container(uri) && visit(uri))
}

/// Returns whether an unknown attribute of `resource` is the container of an extension: an object
/// under a URI. No other name has a colon (RFC 7643 §2.1), but for an attribute with the URN of its
/// schema in front (RFC 7644 §3.10).
pub fn is_container(resource: &dyn Reflect, name: &str, value: &Json) -> bool {
    name.contains(':') && value.as_str().starts_with('{') && !is_qualified(resource, name)
}

/// Returns whether a name begins with the URN of a known schema and a colon.
fn is_qualified(resource: &dyn Reflect, name: &str) -> bool {
    let is_below = |urn: &str| {
        let start = name.get(..urn.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(urn))
            && name.as_bytes().get(urn.len()) == Some(&b':')
    };
    let descriptor = resource.descriptor();
    let mut extensions = descriptor.attributes.iter().filter(|a| a.is_extension());
    descriptor.urn.is_some_and(is_below) || extensions.any(|extension| is_below(extension.name))
}

fn has_extension(resource: &dyn Reflect, uri: &str) -> bool {
    let descriptor = resource.descriptor();
    descriptor.position(uri).is_some_and(|index| {
        let found = descriptor.attributes.get(index);
        found.is_some_and(Attribute::is_extension) && resource.get(index).is_assigned()
    })
}

/// Keeps of `listed`, the JSON of a document's `schemas`, what does not follow from the data.
#[inline]
pub fn keep(resource: &mut dyn Reflect, listed: &str) {
    let own = resource.descriptor().urn.unwrap_or_default();
    let inner = listed
        .strip_prefix("[\"")
        .and_then(|rest| rest.strip_suffix("\"]"));
    if inner != Some(own) {
        keep_others(resource, own, listed);
    }
}

#[inline(never)]
fn keep_others(resource: &mut dyn Reflect, own: &str, listed: &str) {
    let mut others = Others {
        resource,
        own,
        seen: HashSet::new(),
        kept: Vec::new(),
    };
    // The text was read before, so that it is JSON. What is not text stands for no schema.
    let _read = others.read(listed);
    if !others.kept.is_empty() {
        let kept = others.kept;
        resource.extra_mut().list(kept);
    }
}

struct Others<'a> {
    resource: &'a dyn Reflect,
    own: &'a str,
    seen: HashSet<String>,
    kept: Vec<Box<str>>,
}

impl Others<'_> {
    fn read(&mut self, listed: &str) -> Result<(), crate::json::SyntaxError> {
        let mut reader = Reader::new(listed);
        match reader.peek()? {
            Next::Array => {
                let mut more = reader.enter_array()?;
                while more {
                    self.element(&mut reader)?;
                    more = reader.next_element()?;
                }
                Ok(())
            }
            _ => self.element(&mut reader),
        }
    }

    fn element(&mut self, reader: &mut Reader<'_>) -> Result<(), crate::json::SyntaxError> {
        if reader.peek()? != Next::String {
            return reader.skip_value().map(drop);
        }
        let uri = reader.string_for_people()?;
        let extra = self.resource.extra();
        let follows = uri.is_empty()
            || uri.eq_ignore_ascii_case(self.own)
            || has_extension(self.resource, &uri)
            || extra
                .get(&uri)
                .is_some_and(|value| is_container(self.resource, &uri, value));
        if !follows && self.seen.insert(uri.to_ascii_lowercase()) {
            self.kept.push(uri.into());
        }
        Ok(())
    }
}
