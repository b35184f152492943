//! The scenarios, and how one is run.

mod bad_requests;
mod bulk;
pub(crate) mod create;
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

use std::{future::Future, pin::Pin, time::Duration};

use crate::{
    outcome::{Step, Stop},
    site::{Feature, Site},
};

/// The scenario after which the server's filters can be trusted to find what was created.
pub(crate) const TRUSTS_FILTERS: &str = "filter: sw";

/// How long one scenario may take.
const PATIENCE: Duration = Duration::from_secs(120);

type Running<'a> = Pin<Box<dyn Future<Output = Step> + Send + 'a>>;

/// Something that a client does with a server.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// What a service provider may leave out, and say so.
    needs: Option<Feature>,
    run: for<'a> fn(&'a Site) -> Running<'a>,
}

/// Declares scenarios: a name, the function, and what it needs.
macro_rules! scenarios {
    ($($name:literal => $run:path $(, needs $feature:ident)?;)*) => {
        &[$($crate::suite::Scenario {
            name: $name,
            needs: $crate::suite::scenarios!(@needs $($feature)?),
            run: |site| Box::pin($run(site)),
        },)*]
    };
    (@needs) => { None };
    (@needs $feature:ident) => { Some($crate::site::Feature::$feature) };
}
use scenarios;

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

impl Scenario {
    /// Runs it, and deletes what it created.
    pub(crate) async fn run(&self, site: &Site) -> Step {
        let announced = self
            .needs
            .map(|feature| (feature, feature.announced(&site.announced())));
        if let Some((Feature::Cursors, Some(false))) = announced {
            return Err(Stop::Unsupported(
                "pagination.cursor is not announced".to_owned(),
            ));
        }
        let result = match tokio::time::timeout(PATIENCE, (self.run)(site)).await {
            Ok(result) => result,
            Err(_) => Err(Stop::Failed(format!("not done after {PATIENCE:?}"))),
        };
        let tidied = site.tidy().await;
        match (result, announced) {
            (Ok(()), _) => tidied,
            // It is tried all the same: a server may do more than it says.
            (Err(Stop::Failed(said) | Stop::Unsupported(said)), Some((feature, Some(false)))) => {
                Err(Stop::Unsupported(format!(
                    "{} is false; {said}",
                    feature.name()
                )))
            }
            (Err(Stop::Failed(said)), _) => Err(match site.dropped(&said) {
                Some(name) => {
                    Stop::Unsupported(format!("what is sent as {name} is not kept; {said}"))
                }
                None => Stop::Failed(said),
            }),
            (Err(stop), _) => Err(stop),
        }
    }
}
