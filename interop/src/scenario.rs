//! Something that a client does with a server, and how it is run.

use std::{future::Future, pin::Pin, time::Duration};

use crate::{
    outcome::{Failure, Step, Stop, wrong},
    site::{Feature, Site, Way},
};

/// How long one scenario may take.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Step> + Send + 'a>>;

/// Something that a client does with a server.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// What a service provider may leave out, and say so.
    pub(crate) needs: Option<Feature>,
    /// Whether it is for compiled types only.
    pub(crate) compiled_only: bool,
    pub(crate) run: for<'a> fn(&'a Site) -> Running<'a>,
}

/// Declares scenarios: a name, the function, what it needs, and `compiled only` where it has nothing
/// to do with types, or is too long to be run twice.
macro_rules! scenarios {
    ($($name:literal => $run:path $(, needs $feature:ident)? $(, compiled $only:ident)?;)*) => {
        &[$($crate::scenario::Scenario {
            name: $name,
            needs: $crate::scenario::scenarios!(@needs $($feature)?),
            compiled_only: $crate::scenario::scenarios!(@compiled $($only)?),
            run: |site| Box::pin($run(site)),
        },)*]
    };
    (@needs) => { None };
    (@needs $feature:ident) => { Some($crate::site::Feature::$feature) };
    (@compiled) => { false };
    (@compiled only) => { true };
}
pub(crate) use scenarios;

impl Scenario {
    /// Whether it is run by the types that the server publishes, too.
    pub(crate) fn has_two_ways(&self) -> bool {
        !self.compiled_only
    }

    /// Runs it by one kind of types, and deletes what it created.
    pub(crate) async fn run(&self, site: &Site, way: Way) -> Step {
        let announced = self
            .needs
            .map(|feature| (feature, feature.announced(&site.announced())));
        if let Some((Feature::Cursors, Some(false))) = announced {
            return Err(Stop::Unsupported(
                "pagination.cursor is not announced".to_owned(),
            ));
        }
        site.go(way);
        let before = site.kept_so_far();
        let result = match tokio::time::timeout(PATIENCE, (self.run)(site)).await {
            Ok(result) => result,
            Err(_) => Err(wrong(format!("not done after {PATIENCE:?}"))),
        };
        // Whose it is, is said before the deletions of what it made are on the wire.
        let result = result.map_err(|stop| blamed(site, stop));
        let tidied = site.tidy(before).await;
        match (result, announced) {
            (Ok(()), _) => tidied,
            // It is tried all the same: a server may do more than it says.
            (Err(Stop::Failed(failure)), Some((feature, Some(false)))) => Err(Stop::Unsupported(
                format!("{} is false; {}", feature.name(), failure.said),
            )),
            (Err(Stop::Unsupported(said)), Some((feature, Some(false)))) => Err(Stop::Unsupported(
                format!("{} is false; {said}", feature.name()),
            )),
            (Err(Stop::Failed(failure)), _) => Err(match site.dropped(&failure.said) {
                // An error is about more than an attribute that is not kept.
                Some(name) if failure.cause.is_of_a_value() => Stop::Unsupported(format!(
                    "what is sent as {name} is not kept; {}",
                    failure.said
                )),
                _ => Stop::Failed(failure),
            }),
            (Err(stop), _) => Err(stop),
        }
    }
}

/// With the word whose it is, where the wire shows it.
fn blamed(site: &Site, stop: Stop) -> Stop {
    let blame = |mut failure: Failure| {
        if let Some(blame) = site.blame(&failure) {
            failure.said = format!("{blame}: {}", failure.said);
        }
        failure
    };
    match stop {
        Stop::Failed(failure) => Stop::Failed(blame(failure)),
        Stop::SetUp(failure) => Stop::SetUp(blame(failure)),
        Stop::Unsupported(said) => Stop::Unsupported(said),
    }
}
