//! How often a property is tried.

use proptest::prelude::ProptestConfig;

/// `usual` cases, and as many times more as `PROPTEST_CASES` is more than proptest's default.
///
/// `ProptestConfig::with_cases` would ignore that variable.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    const DEFAULT: u32 = 256;
    let asked = std::env::var("PROPTEST_CASES").ok();
    let asked = asked.and_then(|text| text.parse().ok()).unwrap_or(DEFAULT);
    let cases = u64::from(usual) * u64::from(asked.max(DEFAULT)) / u64::from(DEFAULT);
    let cases = u32::try_from(cases).unwrap_or(u32::MAX);
    ProptestConfig {
        cases,
        // What is refused grows with what is tried.
        max_global_rejects: cases.saturating_mul(4),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
