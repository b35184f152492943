//! Queries: what may be asked, and in which pages the answer comes.

use std::future::Future;

use bytes::Bytes;
use http::{Response, request::Parts};
use scim_models::{
    filter::Filter,
    message::{ScimType, SearchRequest},
};

use super::{Manner, Then, asked::Asked, written::Whole};
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
        let parameters = query::parameters(parts.uri.query().unwrap_or_default());
        let options = self.filter_options();
        let request = parameters.and_then(|all| query::read(&all, &options, false));
        let Ok(request) = request else {
            return Ok(Then::Nothing);
        };
        let asked = Asked::in_url(parts.uri.query().unwrap_or_default());
        self.admit_query(scope, &request, asked, parts, body)
    }

    /// A query as a service provider without this manner is asked.
    pub(super) fn admit_query(
        &self,
        scope: Scope,
        request: &SearchRequest,
        mut asked: Asked,
        parts: &mut Parts,
        body: &mut Bytes,
    ) -> Result<Then> {
        if request.filter.is_some() && self.offers.filter == Some(false) {
            return Err(Refusal::not_offered("filter"));
        }
        for profile in &self.profiles {
            let allowed = profile.filter.allow(request.filter.as_ref());
            allowed.map_err(|detail| Refusal::bad(ScimType::INVALID_FILTER, detail))?;
        }
        if request.count.is_some() && self.profiles.iter().any(|profile| profile.no_page_size) {
            return Err(Refusal::invalid_value("count is not taken here"));
        }
        if self.offers.sort == Some(false) {
            asked.leave_out("sortBy");
            asked.leave_out("sortOrder");
        }
        if let Some(filter) = request.filter.as_ref().filter(|_| self.is_lenient()) {
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
        let cursor = request.cursor.as_deref().filter(|_| by_cursor);
        if !by_index && cursor.is_none() {
            asked.put("cursor", String::new());
        }
        let usual = self.page_size.unwrap_or(self.most).min(self.most);
        let count = match request.count {
            Some(count) if count > self.most => Some(self.most),
            // A page that a cursor leads to has the size of the first.
            None if cursor.is_none_or(str::is_empty) && usual < u64::MAX => Some(usual),
            _ => None,
        };
        if let Some(count) = count {
            asked.put("count", count);
        }
        asked.write(parts, body);
        Ok(Then::Resources)
    }

    /// A filter as RFC 7644 has it.
    fn meant(&self, scope: Scope, filter: &Filter) -> Filter {
        let options = self.filter_options().with_refuse_unknown(false);
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
            asked.put("startIndex", whole.next_index());
            let (mut parts, mut body) = (parts.clone(), body.clone());
            asked.write(&mut parts, &mut body);
            if let Some(response) = whole.add(process(parts, body).await) {
                return response;
            }
        }
    }
}
