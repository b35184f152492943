//! Profiles: how well-known service providers depart from the RFCs on the wire, as data.
//!
//! ```
//! use scim_client::{Client, Profile};
//!
//! let scim = Client::builder("https://scim.example/v2").profile(Profile::find("entra")?).build()?;
//! # assert!(Profile::find("entra").is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A client with a profile adapts to that service provider. It rewrites a PATCH, refuses a filter that the
//! service provider would refuse, and requests pages of a size that it accepts. [`Profile::facts`] gives the
//! source of each fact.
//!
//! | to | use |
//! |---|---|
//! | use a shipped profile | [`Profile::find`]; [`Profile::NAMES`] lists them |
//! | refine one, or write your own | `{"base": "aws", "pageSize": 20}` with [`Profile::from_json`], or the fields |
//! | say only what a service provider can do | [`Capabilities`], which take precedence over the profile |
//! | imitate one in tests | `testing::Misbehaviour::respond_as` |

mod error;
mod filter;
mod names;
mod parse;

use std::sync::Arc;

pub use self::error::ProfileError;
pub(crate) use self::parse::grammar;
use crate::{
    attribute_path::AttributePath,
    capabilities::Capabilities,
    patch::{self, Dialect, DiffError, Patch, PatchOp},
    resource::AnyResource,
};

/// How a service provider departs from the RFCs: what it can do, which forms of PATCH and filters
/// it accepts, and what it does not return.
///
/// `Default` has no departures. You can change a profile before you use it, if the service provider
/// has changed since the documents that [`facts`](Self::facts) names.
///
/// ```
/// use scim_client::{Client, Profile};
///
/// let mut profile = Profile::find("aws")?;
/// profile.page_size = Some(50);
/// let scim = Client::builder("https://scim.example/v2").profile(profile).build()?;
/// assert_eq!(scim.capabilities().bulk, Some(false));
///
/// // One of your own, such as the `profile.json` of a generated crate.
/// let acme = Profile::from_json(r#"{"pageSize": 50}"#)?;
/// assert_eq!(acme.page_size, Some(50));
/// assert!(Profile::named("acme").is_none());                  // `find` says which there are
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Profile {
    /// The service provider's name, for readers; may be empty.
    pub name: String,
    /// What it can do. This takes precedence over its ServiceProviderConfig, and the application's own
    /// capabilities take precedence over this.
    pub capabilities: Capabilities,
    /// How its PATCH departs from RFC 7644; `None` if it does not.
    pub patch: Option<Dialect>,
    /// Which filters it accepts.
    pub filter: FilterRules,
    /// The page size of queries that do not set one.
    pub page_size: Option<u64>,
    /// It does not accept `count`, so queries only send one if it is set for them. As JSON,
    /// `"pageSize": null`.
    pub no_page_size: bool,
    /// Its `totalResults` is the number of resources on the page, and not that of all results. So
    /// queries go on until a page is short (see `Query::until_short_page`).
    pub total_is_of_page: bool,
    /// The media type of requests, in place of `application/scim+json`.
    pub media_type: Option<String>,
    /// Its versions lack the quotes of an entity-tag. The client adds them in `If-Match`.
    pub quote_versions: bool,
    /// Its 404 has no SCIM error message (RFC 7644 §3.12), but still means that there is no such
    /// resource (`Error::is_not_found`).
    pub plain_not_found: bool,
    /// Attributes that it has but does not return, each with the URN of its schema. The client does
    /// not replace a resource that was read without them, since a PUT would erase them.
    pub never_returned: Vec<AttributePath>,
    /// Attributes that resources in lists lack, and that a resource has when it is read by `id`.
    /// This is information for people: the client does not use it, since it does not know where a
    /// resource came from.
    pub omitted_from_lists: Vec<AttributePath>,
    /// The endpoints of its discovery documents, if they differ from RFC 7644 §4.
    pub endpoints: DiscoveryEndpoints,
    /// The form of its responses. This is information for people, and for the embedded service
    /// provider that imitates it. The client does not need it, since it accepts all of these forms.
    pub responses: Responses,
    /// Its rate limits. This is information for people: the client does not use it to slow down.
    pub limits: Limits,
    /// The facts that this profile is based on, with their sources.
    pub facts: Vec<Fact>,
}

/// Which filters a service provider accepts (RFC 7644 §3.4.2.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FilterRules {
    /// A query needs a filter. Without one, the service provider does not return the resources.
    pub required: bool,
    /// The operators that it accepts, such as `eq`; `None` for all.
    pub operators: Option<Vec<String>>,
    /// Whether it accepts `or`; `None` if that is unknown.
    pub or: Option<bool>,
    /// Whether it accepts `not`; `None` if that is unknown.
    pub not: Option<bool>,
    /// How many comparisons and operators a filter may have.
    pub max_nodes: Option<u64>,
    /// It also accepts the forms of [`FilterOptions::entra`](crate::filter::FilterOptions::entra).
    /// This is for the embedded service provider that imitates it. The client always sends standard
    /// filters.
    pub lenient: bool,
}

/// The endpoints of discovery documents, relative to the base URL; `None` for that of RFC 7644 §4.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct DiscoveryEndpoints {
    /// The endpoint in place of `/ServiceProviderConfig`.
    pub service_provider_config: Option<String>,
    /// The endpoint in place of `/ResourceTypes`.
    pub resource_types: Option<String>,
    /// The endpoint in place of `/Schemas`.
    pub schemas: Option<String>,
}

/// The form of a service provider's responses, if RFC 7644 leaves a choice or they depart from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Responses {
    /// The response to a PATCH is always 204, even if the client requests attributes (RFC 7644 §3.5.2).
    pub patch_without_body: bool,
    /// `meta.location` is relative to the base URL: `/Users/2819`.
    pub relative_locations: bool,
    /// `meta.resourceType` is in lower case: `user`.
    pub lower_case_resource_types: bool,
}

/// How many requests a service provider accepts before it responds with 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Limits {
    /// The number of requests per minute.
    pub requests_per_minute: Option<u64>,
    /// The number of requests at the same time.
    pub concurrent_requests: Option<u64>,
}

/// A fact about a service provider, with its source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Fact {
    /// The fact, in words.
    pub says: String,
    /// The public document that says it.
    pub source: String,
    /// The members of the profile that are based on this fact, as JSON pointers. Empty if no member can
    /// express it.
    pub sets: Vec<String>,
}

impl Profile {
    /// The profiles that come with the crate.
    pub const NAMES: &'static [&'static str] = &names::NAMES;

    /// Returns a shipped profile by its name in [`NAMES`](Self::NAMES), or by a usual name of the
    /// service provider, such as "SAP", "Entra ID" or "Azure AD". Letter case, spaces and hyphens
    /// are ignored.
    ///
    /// ```
    /// use scim_client::Profile;
    ///
    /// assert_eq!(Profile::find("Azure AD")?, Profile::find("entra")?);
    /// let error = Profile::find("acme").unwrap_err();
    /// assert!(error.message().starts_with("there is none for `acme`; there are atlassian, aws,"));
    /// # Ok::<(), scim_client::profile::ProfileError>(())
    /// ```
    ///
    /// # Errors
    /// There is no profile of this name. The error lists all names.
    pub fn find(name: &str) -> Result<Self, ProfileError> {
        match names::text(name) {
            Some(text) => Self::from_json(text),
            None => {
                let message = format!(
                    "there is none for `{name}`; there are {}, and `Profile::from_json` reads \
                     others",
                    Self::NAMES.join(", ")
                );
                Err(ProfileError::new("", message))
            }
        }
    }

    /// Like [`find`](Self::find), but returns `None` in place of an error.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let text = names::text(name)?;
        // The shipped texts are tested; there is no other reason to fail.
        Self::from_json(text).ok()
    }

    /// Reads a profile, such as the `profile.json` beside a vendor's schema documents.
    ///
    /// # Errors
    /// The text is not JSON, or has a member that a profile does not have.
    pub fn from_json(text: &str) -> Result<Self, ProfileError> {
        parse::profile(text)
    }

    /// The requests that it takes to do what a PATCH says.
    #[doc(hidden)]
    pub fn plan(&self, message: PatchOp) -> Vec<PatchOp> {
        match &self.patch {
            Some(dialect) => dialect.plan(message),
            None => vec![message],
        }
    }

    /// What leads from one state of a resource to another, as the service provider wants it.
    #[doc(hidden)]
    pub fn diff<R: AnyResource>(&self, before: &R, after: &R) -> Result<Patch<R>, DiffError> {
        match &self.patch {
            Some(dialect) => dialect.diff(before, after),
            None => patch::diff(before, after),
        }
    }

    /// The attributes of a schema that are never returned.
    #[doc(hidden)]
    pub fn hidden<'a>(
        self: &'a Arc<Self>,
        schema: &'a str,
    ) -> impl Iterator<Item = &'a AttributePath> {
        let of = move |path: &&AttributePath| {
            path.uri()
                .is_some_and(|urn| urn.eq_ignore_ascii_case(schema))
        };
        self.never_returned.iter().filter(of)
    }
}
