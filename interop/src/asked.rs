//! Queries, as the scenarios ask them: by the compiled type or by one that is known at run time.

use scim_client::{
    Resource, Stored,
    attribute_path::AttributePath,
    client::{Query, Results},
    dynamic::{AttributeError, DynamicResource, ResourceType},
    message::{ListResponse, Outcome},
    resource::AnyResource,
    typed::{ElementClass, IntoCondition, MayRead, Path, PathClosure, Projection, Sortable},
};

use crate::{
    outcome::Trouble,
    shown::{Done, Shown, names, typed},
};

/// A query of a type that is known at run time.
type AtRunTime = Query<Stored<DynamicResource>>;

/// A query of one or of the other kind of type.
#[derive(Clone)]
pub(crate) struct Asked<R: Resource> {
    compiled: Query<Stored<R>>,
    at_run_time: Option<(ResourceType, AtRunTime)>,
    /// What the published type does not allow, and of what.
    refused: Option<(String, String)>,
}

/// A page, as compiled resources.
pub(crate) struct Page<R> {
    pub(crate) resources: Vec<Stored<R>>,
    pub(crate) total_results: Option<u64>,
    pub(crate) next_cursor: Option<String>,
}

impl<R: Resource> Asked<R> {
    pub(crate) fn new(
        compiled: Query<Stored<R>>,
        at_run_time: Option<(ResourceType, AtRunTime)>,
    ) -> Self {
        Self {
            compiled,
            at_run_time,
            refused: None,
        }
    }

    /// Only what meets a condition: as it is, or parsed and checked by the published type.
    pub(crate) fn filter<C: IntoCondition<R>>(
        mut self,
        condition: impl FnOnce(R::Paths) -> C,
    ) -> Self {
        let condition = condition(R::PATHS).into_condition();
        let text = condition.to_string();
        self.compiled = self.compiled.filter_by(condition.into());
        self.or_refused(|kind, query| Ok(query.filter_by(kind.filter(&text)?)))
    }

    pub(crate) fn sort_by<P>(mut self, path: impl PathClosure<R, Choice = P>) -> Self
    where
        P: Path<Root = R>,
        P::Value: ElementClass<Class: Sortable<P::Name>>,
        P::Mutability: MayRead<P::Name>,
    {
        self.compiled = self.compiled.sort_by(path);
        let request = self.compiled.search_request();
        let name = request.sort_by.as_ref().map(AttributePath::to_string);
        self.or_refused(|kind, query| {
            let mut names = kind.attribute_list(name)?;
            Ok(match names.pop() {
                Some(path) => query.sort_by_path(path),
                None => query,
            })
        })
    }

    fn or_refused(
        mut self,
        change: impl FnOnce(&ResourceType, AtRunTime) -> Result<AtRunTime, AttributeError>,
    ) -> Self {
        if let Some((kind, query)) = self.at_run_time.take() {
            match change(&kind, query.clone()) {
                Ok(changed) => self.at_run_time = Some((kind, changed)),
                Err(error) => {
                    self.refused = Some((error.to_string(), error.path().to_owned()));
                    self.at_run_time = Some((kind, query));
                }
            }
        }
        self
    }

    fn both(
        mut self,
        compiled: impl FnOnce(Query<Stored<R>>) -> Query<Stored<R>>,
        at_run_time: impl FnOnce(AtRunTime) -> AtRunTime,
    ) -> Self {
        self.compiled = compiled(self.compiled);
        let other = self.at_run_time;
        self.at_run_time = other.map(|(kind, query)| (kind, at_run_time(query)));
        self
    }

    pub(crate) fn descending(self) -> Self {
        self.both(Query::descending, Query::descending)
    }

    pub(crate) fn count(self, count: u64) -> Self {
        self.both(|query| query.count(count), |query| query.count(count))
    }

    pub(crate) fn start_index(self, position: u64) -> Self {
        self.both(
            |query| query.start_index(position),
            |query| query.start_index(position),
        )
    }

    pub(crate) fn cursor(self, cursor: &str) -> Self {
        self.both(|query| query.cursor(cursor), |query| query.cursor(cursor))
    }

    pub(crate) fn via_post(self) -> Self {
        self.both(Query::via_post, Query::via_post)
    }

    /// The query of the type that is known at run time, where that is used.
    fn other(self) -> Done<Result<(ResourceType, AtRunTime), Query<Stored<R>>>> {
        match (self.refused, self.at_run_time) {
            (Some((said, path)), _) => Err(Trouble::Schema { said, path }),
            (None, Some(other)) => Ok(Ok(other)),
            (None, None) => Ok(Err(self.compiled)),
        }
    }

    /// One page.
    pub(crate) async fn page(self) -> Done<Page<R>> {
        match self.other()? {
            Err(compiled) => page(compiled.await?, |one| Ok(one.clone())),
            Ok((_, query)) => page(query.await?, typed),
        }
    }

    /// Everything.
    pub(crate) async fn all(self) -> Done<Vec<Stored<R>>> {
        match self.other()? {
            Err(compiled) => Ok(compiled.all().await?),
            Ok((_, query)) => query.all().await?.iter().map(typed).collect(),
        }
    }

    /// Everything, one by one, with so many pages ahead.
    pub(crate) async fn stream(self, ahead: usize) -> Done<Vec<Stored<R>>> {
        match self.other()? {
            Err(compiled) => drain(compiled.stream().prefetch(ahead)).await,
            Ok((_, query)) => {
                let found = drain(query.stream().prefetch(ahead)).await?;
                found.iter().map(typed).collect()
            }
        }
    }

    pub(crate) async fn first(self) -> Done<Option<Stored<R>>> {
        match self.other()? {
            Err(compiled) => Ok(compiled.first().await?),
            Ok((_, query)) => query.first().await?.as_ref().map(typed).transpose(),
        }
    }

    pub(crate) async fn total(self) -> Done<u64> {
        match self.other()? {
            Err(compiled) => Ok(compiled.total().await?),
            Ok((_, query)) => Ok(query.total().await?),
        }
    }

    /// Everything, with these attributes only.
    pub(crate) async fn all_showing<P: Projection<R>>(
        self,
        paths: impl PathClosure<R, Choice = P>,
    ) -> Done<Vec<Shown<R>>> {
        let names = names(paths);
        match self.other()? {
            Err(compiled) => {
                let found = compiled.attributes_by(names).all().await?;
                Ok(found.into_iter().map(Shown::Compiled).collect())
            }
            Ok((kind, query)) => {
                let names = kind.attribute_list(names.iter().map(AttributePath::to_string))?;
                let found = query.attributes_by(names).all().await?;
                Ok(found.into_iter().map(Shown::AtRunTime).collect())
            }
        }
    }

    /// Everything, without these attributes.
    pub(crate) async fn all_hiding<P: Projection<R>>(
        self,
        paths: impl PathClosure<R, Choice = P>,
    ) -> Done<Vec<Shown<R>>> {
        let names = names(paths);
        match self.other()? {
            Err(compiled) => {
                let found = compiled.excluded_attributes_by(names).all().await?;
                Ok(found.into_iter().map(Shown::Compiled).collect())
            }
            Ok((kind, query)) => {
                let names = kind.attribute_list(names.iter().map(AttributePath::to_string))?;
                let found = query.excluded_attributes_by(names).all().await?;
                Ok(found.into_iter().map(Shown::AtRunTime).collect())
            }
        }
    }
}

fn page<T: AnyResource, R>(
    list: ListResponse<Outcome<Stored<T>>>,
    as_compiled: impl Fn(&Stored<T>) -> Done<Stored<R>>,
) -> Done<Page<R>> {
    let mut resources = Vec::new();
    for one in &list.resources {
        match one {
            Ok(one) => resources.push(as_compiled(one)?),
            Err(error) => return Err(Trouble::Unreadable(error.to_string())),
        }
    }
    Ok(Page {
        resources,
        total_results: list.total_results,
        next_cursor: list.next_cursor,
    })
}

async fn drain<T: AnyResource>(mut results: Results<Stored<T>>) -> Done<Vec<Stored<T>>> {
    let mut found = Vec::new();
    while let Some(one) = results.next().await {
        found.push(one?);
    }
    Ok(found)
}
