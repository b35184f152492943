//! What a correct server finds and how it sorts: by the library's own evaluator, on JSON with the
//! server's schemas.

use scim_client::{
    attribute_path::AttributePath,
    dynamic::{Diagnostics, ResourceType, ResourceTypes, TypesError},
    evaluate::{self, Subject},
    filter::Filter,
    message::SortOrder,
    model::Descriptor,
};
use serde_json::{Value, json};

use crate::json::{member_mut, text};

/// What filters and sorting know of a resource type: the table that is made of its documents.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schema(Option<&'static Descriptor>);

impl Schema {
    /// How often documents are read again without what was wrong in them: what the reader finds comes
    /// in two parts, of which the second needs the first.
    const TRIES: usize = 4;

    /// From schema documents; the one whose `id` is `urn` is the resource's own. What is wrong takes
    /// away the attribute that it is about, and no other: area D reports it.
    pub(crate) fn new(urn: &str, documents: &[Value]) -> Self {
        let mut documents = documents.to_vec();
        documents.iter_mut().for_each(without_common);
        for _ in 0..Self::TRIES {
            match table(urn, &documents) {
                Ok(table) => return Self(table),
                Err(TypesError::Documents(findings)) if take_out(&mut documents, &findings) => {}
                Err(_) => break,
            }
        }
        // What has no readable schema has what every resource has.
        Self(table(urn, &[]).ok().flatten())
    }

    /// Whether the resource matches; `None` if this crate's own filter is wrong, or nothing can be
    /// known of the type.
    pub(crate) fn matches(&self, filter: &str, resource: &Value) -> Option<bool> {
        let filter: Filter = filter.parse().ok()?;
        Some(filter.matches(Subject::json(resource, self.0?)))
    }

    /// How one resource is sorted beside another.
    pub(crate) fn compare(
        &self,
        one: &Value,
        two: &Value,
        path: &str,
        descending: bool,
    ) -> std::cmp::Ordering {
        let (Ok(path), Some(table)) = (path.parse::<AttributePath>(), self.0) else {
            return std::cmp::Ordering::Equal;
        };
        let order = match descending {
            true => SortOrder::Descending,
            false => SortOrder::Ascending,
        };
        evaluate::compare(
            Subject::json(one, table),
            Subject::json(two, table),
            &path,
            order,
        )
    }
}

/// The common attributes are those of RFC 7643 §3.1, whatever a document says of them.
fn without_common(document: &mut Value) {
    let common = |attribute: &Value| {
        let name = text(attribute, "name").unwrap_or_default();
        ["id", "meta", "schemas", "externalId"]
            .iter()
            .any(|common| name.eq_ignore_ascii_case(common))
    };
    if let Some(Value::Array(attributes)) = member_mut(document, "attributes") {
        attributes.retain(|attribute| !common(attribute));
    }
}

/// The table of a type with the schema `urn`, whose extensions are all the other documents.
fn table(urn: &str, documents: &[Value]) -> Result<Option<&'static Descriptor>, TypesError> {
    let id = |document: &&Value| text(document, "id").unwrap_or_default().to_owned();
    let is_own = |document: &&Value| id(document).eq_ignore_ascii_case(urn);
    let extensions: Vec<_> = documents
        .iter()
        .filter(|document| !is_own(document))
        .map(|document| json!({"schema": id(&document), "required": false}))
        .collect();
    let kind = json!({"name": "Resource", "endpoint": "/Resources", "schema": urn,
        "schemaExtensions": extensions});
    let bare = json!({"id": urn, "name": "Resource", "attributes": []});
    let bare = match documents.iter().any(|document| is_own(&document)) {
        true => None,
        false => Some(bare),
    };
    // Each is called by its position, for `take_out`.
    let named = documents.iter().enumerate();
    let named = named.map(|(at, document)| (at.to_string(), document));
    let others = [("type", Some(&kind)), ("bare", bare.as_ref())];
    let others = others
        .into_iter()
        .filter_map(|(name, document)| Some((name.to_owned(), document?)));
    let all = named.chain(others);
    let (types, _) =
        ResourceTypes::from_documents(all.map(|(name, document)| (name, document.to_string())))?;
    Ok(types.by_schema(urn).map(ResourceType::descriptor))
}

/// Takes out of documents what cannot be read: a sub-attribute, an attribute, or the whole document.
/// Whether anything was taken.
fn take_out(documents: &mut Vec<Value>, findings: &Diagnostics) -> bool {
    let mut wrong: Vec<(usize, Option<usize>, Option<usize>)> = findings
        .errors()
        .filter_map(|error| {
            let document = error.source_name().parse().ok()?;
            let mut steps = error.pointer().split('/').skip(1);
            let mut under = |list: &str| {
                let is_there = steps
                    .next()
                    .is_some_and(|step| step.eq_ignore_ascii_case(list));
                is_there.then(|| steps.next()?.parse().ok()).flatten()
            };
            let attribute = under("attributes");
            let sub = attribute.and_then(|_| under("subAttributes"));
            Some((document, attribute, sub))
        })
        .collect();
    // The last first, so that the others keep their places; a part before the whole.
    wrong.sort_unstable_by(|one, other| other.cmp(one));
    wrong.dedup();
    for (document, attribute, sub) in &wrong {
        let Some(attribute) = attribute else {
            if *document < documents.len() {
                documents.remove(*document);
            }
            continue;
        };
        let list = documents
            .get_mut(*document)
            .and_then(|found| member_mut(found, "attributes"))
            .and_then(Value::as_array_mut);
        let Some(list) = list else { continue };
        match sub {
            None if *attribute < list.len() => drop(list.remove(*attribute)),
            None => {}
            Some(sub) => {
                let subs = list
                    .get_mut(*attribute)
                    .and_then(|found| member_mut(found, "subAttributes"))
                    .and_then(Value::as_array_mut);
                if let Some(subs) = subs.filter(|subs| *sub < subs.len()) {
                    subs.remove(*sub);
                }
            }
        }
    }
    !wrong.is_empty()
}

/// The schemas of RFC 7643 and its resource types, for servers that publish none.
pub(crate) fn bundled() -> (Vec<Value>, Vec<Value>) {
    use scim_client::{EnterpriseUser, Extension as _, Group, Resource as _, User};
    let mut schemas = Vec::new();
    for text in [User::schema(), Group::schema(), EnterpriseUser::schema()] {
        if let Ok(document) = serde_json::from_str(text.as_str()) {
            schemas.push(document);
        }
    }
    let types = vec![
        json!({"name": "User", "endpoint": "/Users", "schema": User::SCHEMA,
            "schemaExtensions": [{"schema": EnterpriseUser::SCHEMA, "required": false}]}),
        json!({"name": "Group", "endpoint": "/Groups", "schema": Group::SCHEMA}),
    ];
    (schemas, types)
}
