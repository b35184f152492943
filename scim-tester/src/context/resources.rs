//! Resources of the run: what they hold, and how they are made.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    json::{self, text},
    resource_type::{Attr, ResourceType},
    stop::Stop,
    values::{Fill, Maker, referents},
    wire::{Answer, percent_decoded},
};

use super::{Context, Fixture, Made};

impl Context {
    fn with_extra(&self, r: &ResourceType, mut body: Value) -> Value {
        if let Some(extra) = self.told.extra.get(&r.name) {
            let label = text(&body, "externalId")
                .map(str::to_owned)
                .unwrap_or_else(|| self.label());
            json::merge(&mut body, &crate::values::filled(extra, &label));
        }
        body
    }

    /// The least that can be created.
    pub(crate) fn minimal(&self, r: &ResourceType) -> Value {
        let body = self.maker.resource(r, self.number(), Fill::Required);
        self.with_extra(r, body)
    }

    /// All that can be written.
    pub(crate) fn maximal(&self, r: &ResourceType) -> Value {
        let body = self.maker.resource(r, self.number(), Fill::Everything);
        self.with_extra(r, body)
    }

    /// What most checks start from: each slot has a value.
    pub(crate) fn body(&self, r: &ResourceType) -> Value {
        let number = self.number();
        let label = self.maker.label(number);
        let mut body = self.with_extra(r, self.maker.resource(r, number, Fill::Required));
        for slot in [r.s(), r.s2()].into_iter().flatten() {
            slot.set(&mut body, format!("{label} Abc").into());
        }
        if let Some((_, slots)) = r.c() {
            for slot in slots.iter().take(2) {
                slot.set(
                    &mut body,
                    format!("{label} {}", slot.sub.as_deref().unwrap_or("")).into(),
                );
            }
        }
        if let Some(m) = r.m() {
            let (one, two) = Maker::kinds(m);
            let elements = [
                self.maker.element(m, &label, "one", &one),
                self.maker.element(m, &label, "two", &two),
            ];
            m.set(&mut body, Value::Array(elements.to_vec()));
        }
        if let Some(b) = r.b() {
            b.set(&mut body, true.into());
        }
        for slot in r.e_all().iter().take(2) {
            slot.set(&mut body, format!("{label} ext").into());
        }
        self.maker.complete(r, &label, &mut body);
        if let Some(x) = r.x().filter(|x| x.of(&body).is_none()) {
            x.set(&mut body, label.into());
        }
        body
    }

    /// Skips what must refer to a resource where none is known.
    pub(crate) fn can_be_complete(&self, r: &ResourceType, body: &Value) -> Result<(), Stop> {
        let lacks = |attr: &&Attr| {
            attr.required
                && attr.urn.is_none()
                && attr.is_writable()
                && referents(attr).next().is_some()
                && attr.of(body).is_none()
        };
        match r.attrs.iter().find(lacks) {
            None => Ok(()),
            Some(attr) => Err(Stop::Skip(format!(
                "{} of {} must refer to a resource, and none is known: give one with --extra",
                attr.path(),
                r.name
            ))),
        }
    }

    /// Creates it; that this works at all is C-01.
    pub(crate) async fn create(&self, r: &ResourceType, body: Value) -> Result<Made, Stop> {
        r.must_be_writable()?;
        self.can_be_complete(r, &body)?;
        let answer = self.post(r, &body).await?;
        if !answer.is_success() {
            let why = format!("POST {} {}", r.endpoint, answer.in_short());
            return Err(Stop::Blocked("C-01", why));
        }
        self.made(r, body, answer).await
    }

    /// A new resource with all that it can hold.
    pub(crate) async fn full(&self, r: &ResourceType) -> Result<Made, Stop> {
        self.full_but(r, |_| {}).await
    }

    /// As [`full`](Self::full), with changes.
    pub(crate) async fn full_but(
        &self,
        r: &ResourceType,
        change: impl FnOnce(&mut Value),
    ) -> Result<Made, Stop> {
        let mut body = self.maximal(r);
        for attr in r.attrs.iter().filter(|attr| r.is_lost(&attr.path())) {
            attr.slot().clear(&mut body);
        }
        change(&mut body);
        match self.create(r, body).await {
            Err(Stop::Blocked("C-01", why)) => Err(Stop::Blocked("C-06", why)),
            other => other,
        }
    }

    /// What an answer to a POST made.
    pub(crate) async fn made(
        &self,
        r: &ResourceType,
        sent: Value,
        answer: Answer,
    ) -> Result<Made, Stop> {
        let by_location = || {
            let location = answer.header("location")?;
            Some(percent_decoded(location.rsplit('/').next()?))
        };
        let Some(id) = answer.id().map(str::to_owned).or_else(by_location) else {
            return Err(Stop::Blocked("C-01", "a new resource has no id".to_owned()));
        };
        let is_own = self.state().own_answers.contains(&r.name);
        let state = match answer.id() {
            Some(_) if !is_own => answer.doc().clone(),
            _ => self.read(r, &id).await?.doc().clone(),
        };
        Ok(Made {
            id,
            state,
            sent,
            answer,
        })
    }

    /// A new resource with a value in each slot.
    pub(crate) async fn fresh(&self, r: &ResourceType) -> Result<Made, Stop> {
        let body = self.body(r);
        self.create(r, body).await
    }

    /// One that nobody changes.
    pub(crate) async fn shared(&self, r: &ResourceType) -> Result<Arc<Made>, Stop> {
        let known = self.state().shared.get(&r.name).cloned();
        if let Some(known) = known {
            return known
                .ok_or_else(|| Stop::Blocked("C-01", format!("no {} could be created", r.name)));
        }
        let made = self.fresh(r).await;
        if let Err(Stop::Ended | Stop::Skip(_) | Stop::Network(_)) = made {
            return made.map(Arc::new);
        }
        let made = made.map(Arc::new);
        self.state()
            .shared
            .insert(r.name.clone(), made.as_ref().ok().cloned());
        made
    }

    /// One with all that it can hold, that nobody changes: also with references to another resource,
    /// such as a manager. Its state is what a read gives.
    pub(crate) async fn rich(&self, r: &ResourceType) -> Result<Arc<Made>, Stop> {
        let name = format!("{} with everything", r.name);
        let known = self.state().shared.get(&name).cloned();
        if let Some(known) = known {
            return known
                .ok_or_else(|| Stop::Blocked("C-06", format!("no {} could be created", r.name)));
        }
        let made = self.make_rich(r).await;
        if let Err(Stop::Ended | Stop::Skip(_) | Stop::Network(_)) = made {
            return made.map(Arc::new);
        }
        let made = made.map(Arc::new);
        self.state()
            .shared
            .insert(name, made.as_ref().ok().cloned());
        made
    }

    async fn make_rich(&self, r: &ResourceType) -> Result<Made, Stop> {
        let mut body = self.maximal(r);
        for attr in r.attrs.iter().filter(|attr| r.is_lost(&attr.path())) {
            attr.slot().clear(&mut body);
        }
        let other = self.shared(r).await?.id.clone();
        let mut referring = body.clone();
        for attr in r.attrs.iter().filter(|attr| attr.is_plain() && !attr.multi) {
            if let (Some(value), Some(_)) = (attr.sub("value"), attr.sub("$ref"))
                && value.is_plain()
            {
                attr.sub_slot(value)
                    .set(&mut referring, other.as_str().into());
            }
        }
        let made = match self.create(r, referring).await {
            Err(Stop::Blocked("C-01", _)) => self.create(r, body).await,
            other => other,
        };
        let made = match made {
            Err(Stop::Blocked("C-01", why)) => return Err(Stop::Blocked("C-06", why)),
            other => other?,
        };
        let read = self.read(r, &made.id).await?;
        match read.is_success() {
            true => Ok(Made {
                state: read.doc().clone(),
                ..made
            }),
            false => Err(Stop::Blocked("R-01", read.in_short())),
        }
    }

    /// Resources that differ, created once.
    pub(crate) async fn fixture(&self, r: &ResourceType) -> Result<Arc<Fixture>, Stop> {
        let known = self.state().fixtures.get(&r.name).cloned();
        if let Some(known) = known {
            return known
                .ok_or_else(|| Stop::Blocked("C-01", format!("no {} could be created", r.name)));
        }
        let made = super::fixture::make(self, r).await;
        if let Err(Stop::Ended | Stop::Skip(_) | Stop::Network(_)) = made {
            return made.map(Arc::new);
        }
        let made = made.map(Arc::new);
        self.state()
            .fixtures
            .insert(r.name.clone(), made.as_ref().ok().cloned());
        made
    }
}
