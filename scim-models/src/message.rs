//! The messages of RFC 7644, read and written both ways: clients and servers use the same types.

pub(crate) mod bulk;
mod error_message;
mod list_response;
pub mod schemas;
mod search_request;
pub mod urn;

pub use self::{
    bulk::{BulkMethod, BulkOperation, BulkRequest, BulkResponse, BulkResult, InvalidBulk},
    error_message::{ErrorMessage, ScimType},
    list_response::{ItemReader, ListResponse, Outcome, ReadItem, ReadItemOf, WriteItem},
    search_request::{SearchRequest, SearchRequestError, SortOrder},
};
