//! Which result belongs to which operation: service providers may give them in any order, and
//! leave out what they did not process (RFC 7644 §3.7).

use std::collections::{HashMap, HashSet};

use super::results::id_in;
use crate::{
    Json,
    internal::percent::percent_decoded,
    message::{BulkMethod, BulkOperation, BulkResult},
};

/// For each operation of a request its result, and the results that belong to none.
///
/// By `bulkId`; then by `id`; then by location; then, among what is left, by method and in order,
/// if there are as many results of a method as operations, or if the results are a beginning of
/// the operations. What the result says of itself otherwise must not speak against it.
pub(super) fn match_results(
    operations: &[BulkOperation],
    results: Vec<BulkResult>,
) -> (Vec<Option<BulkResult>>, Vec<BulkResult>) {
    let names: HashMap<&str, usize> = operations
        .iter()
        .enumerate()
        .filter_map(|(index, operation)| Some((operation.bulk_id.as_deref()?, index)))
        .collect();
    let mut results: Vec<_> = results
        .into_iter()
        .map(|r| Arrived::of(r, &names))
        .collect();
    let is_beginning = results.len() <= operations.len()
        && operations
            .iter()
            .zip(&results)
            .all(|(operation, result)| result.may_be_of(operation));
    if is_beginning && results.len() == operations.len() {
        // All of them, and in order as far as they tell: some tell no method.
        for (operation, result) in operations.iter().zip(&mut results) {
            result.result.method.get_or_insert(operation.method);
        }
    }
    let mut matched: Vec<Option<BulkResult>> = vec![None; operations.len()];
    let mut open = Open::of(operations, &results);
    let mut rest = Vec::new();
    for arrived in results {
        let named = arrived.names_operation;
        let index = match named {
            Some(index) => Some(index),
            None => open.by_id(&arrived).or_else(|| open.by_location(&arrived)),
        };
        match index.and_then(|index| matched.get_mut(index)) {
            Some(free @ None) => *free = Some(arrived.result),
            _ => rest.push(arrived),
        }
    }
    match_in_order(operations, &mut matched, &mut rest, is_beginning);
    let rest = rest.into_iter().map(|arrived| arrived.result);
    (matched, rest.collect())
}

/// A result, and what it says about whose it is.
struct Arrived {
    result: BulkResult,
    /// The operation whose `bulkId` it has.
    names_operation: Option<usize>,
    /// Whether it has a `bulkId` that no operation has: the service provider made it up.
    made_up: bool,
    id: Option<String>,
}

impl Arrived {
    fn of(result: BulkResult, names: &HashMap<&str, usize>) -> Self {
        let name = result.bulk_id.as_deref();
        let names_operation = name.and_then(|name| names.get(name).copied());
        let made_up = name.is_some() && names_operation.is_none();
        // Not in the RFC's message, and all the same what some servers say.
        let text = |json: &Json| match json.to_value() {
            serde_json::Value::String(id) => Some(id).filter(|id| !id.is_empty()),
            serde_json::Value::Number(id) => Some(id.to_string()),
            _ => None,
        };
        let own = result.extra.get("id").and_then(text);
        let id = own.or_else(|| {
            let response = result.response.as_ref();
            response.filter(|_| result.is_success()).and_then(id_in)
        });
        Self {
            result,
            names_operation,
            made_up,
            id,
        }
    }

    /// Returns whether nothing in the result says that it is another operation's.
    fn may_be_of(&self, operation: &BulkOperation) -> bool {
        let told = self.result.method;
        told.is_none_or(|method| method == operation.method) && self.is_about(operation)
    }

    /// Returns whether neither `id` nor location says that it is about something else.
    fn is_about(&self, operation: &BulkOperation) -> bool {
        let is_post = operation.method == BulkMethod::Post;
        let same_id = is_post
            || self
                .id
                .as_ref()
                .is_none_or(|id| segments(&operation.path).next().as_ref() == Some(id));
        let same_place = match &self.result.location {
            Some(location) if is_post => {
                let endpoint = segments(&operation.path).next();
                segments(location).nth(1) == endpoint || segments(location).next() == endpoint
            }
            Some(location) => {
                // Some give the collection, which says no more than the type.
                let collection = segments(&operation.path).nth(1);
                place(location) == place(&operation.path)
                    || same_name(segments(location).next(), collection)
            }
            None => true,
        };
        same_id && same_place
    }
}

fn same_name(one: Option<String>, other: Option<String>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one.eq_ignore_ascii_case(&other))
}

/// What operations other than creations are about, with those that have no result yet, from the
/// last one to the first.
#[derive(Default)]
struct Open {
    /// By endpoint and `id`.
    by_place: HashMap<(BulkMethod, String), Vec<usize>>,
    /// The place of an `id`; `None` if there are several.
    places: HashMap<String, Option<String>>,
}

impl Open {
    fn of(operations: &[BulkOperation], results: &[Arrived]) -> Self {
        let named: HashSet<usize> = results.iter().filter_map(|r| r.names_operation).collect();
        let mut open = Self::default();
        for (index, operation) in operations.iter().enumerate().rev() {
            if operation.method == BulkMethod::Post {
                continue;
            }
            let place = place(&operation.path);
            let id = segments(&operation.path).next().unwrap_or_default();
            open.places
                .entry(id)
                .and_modify(|known| {
                    if known.as_ref() != Some(&place) {
                        *known = None;
                    }
                })
                .or_insert_with(|| Some(place.clone()));
            // Whose result names it is not looked for.
            if !named.contains(&index) {
                let key = (operation.method, place);
                open.by_place.entry(key).or_default().push(index);
            }
        }
        open
    }

    /// The first operation about the resource with the `id` that the result has, if the result
    /// does not say that it is elsewhere.
    fn by_id(&mut self, arrived: &Arrived) -> Option<usize> {
        let id = arrived.id.as_deref()?;
        let told = arrived.result.location.as_deref().map(|location| {
            let collection = segments(location).next().unwrap_or_default();
            [
                format!("{}/{id}", collection.to_ascii_lowercase()),
                place(location),
            ]
        });
        let only = self.places.get(id).cloned().flatten();
        match told {
            Some(told) => {
                let [in_collection, whole] = told;
                self.take(arrived, in_collection).or_else(|| {
                    let only = only.filter(|only| *only == whole)?;
                    self.take(arrived, only)
                })
            }
            None => self.take(arrived, only?),
        }
    }

    fn by_location(&mut self, arrived: &Arrived) -> Option<usize> {
        let place = place(arrived.result.location.as_deref()?);
        let ends_in_id = |id: &String| place.rsplit_once('/').is_some_and(|(_, end)| end == id);
        match arrived.id.as_ref().is_none_or(ends_in_id) {
            true => self.take(arrived, place),
            false => None,
        }
    }

    /// Takes out the first operation at a place, of the method that the result has, or of the only
    /// one that there is.
    fn take(&mut self, arrived: &Arrived, place: String) -> Option<usize> {
        let method = arrived.result.method.or_else(|| {
            // What creates stands at no place yet.
            let mut there = BulkMethod::ALL.into_iter().filter(|method| {
                let own = self.by_place.get(&(*method, place.clone()));
                own.is_some_and(|own| !own.is_empty())
            });
            let only = there.next()?;
            there.next().is_none().then_some(only)
        })?;
        self.by_place.get_mut(&(method, place))?.pop()
    }
}

fn match_in_order(
    operations: &[BulkOperation],
    matched: &mut [Option<BulkResult>],
    rest: &mut Vec<Arrived>,
    is_beginning: bool,
) {
    for method in BulkMethod::ALL {
        let of_method = |arrived: &Arrived| {
            arrived.result.method == Some(method) && arrived.names_operation.is_none()
        };
        let mut open: Vec<_> = operations
            .iter()
            .zip(&mut *matched)
            .filter(|(operation, result)| operation.method == method && result.is_none())
            .collect();
        let candidates = rest.iter().filter(|arrived| of_method(arrived));
        let count = candidates.clone().count();
        // Fewer results than operations, with names that stand for nothing: any may be missing.
        let is_told = !candidates.clone().any(|arrived| arrived.made_up);
        let in_order = count == open.len() || is_beginning && is_told;
        let fit = candidates
            .clone()
            .zip(&open)
            .all(|(arrived, (operation, _))| arrived.may_be_of(operation));
        // A service provider that does not give back the name of a creation may give its results
        // in any order; of two, nobody knows which is which.
        let mixed_up = method == BulkMethod::Post
            && operations.iter().filter(|o| o.method == method).count() > 1
            && candidates.clone().any(|arrived| arrived.made_up);
        if !in_order || !fit || mixed_up {
            continue;
        }
        let mut open = open.drain(..);
        let mut left = Vec::new();
        for arrived in rest.drain(..) {
            let free = match of_method(&arrived) {
                true => open.next(),
                false => None,
            };
            match free {
                Some((_, free)) => *free = Some(arrived.result),
                None => left.push(arrived),
            }
        }
        drop(open);
        *rest = left;
    }
}

/// The last two segments, decoded: the base URL may have any form in a location.
fn place(location: &str) -> String {
    let mut segments = segments(location);
    let last = segments.next().unwrap_or_default();
    // The name of an endpoint is sometimes spelled in another letter case; an id never is.
    let endpoint = segments.next().unwrap_or_default().to_ascii_lowercase();
    format!("{endpoint}/{last}")
}

/// From the last one to the first.
fn segments(location: &str) -> impl Iterator<Item = String> {
    let end = location.find(['?', '#']).unwrap_or(location.len());
    let path = location
        .get(..end)
        .unwrap_or_default()
        .trim_end_matches('/');
    path.rsplit('/')
        .map(|segment| percent_decoded(segment).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(name: &str) -> BulkOperation {
        BulkOperation::post("/Users", name, Json::parse("{}").unwrap())
    }

    fn result(
        method: BulkMethod,
        name: Option<&str>,
        location: Option<&str>,
        mark: u16,
    ) -> BulkResult {
        let mut result = BulkResult::new(method, mark);
        result.bulk_id = name.map(str::to_owned);
        result.location = location.map(str::to_owned);
        result
    }

    fn statuses(operations: &[BulkOperation], results: Vec<BulkResult>) -> (Vec<u16>, usize) {
        let (matched, rest) = match_results(operations, results);
        let status = |result: Option<BulkResult>| result.and_then(|r| r.status).unwrap_or(0);
        (matched.into_iter().map(status).collect(), rest.len())
    }

    use BulkMethod::{Delete, Patch, Post};

    #[test]
    fn by_name_in_any_order() {
        let operations = [post("a"), post("b"), post("c")];
        let results = vec![
            result(Post, Some("c"), None, 203),
            result(Post, Some("a"), None, 201),
            result(Post, Some("x"), None, 400),
        ];
        assert_eq!(statuses(&operations, results), (vec![201, 0, 203], 1));
    }

    #[test]
    fn by_location_in_any_form() {
        let operations = [
            BulkOperation::delete("/Users/a%20b"),
            BulkOperation::delete("/Users/1"),
            BulkOperation::delete("/Groups/1"),
            BulkOperation::delete("/Groups/1"),
        ];
        let results = vec![
            result(Delete, None, Some("https://example.com/v2/groups/1"), 203),
            result(Delete, None, Some("/Users/1/"), 202),
            result(
                Delete,
                Some("made up"),
                Some("https://example.com/scim/Users/a b"),
                201,
            ),
            result(Delete, None, Some("Groups/1?x"), 204),
            result(Delete, None, Some("Groups/1"), 205),
        ];
        assert_eq!(
            statuses(&operations, results),
            (vec![201, 202, 203, 204], 1)
        );
    }

    #[test]
    fn in_order_only_where_that_is_certain() {
        let deletes = [
            BulkOperation::delete("/Users/1"),
            BulkOperation::delete("/Users/2"),
        ];
        let plain = |mark| result(Delete, None, None, mark);
        assert_eq!(
            statuses(&deletes, vec![plain(201), plain(202)]),
            (vec![201, 202], 0)
        );
        // The first of two: the service provider stopped.
        assert_eq!(statuses(&deletes, vec![plain(400)]), (vec![400, 0], 0));

        let mixed = [
            post("a"),
            BulkOperation::delete("/Users/1"),
            BulkOperation::delete("/Users/2"),
        ];
        let results = vec![plain(204), result(Post, Some("a"), None, 201)];
        assert_eq!(statuses(&mixed, results), (vec![201, 0, 0], 1));
        let results = vec![plain(203), result(Post, None, None, 201), plain(204)];
        assert_eq!(statuses(&mixed, results), (vec![201, 203, 204], 0));
        // It says itself that it is another's.
        let other = result(Delete, None, Some("/Users/3"), 204);
        assert_eq!(statuses(&mixed[1..2], vec![other]), (vec![0], 1));
        assert_eq!(
            statuses(&mixed[1..2], vec![result(Patch, None, None, 200)]),
            (vec![0], 1)
        );
        let located = result(Post, None, Some("https://example.com/v2/Users/7"), 201);
        assert_eq!(statuses(&mixed[..1], vec![located]), (vec![201], 0));
    }

    #[test]
    fn fewer_results_with_made_up_names() {
        let operations = [
            BulkOperation::delete("/Users/1"),
            BulkOperation::delete("/Users/2"),
        ];
        let made_up = result(Delete, Some("nobody's"), None, 204);
        assert_eq!(statuses(&operations, vec![made_up]), (vec![0, 0], 1));
        // Without a name it is the beginning that a service provider came to.
        let bare = result(Delete, None, None, 204);
        assert_eq!(statuses(&operations, vec![bare]), (vec![204, 0], 0));
    }

    #[test]
    fn results_without_a_method() {
        let operations = [post("a"), BulkOperation::delete("/Users/1")];
        let bare = |mark| {
            let mut result = BulkResult::default();
            result.status = Some(mark);
            result
        };
        assert_eq!(
            statuses(&operations, vec![bare(201), bare(204)]),
            (vec![201, 204], 0)
        );
        assert_eq!(statuses(&operations, vec![bare(204)]), (vec![0, 0], 1));
    }

    #[test]
    fn one_result_counts_once() {
        let results = vec![
            result(Post, Some("a"), None, 201),
            result(Post, Some("a"), None, 400),
        ];
        assert_eq!(
            statuses(&[post("a"), post("b")], results),
            (vec![201, 0], 1)
        );
    }
}
