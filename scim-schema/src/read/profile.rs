//! Checks `profile.json`: how a service provider departs from the RFCs on the wire. The runtime uses it.
//! Its form is checked here, because a diagnostic can name the line.

use super::Reader;
use super::overlay::suggestion;
use crate::json::{Member, Node, Value};

/// The profiles that the runtime ships.
pub(crate) const SHIPPED: [&str; 12] = [
    "atlassian",
    "aws",
    "databricks",
    "entra",
    "google",
    "okta",
    "oracle",
    "salesforce",
    "sap-ias",
    "slack",
    "snowflake",
    "zoom",
];

/// What a member may hold.
#[derive(Clone, Copy)]
enum Shape {
    Flag,
    Count,
    /// A count, or `null`.
    CountOrNull,
    Text,
    Texts,
    /// One of these.
    Word(&'static [&'static str]),
    /// Some of these.
    Words(&'static [&'static str]),
    /// Attributes with the URN of their schema.
    Paths,
    Object(&'static [(&'static str, Shape)]),
    Facts,
}

const PROFILE: &[(&str, Shape)] = &[
    ("name", Shape::Text),
    ("base", Shape::Word(&SHIPPED)),
    ("capabilities", Shape::Object(CAPABILITIES)),
    ("documented", Shape::Object(CAPABILITIES)),
    ("patch", Shape::Object(PATCH)),
    ("filter", Shape::Object(FILTER)),
    ("pageSize", Shape::CountOrNull),
    ("totalIsOfPage", Shape::Flag),
    ("mediaType", Shape::Text),
    ("plainNotFound", Shape::Flag),
    ("quoteVersions", Shape::Flag),
    ("neverReturned", Shape::Paths),
    ("omittedFromLists", Shape::Paths),
    ("endpoints", Shape::Object(ENDPOINTS)),
    ("responses", Shape::Object(RESPONSES)),
    ("limits", Shape::Object(LIMITS)),
    ("facts", Shape::Facts),
];

const CAPABILITIES: &[(&str, Shape)] = &[
    ("patch", Shape::Flag),
    ("put", Shape::Flag),
    ("bulk", Shape::Flag),
    ("bulkMaxOperations", Shape::Count),
    ("bulkMaxPayloadSize", Shape::Count),
    ("filter", Shape::Flag),
    ("maxResults", Shape::Count),
    ("sort", Shape::Flag),
    ("etag", Shape::Flag),
    ("indexPaging", Shape::Flag),
    ("cursorPaging", Shape::Flag),
    ("search", Shape::Flag),
    ("me", Shape::Flag),
];

const PATCH: &[(&str, Shape)] = &[
    ("capitalisedOps", Shape::Flag),
    ("removal", Shape::Word(&["filter", "valueList"])),
    ("noPaths", Shape::Flag),
    ("addsInOneOperation", Shape::Flag),
    ("separateAddsAndRemovals", Shape::Flag),
    ("oneAttribute", Shape::Flag),
    ("maxOperations", Shape::Count),
    ("maxAdded", Shape::Count),
    ("maxRemoved", Shape::Count),
    ("maxChanged", Shape::Count),
];

const FILTER: &[(&str, Shape)] = &[
    ("required", Shape::Flag),
    (
        "operators",
        Shape::Words(&["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"]),
    ),
    ("or", Shape::Flag),
    ("not", Shape::Flag),
    ("maxNodes", Shape::Count),
    ("lenient", Shape::Flag),
];

const ENDPOINTS: &[(&str, Shape)] = &[
    ("serviceProviderConfig", Shape::Text),
    ("resourceTypes", Shape::Text),
    ("schemas", Shape::Text),
];

const RESPONSES: &[(&str, Shape)] = &[
    ("patchWithoutBody", Shape::Flag),
    ("relativeLocations", Shape::Flag),
    ("lowerCaseResourceTypes", Shape::Flag),
];

const LIMITS: &[(&str, Shape)] = &[
    ("requestsPerMinute", Shape::Count),
    ("concurrentRequests", Shape::Count),
];

const FACT: &[(&str, Shape)] = &[
    ("says", Shape::Text),
    ("source", Shape::Text),
    ("sets", Shape::Texts),
];

/// Everything that a profile may have: where, and of which form.
pub fn grammar() -> Vec<(String, String)> {
    let mut grammar = Vec::new();
    within(PROFILE, "", &mut grammar);
    grammar
}

fn within(members: &[(&str, Shape)], outer: &str, grammar: &mut Vec<(String, String)>) {
    for (name, shape) in members {
        let at = format!("{outer}/{name}");
        let mut add = |form: &str| grammar.push((at.clone(), form.to_owned()));
        match shape {
            Shape::Flag => add("flag"),
            Shape::Count => add("count"),
            Shape::CountOrNull => {
                add("null");
                add("count");
            }
            Shape::Text => add("text"),
            Shape::Texts => add("texts"),
            Shape::Word(words) => {
                add("text");
                add(&words.join(" "));
            }
            Shape::Words(words) => {
                add("texts");
                add(&words.join(" "));
            }
            Shape::Paths => {
                add("paths");
                add("texts");
            }
            Shape::Object(members) => within(members, &at, grammar),
            Shape::Facts => within(FACT, &at, grammar),
        }
    }
}

impl Reader<'_, '_> {
    pub(super) fn profile(&mut self, root: &Node) {
        self.profile_object(root, "the profile", PROFILE);
    }

    fn profile_object(&mut self, node: &Node, name: &str, known: &[(&str, Shape)]) {
        let Value::Object(members) = &node.value else {
            self.profile_type(node, name, "an object");
            return;
        };
        for (index, member) in members.iter().enumerate() {
            let twice = members
                .get(..index)
                .unwrap_or_default()
                .iter()
                .any(|other| other.name == member.name);
            if twice {
                let message = format!("`{}` is here twice", member.name);
                let at = self.member_at(member);
                self.reporter
                    .error(at, "profile-key", &message, "remove one of them");
            }
            match known.iter().find(|(key, _)| *key == member.name) {
                Some((_, shape)) => self.profile_value(member, *shape),
                None => {
                    let names: Vec<&str> = known.iter().map(|(key, _)| *key).collect();
                    let message = format!("{name} has no `{}`", member.name);
                    let hint = suggestion(&member.name, &names, "it may have");
                    self.reporter
                        .error(self.member_at(member), "profile-key", &message, &hint);
                }
            }
        }
    }

    fn profile_value(&mut self, member: &Member, shape: Shape) {
        let (name, node) = (member.name.as_str(), &member.value);
        let what = format!("`{name}`");
        match shape {
            Shape::Flag if !matches!(node.value, Value::Bool(_)) => {
                self.profile_type(node, &what, "true or false");
            }
            Shape::Count | Shape::CountOrNull => match &node.value {
                Value::Number(text) if text.parse::<u32>().is_ok_and(|n| n > 0) => {}
                Value::Null if matches!(shape, Shape::CountOrNull) => {}
                _ => self.profile_type(node, &what, "a whole number above 0"),
            },
            Shape::Text if node.as_str().is_none_or(str::is_empty) => {
                self.profile_type(node, &what, "a text");
            }
            Shape::Word(words) => self.profile_word(node, name, words),
            Shape::Texts | Shape::Words(_) | Shape::Paths | Shape::Facts => {
                let Value::Array(items) = &node.value else {
                    self.profile_type(node, &what, "an array");
                    return;
                };
                for item in items {
                    match shape {
                        Shape::Words(words) => self.profile_word(item, name, words),
                        Shape::Paths => self.profile_path(item, name),
                        Shape::Facts => self.profile_object(item, "a fact", FACT),
                        _ if item.as_str().is_none() => self.profile_type(item, &what, "texts"),
                        _ => {}
                    }
                }
            }
            Shape::Object(known) => self.profile_object(node, &what, known),
            Shape::Flag | Shape::Text => {}
        }
    }

    fn profile_word(&mut self, node: &Node, name: &str, words: &[&str]) {
        let Some(text) = node.as_str() else {
            self.profile_type(node, &format!("`{name}`"), "a text");
            return;
        };
        if !words.contains(&text) {
            let message = format!("`{name}` cannot be \"{text}\"");
            let hint = suggestion(text, words, "use one of");
            self.reporter
                .error(self.at(node), "profile-value", &message, &hint);
        }
    }

    fn profile_path(&mut self, node: &Node, name: &str) {
        let right = node.as_str().and_then(|text| text.rsplit_once(':'));
        if right.is_none_or(|(urn, attribute)| !urn.contains(':') || attribute.is_empty()) {
            let message = format!("`{name}` names attributes with their schema");
            let hint = "write \"urn:ietf:params:scim:schemas:core:2.0:Group:members\"";
            self.reporter
                .error(self.at(node), "profile-value", &message, hint);
        }
    }

    fn profile_type(&mut self, node: &Node, what: &str, expected: &str) {
        let message = format!("{what} is {} instead of {expected}", node.kind());
        let hint = format!("give {expected}, or leave it out");
        self.reporter
            .error(self.at(node), "profile-value", &message, &hint);
    }
}
