//! Which attributes an object has.

/// Which attributes of an object were assigned.
#[derive(Default)]
pub(in crate::json) struct Seen {
    first: u64,
    rest: Vec<usize>,
}

impl Seen {
    #[inline]
    pub(in crate::json) fn set(&mut self, index: usize, assigned: bool) {
        if index < 64 {
            let bit = 1 << index;
            self.first &= !bit;
            self.first |= u64::from(assigned) << index;
        } else {
            self.set_far(index, assigned);
        }
    }

    #[cold]
    fn set_far(&mut self, index: usize, assigned: bool) {
        self.rest.retain(|seen| *seen != index);
        if assigned {
            self.rest.push(index);
        }
    }

    #[inline]
    pub(in crate::json) fn has(&self, index: usize) -> bool {
        if index < 64 {
            self.first & (1 << index) != 0
        } else {
            self.rest.contains(&index)
        }
    }

    /// Returns whether all are there that have a bit in `wanted`.
    #[inline]
    pub(in crate::json) fn has_all(&self, wanted: u64) -> bool {
        self.first & wanted == wanted
    }

    #[inline]
    pub(in crate::json) fn any(&self) -> bool {
        self.first != 0 || !self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_a_set() {
        let mut seen = Seen::default();
        assert!(!seen.any());
        for index in [0, 63, 64, 200] {
            seen.set(index, true);
            seen.set(index, true);
            assert!(seen.has(index) && seen.any());
        }
        assert!(!seen.has(1) && !seen.has(65));
        assert!(seen.has_all(1 | 1 << 63) && !seen.has_all(3));
        for index in [0, 63, 64, 200] {
            seen.set(index, false);
            assert!(!seen.has(index));
        }
        assert!(!seen.any());
    }
}
