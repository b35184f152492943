//! Which attributes a response has (RFC 7643 §7 `returned`, RFC 7644 §3.9).

use scim_models::{Resource, Stored, filter::FilterOptions, message::SearchRequest};

use crate::{
    output, query,
    record::Record,
    refusal::{Refusal, Result},
    selection::{Choice, Names, Selection, Written},
};

/// Which attributes a response has: by what was asked for (`attributes` or `excludedAttributes`),
/// by `returned`, and by what the same request wrote.
///
/// ```
/// use scim_models::{Meta, Stored, User};
/// use scim_provider::Projection;
///
/// let babs = Stored::from_parts("2819", Meta::default(), User::new("bjensen").with_password("t1me"));
/// let projection = Projection::of_query("attributes=userName,password")?;
/// let json = projection.to_json(&babs);
/// assert!(json.contains("bjensen") && !json.contains("t1me"));
/// # Ok::<(), scim_provider::Refusal>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Projection(Selection);

impl Projection {
    /// What a query asks for.
    ///
    /// # Errors
    /// It has both `attributes` and `excludedAttributes` (400).
    pub fn of(query: &SearchRequest) -> Result<Self> {
        let choice = match (
            query.attributes.is_empty(),
            query.excluded_attributes.is_empty(),
        ) {
            (true, true) => Choice::Default,
            (false, true) => Choice::Only(Names::of(&query.attributes)),
            (true, false) => Choice::Except(Names::of(&query.excluded_attributes)),
            (false, false) => {
                return Err(Refusal::invalid_value(
                    "attributes and excludedAttributes exclude each other (RFC 7644 §3.9)",
                ));
            }
        };
        Ok(Self(Selection {
            choice,
            written: Written::default(),
        }))
    }

    /// What the query of a URL asks for, without its `?`.
    ///
    /// # Errors
    /// A name is none, or there are both parameters (400).
    pub fn of_query(query: &str) -> Result<Self> {
        let parameters = query::parameters(query)?;
        Self::of(&query::read_names(
            &parameters,
            &FilterOptions::default(),
            false,
        )?)
    }

    /// The same in the response to a request that wrote these attributes.
    #[must_use]
    pub fn with_written(mut self, written: &Written) -> Self {
        self.0.written.clone_from(written);
        self
    }

    /// A resource as far as this takes it.
    #[must_use]
    pub fn to_json<R: Resource>(&self, stored: &Stored<R>) -> String {
        output::resource(stored.id(), stored.meta(), stored.resource(), &self.0)
    }

    /// A record as far as this takes it.
    #[must_use]
    pub fn record_to_json(&self, record: &Record) -> String {
        match record.raw() {
            Some(text) => text.to_owned(),
            None => output::resource(record.id(), record.meta(), record.resource(), &self.0),
        }
    }

    /// Whether nothing was asked for in particular.
    #[must_use]
    pub fn is_default(&self) -> bool {
        matches!(self.0.choice, Choice::Default)
    }
}
