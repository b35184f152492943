//! Leaving a server as it was.

use scim_client::{
    Error, ErrorKind, Extra, Group, Resource, User,
    attribute_path::AttributePath,
    filter::{Filter, Operator},
    http::StatusCode,
};

use super::{Created, Site};
use crate::outcome::{Step, ensure};

/// Any resource: nothing has to be there but its `id`.
#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(schema = "urn:example:interop:2.0:Anything", endpoint = "/Anything")]
struct Anything {
    #[scim(extra)]
    extra: Extra,
}

/// Where things are created that a request may have made without an answer that can be used, and the
/// attribute with their names.
const NAMED: [(&str, &str); 2] = [
    (User::ENDPOINT, "userName"),
    (Group::ENDPOINT, "displayName"),
];

impl Site {
    /// Deletes what the scenario created, the last first: all but the first `before`. What cannot be
    /// deleted is tried again in the end.
    pub(crate) async fn tidy(&self, before: usize) -> Step {
        let mut problems = Vec::new();
        let mut left = Vec::new();
        // One after the other is taken off, so that nothing is forgotten if this is interrupted.
        while let Some(created) = self.last(before) {
            if let Err(error) = self.delete(&created).await {
                problems.push(error.to_string());
                left.push(created.clone());
            }
            self.list().pop();
        }
        self.list().extend(left);
        ensure!(problems.is_empty(), "left behind: {}", problems.join("; "));
        Ok(())
    }

    fn last(&self, before: usize) -> Option<Created> {
        self.list().iter().skip(before).next_back().cloned()
    }

    async fn delete(&self, created: &Created) -> Result<bool, Error> {
        let handle = self.client.resource_at::<User>(created.endpoint);
        handle.delete(&created.id).if_exists().await
    }

    /// Deletes what is left of this run: what could not be deleted before, and what requests made
    /// whose answer could not be used. Then looks whether it is gone. `trusted` says that the
    /// server's filters may be relied on; otherwise everything is listed. Says what is still there.
    pub(crate) async fn sweep(&self, trusted: bool) -> Result<(), String> {
        let mut found = std::mem::take(&mut *self.list());
        let (listed, mut unseen) = self.all_leftovers(trusted).await;
        found.extend(listed);
        for created in found.iter().rev() {
            if let Err(error) = self.delete(created).await {
                let Created { endpoint, id } = created;
                unseen.push(format!("{endpoint}/{id} is left behind: {error}"));
            }
        }
        if !found.is_empty() && unseen.is_empty() {
            let (still, problems) = self.all_leftovers(trusted).await;
            let still = still.iter().map(|Created { endpoint, id }| {
                format!("{endpoint}/{id} was deleted, and is still listed")
            });
            unseen.extend(still.chain(problems));
        }
        if unseen.is_empty() {
            return Ok(());
        }
        Err(unseen.join("; "))
    }

    /// What has a name of this run, and why it is not known everywhere.
    async fn all_leftovers(&self, trusted: bool) -> (Vec<Created>, Vec<String>) {
        let filters = trusted && self.client.capabilities().filter != Some(false);
        let (mut found, mut problems) = (Vec::new(), Vec::new());
        for (endpoint, name) in NAMED {
            let mut listed = self.leftovers(endpoint, name, filters).await;
            if filters && listed.is_err() {
                listed = self.leftovers(endpoint, name, false).await;
            }
            match listed {
                Ok(listed) => found.extend(listed),
                Err(error) if error.status().is_some_and(is_absent) => {}
                Err(error) => problems.push(error.to_string()),
            }
        }
        (found, problems)
    }

    /// The resources whose names begin as those of this run. Names are looked at again here, and
    /// nothing but `id` and the name has to be as it should.
    async fn leftovers(
        &self,
        endpoint: &'static str,
        name: &'static str,
        filters: bool,
    ) -> Result<Vec<Created>, Error> {
        let handle = self.client.resource_at::<Anything>(endpoint);
        let mut query = handle.query();
        if filters {
            let filter = Filter::compare(
                AttributePath::from_parts(None, name, None),
                Operator::Sw,
                self.run.as_str(),
            );
            query = query.filter_by(filter);
        }
        let (mut found, mut read, mut unreadable) = (Vec::new(), false, None);
        let mut all = query.stream();
        while let Some(one) = all.next().await {
            match one {
                Ok(one) => {
                    read = true;
                    let given = one.extra.get(name).map(scim_client::Json::to_value);
                    if given.is_some_and(|given| {
                        given
                            .as_str()
                            .is_some_and(|given| given.starts_with(&self.run))
                    }) {
                        let id = one.id().to_owned();
                        found.push(Created { endpoint, id });
                    }
                }
                // One resource, or the whole answer: then there is none that can be read.
                Err(error) if error.kind() == ErrorKind::Decode => unreadable = Some(error),
                Err(error) => return Err(error),
            }
        }
        match unreadable {
            Some(error) if !read => Err(error),
            _ => Ok(found),
        }
    }
}

/// An endpoint that is not there has nothing left.
fn is_absent(status: StatusCode) -> bool {
    [
        StatusCode::NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED,
        StatusCode::NOT_IMPLEMENTED,
    ]
    .contains(&status)
}
