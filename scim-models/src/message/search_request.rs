//! The parameters of a query, as a SearchRequest message (RFC 7644 §3.4.3) or in a URL (§3.4.2).

use serde_json::{Map, Value};

use super::urn;
use crate::{
    attribute_path::{AttributePath, parse_attribute_list},
    filter::Filter,
    percent::query_decoded,
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

/// A query: which resources, in which order, which of their attributes, which page.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct SearchRequest {
    /// Attributes to return besides those that are always returned.
    pub attributes: Vec<AttributePath>,
    /// Attributes to leave out.
    pub excluded_attributes: Vec<AttributePath>,
    /// Which resources.
    pub filter: Option<Filter>,
    /// The attribute to sort by.
    pub sort_by: Option<AttributePath>,
    /// In which order; sent with `sort_by` only.
    pub sort_order: Option<SortOrder>,
    /// The position of the first resource wanted, from 1.
    pub start_index: Option<u64>,
    /// How many resources are wanted at most.
    pub count: Option<u64>,
    /// Where a page starts (RFC 9865 §2); empty for the first one.
    pub cursor: Option<String>,
}

/// Why a SearchRequest could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequestError {
    parameter: String,
    reason: String,
}

impl SearchRequestError {
    fn new(parameter: &str, reason: impl std::fmt::Display) -> Self {
        Self {
            parameter: parameter.to_owned(),
            reason: reason.to_string(),
        }
    }

    /// The parameter that is wrong, such as `filter`.
    pub fn parameter(&self) -> &str {
        &self.parameter
    }
}

impl std::fmt::Display for SearchRequestError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.parameter, self.reason)
    }
}

impl std::error::Error for SearchRequestError {}

impl SearchRequest {
    /// The parameters as they stand in a URL, before percent-encoding.
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

    /// Reads a parameter of a URL, percent-decoded. Unknown ones are left alone
    /// (RFC 7644 §3.4.2).
    ///
    /// # Errors
    /// The value does not fit the parameter.
    pub fn set_parameter(&mut self, name: &str, value: &str) -> Result<(), SearchRequestError> {
        let wrong = |reason: &dyn std::fmt::Display| SearchRequestError::new(name, reason);
        match name {
            "attributes" => {
                self.attributes = parse_attribute_list(value).map_err(|e| wrong(&e))?;
            }
            "excludedAttributes" => {
                self.excluded_attributes = parse_attribute_list(value).map_err(|e| wrong(&e))?;
            }
            "filter" => self.filter = Some(value.parse().map_err(|e| wrong(&e))?),
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

    /// Reads the query of a URL, without its `?` (RFC 7644 §3.4.2). Parameters that SCIM does not
    /// define are passed over.
    ///
    /// # Errors
    /// A value does not fit its parameter.
    pub fn from_query(query: &str) -> Result<Self, SearchRequestError> {
        let mut request = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            request.set_parameter(&query_decoded(name), &query_decoded(value))?;
        }
        Ok(request)
    }

    /// Reads a SearchRequest message.
    ///
    /// # Errors
    /// The text is not a JSON object, or a member does not fit.
    pub fn from_json(text: &str) -> Result<Self, SearchRequestError> {
        let members: Map<String, Value> =
            serde_json::from_str(text).map_err(|e| SearchRequestError::new("the message", e))?;
        let mut request = Self::default();
        for (name, value) in members {
            let known = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(&name));
            let Some(known) = known else {
                continue;
            };
            match value {
                Value::Null => {}
                Value::String(text) => request.set_parameter(known, &text)?,
                Value::Number(number) => request.set_parameter(known, &number.to_string())?,
                Value::Array(items) => {
                    let names: Option<Vec<_>> = items.iter().map(Value::as_str).collect();
                    let Some(names) = names else {
                        return Err(SearchRequestError::new(known, "expected attribute names"));
                    };
                    if !names.is_empty() {
                        request.set_parameter(known, &names.join(","))?;
                    }
                }
                Value::Bool(_) | Value::Object(_) => {
                    return Err(SearchRequestError::new(known, "the value has a wrong type"));
                }
            }
        }
        Ok(request)
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
