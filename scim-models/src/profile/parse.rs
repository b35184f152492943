//! Reads the JSON of a profile. Every member is optional; an unknown one is an error, because it
//! is a misspelt one.

use std::{cell::RefCell, rc::Rc};

use serde_json::{Map, Value};

use super::{Fact, Profile, ProfileError, names};
use crate::{
    attribute_path::AttributePath,
    capabilities::Capabilities,
    filter::Operator,
    patch::{Dialect, Removal},
};

/// The operators of RFC 7644 §3.4.2.2, Table 3.
fn operators() -> impl Iterator<Item = &'static str> {
    Operator::ALL
        .map(Operator::as_str)
        .into_iter()
        .chain(["pr"])
}

/// The ways in which elements are removed.
const REMOVALS: [(&str, Removal); 2] = [
    ("filter", Removal::ByFilter),
    ("valueList", Removal::ByValueList),
];

pub(super) fn profile(text: &str) -> Result<Profile, ProfileError> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| ProfileError::new("", format!("not valid JSON: {error}")))?;
    read(Members::of(value, String::new())?)
}

/// Everything that a profile may have: where, and of which form. It is what the reader asks of a
/// profile that has every object and nothing in it, so it is never another list than the reader's.
pub(crate) fn grammar() -> Vec<(String, String)> {
    let asked = Asked::default();
    let members = Members {
        at: String::new(),
        map: Map::new(),
        asked: Some(asked.clone()),
    };
    // Nothing is wrong with nothing.
    let _ = read(members);
    let mut grammar = asked.take();
    let words = |at: &str, words: Vec<&str>| (at.to_owned(), words.join(" "));
    grammar.push(words("/base", names::NAMES.to_vec()));
    grammar.push(words("/filter/operators", operators().collect()));
    grammar.push(words(
        "/patch/removal",
        REMOVALS.map(|(word, _)| word).to_vec(),
    ));
    grammar
}

fn read(mut members: Members) -> Result<Profile, ProfileError> {
    let mut profile = match members.text("base")? {
        None => Profile::default(),
        Some(base) => {
            let text = names::text(&base).ok_or_else(|| {
                let known = names::NAMES.join(", ");
                let message = format!("no profile `{base}` comes with the crate, only {known}");
                ProfileError::new("/base", message)
            })?;
            // A shipped profile has no base, so this goes no deeper.
            self::profile(text)?
        }
    };
    if let Some(name) = members.text("name")? {
        profile.name = name;
    }
    if let Some(mut own) = members.object("capabilities")? {
        profile.capabilities = capabilities(&mut own)?.or(profile.capabilities);
        own.finish()?;
    }
    if let Some(mut own) = members.object("documented")? {
        profile.capabilities = profile.capabilities.or(capabilities(&mut own)?);
        own.finish()?;
    }
    if let Some(mut own) = members.object("patch")? {
        let mut dialect = profile.patch.unwrap_or_default();
        patch(&mut own, &mut dialect)?;
        own.finish()?;
        profile.patch = Some(dialect);
    }
    if let Some(mut own) = members.object("filter")? {
        let filter = &mut profile.filter;
        set(&mut filter.required, own.flag("required")?);
        filter.or = own.flag("or")?.or(filter.or);
        filter.not = own.flag("not")?.or(filter.not);
        set(&mut filter.lenient, own.flag("lenient")?);
        filter.max_nodes = own.count("maxNodes")?.or(filter.max_nodes);
        if let Some(operators) = own.texts("operators")? {
            let is_one = |word: &String| self::operators().any(|operator| operator == word);
            if let Some(other) = operators.iter().find(|word| !is_one(word)) {
                let message = format!("`{other}` is not an operator of RFC 7644 §3.4.2.2");
                return Err(ProfileError::new("/filter/operators", message));
            }
            filter.operators = Some(operators);
        }
        own.finish()?;
    }
    if members.null("pageSize") {
        profile.page_size = None;
        profile.no_page_size = true;
    } else if let Some(size) = members.count("pageSize")? {
        profile.page_size = Some(size);
        profile.no_page_size = false;
    }
    set(
        &mut profile.total_is_of_page,
        members.flag("totalIsOfPage")?,
    );
    profile.media_type = members.text("mediaType")?.or(profile.media_type);
    set(&mut profile.quote_versions, members.flag("quoteVersions")?);
    set(&mut profile.plain_not_found, members.flag("plainNotFound")?);
    if let Some(paths) = members.paths("neverReturned")? {
        profile.never_returned = paths;
    }
    if let Some(paths) = members.paths("omittedFromLists")? {
        profile.omitted_from_lists = paths;
    }
    if let Some(mut own) = members.object("endpoints")? {
        let endpoints = &mut profile.endpoints;
        for (name, place) in [
            (
                "serviceProviderConfig",
                &mut endpoints.service_provider_config,
            ),
            ("resourceTypes", &mut endpoints.resource_types),
            ("schemas", &mut endpoints.schemas),
        ] {
            if let Some(text) = own.text(name)? {
                *place = Some(text);
            }
        }
        own.finish()?;
    }
    if let Some(mut own) = members.object("responses")? {
        let responses = &mut profile.responses;
        for (name, place) in [
            ("patchWithoutBody", &mut responses.patch_without_body),
            ("relativeLocations", &mut responses.relative_locations),
            (
                "lowerCaseResourceTypes",
                &mut responses.lower_case_resource_types,
            ),
        ] {
            set(place, own.flag(name)?);
        }
        own.finish()?;
    }
    if let Some(mut own) = members.object("limits")? {
        let limits = &mut profile.limits;
        limits.requests_per_minute = own
            .count("requestsPerMinute")?
            .or(limits.requests_per_minute);
        limits.concurrent_requests = own
            .count("concurrentRequests")?
            .or(limits.concurrent_requests);
        own.finish()?;
    }
    for fact in members.objects("facts")? {
        profile.facts.push(self::fact(fact)?);
    }
    members.finish()?;
    Ok(profile)
}

fn set(place: &mut bool, flag: Option<bool>) {
    *place = flag.unwrap_or(*place);
}

fn capabilities(members: &mut Members) -> Result<Capabilities, ProfileError> {
    let mut found = Capabilities::default();
    // Each by name, so that a new one cannot be forgotten here.
    let Capabilities {
        patch,
        put,
        search,
        me,
        bulk,
        bulk_max_operations,
        bulk_max_payload_size,
        filter,
        max_results,
        sort,
        etag,
        index_paging,
        cursor_paging,
    } = &mut found;
    for (name, place) in [
        ("patch", patch),
        ("put", put),
        ("bulk", bulk),
        ("filter", filter),
        ("sort", sort),
        ("etag", etag),
        ("indexPaging", index_paging),
        ("cursorPaging", cursor_paging),
        ("search", search),
        ("me", me),
    ] {
        *place = members.flag(name)?;
    }
    for (name, place) in [
        ("bulkMaxOperations", bulk_max_operations),
        ("bulkMaxPayloadSize", bulk_max_payload_size),
        ("maxResults", max_results),
    ] {
        *place = members.count(name)?;
    }
    Ok(found)
}

fn patch(members: &mut Members, dialect: &mut Dialect) -> Result<(), ProfileError> {
    for (name, place) in [
        ("capitalisedOps", &mut dialect.capitalised_ops),
        ("noPaths", &mut dialect.no_paths),
        ("addsInOneOperation", &mut dialect.adds_in_one_operation),
        (
            "separateAddsAndRemovals",
            &mut dialect.separate_adds_and_removals,
        ),
        ("oneAttribute", &mut dialect.one_attribute),
    ] {
        set(place, members.flag(name)?);
    }
    for (name, place) in [
        ("maxOperations", &mut dialect.max_operations),
        ("maxAdded", &mut dialect.max_added),
        ("maxRemoved", &mut dialect.max_removed),
        ("maxChanged", &mut dialect.max_changed),
    ] {
        let count = members.count(name)?.and_then(|c| usize::try_from(c).ok());
        *place = count.or(*place);
    }
    if let Some(word) = members.text("removal")? {
        let Some((_, removal)) = REMOVALS.iter().find(|(known, _)| *known == word) else {
            let message = format!("`removal` is \"filter\" or \"valueList\", not \"{word}\"");
            return Err(ProfileError::new(&members.pointer("removal"), message));
        };
        dialect.removal = *removal;
    }
    Ok(())
}

fn fact(mut members: Members) -> Result<Fact, ProfileError> {
    let fact = Fact {
        says: members.text("says")?.unwrap_or_default(),
        source: members.text("source")?.unwrap_or_default(),
        sets: members.texts("sets")?.unwrap_or_default(),
    };
    members.finish()?;
    Ok(fact)
}

/// The members of an object that are not yet read.
struct Members {
    at: String,
    map: Map<String, Value>,
    /// Where the reader is only to say what it asks for.
    asked: Option<Asked>,
}

/// What was asked for: where, and of which form.
type Asked = Rc<RefCell<Vec<(String, String)>>>;

impl Members {
    fn of(value: Value, at: String) -> Result<Self, ProfileError> {
        match value {
            Value::Object(map) => Ok(Self {
                at,
                map,
                asked: None,
            }),
            _ => Err(ProfileError::new(&at, "expected an object")),
        }
    }

    fn pointer(&self, name: &str) -> String {
        format!("{}/{}", self.at, name.replace('~', "~0").replace('/', "~1"))
    }

    fn wrong(&self, name: &str, expected: &str) -> ProfileError {
        ProfileError::new(&self.pointer(name), format!("expected {expected}"))
    }

    /// Takes note of what the reader asks for.
    fn ask(&self, name: &str, form: &str) {
        if let Some(asked) = &self.asked {
            asked
                .borrow_mut()
                .push((self.pointer(name), form.to_owned()));
        }
    }

    fn flag(&mut self, name: &str) -> Result<Option<bool>, ProfileError> {
        self.ask(name, "flag");
        match self.map.remove(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(self.wrong(name, "true or false")),
        }
    }

    fn count(&mut self, name: &str) -> Result<Option<u64>, ProfileError> {
        self.ask(name, "count");
        let Some(value) = self.map.remove(name) else {
            return Ok(None);
        };
        let count = value.as_u64().filter(|count| *count > 0);
        count
            .map(Some)
            .ok_or_else(|| self.wrong(name, "a whole number above 0"))
    }

    /// Takes the member if it is `null`.
    fn null(&mut self, name: &str) -> bool {
        self.ask(name, "null");
        let null = self.map.get(name).is_some_and(Value::is_null);
        if null {
            self.map.remove(name);
        }
        null
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, ProfileError> {
        self.ask(name, "text");
        match self.map.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "a text")),
        }
    }

    fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, ProfileError> {
        self.ask(name, "texts");
        let Some(value) = self.map.remove(name) else {
            return Ok(None);
        };
        serde_json::from_value(value)
            .map(Some)
            .map_err(|_| self.wrong(name, "an array of texts"))
    }

    fn paths(&mut self, name: &str) -> Result<Option<Vec<AttributePath>>, ProfileError> {
        self.ask(name, "paths");
        let Some(texts) = self.texts(name)? else {
            return Ok(None);
        };
        let path = |text: &String| {
            let path = text.parse::<AttributePath>().ok();
            path.filter(|path| path.uri().is_some())
        };
        let paths = texts.iter().map(path).collect::<Option<Vec<_>>>();
        paths.map(Some).ok_or_else(|| {
            self.wrong(
                name,
                "attributes with the URN of their schema, as in \
                 urn:ietf:params:scim:schemas:core:2.0:Group:members",
            )
        })
    }

    fn object(&mut self, name: &str) -> Result<Option<Self>, ProfileError> {
        let at = self.pointer(name);
        if let Some(asked) = &self.asked {
            return Ok(Some(Self {
                at,
                map: Map::new(),
                asked: Some(asked.clone()),
            }));
        }
        let value = self.map.remove(name);
        value.map(|value| Self::of(value, at)).transpose()
    }

    fn objects(&mut self, name: &str) -> Result<Vec<Self>, ProfileError> {
        let at = self.pointer(name);
        if let Some(asked) = &self.asked {
            return Ok(vec![Self {
                at,
                map: Map::new(),
                asked: Some(asked.clone()),
            }]);
        }
        match self.map.remove(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| Self::of(item, format!("{at}/{index}")))
                .collect(),
            Some(_) => Err(self.wrong(name, "an array of objects")),
        }
    }

    fn finish(self) -> Result<(), ProfileError> {
        match self.map.keys().next() {
            None => Ok(()),
            Some(name) => {
                let message = "a profile has no such member; is it misspelt?";
                Err(ProfileError::new(&self.pointer(name), message))
            }
        }
    }
}
