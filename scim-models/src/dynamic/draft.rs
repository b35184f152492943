//! The contents of a table before it is made, as a model of schema documents has them.

use scim_schema::model as schema;

use crate::model::{Kind, facts};

/// The contents of a resource type and its table.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    /// The resource type's name.
    pub(super) name: &'a str,
    pub(super) endpoint: &'a str,
    /// The URN.
    pub(super) schema: &'a str,
    /// The schema's name.
    pub(super) table_name: &'a str,
    pub(super) description: &'a str,
    /// Those of the schema, then the containers of the extensions.
    pub(super) attributes: Vec<DraftAttribute<'a>>,
}

#[derive(Debug)]
pub(super) struct DraftAttribute<'a> {
    pub(super) name: &'a str,
    pub(super) description: &'a str,
    pub(super) kind: DraftKind<'a>,
    /// Like [`Attribute`](crate::model::Attribute) has them.
    pub(super) facts: u16,
    pub(super) canonical: &'a [String],
    pub(super) references: &'a [String],
}

#[derive(Debug)]
pub(super) enum DraftKind<'a> {
    /// Not complex.
    Simple(Kind),
    Complex(Vec<DraftAttribute<'a>>),
    /// The container of an extension: its schema's name and attributes.
    Extension(&'a str, Vec<DraftAttribute<'a>>),
}

impl<'a> Draft<'a> {
    /// The resource type `name` at `endpoint` with a schema and the schemas of its extensions.
    pub(super) fn new(
        name: &'a str,
        endpoint: &'a str,
        own: &'a schema::Schema,
        extensions: impl Iterator<Item = &'a schema::Schema>,
    ) -> Self {
        let mut attributes = attributes(&own.attributes, own.plain);
        attributes.extend(extensions.map(|extension| DraftAttribute {
            name: &extension.id,
            description: &extension.description,
            kind: DraftKind::Extension(
                &extension.name,
                self::attributes(&extension.attributes, extension.plain),
            ),
            // Whether it is required is no fact of the table, as in generated ones: RFC 7643's own
            // example requires one that hardly any resource has.
            facts: facts::EXTENSION,
            canonical: &[],
            references: &[],
        }));
        Self {
            name,
            endpoint,
            schema: &own.id,
            table_name: &own.name,
            description: &own.description,
            attributes,
        }
    }
}

/// `plain`: nothing is required, whatever the documents say.
fn attributes(all: &[schema::Attribute], plain: bool) -> Vec<DraftAttribute<'_>> {
    all.iter().map(|one| attribute(one, plain)).collect()
}

fn attribute(attribute: &schema::Attribute, plain: bool) -> DraftAttribute<'_> {
    let kind = match &attribute.kind {
        schema::Kind::String(_) => DraftKind::Simple(Kind::String),
        schema::Kind::Boolean => DraftKind::Simple(Kind::Boolean),
        schema::Kind::Decimal => DraftKind::Simple(Kind::Decimal),
        schema::Kind::Integer => DraftKind::Simple(Kind::Integer),
        schema::Kind::DateTime => DraftKind::Simple(Kind::DateTime),
        schema::Kind::Binary => DraftKind::Simple(Kind::Binary),
        schema::Kind::Reference => DraftKind::Simple(Kind::Reference),
        schema::Kind::Complex(complex) => {
            DraftKind::Complex(attributes(&complex.attributes, plain))
        }
        // No document has a declared one, only a derive.
        schema::Kind::Any | schema::Kind::Declared(_) => DraftKind::Simple(Kind::Any),
    };
    DraftAttribute {
        name: &attribute.name,
        description: &attribute.description,
        kind,
        facts: facts_of(attribute, plain),
        canonical: &attribute.canonical_values,
        references: &attribute.reference_types,
    }
}

/// The same as the generator writes into a table.
fn facts_of(attribute: &schema::Attribute, plain: bool) -> u16 {
    let names = attribute.facts(plain);
    names
        .filter_map(facts::named)
        .fold(0, |all, fact| all | fact)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A characteristic that only the generator knew would be lost here.
    #[test]
    fn every_fact_of_a_schema_has_a_bit() {
        let bits: Vec<_> = schema::FACTS.into_iter().filter_map(facts::named).collect();
        assert_eq!(bits.len(), schema::FACTS.len());
        assert!(facts::named("SORTED_BY_MOOD").is_none());
    }
}
