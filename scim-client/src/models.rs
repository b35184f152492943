//! The models as this crate shows them: each type has its page in one place, at the root or in its module.
//!
//! rustdoc makes a page for each path of an item that is re-exported from another crate. So an item is
//! named where its page should be. At its other paths, which only code needs, it comes by a hidden glob.
//! `.ci/pages` fails if an item does not have exactly one page.

/// The parts of [`User`](crate::User).
pub mod user {
    #[doc(no_inline)]
    pub use scim_models::user::User;
    #[doc(hidden)]
    pub use scim_models::user::*;
    #[doc(inline)]
    pub use scim_models::user::{
        Address, AddressType, Email, EmailType, Entitlement, GroupType, Im, ImType, Name,
        PhoneNumber, PhoneNumberType, Photo, PhotoType, Role, UnknownAddressType, UnknownEmailType,
        UnknownGroupType, UnknownImType, UnknownPhoneNumberType, UnknownPhotoType, UserGroup,
        X509Certificate,
    };
}

/// The parts of [`Group`](crate::Group).
pub mod group {
    #[doc(no_inline)]
    pub use scim_models::group::Group;
    #[doc(hidden)]
    pub use scim_models::group::*;
    #[doc(inline)]
    pub use scim_models::group::{Member, MemberType, UnknownMemberType};
}

/// The parts of [`EnterpriseUser`](crate::EnterpriseUser).
pub mod enterprise_user {
    #[doc(no_inline)]
    pub use scim_models::enterprise_user::EnterpriseUser;
    #[doc(inline)]
    pub use scim_models::enterprise_user::Manager;
    #[doc(hidden)]
    pub use scim_models::enterprise_user::*;
}

/// The parts of [`Schema`](crate::Schema).
pub mod schema {
    #[doc(no_inline)]
    pub use scim_models::schema::Schema;
    #[doc(hidden)]
    pub use scim_models::schema::*;
    #[doc(inline)]
    pub use scim_models::schema::{
        Attribute, AttributeMutability, AttributeReturned, AttributeType, AttributeUniqueness,
        SubAttribute, SubAttributeMutability, SubAttributeReturned, SubAttributeType,
        SubAttributeUniqueness, UnknownAttributeMutability, UnknownAttributeReturned,
        UnknownAttributeType, UnknownAttributeUniqueness, UnknownSubAttributeMutability,
        UnknownSubAttributeReturned, UnknownSubAttributeType, UnknownSubAttributeUniqueness,
    };
}

/// The parts of [`ResourceType`](crate::ResourceType).
pub mod resource_type {
    #[doc(no_inline)]
    pub use scim_models::resource_type::ResourceType;
    #[doc(inline)]
    pub use scim_models::resource_type::SchemaExtension;
    #[doc(hidden)]
    pub use scim_models::resource_type::*;
}

/// The parts of [`ServiceProviderConfig`](crate::ServiceProviderConfig).
pub mod service_provider_config {
    #[doc(no_inline)]
    pub use scim_models::service_provider_config::ServiceProviderConfig;
    #[doc(hidden)]
    pub use scim_models::service_provider_config::*;
    #[doc(inline)]
    pub use scim_models::service_provider_config::{
        AuthenticationScheme, AuthenticationSchemeType, Bulk, ChangePassword,
        DefaultPaginationMethod, Etag, Filter, Pagination, Patch, Sort,
        UnknownAuthenticationSchemeType, UnknownDefaultPaginationMethod,
    };
}

pub mod value {
    //! Values that keep the text they were read from (RFC 7643 section 2.3).
    //!
    //! Service providers write dates, numbers, base64 and URIs in more ways than the RFC allows. A
    //! client that reads a resource and writes it back must not change values that it did not touch.
    //! So each type here holds the text as it came, and parses it only when an accessor is called.
    //! Construction never fails; the accessors return an `Option` or a `Result`. `==` and hashing
    //! compare the text. Each type has a separate method that compares the meaning.

    #[doc(hidden)]
    #[allow(
        unused_imports,
        unreachable_pub,
        reason = "for what will be added: today all is named"
    )]
    pub use scim_models::value::*;
    #[doc(inline)]
    pub use scim_models::value::{Any, BinaryError, DateTimeError, DecimalError, Timestamp};
    #[doc(no_inline)]
    pub use scim_models::value::{Binary, DateTime, Decimal, Reference};
}

pub mod model {
    //! The parts of every SCIM type: a plain struct, a table of attribute metadata, and the
    //! object-safe trait [`Reflect`]. Everything else in this crate works on that trait.

    #[doc(hidden)]
    pub use scim_models::model::*;
    #[doc(inline)]
    pub use scim_models::model::{
        Attribute, AttributeValue, Descriptor, Field, Kind, ManyValues, Mutability,
        OptionObjectSlot, Reflect, Returned, Scalar, ScalarSlot, Single, Slot, Table, TextEnum,
        TextValue, Uniqueness, UnknownValue, ValueRef, WrongType, facts,
    };
    #[doc(no_inline)]
    pub use scim_models::model::{
        CanonicalValues, Complex, Extra, Fields, Json, NoFields, ReadOnly, Root, WriteOnly,
    };
}

pub mod resource {
    //! The traits of resources, extensions and complex attributes, and the types that hold resources.

    #[doc(hidden)]
    pub use scim_models::resource::*;
    #[doc(inline)]
    pub use scim_models::resource::{
        Alternative, AnyOf, AnyResource, ExtensionError, Listed, OneOf, ResourceKind, Root,
    };
    #[doc(no_inline)]
    pub use scim_models::resource::{Complex, Extension, Resource};
}

pub mod profile {
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
    //! | say only what a service provider can do | [`Capabilities`](crate::Capabilities), which take precedence over the profile |
    //! | imitate one in tests | `testing::Misbehaviour::respond_as` |

    #[doc(no_inline)]
    pub use scim_models::profile::Profile;
    #[doc(hidden)]
    #[allow(
        unused_imports,
        unreachable_pub,
        reason = "for what will be added: today all is named"
    )]
    pub use scim_models::profile::*;
    #[doc(inline)]
    pub use scim_models::profile::{
        DiscoveryEndpoints, Fact, FilterRules, Limits, ProfileError, Responses,
    };
}
