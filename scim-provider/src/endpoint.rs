//! Which endpoint a path names (RFC 7644 §3.2).

use scim_models::internal::percent::percent_decoded;

use crate::record::ServedType;

/// What a query can see: one resource type, or all.
pub(crate) type Scope = Option<usize>;

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// The base URL itself: a query of all types (§3.4.2.1).
    Root,
    /// `/.search`, of one type or all (§3.4.3).
    Search(Scope),
    Bulk,
    Me,
    Config,
    ResourceTypes(Option<String>),
    Schemas(Option<String>),
    Collection(usize),
    Resource(usize, String),
}

/// Splits a path at the end of the base URL's path, and finds the endpoint behind it. Without a
/// `prefix`, the base ends where the first known endpoint begins; what follows there is no other
/// base, so that `/Users/1/Groups` are not all groups.
pub(crate) fn find<'p>(
    path: &'p str,
    prefix: Option<&str>,
    kinds: &[ServedType],
) -> Option<(&'p str, Target)> {
    if let Some(prefix) = prefix {
        let rest = path.strip_prefix(prefix)?;
        let (base, _) = path.split_at_checked(prefix.len())?;
        return match rest.strip_prefix('/') {
            None | Some("") => rest
                .trim_matches('/')
                .is_empty()
                .then_some((base, Target::Root)),
            Some(rest) => target(rest, kinds).map(|target| (base, target)),
        };
    }
    let (base, rest) = path.match_indices('/').find_map(|(at, _)| {
        let (base, rest) = path.split_at_checked(at)?;
        let rest = rest.strip_prefix('/')?;
        begins_endpoint(rest, kinds).then_some((base, rest))
    })?;
    target(rest, kinds).map(|target| (base, target))
}

/// Returns whether a path without a slash in front begins with the name of an endpoint.
fn begins_endpoint(path: &str, kinds: &[ServedType]) -> bool {
    const OWN: [&str; 6] = [
        ".search",
        "Bulk",
        "Me",
        "ServiceProviderConfig",
        "ResourceTypes",
        "Schemas",
    ];
    let mut names = OWN.into_iter().chain(kinds.iter().map(ServedType::path));
    names.any(|name| {
        let rest = path.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Returns whether a path ends with what looks like the endpoint of a type or a resource there, such as
/// `/Devices` or `/Devices/1`: of `/Devices/1/.search`, it is no base URL. `/Tenant/v2` and `/Scim/2.0` are.
pub(crate) fn ends_like_endpoint(path: &str) -> bool {
    let is_type = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.eq_ignore_ascii_case("scim")
    };
    let is_version = |name: &str| {
        let digits = name.strip_prefix(['v', 'V']).unwrap_or(name);
        !digits.is_empty()
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
            && (digits.len() < name.len() || digits.contains('.'))
    };
    let mut segments = path.rsplit('/');
    let (last, above) = (segments.next().unwrap_or_default(), segments.next());
    is_type(last) || above.is_some_and(is_type) && !is_version(last)
}

/// The endpoint of a path relative to the base URL, without a slash in front.
pub(crate) fn target(path: &str, kinds: &[ServedType]) -> Option<Target> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let (first, rest) = match path.split_once('/') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    match (first, rest) {
        (".search", None) => return Some(Target::Search(None)),
        ("Bulk", None) => return Some(Target::Bulk),
        ("Me", None) => return Some(Target::Me),
        ("ServiceProviderConfig", None) => return Some(Target::Config),
        ("ResourceTypes", rest) => return Some(Target::ResourceTypes(segment(rest)?)),
        ("Schemas", rest) => return Some(Target::Schemas(segment(rest)?)),
        _ => {}
    }
    // Of two endpoints of which one begins with the other, the longer one is meant.
    let matching = kinds.iter().enumerate().filter_map(|(index, kind)| {
        let rest = path.strip_prefix(kind.path())?;
        (rest.is_empty() || rest.starts_with('/')).then_some((index, rest))
    });
    let (index, rest) = matching.min_by_key(|(_, rest)| rest.len())?;
    match rest.strip_prefix('/') {
        None => Some(Target::Collection(index)),
        Some(".search") => Some(Target::Search(Some(index))),
        Some(id) => segment(Some(id))?.map(|id| Target::Resource(index, id)),
    }
}

/// One segment, decoded; `None` if there are more.
fn segment(rest: Option<&str>) -> Option<Option<String>> {
    match rest {
        None => Some(None),
        Some(rest) if rest.contains('/') => None,
        Some(rest) => Some(Some(percent_decoded(rest).into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scim_models::{Group, User};

    #[test]
    fn a_resource_is_no_base() {
        for path in [
            "/Devices",
            "/v2/Devices",
            "/Devices/1",
            "/v2/Devices/1",
            "/Devices/v",
        ] {
            assert!(ends_like_endpoint(path), "{path}");
        }
        for path in [
            "",
            "/v2",
            "/scim/v2",
            "/Scim/v2",
            "/SCIM",
            "/Tenant/v2",
            "/Acme/2.0",
            "/t/1",
        ] {
            assert!(!ends_like_endpoint(path), "{path}");
        }
    }

    #[test]
    fn finds_endpoints_behind_any_base() {
        fn found<'p>(path: &'p str, prefix: Option<&str>) -> Option<(&'p str, Target)> {
            let kinds = [ServedType::of::<User>(), ServedType::of::<Group>()];
            find(path, prefix, &kinds)
        }
        assert_eq!(found("/Users", None), Some(("", Target::Collection(0))));
        let user = Target::Resource(0, "a/b".to_owned());
        assert_eq!(found("/t/v2/Users/a%2Fb", None), Some(("/t/v2", user)));
        assert_eq!(
            found("/v2/Groups/.search", None),
            Some(("/v2", Target::Search(Some(1))))
        );
        assert_eq!(
            found("/v2/.search", None),
            Some(("/v2", Target::Search(None)))
        );
        assert_eq!(
            found("/v2/Users/", None),
            Some(("/v2", Target::Collection(0)))
        );
        let schemas = Target::Schemas(Some("urn:a:b".to_owned()));
        assert_eq!(found("/v2/Schemas/urn:a%3Ab", None), Some(("/v2", schemas)));
        assert_eq!(found("/v2/Users/1/2", None), None);
        for below in ["Groups", ".search", "Users/1", "Bulk", "Me", "Schemas/x"] {
            assert_eq!(found(&format!("/v2/Users/1/{below}"), None), None);
        }
        for other in ["/v2/Me/Users", "/v2/Bulk/Users", "/v2/.search/Users"] {
            assert_eq!(found(other, None), None, "{other}");
        }
        assert_eq!(found("/v2/Userz", None), None);
        assert_eq!(found("/v2/Users", Some("/scim")), None);
        assert_eq!(
            found("/scim/v2/", Some("/scim/v2")),
            Some(("/scim/v2", Target::Root))
        );
    }
}
