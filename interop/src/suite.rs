//! The scenarios.

mod bad_requests;
mod bulk;
mod create;
mod custom;
mod delete;
mod discovery;
mod filter;
mod groups;
mod listing;
mod patch;
mod projection;
mod read;
mod replace;
mod versions;

use crate::scenario::Scenario;

/// The scenario after which the server's filters can be trusted to find what was created.
pub(crate) const TRUSTS_FILTERS: &str = "filter: one term by itself";

/// All scenarios, in the order in which they are run.
pub(crate) fn all() -> Vec<&'static Scenario> {
    let groups: &[&'static [Scenario]] = &[
        discovery::SCENARIOS,
        create::SCENARIOS,
        read::SCENARIOS,
        projection::SCENARIOS,
        replace::SCENARIOS,
        patch::SCENARIOS,
        filter::SCENARIOS,
        listing::SCENARIOS,
        versions::SCENARIOS,
        groups::SCENARIOS,
        custom::SCENARIOS,
        bulk::SCENARIOS,
        bad_requests::SCENARIOS,
        delete::SCENARIOS,
    ];
    groups.iter().flat_map(|group| group.iter()).collect()
}

/// Whether a scenario creates nothing, whatever the server answers.
pub(crate) fn only_reads(scenario: &Scenario) -> bool {
    discovery::SCENARIOS
        .iter()
        .any(|other| other.name == scenario.name)
}
