//! The parameters of a query, as a SearchRequest message (RFC 7644 §3.4.3) or in a URL (§3.4.2).

use std::fmt;

use serde_json::{Map, Value};

use super::{schemas, urn};
use crate::{
    attribute_path::{AttributePath, parse_attribute_list},
    filter::{Filter, FilterOptions},
    percent::query_decoded,
    shown::{Bytes, Visible},
};

/// The order of sorted results (RFC 7644 §3.4.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortOrder {
    /// Smallest first; resources without the attribute last.
    #[default]
    Ascending,
    /// Largest first; resources without the attribute first.
    Descending,
}

impl SortOrder {
    /// The keyword.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }
}

/// The parameters of a query: filter, sorting, attributes and paging.
///
/// `Debug` shows neither the filter's values nor the cursor.
///
/// ```
/// use scim_client::{filter::FilterOptions, message::SearchRequest};
///
/// // What a server was asked: a URL's query, or the body of a POST.
/// let asked = SearchRequest::from_query("filter=userName%20sw%20%22b%22&count=10")?;
/// assert_eq!(asked.count, Some(10));
/// assert_eq!(SearchRequest::from_json(&asked.to_json())?, asked);
/// assert_eq!(SearchRequest::from_json_strict(&asked.to_json())?, asked);
/// assert!(asked.parameters().contains(&("count", "10".to_owned())));
///
/// // With the filters that Entra ID sends.
/// let entra = FilterOptions::entra();
/// SearchRequest::from_query_with("filter=manager%20eq%20%222819%22", &entra)?;
/// SearchRequest::from_json_with(&asked.to_json(), &entra)?;
/// let mut built = SearchRequest::default();
/// built.set_parameter("startIndex", "11")?;
/// built.set_parameter_with("filter", r#"manager eq "2819""#, &entra)?;
///
/// let error = SearchRequest::from_query("count=many").unwrap_err();
/// println!("{error}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct SearchRequest {
    /// Attributes to return in addition to those that are always returned.
    pub attributes: Vec<AttributePath>,
    /// Attributes to leave out.
    pub excluded_attributes: Vec<AttributePath>,
    /// The filter.
    pub filter: Option<Filter>,
    /// The attribute to sort by.
    pub sort_by: Option<AttributePath>,
    /// The order. It is only sent together with `sort_by`.
    pub sort_order: Option<SortOrder>,
    /// The position of the first requested resource, counted from 1.
    pub start_index: Option<u64>,
    /// How many resources the page may have at most.
    pub count: Option<u64>,
    /// The cursor of the requested page (RFC 9865 §2). It is empty for the first page.
    pub cursor: Option<String>,
}

impl fmt::Debug for SearchRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cursor = self.cursor.as_ref().map(|cursor| Bytes(cursor.len()));
        f.debug_struct("SearchRequest")
            .field("attributes", &self.attributes)
            .field("excluded_attributes", &self.excluded_attributes)
            .field("filter", &self.filter)
            .field("sort_by", &self.sort_by)
            .field("sort_order", &self.sort_order)
            .field("start_index", &self.start_index)
            .field("count", &self.count)
            .field("cursor", &cursor)
            .finish()
    }
}

/// Why a SearchRequest could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequestError {
    parameter: String,
    reason: String,
    by_cursor: bool,
}

impl SearchRequestError {
    fn new(parameter: &str, reason: impl fmt::Display) -> Self {
        Self {
            parameter: parameter.to_owned(),
            reason: reason.to_string(),
            by_cursor: false,
        }
    }

    /// Returns whether the message requests a page by cursor (RFC 9865 §2), as far as it could be
    /// read. If so, the `scimType` for a wrong `count` is `invalidCount`.
    pub fn is_by_cursor(&self) -> bool {
        self.by_cursor
    }

    /// The parameter that is wrong, such as `filter`.
    pub fn parameter(&self) -> &str {
        &self.parameter
    }
}

impl fmt::Display for SearchRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", Visible(&self.parameter), Visible(&self.reason))
    }
}

impl std::error::Error for SearchRequestError {}

impl SearchRequest {
    /// The parameters for a URL, before percent-encoding.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = Vec::new();
        if !self.attributes.is_empty() {
            parameters.push(("attributes", list(&self.attributes)));
        }
        if !self.excluded_attributes.is_empty() {
            parameters.push(("excludedAttributes", list(&self.excluded_attributes)));
        }
        if let Some(filter) = &self.filter {
            parameters.push(("filter", filter.to_request_string()));
        }
        if let Some(path) = &self.sort_by {
            parameters.push(("sortBy", path.to_string()));
            if let Some(order) = self.sort_order {
                parameters.push(("sortOrder", order.as_str().to_owned()));
            }
        }
        if let Some(start) = self.start_index {
            parameters.push(("startIndex", start.to_string()));
        }
        if let Some(count) = self.count {
            parameters.push(("count", count.to_string()));
        }
        if let Some(cursor) = &self.cursor {
            parameters.push(("cursor", cursor.clone()));
        }
        parameters
    }

    /// Sets a parameter from a URL. `value` is percent-decoded. Unknown parameters are ignored (RFC 7644
    /// §3.4.2).
    ///
    /// # Errors
    /// The value does not fit the parameter.
    pub fn set_parameter(&mut self, name: &str, value: &str) -> Result<(), SearchRequestError> {
        self.set_parameter_with(name, value, &FilterOptions::default())
    }

    /// Like [`set_parameter`](Self::set_parameter), with the forms of filters that `options` allow.
    ///
    /// # Errors
    /// The value does not fit the parameter.
    pub fn set_parameter_with(
        &mut self,
        name: &str,
        value: &str,
        options: &FilterOptions,
    ) -> Result<(), SearchRequestError> {
        let wrong = |reason: &dyn std::fmt::Display| SearchRequestError::new(name, reason);
        match name {
            "attributes" => {
                self.attributes = parse_attribute_list(value).map_err(|e| wrong(&e))?;
            }
            "excludedAttributes" => {
                self.excluded_attributes = parse_attribute_list(value).map_err(|e| wrong(&e))?;
            }
            "filter" => {
                self.filter = Some(Filter::parse_with(value, options).map_err(|e| wrong(&e))?);
            }
            "sortBy" => self.sort_by = Some(value.parse().map_err(|e| wrong(&e))?),
            "sortOrder" => {
                self.sort_order = Some(match value.to_ascii_lowercase().as_str() {
                    "ascending" => SortOrder::Ascending,
                    "descending" => SortOrder::Descending,
                    _ => return Err(wrong(&"expected `ascending` or `descending`")),
                });
            }
            "startIndex" => self.start_index = Some(clamped(name, value)?.max(1)),
            "count" => self.count = Some(clamped(name, value)?),
            "cursor" => self.cursor = Some(value.to_owned()),
            _ => {}
        }
        Ok(())
    }

    /// Reads the query of a URL, without the `?` (RFC 7644 §3.4.2). Parameters that SCIM does not
    /// define are ignored.
    ///
    /// # Errors
    /// A value does not fit its parameter.
    pub fn from_query(query: &str) -> Result<Self, SearchRequestError> {
        Self::from_query_with(query, &FilterOptions::default())
    }

    /// Like [`from_query`](Self::from_query), with the forms of filters that `options` allow.
    ///
    /// # Errors
    /// A value does not fit its parameter.
    pub fn from_query_with(
        query: &str,
        options: &FilterOptions,
    ) -> Result<Self, SearchRequestError> {
        let mut request = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            request.set_parameter_with(&query_decoded(name), &query_decoded(value), options)?;
        }
        Ok(request)
    }

    /// Reads a SearchRequest message.
    ///
    /// # Errors
    /// The text is not a JSON object, or a member does not fit.
    pub fn from_json(text: &str) -> Result<Self, SearchRequestError> {
        Self::from_json_with(text, &FilterOptions::default())
    }

    /// Like [`from_json`](Self::from_json), with the forms of filters that `options` allow.
    ///
    /// # Errors
    /// The errors of [`from_json`](Self::from_json).
    pub fn from_json_with(text: &str, options: &FilterOptions) -> Result<Self, SearchRequestError> {
        Self::from_members(members(text)?, options)
    }

    /// Like [`from_json`](Self::from_json), but follows RFC 7644 §3.4.3 strictly. It refuses a
    /// message whose `schemas` is not the URN of a SearchRequest, numbers as strings, lists of
    /// attributes that are not arrays, and blanks in the filter that the grammar does not allow.
    ///
    /// # Errors
    /// The errors of [`from_json`](Self::from_json), and forms that are not strict.
    pub fn from_json_strict(text: &str) -> Result<Self, SearchRequestError> {
        let document = Value::Object(members(text)?);
        schemas::names_message(&document, urn::SEARCH_REQUEST)
            .map_err(|reason| SearchRequestError::new("the message", reason))?;
        let Value::Object(members) = document else {
            return Ok(Self::default());
        };
        for (name, value) in &members {
            let Some(known) = known(name) else { continue };
            let fits = match known {
                "attributes" | "excludedAttributes" => value.is_array(),
                "startIndex" | "count" => value.is_i64() || value.is_u64(),
                _ => value.is_string(),
            };
            if !fits && !value.is_null() {
                return Err(SearchRequestError {
                    by_cursor: is_by_cursor(&members),
                    ..SearchRequestError::new(known, "the value has a wrong type")
                });
            }
        }
        Self::from_members(members, &FilterOptions::strict())
    }

    fn from_members(
        members: Map<String, Value>,
        options: &FilterOptions,
    ) -> Result<Self, SearchRequestError> {
        let by_cursor = is_by_cursor(&members);
        let mut request = Self::default();
        for (name, value) in members {
            let Some(known) = known(&name) else {
                continue;
            };
            request
                .set_member(known, value, options)
                .map_err(|error| SearchRequestError { by_cursor, ..error })?;
        }
        Ok(request)
    }

    fn set_member(
        &mut self,
        name: &str,
        value: Value,
        options: &FilterOptions,
    ) -> Result<(), SearchRequestError> {
        match value {
            Value::Null => Ok(()),
            Value::String(text) => self.set_parameter_with(name, &text, options),
            Value::Number(number) => self.set_parameter_with(name, &number.to_string(), options),
            Value::Array(items) => {
                let names: Option<Vec<_>> = items.iter().map(Value::as_str).collect();
                let Some(names) = names else {
                    return Err(SearchRequestError::new(name, "expected attribute names"));
                };
                if names.is_empty() {
                    return Ok(());
                }
                self.set_parameter_with(name, &names.join(","), options)
            }
            Value::Bool(_) | Value::Object(_) => {
                Err(SearchRequestError::new(name, "the value has a wrong type"))
            }
        }
    }

    /// The message as JSON text.
    pub fn to_json(&self) -> String {
        let mut members = Map::new();
        members.insert("schemas".into(), Value::from(vec![urn::SEARCH_REQUEST]));
        for (name, value) in self.parameters() {
            let value = match name {
                "attributes" => names(&self.attributes),
                "excludedAttributes" => names(&self.excluded_attributes),
                "startIndex" => self.start_index.into(),
                "count" => self.count.into(),
                _ => Value::from(value),
            };
            members.insert(name.into(), value);
        }
        Value::Object(members).to_string()
    }
}

const KNOWN: [&str; 8] = [
    "attributes",
    "excludedAttributes",
    "filter",
    "sortBy",
    "sortOrder",
    "startIndex",
    "count",
    "cursor",
];

/// The name of a member as the RFC spells it.
fn known(name: &str) -> Option<&'static str> {
    KNOWN
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name))
}

fn is_by_cursor(members: &Map<String, Value>) -> bool {
    members.keys().any(|name| known(name) == Some("cursor"))
}

fn members(text: &str) -> Result<Map<String, Value>, SearchRequestError> {
    serde_json::from_str(text).map_err(|e| SearchRequestError::new("the message", e))
}

/// A number; a negative one is taken as zero (RFC 7644 §3.4.2.4).
fn clamped(name: &str, value: &str) -> Result<u64, SearchRequestError> {
    let number: i64 = value
        .trim()
        .parse()
        .map_err(|_| SearchRequestError::new(name, "expected a whole number"))?;
    Ok(u64::try_from(number).unwrap_or(0))
}

fn list(paths: &[AttributePath]) -> String {
    let names: Vec<_> = paths.iter().map(ToString::to_string).collect();
    names.join(",")
}

fn names(paths: &[AttributePath]) -> Value {
    paths.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let text = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "Attributes":["displayName","name.givenName"],"filter":"displayName sw \"smith\"",
            "sortBy":"name.familyName","sortOrder":"Descending","startIndex":-1,"count":10}"#;
        let request = SearchRequest::from_json(text).unwrap();
        let parameters = request.parameters();
        assert_eq!(
            parameters,
            [
                ("attributes", "displayName,name.givenName".to_owned()),
                ("filter", "displayName sw \"smith\"".to_owned()),
                ("sortBy", "name.familyName".to_owned()),
                ("sortOrder", "descending".to_owned()),
                ("startIndex", "1".to_owned()),
                ("count", "10".to_owned()),
            ]
        );
        let mut again = SearchRequest::default();
        for (name, value) in parameters {
            again.set_parameter(name, &value).unwrap();
        }
        assert_eq!(again, request);
        assert_eq!(
            SearchRequest::from_json(&request.to_json()).unwrap(),
            request
        );
    }

    #[test]
    fn reads_the_query_of_a_url() {
        let query = "filter=userName+eq%20%22a%2Bb%22&&count=-1&vendor=x&cursor";
        let request = SearchRequest::from_query(query).unwrap();
        assert_eq!(request.filter.unwrap().to_string(), "userName eq \"a+b\"");
        assert_eq!(
            (request.count, request.cursor.as_deref()),
            (Some(0), Some(""))
        );
        let error = SearchRequest::from_query("count=x").unwrap_err();
        assert_eq!(error.parameter(), "count");
        assert_eq!(
            SearchRequest::from_query("").unwrap(),
            SearchRequest::default()
        );
    }

    #[test]
    fn errors_name_the_parameter() {
        let error = SearchRequest::from_json(r#"{"filter":"userName eq"}"#).unwrap_err();
        assert_eq!(error.parameter(), "filter");
        assert!(SearchRequest::from_json("[]").is_err());
        assert!(SearchRequest::from_json(r#"{"count":true}"#).is_err());
        assert!(SearchRequest::from_json(r#"{"count":"x"}"#).is_err());
    }
}
