//! The profile of the crate: the vendor's, completed by what its ServiceProviderConfig says.

use scim_schema::json::{self, Member, Node, Value};
use scim_schema::model::Model;
use scim_schema::{Source, SourceKind};

pub(super) struct Profile {
    pub(super) name: Option<String>,
    /// The shipped profile that it refines.
    pub(super) base: Option<String>,
    /// What it says, and the public document that says so.
    pub(super) facts: Vec<(String, String)>,
    /// The JSON.
    pub(super) text: String,
}

impl Profile {
    /// The profile was checked when the documents were read.
    pub(super) fn of(sources: &[Source], model: &Model) -> Self {
        let own = sources
            .iter()
            .find(|source| source.kind() == SourceKind::Profile)
            .and_then(|source| json::parse(&source.text).ok());
        let text = |node: Option<&Node>, name: &str| {
            let member = node.and_then(|node| node.member(name));
            member.and_then(|m| m.value.as_str()).map(str::to_owned)
        };
        let name = text(own.as_ref(), "name");
        let base = text(own.as_ref(), "base");
        let facts = own.as_ref().and_then(|own| own.member("facts"));
        let facts = match facts.map(|facts| &facts.value.value) {
            Some(Value::Array(facts)) => facts
                .iter()
                .filter_map(|fact| Some((text(Some(fact), "says")?, text(Some(fact), "source")?)))
                .collect(),
            _ => Vec::new(),
        };
        let mut members = match own.map(|own| own.value) {
            Some(Value::Object(members)) => members,
            _ => Vec::new(),
        };
        let documented = documented(model);
        if !documented.is_empty() {
            members.push(member("documented", Value::Object(documented)));
        }
        Self {
            name,
            base,
            facts,
            text: json::print(&node(Value::Object(members))),
        }
    }
}

/// What the ServiceProviderConfig says, in the words of a profile.
fn documented(model: &Model) -> Vec<Member> {
    let Some(provider) = model.service_provider() else {
        return Vec::new();
    };
    let flags = [
        ("patch", provider.patch),
        ("bulk", provider.bulk),
        ("filter", provider.filter),
        ("sort", provider.sort),
        ("etag", provider.etag),
        ("indexPaging", provider.index_pagination),
        ("cursorPaging", provider.cursor_pagination),
    ];
    let counts = [
        ("bulkMaxOperations", provider.bulk_max_operations),
        ("bulkMaxPayloadSize", provider.bulk_max_payload_size),
        ("maxResults", provider.filter_max_results),
    ];
    let flags = flags
        .into_iter()
        .filter_map(|(name, flag)| Some(member(name, Value::Bool(flag?))));
    let counts = counts.into_iter().filter_map(|(name, count)| {
        let count = count.filter(|count| *count > 0 && u32::try_from(*count).is_ok())?;
        Some(member(name, Value::Number(count.to_string())))
    });
    flags.chain(counts).collect()
}

fn node(value: Value) -> Node {
    Node {
        value,
        start: 0,
        end: 0,
    }
}

fn member(name: &str, value: Value) -> Member {
    Member {
        name: name.to_owned(),
        name_start: 0,
        value: node(value),
    }
}
