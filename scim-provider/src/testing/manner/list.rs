//! Queries: what may be asked, and in which pages the response comes.

use std::future::Future;

use bytes::Bytes;
use http::{Response, request::Parts};
use scim_models::{
    filter::Filter,
    message::{ScimType, SearchRequest},
};

use super::{
    Manner, Then,
    asked::Asked,
    widest,
    written::{self, Next, Whole},
};
use crate::{
    endpoint::Scope,
    query,
    refusal::{Refusal, Result},
};

impl Manner {
    /// A GET of a list.
    pub(super) fn admit_get(
        &self,
        scope: Scope,
        parts: &mut Parts,
        body: &mut Bytes,
    ) -> Result<Then> {
        let given = parts.uri.query().unwrap_or_default();
        let parameters = query::parameters(given);
        let request = parameters.and_then(|all| query::read(&all, &widest(), false));
        let asked = Asked::in_url(given);
        self.admit_query(scope, request.ok(), asked, parts, body)
    }

    /// A query as a service provider without this manner is asked. What is wrong with one that
    /// cannot be read, so that there is no `request`, the service provider says.
    pub(super) fn admit_query(
        &self,
        scope: Scope,
        request: Option<SearchRequest>,
        mut asked: Asked,
        parts: &mut Parts,
        body: &mut Bytes,
    ) -> Result<Then> {
        if asked.has("filter") && self.offers.filter == Some(false) {
            return Err(Refusal::not_offered("filter"));
        }
        let filter = request.as_ref().map(|request| request.filter.as_ref());
        for profile in &self.profiles {
            if let Some(filter) = filter {
                let allowed = profile.filter.allow(filter);
                allowed.map_err(|detail| Refusal::bad(ScimType::INVALID_FILTER, detail))?;
            }
        }
        if asked.has("count") && self.profiles.iter().any(|profile| profile.no_page_size) {
            return Err(Refusal::invalid_value("count is not accepted"));
        }
        if self.offers.sort == Some(false) {
            asked.leave_out("sortBy");
            asked.leave_out("sortOrder");
        }
        if let Some(filter) = filter.flatten().filter(|_| self.is_lenient()) {
            asked.put("filter", self.meant(scope, filter).to_string());
        }
        let by_index = self.offers.index_paging != Some(false);
        let by_cursor = self.offers.cursor_paging != Some(false);
        if !by_index {
            asked.leave_out("startIndex");
        }
        if !by_cursor {
            asked.leave_out("cursor");
        }
        if !by_index && !by_cursor {
            // Without paging of either kind, a list is whole.
            asked.leave_out("count");
            return Ok(Then::List(asked));
        }
        let cursor = asked.text("cursor");
        let is_first = cursor.as_ref().is_none_or(String::is_empty);
        if !by_index && cursor.is_none() {
            asked.put("cursor", String::new());
        }
        let given: Option<i128> = asked.text("count").and_then(|count| count.parse().ok());
        match (given, self.page_size) {
            (Some(count), _) if count > i128::from(self.most) => asked.put("count", self.most),
            // A page that a cursor leads to has the size of the first.
            (None, Some(size)) if is_first => asked.put("count", size.min(self.most)),
            (None, None) if is_first && self.most < u64::MAX => {
                // The usual size is that of the service provider.
                asked.write(parts, body);
                return Ok(Then::Page(asked));
            }
            _ => {}
        }
        asked.write(parts, body);
        Ok(Then::Resources)
    }

    /// A filter as RFC 7644 has it.
    fn meant(&self, scope: Scope, filter: &Filter) -> Filter {
        let options = widest().with_refuse_unknown(false);
        let types = match scope {
            Some(only) => self.site.types.get(only..=only).unwrap_or_default(),
            None => &self.site.types,
        };
        let meant = types.iter().find_map(|kind| {
            let meant = filter.check_with(kind.descriptor(), &options).ok()?;
            (*meant != *filter).then(|| meant.into_owned())
        });
        meant.unwrap_or_else(|| filter.clone())
    }

    /// A page of the usual size, if that is not too large.
    pub(super) async fn page<F, A>(
        &self,
        mut parts: Parts,
        mut body: Bytes,
        mut asked: Asked,
        process: &F,
    ) -> Response<Bytes>
    where
        F: Fn(Parts, Bytes) -> A,
        A: Future<Output = Response<Bytes>>,
    {
        let page = process(parts.clone(), body.clone()).await;
        if written::resources(&page) <= self.most {
            return page;
        }
        asked.put("count", self.most);
        asked.write(&mut parts, &mut body);
        process(parts, body).await
    }

    /// All pages of a list as one.
    pub(super) async fn whole<F, A>(
        &self,
        parts: Parts,
        body: Bytes,
        mut asked: Asked,
        process: &F,
    ) -> Response<Bytes>
    where
        F: Fn(Parts, Bytes) -> A,
        A: Future<Output = Response<Bytes>>,
    {
        let mut whole = Whole::default();
        loop {
            match whole.next() {
                // Where a list begins need not be said to whoever has no index.
                Next::Index(1) => asked.leave_out("startIndex"),
                Next::Index(index) => asked.put("startIndex", index),
                Next::Cursor(cursor) => {
                    asked.leave_out("startIndex");
                    asked.put("cursor", cursor);
                }
            }
            let (mut parts, mut body) = (parts.clone(), body.clone());
            asked.write(&mut parts, &mut body);
            if let Some(response) = whole.add(process(parts, body).await) {
                return response;
            }
        }
    }
}
