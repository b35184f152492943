//! Which result belongs to which operation: service providers may give them in any order, and
//! leave out what they did not process (RFC 7644 §3.7).

use std::collections::HashMap;

use crate::{
    internal::percent::percent_decoded,
    message::{BulkMethod, BulkOperation, BulkResult},
};

/// For each operation of a request its result, and the results that belong to none.
///
/// By `bulkId`; then by method and location; then, among what is left, in order, if there are as
/// many results of a method as operations, or if the results are a beginning of the operations.
pub(super) fn match_results(
    operations: &[BulkOperation],
    mut results: Vec<BulkResult>,
) -> (Vec<Option<BulkResult>>, Vec<BulkResult>) {
    let is_beginning = results.len() <= operations.len()
        && operations
            .iter()
            .zip(&results)
            .all(|(operation, result)| may_be(operation, result));
    if is_beginning && results.len() == operations.len() {
        // All of them, and in order as far as they tell: some tell no method.
        for (operation, result) in operations.iter().zip(&mut results) {
            result.method.get_or_insert(operation.method);
        }
    }
    let mut matched: Vec<Option<BulkResult>> = vec![None; operations.len()];

    let mut by_name: HashMap<&str, usize> = HashMap::new();
    let mut by_place: HashMap<(BulkMethod, String), Vec<usize>> = HashMap::new();
    for (index, operation) in operations.iter().enumerate().rev() {
        if let Some(name) = &operation.bulk_id {
            by_name.insert(name, index);
        }
        if operation.method != BulkMethod::Post {
            by_place
                .entry((operation.method, place(&operation.path)))
                .or_default()
                .push(index);
        }
    }

    let mut rest = Vec::new();
    for result in results {
        let named = result
            .bulk_id
            .as_deref()
            .and_then(|name| by_name.remove(name));
        let index = named.or_else(|| {
            let places = by_place.get_mut(&(result.method?, place(result.location.as_deref()?)))?;
            places.pop()
        });
        match index.and_then(|index| matched.get_mut(index)) {
            Some(free @ None) => *free = Some(result),
            _ => rest.push(result),
        }
    }
    match_in_order(operations, &mut matched, &mut rest, is_beginning);
    (matched, rest)
}

fn match_in_order(
    operations: &[BulkOperation],
    matched: &mut [Option<BulkResult>],
    rest: &mut Vec<BulkResult>,
    is_beginning: bool,
) {
    for method in [
        BulkMethod::Post,
        BulkMethod::Put,
        BulkMethod::Patch,
        BulkMethod::Delete,
    ] {
        let of_method = |result: &BulkResult| result.method == Some(method);
        let mut open: Vec<_> = operations
            .iter()
            .zip(&mut *matched)
            .filter(|(operation, result)| operation.method == method && result.is_none())
            .collect();
        let candidates = rest.iter().filter(|result| of_method(result));
        let in_order = candidates.clone().count() == open.len() || is_beginning;
        let fit = candidates
            .zip(&open)
            .all(|(result, (operation, _))| may_be(operation, result));
        if !in_order || !fit {
            continue;
        }
        let mut open = open.drain(..);
        rest.retain_mut(|result| {
            if of_method(result)
                && let Some((_, free)) = open.next()
            {
                *free = Some(std::mem::take(result));
                return false;
            }
            true
        });
    }
}

/// Whether nothing in the result says that it is another operation's.
fn may_be(operation: &BulkOperation, result: &BulkResult) -> bool {
    let same_method = result
        .method
        .is_none_or(|method| method == operation.method);
    let same_name = match (&operation.bulk_id, &result.bulk_id) {
        (Some(own), Some(other)) => own == other,
        // Some service providers make up a name where there was none.
        _ => true,
    };
    let same_place = match &result.location {
        Some(location) if operation.method == BulkMethod::Post => {
            let endpoint = segments(&operation.path).next();
            segments(location).nth(1) == endpoint || segments(location).next() == endpoint
        }
        Some(location) => place(location) == place(&operation.path),
        None => true,
    };
    same_method && same_name && same_place
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
    use crate::Json;

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
