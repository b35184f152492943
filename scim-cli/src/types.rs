//! Resource types as they are known when the command runs: from the server's documents, or from
//! those that are built in.

mod place;
mod read;
mod table;

use scim_client::evaluate::{AttributeFacts, DataType, SchemaView};

pub(crate) use self::place::{Place, convert};
pub(crate) use self::table::Tables;
use crate::failure::Failure;
use crate::value::Value;

/// What a service provider says that it serves.
#[derive(Clone)]
pub(crate) struct Types {
    pub(crate) list: Vec<ResourceType>,
    pub(crate) schemas: Vec<Schema>,
    /// The ServiceProviderConfig; `null` if there is none.
    pub(crate) config: Value,
    /// Whether these are the built-in ones, because the server publishes none.
    pub(crate) is_bundled: bool,
}

/// A schema document.
#[derive(Clone)]
pub(crate) struct Schema {
    pub(crate) urn: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) attributes: Vec<Attribute>,
}

/// A resource type with its schema and extensions.
#[derive(Clone)]
pub(crate) struct ResourceType {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) endpoint: String,
    pub(crate) description: String,
    pub(crate) schema: String,
    /// The attributes of its own schema, and those that every resource has.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) extensions: Vec<Extension>,
    /// The library's tables of all types.
    pub(crate) tables: std::sync::Arc<Tables>,
}

/// An extension of a resource type.
#[derive(Clone)]
pub(crate) struct Extension {
    pub(crate) urn: String,
    /// What it is called in short, such as `enterprise`.
    pub(crate) short: String,
    pub(crate) required: bool,
    pub(crate) attributes: Vec<Attribute>,
}

/// An attribute and its characteristics (RFC 7643 §2.2).
#[derive(Clone)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) data_type: DataType,
    pub(crate) multi_valued: bool,
    pub(crate) required: bool,
    pub(crate) case_exact: Option<bool>,
    pub(crate) mutability: String,
    pub(crate) returned: String,
    pub(crate) uniqueness: String,
    pub(crate) canonical: Vec<String>,
    pub(crate) reference_types: Vec<String>,
    pub(crate) description: String,
    pub(crate) subs: Vec<Attribute>,
}

impl Attribute {
    /// Whether a client may give it a value.
    pub(crate) fn is_writable(&self) -> bool {
        self.mutability != "readOnly"
    }

    /// Whether it is never shown: what a client writes and nobody reads.
    pub(crate) fn is_secret(&self) -> bool {
        self.mutability == "writeOnly" || self.returned == "never"
    }

    pub(crate) fn is_complex(&self) -> bool {
        self.data_type == DataType::Complex
    }

    pub(crate) fn sub(&self, name: &str) -> Option<&Self> {
        find(&self.subs, name)
    }

    /// The canonical values of `type`, by which elements are told apart.
    pub(crate) fn kinds(&self) -> &[String] {
        let kind = self.sub("type").map(|sub| sub.canonical.as_slice());
        kind.filter(|_| self.multi_valued).unwrap_or_default()
    }

    /// The sub-attribute that stands for an element: `value`, or else `display`.
    pub(crate) fn main_sub(&self) -> Option<&Self> {
        ["value", "display", "formatted"]
            .iter()
            .find_map(|name| self.sub(name))
    }

    /// The resource types that it refers to.
    pub(crate) fn targets(&self) -> Vec<&str> {
        let own = self.reference_types.iter();
        let all = own.chain(
            self.sub("$ref")
                .into_iter()
                .flat_map(|sub| &sub.reference_types),
        );
        let all = all.map(String::as_str);
        all.filter(|name| !matches!(*name, "external" | "uri"))
            .collect()
    }

    /// Whether its `$ref` is data, such as an address outside of the server. Else the server makes it of the
    /// `value` beside it (RFC 7643 §2.4).
    pub(crate) fn has_data_in_ref(&self) -> bool {
        let is_data = |sub: &Self| {
            let is_alone = self.sub("value").is_none();
            sub.is_writable() && (is_alone || !sub.reference_types.is_empty())
        };
        self.targets().is_empty() && self.sub("$ref").is_some_and(is_data)
    }

    /// What it is, in a line.
    pub(crate) fn facts(&self) -> String {
        let mut facts = vec![match self.multi_valued {
            true => format!("list of {}", self.data_type),
            false => self.data_type.to_string(),
        }];
        let mut say = |set: bool, word: &str| {
            if set {
                facts.push(word.to_owned());
            }
        };
        say(self.required, "required");
        say(self.mutability != "readWrite", &self.mutability);
        say(
            self.returned != "default",
            &format!("returned {}", self.returned),
        );
        say(
            self.uniqueness != "none",
            &format!("unique ({})", self.uniqueness),
        );
        say(self.case_exact == Some(true), "case exact");
        facts.join(", ")
    }
}

/// A name without what people leave out or put in: letter case, `-` and `_`.
pub(crate) fn plain(name: &str) -> String {
    let name = name.chars().filter(|c| !matches!(c, '-' | '_'));
    name.flat_map(char::to_lowercase).collect()
}

/// `userName` as `user-name`.
pub(crate) fn kebab(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    let mut before = None;
    for c in name.chars() {
        if c.is_uppercase() && before.is_some_and(|b: char| b.is_lowercase() || b.is_numeric()) {
            text.push('-');
        }
        before = Some(c);
        text.extend(c.to_lowercase());
    }
    text.trim_start_matches('$').replace('_', "-")
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    let exact = attributes
        .iter()
        .find(|a| a.name.eq_ignore_ascii_case(name));
    exact.or_else(|| {
        let wanted = plain(name);
        attributes.iter().find(|a| plain(&a.name) == wanted)
    })
}

/// The nearest of some names, if any is near enough for its length: a short word is like any other
/// short word.
pub(crate) fn nearest<'n>(text: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let names: Vec<&str> = names.into_iter().collect();
    let wanted = plain(text);
    let same = names.iter().find(|name| plain(name) == wanted);
    let begins = || {
        let mut long = names.iter().filter(|_| wanted.len() >= 3);
        long.find(|name| plain(name).starts_with(&wanted) || wanted.starts_with(&plain(name)))
    };
    let near = || {
        let near = scim_schema::nearest(text, &names)?;
        (text.chars().count() >= 3 && near.chars().count() >= 3).then_some(near)
    };
    same.copied().or_else(near).or_else(|| begins().copied())
}

impl Types {
    /// The resource type that somebody means: by name, id, endpoint or plural, in any letter case.
    pub(crate) fn find(&self, text: &str) -> Result<&ResourceType, Failure> {
        let wanted = plain(text.trim_matches('/'));
        let found = self
            .list
            .iter()
            .find(|t| t.names().any(|name| plain(&name) == wanted));
        found.ok_or_else(|| {
            let names: Vec<&str> = self.list.iter().map(|t| t.name.as_str()).collect();
            let all: Vec<String> = self.list.iter().flat_map(ResourceType::names).collect();
            let near = nearest(text.trim_matches('/'), all.iter().map(String::as_str));
            let near = near.and_then(|near| {
                self.list
                    .iter()
                    .find(|t| t.names().any(|name| name == near))
            });
            let failure = Failure::usage(format!("there is no resource type `{text}`"));
            if text.starts_with('@') {
                let first = self.list.first().map_or("user", |of| of.name.as_str());
                return failure.hint(format!(
                    "the type comes first: {} {text}; there are {}",
                    first.to_lowercase(),
                    names.join(", ")
                ));
            }
            match near {
                Some(near) => failure.hint(format!(
                    "did you mean `{}`? There are {}",
                    near.name,
                    names.join(", ")
                )),
                None => failure.hint(format!(
                    "there are {}; --refresh asks the server again",
                    names.join(", ")
                )),
            }
        })
    }

    /// A schema by its URN or name.
    pub(crate) fn schema(&self, text: &str) -> Option<&Schema> {
        let by_urn = self
            .schemas
            .iter()
            .find(|s| s.urn.eq_ignore_ascii_case(text));
        by_urn.or_else(|| {
            self.schemas
                .iter()
                .find(|s| s.name.eq_ignore_ascii_case(text))
        })
    }

    /// Whether the service provider says that it has this, such as `filter`. `None` if it does not
    /// say.
    pub(crate) fn supports(&self, what: &str) -> Option<bool> {
        self.config.get(what)?.get("supported")?.as_bool()
    }

    /// A number of the ServiceProviderConfig, such as `bulk`, `maxOperations`.
    pub(crate) fn limit(&self, what: &str, name: &str) -> Option<u64> {
        let limit = self.config.get(what)?.get(name)?.as_u64();
        limit.filter(|limit| *limit > 0)
    }
}

impl ResourceType {
    /// The last part of its endpoint, in lower case, such as `users`.
    pub(crate) fn plural(&self) -> String {
        let endpoint = self.endpoint.trim_matches('/');
        endpoint
            .rsplit('/')
            .next()
            .unwrap_or(endpoint)
            .to_lowercase()
    }

    /// What it may be called.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> + '_ {
        let endpoint = self.endpoint.trim_matches('/');
        let plural = match self.name.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None => format!("{}s", self.name),
        };
        [
            self.name.clone(),
            self.id.clone(),
            endpoint.to_owned(),
            self.plural(),
            plural,
        ]
        .into_iter()
    }

    /// The URNs of its schema and extensions.
    pub(crate) fn urns(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.schema.as_str()).chain(self.extensions.iter().map(|e| e.urn.as_str()))
    }

    /// An attribute of its own schema.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.attributes, name)
    }

    /// An extension by its URN or short name.
    pub(crate) fn extension(&self, name: &str) -> Option<&Extension> {
        let mut all = self.extensions.iter();
        let wanted = plain(name);
        all.find(|e| e.urn.eq_ignore_ascii_case(name) || plain(&e.short) == wanted)
    }

    /// The attribute by which people name one: the first that is unique and required, or else
    /// `userName`, `displayName`, `name`.
    pub(crate) fn unique(&self) -> Option<&Attribute> {
        let mut all = self.attributes.iter();
        let unique = all.find(|a| a.required && a.uniqueness != "none" && !a.is_complex());
        unique.or_else(|| {
            let usual = ["userName", "displayName", "name", "externalId"];
            let mut usual = usual.iter().filter_map(|name| self.attribute(name));
            usual.find(|a| !a.is_complex())
        })
    }

    /// All attributes with the extension that they are in.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Option<&Extension>, &Attribute)> {
        let own = self.attributes.iter().map(|a| (None, a));
        let others = self.extensions.iter();
        own.chain(others.flat_map(|e| e.attributes.iter().map(move |a| (Some(e), a))))
    }

    /// How a path is written in the order of what may be asked for: names, sub-attributes, and
    /// those of extensions by their short name.
    pub(crate) fn spellings(&self) -> Vec<String> {
        let mut all = Vec::new();
        for (extension, attribute) in self.all() {
            let front = extension.map_or(String::new(), |e| format!("{}.", e.short));
            all.push(format!("{front}{}", attribute.name));
            for sub in &attribute.subs {
                all.push(format!("{front}{}.{}", attribute.name, sub.name));
            }
        }
        all
    }

    /// The names of attributes that are secret, sub-attributes too.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for (_, attribute) in self.all() {
            let all = std::iter::once(attribute).chain(&attribute.subs);
            names.extend(all.filter(|a| a.is_secret()).map(|a| a.name.as_str()));
        }
        names
    }

    /// The `schemas` of a resource: the own URN, and those of the extensions that have data.
    pub(crate) fn set_schemas(&self, resource: &mut Value) {
        let mut urns = vec![self.schema.clone()];
        let given = resource.get("schemas").cloned().unwrap_or_default();
        urns.extend(
            given
                .each()
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned),
        );
        let extensions = self.extensions.iter();
        urns.extend(
            extensions
                .filter(|e| resource.get(&e.urn).is_some())
                .map(|e| e.urn.clone()),
        );
        let mut seen: Vec<String> = Vec::new();
        for urn in urns {
            if !seen.iter().any(|known| known.eq_ignore_ascii_case(&urn)) {
                seen.push(urn);
            }
        }
        let schemas = Value::texts(seen.iter().map(String::as_str));
        resource.remove("schemas");
        if let Value::Object(members) = resource {
            members.insert(0, ("schemas".to_owned(), schemas));
        }
    }
}

/// So that the library's evaluation and checks know these types.
impl SchemaView for ResourceType {
    fn urn(&self) -> Option<&str> {
        Some(&self.schema)
    }

    fn is_extension(&self, urn: &str) -> bool {
        self.extensions
            .iter()
            .any(|e| e.urn.eq_ignore_ascii_case(urn))
    }

    fn attribute(
        &self,
        extension: Option<&str>,
        name: &str,
        sub: Option<&str>,
    ) -> Option<AttributeFacts> {
        let attributes = match extension {
            None => &self.attributes,
            Some(urn) => {
                let mut all = self.extensions.iter();
                &all.find(|e| e.urn.eq_ignore_ascii_case(urn))?.attributes
            }
        };
        let exact = |list: &[Attribute], name: &str| {
            list.iter().position(|a| a.name.eq_ignore_ascii_case(name))
        };
        let attribute = &attributes[exact(attributes, name)?];
        let attribute = match sub {
            None => attribute,
            Some(sub) => &attribute.subs[exact(&attribute.subs, sub)?],
        };
        let facts = AttributeFacts::new(attribute.data_type)
            .multi_valued(attribute.multi_valued)
            .never_returned(attribute.returned == "never");
        Some(match attribute.case_exact {
            Some(exact) => facts.case_exact(exact),
            None => facts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_has_many_names() {
        let types = Types::bundled();
        for name in ["user", "Users", "/Users", "USER", "users"] {
            assert_eq!(types.find(name).unwrap().name, "User", "{name}");
        }
        let error = types.find("usr").err().unwrap().render();
        assert!(error.contains("did you mean `User`?"), "{error}");
        let error = types.find("device").err().unwrap().render();
        assert!(error.contains("there are User, Group"), "{error}");
    }

    #[test]
    fn names_in_kebabs() {
        for (name, kebab) in [
            ("userName", "user-name"),
            ("x509Certificates", "x509-certificates"),
            ("$ref", "ref"),
            ("profileUrl", "profile-url"),
            ("cost_center", "cost-center"),
        ] {
            assert_eq!(super::kebab(name), kebab);
        }
    }

    #[test]
    fn the_unique_attribute_names_a_resource() {
        let types = Types::bundled();
        assert_eq!(
            types.find("user").unwrap().unique().unwrap().name,
            "userName"
        );
        assert_eq!(
            types.find("group").unwrap().unique().unwrap().name,
            "displayName"
        );
    }
}
