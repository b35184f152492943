//! What is noted while reading: what does not fit, and where.

use crate::{
    json::{DecodeError, Next, Problem, ProblemKind, Problems, encode},
    model::{Attribute, Reflect},
};

/// What is noted while reading one document.
#[derive(Debug, Default)]
pub struct Context {
    /// Refuse what a strict reading of the RFCs refuses.
    pub strict: bool,
    /// Refuse a dateTime, binary or reference value that is none (RFC 7643 §2.3) when `strict`.
    pub forms: bool,
    /// A required attribute may be missing: the document is a projection.
    pub partial: bool,
    /// What did not fit.
    pub problems: Problems,
    /// Where a projection lacks required attributes: indices from the inside out.
    pub missing: Vec<Vec<u16>>,
    /// Whether the object that comes next is an element of a multi-valued attribute.
    pub is_element: bool,
}

impl Context {
    #[cold]
    pub(in crate::json) fn note(&mut self, kind: ProblemKind) {
        self.problems.push(Problem::new(kind));
    }

    #[cold]
    pub(in crate::json) fn note_under(&mut self, kind: ProblemKind, name: &str) {
        let mut problem = Problem::new(kind);
        problem.under(name);
        self.problems.push(problem);
    }

    #[cold]
    pub(in crate::json) fn wrong_type(&mut self, expected: &'static str, found: Next) {
        self.note(ProblemKind::WrongType {
            expected,
            found: found.name(),
        });
    }

    /// How much was noted so far, for [`step`](Self::step).
    #[inline]
    pub(in crate::json) fn mark(&self) -> (usize, usize) {
        (self.problems.len(), self.missing.len())
    }

    /// Puts a step of the path in front of what was noted since `mark`.
    #[inline]
    pub(in crate::json) fn step(&mut self, mark: (usize, usize), step: Step) {
        if mark != self.mark() {
            self.record(mark, step);
        }
    }

    #[cold]
    fn record(&mut self, (problems, missing): (usize, usize), step: Step) {
        for problem in self.problems.iter_mut().skip(problems) {
            match step {
                Step::Attribute(attribute, _) => problem.under(attribute.name),
                Step::Element { read, .. } => problem.under_element(read),
            }
        }
        let (Step::Attribute(_, index) | Step::Element { kept: index, .. }) = step;
        for trail in self.missing.iter_mut().skip(missing) {
            trail.push(u16::try_from(index).unwrap_or(u16::MAX));
        }
    }

    /// Returns whether it is wrong that a required attribute is absent. None of many is as good as
    /// absent to those who do not return it; a projection says what did not come. What is not returned by
    /// default cannot come: a type that has no way to be without it holds an empty text, or a complex value
    /// of nothing else, which is not [sent](crate::json::encode) either. A number or boolean would be an
    /// invented one.
    #[inline]
    pub(in crate::json) fn lacks(&self, object: &dyn Reflect, index: usize) -> bool {
        let Some(attribute) = object.descriptor().attributes.get(index) else {
            return false;
        };
        self.strict || self.partial || {
            let is_none = || encode::holds_nothing(object.get(index));
            !(attribute.is_multi_valued() || attribute.is_hidden() && is_none())
        }
    }

    /// An error if anything was noted; it keeps `text`.
    pub fn into_result(self, text: &str) -> Result<(), DecodeError> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(DecodeError::problems(self.problems, text))
        }
    }
}

pub(in crate::json) enum Step {
    Attribute(&'static Attribute, usize),
    /// Positions in the JSON array, and among the values that were kept.
    Element {
        read: usize,
        kept: usize,
    },
}
