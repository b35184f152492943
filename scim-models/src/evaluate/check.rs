//! What a filter cannot mean by the schema.

mod error;

use std::borrow::Cow;

pub use self::error::{FilterCheckError, FilterRule};
use super::{AttributeFacts, DataType, SchemaView, schema};
use crate::{
    attribute_path::AttributePath,
    filter::{
        Comparand, Expression, Filter, FilterOptions, FilterRef, Number, Operands, Operator,
        PatchPath,
    },
    model::{Attribute, Descriptor},
    value::DateTime,
};

impl Filter {
    /// Checks that every condition has a meaning by the schema. For example, `gt` on a boolean has
    /// none, nor has a string as the value of a number.
    ///
    /// Attributes that the schema does not know are allowed, as they have no value (RFC 7644
    /// §3.4.2.1). Whether a time without a zone can be compared depends on the resource, so only
    /// [`try_matches`](Self::try_matches) finds that.
    ///
    /// # Errors
    /// The first condition, from left to right, that has no meaning.
    pub fn check(&self, schema: &dyn SchemaView) -> Result<(), FilterCheckError> {
        Check::new(schema, FilterOptions::default()).filter(self.root(), None)
    }

    /// Like [`check`](Self::check), and also checks that the schema knows every attribute.
    ///
    /// # Errors
    /// The first condition, from left to right, that has no meaning or names an attribute that is
    /// not in the schema.
    pub fn check_known(&self, schema: &dyn SchemaView) -> Result<(), FilterCheckError> {
        let options = FilterOptions::default().with_refuse_unknown(true);
        Check::new(schema, options).filter(self.root(), None)
    }

    /// Like [`check`](Self::check), with the further forms that `options` accept or refuse. Returns
    /// the standard filter that is meant: `manager.value eq "26118915"` for `manager eq
    /// "26118915"`.
    ///
    /// # Errors
    /// The first condition, from left to right, that has no meaning or is refused.
    pub fn check_with(
        &self,
        schema: &dyn SchemaView,
        options: &FilterOptions,
    ) -> Result<Cow<'_, Self>, FilterCheckError> {
        let check = Check::new(schema, *options);
        let standard = if options.rewrites() {
            let mut standard = self.clone();
            standard.each_path(|path| check.lengthen(path));
            standard.each_comparison(|within, path, value| check.rewrite(within, path, value));
            Cow::Owned(standard)
        } else {
            Cow::Borrowed(self)
        };
        check.filter(standard.root(), None)?;
        Ok(standard)
    }

    /// Like [`check`](Self::check), for the filter in `attribute[filter]`: its paths name
    /// sub-attributes, or `value` if the attribute has none.
    pub(crate) fn check_elements(
        &self,
        attribute: &Attribute,
        options: FilterOptions,
    ) -> Result<(), FilterCheckError> {
        Check::new(&Elements(attribute), options).filter(
            self.root(),
            Some(&AttributePath::from_parts(None, attribute.name, None)),
        )
    }
}

impl PatchPath {
    /// Like [`Filter::check_with`], for the filter in the path, if it has one. `schema` is that of
    /// the resource.
    ///
    /// # Errors
    /// The first condition of the filter, from left to right, that has no meaning or is refused.
    pub fn check_with(
        &self,
        schema: &dyn SchemaView,
        options: &FilterOptions,
    ) -> Result<Cow<'_, Self>, FilterCheckError> {
        let (Some(path), Some(filter)) = (self.attribute(), self.filter()) else {
            return Ok(Cow::Borrowed(self));
        };
        let whole = Filter::value_path(path.clone(), filter.clone());
        let whole = whole.check_with(schema, options)?;
        Ok(match whole.expression() {
            Expression::ValuePath { filter: read, .. } if options.rewrites() => {
                Cow::Owned(self.with_filter(read.to_filter()))
            }
            _ => Cow::Borrowed(self),
        })
    }
}

/// A schema of one attribute.
struct Elements<'a>(&'a Attribute);

impl SchemaView for Elements<'_> {
    fn urn(&self) -> Option<&str> {
        None
    }

    fn is_extension(&self, _: &str) -> bool {
        false
    }

    fn attribute(&self, _: Option<&str>, name: &str, sub: Option<&str>) -> Option<AttributeFacts> {
        let is_it = self.0.name.eq_ignore_ascii_case(name);
        is_it.then(|| schema::with_sub(self.0, sub)).flatten()
    }

    fn table_below(&self, _: Option<&str>, name: &str, sub: &str) -> Option<&'static Descriptor> {
        let is_it = self.0.name.eq_ignore_ascii_case(name);
        let sub = is_it.then(|| self.0.kind.descriptor()?.attribute(sub));
        sub.flatten()?.kind.descriptor()
    }
}

struct Check<'a> {
    schema: &'a dyn SchemaView,
    options: FilterOptions,
}

/// What a path leads to.
enum Found {
    Unknown,
    /// An extension as a whole.
    Extension,
    Attribute {
        facts: AttributeFacts,
        /// The facts of its `value`.
        value: Option<AttributeFacts>,
    },
}

impl<'a> Check<'a> {
    fn new(schema: &'a dyn SchemaView, options: FilterOptions) -> Self {
        Self { schema, options }
    }

    /// Puts the URN of the only extension that has an attribute in front of a path without one, if nothing else
    /// has the name.
    fn lengthen(&self, path: &mut AttributePath) {
        if self.options.complex_by_value
            && path.uri().is_none()
            && let Ok(alone) = AttributePath::new(None, path.name(), None)
            && matches!(self.find(&alone, None), Found::Unknown)
            && let Some(urn) = self.schema.extension_with(path.name())
            && let Ok(longer) = AttributePath::new(Some(urn), path.name(), path.sub())
        {
            *path = longer;
        }
    }

    /// Puts the standard form of a comparison in place of one that is only understood
    /// generously.
    fn rewrite(
        &self,
        within: Option<&AttributePath>,
        path: &mut AttributePath,
        value: &mut Comparand,
    ) {
        let Found::Attribute { facts, value: sub } = self.find(path, within) else {
            return;
        };
        let facts = match (facts.data_type(), sub) {
            (DataType::Complex, Some(sub)) if facts.is_multi_valued() => sub,
            (DataType::Complex, Some(sub)) if self.options.complex_by_value => {
                match AttributePath::new(path.uri(), path.name(), Some("value")) {
                    Ok(longer) => *path = longer,
                    Err(_) => return,
                }
                sub
            }
            _ => facts,
        };
        if self.options.lenient_values
            && let Some(fitting) = fitting(value, facts.data_type())
        {
            *value = fitting;
        }
    }

    /// Checks the conditions in order. Recursion ends at the first value path in a value path.
    fn filter(
        &self,
        filter: FilterRef<'_>,
        within: Option<&AttributePath>,
    ) -> Result<(), FilterCheckError> {
        let mut waiting: Vec<Operands<'_>> = Vec::new();
        let mut next = Some(filter);
        while let Some(filter) = next {
            match filter.expression() {
                Expression::And(operands) | Expression::Or(operands) => waiting.push(operands),
                Expression::Not(operand) => {
                    next = Some(operand);
                    continue;
                }
                condition => self.condition(&condition, within)?,
            }
            next = loop {
                let Some(operands) = waiting.last_mut() else {
                    return Ok(());
                };
                match operands.next() {
                    Some(operand) => break Some(operand),
                    None => waiting.pop(),
                };
            };
        }
        Ok(())
    }

    fn condition(
        &self,
        condition: &Expression<'_>,
        within: Option<&AttributePath>,
    ) -> Result<(), FilterCheckError> {
        let (path, found) = match *condition {
            Expression::Present(path)
            | Expression::Compare { path, .. }
            | Expression::ValuePath { path, .. } => (path, self.find(path, within)),
            Expression::And(_) | Expression::Or(_) | Expression::Not(_) => return Ok(()),
        };
        let unknown = match found {
            Found::Unknown if self.options.refuse_unknown => Err(FilterRule::UnknownAttribute),
            _ if self.options.refuse_never_returned && self.is_never_returned(path, within) => {
                Err(FilterRule::NeverReturned)
            }
            _ => Ok(()),
        };
        let rule = unknown.and_then(|()| match *condition {
            Expression::Compare {
                operator, value, ..
            } => comparison(&found, operator, value),
            Expression::ValuePath { .. } if within.is_some() => Err(FilterRule::NestedValuePath),
            Expression::ValuePath { .. } => match found {
                Found::Attribute { facts, .. }
                    if !facts.is_multi_valued()
                        && !matches!(facts.data_type(), DataType::Complex | DataType::Any) =>
                {
                    Err(FilterRule::NoElements)
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        });
        rule.map_err(|rule| FilterCheckError::within(within, path, rule))?;
        match *condition {
            Expression::ValuePath { path, filter } => self.filter(filter, Some(path)),
            _ => Ok(()),
        }
    }

    /// Returns whether an attribute, what it is compared by, or one that it is part of is never
    /// returned.
    fn is_never_returned(&self, path: &AttributePath, within: Option<&AttributePath>) -> bool {
        let facts_of = |path: &AttributePath, sub: Option<&str>| {
            let uri = path
                .uri()
                .filter(|uri| !schema::is_own(self.schema.urn(), uri));
            schema::facts(self.schema, uri, path.name(), sub)
        };
        let outer = within.unwrap_or(path);
        let sub = match within {
            Some(_) => Some(path.name()),
            None => path.sub().or(Some("value")),
        };
        let all = [
            facts_of(outer, None),
            facts_of(outer, outer.sub()),
            facts_of(outer, sub),
        ];
        let deep = within.and_then(|outer| self.deep(outer, path));
        let deep = deep.map(|(facts, value)| [Some(facts), value]);
        all.into_iter()
            .chain(deep.into_iter().flatten())
            .flatten()
            .any(AttributeFacts::is_never_returned)
    }

    /// The table of what is below the sub-attribute `sub`.
    fn below(&self, path: &AttributePath, sub: &str) -> Option<&'static Descriptor> {
        let uri = path
            .uri()
            .filter(|uri| !schema::is_own(self.schema.urn(), uri));
        schema::table_below(self.schema, uri, path.name(), sub)
    }

    /// What `path` leads to in the elements of `outer`, where that is below a sub-attribute; and
    /// the facts of its `value`.
    fn deep(
        &self,
        outer: &AttributePath,
        path: &AttributePath,
    ) -> Option<(AttributeFacts, Option<AttributeFacts>)> {
        let attribute = match (outer.sub(), path.sub()) {
            (None, None) => return None,
            (None, Some(sub)) => self.below(outer, path.name())?.attribute(sub)?,
            (Some(outer_sub), sub) => match (self.below(outer, outer_sub), sub) {
                (Some(table), None) => table.attribute(path.name())?,
                (Some(table), Some(sub)) => {
                    let attribute = table.attribute(path.name())?;
                    attribute.kind.descriptor()?.attribute(sub)?
                }
                (None, None) => {
                    let uri = outer
                        .uri()
                        .filter(|uri| !schema::is_own(self.schema.urn(), uri));
                    let whole = schema::facts(self.schema, uri, outer.name(), Some(outer_sub))?;
                    return Some((own_value(whole, path.name())?, None));
                }
                (None, _) => return None,
            },
        };
        let value = attribute.kind.descriptor();
        let value = value.and_then(|table| table.attribute("value"));
        Some((attribute.into(), value.map(Into::into)))
    }

    fn find(&self, path: &AttributePath, within: Option<&AttributePath>) -> Found {
        let attribute = |outer: &AttributePath, sub: Option<&str>| {
            let uri = outer
                .uri()
                .filter(|uri| !schema::is_own(self.schema.urn(), uri));
            schema::facts(self.schema, uri, outer.name(), sub)
        };
        let found = match within {
            None => match path.sub() {
                None => attribute(path, None).map(|facts| Found::Attribute {
                    facts,
                    value: attribute(path, Some("value")),
                }),
                Some(sub) => attribute(path, Some(sub))
                    .or_else(|| own_value(attribute(path, None)?, sub))
                    .map(|facts| Found::Attribute { facts, value: None }),
            },
            Some(_) if path.uri().is_some() => None,
            Some(outer) if outer.sub().is_some() || path.sub().is_some() => self
                .deep(outer, path)
                .map(|(facts, value)| Found::Attribute { facts, value }),
            Some(outer) => {
                let whole = attribute(outer, None).unwrap_or_default();
                let facts =
                    own_value(whole, path.name()).or_else(|| attribute(outer, Some(path.name())));
                let value = || self.below(outer, path.name())?.attribute("value");
                facts.map(|facts| Found::Attribute {
                    facts,
                    value: value().map(Into::into),
                })
            }
        };
        found.unwrap_or_else(|| {
            let is_extension = within.is_none() && self.schema.is_extension(&path.to_string());
            if is_extension {
                Found::Extension
            } else {
                Found::Unknown
            }
        })
    }
}

/// What `value` names in a simple multi-valued attribute: an element is its own.
fn own_value(whole: AttributeFacts, name: &str) -> Option<AttributeFacts> {
    let is_simple = !matches!(whole.data_type(), DataType::Complex | DataType::Any);
    let is_it = whole.is_multi_valued() && is_simple && name.eq_ignore_ascii_case("value");
    is_it.then(|| whole.multi_valued(false))
}

/// The value as one of the attribute's type, where another JSON type was written.
fn fitting(value: &Comparand, data_type: DataType) -> Option<Comparand> {
    match (data_type, value) {
        (DataType::Boolean, Comparand::String(text)) => text
            .trim()
            .to_ascii_lowercase()
            .parse::<bool>()
            .ok()
            .map(Into::into),
        (DataType::Boolean, Comparand::Number(number)) => match number.as_str() {
            "1" => Some(true.into()),
            "0" => Some(false.into()),
            _ => None,
        },
        (DataType::Integer | DataType::Decimal, Comparand::String(text)) => {
            text.trim().parse::<Number>().ok().map(Into::into)
        }
        (
            DataType::String | DataType::DateTime | DataType::Binary | DataType::Reference,
            Comparand::Number(_) | Comparand::Boolean(_),
        ) => Some(value.to_string().into()),
        _ => None,
    }
}

fn comparison(found: &Found, operator: Operator, wanted: &Comparand) -> Result<(), FilterRule> {
    let facts = match *found {
        Found::Unknown => AttributeFacts::default(),
        Found::Extension => return Err(FilterRule::NeedsSubAttribute),
        Found::Attribute { facts, value } => match (facts.data_type(), value) {
            (DataType::Complex, Some(value)) if facts.is_multi_valued() => value,
            (DataType::Complex, _) => return Err(FilterRule::NeedsSubAttribute),
            _ => facts,
        },
    };
    let data_type = facts.data_type();
    let (of_text, of_order) = (operator.is_of_text(), operator.is_of_order());
    match data_type {
        DataType::Boolean | DataType::Binary if of_order => {
            return Err(FilterRule::NotOrdered(data_type));
        }
        DataType::Boolean | DataType::Integer | DataType::Decimal if of_text => {
            return Err(FilterRule::NotText(data_type));
        }
        _ => {}
    }
    let fits = match (wanted, data_type) {
        (Comparand::Null, _) if of_text || of_order => return Err(FilterRule::NullComparison),
        (Comparand::Null, _) => true,
        (Comparand::Boolean(_), DataType::Any) if of_order => {
            return Err(FilterRule::NotOrdered(DataType::Boolean));
        }
        (Comparand::Boolean(_) | Comparand::Number(_), DataType::Any) if of_text => {
            return Err(FilterRule::TextOperatorValue);
        }
        (_, DataType::Any) | (Comparand::Boolean(_), DataType::Boolean) => true,
        (Comparand::Number(_), DataType::Integer | DataType::Decimal) => true,
        (Comparand::String(text), DataType::DateTime) => {
            if !of_text && !DateTime::is_valid_text(text) {
                return Err(FilterRule::NotADateTime);
            }
            true
        }
        (Comparand::String(_), DataType::String | DataType::Binary | DataType::Reference) => true,
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(FilterRule::WrongValue(data_type))
    }
}
