//! Assertions about a service provider after the code under test has run.

use scim_models::{
    Stored,
    filter::Filter,
    resource::{Resource, Root},
    typed::Condition,
};

use super::{provider::ServiceProvider, request::ReceivedRequest};

/// Helpers for tests. Methods that begin with `assert` panic if the assertion is false. The message
/// has the line of the test and the actual state.
impl ServiceProvider {
    /// The stored resources that meet a condition, in the order of their creation.
    #[must_use]
    pub fn find<R: Resource>(
        &self,
        condition: impl FnOnce(<R as Root>::Paths) -> Condition<R>,
    ) -> Vec<Stored<R>> {
        let filter = Filter::from(condition(R::PATHS));
        let mut all = self.all::<R>();
        all.retain(|stored| filter.matches(stored));
        all
    }

    /// Returns the only resource that meets a condition.
    ///
    /// # Panics
    /// No resource meets the condition, or more than one does.
    #[track_caller]
    pub fn assert_one<R: Resource>(
        &self,
        condition: impl FnOnce(<R as Root>::Paths) -> Condition<R>,
    ) -> Stored<R> {
        let filter = condition(R::PATHS);
        let said = filter.to_string();
        let mut found = self.find(|_| filter);
        assert!(
            found.len() == 1,
            "one {} with {said}: there are {} among {:?}",
            R::NAME,
            found.len(),
            self.all::<R>().iter().map(Stored::id).collect::<Vec<_>>(),
        );
        found.remove(0)
    }

    /// Asserts that no resource meets a condition.
    ///
    /// # Panics
    /// A resource meets the condition.
    #[track_caller]
    pub fn assert_none<R: Resource>(
        &self,
        condition: impl FnOnce(<R as Root>::Paths) -> Condition<R>,
    ) {
        let filter = condition(R::PATHS);
        let said = filter.to_string();
        let found = self.find(|_| filter);
        assert!(
            found.is_empty(),
            "no {} with {said}: there is {:?}",
            R::NAME,
            found.iter().map(Stored::id).collect::<Vec<_>>(),
        );
    }

    /// Asserts that exactly these requests were received, in this order. A request is written as
    /// `"POST /Users"`: method and path below the base URL, and a query if it should be compared
    /// too ([`ReceivedRequest::is`]).
    ///
    /// # Panics
    /// Other requests were received.
    #[track_caller]
    pub fn assert_received(&self, expected: &[&str]) {
        let requests = self.requests();
        let same = requests.len() == expected.len()
            && requests.iter().zip(expected).all(|(r, line)| r.is(line));
        assert!(
            same,
            "expected requests {expected:#?}, received {:#?}",
            requests
                .iter()
                .map(ReceivedRequest::line)
                .collect::<Vec<_>>()
        );
    }

    /// Asserts that nothing was changed: each request was a GET or a POST to `/.search`, or was refused.
    ///
    /// # Panics
    /// There was another request.
    #[track_caller]
    pub fn assert_unchanged(&self) {
        let changes: Vec<_> = self
            .requests()
            .iter()
            .filter(|request| {
                let refused = request.status().is_none_or(|status| !status.is_success());
                request.is_change() && !refused
            })
            .map(ReceivedRequest::line)
            .collect();
        assert!(
            changes.is_empty(),
            "expected no change, received {changes:#?}"
        );
    }
}
