//! What is known of well-known service providers: how each departs from the RFCs on the wire, as data.
//!
//! ```
//! use scim_client::{Client, Profile};
//!
//! let scim = Client::builder("https://scim.example/v2").profile(Profile::find("entra")?).build()?;
//! # assert!(Profile::find("entra").is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The client then does what that service provider wants: it rewrites a PATCH, refuses a filter that would be
//! refused, asks for pages of a size that is taken. Each fact has its source in [`Profile::facts`].
//!
//! | to | use |
//! |---|---|
//! | take one that is here | [`Profile::find`]; [`Profile::NAMES`] lists them |
//! | refine one, or write one's own | `{"base": "aws", "pageSize": 20}` with [`Profile::from_json`], or the fields |
//! | say only what a service provider can do | [`Capabilities`], which wins over the profile |
//! | imitate one in tests | `testing::Misbehaviour::answer_as` |

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

/// How a service provider departs from the RFCs: what it can do, what its PATCH wants, and what it
/// does not return.
///
/// `Default` departs in nothing. A profile can be changed before it is used: its facts were true
/// of the documents that [`facts`](Self::facts) names.
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
    /// What it can do. This wins over what it says of itself, and the user over this.
    pub capabilities: Capabilities,
    /// What its PATCH wants; `None` for RFC 7644 itself.
    pub patch: Option<Dialect>,
    /// What its filters may be.
    pub filter: FilterRules,
    /// How many resources a page of a query asks for, unless the query says it.
    pub page_size: Option<u64>,
    /// It does not take `count`: queries ask for no page size of their own accord. As JSON,
    /// `"pageSize": null`.
    pub no_page_size: bool,
    /// Its `totalResults` is the number of resources on the page, and says nothing of the list:
    /// queries go on until a page is short (see
    /// `Query::until_short_page`).
    pub total_is_of_page: bool,
    /// The media type of requests, in place of `application/scim+json`.
    pub media_type: Option<String>,
    /// Its versions come without the quotes of an entity-tag: put them on in `If-Match`.
    pub quote_versions: bool,
    /// Its 404 has no SCIM error message (RFC 7644 §3.12), and means that there is no such resource
    /// all the same: `Error::is_not_found`.
    pub plain_not_found: bool,
    /// Attributes that it has and does not return, each with the URN of its schema. A resource
    /// read without them is not written back as a whole: that would erase them.
    pub never_returned: Vec<AttributePath>,
    /// Attributes that lists lack and reading by `id` has. For readers: the client does not know
    /// where a resource came from.
    pub omitted_from_lists: Vec<AttributePath>,
    /// Where its discovery documents are, if not where RFC 7644 §4 says.
    pub endpoints: DiscoveryEndpoints,
    /// How its answers look. For readers, and for the embedded service provider that imitates it:
    /// the client understands all of it anyway.
    pub answers: Answers,
    /// How much it takes. For readers: the client does not slow down by itself.
    pub limits: Limits,
    /// What all this rests on.
    pub facts: Vec<Fact>,
}

/// What a service provider's filters may be (RFC 7644 §3.4.2.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FilterRules {
    /// A query without a filter is answered with something other than the resources.
    pub required: bool,
    /// The operators that it knows, such as `eq`; `None` for all.
    pub operators: Option<Vec<String>>,
    /// Whether it knows `or`; `None` if not known.
    pub or: Option<bool>,
    /// Whether it knows `not`; `None` if not known.
    pub not: Option<bool>,
    /// How many comparisons and operators a filter may have.
    pub max_nodes: Option<u64>,
    /// It also reads what [`FilterOptions::entra`](crate::filter::FilterOptions::entra) names. For
    /// the embedded service provider that imitates it: the client sends standard filters.
    pub lenient: bool,
}

/// Where discovery documents are, relative to the base URL; `None` for RFC 7644 §4.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct DiscoveryEndpoints {
    /// In place of `/ServiceProviderConfig`.
    pub service_provider_config: Option<String>,
    /// In place of `/ResourceTypes`.
    pub resource_types: Option<String>,
    /// In place of `/Schemas`.
    pub schemas: Option<String>,
}

/// How a service provider's answers look where RFC 7644 leaves a choice, or wants something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Answers {
    /// A PATCH is answered with 204, whatever the client asks for (RFC 7644 §3.5.2).
    pub patch_without_body: bool,
    /// `meta.location` begins behind the base URL: `/Users/2819`.
    pub relative_locations: bool,
    /// `meta.resourceType` is in lower case: `user`.
    pub lower_case_resource_types: bool,
}

/// How much a service provider takes before it answers with 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Limits {
    /// Requests in a minute.
    pub requests_per_minute: Option<u64>,
    /// Requests at the same time.
    pub concurrent_requests: Option<u64>,
}

/// What is known of a service provider, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Fact {
    /// What is so.
    pub says: String,
    /// The public document that says it.
    pub source: String,
    /// The members of the profile that rest on it, as JSON pointers; none if no member can say it.
    pub sets: Vec<String>,
}

impl Profile {
    /// The profiles that come with the crate.
    pub const NAMES: &'static [&'static str] = &names::NAMES;

    /// One of the profiles that come with the crate, by its name in [`NAMES`](Self::NAMES) or what
    /// people call the service provider, such as "SAP", "Entra ID" or "Azure AD". Letter case,
    /// spaces and hyphens do not count.
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
    /// There is none of this name. The error lists those that there are.
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

    /// As [`find`](Self::find), where it does not matter which names there are.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let text = names::text(name)?;
        // The shipped texts are tested; there is no other reason to fail.
        Self::from_json(text).ok()
    }

    /// Reads a profile, such as the `profile.json` beside a vendor's schema documents.
    ///
    /// # Errors
    /// The text is not JSON, or something in it is no part of a profile.
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
