//! Messages of bulk (RFC 7644 §3.7): requests within a server's limits, and what answers say.

use std::fmt;

use crate::failure::Failure;
use crate::types::Types;
use crate::value::Value;
use crate::wire;

/// What a server takes at once.
pub(crate) struct Limits {
    operations: Option<usize>,
    bytes: Option<usize>,
}

impl Limits {
    /// As the ServiceProviderConfig has them.
    pub(crate) fn of(types: &Types) -> Self {
        let limit = |name| usize::try_from(types.limit("bulk", name)?).ok();
        Self {
            operations: limit("maxOperations"),
            bytes: limit("maxPayloadSize"),
        }
    }

    /// The room of one request.
    pub(crate) fn room(&self) -> Room {
        Room {
            operations: self.operations.unwrap_or(usize::MAX),
            bytes: self.bytes.unwrap_or(usize::MAX).saturating_sub(FRAME),
            is_empty: true,
        }
    }

    /// Whether a request can hold an operation at all.
    pub(crate) fn can_take(&self, operation: &Value) -> bool {
        let bytes = self.bytes.unwrap_or(usize::MAX);
        size(operation).saturating_add(FRAME) <= bytes
    }

    /// How many requests operations make as they stand now. Ids that an earlier one makes can make a
    /// later one longer.
    pub(crate) fn requests(&self, operations: &[Value]) -> Result<usize, Failure> {
        let mut rooms = 0;
        let mut room = self.room();
        for (at, operation) in operations.iter().enumerate() {
            if !self.can_take(operation) {
                let bytes = self.bytes.unwrap_or(usize::MAX);
                return Err(Failure::usage(format!(
                    "operation {} alone is larger than the server accepts ({bytes} bytes)",
                    at + 1
                )));
            }
            if rooms == 0 || !room.take(operation) {
                rooms += 1;
                room = self.room();
                room.take(operation);
            }
        }
        Ok(rooms)
    }
}

/// What a request has besides its operations, in bytes.
const FRAME: usize = 200;

/// The bytes of an operation, and of the comma after it.
fn size(operation: &Value) -> usize {
    operation.to_string().len() + 1
}

/// What one request still takes.
pub(crate) struct Room {
    operations: usize,
    bytes: usize,
    is_empty: bool,
}

impl Room {
    /// Takes the room of an operation, as it is sent. The first one is always taken: if it is too
    /// large alone, the server says so.
    pub(crate) fn take(&mut self, operation: &Value) -> bool {
        let size = size(operation);
        if !self.is_empty && (self.operations == 0 || size > self.bytes) {
            return false;
        }
        self.is_empty = false;
        self.operations = self.operations.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(size);
        true
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |limit: Option<usize>| {
            limit.map_or_else(|| "any number of".to_owned(), |limit| limit.to_string())
        };
        let (operations, bytes) = (number(self.operations), number(self.bytes));
        write!(f, "{operations} operations, {bytes} bytes")
    }
}

/// A BulkRequest.
pub(crate) fn message(operations: Vec<Value>) -> Value {
    Value::object([
        (
            "schemas",
            Value::texts(["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]),
        ),
        ("Operations", Value::List(operations)),
    ])
}

/// The status of a result; some servers write it as an object with a `code`, as drafts had it.
pub(crate) fn status(result: &Value) -> Option<u16> {
    let status = result.get("status")?;
    let status = status.get("code").unwrap_or(status);
    status.plain().trim().parse().ok()
}

/// The id of what a result is about: that of the resource in it, or the end of its location, which is
/// percent-encoded (RFC 3986 §2.1).
pub(crate) fn id(result: &Value) -> Option<String> {
    let own = result.get("response").and_then(|made| made.str("id"));
    if let Some(id) = own.filter(|id| !id.is_empty()) {
        return Some(id.to_owned());
    }
    let path = result.str("location")?.split(['?', '#']).next()?;
    let end = path.trim_end_matches('/').rsplit('/').next()?;
    Some(wire::decoded_segment(end)).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_in_each_form() {
        let parse = |text: &str| Value::parse(text).unwrap();
        for (text, expected) in [
            (
                r#"{"status":"201","location":"https://x/Users/7/"}"#,
                (Some(201), Some("7")),
            ),
            // The resource knows its id; a location has it in the form of a URL.
            (
                r#"{"status":"201","location":"https://x/Users/a%2540b","response":{"id":"a%40b"}}"#,
                (Some(201), Some("a%40b")),
            ),
            (
                r#"{"status":"201","location":"https://x/Users/a%40b+c?x=/y"}"#,
                (Some(201), Some("a@b+c")),
            ),
            (
                r#"{"status":"201","location":"https://x/Users/9","response":{"id":""}}"#,
                (Some(201), Some("9")),
            ),
            (
                r#"{"status":{"code":201},"response":{"id":"8"}}"#,
                (Some(201), Some("8")),
            ),
            (r#"{"status":409}"#, (Some(409), None)),
            (r#"{"location":""}"#, (None, None)),
        ] {
            let result = parse(text);
            let id = id(&result);
            assert_eq!((status(&result), id.as_deref()), expected, "{text}");
        }
    }

    #[test]
    fn both_limits_are_kept() {
        let operation = Value::parse(r#"{"method":"DELETE","path":"/Users/1"}"#).unwrap();
        let all = vec![operation; 7];
        let limits = |most: usize, bytes: usize| Limits {
            operations: Some(most),
            bytes: Some(bytes),
        };
        let requests = |limits: Limits| limits.requests(&all);
        assert_eq!(requests(limits(3, usize::MAX)).unwrap(), 3);
        assert_eq!(requests(limits(7, usize::MAX)).unwrap(), 1);
        let own = all[0].to_string().len() + 1;
        assert_eq!(requests(limits(100, 200 + 2 * own)).unwrap(), 4);
        assert!(requests(limits(100, 100)).is_err());
        let mut room = limits(2, usize::MAX).room();
        assert!(room.take(&all[0]) && room.take(&all[0]) && !room.take(&all[0]));
    }
}
