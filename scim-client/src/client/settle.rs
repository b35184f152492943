//! The resource that a write led to, read where the answer does not show it.

use http::Method;

use super::{
    Answer, Readable, Resources, Written,
    answer::{resource, success},
    applied::{Expected, SETTLE},
    call::Call,
};
use crate::{
    Json, Resource,
    error::{Error, ErrorKind, NotApplied},
};

/// Where a write goes, besides its call.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Where the resource is read again, with its `id`; `None` for the place that was written to.
    pub(super) endpoint: Option<String>,
    pub(super) id: Option<String>,
    /// The projection, for reading the resource where the answer has none.
    pub(super) query: String,
}

impl Target {
    pub(super) fn new<R>(handle: &Resources<R>, id: Option<&str>) -> Self {
        Self {
            endpoint: Some(handle.endpoint().to_owned()),
            id: id.map(str::to_owned),
            query: String::new(),
        }
    }

    /// The request that reads the resource; `None` if nobody knows where it is.
    fn get(&self, call: &Call, id: Option<&str>) -> Option<Get> {
        let client = call.client();
        let path = match (&self.endpoint, id) {
            (None, _) => Ok(call.path().to_owned()),
            (Some(endpoint), id) => client.inner.base.resource(endpoint, id?),
        };
        let mut get = Call::new(client.clone(), Method::GET, path);
        get.raw_query(&self.query);
        Some(Get(get))
    }

    /// A place that is read where it is written.
    pub(super) fn here(id: Option<&str>) -> Self {
        Self {
            endpoint: None,
            id: id.map(str::to_owned),
            query: String::new(),
        }
    }
}

/// Gives the resource of a write, reading it where the answer had none.
pub(super) async fn resource_of<T: Readable>(
    call: &Call,
    target: &Target,
    expected: Option<&Expected>,
    written: Result<Answer<Written<T>>, Error>,
) -> Result<Answer<T>, Error> {
    let answer = match written {
        Ok(answer) => answer,
        Err(error) if error.not_applied().is_some_and(NotApplied::only_lacks) => {
            return look_again(call, target, expected, error).await;
        }
        Err(error) => return Err(error),
    };
    let (receipt, answer) = match answer.split() {
        (Written::Resource(resource), answer) => {
            let endpoint = target.endpoint.as_deref();
            return look_at_id(call, endpoint, answer.map(|()| resource)).await;
        }
        (Written::NoBody(receipt), answer) => (receipt, answer),
    };
    let Some(get) = target.get(call, receipt.id.as_deref()) else {
        let error = Error::new(
            ErrorKind::Decode,
            "the answer has neither the resource nor its location",
        );
        let (status, headers) = (answer.status(), answer.headers().clone());
        let error = error.with_outcome_unknown(true);
        return Err(call.blame(error.with_answer(status, headers)));
    };
    // Whatever comes of it, the write is done.
    let unknown = |error: Error| error.with_outcome_unknown(true);
    let id = receipt.id.as_deref();
    let located = receipt.id_from_location;
    match get.read_again(call, id, located, expected).await {
        Err(error) if error.not_applied().is_some() => {
            let timer = call.client().inner.sending.timer();
            if let Some(timer) = timer.filter(|timer| timer.is_available()) {
                timer.sleep(SETTLE).await;
            }
            let read = get.read_again(call, id, located, expected).await;
            read.map_err(unknown)
        }
        read => read.map_err(unknown),
    }
}

/// Reads a resource whose short answer lacks what was written: if it lacks it, too, `error` stands.
async fn look_again<T: Readable>(
    call: &Call,
    target: &Target,
    expected: Option<&Expected>,
    error: Error,
) -> Result<Answer<T>, Error> {
    let id = target.id.as_deref();
    let Some(get) = target.get(call, id) else {
        return Err(error);
    };
    let read = get.read_again(call, id, false, expected).await;
    read.map_err(|_| error)
}

/// Looks for a resource under its `id`, if that is the end of a location.
pub(super) async fn look_at_id<T: Readable>(
    call: &Call,
    endpoint: Option<&str>,
    answer: Answer<T>,
) -> Result<Answer<T>, Error> {
    let client = call.client();
    let (mut value, answer) = answer.split();
    if !*value.id_from_location() || !client.inner.check_located_ids {
        return Ok(answer.map(|()| value));
    }
    let id = value.id_and_meta().0.clone();
    let endpoint = endpoint.unwrap_or(T::Of::ENDPOINT);
    let path = client.inner.base.resource(endpoint, &id);
    let mut get = Get(Call::new(client.clone(), Method::GET, path));
    get.0.raw_query(call.query());
    match get.read_again::<T>(call, Some(&id), true, None).await {
        Ok(read) => {
            let mut read = read.into_value();
            *value.id_from_location() = *read.id_from_location();
            value.id_and_meta().0.clone_from(read.id_and_meta().0);
            Ok(answer.map(|()| value))
        }
        Err(source) => {
            let error = Error::new(
                ErrorKind::Decode,
                format!("the answer has no `id`, and there is nothing at its location: {source}"),
            );
            let error = error
                .with_source(source)
                .with_outcome_unknown(!call.is_safe());
            let (status, headers) = (answer.status(), answer.headers().clone());
            Err(call.blame(error.with_answer(status, headers)))
        }
    }
}

/// Whether a resource has an `id` of its own.
fn says_id(text: &str) -> bool {
    Json::parse(text).is_ok_and(|json| !crate::internal::id_in_text(&json).is_empty())
}

/// The reading of a resource after it was written.
struct Get(Call);

impl Get {
    /// `located`: the `id` is the end of a location. `write` is what was done before.
    async fn read_again<T: Readable>(
        &self,
        write: &Call,
        id: Option<&str>,
        located: bool,
        expected: Option<&Expected>,
    ) -> Result<Answer<T>, Error> {
        let Self(get) = self;
        let read = success(get, Box::pin(get.send()).await?)?;
        let Some(text) = read.value() else {
            let error = Error::new(ErrorKind::Decode, "expected a resource, found no body");
            return Err(get.blame(error));
        };
        let mut value: T = resource(get, &read, text, if located { None } else { id }).or_else(
            |error| match id {
                Some(_) if located => resource(get, &read, text, id),
                _ => Err(error),
            },
        )?;
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
