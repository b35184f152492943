//! Lists, page by page.

use std::collections::HashSet;

use http::Method;

use crate::failure::{Code, Failure};
use crate::session::{Call, Session};
use crate::types::Types;
use crate::value::Value;

/// How many resources of a page are asked for, unless the profile or a limit says it.
const PAGE: u64 = 200;
/// After how many empty pages in a row, each with a new cursor, a list is given up.
const MAX_EMPTY_PAGES: u32 = 1000;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pub(crate) path: String,
    /// Whether it is asked by POST to `/.search`.
    pub(crate) by_post: bool,
    pub(crate) filter: Option<String>,
    pub(crate) attributes: Vec<String>,
    pub(crate) excluded: Vec<String>,
    pub(crate) sort_by: Option<String>,
    pub(crate) descending: bool,
    /// How many resources at most; `None` for all.
    pub(crate) limit: Option<u64>,
    /// Whether one page is enough.
    pub(crate) one_page: bool,
    pub(crate) page_size: Option<u64>,
    /// Where a list that was interrupted goes on: a position from 1.
    pub(crate) start: Option<u64>,
    /// Where a list that was interrupted goes on: a cursor.
    pub(crate) cursor: Option<String>,
}

/// Where a list is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    /// How many resources came.
    pub(crate) seen: u64,
    /// How many there are, as far as the server says it.
    pub(crate) total: Option<u64>,
    /// Whether more could be asked for.
    pub(crate) has_more: bool,
    /// Where the next page begins.
    pub(crate) next_start: u64,
    pub(crate) next_cursor: Option<String>,
}

/// What the receiver of a page wants.
pub(crate) enum Flow {
    On,
    Stop,
}

impl Query {
    /// The request of one page.
    pub(crate) fn call(&self, start: u64, cursor: Option<&str>, count: Option<u64>) -> Call {
        if self.by_post {
            let urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
            let mut body = Value::object([("schemas", Value::texts([urn]))]);
            let mut set = |name: &str, value: Option<Value>| {
                if let Some(value) = value {
                    body.set(name, value);
                }
            };
            let texts = |list: &[String]| {
                (!list.is_empty()).then(|| Value::texts(list.iter().map(String::as_str)))
            };
            set("filter", self.filter.as_deref().map(Value::text));
            set("attributes", texts(&self.attributes));
            set("excludedAttributes", texts(&self.excluded));
            set("sortBy", self.sort_by.as_deref().map(Value::text));
            set(
                "sortOrder",
                self.descending.then(|| Value::text("descending")),
            );
            set("count", count.map(Value::from));
            match cursor {
                Some(cursor) => set("cursor", Some(Value::text(cursor))),
                None => set("startIndex", (start > 1).then(|| Value::from(start))),
            }
            return Call::new(Method::POST, &self.path).body(&body);
        }
        let mut call = Call::new(Method::GET, &self.path);
        let parameters = [
            ("filter", self.filter.clone()),
            (
                "attributes",
                (!self.attributes.is_empty()).then(|| self.attributes.join(",")),
            ),
            (
                "excludedAttributes",
                (!self.excluded.is_empty()).then(|| self.excluded.join(",")),
            ),
            ("sortBy", self.sort_by.clone()),
            (
                "sortOrder",
                self.descending.then(|| "descending".to_owned()),
            ),
            ("count", count.map(|count| count.to_string())),
        ];
        for (name, value) in parameters {
            if let Some(value) = value {
                call = call.query(name, value);
            }
        }
        match cursor {
            Some(cursor) => call.query("cursor", cursor),
            None if start > 1 => call.query("startIndex", start.to_string()),
            None => call,
        }
    }
}

/// Gives each page to `receive`, until it has had enough or there is no more.
pub(crate) async fn each_page(
    session: &Session,
    types: &Types,
    query: &Query,
    mut receive: impl FnMut(Vec<Value>, &Progress) -> Result<Flow, Failure>,
) -> Result<Progress, Failure> {
    let mut progress = Progress {
        next_start: query.start.unwrap_or(1),
        next_cursor: query.cursor.clone(),
        ..Progress::default()
    };
    if query.limit == Some(0) {
        return Ok(progress);
    }
    let has = |name: &str| {
        types
            .config
            .get("pagination")
            .and_then(|p| p.get(name)?.as_bool())
    };
    if progress.next_cursor.is_none() && has("cursor") == Some(true) && has("index") == Some(false)
    {
        progress.next_cursor = Some(String::new());
    }
    let mut known: HashSet<String> = HashSet::new();
    let mut cursors: HashSet<String> = progress.next_cursor.iter().cloned().collect();
    let mut empty_pages = 0;
    loop {
        let left = query.limit.map(|limit| limit.saturating_sub(progress.seen));
        let count = match session.profile.no_page_size {
            true => None,
            false => {
                let size = query.page_size.or(session.profile.page_size);
                let size = size.or(types.limit("filter", "maxResults").map(|m| m.min(PAGE)));
                let size = size.unwrap_or(PAGE);
                Some(left.map_or(size, |left| size.min(left)))
            }
        };
        let call = query.call(progress.next_start, progress.next_cursor.as_deref(), count);
        let answer = session
            .send(&call)
            .await
            .map_err(|failure| match failure.status() {
                Some(404) => failure.hint("is the base URL right? Many end in /scim/v2 or /v2"),
                _ => failure,
            });
        let answer = answer?.value()?;
        let mut resources = resources(&answer)?;
        let received = resources.len();
        let total = answer.get("totalResults").and_then(Value::as_u64);
        let cursor = answer.str("nextCursor").filter(|cursor| !cursor.is_empty());
        // What comes twice, because a list shifts between its pages, is shown once. A page that has
        // nothing new is of a server that repeats itself, for ever maybe.
        let mut is_new = false;
        resources.retain(|resource| match resource.str("id") {
            Some(id) => {
                let is_first = known.insert(format!("id {id}"));
                is_new |= is_first;
                is_first
            }
            // What has no id may well be there twice; it is shown, but is nothing new.
            None => {
                is_new |= known.insert(crate::files::digest(&resource.to_string()));
                true
            }
        });
        let is_stuck = received > 0 && !is_new;
        empty_pages = if received == 0 { empty_pages + 1 } else { 0 };
        if let Some(left) = left {
            resources.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        }
        progress.seen = progress.seen.saturating_add(resources.len() as u64);
        progress.total = match session.profile.total_is_of_page {
            true => None,
            false => total,
        };
        progress.next_start = progress.next_start.saturating_add(received as u64);
        let by_cursor = progress.next_cursor.is_some() || cursor.is_some();
        // A cursor that comes again, after whatever others, leads round for ever.
        let is_same = cursor.is_some_and(|cursor| !cursors.insert(cursor.to_owned()));
        progress.next_cursor = cursor.map(str::to_owned);
        progress.has_more = match (by_cursor, progress.total) {
            (true, _) => cursor.is_some(),
            (false, Some(total)) => progress.next_start <= total,
            (false, None) => received > 0 && count.is_none_or(|count| received as u64 >= count),
        };
        let is_dry =
            received == 0 && progress.has_more && (!by_cursor || empty_pages >= MAX_EMPTY_PAGES);
        if is_same || is_stuck || is_dry {
            let message = format!(
                "the server says that there are {} resources, and returns nothing new after {}",
                total.map_or_else(|| "more".to_owned(), |total| total.to_string()),
                progress.seen
            );
            if !resources.is_empty() {
                receive(resources, &progress)?;
            }
            return Err(Failure::new(Code::Refused, message)
                .hint("the list is not complete; --limit reads only a part"));
        }
        let flow = receive(resources, &progress)?;
        let is_enough = query.limit.is_some_and(|limit| progress.seen >= limit);
        if !progress.has_more || is_enough || query.one_page || matches!(flow, Flow::Stop) {
            return Ok(progress);
        }
    }
}

/// The resources of a list. Some servers answer with a bare array, or with one resource.
fn resources(answer: &Value) -> Result<Vec<Value>, Failure> {
    match answer {
        Value::List(elements) => Ok(elements.clone()),
        Value::Object(_) => match answer.get("Resources") {
            Some(list) => Ok(list.each().to_vec()),
            None if answer.get("totalResults").is_some() => Ok(Vec::new()),
            None if answer.get("id").is_some() => Ok(vec![answer.clone()]),
            None => Err(no_list()),
        },
        _ => Err(no_list()),
    }
}

fn no_list() -> Failure {
    Failure::new(Code::Refused, "the response is not a list of resources")
        .hint("is the base URL right? -vvv shows the response")
}

/// All resources of a query, or up to its limit.
pub(crate) async fn all(
    session: &Session,
    types: &Types,
    query: &Query,
) -> Result<Vec<Value>, Failure> {
    let mut found = Vec::new();
    each_page(session, types, query, |page, _| {
        found.extend(page);
        Ok(Flow::On)
    })
    .await?;
    Ok(found)
}
