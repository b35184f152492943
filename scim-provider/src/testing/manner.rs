//! How requests are processed while misbehaviours are in force: what is left out, and the ways of
//! the service providers that profiles describe.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use http::Response;
use scim_models::{
    Capabilities,
    filter::FilterOptions,
    message::{ScimType, SearchRequest},
    patch::{PatchOp, Removal, RemovedValues},
    profile::{DiscoveryEndpoints, Profile},
};

use super::fault::Misbehaviour;
use crate::{
    config::{Config, Manner, PatchBody},
    refusal::{Refusal, Result},
};

/// The size of a page where there are no pages; discovery can say it, an integer being signed.
const WHOLE: u64 = i64::MAX as u64;

/// The ways of the service providers that some profiles describe.
#[derive(Debug, Default)]
pub(super) struct Vendor {
    profiles: Vec<Arc<Profile>>,
    no_versions: bool,
}

/// The configuration while these are in force; `usual` is how it is without.
pub(super) fn adjusted(usual: &Config, misbehaviours: &[Misbehaviour]) -> Config {
    let mut config = usual.clone();
    let mut offers = Capabilities::default();
    let mut profiles: Vec<Arc<Profile>> = Vec::new();
    let mut cap = u64::MAX;
    let mut page_size = None;
    for misbehaviour in misbehaviours {
        match misbehaviour {
            Misbehaviour::PageCap(most) => cap = cap.min(*most),
            Misbehaviour::NoDiscovery => config.no_discovery = true,
            Misbehaviour::NoPatch => offers.patch = Some(false),
            Misbehaviour::NoPut => offers.put = Some(false),
            Misbehaviour::NoBulk => offers.bulk = Some(false),
            Misbehaviour::NoFilter => offers.filter = Some(false),
            Misbehaviour::NoSort => offers.sort = Some(false),
            Misbehaviour::NoVersions => offers.etag = Some(false),
            Misbehaviour::AnswerAs(profile) => {
                page_size = profile.page_size.or(page_size);
                cap = cap.min(profile.capabilities.max_results.unwrap_or(u64::MAX));
                profiles.push(profile.clone());
            }
            // What is around the service provider, not in it.
            _ => {}
        }
    }
    for profile in &profiles {
        offers = offers.or(profile.capabilities.clone());
    }
    config.offers = offers.or(config.offers);
    let paging = &mut config.paging;
    paging.by_index = config.offers.index_paging != Some(false);
    paging.by_cursor = config.offers.cursor_paging != Some(false);
    if paging.by_index || paging.by_cursor {
        paging.most = paging.most.min(cap);
        paging.page_size = page_size.unwrap_or(paging.page_size).min(paging.most);
    } else {
        // Without paging of either kind, a list is whole.
        (paging.most, paging.page_size) = (WHOLE, WHOLE);
    }
    let mut accept = config.accept.clone();
    if profiles.iter().any(|profile| profile.filter.lenient) {
        let lenient = accept.filter_options().or_forms_of(FilterOptions::entra());
        accept = accept.with_filter_options(lenient);
    }
    let mut dialects = profiles.iter().filter_map(|p| p.patch.as_ref());
    if dialects.any(|dialect| dialect.removal == Removal::ByValueList) {
        let options = accept.patch_options().clone();
        accept =
            accept.with_patch_options(options.with_removed_values(RemovedValues::RemoveListed));
    }
    config.accept = accept;
    if profiles.iter().any(|p| p.answers.patch_without_body) {
        config.patch_without_body = PatchBody::Never;
    }
    config.manner = Arc::new(Vendor {
        no_versions: config.offers.etag == Some(false),
        profiles,
    });
    config
}

impl Vendor {
    /// The profiles in force.
    pub(super) fn profiles(&self) -> &[Arc<Profile>] {
        &self.profiles
    }

    pub(super) fn no_versions(&self) -> bool {
        self.no_versions
    }
}

impl Manner for Vendor {
    fn permit_query(&self, request: &SearchRequest) -> Result<()> {
        for profile in &self.profiles {
            let allowed = profile.filter.allow(request.filter.as_ref());
            allowed.map_err(|detail| Refusal::bad(ScimType::INVALID_FILTER, detail))?;
        }
        if request.count.is_some() && self.profiles.iter().any(|profile| profile.no_page_size) {
            return Err(Refusal::invalid_value("count is not taken here"));
        }
        Ok(())
    }

    fn permit_patch(&self, patch: &PatchOp, text: &str) -> Result<()> {
        for dialect in self.profiles.iter().filter_map(|p| p.patch.as_ref()) {
            let understood = dialect.understands(patch, text);
            understood.map_err(|detail| Refusal::bad(ScimType::INVALID_SYNTAX, detail))?;
        }
        Ok(())
    }

    fn permits_media_type(&self, given: &str) -> bool {
        let mut wanted = self.profiles.iter().filter_map(|p| p.media_type.as_deref());
        wanted.all(|wanted| wanted.eq_ignore_ascii_case(given))
    }

    fn written(&self, response: Response<Bytes>, base: &str) -> Response<Bytes> {
        self.rewritten(response, base)
    }

    /// One that differs in case alone is found in either spelling.
    fn standard_path<'p>(&self, path: &'p str) -> Option<Cow<'p, str>> {
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
        let of = |name: &str| {
            let profile = Misbehaviour::answer_as(name);
            adjusted(&Config::default(), &Vec::from_iter(profile)).manner
        };
        let manner = of("salesforce");
        let path = |path| manner.standard_path(path);
        assert_eq!(
            path("/v2/ServiceProviderConfigs").as_deref(),
            Some("/v2/ServiceProviderConfig")
        );
        assert_eq!(path("/v2/ServiceProviderConfig"), None);
        assert_eq!(path("/v2/Schemas/x").as_deref(), Some("/v2/Schemas/x"));

        let manner = of("entra");
        for path in ["/v2/schemas/x", "/v2/Schemas/x"] {
            let standard = manner.standard_path(path);
            assert_eq!(standard.as_deref(), Some("/v2/Schemas/x"), "{path}");
        }
    }
}
