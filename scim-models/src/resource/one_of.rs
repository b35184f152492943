//! A resource of one of several types (RFC 7644 §3.4.2.1).

use std::borrow::Cow;

use super::{AnyResource, ResourceKind, claims::Claims};
use crate::{
    Json, Partial, Resource, Stored,
    json::{DecodeError, each_member},
};

/// A result of a query: a value with an identifier.
pub trait Listed: sealed::Listed + Send + 'static {
    /// The kind that is needed to read one: a [`ResourceKind`], or `()`.
    type Kind: Copy + Send + Sync + 'static;

    /// The identifier; empty if there is none.
    fn id(&self) -> &str;

    /// A text that distinguishes it from others in a list: the identifier, or else other data.
    #[doc(hidden)]
    fn mark(&self) -> Cow<'_, str> {
        self.id().into()
    }
}

mod sealed {
    use super::{AnyOf, Partial, Resource, Stored};

    pub trait Listed {}
    impl<R> Listed for Stored<R> {}
    impl<R> Listed for Partial<R> {}
    impl<U> Listed for AnyOf<U> {}

    pub trait Alternative {}
    impl<R: Resource> Alternative for R {}
    impl<R: Resource> Alternative for Partial<R> {}
}

impl<R: AnyResource> Listed for Stored<R> {
    type Kind = ResourceKind;

    fn id(&self) -> &str {
        Stored::id(self)
    }
}

impl<R: AnyResource> Listed for Partial<R> {
    type Kind = ResourceKind;

    fn id(&self) -> &str {
        Partial::id(self)
    }

    fn mark(&self) -> Cow<'_, str> {
        match Partial::id(self) {
            "" => self.text().into(),
            id => id.into(),
        }
    }
}

/// A resource of one of several types; see [`one_of!`](crate::one_of).
pub trait OneOf: Sized + Send + 'static {
    /// Reads a resource. Its `meta.resourceType` or its `schemas` determine the type. `strict`
    /// reads strictly by the RFCs.
    ///
    /// # Errors
    /// The resource is of one of the types and does not fit it.
    fn read(json: &Json, strict: bool) -> Result<Self, DecodeError>;

    /// Reads a resource. Its `meta.resourceType` or its `schemas` determine the type.
    ///
    /// # Errors
    /// The resource is of one of the types and does not fit it.
    fn from_json(json: &Json) -> Result<Self, DecodeError> {
        Self::read(json, false)
    }

    /// Like [`from_json`](Self::from_json), but reads strictly by the RFCs. It refuses a string in
    /// place of a boolean, a single value in place of an array and so on.
    ///
    /// # Errors
    /// The same as for [`from_json`](Self::from_json).
    fn from_json_strict(json: &Json) -> Result<Self, DecodeError> {
        Self::read(json, true)
    }

    /// The identifier; empty if there is none.
    fn id(&self) -> &str;

    /// A text that distinguishes it from others in a list: the identifier, or else other data.
    #[doc(hidden)]
    fn mark(&self) -> Cow<'_, str> {
        self.id().into()
    }
}

/// Declares an enum of resource types, for the results of a query over several types. Its variant
/// `Unknown` holds resources of other types.
///
/// ```
/// scim_client::one_of! {
///     /// Who can be a member.
///     pub enum Principal { User(scim_client::User), Group(scim_client::Group) }
/// }
///
/// use scim_client::resource::OneOf as _;
///
/// let json = scim_client::Json::parse(
///     r#"{"id": "1", "displayName": "Guides", "meta": {"resourceType": "Group"}}"#,
/// )?;
/// let Principal::Group(group) = Principal::from_json(&json)? else { panic!("a group") };
/// assert_eq!(group.display_name, "Guides");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A variant holds a [`Stored`](crate::Stored) of its type. If it is declared with `Partial<..>`,
/// it holds a [`Partial`](crate::Partial), for queries that request only some attributes
/// (`Query::attributes_of`).
#[macro_export]
macro_rules! one_of {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident { $($variant:ident($type:ty)),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        #[allow(clippy::large_enum_variant, reason = "one variant for each resource type")]
        $visibility enum $name {
            $(
                #[doc = concat!("A `", stringify!($type), "`.")]
                $variant(<$type as $crate::resource::Alternative>::Held),
            )+
            /// A resource of another type.
            Unknown($crate::Json),
        }

        impl $crate::resource::OneOf for $name {
            fn read(
                json: &$crate::Json,
                strict: bool,
            ) -> ::std::result::Result<Self, $crate::json::DecodeError> {
                let claims = $crate::resource::Claims::of(json);
                $(
                    if <$type as $crate::resource::Alternative>::is_claimed(&claims) {
                        let held = <$type as $crate::resource::Alternative>::read(json, strict);
                        return held.map(Self::$variant);
                    }
                )+
                ::std::result::Result::Ok(Self::Unknown(json.clone()))
            }

            fn id(&self) -> &str {
                match self {
                    $(Self::$variant(held) => <$type as $crate::resource::Alternative>::id(held),)+
                    Self::Unknown(json) => $crate::resource::id_in_text(json),
                }
            }

            fn mark(&self) -> ::std::borrow::Cow<'_, str> {
                match self {
                    $(Self::$variant(held) => $crate::resource::Listed::mark(held),)+
                    Self::Unknown(json) => match $crate::resource::id_in_text(json) {
                        "" => json.as_str().into(),
                        id => id.into(),
                    },
                }
            }
        }
    };
}

/// The `id` of a resource of an unknown type, as it stands in the text; empty if there is none.
#[doc(hidden)]
pub fn id_in_text(json: &Json) -> &str {
    let mut id = "";
    // What comes before a fault counts.
    let _ = each_member(json.as_str(), &mut |name, value| {
        let found = name.eq_ignore_ascii_case("id") && value != "null";
        if found {
            id = value.trim_matches('"');
        }
        found
    });
    id
}

/// The type of a variant of [`one_of!`](crate::one_of): a resource type, or [`Partial`] of one.
pub trait Alternative: sealed::Alternative + Sized {
    /// The type that the variant holds.
    type Held: Listed;
    #[doc(hidden)]
    fn is_claimed(claims: &Claims) -> bool;
    #[doc(hidden)]
    fn read(json: &Json, strict: bool) -> Result<Self::Held, DecodeError>;
    #[doc(hidden)]
    fn id(held: &Self::Held) -> &str;
}

impl<R: Resource> Alternative for R {
    type Held = Stored<R>;

    fn is_claimed(claims: &Claims) -> bool {
        claims.are_of::<R>()
    }

    fn read(json: &Json, strict: bool) -> Result<Stored<R>, DecodeError> {
        Stored::read_document(ResourceKind::of::<R>(), json.as_str(), strict, true)
    }

    fn id(held: &Stored<R>) -> &str {
        held.id()
    }
}

impl<R: Resource> Alternative for Partial<R> {
    type Held = Self;

    fn is_claimed(claims: &Claims) -> bool {
        claims.are_of::<R>()
    }

    fn read(json: &Json, strict: bool) -> Result<Self, DecodeError> {
        Self::read_document(ResourceKind::of::<R>(), json.as_str(), strict)
    }

    fn id(held: &Self) -> &str {
        held.id()
    }
}

/// An element of a query over several types.
#[derive(Debug, Clone)]
pub struct AnyOf<U>(pub U);

impl<U: OneOf> Listed for AnyOf<U> {
    type Kind = ();

    fn id(&self) -> &str {
        self.0.id()
    }

    fn mark(&self) -> Cow<'_, str> {
        self.0.mark()
    }
}
