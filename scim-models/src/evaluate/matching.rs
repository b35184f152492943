//! Filters against subjects.

use std::{cell::Cell, convert::Infallible};

use super::{
    AttributeFacts, DataType, FilterCheckError, FilterRule, Subject, compare,
    simple::Simple,
    view::{Absent, Element},
};
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
    /// Returns whether the filter matches a resource.
    ///
    /// A condition that has no meaning for this resource does not match, and is not an error.
    /// [`check`](Self::check) finds such conditions; [`evaluate`](crate::evaluate) has the rules.
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

impl Filter {
    /// Like [`matches`](Self::matches), except that an undecidable comparison is an error. If one
    /// time has a zone and the other has not, and they are within 14 hours of each other, their
    /// order is unknown (XML Schema part 2 §3.2.7.4). A service provider responds to that with
    /// `invalidFilter`.
    ///
    /// Conditions are evaluated from left to right, as far as they matter.
    ///
    /// # Errors
    /// The condition that cannot be decided for this resource ([`FilterRule::UncertainTime`]).
    pub fn try_matches<'a>(
        &self,
        subject: impl Into<Subject<'a>>,
    ) -> Result<bool, FilterCheckError> {
        let uncertain = Cell::new(false);
        let scope = Scope {
            subject: subject.into(),
            nested: 0,
            uncertain: Some(&uncertain),
        };
        self.root().decide(|condition| {
            let answer = scope.condition(&condition);
            match condition {
                Expression::Compare { path, .. } | Expression::ValuePath { path, .. }
                    if uncertain.get() =>
                {
                    Err(FilterCheckError::new(path, FilterRule::UncertainTime))
                }
                _ => Ok(answer),
            }
        })
    }

    /// Returns whether [`try_matches`](Self::try_matches) may have another result than
    /// [`matches`](Self::matches).
    #[doc(hidden)]
    pub fn asks_for_times(&self) -> bool {
        self.values().any(
            |value| matches!(value, Comparand::String(text) if crate::value::DateTime::is_readable_text(text)),
        )
    }
}

impl FilterRef<'_> {
    /// Like [`Filter::matches`].
    #[must_use]
    pub fn matches<'a>(self, subject: impl Into<Subject<'a>>) -> bool {
        Scope {
            subject: subject.into(),
            nested: 0,
            uncertain: None,
        }
        .matches(self, 0)
    }
}

#[derive(Clone, Copy)]
struct Scope<'a> {
    subject: Subject<'a>,
    /// In how many value paths this is.
    nested: usize,
    /// Set where a comparison has no sure answer, if anybody asks.
    uncertain: Option<&'a Cell<bool>>,
}

impl Scope<'_> {
    fn matches(&self, filter: FilterRef<'_>, depth: usize) -> bool {
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

    fn condition(&self, condition: &Expression<'_>) -> bool {
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
                let any = nested <= MAX_NESTED
                    && self.subject.each(path, Absent::IsNone, &mut |element| {
                        let scope = Scope {
                            subject: Subject::of_element(element),
                            nested,
                            uncertain: self.uncertain,
                        };
                        element.can_be_asked()
                            && match scope.uncertain {
                                None => scope.matches(filter, 0),
                                Some(uncertain) => scope.surely_matches(filter, uncertain),
                            }
                    });
                self.settled(any)
            }
            // Asked about single conditions only.
            Expression::And(_) | Expression::Or(_) | Expression::Not(_) => false,
        }
    }

    fn is_present(&self, path: &AttributePath) -> bool {
        self.subject.each(path, Absent::IsNone, &mut |element| {
            element.view.is_present()
        })
    }

    fn compare(&self, path: &AttributePath, operator: Operator, comparand: &Comparand) -> bool {
        let mut values = 0_usize;
        let mut holds = |element: Element<'_>, facts: AttributeFacts| {
            element.view.simple(facts.data_type()).is_some_and(|value| {
                values += 1;
                if let Some(uncertain) = self.uncertain {
                    return surely_holds(&value, operator, comparand, facts, uncertain);
                }
                compare::holds(&value, operator, comparand, facts)
            })
        };
        let any = self.subject.each(path, Absent::IsAssumed, &mut |element| {
            if element.many && element.view.is_object() {
                let (view, known) = element.sub("value");
                view.each(known, &mut |value| holds(value, value.known.facts))
            } else {
                holds(element, element.known.facts)
            }
        });
        self.settled(any) || (operator == Operator::Ne && values == 0)
    }

    /// Returns whether one element matches, and no doubt about it.
    #[cold]
    fn surely_matches(&self, filter: FilterRef<'_>, uncertain: &Cell<bool>) -> bool {
        let others = uncertain.replace(false);
        let sure = self.matches(filter, 0) && !uncertain.get();
        uncertain.set(others || uncertain.get());
        sure
    }

    /// A response that one value or element is enough for: then the others do not matter.
    #[inline]
    fn settled(&self, any: bool) -> bool {
        if let (true, Some(uncertain)) = (any, self.uncertain) {
            uncertain.set(false);
        }
        any
    }
}

/// Returns whether a comparison holds, and no doubt about it.
#[cold]
fn surely_holds(
    value: &Simple<'_>,
    operator: Operator,
    comparand: &Comparand,
    facts: AttributeFacts,
    uncertain: &Cell<bool>,
) -> bool {
    if facts.data_type() == DataType::DateTime && compare::is_uncertain(value, operator, comparand)
    {
        uncertain.set(true);
        return false;
    }
    compare::holds(value, operator, comparand, facts)
}
