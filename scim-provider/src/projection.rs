//! Which attributes a response has (RFC 7643 §7 `returned`, RFC 7644 §3.9).

use scim_models::{Resource, Stored, filter::FilterOptions, message::SearchRequest};

use crate::{
    output, query,
    record::Record,
    refusal::{Refusal, Result},
    selection::{Choice, Names, Selection, Written},
};

/// Selects the attributes of a response: by the request's `attributes` or `excludedAttributes`, by
/// `returned` of each attribute, and by what the same request wrote.
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
    /// Makes the projection of a query.
    ///
    /// # Errors
    /// The query has both `attributes` and `excludedAttributes` (400).
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

    /// Makes the projection of the query of a URL, without its `?`.
    ///
    /// # Errors
    /// A name is not an attribute path, or there are both parameters (400).
    pub fn of_query(query: &str) -> Result<Self> {
        let parameters = query::parameters(query)?;
        Self::of(&query::read_names(
            &parameters,
            &FilterOptions::default(),
            false,
        )?)
    }

    /// Adds the attributes that the request wrote: those with the `returned` value `request` are then
    /// selected too.
    #[must_use]
    pub fn with_written(mut self, written: &Written) -> Self {
        self.0.written.clone_from(written);
        self
    }

    /// Writes the selected attributes of a resource as JSON.
    #[must_use]
    pub fn to_json<R: Resource>(&self, stored: &Stored<R>) -> String {
        output::resource(stored.id(), stored.meta(), stored.resource(), &self.0)
    }

    /// Writes the selected attributes of a record as JSON.
    #[must_use]
    pub fn record_to_json(&self, record: &Record) -> String {
        match record.raw() {
            Some(text) => text.to_owned(),
            None => output::resource(record.id(), record.meta(), record.resource(), &self.0),
        }
    }

    /// Returns whether the request has neither `attributes` nor `excludedAttributes`.
    #[must_use]
    pub fn is_default(&self) -> bool {
        matches!(self.0.choice, Choice::Default)
    }
}
