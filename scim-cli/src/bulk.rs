//! Messages of bulk (RFC 7644 §3.7): requests within a server's limits, and what answers say.

use std::fmt;

use crate::failure::Failure;
use crate::types::Types;
use crate::value::Value;

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

    /// Parts within both limits, in order.
    pub(crate) fn split(&self, operations: &[Value]) -> Result<Vec<Vec<Value>>, Failure> {
        let (most, bytes) = (
            self.operations.unwrap_or(usize::MAX),
            self.bytes.unwrap_or(usize::MAX),
        );
        // What a request has besides its operations.
        const FRAME: usize = 200;
        let mut parts: Vec<Vec<Value>> = Vec::new();
        let mut size = usize::MAX;
        for (at, operation) in operations.iter().enumerate() {
            let own = operation.to_string().len() + 1;
            if own.saturating_add(FRAME) > bytes {
                return Err(Failure::usage(format!(
                    "operation {} alone is larger than the server takes ({bytes} bytes)",
                    at + 1
                )));
            }
            let is_full = parts.last().is_none_or(|part| part.len() >= most);
            if is_full || size.saturating_add(own) > bytes {
                parts.push(Vec::new());
                size = FRAME;
            }
            size += own;
            if let Some(part) = parts.last_mut() {
                part.push(operation.clone());
            }
        }
        Ok(parts)
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

/// The id of what a result is about: the end of its location, or that of the resource in it.
pub(crate) fn id(result: &Value) -> Option<&str> {
    let location = result.str("location").and_then(|location| {
        let path = location.split(['?', '#']).next().unwrap_or_default();
        path.trim_end_matches('/').rsplit('/').next()
    });
    location
        .filter(|id| !id.is_empty())
        .or_else(|| result.get("response")?.str("id"))
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
            (
                r#"{"status":{"code":201},"response":{"id":"8"}}"#,
                (Some(201), Some("8")),
            ),
            (r#"{"status":409}"#, (Some(409), None)),
            (r#"{"location":""}"#, (None, None)),
        ] {
            let result = parse(text);
            assert_eq!((status(&result), id(&result)), expected, "{text}");
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
        assert_eq!(
            limits(3, usize::MAX)
                .split(&all)
                .unwrap()
                .iter()
                .map(Vec::len)
                .collect::<Vec<_>>(),
            [3, 3, 1]
        );
        let own = all[0].to_string().len() + 1;
        assert_eq!(limits(100, 200 + 2 * own).split(&all).unwrap().len(), 4);
        assert!(limits(100, 100).split(&all).is_err());
    }
}
