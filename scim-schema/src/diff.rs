//! Differences between two sets of documents, in words, for users of the generated types.

use std::fmt;

use crate::diagnostic::Visible;
use crate::model::{
    Attribute, Extension, Kind, Model, Mutability, OpenEnum, Returned, Role, Schema,
    ServiceProvider, Uniqueness,
};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    breaking: bool,
    place: String,
    text: String,
}

impl Change {
    /// Returns whether code that uses the generated types may no longer compile.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.breaking
    }

    /// The place of the change: the schema's type and the attribute's path, such as `User emails.type`,
    /// or the document.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// A description of the change.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.breaking {
            "breaking  "
        } else {
            "compatible"
        };
        write!(f, "{word}  {}: {}", self.place, Visible(&self.text))
    }
}

/// Lists the changes from `old` to `new`: schemas by URN, attributes in the order of the documents.
#[must_use]
pub fn diff(old: &Model, new: &Model) -> Vec<Change> {
    let mut changes = Changes { list: Vec::new() };
    for before in old.schemas() {
        match new.schema(&before.id) {
            None => {
                let text = format!("the schema `{}` is gone", before.id);
                changes.add(true, &before.type_name, text);
            }
            Some(after) => changes.schema(before, after),
        }
    }
    for after in new.schemas() {
        if old.schema(&after.id).is_none() {
            let text = format!("the schema `{}` is new", after.id);
            changes.add(false, &after.type_name, text);
        }
    }
    changes.provider(old.service_provider(), new.service_provider());
    changes.list
}

struct Changes {
    list: Vec<Change>,
}

impl Changes {
    fn add(&mut self, breaking: bool, place: &str, text: impl Into<String>) {
        self.list.push(Change {
            breaking,
            place: place.to_owned(),
            text: text.into(),
        });
    }

    fn schema(&mut self, before: &Schema, after: &Schema) {
        let place = after.type_name.as_str();
        if before.type_name != after.type_name {
            let text = format!("the type was called `{}`", before.type_name);
            self.add(true, place, text);
        }
        if before.description != after.description {
            self.add(false, place, "the description changed");
        }
        match (&before.role, &after.role) {
            (Role::Resource(old), Role::Resource(new)) => {
                if old.endpoint != new.endpoint {
                    let text = format!("is served at `{}`, was `{}`", new.endpoint, old.endpoint);
                    self.add(false, place, text);
                }
                self.extensions(place, &old.extensions, &new.extensions);
            }
            (Role::Extension, Role::Extension) => {}
            (Role::Resource(_), Role::Extension) => {
                self.add(true, place, "is an extension now, was a resource");
            }
            (Role::Extension, Role::Resource(_)) => {
                self.add(true, place, "is a resource now, was an extension");
            }
        }
        self.attributes(place, "", &before.attributes, &after.attributes);
    }

    fn extensions(&mut self, place: &str, old: &[Extension], new: &[Extension]) {
        let within = |list: &[Extension], one: &Extension| {
            list.iter()
                .any(|other| other.schema.eq_ignore_ascii_case(&one.schema))
        };
        for gone in old.iter().filter(|extension| !within(new, extension)) {
            let text = format!(
                "no longer has the extension `{}` (the field `{}` is gone)",
                gone.schema, gone.field
            );
            self.add(true, place, text);
        }
        for added in new.iter().filter(|extension| !within(old, extension)) {
            let text = format!(
                "has a new extension `{}` (the field `{}`)",
                added.schema, added.field
            );
            self.add(false, place, text);
        }
    }

    fn attributes(&mut self, root: &str, within: &str, old: &[Attribute], new: &[Attribute]) {
        let path = |name: &str| match within {
            "" => format!("{root} {name}"),
            within => format!("{root} {within}.{name}"),
        };
        for before in old {
            let place = path(&before.name);
            let same = |a: &&Attribute| a.name.eq_ignore_ascii_case(&before.name);
            let Some(after) = new.iter().find(same) else {
                self.add(true, &place, "the attribute is gone");
                continue;
            };
            self.attribute(&place, before, after);
            if let (Kind::Complex(old), Kind::Complex(new)) = (&before.kind, &after.kind) {
                if old.type_name != new.type_name {
                    let text = format!("its type is `{}`, was `{}`", new.type_name, old.type_name);
                    self.add(true, &place, text);
                }
                let within = place.split_once(' ').map_or("", |(_, path)| path);
                self.attributes(root, within, &old.attributes, &new.attributes);
            }
        }
        for after in new {
            let same = |a: &Attribute| a.name.eq_ignore_ascii_case(&after.name);
            if old.iter().any(same) {
                continue;
            }
            let place = path(&after.name);
            let argument = after.required && after.mutability != Mutability::ReadOnly;
            if argument && !after.multi_valued {
                let text = "the attribute is new and required: `new` takes one more argument";
                self.add(true, &place, text);
            } else {
                self.add(
                    false,
                    &place,
                    format!("the attribute is new ({})", words(after)),
                );
            }
        }
    }

    fn attribute(&mut self, place: &str, old: &Attribute, new: &Attribute) {
        if old.name != new.name {
            self.add(false, place, format!("was spelt `{}`", old.name));
        }
        if old.field != new.field {
            let text = format!("the field is `{}`, was `{}`", new.field, old.field);
            self.add(true, place, text);
        }
        self.kind(place, &old.kind, &new.kind);
        match (old.multi_valued, new.multi_valued) {
            (false, true) => self.add(true, place, "has several values now, had one"),
            (true, false) => self.add(true, place, "has one value now, had several"),
            _ => {}
        }
        match (old.required, new.required) {
            (false, true) => self.add(true, place, "is required now, was optional"),
            (true, false) => {
                // A `Vec` is a `Vec`, required or not.
                self.add(!new.multi_valued, place, "is optional now, was required");
            }
            _ => {}
        }
        if old.mutability != new.mutability {
            let relaxed =
                (old.mutability, new.mutability) == (Mutability::Immutable, Mutability::ReadWrite);
            let text = format!(
                "is {} now, was {}",
                keyword(&Mutability::KEYWORDS, &new.mutability),
                keyword(&Mutability::KEYWORDS, &old.mutability)
            );
            self.add(!relaxed, place, text);
        } else if old.returned != new.returned {
            let never = [old.returned, new.returned].contains(&Returned::Never);
            let text = format!(
                "is returned \"{}\" now, was \"{}\"",
                keyword(&Returned::KEYWORDS, &new.returned),
                keyword(&Returned::KEYWORDS, &old.returned)
            );
            self.add(never, place, text);
        }
        if old.case_exact != new.case_exact {
            let text = match new.case_exact {
                true => "letter case counts now, did not",
                false => "letter case does not count now, did",
            };
            self.add(false, place, text);
        }
        if old.uniqueness != new.uniqueness {
            let text = format!(
                "its uniqueness is \"{}\" now, was \"{}\"",
                uniqueness(&new.uniqueness),
                uniqueness(&old.uniqueness)
            );
            self.add(false, place, text);
        }
        if old.reference_types != new.reference_types {
            let list = |types: &[String]| match types {
                [] => "anything".to_owned(),
                types => types.join(", "),
            };
            let text = format!(
                "refers to {} now, referred to {}",
                list(&new.reference_types),
                list(&old.reference_types)
            );
            self.add(false, place, text);
        }
        if old.description != new.description {
            self.add(false, place, "the description changed");
        }
    }

    fn kind(&mut self, place: &str, old: &Kind, new: &Kind) {
        match (old, new) {
            (Kind::String(None), Kind::String(Some(new))) => {
                let text = format!(
                    "has canonical values now: the type is `{}`, was `String`",
                    new.type_name
                );
                self.add(true, place, text);
            }
            (Kind::String(Some(old)), Kind::String(None)) => {
                let text = format!(
                    "has no canonical values any more: the type is `String`, was `{}`",
                    old.type_name
                );
                self.add(true, place, text);
            }
            (Kind::String(Some(old)), Kind::String(Some(new))) => self.values(place, old, new),
            _ if type_word(old) != type_word(new) => {
                let text = format!("is {} now, was {}", type_word(new), type_word(old));
                self.add(true, place, text);
            }
            _ => {}
        }
    }

    fn values(&mut self, place: &str, old: &OpenEnum, new: &OpenEnum) {
        if old.type_name != new.type_name {
            let text = format!("its type is `{}`, was `{}`", new.type_name, old.type_name);
            self.add(true, place, text);
        }
        for gone in &old.variants {
            match new.variants.iter().find(|v| v.value == gone.value) {
                None => {
                    let text = format!("the canonical value \"{}\" is gone", gone.value);
                    self.add(true, place, text);
                }
                Some(kept) if kept.name != gone.name => {
                    let text = format!(
                        "the variant for \"{}\" is `{}`, was `{}`",
                        kept.value, kept.name, gone.name
                    );
                    self.add(true, place, text);
                }
                Some(_) => {}
            }
        }
        for added in &new.variants {
            if !old.variants.iter().any(|v| v.value == added.value) {
                let text = format!("the canonical value \"{}\" is new", added.value);
                self.add(false, place, text);
            }
        }
    }

    fn provider(&mut self, old: Option<&ServiceProvider>, new: Option<&ServiceProvider>) {
        let place = "ServiceProviderConfig";
        let (old, new) = match (old, new) {
            (None, None) => return,
            (Some(_), None) => return self.add(false, place, "the document is gone"),
            (None, Some(_)) => return self.add(false, place, "the document is new"),
            (Some(old), Some(new)) => (old, new),
        };
        let flags = [
            ("patch.supported", old.patch, new.patch),
            ("bulk.supported", old.bulk, new.bulk),
            ("filter.supported", old.filter, new.filter),
            (
                "changePassword.supported",
                old.change_password,
                new.change_password,
            ),
            ("sort.supported", old.sort, new.sort),
            ("etag.supported", old.etag, new.etag),
            (
                "pagination.cursor",
                old.cursor_pagination,
                new.cursor_pagination,
            ),
            (
                "pagination.index",
                old.index_pagination,
                new.index_pagination,
            ),
        ];
        for (name, old, new) in flags {
            if old != new {
                // The typed client of an SDK has no bulk requests where there are none.
                let breaking = name == "bulk.supported" && new == Some(false);
                let text = format!("{name} is {} now, was {}", shown(new), shown(old));
                self.add(breaking, place, text);
            }
        }
        let counts = [
            (
                "bulk.maxOperations",
                old.bulk_max_operations,
                new.bulk_max_operations,
            ),
            (
                "bulk.maxPayloadSize",
                old.bulk_max_payload_size,
                new.bulk_max_payload_size,
            ),
            (
                "filter.maxResults",
                old.filter_max_results,
                new.filter_max_results,
            ),
        ];
        for (name, old, new) in counts {
            if old != new {
                let text = format!("{name} is {} now, was {}", shown(new), shown(old));
                self.add(false, place, text);
            }
        }
    }
}

fn shown<T: fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(|| "not stated".to_owned(), |value| value.to_string())
}

fn keyword<T: PartialEq>(known: &[(&'static str, T)], value: &T) -> &'static str {
    let found = known.iter().find(|(_, known)| known == value);
    found.map_or("?", |(word, _)| word)
}

fn uniqueness(value: &Uniqueness) -> &str {
    match value {
        Uniqueness::Other(text) => text,
        known => keyword(&Uniqueness::KEYWORDS, known),
    }
}

fn type_word(kind: &Kind) -> &'static str {
    match kind {
        Kind::String(_) => "a string",
        Kind::Boolean => "a boolean",
        Kind::Decimal => "a decimal",
        Kind::Integer => "an integer",
        Kind::DateTime => "a dateTime",
        Kind::Binary => "binary",
        Kind::Reference => "a reference",
        Kind::Complex(_) => "complex",
        Kind::Any => "any JSON",
        Kind::Declared(_) => "of a type declared elsewhere",
    }
}

fn words(attribute: &Attribute) -> String {
    let mut words = vec![type_word(&attribute.kind).to_owned()];
    if attribute.multi_valued {
        words.push("multi-valued".to_owned());
    }
    if attribute.mutability != Mutability::ReadWrite {
        words.push(keyword(&Mutability::KEYWORDS, &attribute.mutability).to_owned());
    }
    words.join(", ")
}
