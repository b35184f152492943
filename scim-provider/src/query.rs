//! Reading and checking queries: the parameters of a URL, or a SearchRequest message (RFC 7644 §3.4.2,
//! §3.4.3).

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use scim_models::{
    attribute_path::AttributePath,
    filter::{Filter, FilterOptions},
    internal::{
        envelope,
        percent::{octets, query_decoded},
    },
    message::{ScimType, SearchRequest},
    model::Attribute,
};

use crate::{
    record::{ServedType, is_own},
    refusal::{Refusal, Result},
};

/// The longest filter, in bytes: whoever asks can make every resource be looked at, so what is looked
/// for has a limit.
const MAX_FILTER: usize = 64 * 1024;

/// Reads the query of a URL, without its `?`. Names of parameters may have any letter case. An
/// empty filter and two filters are refused, because the client must not get more resources than it
/// meant to request. Names of attributes may be split over several parameters.
///
/// # Errors
/// A parameter is wrong: 400 with the `scimType` for it.
pub fn from_url(query: &str, options: &FilterOptions) -> Result<SearchRequest> {
    read(&parameters(query)?, options, false)
}

/// Reads a SearchRequest message.
///
/// # Errors
/// The text is not a SearchRequest message: 400 with the `scimType` for it.
pub fn from_message(body: &str, options: &FilterOptions) -> Result<SearchRequest> {
    Ok(SearchRequest::from_json_with(body, options)?)
}

/// Checks the filter and order of a query against a type, and returns the filter for that type.
///
/// # Errors
/// The type has no such attribute, a condition has no meaning for it, or the filter is longer than
/// 64 KiB (400 `invalidFilter` or `invalidPath`).
pub fn check(
    kind: &ServedType,
    request: &SearchRequest,
    options: &FilterOptions,
) -> Result<Option<Filter>> {
    let mut parts = parts(std::slice::from_ref(kind), request, options)?;
    Ok(parts.pop().and_then(|(_, filter)| filter))
}

/// The parameters of a URL, decoded; what is not UTF-8 has U+FFFD in its place.
pub(crate) fn decoded(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let decoded = |text: &str| query_decoded(text).into_owned();
    pairs(query).map(move |(name, value)| (decoded(name), decoded(value)))
}

/// The parameters of a URL, decoded.
///
/// # Errors
/// One of those that are known here is not UTF-8 (400): with other letters in it, a filter would ask
/// for somebody else.
pub(crate) fn parameters(query: &str) -> Result<Vec<(String, String)>> {
    for ((name, decoded), (_, value)) in decoded(query).zip(pairs(query)) {
        if let Some(name) = known_name(&name)
            && decoded.contains('\u{fffd}')
            && !is_utf8(value)
        {
            let detail = format!("{name}: the text is not UTF-8");
            return Err(match name {
                "filter" => Refusal::bad(ScimType::INVALID_FILTER, detail),
                _ => Refusal::invalid_value(detail),
            });
        }
    }
    Ok(decoded(query).collect())
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Returns whether the escapes of a parameter stand for UTF-8.
fn is_utf8(value: &str) -> bool {
    std::str::from_utf8(&octets(value)).is_ok()
}

/// `strict` refuses every parameter without a value.
pub(crate) fn read(
    parameters: &[(String, String)],
    options: &FilterOptions,
    strict: bool,
) -> Result<SearchRequest> {
    let known = each_once(parameters)?;
    let by_cursor = known.iter().any(|(name, _)| *name == "cursor");
    let mut request = SearchRequest::default();
    for (name, value) in known {
        set(&mut request, name, &value, options, strict, by_cursor)?;
    }
    Ok(request)
}

/// The parameters that are known here, each once: names of attributes together, and of the others
/// one value. Whoever names two filters must not be given what only one of them finds.
fn each_once(parameters: &[(String, String)]) -> Result<Vec<(&'static str, Cow<'_, str>)>> {
    let mut known: Vec<(&'static str, Cow<'_, str>)> = Vec::new();
    for (name, value) in parameters {
        let Some(name) = known_name(name) else {
            continue;
        };
        match known.iter_mut().find(|(other, _)| *other == name) {
            None => known.push((name, Cow::Borrowed(value))),
            Some((_, before)) if before == value => {}
            Some((_, before)) if is_list(name) => {
                let before = before.to_mut();
                if !before.is_empty() && !value.is_empty() {
                    before.push(',');
                }
                before.push_str(value);
            }
            Some(_) => {
                let detail = format!("{name}: there are two of them");
                return Err(match name {
                    "filter" => Refusal::bad(ScimType::INVALID_FILTER, detail),
                    _ => Refusal::invalid_value(detail),
                });
            }
        }
    }
    Ok(known)
}

fn is_list(name: &str) -> bool {
    matches!(name, "attributes" | "excludedAttributes")
}

/// The attributes that a request for one resource names.
pub(crate) fn read_names(
    parameters: &[(String, String)],
    options: &FilterOptions,
    strict: bool,
) -> Result<SearchRequest> {
    let mut request = SearchRequest::default();
    for (name, value) in each_once(parameters)? {
        if is_list(name) {
            set(&mut request, name, &value, options, strict, false)?;
        }
    }
    Ok(request)
}

fn set(
    request: &mut SearchRequest,
    name: &str,
    value: &str,
    options: &FilterOptions,
    strict: bool,
    by_cursor: bool,
) -> Result<()> {
    // The first page has an empty cursor (RFC 9865 §2).
    let may_be_empty = matches!(name, "cursor" | "filter") || strict;
    if value.is_empty() && !may_be_empty {
        return Ok(());
    }
    request
        .set_parameter_with(name, value, options)
        .map_err(|error| Refusal::of_parameter(&error, by_cursor))
}

/// The name of a parameter as the RFC spells it.
pub(crate) fn known_name(name: &str) -> Option<&'static str> {
    const NAMES: [&str; 8] = [
        "attributes",
        "excludedAttributes",
        "filter",
        "sortBy",
        "sortOrder",
        "startIndex",
        "count",
        "cursor",
    ];
    NAMES
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name))
}

/// What a filter means for each type; the order is checked with each.
pub(crate) fn parts(
    types: &[ServedType],
    request: &SearchRequest,
    options: &FilterOptions,
) -> Result<Vec<(ServedType, Option<Filter>)>> {
    // An attribute that another type has has no value here (§3.4.2.1).
    let checked = options.with_refuse_unknown(types.len() == 1);
    let mut parts = Vec::with_capacity(types.len());
    if let Some(filter) = &request.filter
        && is_longer(filter, MAX_FILTER)
    {
        let detail = format!("filter: it is longer than {MAX_FILTER} bytes");
        return Err(Refusal::bad(ScimType::INVALID_FILTER, detail));
    }
    for kind in types {
        let filter = match &request.filter {
            Some(filter) => Some(filter.check_with(kind.descriptor(), &checked)?.into_owned()),
            None => None,
        };
        if let Some(path) = &request.sort_by {
            check_order(kind, path, options)?;
        }
        parts.push((kind.clone(), filter));
    }
    Ok(parts)
}

/// Returns whether a filter is longer than so many bytes when it is written.
fn is_longer(filter: &Filter, most: usize) -> bool {
    struct Left(usize);
    impl fmt::Write for Left {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 = self.0.checked_sub(text.len()).ok_or(fmt::Error)?;
            Ok(())
        }
    }
    write!(Left(most), "{filter}").is_err()
}

/// A complex attribute has no order; one of its sub-attributes may have (§3.4.2.3).
fn check_order(kind: &ServedType, path: &AttributePath, options: &FilterOptions) -> Result<()> {
    let wrong = |detail: String| Err(Refusal::bad(ScimType::INVALID_PATH, detail));
    // The order of values that nobody may see tells them (RFC 7643 §7, `returned`).
    let never = FilterOptions::default().with_refuse_never_returned(options.refuse_never_returned);
    let asked = Filter::present(path.clone());
    if let Err(error) = asked.check_with(kind.descriptor(), &never) {
        return wrong(format!("sortBy: {error}"));
    }
    let common = || envelope::DESCRIPTOR.attribute(path.name());
    let own = kind.attribute(path).map(|(attribute, _)| attribute);
    let attribute = match own {
        None if path.sub().is_none()
            && path.uri().is_none_or(|uri| is_own(kind.descriptor(), uri)) =>
        {
            common()
        }
        own => own,
    };
    let Some(table) = attribute.and_then(|attribute| attribute.kind.descriptor()) else {
        return Ok(());
    };
    let is_many = attribute.is_some_and(Attribute::is_multi_valued);
    if is_many && table.attribute("value").is_some() {
        return Ok(());
    }
    wrong(format!(
        "sortBy: {path} is complex, name one of its sub-attributes"
    ))
}
