//! Bulk requests as a service provider receives them.

use std::{collections::HashSet, fmt};

use super::{
    BulkMethod, BulkOperation, BulkRequest, BulkResult, InvalidBulk,
    members::{Members, Message, is_given, string},
    read::{is_object, problem},
    rules,
};
use crate::{
    json::{DecodeError, Problem, ProblemKind, Problems, Reader, SyntaxError},
    model::{Extra, Json},
};

/// A bulk request as a service provider receives it (RFC 7644 §3.7).
///
/// An operation that is malformed does not hide the others: it has its own result, as the RFC wants
/// it. So each operation is what came, and says of itself whether it can be done.
///
/// ```
/// use scim_client::message::{BulkResponse, ReceivedBulk};
///
/// let text = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [
///     {"method": "DELETE", "path": "/Users/2819"},
///     {"method": "GET", "path": "/Users", "bulkId": "q"}]}"#;
/// let request = ReceivedBulk::from_json(text, 1000)?;
/// let mut results = Vec::new();
/// for operation in &request.operations {
///     results.push(match operation.invalid() {
///         None => operation.result(204), // Delete it here.
///         Some(invalid) => {
///             assert!(invalid.reason().starts_with("method: expected one of POST"), "{invalid}");
///             operation.result(400)
///         }
///     });
/// }
/// let response = BulkResponse::new(results).to_json();
/// assert!(response.contains(r#""bulkId":"q","status":"400""#), "{response}");
///
/// // Nothing is done of a request that is too large, or that is no bulk request.
/// assert!(ReceivedBulk::from_json(text, 1).unwrap_err().is_too_large());
/// assert!(ReceivedBulk::from_json(r#"{"Operations": []}"#, 1000).is_err());
/// // Read strictly, one malformed operation is enough.
/// assert_eq!(ReceivedBulk::from_json_strict(text, 1000).unwrap_err().operation(), Some(1));
/// # Ok::<(), scim_client::message::InvalidBulk>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ReceivedBulk {
    /// After how many errors the service provider stops. If it is `None`, it does not stop.
    pub fail_on_errors: Option<u64>,
    /// The operations, in order. There is at least one.
    pub operations: Vec<ReceivedOperation>,
    /// Members that the RFC does not define.
    pub extra: Extra,
}

/// One operation of a [`ReceivedBulk`].
///
/// `Debug` does not show the data: it may hold a password.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ReceivedOperation {
    /// The method; `None` if there is none, or one that bulk operations do not have.
    pub method: Option<BulkMethod>,
    /// The path, relative to the base URL. It is empty if there is none. Whether it leads to an
    /// endpoint is not checked.
    pub path: String,
    /// The name by which other operations refer to the resource that a POST creates.
    pub bulk_id: Option<String>,
    /// The version that the resource must have: an entity-tag.
    pub version: Option<String>,
    /// The resource for a POST or PUT, or the PatchOp message for a PATCH.
    pub data: Option<Json>,
    /// The method as it was sent, if bulk operations do not have it.
    foreign_method: Option<String>,
    invalid: Option<InvalidBulk>,
}

impl ReceivedBulk {
    /// Reads a request generously, as [`BulkRequest::from_json`] does. `max_operations` is what the
    /// service provider publishes (`bulk.maxOperations`, RFC 7643 §5). The operations beyond it are
    /// passed over, and take no memory.
    ///
    /// # Errors
    /// The text is not JSON or not an object, `failOnErrors` is not a whole number, there are no
    /// operations or too many, or two of them create resources with the same `bulkId`.
    pub fn from_json(text: &str, max_operations: usize) -> Result<Self, InvalidBulk> {
        Self::read(text, max_operations, false)
    }

    /// Like [`from_json`](Self::from_json), but follows RFC 7644 §3.7 strictly. It refuses a request
    /// whose `schemas` is not the URN of a BulkRequest, members that come twice, methods in other
    /// letter case, numbers as strings and strings as numbers, data that is not an object, and a
    /// request with an operation that is not [valid](ReceivedOperation::invalid).
    ///
    /// # Errors
    /// The errors of [`from_json`](Self::from_json), and forms that are not strict.
    pub fn from_json_strict(text: &str, max_operations: usize) -> Result<Self, InvalidBulk> {
        Self::read(text, max_operations, true)
    }

    fn read(text: &str, most: usize, strict: bool) -> Result<Self, InvalidBulk> {
        let whole = |error: SyntaxError| InvalidBulk::whole(error.located(text).to_string());
        let message = match Message::read(text).map_err(whole)? {
            Ok(message) => message,
            Err(problem) => return Err(InvalidBulk::whole(problem.to_string())),
        };
        if strict {
            message.check_strictly().map_err(InvalidBulk::whole)?;
        }
        let fail_on_errors = message.fail_on_errors();
        let fail_on_errors = fail_on_errors.map_err(|p| InvalidBulk::whole(p.to_string()))?;
        let mut operations = Vec::new();
        let mut too_many = false;
        let mut wrong = None;
        let each = |reader: &mut Reader<'_>, index: usize| {
            if index >= most {
                too_many = true;
                return reader.skip_value().map(drop);
            }
            let (mut operation, problems, loose) = read_operation(reader)?;
            if strict && wrong.is_none() {
                wrong = loose.map(|reason| InvalidBulk::of(index, reason));
            }
            operation.check(index, &problems);
            operations.push(operation);
            Ok(())
        };
        message.each_operation(each).map_err(whole)?;
        if too_many {
            return Err(InvalidBulk::too_large(most));
        }
        if operations.is_empty() {
            return Err(InvalidBulk::whole(rules::EMPTY));
        }
        if strict {
            let mut invalid = operations.iter().filter_map(ReceivedOperation::invalid);
            let first = wrong.or_else(|| invalid.next().cloned());
            first.map_or(Ok(()), Err)?;
        }
        let mut names = HashSet::new();
        for (index, operation) in operations.iter().enumerate() {
            if operation.creates().is_some_and(|name| !names.insert(name)) {
                return Err(InvalidBulk::of(index, rules::TAKEN));
            }
        }
        Ok(Self {
            fail_on_errors,
            operations,
            extra: message.extra,
        })
    }
}

impl ReceivedOperation {
    /// What is wrong with the operation, whatever becomes of the others: a method, path, `bulkId`
    /// or version that cannot be read, or something required that is missing.
    #[must_use]
    pub fn invalid(&self) -> Option<&InvalidBulk> {
        self.invalid.as_ref()
    }

    /// The `bulkId` of what the operation creates, if it is a POST and has one.
    #[must_use]
    pub fn creates(&self) -> Option<&str> {
        let bulk_id = self.bulk_id.as_deref();
        bulk_id.filter(|_| self.method == Some(BulkMethod::Post))
    }

    /// The operation, if it is valid.
    ///
    /// # Errors
    /// What [`invalid`](Self::invalid) says.
    pub fn into_operation(self) -> Result<BulkOperation, InvalidBulk> {
        match (self.invalid, self.method) {
            (None, Some(method)) => Ok(BulkOperation {
                method,
                path: self.path,
                bulk_id: self.bulk_id,
                version: self.version,
                data: self.data,
            }),
            (invalid, _) => Err(invalid.unwrap_or_else(|| InvalidBulk::whole("no method"))),
        }
    }

    /// A result of the operation with this HTTP status. It has the operation's method, also one
    /// that bulk operations do not have, and its `bulkId`.
    #[must_use]
    pub fn result(&self, status: u16) -> BulkResult {
        let mut result = BulkResult {
            method: self.method,
            bulk_id: self.bulk_id.clone(),
            status: Some(status),
            ..BulkResult::default()
        };
        if let Some(method) = &self.foreign_method {
            let method = serde_json::Value::from(method.as_str());
            result.extra.insert("method", method);
        }
        result
    }

    /// Notes what is wrong with it: what could not be read, or else what is missing.
    fn check(&mut self, index: usize, problems: &[Problem]) {
        let bulk_id = self.bulk_id.as_deref();
        let missing = |method| rules::missing(method, bulk_id, self.data.as_ref());
        self.invalid = if problems.is_empty() {
            let missing = self.method.and_then(missing);
            missing.map(|reason| InvalidBulk::of(index, reason))
        } else {
            let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
            Some(InvalidBulk::of(index, problems.join("; ")))
        };
    }
}

impl fmt::Debug for ReceivedOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedOperation")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("bulk_id", &self.bulk_id)
            .field("version", &self.version)
            .field("data", &self.data)
            .field("invalid", &self.invalid)
            .finish_non_exhaustive()
    }
}

/// A request for those who need all of it or nothing.
pub(super) fn request(text: &str) -> Result<BulkRequest, DecodeError> {
    let syntax = |error| DecodeError::syntax(error, text);
    let mut problems = Problems::default();
    let mut request = BulkRequest::default();
    match Message::read(text).map_err(syntax)? {
        Ok(message) => {
            match message.fail_on_errors() {
                Ok(errors) => request.fail_on_errors = errors,
                Err(problem) => problems.push(problem),
            }
            let each = |reader: &mut Reader<'_>, index: usize| {
                let (operation, own, _) = read_operation(reader)?;
                for mut problem in own {
                    problem.under_element(index);
                    problem.under("Operations");
                    problems.push(problem);
                }
                request.operations.extend(operation.into_operation());
                Ok(())
            };
            message.each_operation(each).map_err(syntax)?;
            request.extra = message.extra;
        }
        Err(problem) => problems.push(problem),
    }
    if problems.is_empty() {
        Ok(request)
    } else {
        Err(DecodeError::problems(problems, text))
    }
}

/// An operation as far as it can be read, the problems that it has, and a form that is not strict.
fn read_operation(
    reader: &mut Reader<'_>,
) -> Result<(ReceivedOperation, Vec<Problem>, Option<String>), SyntaxError> {
    let mut problems = Problems::default();
    let mut members = Members::default();
    let is_object = is_object(reader, "an operation", &mut problems)?;
    if is_object {
        members.read(reader)?;
    }
    let mut problems = problems.into_list();
    let loose = members.loose();
    let mut operation = ReceivedOperation {
        method: None,
        path: String::new(),
        bulk_id: None,
        version: None,
        data: members.data.filter(is_given).map(Json::trusted),
        foreign_method: None,
        invalid: None,
    };
    if is_object {
        operation.take(&members, &mut problems);
    }
    Ok((operation, problems, loose))
}

impl ReceivedOperation {
    fn take(&mut self, members: &Members<'_>, problems: &mut Vec<Problem>) {
        let mut note = |member, kind| problems.push(problem(member, kind));
        match string(members.method) {
            Ok(Some(text)) => match BulkMethod::from_keyword(&text) {
                Some(method) => self.method = Some(method),
                None => {
                    let expected = BulkMethod::EXPECTED;
                    let found = "something else";
                    note("method", ProblemKind::WrongType { expected, found });
                    self.foreign_method = Some(text);
                }
            },
            Ok(None) => note("method", ProblemKind::MissingRequired),
            Err(kind) => note("method", kind),
        }
        match string(members.path) {
            Ok(Some(path)) => self.path = path,
            Ok(None) => note("path", ProblemKind::MissingRequired),
            Err(kind) => note("path", kind),
        }
        match (members.bulk_id, string(members.bulk_id)) {
            (_, Ok(bulk_id)) => self.bulk_id = bulk_id,
            // As some clients count.
            (Some(number), Err(_)) if number.starts_with(|c: char| c.is_ascii_digit()) => {
                self.bulk_id = Some(number.to_owned());
            }
            (_, Err(kind)) => note("bulkId", kind),
        }
        // To leave out a version that cannot be read would be to write over any. What is created
        // has no version yet.
        match string(members.version) {
            Ok(version) => self.version = version,
            Err(kind) => note("version", kind),
        }
        let is_empty = members.version == Some(r#""""#);
        if is_empty && self.method != Some(BulkMethod::Post) {
            let expected = "an entity-tag";
            let found = "an empty string";
            note("version", ProblemKind::WrongType { expected, found });
        }
    }
}

#[cfg(test)]
mod tests;
