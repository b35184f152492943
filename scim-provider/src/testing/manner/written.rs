//! Responses in the form of the service provider that a profile describes.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header, response};
use scim_models::{attribute_path::AttributePath, profile::Profile};
use serde_json::{Value, value::RawValue};

use super::Manner;
use crate::endpoint;

/// The size of a page where there are no pages; discovery can say it, an integer being signed.
const WHOLE: u64 = i64::MAX as u64;

/// The most pages that are read for a list that is to be whole.
const MAX_PAGES: usize = 100_000;

/// An object whose members keep their text.
pub(super) type Members = BTreeMap<String, Box<RawValue>>;

impl Manner {
    /// A response with resources, as it is written in this manner.
    pub(super) fn rewritten(&self, response: Response<Bytes>) -> Response<Bytes> {
        let succeeded = response.status().is_success();
        let response = self.with_head(response);
        if !succeeded {
            return response;
        }
        response.map(|body| {
            let text = std::str::from_utf8(&body).unwrap_or_default();
            match members(text) {
                Some(list) if list.contains_key("Resources") => self.list(list).into(),
                Some(one) => self.resource(one, false).into(),
                None => body,
            }
        })
    }

    /// Errors stay as they are.
    pub(super) fn with_head(&self, mut response: Response<Bytes>) -> Response<Bytes> {
        let status = response.status();
        if status.is_success() || status == StatusCode::NOT_MODIFIED {
            self.head(response.headers_mut());
        }
        response
    }

    fn head(&self, headers: &mut HeaderMap) {
        let tag = headers.remove(header::ETAG).filter(|_| !self.no_versions());
        if let Some(tag) = tag {
            let bare = tag
                .to_str()
                .ok()
                .filter(|_| self.any(|p| p.quote_versions))
                .and_then(|tag| HeaderValue::from_str(unquoted(tag)).ok());
            headers.insert(header::ETAG, bare.unwrap_or(tag));
        }
        let media_type = self.profiles.iter().find_map(|p| p.media_type.as_deref());
        if let Some(media_type) = media_type.and_then(|text| HeaderValue::from_str(text).ok())
            && headers.contains_key(header::CONTENT_TYPE)
        {
            headers.insert(header::CONTENT_TYPE, media_type);
        }
    }

    fn no_versions(&self) -> bool {
        self.offers.etag == Some(false)
    }

    /// The ServiceProviderConfig, which says what is left out.
    pub(super) fn config(&self, response: Response<Bytes>) -> Response<Bytes> {
        if !response.status().is_success() {
            return response;
        }
        response.map(|body| {
            let Ok(mut document) = serde_json::from_slice::<Value>(&body) else {
                return body;
            };
            self.announce(&mut document);
            document.to_string().into()
        })
    }

    fn announce(&self, document: &mut Value) {
        let offers = &self.offers;
        let mut put = |of: &str, name: &str, value: Value| {
            let object = document.get_mut(of).and_then(Value::as_object_mut);
            if let Some(object) = object.filter(|object| object.contains_key(name)) {
                object.insert(name.to_owned(), value);
            }
        };
        for (name, offered) in [
            ("patch", offers.patch),
            ("bulk", offers.bulk),
            ("filter", offers.filter),
            ("sort", offers.sort),
            ("etag", offers.etag),
        ] {
            if offered == Some(false) {
                put(name, "supported", false.into());
            }
        }
        if offers.bulk == Some(false) {
            put("bulk", "maxOperations", 0.into());
        }
        let by_index = offers.index_paging != Some(false);
        let by_cursor = offers.cursor_paging != Some(false);
        for (name, offered) in [("index", by_index), ("cursor", by_cursor)] {
            if !offered {
                put("pagination", name, false.into());
            }
        }
        if by_index != by_cursor {
            let only = if by_index { "index" } else { "cursor" };
            put("pagination", "defaultPaginationMethod", only.into());
        }
        let is_whole = !by_index && !by_cursor;
        let mut limit = |of: &str, name: &str, most: u64| {
            let known = document.get_mut(of).and_then(|object| object.get_mut(name));
            if let Some(known) = known {
                let size = known.as_u64().unwrap_or(u64::MAX);
                *known = if is_whole { WHOLE } else { size.min(most) }.into();
            }
        };
        limit("filter", "maxResults", self.most);
        limit("pagination", "maxPageSize", self.most);
        limit("pagination", "defaultPageSize", self.most);
        // A usual size of this manner is asked for, and stands but for the limit.
        let pages = document.get_mut("pagination");
        if let Some(size) = self.page_size.filter(|_| !is_whole)
            && let Some(pages) = pages.and_then(Value::as_object_mut)
            && pages.contains_key("defaultPageSize")
        {
            let most = pages.get("maxPageSize").and_then(Value::as_u64);
            let size = size.min(self.most).min(most.unwrap_or(u64::MAX));
            pages.insert("defaultPageSize".to_owned(), size.into());
        }
    }

    /// A URL without the base URL, which is known by the endpoint that follows it.
    fn below<'u>(&self, url: &'u str) -> &'u str {
        let path = || {
            let (_, rest) = url.split_once("://")?;
            rest.find('/').and_then(|at| rest.get(at..))
        };
        let path = path().unwrap_or(url);
        let found = endpoint::find(path, self.site.prefix, &self.site.types);
        let below = found.and_then(|(base, _)| path.get(base.len()..));
        below.unwrap_or(url)
    }

    fn any(&self, what: impl Fn(&Profile) -> bool) -> bool {
        self.profiles.iter().any(|profile| what(profile))
    }

    fn list(&self, mut list: Members) -> String {
        let resources = list.get("Resources").map_or("", |raw| raw.get());
        if let Some(resources) = elements(resources) {
            let count = resources.len();
            let written = resources.into_iter().map(|one| match members(one.get()) {
                Some(one) => self.resource(one, true),
                None => one.get().to_owned(),
            });
            put(&mut list, "Resources", &array(written));
            if self.any(|profile| profile.total_is_of_page) {
                put(&mut list, "totalResults", &count.to_string());
            }
        }
        written(&list)
    }

    pub(super) fn resource(&self, mut resource: Members, in_list: bool) -> String {
        for profile in &self.profiles {
            let left_out = profile.omitted_from_lists.iter().filter(|_| in_list);
            for path in profile.never_returned.iter().chain(left_out) {
                leave_out(&mut resource, path);
            }
        }
        if let Some(mut meta) = resource.get("meta").and_then(|raw| members(raw.get())) {
            self.meta(&mut meta);
            put(&mut resource, "meta", &written(&meta));
        }
        written(&resource)
    }

    /// `version` as it is written, where it is a member.
    pub(super) fn version(&self, object: &mut Members) {
        if self.no_versions() {
            object.remove("version");
        }
        let version = object
            .get("version")
            .filter(|_| self.any(|p| p.quote_versions));
        let version: Option<String> = version.and_then(|raw| serde_json::from_str(raw.get()).ok());
        if let Some(version) = version {
            put(
                object,
                "version",
                &Value::from(unquoted(&version)).to_string(),
            );
        }
    }

    fn meta(&self, meta: &mut Members) {
        self.version(meta);
        let mut change = |name: &str, wanted: bool, to: &dyn Fn(&str) -> String| {
            let value: Option<String> = meta
                .get(name)
                .filter(|_| wanted)
                .and_then(|raw| serde_json::from_str(raw.get()).ok());
            if let Some(value) = value {
                put(meta, name, &Value::from(to(&value)).to_string());
            }
        };
        let relative = self.any(|p| p.responses.relative_locations);
        change("location", relative, &|location| {
            self.below(location).to_owned()
        });
        let lower = self.any(|p| p.responses.lower_case_resource_types);
        change("resourceType", lower, &str::to_lowercase);
    }
}

/// How many resources a page has.
pub(super) fn resources(page: &Response<Bytes>) -> u64 {
    let list = std::str::from_utf8(page.body()).ok().and_then(members);
    let resources = list.and_then(|list| elements(list.get("Resources")?.get()));
    resources.map_or(0, |resources| resources.len() as u64)
}

/// By what the next page is asked for.
#[derive(Clone, PartialEq)]
pub(super) enum Next {
    /// Its `startIndex`.
    Index(u64),
    /// The cursor that leads to it (RFC 9865 §2).
    Cursor(String),
}

/// A list while its pages are put together.
pub(super) struct Whole {
    first: Option<(response::Parts, Members)>,
    resources: Vec<Box<RawValue>>,
    pages: usize,
    next: Next,
}

impl Default for Whole {
    fn default() -> Self {
        Self {
            first: None,
            resources: Vec::new(),
            pages: 0,
            next: Next::Index(1),
        }
    }
}

impl Whole {
    pub(super) fn next(&self) -> Next {
        self.next.clone()
    }

    /// Adds the page that was asked for; gives the response, once there is one.
    pub(super) fn add(&mut self, page: Response<Bytes>) -> Option<Response<Bytes>> {
        let list = std::str::from_utf8(page.body()).ok().and_then(members);
        let Some(list) = list.filter(|_| page.status() == StatusCode::OK) else {
            return Some(page);
        };
        let number = |name: &str| {
            let number = list.get(name).map(|raw| raw.get().parse::<u64>());
            number.and_then(Result::ok)
        };
        let total = number("totalResults");
        // Whoever takes no index begins anew: these are known already.
        let is_another = match self.next {
            Next::Index(index) => index > 1 && number("startIndex") != Some(index),
            Next::Cursor(_) => false,
        };
        let resources = list.get("Resources").and_then(|raw| elements(raw.get()));
        let resources = resources.filter(|_| !is_another).unwrap_or_default();
        let mut is_last = resources.is_empty();
        self.resources.extend(resources);
        self.pages += 1;
        let cursor = list.get("nextCursor");
        let cursor: Option<String> = cursor.and_then(|raw| serde_json::from_str(raw.get()).ok());
        let next = match (cursor.filter(|cursor| !cursor.is_empty()), &self.next) {
            (Some(cursor), _) => Next::Cursor(cursor),
            (None, Next::Index(_)) => Next::Index(self.resources.len() as u64 + 1),
            (None, Next::Cursor(_)) => {
                is_last = true;
                self.next.clone()
            }
        };
        is_last |= next == self.next;
        self.next = next;
        let (parts, _) = page.into_parts();
        self.first.get_or_insert((parts, list));
        // By cursors, there is no need of a total.
        let total = match self.next {
            Next::Index(_) => total.unwrap_or_default(),
            Next::Cursor(_) => total.unwrap_or(u64::MAX),
        };
        if !is_last && (self.resources.len() as u64) < total && self.pages < MAX_PAGES {
            return None;
        }
        if total > 0 {
            let most = usize::try_from(total).unwrap_or(usize::MAX);
            self.resources.truncate(most);
        }
        let (parts, mut list) = self.first.take()?;
        list.remove("nextCursor");
        list.remove("previousCursor");
        let count = self.resources.len().to_string();
        let resources = self.resources.drain(..).map(|one| one.get().to_owned());
        put(&mut list, "Resources", &array(resources));
        put(&mut list, "itemsPerPage", &count);
        Some(Response::from_parts(parts, written(&list).into()))
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
            written(&inner)
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

pub(super) fn members(text: &str) -> Option<Members> {
    serde_json::from_str(text).ok()
}

pub(super) fn elements(text: &str) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_str(text).ok()
}

pub(super) fn put(object: &mut Members, name: &str, json: &str) {
    if let Ok(value) = RawValue::from_string(json.to_owned()) {
        object.insert(name.to_owned(), value);
    }
}

pub(super) fn array(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(","))
}

pub(super) fn written(object: &Members) -> String {
    // Text and texts: nothing in it can fail.
    serde_json::to_string(object).unwrap_or_default()
}
