//! What a response should have been.

use std::{collections::BTreeSet, time::Duration};

use http::Method;
use serde_json::Value;

use crate::{
    json::text,
    level::Level,
    resource_type::{Attr, ResourceType},
    stop::Stop,
    trial::{Rule, Trial},
    wire::Answer,
};

use super::Context;

impl Context {
    /// That an answer is an error of this kind; what the check for this rule has reported already
    /// is not reported again.
    pub(crate) fn expect(&self, t: &mut Trial, check: &str, answer: &Answer, rule: Rule) -> bool {
        let right = rule.status();
        if answer.status == right {
            return t.must(true, answer, "");
        }
        // A version may be asked for before it is looked what is there (RFC 6585 §3).
        if rule == Rule::NotFound && answer.status == 428 && answer.method != Method::GET {
            return t.must(true, answer, "");
        }
        if check == rule.owner() {
            if answer.status >= 300 || rule == Rule::Deleted && answer.is_success() {
                self.state().learned.entry(rule).or_insert(answer.status);
            }
        } else if self.state().learned.get(&rule) == Some(&answer.status) {
            return t.must(true, answer, "");
        }
        t.must(false, answer, format!("status {right}"))
    }

    /// That a request is refused with 400 and one of these keywords (none: any). Another 4xx is a
    /// warning.
    pub(crate) fn refused(&self, t: &mut Trial, answer: &Answer, keywords: &[&str]) -> bool {
        self.refused_at(t, answer, keywords, None)
    }

    /// As [`refused`](Self::refused); to be accepted has this level.
    pub(crate) fn refused_at(
        &self,
        t: &mut Trial,
        answer: &Answer,
        keywords: &[&str],
        accepted: Option<Level>,
    ) -> bool {
        let learned = self.state().learned.get(&Rule::BadRequest).copied();
        let expected = match keywords {
            [] => "status 400".to_owned(),
            _ => format!("status 400 with scimType {}", keywords.join(" or ")),
        };
        if answer.status == 400 || learned == Some(answer.status) {
            t.must(true, answer, "");
            if !keywords.is_empty() && answer.status == 400 {
                t.scim_type(answer, keywords, Level::Warning);
            }
            return true;
        }
        if answer.is_client_error() {
            t.at(Level::Warning, false, answer, expected);
            return true;
        }
        match accepted {
            Some(level) if answer.is_success() => t.at(level, false, answer, expected),
            _ => t.must(false, answer, expected),
        }
    }

    /// The ids of the run's resources among those of a list.
    pub(crate) fn ids(answer: &Answer) -> BTreeSet<String> {
        let ids = answer.resources().iter().filter_map(|one| text(one, "id"));
        ids.map(str::to_owned).collect()
    }

    /// What a filter finds, in one page or several.
    pub(crate) async fn find(
        &self,
        r: &ResourceType,
        filter: &str,
    ) -> Result<(Answer, Vec<Value>), Stop> {
        let answer = self.list(r, &[("filter", filter)]).await?;
        let mut all = answer.resources().to_vec();
        let total = answer.total().unwrap_or(0);
        let mut guard = 0;
        while answer.is_success()
            && !all.is_empty()
            && i64::try_from(all.len()).unwrap_or(i64::MAX) < total.min(400)
            && guard < 40
        {
            guard += 1;
            let start = (all.len() + 1).to_string();
            let next = self
                .list(r, &[("filter", filter), ("startIndex", &start)])
                .await?;
            let known: BTreeSet<_> = all
                .iter()
                .filter_map(|one| text(one, "id").map(str::to_owned))
                .collect();
            let before = all.len();
            let new = next
                .resources()
                .iter()
                .filter(|one| text(one, "id").is_none_or(|id| !known.contains(id)));
            all.extend(new.cloned());
            if all.len() == before {
                break;
            }
        }
        Ok((answer, all))
    }

    /// Waits until clocks that count seconds have moved on.
    pub(crate) async fn next_second(&self) {
        tokio::time::sleep(Duration::from_millis(1100).min(self.told.max_wait)).await;
    }

    /// A name for what is sent in place of a resource's own value.
    pub(crate) fn changed(&self, attr: &Attr) -> Value {
        let label = self.label();
        self.maker
            .simple(attr, &attr.name, &label, 1)
            .unwrap_or_else(|| label.into())
    }

    /// Resolves a location against the base URL: absolute, or relative to the service root
    /// (RFC 7643 §2.3.7).
    pub(crate) fn resolve(&self, location: &str) -> String {
        if location.contains("://") {
            return self.wire.at_home(location);
        }
        if let Some(rest) = location.strip_prefix('/') {
            // An absolute path, or a path below the base URL.
            let origin_end = self.wire.base.find("://").map_or(0, |at| at + 3);
            let path_start = self
                .wire
                .base
                .get(origin_end..)
                .and_then(|rest| rest.find('/'));
            if let Some((origin, path)) =
                path_start.and_then(|at| self.wire.base.split_at_checked(origin_end + at))
                && location.starts_with(path)
            {
                return format!("{origin}{location}");
            }
            return format!("{}/{rest}", self.wire.base);
        }
        format!("{}/{}", self.wire.base, location.trim_start_matches("../"))
    }

    /// Whether a URL is that of this resource at another host, such as the public name of a service provider that
    /// is behind a proxy.
    pub(crate) fn is_elsewhere(&self, url: &str, r: &ResourceType, id: &str) -> bool {
        self.wire.is_of_other_host(url) && url.ends_with(&Self::path(r, id))
    }

    /// Whether a URL is under the base URL.
    pub(crate) fn is_ours(&self, url: &str) -> bool {
        url.strip_prefix(&self.wire.base)
            .is_some_and(|rest| rest.starts_with('/'))
    }
}
