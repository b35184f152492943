//! PATCH messages: which of them the imitated service provider understands, and the same changes by RFC
//! 7644.

use scim_models::{
    filter::PatchPath,
    message::ScimType,
    model::Descriptor,
    patch::{Op, Operation, Removal},
};
use serde_json::Value;

use super::{
    Manner,
    bulk::{leave_out, member, operations, quoted},
    widest,
    written::{array, members, put, written},
};
use crate::{
    accept::Accept,
    record::ServedType,
    refusal::{Refusal, Result},
};

impl Manner {
    /// A PATCH as RFC 7644 has it, if it comes in another form. What is not of another form stays as
    /// the client wrote it, so that the service provider judges that.
    ///
    /// # Errors
    /// It is not understood in this manner.
    pub(super) fn admit_patch(&self, kind: &ServedType, text: &str) -> Result<Option<String>> {
        let accept = Accept::new().with_filter_options(widest());
        // What is wrong with it, the service provider says.
        let Ok(patch) = accept.read_patch(kind, text) else {
            return Ok(None);
        };
        let dialects = || self.profiles.iter().filter_map(|p| p.patch.as_ref());
        for dialect in dialects() {
            let understood = dialect.understands(&patch, text);
            understood.map_err(|detail| Refusal::bad(ScimType::INVALID_SYNTAX, detail))?;
        }
        let form = Form {
            by_list: dialects().any(|dialect| dialect.removal == Removal::ByValueList),
            lenient: self.is_lenient(),
            any_case: self.is_lenient() || dialects().any(|dialect| dialect.capitalised_ops),
        };
        Ok(form.standard(kind, &patch.operations, text))
    }
}

/// What is of another form than RFC 7644 has.
struct Form {
    /// Elements are removed by a list of them.
    by_list: bool,
    /// Paths have forms of their own.
    lenient: bool,
    /// `Add` for `add`.
    any_case: bool,
}

impl Form {
    /// The message with the changes that it needs; `read` is what it says.
    fn standard(&self, kind: &ServedType, read: &[Operation], text: &str) -> Option<String> {
        let mut message = members(text)?;
        let (name, raw) = operations(&message)?;
        if raw.len() != read.len() {
            return None;
        }
        let mut is_changed = false;
        let mut all = Vec::with_capacity(raw.len());
        for (raw, operation) in raw.iter().zip(read) {
            let mut own = members(raw.get())?;
            let mut change = |name: &str, to: &str| {
                if member(&own, name).as_deref() != Some(to) {
                    leave_out(&mut own, name);
                    put(&mut own, name, &quoted(to));
                    is_changed = true;
                }
            };
            if self.any_case {
                change("op", operation.op.as_str());
            }
            let by_filter = Some(operation).filter(|_| self.by_list);
            if let Some(path) = by_filter.and_then(|operation| removal(kind, operation)) {
                change("path", &path);
                leave_out(&mut own, "value");
            } else if let Some(path) = operation.path.as_ref().filter(|_| self.lenient) {
                change("path", &path.to_string());
            }
            all.push(written(&own));
        }
        if !is_changed {
            return None;
        }
        put(&mut message, &name, &array(all.into_iter()));
        Some(written(&message))
    }
}

/// The path by which elements are removed that are removed by a list of them. Only a multi-valued
/// attribute has elements.
fn removal(kind: &ServedType, operation: &Operation) -> Option<String> {
    let path = operation.path.as_ref()?;
    let attribute = path.attribute().filter(|path| path.sub().is_none())?;
    if operation.op != Op::Remove || path.filter().is_some() {
        return None;
    }
    let (attribute, is_many) = kind.attribute(attribute)?;
    let values = match operation.value.as_ref()?.to_value() {
        Value::Array(values) => values,
        Value::Null => return None,
        one => vec![one],
    };
    if !is_many {
        return None;
    }
    let table = attribute.kind.descriptor();
    let elements: Vec<_> = values
        .iter()
        .filter_map(|one| element(table, one))
        .collect();
    let filter = if elements.is_empty() {
        // None of them is meant, which is something else than all.
        let first = table.and_then(|table| table.attributes().first());
        let name = match table.and_then(|table| table.attribute("value")).or(first) {
            Some(attribute) => attribute.name,
            None => "value",
        };
        format!("{name} pr and not ({name} pr)")
    } else {
        elements.join(" or ")
    };
    let path = format!("{path}[{filter}]");
    // What is no filter stays as it is.
    path.parse::<PatchPath>().ok().map(|_| path)
}

/// The filter for an element: by its value, and where one value can stand there more than once, by
/// its type. Without a value, by all that it has.
fn element(table: Option<&Descriptor>, given: &Value) -> Option<String> {
    let is = |name: &str, value: &Value| match value {
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        simple => Some(format!("{name} eq {simple}")),
    };
    let Value::Object(given) = given else {
        return is("value", given);
    };
    let is_known = |name: &str| table.is_some_and(|table| table.attribute(name).is_some());
    let of = |name: &str| {
        let mut all = given.iter();
        let found = all.find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| is(name, value))
    };
    if let Some(value) = of("value") {
        // What refers to a resource is known by that: its type follows from it.
        let has_type = is_known("type") && !is_known("$ref");
        return Some(match of("type").filter(|_| has_type) {
            Some(kind) => format!("({value} and {kind})"),
            None => value,
        });
    }
    let known = given.iter().filter(|(name, _)| is_known(name));
    let known: Vec<_> = known.filter_map(|(name, value)| is(name, value)).collect();
    (!known.is_empty()).then(|| format!("({})", known.join(" and ")))
}
