//! One query over several resource types (RFC 7644 §3.4.2.1).

use http::Method;

use super::{Client, Query, call::Call, query::Listed};
use crate::{Json, Resource, json::DecodeError};

/// A resource of one of several types; see [`one_of!`](crate::one_of).
pub trait OneOf: Sized + Send + 'static {
    /// Reads a resource by its resource type or its schemas.
    ///
    /// # Errors
    /// It is of one of the types, and does not fit it.
    fn from_json(json: &Json) -> Result<Self, DecodeError>;

    /// The identifier; empty if there is none.
    fn id(&self) -> &str;
}

/// Declares an enum over resource types, with `Unknown` for all others: what a query over several
/// types gives.
///
/// ```
/// scim_client::one_of! {
///     /// Who can be a member.
///     pub enum Principal { User(scim_client::User), Group(scim_client::Group) }
/// }
///
/// use scim_client::client::OneOf as _;
///
/// let json = scim_client::Json::parse(
///     r#"{"id": "1", "displayName": "Guides", "meta": {"resourceType": "Group"}}"#,
/// )?;
/// let Principal::Group(group) = Principal::from_json(&json)? else { panic!("a group") };
/// assert_eq!(group.display_name, "Guides");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! one_of {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident { $($variant:ident($type:ty)),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        #[allow(clippy::large_enum_variant, reason = "one variant for each resource type")]
        $visibility enum $name {
            $(
                #[doc = concat!("A `", stringify!($type), "`.")]
                $variant($crate::Stored<$type>),
            )+
            /// A resource of another type.
            Unknown($crate::Json),
        }

        impl $crate::client::OneOf for $name {
            fn from_json(
                json: &$crate::Json,
            ) -> ::std::result::Result<Self, $crate::json::DecodeError> {
                $(
                    if $crate::client::is_of_type::<$type>(json) {
                        return $crate::Stored::from_json(json.as_str()).map(Self::$variant);
                    }
                )+
                ::std::result::Result::Ok(Self::Unknown(json.clone()))
            }

            fn id(&self) -> &str {
                match self {
                    $(Self::$variant(stored) => stored.id(),)+
                    Self::Unknown(_) => "",
                }
            }
        }
    };
}

/// Whether a resource says that it is an `R`: by `meta.resourceType`, or else by `schemas`.
#[doc(hidden)]
pub fn is_of_type<R: Resource>(json: &Json) -> bool {
    let Ok(facts) = Facts::read(json.as_str()) else {
        return false;
    };
    match facts.resource_type {
        Some(resource_type) => resource_type.eq_ignore_ascii_case(R::NAME),
        None => facts
            .schemas
            .iter()
            .any(|schema| schema.eq_ignore_ascii_case(R::SCHEMA)),
    }
}

/// What a resource says of its type.
struct Facts {
    resource_type: Option<String>,
    schemas: Vec<String>,
}

impl Facts {
    fn read(text: &str) -> Result<Self, serde_json::Error> {
        let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text)?;
        let find = |wanted: &str| {
            members
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, v)| v)
        };
        let resource_type = find("meta").and_then(|meta| {
            let members = meta.as_object()?;
            let (_, value) = members
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("resourceType"))?;
            value.as_str().map(str::to_owned)
        });
        let schemas = match find("schemas") {
            Some(serde_json::Value::Array(schemas)) => schemas
                .iter()
                .filter_map(|s| s.as_str().map(str::to_owned))
                .collect(),
            Some(serde_json::Value::String(schema)) => vec![schema.clone()],
            _ => Vec::new(),
        };
        Ok(Self {
            resource_type,
            schemas,
        })
    }
}

/// An element of a query over several types.
#[derive(Debug, Clone)]
pub struct AnyOf<U>(pub U);

impl Client {
    /// Asks for resources of several types at once: POST to `/.search` of the service provider
    /// (RFC 7644 §3.4.3). `U` is declared with [`one_of!`](crate::one_of).
    pub fn search<U: OneOf>(&self) -> Query<AnyOf<U>> {
        let path = self.inner.base.endpoint("");
        let call = Call::new(self.clone(), Method::GET, path);
        Query::over(call).via_post()
    }
}

impl<U: OneOf> Listed for AnyOf<U> {
    fn id(&self) -> &str {
        self.0.id()
    }
}
