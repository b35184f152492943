//! The resource that a write led to, read where the response does not show it.

use std::sync::Arc;

use http::Method;

use super::{
    applied::{Expected, SETTLE},
    call::Call,
    response::{Readable, Response, resource, success},
    send::Sender,
    written::Written,
};
use crate::{
    Json,
    error::{Error, ErrorKind, NotApplied},
    resource::ResourceKind,
};

/// Where a write goes, besides its call.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) kind: ResourceKind,
    place: Place,
    pub(super) id: Option<String>,
}

/// Where a resource is read.
#[derive(Debug, Clone)]
enum Place {
    /// By its `id` at the endpoint of its type.
    Own,
    /// By its `id` at another endpoint.
    At(String),
    /// Where it is written.
    Here,
}

impl Target {
    /// A resource that is read at an endpoint by its `id`.
    pub(super) fn new(kind: ResourceKind, endpoint: &str, id: Option<&str>) -> Self {
        Self {
            kind,
            place: match endpoint == kind.endpoint() {
                true => Place::Own,
                false => Place::At(endpoint.to_owned()),
            },
            id: id.map(str::to_owned),
        }
    }

    /// A place that is read where it is written.
    pub(super) fn here(kind: ResourceKind, id: Option<&str>) -> Self {
        Self {
            kind,
            place: Place::Here,
            id: id.map(str::to_owned),
        }
    }

    /// The endpoint, unless it is that of the type.
    fn endpoint(&self) -> Option<&str> {
        match &self.place {
            Place::At(endpoint) => Some(endpoint),
            Place::Own | Place::Here => None,
        }
    }

    /// The request that reads the resource; `None` if nobody knows where it is.
    fn get(&self, call: &Call, id: Option<&str>) -> Option<Get> {
        let path = match (&self.place, id) {
            (Place::Here, _) => Ok(call.path().to_owned()),
            _ => {
                let endpoint = self.endpoint().unwrap_or(self.kind.endpoint());
                call.settings().base.resource(endpoint, id?)
            }
        };
        Some(Get {
            call: call.instead(Method::GET, path),
            kind: self.kind,
        })
    }
}

/// Gives the resource of a write, reading it where the response had none.
pub(super) async fn resource_of<T: Readable>(
    sender: &Arc<Sender>,
    call: &Call,
    target: &Target,
    expected: Option<&Expected>,
    written: Result<Response<Written<T>>, Error>,
) -> Result<Response<T>, Error> {
    let answer = match written {
        Ok(answer) => answer,
        Err(error) if error.not_applied().is_some_and(NotApplied::only_lacks) => {
            return look_again(sender, call, target, expected, error).await;
        }
        Err(error) => return Err(error),
    };
    let (receipt, answer) = match answer.split() {
        (Written::Resource(resource), answer) => {
            let answer = answer.map(|()| resource);
            return look_at_id(sender, call, target.kind, target.endpoint(), answer).await;
        }
        (Written::NoBody(receipt), answer) => (receipt, answer),
    };
    let Some(get) = target.get(call, receipt.id.as_deref()) else {
        let error = Error::new(
            ErrorKind::Decode,
            "the response has neither the resource nor its location",
        );
        let (status, headers) = (answer.status(), answer.headers().clone());
        let error = error.with_outcome_unknown(true);
        return Err(call.blame(error.with_answer(status, headers)));
    };
    // Whatever comes of it, the write is done.
    let unknown = |error: Error| error.with_outcome_unknown(true);
    let id = receipt.id.as_deref();
    let located = receipt.id_from_location;
    match get.read_again(sender, call, id, located, expected).await {
        Err(error) if error.not_applied().is_some() => {
            let timer = sender.timer();
            if let Some(timer) = timer.filter(|timer| timer.is_available()) {
                timer.sleep(SETTLE).await;
            }
            let read = get.read_again(sender, call, id, located, expected).await;
            read.map_err(unknown)
        }
        read => read.map_err(unknown),
    }
}

/// Reads a resource whose short response lacks what was written: if it lacks it, too, `error` stands.
async fn look_again<T: Readable>(
    sender: &Arc<Sender>,
    call: &Call,
    target: &Target,
    expected: Option<&Expected>,
    error: Error,
) -> Result<Response<T>, Error> {
    let id = target.id.as_deref();
    let Some(get) = target.get(call, id) else {
        return Err(error);
    };
    let read = get.read_again(sender, call, id, false, expected).await;
    read.map_err(|_| error)
}

/// Returns whether the `id` of what came is the end of a location, and is to be looked at.
#[inline]
pub(super) fn is_located<T: Readable>(call: &Call, read: &mut T) -> bool {
    *read.id_from_location() && call.settings().check_located_ids
}

/// Looks for a resource under its `id`, if that is the end of a location.
pub(super) async fn look_at_id<T: Readable>(
    sender: &Arc<Sender>,
    call: &Call,
    kind: ResourceKind,
    endpoint: Option<&str>,
    mut answer: Response<T>,
) -> Result<Response<T>, Error> {
    let settings = call.settings();
    if !is_located(call, answer.value_mut()) {
        return Ok(answer);
    }
    let (mut value, answer) = answer.split();
    let id = value.id_and_meta().0.clone();
    let endpoint = endpoint.unwrap_or(kind.endpoint());
    let path = settings.base.resource(endpoint, &id);
    let call_again = call.instead(Method::GET, path);
    let get = Get {
        call: call_again,
        kind,
    };
    match get
        .read_again::<T>(sender, call, Some(&id), true, None)
        .await
    {
        Ok(read) => {
            let mut read = read.into_value();
            *value.id_from_location() = *read.id_from_location();
            value.id_and_meta().0.clone_from(read.id_and_meta().0);
            Ok(answer.map(|()| value))
        }
        Err(source) => {
            let error = Error::new(
                ErrorKind::Decode,
                format!("the response has no `id`, and there is nothing at its location: {source}"),
            );
            let error = error
                .with_reason(source)
                .with_outcome_unknown(!call.is_safe());
            let (status, headers) = (answer.status(), answer.headers().clone());
            Err(call.blame(error.with_answer(status, headers)))
        }
    }
}

/// Returns whether a resource has an `id` of its own.
fn says_id(text: &str) -> bool {
    Json::parse(text).is_ok_and(|json| !crate::internal::id_in_text(&json).is_empty())
}

/// The reading of a resource after it was written.
struct Get {
    call: Call,
    kind: ResourceKind,
}

impl Get {
    /// `located`: the `id` is the end of a location. `write` is what was done before.
    async fn read_again<T: Readable>(
        &self,
        sender: &Arc<Sender>,
        write: &Call,
        id: Option<&str>,
        located: bool,
        expected: Option<&Expected>,
    ) -> Result<Response<T>, Error> {
        let Self { call: get, kind } = self;
        let read = success(get, Box::pin(sender.send(get)).await?)?;
        let Some(text) = read.value() else {
            let error = Error::new(ErrorKind::Decode, "expected a resource, found no body");
            return Err(get.blame(error));
        };
        let mut value: T = resource(get, *kind, &read, text, if located { None } else { id })
            .or_else(|error| match id {
                Some(_) if located => resource(get, *kind, &read, text, id),
                _ => Err(error),
            })?;
        // It did not say how it is called, and was found under that name.
        if let (true, Some(id)) = (located, id)
            && value.id_and_meta().0 == id
            && !says_id(text)
        {
            *value.id_from_location() = true;
        }
        if let Some(expected) = expected {
            let checked = expected.check(write, value.found(), text);
            let with_answer =
                |error: Error| error.with_answer(read.status(), read.headers().clone());
            checked.map_err(with_answer)?;
        }
        let read = read.map(|_| value);
        Ok(read.unconditional_as(write))
    }
}
