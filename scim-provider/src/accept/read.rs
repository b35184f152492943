//! The body of a POST or PUT (RFC 7643 §7, RFC 7644 §3.3 and §3.5.1).

use scim_models::{
    internal::{
        Context, Layers, Names, Problems, decode, drop_duplicates,
        envelope::{self, Envelope},
        repeated,
        shown::Name,
        to_value,
    },
    json::ProblemKind,
    message::schemas,
    model::{Descriptor, Mutability, Reflect},
};
use serde_json::Value;

use super::rules;
use crate::{
    finding::{Finding, Rule},
    record::{Record, ServedType},
    reflected::each_object,
    refusal::{Refusal, Result},
};

/// Reads a resource, and finds what is wrong with it. What only the service provider sets is left
/// out.
///
/// # Errors
/// The text is not JSON, or no object: nothing more can be found.
pub(super) fn read(kind: &ServedType, text: &str, strict: bool) -> Result<(Record, Vec<Finding>)> {
    if strict {
        once(text, Names::Of(kind.descriptor()))?;
    }
    let mut record = kind.empty();
    let mut context = Context {
        strict,
        partial: true,
        problems: Problems::all(),
        ..Context::default()
    };
    // A client's `id` and `meta` are ignored.
    let mut ignored = Envelope::default();
    let layers = Layers::resource(record.resource_mut(), &mut ignored);
    decode::document(text, layers, &mut context)
        .map_err(|error| Refusal::invalid_syntax(error.to_string()))?;
    if context
        .problems
        .iter()
        .any(|problem| problem.path().is_empty())
    {
        return Err(Refusal::invalid_syntax("the body is not a JSON object"));
    }
    let document: Value = to_value(text).unwrap_or_default();
    let mut findings = Vec::new();
    if strict {
        listed(&document, kind, record.resource(), &mut findings);
    } else if !names_schema(&document, kind.schema()) {
        let wrong = format!("schemas has to name {}", kind.schema());
        findings.push(Finding::new(Rule::Schemas, "schemas", wrong));
    }
    for problem in context.problems.iter() {
        if !is_read_only(kind.descriptor(), problem.path()) {
            let rule = match problem.kind() {
                ProblemKind::MissingRequired => Rule::Required,
                _ => Rule::Type,
            };
            findings.push(Finding::new(rule, problem.path(), problem.to_string()));
        }
    }
    for trail in &context.missing {
        findings.extend(missing(kind.descriptor(), trail).map(|path| {
            let text = format!("{path} is required");
            Finding::new(Rule::Required, path, text)
        }));
    }
    findings.extend(rules::external_id(record.resource_mut()));
    if strict {
        findings.extend(rules::unknown(record.resource()));
    }
    drop_read_only(record.resource_mut());
    findings.extend(rules::of_values(record.resource(), strict));
    drop_duplicates(record.resource_mut());
    if !strict {
        findings.extend(rules::primary(record.resource()));
    }
    for empty in rules::not_empty(record.resource(), strict) {
        // What is missing is empty here, too.
        if findings.iter().all(|other| other.path() != empty.path()) {
            findings.push(empty);
        }
    }
    Ok((record, findings))
}

/// Checks that every member of a document comes only once.
///
/// # Errors
/// A member comes twice (400 `invalidSyntax`). The error has its path, and no other findings: they would
/// be worth nothing for a document that two readers may read differently.
pub(crate) fn once(text: &str, names: Names) -> Result<()> {
    let Some(path) = repeated(text, names) else {
        return Ok(());
    };
    let text = format!("{} comes twice", Name(&path));
    Refusal::unless_empty(vec![Finding::new(Rule::Document, path, text)])
}

/// Returns whether the document says of which schema it is (RFC 7643 §3). It may say nothing; what names
/// other schemas only is meant for another endpoint.
fn names_schema(document: &Value, urn: &str) -> bool {
    let schemas = document.as_object().and_then(|members| {
        let mut members = members.iter();
        members
            .find(|(name, _)| name.eq_ignore_ascii_case("schemas"))
            .map(|(_, value)| value)
    });
    let is_own = |value: &Value| {
        let named = value.as_str();
        named.is_some_and(|named| named.eq_ignore_ascii_case(urn))
    };
    match schemas {
        None | Some(Value::Null) => true,
        Some(Value::Array(named)) => named.is_empty() || named.iter().any(is_own),
        // One value stands for a list of one, as everywhere.
        Some(one) => is_own(one),
    }
}

/// What is wrong with the list of schemas, read strictly: all of them are known here, the type's own
/// is there, and every extension that has data (RFC 7643 §3, §3.1).
fn listed(document: &Value, kind: &ServedType, object: &dyn Reflect, findings: &mut Vec<Finding>) {
    let mut wrong = |text: String| findings.push(Finding::new(Rule::Schemas, "schemas", text));
    let listed = match schemas::listed(document) {
        Ok(listed) => listed,
        Err(text) => return wrong(text),
    };
    let lists = |urn: &str| listed.iter().any(|listed| listed.eq_ignore_ascii_case(urn));
    if !lists(kind.schema()) {
        wrong(format!("schemas has to name {}", kind.schema()));
    }
    let known = kind.schemas();
    for urn in &listed {
        if !known.iter().any(|known| known.eq_ignore_ascii_case(urn)) {
            wrong(format!(
                "schemas has {urn}, which is not a schema of {}",
                kind.name()
            ));
        }
    }
    for (at, attribute) in kind.descriptor().attributes().iter().enumerate() {
        if attribute.is_extension() && object.get(at).is_assigned() && !lists(attribute.name) {
            wrong(format!(
                "schemas lacks {}, whose attributes are there",
                attribute.name
            ));
        }
    }
}

/// Returns whether a problem is in an attribute that is ignored anyway.
fn is_read_only(descriptor: &Descriptor, path: &str) -> bool {
    let common = envelope::DESCRIPTOR.attributes().iter();
    let common = common.filter(|attribute| attribute.name != "schemas");
    descriptor
        .attributes()
        .iter()
        .chain(common)
        .any(|attribute| {
            let rest = path.strip_prefix(attribute.name);
            attribute.mutability() == Mutability::ReadOnly
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
}

/// The path of a required attribute that is missing; `trail` has indices from the inside out.
/// `None` if it is the service provider that sets it.
fn missing(descriptor: &'static Descriptor, trail: &[u16]) -> Option<String> {
    let mut path = String::new();
    let mut table = Some(descriptor);
    let mut steps = trail.iter().rev();
    while let Some(step) = steps.next() {
        let attribute = table?.attributes().get(usize::from(*step))?;
        if attribute.mutability() == Mutability::ReadOnly {
            return None;
        }
        if !path.is_empty() {
            let within_extension = table.and_then(Descriptor::urn).is_some();
            path.push(if within_extension { ':' } else { '.' });
        }
        path.push_str(attribute.name);
        table = attribute.kind.descriptor();
        if attribute.is_multi_valued()
            && let Some(element) = steps.next()
        {
            path.push_str(&format!("[{element}]"));
        }
    }
    Some(path)
}

/// Clears everything that is `readOnly`, at every level.
fn drop_read_only(object: &mut dyn Reflect) {
    let attributes = object.descriptor().attributes();
    for (index, attribute) in attributes.iter().enumerate() {
        match object.slot(index) {
            Some(slot) if attribute.mutability() == Mutability::ReadOnly => slot.clear(),
            Some(slot) => each_object(slot, &mut |inner| drop_read_only(inner)),
            None => {}
        }
    }
}
