//! The messages of RFC 7644: lists, queries by POST, bulk and errors. Each can be read and written, so that
//! clients and service providers use the same types.
//!
//! ```
//! use scim_client::{User, message::{ErrorMessage, ListResponse, ScimType}};
//!
//! // A server answers.
//! let taken = ErrorMessage::new(409)
//!     .with_scim_type(ScimType::UNIQUENESS)
//!     .with_detail("bjensen is taken");
//! assert_eq!(taken.to_string(), "409 uniqueness: bjensen is taken");
//! assert!(taken.to_json().contains(r#""scimType":"uniqueness""#));
//!
//! // A client reads: one malformed user is one error, not a lost list.
//! let text = r#"{"totalResults":2,"Resources":[{"id":"1","userName":"b"},{"id":"2"}]}"#;
//! let list = ListResponse::<scim_client::message::Outcome<scim_client::Stored<User>>>::from_json(text)?;
//! assert!(list.resources[0].is_ok());
//! let malformed = list.resources[1].as_ref().unwrap_err();
//! assert!(malformed.to_string().contains("userName"), "{malformed}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | message | type | RFC 7644 |
//! |---|---|---|
//! | ListResponse | [`ListResponse`] | §3.4.2, RFC 9865 §2 |
//! | SearchRequest, and the parameters of a query | [`SearchRequest`] | §3.4.3 |
//! | PatchOp | [`PatchOp`](crate::patch::PatchOp), in [`patch`](crate::patch) | §3.5.2 |
//! | BulkRequest, BulkResponse | [`BulkRequest`], [`BulkResponse`]; [`ReceivedBulk`] for service providers | §3.7 |
//! | Error | [`ErrorMessage`], [`ScimType`] | §3.12 |

pub(crate) mod bulk;
pub(crate) mod elements;
mod error_message;
mod list_response;
pub mod schemas;
mod search_request;
pub mod urn;

pub use self::{
    bulk::{
        BulkMethod, BulkOperation, BulkRequest, BulkResponse, BulkResult, InvalidBulk,
        ReceivedBulk, ReceivedOperation,
    },
    error_message::{ErrorMessage, ScimType},
    list_response::{ItemReader, ListResponse, Outcome, ReadItem, ReadItemOf, WriteItem},
    search_request::{SearchRequest, SearchRequestError, SortOrder},
};
