//! What is left out, and the ways of the service providers that profiles describe, around any
//! service provider: requests are refused or rewritten before it sees them, and its responses after.

mod asked;
mod bulk;
mod list;
mod patch;
mod written;

use std::{borrow::Cow, future::Future, sync::Arc};

use bytes::Bytes;
use http::{
    Method, Response, StatusCode, Uri,
    header::{
        ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH, TRANSFER_ENCODING,
    },
    request::Parts,
};
use scim_models::{
    Capabilities,
    filter::FilterOptions,
    profile::{DiscoveryEndpoints, Profile},
};

pub(super) use self::asked::Asked;
use self::bulk::Refused;
use super::fault::Misbehaviour;
use crate::{
    endpoint::{self, Target},
    query,
    record::ServedType,
    refusal::{Refusal, Result},
};

/// Where the manner is put: the types that are served there, and the path of the base URL, if that
/// is fixed.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) types: Arc<[ServedType]>,
    pub(super) prefix: Option<&'static str>,
}

/// How requests are answered while some misbehaviours are in force.
#[derive(Debug)]
pub(super) struct Manner {
    site: Site,
    profiles: Vec<Arc<Profile>>,
    /// What is left out is `Some(false)`.
    offers: Capabilities,
    no_discovery: bool,
    page_size: Option<u64>,
    /// The most resources of one page.
    most: u64,
}

/// What is to be done with the response.
enum Then {
    Nothing,
    /// It is the ServiceProviderConfig.
    Config,
    /// It may have resources.
    Resources,
    /// It is that of a PATCH.
    Patch,
    /// It is that of a bulk request, of which these operations are refused.
    Bulk(Vec<Refused>),
    /// It is a part of the list, which is to be whole.
    List(Asked),
    /// It may be a longer page than there are here.
    Page(Asked),
}

/// A request that is refused here.
struct Turned {
    refusal: Refusal,
    /// Whether that there is no such resource, or not in this version, is said first.
    is_late: bool,
}

impl From<Refusal> for Turned {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            is_late: false,
        }
    }
}

impl Manner {
    /// What these misbehaviours come to; `None` if they change nothing here.
    pub(super) fn of(misbehaviours: &[Misbehaviour], site: &Site) -> Option<Self> {
        let mut this = Self {
            site: site.clone(),
            profiles: Vec::new(),
            offers: Capabilities::default(),
            no_discovery: false,
            page_size: None,
            most: u64::MAX,
        };
        let mut is_any = false;
        for misbehaviour in misbehaviours {
            let offers = &mut this.offers;
            match misbehaviour {
                Misbehaviour::PageCap(most) => this.most = this.most.min(*most),
                Misbehaviour::NoDiscovery => this.no_discovery = true,
                Misbehaviour::NoPatch => offers.patch = Some(false),
                Misbehaviour::NoPut => offers.put = Some(false),
                Misbehaviour::NoBulk => offers.bulk = Some(false),
                Misbehaviour::NoFilter => offers.filter = Some(false),
                Misbehaviour::NoSort => offers.sort = Some(false),
                Misbehaviour::NoVersions => offers.etag = Some(false),
                Misbehaviour::RespondAs(profile) => {
                    this.page_size = profile.page_size.or(this.page_size);
                    let most = profile.capabilities.max_results;
                    this.most = this.most.min(most.unwrap_or(u64::MAX));
                    this.profiles.push(profile.clone());
                }
                // Those stand between, and are no manner.
                _ => continue,
            }
            is_any = true;
        }
        for profile in &this.profiles {
            this.offers = this.offers.or(profile.capabilities.clone());
        }
        is_any.then_some(this)
    }

    /// Has a request processed in this manner. `process` may be asked more than once, or for
    /// something else, but what is written is written once.
    pub(super) async fn around<F, A>(
        &self,
        mut parts: Parts,
        mut body: Bytes,
        process: &F,
    ) -> Response<Bytes>
    where
        F: Fn(Parts, Bytes) -> A,
        A: Future<Output = Response<Bytes>>,
    {
        let is_head = parts.method == Method::HEAD;
        // What is to be rewritten has to be read.
        parts.headers.remove(ACCEPT_ENCODING);
        let then = match self.admit(&mut parts, &mut body) {
            Ok(then) => then,
            Err(turned) => {
                // Whoever may not ask at all is told that first.
                let is_list = self.is_list(parts.uri.path());
                let looked = process(look(parts, is_list), Bytes::new()).await;
                let is_first = match looked.status() {
                    StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => true,
                    StatusCode::NOT_FOUND | StatusCode::PRECONDITION_FAILED => turned.is_late,
                    _ => false,
                };
                let response = match is_first {
                    true => looked,
                    false => turned.refusal.into_response(),
                };
                return match is_head {
                    true => response.map(|_| Bytes::new()),
                    false => response,
                };
            }
        };
        // What is rewritten may have another length.
        if parts.headers.contains_key(CONTENT_LENGTH) {
            parts.headers.insert(CONTENT_LENGTH, body.len().into());
        }
        match then {
            Then::List(asked) => {
                let list = self.whole(parts, body, asked, process).await;
                self.answered(Then::Resources, list)
            }
            Then::Page(asked) => {
                let page = self.page(parts, body, asked, process).await;
                self.answered(Then::Resources, page)
            }
            then => self.answered(then, process(parts, body).await),
        }
    }

    /// Refuses a request, or makes it one that means the same to whoever knows RFC 7644 alone.
    fn admit(&self, parts: &mut Parts, body: &mut Bytes) -> Result<Then, Turned> {
        let path = self.standard_path(parts.uri.path());
        let nowhere = || Turned::from(Refusal::not_found("this endpoint"));
        if let Cow::Owned(path) = path.ok_or_else(nowhere)? {
            set_target(
                parts,
                &path,
                parts.uri.query().map(str::to_owned).as_deref(),
            );
        }
        let Site { types, prefix } = &self.site;
        let found = endpoint::find(parts.uri.path(), *prefix, types);
        let target = found.map(|(_, target)| target);
        let method = match parts.method {
            Method::HEAD => Method::GET,
            ref other => other.clone(),
        };
        let is_late = target.is_none();
        let turned = |refusal| Turned { refusal, is_late };
        self.permit_media_type(parts).map_err(turned)?;
        if self.offers.etag == Some(false) {
            parts.headers.remove(IF_MATCH);
            parts.headers.remove(IF_NONE_MATCH);
        }
        let offers = &self.offers;
        match target {
            Some(Target::Config | Target::ResourceTypes(_) | Target::Schemas(_))
                if self.no_discovery =>
            {
                Err(nowhere())
            }
            Some(Target::Config) => Ok(Then::Config),
            Some(Target::ResourceTypes(_) | Target::Schemas(_)) => Ok(Then::Nothing),
            Some(Target::Bulk) if offers.bulk == Some(false) => {
                Err(Refusal::not_offered("bulk").into())
            }
            Some(Target::Bulk) => Ok(Then::Bulk(self.admit_bulk(body))),
            Some(Target::Me) if offers.me == Some(false) => Err(nowhere()),
            Some(Target::Me) => self.admit_resource(&method, types.first(), body),
            Some(Target::Resource(kind, _)) => self.admit_resource(&method, types.get(kind), body),
            Some(Target::Search(_)) if offers.search == Some(false) => Err(nowhere()),
            Some(Target::Search(scope)) if method == Method::POST => {
                let text = text(body);
                let request = query::from_message(text, &widest()).ok();
                match Asked::in_message(text) {
                    Some(asked) => {
                        let admitted = self.admit_query(scope, request, asked, parts, body);
                        admitted.map_err(turned)
                    }
                    // What is wrong with it, the service provider says.
                    None => Ok(Then::Resources),
                }
            }
            Some(Target::Collection(kind)) if method == Method::GET => {
                self.admit_get(Some(kind), parts, body).map_err(turned)
            }
            Some(Target::Root) | None
                if method == Method::GET && self.is_list(parts.uri.path()) =>
            {
                self.admit_get(None, parts, body).map_err(turned)
            }
            // A resource of a type that is not known here, or nothing of SCIM.
            None => {
                self.permit_method(&method).map_err(turned)?;
                Ok(match method {
                    Method::PATCH => Then::Patch,
                    _ => Then::Resources,
                })
            }
            _ => Ok(Then::Resources),
        }
    }

    /// Returns whether there are lists at this path. Where the base URL is not known, its end is
    /// known by a slash, a version or the word `scim`.
    fn is_list(&self, path: &str) -> bool {
        let Site { types, prefix } = &self.site;
        match endpoint::find(path, *prefix, types) {
            Some((_, target)) => matches!(target, Target::Root | Target::Collection(_)),
            None if prefix.is_some() => false,
            None => {
                let last = path.rsplit('/').next().unwrap_or_default();
                let is_version = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
                let mut chars = last.chars();
                let is_v = chars.next().is_some_and(|c| c.eq_ignore_ascii_case(&'v'));
                last.is_empty()
                    || last.eq_ignore_ascii_case("scim")
                    || (is_v && is_version(chars.as_str()))
            }
        }
    }

    fn permit_media_type(&self, parts: &Parts) -> Result<()> {
        if ![Method::POST, Method::PUT, Method::PATCH].contains(&parts.method) {
            return Ok(());
        }
        let Some(given) = parts.headers.get(CONTENT_TYPE) else {
            return Ok(());
        };
        let given = given.to_str().unwrap_or_default();
        let given = given.split(';').next().unwrap_or_default().trim();
        let mut wanted = self.profiles.iter().filter_map(|p| p.media_type.as_deref());
        match wanted.find(|wanted| !wanted.eq_ignore_ascii_case(given)) {
            None => Ok(()),
            Some(wanted) => Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                format!("the body must be {wanted}"),
            )),
        }
    }

    fn admit_resource(
        &self,
        method: &Method,
        kind: Option<&ServedType>,
        body: &mut Bytes,
    ) -> Result<Then, Turned> {
        self.permit_method(method)?;
        if *method != Method::PATCH {
            return Ok(Then::Resources);
        }
        if let Some(kind) = kind
            && let Some(patch) = self
                .admit_patch(kind, text(body))
                .map_err(|refusal| Turned {
                    refusal,
                    is_late: true,
                })?
        {
            *body = patch.into();
        }
        Ok(Then::Patch)
    }

    fn permit_method(&self, method: &Method) -> Result<()> {
        match *method {
            Method::PATCH if self.offers.patch == Some(false) => Err(Refusal::not_offered("PATCH")),
            Method::PUT if self.offers.put == Some(false) => Err(Refusal::not_offered("PUT")),
            _ => Ok(()),
        }
    }

    fn is_lenient(&self) -> bool {
        self.profiles.iter().any(|profile| profile.filter.lenient)
    }

    fn answered(&self, then: Then, response: Response<Bytes>) -> Response<Bytes> {
        let without_body = || self.is_patch_without_body();
        let mut response = match then {
            Then::Nothing | Then::List(_) | Then::Page(_) => return response,
            Then::Config => self.config(response),
            Then::Bulk(refused) => self.bulk_answered(response, &refused),
            Then::Patch if response.status() == StatusCode::OK && without_body() => {
                let (mut parts, _) = self.rewritten(response).into_parts();
                parts.status = StatusCode::NO_CONTENT;
                parts.headers.remove(CONTENT_TYPE);
                Response::from_parts(parts, Bytes::new())
            }
            Then::Resources | Then::Patch => self.rewritten(response),
        };
        // The body may have another length.
        response.headers_mut().remove(CONTENT_LENGTH);
        response
    }

    fn is_patch_without_body(&self) -> bool {
        let mut profiles = self.profiles.iter();
        profiles.any(|profile| profile.responses.patch_without_body)
    }

    /// The path with the endpoints of discovery where RFC 7644 §4 has them; `None` if there is no
    /// such endpoint. One that differs in case alone is found in either spelling.
    fn standard_path<'p>(&self, path: &'p str) -> Option<Cow<'p, str>> {
        let Site { types, prefix } = &self.site;
        let known = endpoint::find(path, *prefix, types).map(|(base, _)| base.len());
        // Behind an endpoint, it is a part of what stands there.
        let is_behind = |at: usize| known.is_some_and(|known| known < at);
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
                let split = |endpoint: &str| {
                    let (before, after) = split_at_endpoint(&path, endpoint)?;
                    (!is_behind(before.len())).then_some((before, after))
                };
                if let Some((before, after)) = split(&own) {
                    path = Cow::Owned(format!("{before}{standard}{after}"));
                } else if !own.eq_ignore_ascii_case(standard) && split(standard).is_some() {
                    return None;
                }
            }
        }
        Some(path)
    }
}

/// A request that changes nothing, for the same endpoint: what becomes of it says whether there is
/// something, and whether its sender may ask.
fn look(mut parts: Parts, is_list: bool) -> Parts {
    parts.method = Method::GET;
    for name in [
        CONTENT_TYPE,
        CONTENT_LENGTH,
        TRANSFER_ENCODING,
        IF_NONE_MATCH,
    ] {
        parts.headers.remove(name);
    }
    let path = parts.uri.path().to_owned();
    set_target(&mut parts, &path, is_list.then_some("count=0"));
    parts
}

/// Puts path and query in place of those of a request.
fn set_target(parts: &mut Parts, path: &str, query: Option<&str>) {
    let target = match query {
        Some(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    };
    let mut pieces = parts.uri.clone().into_parts();
    pieces.path_and_query = target.parse().ok();
    if let Ok(uri) = Uri::from_parts(pieces) {
        parts.uri = uri;
    }
}

/// How filters and paths are read that may be of any form.
fn widest() -> FilterOptions {
    FilterOptions::default().or_forms_of(FilterOptions::entra())
}

/// The body, or nothing if it is no text.
fn text(body: &Bytes) -> &str {
    std::str::from_utf8(body).unwrap_or_default()
}

/// What stands before an endpoint and after it.
fn split_at_endpoint<'p>(path: &'p str, endpoint: &str) -> Option<(&'p str, &'p str)> {
    path.match_indices(endpoint).find_map(|(at, _)| {
        let (before, rest) = path.split_at_checked(at)?;
        let after = rest.strip_prefix(endpoint)?;
        (after.is_empty() || after.starts_with('/')).then_some((before, after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discovery_may_be_elsewhere() {
        let of = |name: &str| {
            let site = Site {
                types: Arc::new([ServedType::of::<scim_models::User>()]),
                prefix: None,
            };
            let profile = Misbehaviour::respond_as(name);
            Manner::of(&Vec::from_iter(profile), &site).unwrap()
        };
        let manner = of("salesforce");
        let path = |path| manner.standard_path(path);
        assert_eq!(
            path("/v2/ServiceProviderConfigs").as_deref(),
            Some("/v2/ServiceProviderConfig")
        );
        assert_eq!(path("/v2/ServiceProviderConfig"), None);
        assert_eq!(path("/v2/Schemas/x").as_deref(), Some("/v2/Schemas/x"));

        // That is a user's id.
        let user = "/v2/Users/ServiceProviderConfig";
        assert_eq!(path(user).as_deref(), Some(user));

        let manner = of("entra");
        let user = "/v2/Users/schemas";
        assert_eq!(manner.standard_path(user).as_deref(), Some(user));
        for path in ["/v2/schemas/x", "/v2/Schemas/x"] {
            let standard = manner.standard_path(path);
            assert_eq!(standard.as_deref(), Some("/v2/Schemas/x"), "{path}");
        }
    }
}
