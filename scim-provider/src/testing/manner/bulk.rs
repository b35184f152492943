//! The operations of a bulk request, each in the manner of a request of its own.

use bytes::Bytes;
use http::{Method, Response};

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
    /// The `bulkId` by which its result is known.
    mark: String,
    /// As they were given.
    bulk_id: Option<String>,
    method: String,
    refusal: Refusal,
    /// Whether that there is no such resource, or not in this version, is said first.
    is_late: bool,
}

/// A member by its name in any letter case, read as a text.
fn member(object: &Members, name: &str) -> Option<String> {
    let found = object
        .iter()
        .find(|(own, _)| own.eq_ignore_ascii_case(name));
    found.and_then(|(_, raw)| serde_json::from_str(raw.get()).ok())
}

fn leave_out(object: &mut Members, name: &str) {
    object.retain(|own, _| !own.eq_ignore_ascii_case(name));
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Manner {
    /// Rewrites the operations of a request, and says which are refused.
    pub(super) fn admit_bulk(&self, body: &mut Bytes) -> Vec<Refused> {
        let mut refused = Vec::new();
        let Some(mut request) = members(text(body)) else {
            return refused;
        };
        let name = request
            .keys()
            .find(|name| name.eq_ignore_ascii_case("Operations"));
        let Some(name) = name.cloned() else {
            return refused;
        };
        let operations = request.get(&name).and_then(|raw| elements(raw.get()));
        let Some(operations) = operations else {
            return refused;
        };
        let operations = operations.iter().enumerate().map(|(at, raw)| {
            let Some(operation) = members(raw.get()) else {
                return raw.get().to_owned();
            };
            self.admit_operation(operation, at, &mut refused)
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
        refused: &mut Vec<Refused>,
    ) -> String {
        if self.offers.etag == Some(false) {
            leave_out(&mut operation, "version");
        }
        let given = member(&operation, "method").unwrap_or_default();
        let method = Method::from_bytes(given.to_ascii_uppercase().as_bytes()).unwrap_or_default();
        let turned = match self.permit_method(&method) {
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
            let mark = format!("refused-{at}");
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
                bulk_id,
                method: given,
                refusal,
                is_late,
            });
        }
        written(&operation)
    }

    fn admit_data(&self, operation: &Members) -> Result<Option<String>, Refusal> {
        let path = member(operation, "path").unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        let path = path.strip_prefix('/').unwrap_or_default();
        let kind = match endpoint::target(path, &self.site.types) {
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
            let results = results.iter().map(|raw| match members(raw.get()) {
                Some(result) => written(&self.result(result, refused)),
                None => raw.get().to_owned(),
            });
            let results = array(results);
            put(&mut answer, "Operations", &results);
            written(&answer).into()
        })
    }

    fn result(&self, mut result: Members, refused: &[Refused]) -> Members {
        self.version(&mut result);
        if let Some(inner) = result.get("response").and_then(|raw| members(raw.get()))
            && inner.contains_key("meta")
        {
            let inner = self.resource(inner, false);
            put(&mut result, "response", &inner);
        }
        let mark = member(&result, "bulkId");
        let refused = refused.iter().find(|one| Some(&one.mark) == mark.as_ref());
        let Some(refused) = refused else {
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
