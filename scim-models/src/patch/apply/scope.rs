//! Where in the resource something is.

/// How deep places are told apart: an extension, a complex attribute in it, one of its
/// sub-attributes, and one level that only unusual schemas have.
const DEPTH: usize = 4;

/// The place of an object or an attribute: its position in each table on the way from the
/// resource. What is within an element of a multi-valued attribute has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Scope {
    steps: [usize; DEPTH],
    /// `None` for what has no place.
    depth: Option<usize>,
}

impl Scope {
    /// The resource itself.
    pub(super) const RESOURCE: Self = Self {
        steps: [0; DEPTH],
        depth: Some(0),
    };

    /// Whatever has no place of its own.
    pub(super) const NOWHERE: Self = Self {
        steps: [0; DEPTH],
        depth: None,
    };

    /// The place of the attribute at `index` of the object that is here.
    pub(super) fn child(mut self, index: usize) -> Self {
        let Some(depth) = self.depth else {
            return self;
        };
        match self.steps.get_mut(depth) {
            Some(step) => {
                *step = index;
                self.depth = Some(depth + 1);
                self
            }
            None => Self::NOWHERE,
        }
    }

    pub(super) fn is_somewhere(self) -> bool {
        self.depth.is_some()
    }

    /// The steps from `outer` to here, if this is `outer` or within it.
    pub(super) fn steps_from(&self, outer: &Self) -> Option<&[usize]> {
        let steps = self.steps.get(..self.depth?)?;
        let outer = outer.steps.get(..outer.depth?)?;
        steps.strip_prefix(outer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_within_places() {
        let extension = Scope::RESOURCE.child(7);
        let attribute = extension.child(2);
        assert_eq!(attribute.steps_from(&extension), Some(&[2][..]));
        assert_eq!(attribute.steps_from(&Scope::RESOURCE), Some(&[7, 2][..]));
        assert_eq!(extension.steps_from(&attribute), None);
        assert_eq!(attribute.steps_from(&Scope::RESOURCE.child(1)), None);
        assert_eq!(Scope::NOWHERE.steps_from(&Scope::RESOURCE), None);
        assert_eq!(Scope::RESOURCE.steps_from(&Scope::NOWHERE), None);
        let deep = (0..5).fold(Scope::RESOURCE, Scope::child);
        assert!(!deep.is_somewhere() && attribute.is_somewhere());
    }
}
