//! Finds the documents in the sources: a Schema, a ResourceType, a ServiceProviderConfig, an array
//! of them, or a ListResponse.

mod attribute;
mod overlay;
mod profile;
mod provider;
mod resource_type;
mod schema;
mod values;

pub use self::attribute::MEMBERS as ATTRIBUTE_MEMBERS;
pub use self::overlay::OF_ATTRIBUTE as OVERLAY_OF_ATTRIBUTE;
pub use self::profile::grammar as profile_grammar;
use crate::document::Documents;
use crate::json::{Node, Value};
use crate::near::{nearest, nearest_by_one};
use crate::reading::Reading;
use crate::source::{At, Reporter, SourceKind};

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const PROVIDER: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

/// Reads every document of every source.
pub(crate) fn read(reporter: &mut Reporter<'_>, options: &Reading) -> Documents {
    let mut documents = Documents::default();
    let mut overlays = Vec::new();
    for (source, root) in reporter.roots().iter().enumerate() {
        let Some(root) = root else { continue };
        let kind = reporter.kind(source);
        let mut reader = Reader {
            source,
            reporter,
            options,
            documents: &mut documents,
        };
        match kind {
            SourceKind::Document => reader.container(root),
            SourceKind::Overlay => overlays.push((source, root.clone())),
            SourceKind::Profile => reader.profile(root),
        }
    }
    let count = documents.schemas.len() + documents.resource_types.len();
    if count > options.max_documents {
        let message = format!(
            "there are {count} documents, and at most {} are allowed",
            options.max_documents
        );
        let start = At {
            source: 0,
            offset: 0,
        };
        let hint = "leave out those that nobody needs";
        reporter.error(start, "too-many-documents", &message, hint);
        return Documents::default();
    }
    documents.whole = !reporter.has_errors();
    // Whatever the order of the files, the corrections come after what they correct.
    for (source, root) in overlays {
        let mut reader = Reader {
            source,
            reporter,
            options,
            documents: &mut documents,
        };
        reader.overlay(&root);
    }
    if options.nothing_required {
        for schema in &mut documents.schemas {
            overlay::optional(&mut schema.attributes);
        }
    }
    documents
}

/// Reads one source; the submodules add the methods for each kind of document.
struct Reader<'a, 'r> {
    source: usize,
    reporter: &'a mut Reporter<'r>,
    options: &'a Reading,
    documents: &'a mut Documents,
}

impl Reader<'_, '_> {
    fn at(&self, node: &Node) -> At {
        At {
            source: self.source,
            offset: node.start,
        }
    }

    /// Warns of members that nobody knows and that are nearly called like one that is missing.
    fn misspelt(&mut self, node: &Node, known: &[&str]) {
        for member in node.members() {
            let name = member.name.as_str();
            // Nobody misspells a word with a mark; such names are a vendor's own.
            let plain = name.chars().all(char::is_alphanumeric);
            if !plain || known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                continue;
            }
            let Some(near) = nearest(name, known).filter(|near| {
                let length = near.chars().count().min(name.chars().count());
                // Short words are near each other although both are meant.
                node.member(near).is_none() && (length > 4 || nearest_by_one(name, near))
            }) else {
                continue;
            };
            let message = format!("RFC 7643 has no `{name}` here");
            let hint = format!("it is ignored; did you mean `{near}`?");
            self.reporter.warn(
                self.member_at(member),
                "misspelt-key",
                &message,
                Some(&hint),
            );
        }
    }

    fn container(&mut self, root: &Node) {
        match &root.value {
            Value::Array(items) if is_attribute_list(items) => self.attribute_list(root),
            Value::Array(items) => self.list(items),
            Value::Object(_) => match root.member("Resources") {
                Some(resources) => self.list_response(root, &resources.value),
                None => self.document(root),
            },
            _ => self.unusable(root),
        }
    }

    fn list(&mut self, items: &[Node]) {
        if let Some(first) = items.first().filter(|_| items.iter().all(is_wso2)) {
            return self.unusable(first);
        }
        for item in items {
            self.document(item);
        }
    }

    fn list_response(&mut self, root: &Node, resources: &Node) {
        let Value::Array(items) = &resources.value else {
            let message = format!("`Resources` is {}, not an array", resources.kind());
            let hint = "a ListResponse holds its documents in an array, RFC 7644 §3.4.2";
            self.reporter
                .error(self.at(resources), "resources-type", &message, hint);
            return;
        };
        let hint = Some("check that no page is missing");
        match root.member("totalResults").map(|total| &total.value) {
            None => {
                let message = "`totalResults` is missing: this may be one page of several";
                self.reporter
                    .warn(self.at(root), "partial-list", message, hint);
            }
            Some(node) => {
                let total = values::number(node);
                if total != u64::try_from(items.len()).ok() {
                    let message = format!(
                        "`totalResults` does not match the {} documents in the list: this may be \
                         one page of several",
                        items.len()
                    );
                    self.reporter
                        .warn(self.at(node), "partial-list", &message, hint);
                }
            }
        }
        self.list(items);
    }

    fn document(&mut self, node: &Node) {
        let has = |name: &str| node.member(name).is_some();
        let says = |urn: &str| {
            let schemas = node
                .member("schemas")
                .map(|schemas| values::strings(&schemas.value));
            schemas
                .unwrap_or_default()
                .iter()
                .any(|schema| schema.eq_ignore_ascii_case(urn))
        };
        let id_is_urn = node
            .member("id")
            .and_then(|id| id.value.as_str())
            .is_some_and(|id| {
                id.get(..4)
                    .is_some_and(|urn| urn.eq_ignore_ascii_case("urn:"))
            });
        // What a document has says more than what it says of itself: servers list other URNs in
        // `schemas` too.
        let provider = has("authenticationSchemes")
            || PARTS.iter().filter(|part| is_part(node, part)).count() > 1;
        if !matches!(node.value, Value::Object(_)) || has("$schema") || is_wso2(node) {
            self.unusable(node);
        } else if has("attributes") {
            self.schema(node);
        } else if has("endpoint") && has("schema") {
            self.resource_type(node);
        } else if provider {
            self.provider(node);
        } else if says(RESOURCE_TYPE) {
            self.resource_type(node);
        } else if says(PROVIDER) {
            self.provider(node);
        } else if says(SCHEMA) || (id_is_urn && has("name")) {
            self.schema(node);
        } else {
            self.unusable(node);
        }
    }

    /// A document of an unknown kind: says what it looks like, and what it should be.
    fn unusable(&mut self, node: &Node) {
        let at = self.at(node);
        let has = |name: &str| node.member(name).is_some();
        if has("$schema") || (has("properties") && has("type")) {
            let message = "this looks like JSON Schema, not like a SCIM schema (RFC 7643 §7)";
            let hint = "JSON Schema describes JSON in general; ask the service provider for the \
                        answer of its /Schemas endpoint";
            self.reporter.error(at, "json-schema", message, hint);
        } else if is_wso2(node) {
            let message = "this looks like a WSO2 schema extension configuration, not like a SCIM \
                           schema (RFC 7643 §7)";
            let hint = "use the response of the server's /Schemas endpoint";
            self.reporter.error(at, "wso2-config", message, hint);
        } else {
            let message = match &node.value {
                Value::Object(members) if members.is_empty() => {
                    "not a SCIM document but an empty object".to_owned()
                }
                Value::Object(members) => {
                    let keys: Vec<_> = members
                        .iter()
                        .take(12)
                        .map(|m| format!("`{}`", m.name))
                        .collect();
                    format!("not a SCIM document; its keys are {}", keys.join(", "))
                }
                _ => format!("expected a SCIM document, found {}", node.kind()),
            };
            // A document is known by these.
            let known = [
                "attributes",
                "Resources",
                "endpoint",
                "schema",
                "authenticationSchemes",
            ];
            let mut members = node.members().iter();
            let near = members.find_map(|m| Some((&m.name, nearest(&m.name, &known)?)));
            let hint = "give a Schema, a ResourceType, a ServiceProviderConfig, an array of them \
                        or a ListResponse";
            let hint = match near.filter(|(name, near)| !name.eq_ignore_ascii_case(near)) {
                Some((name, near)) => {
                    format!("did you mean `{near}` by `{name}`? Otherwise {hint}")
                }
                None => hint.to_owned(),
            };
            self.reporter.error(at, "unknown-document", &message, &hint);
        }
    }
}

/// What a ServiceProviderConfig says of abilities (RFC 7643 §5).
const PARTS: [&str; 6] = ["patch", "bulk", "filter", "changePassword", "sort", "etag"];

/// Returns whether a document has that ability, as an object.
fn is_part(node: &Node, part: &str) -> bool {
    node.member(part)
        .is_some_and(|member| matches!(member.value.value, Value::Object(_)))
}

/// Returns whether this is an entry of WSO2's own configuration format.
fn is_wso2(node: &Node) -> bool {
    node.member("attributeURI").is_some()
}

/// Returns whether an array holds attribute definitions without the schema around them.
fn is_attribute_list(items: &[Node]) -> bool {
    let attribute = |item: &Node| {
        ["name", "type"]
            .iter()
            .all(|key| item.member(key).is_some())
            && ["attributes", "schema", "attributeURI"]
                .iter()
                .all(|key| item.member(key).is_none())
    };
    !items.is_empty() && items.iter().all(attribute)
}
