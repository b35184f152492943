//! How requests are processed while misbehaviours are in force: what is left out, and the ways of
//! the service providers that profiles describe.

use std::{borrow::Cow, sync::Arc};

use super::{
    failure::{Failure, Outcome},
    misbehaviour::Misbehaviour,
    provider::Config,
    query::Paging,
};
use scim_models::{
    Capabilities,
    filter::{Filter, FilterOptions},
    message::ScimType,
    patch::{ApplyOptions, PatchOp, Removal, RemovedValues},
    profile::{DiscoveryEndpoints, Profile},
};

/// The size of a page where there are no pages; discovery can say it, an integer being signed.
const WHOLE: u64 = i64::MAX as u64;

/// What is in force for one request.
#[derive(Debug, Default)]
pub(super) struct Manner {
    /// What is not there is `Some(false)`.
    pub(super) offers: Capabilities,
    pub(super) no_discovery: bool,
    page_cap: Option<u64>,
    page_size: Option<u64>,
    always_first: bool,
    malformed: bool,
    profiles: Vec<Arc<Profile>>,
}

impl Manner {
    pub(super) fn of(misbehaviours: &[Misbehaviour]) -> Self {
        let mut this = Self::default();
        for misbehaviour in misbehaviours {
            match misbehaviour {
                Misbehaviour::PageCap(cap) => this.cap(*cap),
                Misbehaviour::IgnoreStartIndex => this.always_first = true,
                Misbehaviour::MalformedElement => this.malformed = true,
                Misbehaviour::NoDiscovery => this.no_discovery = true,
                Misbehaviour::NoPatch => this.offers.patch = Some(false),
                Misbehaviour::NoPut => this.offers.put = Some(false),
                Misbehaviour::NoBulk => this.offers.bulk = Some(false),
                Misbehaviour::NoFilter => this.offers.filter = Some(false),
                Misbehaviour::NoSort => this.offers.sort = Some(false),
                Misbehaviour::NoVersions => this.offers.etag = Some(false),
                Misbehaviour::AnswerAs(profile) => {
                    this.profiles.push(profile.clone());
                    this.page_size = profile.page_size.or(this.page_size);
                    if let Some(most) = profile.capabilities.max_results {
                        this.cap(most);
                    }
                }
                Misbehaviour::Latency(_)
                | Misbehaviour::Throttle { .. }
                | Misbehaviour::Fail { .. }
                | Misbehaviour::CutConnection { .. }
                | Misbehaviour::LoseAnswer { .. }
                | Misbehaviour::Truncate { .. }
                | Misbehaviour::HtmlErrors => {}
            }
        }
        for profile in &this.profiles {
            this.offers = std::mem::take(&mut this.offers).or(profile.capabilities.clone());
        }
        this
    }

    fn cap(&mut self, cap: u64) {
        self.page_cap = Some(self.page_cap.map_or(cap, |other| other.min(cap)));
    }

    /// The profiles in force.
    pub(super) fn profiles(&self) -> &[Arc<Profile>] {
        &self.profiles
    }

    /// How pages are cut; `usual` is how they are without misbehaviour.
    pub(super) fn paging(&self, usual: Paging) -> Paging {
        let cap = self.page_cap.unwrap_or(u64::MAX);
        let by_index = self.offers.index_paging != Some(false);
        let by_cursor = self.offers.cursor_paging != Some(false);
        // Without paging of either kind, a list is whole.
        let most = if by_index || by_cursor {
            usual.most.min(cap)
        } else {
            WHOLE
        };
        let page_size = match self.page_size {
            _ if !by_index && !by_cursor => WHOLE,
            Some(size) => size.min(most),
            None => usual.page_size.min(most),
        };
        Paging {
            page_size,
            most,
            by_index,
            by_cursor,
            always_first: self.always_first,
            malformed: self.malformed,
            ..usual
        }
    }

    /// Whether the endpoint or method is there at all.
    pub(super) fn need(&self, offered: Option<bool>, what: &str) -> Outcome<()> {
        if offered == Some(false) {
            let detail = format!("there is no {what} here");
            return Err(Failure::new(http::StatusCode::NOT_IMPLEMENTED, detail));
        }
        Ok(())
    }

    /// Whether a query may have this filter, or none.
    pub(super) fn permit_filter(&self, filter: Option<&Filter>) -> Outcome<()> {
        if filter.is_some() {
            self.need(self.offers.filter, "filter")?;
        }
        for profile in &self.profiles {
            let allowed = profile.filter.allow(filter);
            allowed.map_err(|detail| Failure::bad(ScimType::INVALID_FILTER, detail))?;
        }
        Ok(())
    }

    /// How filters and PATCH paths are read.
    pub(super) fn filter_options(&self, config: &Config) -> FilterOptions {
        let usual = config.filter_options.unwrap_or_else(|| {
            let usual = if config.strict {
                FilterOptions::strict()
            } else {
                FilterOptions::default()
            };
            usual.with_refuse_never_returned(true)
        });
        if self.profiles.iter().any(|profile| profile.filter.lenient) {
            usual.or_forms_of(FilterOptions::entra())
        } else {
            usual
        }
    }

    /// Whether a query may say how long a page is.
    pub(super) fn permit_count(&self, count: Option<u64>) -> Outcome<()> {
        if count.is_some() && self.profiles.iter().any(|profile| profile.no_page_size) {
            return Err(Failure::invalid_value("count is not taken here"));
        }
        Ok(())
    }

    /// Whether a PATCH may have these operations; `text` is the message as it came.
    pub(super) fn permit_patch(&self, patch: &PatchOp, text: &str) -> Outcome<()> {
        for dialect in self.profiles.iter().filter_map(|p| p.patch.as_ref()) {
            let understood = dialect.understands(patch, text);
            understood.map_err(|detail| Failure::bad(ScimType::INVALID_SYNTAX, detail))?;
        }
        Ok(())
    }

    /// How a PATCH is applied; `usual` is how without misbehaviour.
    pub(super) fn patch_options<'o>(&self, usual: &'o ApplyOptions) -> Cow<'o, ApplyOptions> {
        let mut dialects = self.profiles.iter().filter_map(|p| p.patch.as_ref());
        if dialects.any(|dialect| dialect.removal == Removal::ByValueList) {
            let options = usual.clone();
            return Cow::Owned(options.with_removed_values(RemovedValues::RemoveListed));
        }
        Cow::Borrowed(usual)
    }

    /// Whether a body of this media type is read.
    pub(super) fn permit_media_type(&self, given: &str) -> bool {
        let mut wanted = self.profiles.iter().filter_map(|p| p.media_type.as_deref());
        wanted.all(|wanted| wanted.eq_ignore_ascii_case(given))
    }

    /// The path with the endpoints of discovery where RFC 7644 §4 has them; `None` if the vendor
    /// has them elsewhere. One that differs in case alone is found in either spelling.
    pub(super) fn standard_path<'p>(&self, path: &'p str) -> Option<Cow<'p, str>> {
        let mut path = Cow::Borrowed(path);
        for profile in &self.profiles {
            let DiscoveryEndpoints {
                service_provider_config,
                resource_types,
                schemas,
                ..
            } = &profile.endpoints;
            for (own, standard) in [
                (service_provider_config, "/ServiceProviderConfig"),
                (resource_types, "/ResourceTypes"),
                (schemas, "/Schemas"),
            ] {
                let Some(own) = own else { continue };
                let own = format!("/{}", own.trim_matches('/'));
                if own == standard {
                    continue;
                }
                if let Some((before, after)) = split_at_endpoint(&path, &own) {
                    path = Cow::Owned(format!("{before}{standard}{after}"));
                } else if !own.eq_ignore_ascii_case(standard)
                    && split_at_endpoint(&path, standard).is_some()
                {
                    return None;
                }
            }
        }
        Some(path)
    }
}

/// What stands before an endpoint and after it.
fn split_at_endpoint<'p>(path: &'p str, endpoint: &str) -> Option<(&'p str, &'p str)> {
    let (before, after) = path.rsplit_once(endpoint)?;
    (after.is_empty() || after.starts_with('/')).then_some((before, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discovery_may_be_elsewhere() {
        let salesforce = Misbehaviour::answer_as("salesforce").into_iter();
        let manner = Manner::of(&salesforce.collect::<Vec<_>>());
        let path = |path| manner.standard_path(path);
        assert_eq!(
            path("/v2/ServiceProviderConfigs").as_deref(),
            Some("/v2/ServiceProviderConfig")
        );
        assert_eq!(path("/v2/ServiceProviderConfig"), None);
        assert_eq!(path("/v2/Schemas/x").as_deref(), Some("/v2/Schemas/x"));

        let entra = Misbehaviour::answer_as("entra").into_iter();
        let manner = Manner::of(&entra.collect::<Vec<_>>());
        for path in ["/v2/schemas/x", "/v2/Schemas/x"] {
            let standard = manner.standard_path(path);
            assert_eq!(standard.as_deref(), Some("/v2/Schemas/x"), "{path}");
        }
    }
}
