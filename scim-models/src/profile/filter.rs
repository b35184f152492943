//! Whether a service provider supports a filter, by its profile.

use super::FilterRules;
use crate::filter::{Expression, Filter, FilterRef};

impl FilterRules {
    /// Says what is wrong with a filter before a service provider does, or answers as if nothing
    /// matched.
    #[doc(hidden)]
    pub fn allow(&self, filter: Option<&Filter>) -> Result<(), String> {
        if *self == Self::default() {
            return Ok(());
        }
        let Some(filter) = filter else {
            return match self.required {
                true => Err("the service provider requires a filter in queries".to_owned()),
                false => Ok(()),
            };
        };
        let mut nodes = 0_u64;
        let mut open: Vec<FilterRef<'_>> = vec![filter.root()];
        while let Some(next) = open.pop() {
            nodes += 1;
            match next.expression() {
                Expression::And(operands) => open.extend(operands),
                Expression::Or(operands) => {
                    self.word("or", self.or)?;
                    open.extend(operands);
                }
                Expression::Not(operand) => {
                    self.word("not", self.not)?;
                    open.push(operand);
                }
                Expression::Present(_) => self.operator("pr")?,
                Expression::Compare { operator, .. } => self.operator(operator.as_str())?,
                Expression::ValuePath { filter, .. } => open.push(filter),
            }
        }
        match self.max_nodes {
            Some(most) if nodes > most => Err(format!(
                "the filter has {nodes} parts, and the service provider accepts {most}"
            )),
            _ => Ok(()),
        }
    }

    fn operator(&self, operator: &str) -> Result<(), String> {
        let known = self.operators.as_ref();
        let known = known.is_none_or(|known| known.iter().any(|word| word == operator));
        self.word(operator, Some(known))
    }

    fn word(&self, word: &str, known: Option<bool>) -> Result<(), String> {
        match known {
            Some(false) => Err(format!(
                "the service provider does not support `{word}` in filters"
            )),
            _ => Ok(()),
        }
    }
}
