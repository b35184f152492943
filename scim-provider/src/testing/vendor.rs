//! Answers as the service provider would write them that a profile describes.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};
use scim_models::{attribute_path::AttributePath, profile::Profile};
use serde_json::value::RawValue;

use super::manner::Vendor;

/// An object whose members keep their text.
type Members = BTreeMap<String, Box<RawValue>>;

impl Vendor {
    /// An answer with resources, as it is written in this manner. `base` is what locations begin
    /// with.
    pub(super) fn rewritten(&self, response: Response<Bytes>, base: &str) -> Response<Bytes> {
        let no_versions = self.no_versions();
        if !no_versions && self.profiles().is_empty() {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        let succeeded = parts.status.is_success();
        self.head(&mut parts.headers, no_versions);
        if !succeeded {
            return Response::from_parts(parts, body);
        }
        let text = std::str::from_utf8(&body).unwrap_or_default();
        let body = match members(text) {
            Some(list) if list.contains_key("Resources") => self.list(list, base).into(),
            Some(one) => self.resource(one, base, false).into(),
            None => body,
        };
        Response::from_parts(parts, body)
    }

    fn head(&self, headers: &mut HeaderMap, no_versions: bool) {
        let tag = headers.remove(header::ETAG).filter(|_| !no_versions);
        if let Some(tag) = tag {
            let bare = tag
                .to_str()
                .ok()
                .filter(|_| self.any(|p| p.quote_versions))
                .and_then(|tag| HeaderValue::from_str(unquoted(tag)).ok());
            headers.insert(header::ETAG, bare.unwrap_or(tag));
        }
        let media_type = self.profiles().iter().find_map(|p| p.media_type.as_deref());
        if let Some(media_type) = media_type.and_then(|text| HeaderValue::from_str(text).ok())
            && headers.contains_key(header::CONTENT_TYPE)
        {
            headers.insert(header::CONTENT_TYPE, media_type);
        }
    }

    fn any(&self, what: impl Fn(&Profile) -> bool) -> bool {
        self.profiles().iter().any(|profile| what(profile))
    }

    fn list(&self, mut list: Members, base: &str) -> String {
        let resources = list.get("Resources").map_or("", |raw| raw.get());
        if let Some(resources) = elements(resources) {
            let count = resources.len();
            let written = resources.into_iter().map(|one| match members(one.get()) {
                Some(one) => self.resource(one, base, true),
                None => one.get().to_owned(),
            });
            put(&mut list, "Resources", &array(written));
            if self.any(|profile| profile.total_is_of_page) {
                put(&mut list, "totalResults", &count.to_string());
            }
        }
        text(&list)
    }

    fn resource(&self, mut resource: Members, base: &str, in_list: bool) -> String {
        for profile in self.profiles() {
            let left_out = profile.omitted_from_lists.iter().filter(|_| in_list);
            for path in profile.never_returned.iter().chain(left_out) {
                leave_out(&mut resource, path);
            }
        }
        if let Some(mut meta) = resource.get("meta").and_then(|raw| members(raw.get())) {
            self.meta(&mut meta, base);
            put(&mut resource, "meta", &text(&meta));
        }
        text(&resource)
    }

    fn meta(&self, meta: &mut Members, base: &str) {
        if self.no_versions() {
            meta.remove("version");
        }
        let mut change = |name: &str, wanted: bool, to: &dyn Fn(&str) -> String| {
            let value: Option<String> = meta
                .get(name)
                .filter(|_| wanted)
                .and_then(|raw| serde_json::from_str(raw.get()).ok());
            if let Some(value) = value {
                put(meta, name, &serde_json::Value::from(to(&value)).to_string());
            }
        };
        change("version", self.any(|p| p.quote_versions), &|tag| {
            unquoted(tag).to_owned()
        });
        let relative = self.any(|p| p.answers.relative_locations);
        change("location", relative, &|location| {
            location.strip_prefix(base).unwrap_or(location).to_owned()
        });
        let lower = self.any(|p| p.answers.lower_case_resource_types);
        change("resourceType", lower, &str::to_lowercase);
    }
}

/// The opaque part of an entity-tag.
fn unquoted(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"')
}

/// Takes an attribute out of a resource that has its schema.
fn leave_out(resource: &mut Members, path: &AttributePath) {
    let Some(urn) = path.uri() else { return };
    let schemas: Vec<String> = resource
        .get("schemas")
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    if !schemas.iter().any(|other| other.eq_ignore_ascii_case(urn)) {
        return;
    }
    let container = resource.keys().find(|key| key.eq_ignore_ascii_case(urn));
    let mut names: Vec<&str> = container.is_some().then_some(urn).into_iter().collect();
    names.push(path.name());
    names.extend(path.sub());
    without(resource, &names);
}

fn without(object: &mut Members, names: &[&str]) {
    let Some((name, rest)) = names.split_first() else {
        return;
    };
    let key = object.keys().find(|key| key.eq_ignore_ascii_case(name));
    let Some(key) = key.cloned() else { return };
    if rest.is_empty() {
        object.remove(&key);
        return;
    }
    let inner = |raw: &RawValue| match members(raw.get()) {
        Some(mut inner) => {
            without(&mut inner, rest);
            text(&inner)
        }
        None => raw.get().to_owned(),
    };
    let Some(value) = object.get(&key) else {
        return;
    };
    let written = match elements(value.get()) {
        Some(all) => array(all.iter().map(|one| inner(one))),
        None => inner(value),
    };
    put(object, &key, &written);
}

fn members(text: &str) -> Option<Members> {
    serde_json::from_str(text).ok()
}

fn elements(text: &str) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_str(text).ok()
}

fn put(object: &mut Members, name: &str, json: &str) {
    if let Ok(value) = RawValue::from_string(json.to_owned()) {
        object.insert(name.to_owned(), value);
    }
}

fn array(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(","))
}

fn text(object: &Members) -> String {
    // Text and texts: nothing in it can fail.
    serde_json::to_string(object).unwrap_or_default()
}
