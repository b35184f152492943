//! Where a value is in a projection, and what did not come.

/// Where required attributes did not come, as trails of indices from the outside in, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Missing(Vec<Vec<u16>>);

impl Missing {
    /// Takes trails from the inside out, as they are noted.
    pub(crate) fn new(mut trails: Vec<Vec<u16>>) -> Self {
        for trail in &mut trails {
            trail.reverse();
        }
        trails.sort_unstable();
        Self(trails)
    }

    /// Returns whether the attribute at the end of `trail` did not come.
    pub(crate) fn has(&self, trail: &[u16]) -> bool {
        let found = self.0.binary_search_by(|missing| (**missing).cmp(trail));
        found.is_ok()
    }
}

/// Where a value is in its projection.
#[doc(hidden)]
#[derive(Clone)]
pub struct Place<'a> {
    pub(crate) missing: &'a Missing,
    pub(crate) trail: Vec<u16>,
}
