//! The operations of a bulk request, each in the manner of a request of its own.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use http::{Method, Response};
use serde_json::value::RawValue;

use super::{
    Manner, text,
    written::{Members, array, elements, members, put, written},
};
use crate::{
    endpoint::{self, Target},
    refusal::Refusal,
};

/// Something that no PATCH says.
const NONSENSE: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"refused"}]}"#;

/// An operation that is refused here. The service provider is given one in its place that it
/// refuses, so that what it says of the others is as if this one had failed.
pub(super) struct Refused {
    /// The `bulkId` by which its result is known. No other operation has it.
    mark: String,
    /// Its place among the operations.
    at: usize,
    /// As they were given.
    bulk_id: Option<String>,
    method: String,
    refusal: Refusal,
    /// Whether that there is no such resource, or not in this version, is said first.
    is_late: bool,
}

/// A member by its name in any letter case, read as a text.
pub(super) fn member(object: &Members, name: &str) -> Option<String> {
    let found = object
        .iter()
        .find(|(own, _)| own.eq_ignore_ascii_case(name));
    found.and_then(|(_, raw)| serde_json::from_str(raw.get()).ok())
}

pub(super) fn leave_out(object: &mut Members, name: &str) {
    object.retain(|own, _| !own.eq_ignore_ascii_case(name));
}

pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The operations of a message, and the name of the member as it is written there. A single one
/// stands for a list of one.
pub(super) fn operations(message: &Members) -> Option<(String, Vec<Box<RawValue>>)> {
    let mut all = message.iter();
    let found = all.find(|(name, _)| name.eq_ignore_ascii_case("Operations"));
    let (name, raw) = found?;
    let one = || vec![raw.clone()];
    Some((name.clone(), elements(raw.get()).unwrap_or_else(one)))
}

/// The beginning of marks that no `bulkId` of these operations has.
fn unknown_mark(operations: &[Box<RawValue>]) -> String {
    let numbers = operations.iter().filter_map(|raw| {
        let id = member(&members(raw.get())?, "bulkId")?;
        let (number, _) = id.strip_prefix("refused-")?.split_once('-')?;
        number.parse::<usize>().ok()
    });
    let known: HashSet<usize> = numbers.collect();
    let free = (0..=known.len()).find(|number| !known.contains(number));
    format!("refused-{}-", free.unwrap_or_default())
}

/// The results of operations that are refused here.
struct Marked<'r> {
    by_mark: HashMap<&'r str, &'r Refused>,
    /// By their places, where the service provider gives no `bulkId` back that it was given.
    by_place: HashMap<usize, &'r Refused>,
}

impl<'r> Marked<'r> {
    fn of(refused: &'r [Refused], results: &[Option<Members>]) -> Self {
        let by_mark: HashMap<_, _> = refused.iter().map(|one| (one.mark.as_str(), one)).collect();
        let mut ids = results.iter().flatten();
        let gives_back = ids.any(|result| {
            member(result, "bulkId").is_some_and(|id| by_mark.contains_key(id.as_str()))
        });
        let by_place = refused.iter().filter(|_| !gives_back);
        Self {
            by_place: by_place.map(|one| (one.at, one)).collect(),
            by_mark,
        }
    }

    fn find(&self, at: usize, result: &Members) -> Option<&'r Refused> {
        match member(result, "bulkId") {
            Some(mark) => self.by_mark.get(mark.as_str()).copied(),
            None => self.by_place.get(&at).copied(),
        }
    }
}

impl Manner {
    /// Rewrites the operations of a request, and says which are refused.
    pub(super) fn admit_bulk(&self, body: &mut Bytes) -> Vec<Refused> {
        let mut refused = Vec::new();
        let Some(mut request) = members(text(body)) else {
            return refused;
        };
        let Some((name, operations)) = operations(&request) else {
            return refused;
        };
        let mark = unknown_mark(&operations);
        let operations = operations.iter().enumerate().map(|(at, raw)| {
            let Some(operation) = members(raw.get()) else {
                return raw.get().to_owned();
            };
            self.admit_operation(operation, at, &mark, &mut refused)
        });
        let operations = array(operations);
        put(&mut request, &name, &operations);
        *body = written(&request).into();
        refused
    }

    fn admit_operation(
        &self,
        mut operation: Members,
        at: usize,
        mark: &str,
        refused: &mut Vec<Refused>,
    ) -> String {
        if self.offers.etag == Some(false) {
            leave_out(&mut operation, "version");
        }
        let given = member(&operation, "method").unwrap_or_default();
        let method = Method::from_bytes(given.to_ascii_uppercase().as_bytes()).unwrap_or_default();
        let is_me = self.target_of(&operation) == Some(Target::Me);
        let permitted = match is_me && self.offers.me == Some(false) {
            true => Err(Refusal::not_found("this endpoint")),
            false => self.permit_method(&method),
        };
        let turned = match permitted {
            Err(refusal) => Some((refusal, false)),
            Ok(()) if method == Method::PATCH => match self.admit_data(&operation) {
                Ok(None) => None,
                Ok(Some(patch)) => {
                    leave_out(&mut operation, "data");
                    put(&mut operation, "data", &patch);
                    None
                }
                Err(refusal) => Some((refusal, true)),
            },
            Ok(()) => None,
        };
        if let Some((refusal, is_late)) = turned {
            let mark = format!("{mark}{at}");
            let bulk_id = member(&operation, "bulkId");
            for (name, value) in [
                ("method", quoted("PATCH")),
                ("bulkId", quoted(&mark)),
                ("data", NONSENSE.to_owned()),
            ] {
                leave_out(&mut operation, name);
                put(&mut operation, name, &value);
            }
            refused.push(Refused {
                mark,
                at,
                bulk_id,
                method: given,
                refusal,
                is_late,
            });
        }
        written(&operation)
    }

    fn target_of(&self, operation: &Members) -> Option<Target> {
        let path = member(operation, "path")?;
        let path = path.split('?').next().unwrap_or_default();
        endpoint::target(path.strip_prefix('/')?, &self.site.types)
    }

    fn admit_data(&self, operation: &Members) -> Result<Option<String>, Refusal> {
        let kind = match self.target_of(operation) {
            Some(Target::Resource(kind, _)) => self.site.types.get(kind),
            Some(Target::Me) => self.site.types.first(),
            _ => None,
        };
        let mut all = operation.iter();
        let data = all.find(|(name, _)| name.eq_ignore_ascii_case("data"));
        match (kind, data) {
            (Some(kind), Some((_, data))) => self.admit_patch(kind, data.get()),
            _ => Ok(None),
        }
    }

    /// The response to a bulk request, in which these operations were refused.
    pub(super) fn bulk_answered(
        &self,
        response: Response<Bytes>,
        refused: &[Refused],
    ) -> Response<Bytes> {
        let response = self.with_head(response);
        response.map(|body| {
            let Some(mut answer) = members(text(&body)) else {
                return body;
            };
            let results = answer.get("Operations").and_then(|raw| elements(raw.get()));
            let Some(results) = results else {
                return body;
            };
            let read: Vec<_> = results.iter().map(|raw| members(raw.get())).collect();
            let marked = Marked::of(refused, &read);
            let results = results.iter().zip(read).enumerate();
            let results = results.map(|(at, (raw, result))| match result {
                Some(result) => {
                    let refused = marked.find(at, &result);
                    written(&self.result(result, refused))
                }
                None => raw.get().to_owned(),
            });
            let results = array(results);
            put(&mut answer, "Operations", &results);
            written(&answer).into()
        })
    }

    fn result(&self, mut result: Members, refused: Option<&Refused>) -> Members {
        self.version(&mut result);
        if let Some(inner) = result.get("response").and_then(|raw| members(raw.get()))
            && inner.contains_key("meta")
        {
            let inner = self.resource(inner, false);
            put(&mut result, "response", &inner);
        }
        let Some(refused) = refused else {
            let is_patch =
                member(&result, "method").is_some_and(|m| m.eq_ignore_ascii_case("PATCH"));
            let is_ok = member(&result, "status").as_deref() == Some("200");
            if is_patch && is_ok && self.is_patch_without_body() {
                leave_out(&mut result, "response");
                put(&mut result, "status", &quoted("204"));
            }
            return result;
        };
        put(&mut result, "method", &quoted(&refused.method));
        match &refused.bulk_id {
            Some(bulk_id) => put(&mut result, "bulkId", &quoted(bulk_id)),
            None => leave_out(&mut result, "bulkId"),
        }
        let status = member(&result, "status").unwrap_or_default();
        if !(refused.is_late && ["404", "412"].contains(&status.as_str())) {
            let status = refused.refusal.status().as_u16().to_string();
            put(&mut result, "status", &quoted(&status));
            put(
                &mut result,
                "response",
                &refused.refusal.message().to_json(),
            );
        }
        result
    }
}
