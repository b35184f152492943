//! Reads attribute definitions (RFC 7643 §7), with the defaults of §2.2 and §2.4.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use super::{Reader, values};
use crate::diagnostic::is_invisible;
use crate::document::{RawAttribute, RawKind};
use crate::json::{Node, Value};
use crate::model::{Mutability, Returned, Uniqueness};
use crate::names::{is_attribute_name, is_urn};
use crate::near::nearest;

/// Complex attributes inside complex attributes beyond this depth are refused. The compiler has a
/// limit on types inside types, and each level of `Vec` is several of its own.
const MAX_DEPTH: usize = 12;

/// What an attribute definition has (RFC 7643 §7).
pub const MEMBERS: [&str; 12] = [
    "name",
    "type",
    "subAttributes",
    "multiValued",
    "description",
    "required",
    "canonicalValues",
    "caseExact",
    "mutability",
    "returned",
    "uniqueness",
    "referenceTypes",
];

/// Type names that are not RFC 7643's, and what their authors mean.
const ALIASES: [(&str, RawKind, &str); 10] = [
    ("bool", RawKind::Boolean, "boolean"),
    ("int", RawKind::Integer, "integer"),
    ("long", RawKind::Integer, "integer"),
    ("float", RawKind::Decimal, "decimal"),
    ("double", RawKind::Decimal, "decimal"),
    ("number", RawKind::Decimal, "decimal"),
    ("date", RawKind::DateTime, "dateTime"),
    ("timestamp", RawKind::DateTime, "dateTime"),
    ("uri", RawKind::Reference, "reference"),
    ("object", RawKind::Complex, "complex"),
];

impl Reader<'_, '_> {
    pub(super) fn attributes(
        &mut self,
        items: &[Node],
        depth: usize,
        urn: &str,
    ) -> Vec<RawAttribute> {
        let mut attributes: Vec<RawAttribute> = Vec::with_capacity(items.len());
        // By the name in lower case, where it stands first: documents may have many attributes.
        let mut known: HashMap<String, &Node> = HashMap::with_capacity(items.len());
        for item in items {
            if !matches!(item.value, Value::Object(_)) {
                self.not_an_attribute(item);
                continue;
            }
            let Some(attribute) = self.attribute(item, depth, urn) else {
                continue;
            };
            match known.entry(attribute.name.to_ascii_lowercase()) {
                Entry::Vacant(place) => {
                    place.insert(item);
                    attributes.push(attribute);
                }
                Entry::Occupied(first) => self.duplicate(first.get(), item, &attribute.name),
            }
        }
        attributes
    }

    fn not_an_attribute(&mut self, item: &Node) {
        let message = format!("expected an attribute definition, found {}", item.kind());
        if self.options.lenient {
            self.reporter.warn(
                self.at(item),
                "not-an-attribute",
                &message,
                Some("it is skipped"),
            );
        } else {
            let hint = "remove it, or read leniently to skip it";
            self.reporter
                .error(self.at(item), "not-an-attribute", &message, hint);
        }
    }

    fn duplicate(&mut self, first: &Node, second: &Node, name: &str) {
        let message = format!("two attributes are called `{name}` (names ignore case)");
        if first.same_value(second) {
            let hint = Some("they are identical, so the second is ignored");
            self.reporter
                .warn(self.at(second), "duplicate-attribute", &message, hint);
        } else {
            let hint = "their definitions differ: remove or rename one of them";
            self.reporter
                .error(self.at(second), "duplicate-attribute", &message, hint);
        }
    }

    fn attribute(&mut self, node: &Node, depth: usize, urn: &str) -> Option<RawAttribute> {
        let at = self.at(node);
        self.misspelt(node, &MEMBERS);
        let name = self.attribute_name(node)?;
        let subs = self.field(node, "subAttributes");
        let mut kind = self.kind(node, subs);
        let multi_valued = self.flag(node, "multiValued");
        if multi_valued.is_none() && node.member("multiValued").is_none() {
            let message = format!("`{name}` does not say whether it is multiValued");
            let hint = Some("it is read as single-valued, RFC 7643 §2.2");
            self.reporter
                .warn(at, "multi-valued-absent", &message, hint);
        }
        let multi_valued = multi_valued.unwrap_or_default();
        self.boolean_by_convention(node, &name, &mut kind, urn);
        let sub_attributes = match kind {
            RawKind::Complex => {
                self.sub_attributes(node, subs, multi_valued, depth, urn, &mut kind)
            }
            _ => Vec::new(),
        };
        let required = self.flag(node, "required").unwrap_or_default();
        let case_exact = self.flag(node, "caseExact").unwrap_or_default();
        let mutability = self
            .choice(node, "mutability", &Mutability::KEYWORDS)
            .unwrap_or_default();
        let returned = self.returned(node, &name, mutability);
        let uniqueness = self.uniqueness(node);
        Some(RawAttribute {
            at,
            field: None,
            description: self.text(node, "description").unwrap_or_default(),
            kind,
            multi_valued,
            required,
            case_exact,
            mutability,
            returned,
            uniqueness,
            reference_types: node
                .member("referenceTypes")
                .map(|types| values::strings(&types.value))
                .unwrap_or_default(),
            canonical_values: self.canonical_values(node),
            variants: Vec::new(),
            sub_attributes,
            name,
        })
    }

    fn attribute_name(&mut self, node: &Node) -> Option<String> {
        let given = self.field(node, "name");
        let at = given.map_or(self.at(node), |name| self.at(name));
        if let Some(given) = given.filter(|given| given.as_str().is_none()) {
            let message = format!("`name` is {} instead of a string", given.kind());
            let hint = "give the attribute's name as a string: without one it cannot be addressed";
            self.reporter.error(at, "wrong-type", &message, hint);
            return None;
        }
        let name = given.and_then(Node::as_str).unwrap_or_default().to_owned();
        if name.is_empty() {
            let hint = "add its `name`: without one it cannot be addressed";
            self.reporter.error(
                at,
                "missing-attribute-name",
                "an attribute has no name",
                hint,
            );
            return None;
        }
        // A URN is no name of an attribute, but a way in which some documents declare extensions.
        if is_urn(&name) {
            return self.is_plain_urn(&name, at).then_some(name);
        }
        if is_attribute_name(&name) {
            return Some(name);
        }
        if name.starts_with(['_', '-']) && is_attribute_name(name.trim_start_matches(['_', '-'])) {
            let message = format!("the attribute name `{name}` should begin with a letter");
            self.reporter.note(at, "attribute-name", &message);
        } else if name.contains(|c: char| " .:/[]()\"'\\,".contains(c) || is_invisible(c)) {
            let message =
                format!("the attribute name `{name}` cannot be written in a path or filter");
            let hint =
                "use letters, digits, `$`, `-` and `_`, beginning with a letter (RFC 7643 §2.1)";
            self.reporter.error(at, "attribute-name", &message, hint);
            return None;
        } else {
            let message = format!("the attribute name `{name}` breaks RFC 7643 §2.1");
            let hint = Some("it is kept; not every server will accept it in a path or filter");
            self.reporter.warn(at, "attribute-name", &message, hint);
        }
        Some(name)
    }

    fn kind(&mut self, node: &Node, subs: Option<&Node>) -> RawKind {
        let has_subs =
            matches!(subs.map(|subs| &subs.value), Some(Value::Array(a)) if !a.is_empty());
        let kind = match self.field(node, "type") {
            Some(value) => self.named_kind(value),
            None => {
                let message = "the attribute has no `type`";
                let kind = if has_subs {
                    "complex, for it has sub-attributes"
                } else {
                    "string"
                };
                let hint = format!("it is read as {kind} (RFC 7643 §2.2)");
                self.reporter
                    .warn(self.at(node), "missing-type", message, Some(&hint));
                if has_subs {
                    RawKind::Complex
                } else {
                    RawKind::String
                }
            }
        };
        if has_subs && kind != RawKind::Complex {
            let message = "an attribute with sub-attributes should have the type \"complex\"";
            let hint = Some("it is read as complex");
            self.reporter
                .warn(self.at(node), "sub-attributes-of-simple", message, hint);
            return RawKind::Complex;
        }
        kind
    }

    fn named_kind(&mut self, value: &Node) -> RawKind {
        let at = self.at(value);
        let Some(text) = value.as_str() else {
            self.wrong_type(value, "type", "a string");
            return RawKind::Any;
        };
        match values::keyword(text, &RawKind::NAMED) {
            values::Keyword::Exact(kind) => return kind,
            values::Keyword::Folded(name, kind) => {
                let message = format!("the type is written \"{text}\" instead of \"{name}\"");
                self.reporter.warn(at, "type-casing", &message, None);
                return kind;
            }
            values::Keyword::Unknown => {}
        }
        let message = format!("\"{text}\" is not a type of RFC 7643 §2.3");
        let alias = ALIASES
            .iter()
            .find(|(alias, ..)| alias.eq_ignore_ascii_case(text));
        if let Some((_, kind, name)) = alias {
            let hint = format!("it is read as \"{name}\"");
            self.reporter.warn(at, "type-alias", &message, Some(&hint));
            return *kind;
        }
        let names: Vec<&str> = RawKind::NAMED.iter().map(|(name, _)| *name).collect();
        let hint = match nearest(text, &names) {
            Some(name) => format!("it is read as raw JSON; did you mean \"{name}\"?"),
            None => "it is read as raw JSON".to_owned(),
        };
        self.reporter
            .warn(at, "unknown-type", &message, Some(&hint));
        RawKind::Any
    }

    /// `active` and `primary` are booleans in RFC 7643, whatever a document calls them.
    fn boolean_by_convention(&mut self, node: &Node, name: &str, kind: &mut RawKind, urn: &str) {
        let conventional =
            name.eq_ignore_ascii_case("active") || name.eq_ignore_ascii_case("primary");
        if !conventional || !matches!(kind, RawKind::String | RawKind::Integer) {
            return;
        }
        let message = format!("`{name}` is a boolean in RFC 7643, but not here");
        let core = urn.eq_ignore_ascii_case("urn:ietf:params:scim:schemas:core:2.0:User");
        let hint = if core {
            *kind = RawKind::Boolean;
            "it is read as a boolean"
        } else {
            "the document's type is kept; correct it if the server sends booleans"
        };
        let at = self
            .field(node, "type")
            .map_or(self.at(node), |value| self.at(value));
        self.reporter.warn(at, "not-boolean", &message, Some(hint));
    }

    fn sub_attributes(
        &mut self,
        node: &Node,
        subs: Option<&Node>,
        multi_valued: bool,
        depth: usize,
        urn: &str,
        kind: &mut RawKind,
    ) -> Vec<RawAttribute> {
        let at = self.at(node);
        let items = match subs {
            None => &[],
            Some(subs) => match &subs.value {
                Value::Array(items) => items.as_slice(),
                _ => {
                    self.wrong_type(subs, "subAttributes", "an array of objects");
                    &[]
                }
            },
        };
        if depth >= MAX_DEPTH {
            let message = format!("complex attributes are nested more than {MAX_DEPTH} deep");
            let hint = "flatten the schema; SCIM itself knows a single level";
            self.reporter.error(at, "too-deep", &message, hint);
            return Vec::new();
        }
        let schema_resource = urn.to_ascii_lowercase().ends_with(":schema");
        if depth > 0 && !schema_resource {
            let message =
                "a complex attribute inside a complex attribute (RFC 7643 §2.3.8 forbids it)";
            let hint = Some("it is kept; SCIM paths and filters cannot address its parts");
            self.reporter.warn(at, "nested-complex", message, hint);
        }
        if !items.is_empty() {
            return self.attributes(items, depth + 1, urn);
        }
        if multi_valued && depth == 0 {
            let message = "no sub-attributes are given; those of RFC 7643 §2.4 are used";
            self.reporter.note(at, "default-sub-attributes", message);
            return default_sub_attributes(at);
        }
        let message = "a complex attribute without sub-attributes";
        self.reporter.warn(
            at,
            "no-sub-attributes",
            message,
            Some("it is read as raw JSON"),
        );
        *kind = RawKind::Any;
        Vec::new()
    }

    fn returned(&mut self, node: &Node, name: &str, mutability: Mutability) -> Returned {
        let returned = self.choice(node, "returned", &Returned::KEYWORDS);
        if mutability != Mutability::WriteOnly {
            return returned.unwrap_or_default();
        }
        if returned.is_some_and(|returned| returned != Returned::Never) {
            let message = format!("`{name}` is writeOnly, so it cannot be returned");
            let hint = Some("it is treated as returned \"never\"");
            let at = self
                .field(node, "returned")
                .map_or(self.at(node), |value| self.at(value));
            self.reporter
                .warn(at, "write-only-returned", &message, hint);
        }
        Returned::Never
    }

    pub(super) fn uniqueness(&mut self, node: &Node) -> Uniqueness {
        let Some(value) = self.field(node, "uniqueness") else {
            return Uniqueness::None;
        };
        let Some(text) = value.as_str() else {
            self.wrong_type(value, "uniqueness", "a string");
            return Uniqueness::None;
        };
        match values::keyword(text, &Uniqueness::KEYWORDS) {
            values::Keyword::Exact(found) => found,
            values::Keyword::Folded(name, found) => {
                let message = format!("`uniqueness` is written \"{text}\" instead of \"{name}\"");
                self.reporter
                    .warn(self.at(value), "keyword-casing", &message, None);
                found
            }
            values::Keyword::Unknown => {
                let message = format!("`uniqueness` \"{text}\" is not in RFC 7643 §7");
                let hint = Some("it is kept as written and promises nothing");
                self.reporter
                    .warn(self.at(value), "unknown-uniqueness", &message, hint);
                Uniqueness::Other(text.to_owned())
            }
        }
    }

    pub(super) fn canonical_values(&mut self, node: &Node) -> Vec<String> {
        let Some(list) = self.field(node, "canonicalValues") else {
            return Vec::new();
        };
        let Value::Array(items) = &list.value else {
            if let Some(text) = list.as_str() {
                return vec![text.to_owned()];
            }
            self.reporter.warn(
                self.at(list),
                "canonical-values",
                "no list of values; ignored",
                None,
            );
            return Vec::new();
        };
        let mut texts: Vec<String> = Vec::with_capacity(items.len());
        let mut known = HashSet::with_capacity(items.len());
        for item in items {
            let value = item.member("value").map_or(item, |member| &member.value);
            match &value.value {
                Value::String(text) | Value::Number(text) => {
                    if known.insert(text.clone()) {
                        texts.push(text.clone());
                    }
                }
                Value::Bool(flag) => {
                    let text = flag.to_string();
                    if known.insert(text.clone()) {
                        texts.push(text);
                    }
                }
                _ => {
                    let message =
                        format!("{} is not a canonical value; it is ignored", item.kind());
                    self.reporter
                        .warn(self.at(item), "canonical-values", &message, None);
                }
            }
        }
        texts
    }
}

/// What RFC 7643 §2.4 gives a multi-valued complex attribute that lists nothing itself.
fn default_sub_attributes(at: crate::source::At) -> Vec<RawAttribute> {
    [
        (
            "value",
            RawKind::String,
            "The attribute's significant value.",
        ),
        (
            "display",
            RawKind::String,
            "A human-readable name, primarily for display.",
        ),
        (
            "type",
            RawKind::String,
            "A label that says what the value is for.",
        ),
        (
            "primary",
            RawKind::Boolean,
            "Whether this is the preferred value.",
        ),
        (
            "$ref",
            RawKind::Reference,
            "The URI of the resource that the value points at.",
        ),
    ]
    .into_iter()
    .map(|(name, kind, description)| RawAttribute::new(at, name, kind, description))
    .collect()
}
