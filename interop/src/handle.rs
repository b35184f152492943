//! The resources of one type, as the scenarios see them: by the compiled type, or by the type that
//! the server publishes, known at run time only. Scenarios are written once, with compiled types;
//! what they say goes through one or the other, to the wire and back.

use scim_client::{
    Resource, Resources, Stored, User,
    attribute_path::AttributePath,
    client::Replaceable,
    dynamic::{DynamicResource, ResourceType},
    http::StatusCode,
    patch::{Op, Patch, PatchOp},
    typed::{PathClosure, Projection},
};

use crate::{
    asked::Asked,
    requirements::Filler,
    shown::{Done, Shown, names, typed},
};

/// The type that the server publishes, and its handle.
#[derive(Clone)]
pub(crate) struct AtRunTime {
    pub(crate) kind: ResourceType,
    pub(crate) handle: Resources<DynamicResource>,
}

impl AtRunTime {
    /// A compiled resource as one of this type.
    pub(crate) fn made<R: Resource>(&self, resource: &R) -> Done<DynamicResource> {
        Ok(self.kind.from_typed(resource)?)
    }

    fn stored<R: Resource>(&self, stored: &Stored<R>) -> Done<Stored<DynamicResource>> {
        Ok(self.kind.stored_from_typed(stored)?)
    }

    /// The same patch, from its paths as text and its values as JSON.
    pub(crate) fn patch<R: Resource>(&self, patch: Patch<R>) -> Done<Patch<DynamicResource>> {
        let mut made = self.kind.patch();
        for operation in patch.into_message().operations {
            let path = operation.path.map(|path| path.to_string());
            let path = path.unwrap_or_default();
            let value = operation.value.map(|value| value.to_value());
            made = match operation.op {
                Op::Add => made.add(&path, value)?,
                Op::Replace => made.replace(&path, value)?,
                Op::Remove => made.remove(&path)?,
            };
        }
        Ok(made.build())
    }

    fn names(&self, names: &[AttributePath]) -> Done<Vec<AttributePath>> {
        let names = names.iter().map(AttributePath::to_string);
        Ok(self.kind.attribute_list(names)?)
    }
}

/// The resources of one type.
pub(crate) struct Handle<'s, R> {
    /// What makes values that the server's schema requires.
    pub(crate) filler: Filler<'s>,
    pub(crate) published: ResourceType,
    pub(crate) compiled: Resources<R>,
    pub(crate) at_run_time: Option<AtRunTime>,
}

impl<R: Resource> Handle<'_, R> {
    /// The resource, and what the server's schema requires besides.
    pub(crate) fn complete(&self, resource: &R) -> Done<R> {
        self.filler.complete(resource, &self.published)
    }

    pub(crate) async fn create(&self, resource: &R) -> Done<Stored<R>> {
        self.create_answer(resource).await.map(|(_, stored)| stored)
    }

    /// With the status of the answer. What the server's schema requires besides is filled in.
    pub(crate) async fn create_answer(&self, resource: &R) -> Done<(StatusCode, Stored<R>)> {
        let whole = self.complete(resource)?;
        let Some(other) = &self.at_run_time else {
            let answer = self.compiled.create(&whole).send().await?;
            return Ok((answer.status(), answer.into_value()));
        };
        let answer = other.handle.create(&other.made(&whole)?).send().await?;
        Ok((answer.status(), typed(answer.value())?))
    }

    pub(crate) async fn create_showing<P: Projection<R>>(
        &self,
        resource: &R,
        paths: impl PathClosure<R, Choice = P>,
    ) -> Done<Shown<R>> {
        let (whole, names) = (self.complete(resource)?, names(paths));
        let Some(other) = &self.at_run_time else {
            let create = self.compiled.create(&whole).attributes_by(names);
            return Ok(Shown::Compiled(create.await?));
        };
        let create = other.handle.create(&other.made(&whole)?);
        let shown = create.attributes_by(other.names(&names)?).await?;
        Ok(Shown::AtRunTime(shown))
    }

    pub(crate) async fn get(&self, id: &str) -> Done<Stored<R>> {
        match &self.at_run_time {
            None => Ok(self.compiled.get(id).await?),
            Some(other) => typed(&other.handle.get(id).await?),
        }
    }

    pub(crate) async fn get_optional(&self, id: &str) -> Done<Option<Stored<R>>> {
        match &self.at_run_time {
            None => Ok(self.compiled.get(id).optional().await?),
            Some(other) => {
                let read = other.handle.get(id).optional().await?;
                read.as_ref().map(typed).transpose()
            }
        }
    }

    pub(crate) async fn get_showing<P: Projection<R>>(
        &self,
        id: &str,
        paths: impl PathClosure<R, Choice = P>,
    ) -> Done<Shown<R>> {
        let names = names(paths);
        Ok(match &self.at_run_time {
            None => Shown::Compiled(self.compiled.get(id).attributes_by(names).await?),
            Some(other) => {
                let get = other.handle.get(id).attributes_by(other.names(&names)?);
                Shown::AtRunTime(get.await?)
            }
        })
    }

    pub(crate) async fn get_hiding<P: Projection<R>>(
        &self,
        id: &str,
        paths: impl PathClosure<R, Choice = P>,
    ) -> Done<Shown<R>> {
        let names = names(paths);
        Ok(match &self.at_run_time {
            None => Shown::Compiled(self.compiled.get(id).excluded_attributes_by(names).await?),
            Some(other) => {
                let get = other.handle.get(id);
                let get = get.excluded_attributes_by(other.names(&names)?);
                Shown::AtRunTime(get.await?)
            }
        })
    }

    /// Reads again what may have changed, with the status of the answer.
    pub(crate) async fn refresh(&self, stored: &Stored<R>) -> Done<(StatusCode, Stored<R>)> {
        let Some(other) = &self.at_run_time else {
            let answer = self.compiled.refresh(stored).send().await?;
            return Ok((answer.status(), answer.into_value()));
        };
        let stored = other.stored(stored)?;
        let answer = other.handle.refresh(&stored).send().await?;
        Ok((answer.status(), typed(answer.value())?))
    }

    /// Whoever is authenticated.
    pub(crate) async fn me(&self) -> Done<Stored<R>> {
        match &self.at_run_time {
            None => Ok(self.compiled.me().get().await?),
            Some(other) => typed(&other.handle.me().get().await?),
        }
    }

    /// Replaces what was read by what `change` makes of it.
    pub(crate) async fn replace(
        &self,
        read: &Stored<R>,
        change: impl FnOnce(&mut R),
    ) -> Done<Stored<R>> {
        let (compiled, at_run_time) = self.changed(read, change)?;
        match (&self.at_run_time, at_run_time) {
            (Some(other), Some(changed)) => typed(&other.handle.replace(&changed).await?),
            _ => Ok(self.compiled.replace(&compiled).await?),
        }
    }

    /// As [`replace`](Self::replace); what has no value is said to have none.
    pub(crate) async fn replace_clearing<P: Projection<R>>(
        &self,
        read: &Stored<R>,
        change: impl FnOnce(&mut R),
        paths: impl PathClosure<R, Choice = P>,
    ) -> Done<Stored<R>> {
        let (compiled, at_run_time) = self.changed(read, change)?;
        match (&self.at_run_time, at_run_time) {
            (Some(other), Some(changed)) => {
                typed(&other.handle.replace(&changed).clear_unassigned().await?)
            }
            _ => Ok(self.compiled.replace(&compiled).clear(paths).await?),
        }
    }

    pub(crate) async fn replace_showing<P: Projection<R>>(
        &self,
        read: &Stored<R>,
        change: impl FnOnce(&mut R),
        paths: impl PathClosure<R, Choice = P>,
    ) -> Done<Shown<R>> {
        let names = names(paths);
        let (compiled, at_run_time) = self.changed(read, change)?;
        Ok(match (&self.at_run_time, at_run_time) {
            (Some(other), Some(changed)) => {
                let replace = other.handle.replace(&changed);
                Shown::AtRunTime(replace.attributes_by(other.names(&names)?).await?)
            }
            _ => Shown::Compiled(
                self.compiled
                    .replace(&compiled)
                    .attributes_by(names)
                    .await?,
            ),
        })
    }

    pub(crate) async fn replace_at(&self, id: &str, resource: &R) -> Done<Stored<R>> {
        let whole = self.complete(resource)?;
        match &self.at_run_time {
            None => Ok(self.compiled.replace_at(id, &whole).await?),
            Some(other) => {
                let whole = other.made(&whole)?;
                typed(&other.handle.replace_at(id, &whole).await?)
            }
        }
    }

    /// What was read with a change, as a compiled resource and, where these are used, as one of the
    /// type that is known at run time. Each still knows what was read.
    fn changed(
        &self,
        read: &Stored<R>,
        change: impl FnOnce(&mut R),
    ) -> Done<(Stored<R>, Option<Stored<DynamicResource>>)> {
        let mut compiled = read.clone();
        change(&mut compiled);
        let Some(other) = &self.at_run_time else {
            return Ok((compiled, None));
        };
        let mut changed = other.stored(read)?;
        *changed = other.made(compiled.stored().resource())?;
        Ok((compiled, Some(changed)))
    }

    /// Changes what was read, if nobody else has.
    pub(crate) async fn patch(&self, read: &Stored<R>, patch: Patch<R>) -> Done<Stored<R>> {
        match &self.at_run_time {
            None => Ok(self.compiled.patch(read).then(patch).await?),
            Some(other) => {
                let read = other.stored(read)?;
                let patch = other.handle.patch(&read).then(other.patch(patch)?);
                typed(&patch.await?)
            }
        }
    }

    pub(crate) async fn patch_id(&self, id: &str, patch: Patch<R>) -> Done<Stored<R>> {
        match &self.at_run_time {
            None => Ok(self.compiled.patch(id).then(patch).await?),
            Some(other) => {
                let patch = other.handle.patch(id).then(other.patch(patch)?);
                typed(&patch.await?)
            }
        }
    }

    pub(crate) async fn patch_showing<P: Projection<R>>(
        &self,
        read: &Stored<R>,
        patch: Patch<R>,
        paths: impl PathClosure<R, Choice = P>,
    ) -> Done<Shown<R>> {
        let names = names(paths);
        Ok(match &self.at_run_time {
            None => {
                let patch = self.compiled.patch(read).then(patch);
                Shown::Compiled(patch.attributes_by(names).await?)
            }
            Some(other) => {
                let read = other.stored(read)?;
                let patch = other.handle.patch(&read).then(other.patch(patch)?);
                Shown::AtRunTime(patch.attributes_by(other.names(&names)?).await?)
            }
        })
    }

    /// Says what it should be.
    pub(crate) async fn update(
        &self,
        read: &Stored<R>,
        change: impl FnOnce(&mut R),
    ) -> Done<Stored<R>> {
        let Some(other) = &self.at_run_time else {
            return Ok(self.compiled.update(read, change).await?);
        };
        let after = self.after(other, read, change)?;
        let before = other.stored(read)?;
        let update = other.handle.update(&before, |resource| *resource = after);
        typed(&update.await?)
    }

    /// What an update would send.
    pub(crate) fn update_message(
        &self,
        read: &Stored<R>,
        change: impl FnOnce(&mut R),
    ) -> Done<PatchOp> {
        let Some(other) = &self.at_run_time else {
            return Ok(self.compiled.update(read, change).patch()?.into_message());
        };
        let after = self.after(other, read, change)?;
        let before = other.stored(read)?;
        let update = other.handle.update(&before, |resource| *resource = after);
        Ok(update.patch()?.into_message())
    }

    fn after(
        &self,
        other: &AtRunTime,
        read: &Stored<R>,
        change: impl FnOnce(&mut R),
    ) -> Done<DynamicResource> {
        let mut after = read.resource().clone();
        change(&mut after);
        other.made(&after)
    }

    /// Deletes what was read, if nobody has changed it.
    pub(crate) async fn delete(&self, read: &Stored<R>) -> Done {
        match &self.at_run_time {
            None => Ok(self.compiled.delete(read).await?),
            Some(other) => Ok(other.handle.delete(&other.stored(read)?).await?),
        }
    }

    pub(crate) async fn delete_id(&self, id: &str) -> Done {
        match &self.at_run_time {
            None => Ok(self.compiled.delete(id).await?),
            Some(other) => Ok(other.handle.delete(id).await?),
        }
    }

    /// Returns whether it was there.
    pub(crate) async fn delete_if_exists(&self, id: &str) -> Done<bool> {
        match &self.at_run_time {
            None => Ok(self.compiled.delete(id).if_exists().await?),
            Some(other) => Ok(other.handle.delete(id).if_exists().await?),
        }
    }

    pub(crate) fn query(&self) -> Asked<R> {
        let other = self.at_run_time.as_ref();
        Asked::new(
            self.compiled.query(),
            other.map(|other| (other.kind.clone(), other.handle.query())),
        )
    }
}

impl Handle<'_, User> {
    /// Creates a user, or takes the one of that name; and whether it was created.
    pub(crate) async fn create_or_get(&self, user: &User) -> Done<(bool, Stored<User>)> {
        let whole = self.complete(user)?;
        let Some(other) = &self.at_run_time else {
            let user = self.compiled.create_or_get(&whole, |u| u.user_name).await?;
            return Ok((user.is_created(), user.into_stored()));
        };
        let name = other.kind.attribute_list(["userName"])?.swap_remove(0);
        let whole = other.made(&whole)?;
        let user = other.handle.create_or_get_by(&whole, name).await?;
        Ok((user.is_created(), typed(&user.into_stored())?))
    }
}
