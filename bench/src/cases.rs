//! All work that is measured under valgrind.

use crate::{case::Case, filters, get, pages, patches};

/// All cases.
pub fn all() -> Vec<Case> {
    let mut cases = pages::cases();
    cases.extend(get::cases());
    cases.extend(filters::cases());
    cases.extend(patches::cases());
    #[cfg(feature = "rivals")]
    cases.extend(crate::rivals::cases());
    cases
}

#[cfg(all(test, feature = "rivals"))]
mod tests {
    #[test]
    fn other_readers_of_json_read_and_write_the_page() {
        let mut found = 0;
        let rivals = [
            "sonic-rs, derive",
            "simd-json, derive, with its copy",
            "simd-json, derive",
        ];
        for case in super::all() {
            if rivals.contains(&case.column) && case.row != "in the order of names, in lower case" {
                assert!((case.start)().is_some(), "{}", case.name());
                found += 1;
            }
        }
        assert!(found >= 5, "{found}");
    }
}
