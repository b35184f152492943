//! Types that the runtime already has. An extension that equals one of the RFC is re-exported, with
//! the types of its complex attributes, so that all vendors have the same type.
//!
//! Resource types are not re-exported. A vendor adds attributes and extensions to its users all the
//! time. To a generated type, that adds a field. A re-export would become another type, which breaks
//! code that passes one for the other or implements a trait for both.

use scim_schema::model::{Attribute, Kind, Model, Role, Schema};
use scim_schema::{Reading, Source};

/// The extensions of RFC 7643, as the runtime has them (`schemas/core`).
const EXTENSIONS: [(&str, &str); 1] =
    [("enterprise_user.json", include_str!("enterprise_user.json"))];

/// Which schemas are those of the runtime.
pub(super) struct Shared(Option<Model>);

impl Shared {
    /// Within the runtime itself nothing is shared.
    pub(super) fn with(runtime: &str) -> Self {
        if runtime == "crate" {
            return Self(None);
        }
        let sources = EXTENSIONS.map(|(name, text)| Source::new(name, text));
        let read = scim_schema::read(&sources, &Reading::default());
        Self(read.ok().map(|(model, _)| model))
    }

    /// Returns whether the runtime has the types of this schema: under the same names, and alike in
    /// all but their descriptions.
    pub(super) fn has(&self, schema: &Schema) -> bool {
        let own = self.0.as_ref().and_then(|model| model.schema(&schema.id));
        own.is_some_and(|own| {
            schema.role == Role::Extension
                && own.role == schema.role
                && (&own.type_name, &own.module) == (&schema.type_name, &schema.module)
                && own.plain == schema.plain
                && undescribed(&own.attributes) == undescribed(&schema.attributes)
        })
    }
}

/// Attributes in order, without descriptions.
fn undescribed(attributes: &[Attribute]) -> Vec<Attribute> {
    let mut attributes = attributes.to_vec();
    for attribute in &mut attributes {
        attribute.description.clear();
        if let Kind::Complex(complex) = &mut attribute.kind {
            complex.attributes = undescribed(&complex.attributes);
        }
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text stands here too, because a package has no files from outside.
    #[test]
    fn the_runtime_is_generated_from_the_same_documents() {
        for (name, text) in EXTENSIONS {
            let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/core/");
            if let Ok(document) = std::fs::read_to_string(format!("{root}{name}")) {
                assert_eq!(document, text, "{name}");
            }
        }
    }

    fn shares(change: impl Fn(&str) -> String) -> bool {
        let (_, text) = EXTENSIONS[0];
        let source = Source::new("x.json", change(text));
        let (model, _) = scim_schema::read(&[source], &Reading::default()).unwrap();
        Shared::with("::scim_client").has(&model.schemas()[0])
    }

    #[test]
    fn what_differs_in_more_than_words_is_not_shared() {
        assert!(shares(str::to_owned));
        assert!(shares(|text| text.replacen(
            "\"description\": \"",
            "\"description\": \"Another: ",
            1
        )));
        assert!(!shares(|text| text.replacen(
            "\"department\"",
            "\"section\"",
            1
        )));
        assert!(!shares(|text| text.replacen(
            "\"readWrite\"",
            "\"immutable\"",
            1
        )));
        let (_, text) = EXTENSIONS[0];
        let (model, _) =
            scim_schema::read(&[Source::new("x.json", text)], &Reading::default()).unwrap();
        assert!(!Shared::with("crate").has(&model.schemas()[0]));
    }
}
