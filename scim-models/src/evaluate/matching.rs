//! Filters against subjects.

use std::convert::Infallible;

use super::{AttributeFacts, Subject, compare, view::Element};
use crate::{
    attribute_path::AttributePath,
    filter::{Comparand, Expression, Filter, FilterRef, Operator},
};

/// Up to this depth the logic is followed by recursion, which needs no memory.
const SHALLOW: usize = 32;

/// Value paths within value paths, which the grammar does not have, are followed this deep. Any
/// deeper one does not match.
const MAX_NESTED: usize = 16;

impl Filter {
    /// Whether the filter matches a resource.
    ///
    /// What the filter cannot mean for this resource is no error: it does not match. See
    /// [`check`](Self::check), and [`evaluate`](crate::evaluate) for the rules.
    ///
    /// ```
    /// # use scim_client::{Resource, Stored, filter::Filter};
    /// fn employees<R: Resource>(users: &[Stored<R>]) -> usize {
    ///     let filter: Filter = r#"userType eq "Employee""#.parse().unwrap();
    ///     users.iter().filter(|user| filter.matches(*user)).count()
    /// }
    /// ```
    #[must_use]
    pub fn matches<'a>(&self, subject: impl Into<Subject<'a>>) -> bool {
        self.root().matches(subject)
    }
}

impl FilterRef<'_> {
    /// As [`Filter::matches`].
    #[must_use]
    pub fn matches<'a>(self, subject: impl Into<Subject<'a>>) -> bool {
        Scope {
            subject: subject.into(),
            nested: 0,
        }
        .matches(self, 0)
    }
}

#[derive(Clone, Copy)]
struct Scope<'a> {
    subject: Subject<'a>,
    /// In how many value paths this is.
    nested: usize,
}

impl Scope<'_> {
    fn matches(self, filter: FilterRef<'_>, depth: usize) -> bool {
        if depth >= SHALLOW {
            let Ok(answer) =
                filter.decide::<Infallible>(|condition| Ok(self.condition(&condition)));
            return answer;
        }
        match filter.expression() {
            Expression::And(mut operands) => operands.all(|one| self.matches(one, depth + 1)),
            Expression::Or(mut operands) => operands.any(|one| self.matches(one, depth + 1)),
            Expression::Not(operand) => !self.matches(operand, depth + 1),
            condition => self.condition(&condition),
        }
    }

    fn condition(self, condition: &Expression<'_>) -> bool {
        match *condition {
            Expression::Present(path) => self.is_present(path),
            Expression::Compare {
                path,
                operator,
                value: Comparand::Null,
            } => match operator {
                Operator::Eq => !self.is_present(path),
                Operator::Ne => self.is_present(path),
                _ => false,
            },
            Expression::Compare {
                path,
                operator,
                value,
            } => self.compare(path, operator, value),
            Expression::ValuePath { path, filter } => {
                let nested = self.nested + 1;
                nested <= MAX_NESTED
                    && self.subject.each(path, &mut |element| {
                        let scope = Scope {
                            subject: Subject::of_element(element),
                            nested,
                        };
                        element.can_be_asked() && scope.matches(filter, 0)
                    })
            }
            // Asked about single conditions only.
            Expression::And(_) | Expression::Or(_) | Expression::Not(_) => false,
        }
    }

    fn is_present(self, path: &AttributePath) -> bool {
        self.subject
            .each(path, &mut |element| element.view.is_present())
    }

    fn compare(self, path: &AttributePath, operator: Operator, comparand: &Comparand) -> bool {
        let mut values = 0_usize;
        let mut holds = |element: Element<'_>, facts: AttributeFacts| {
            element.view.simple(facts.data_type()).is_some_and(|value| {
                values += 1;
                compare::holds(&value, operator, comparand, facts)
            })
        };
        let any = self.subject.each(path, &mut |element| {
            if element.many && element.view.is_object() {
                let (view, known) = element.sub("value");
                view.each(known, &mut |value| holds(value, value.known.facts))
            } else {
                holds(element, element.known.facts)
            }
        });
        any || (operator == Operator::Ne && values == 0)
    }
}
