//! The server side of SCIM 2.0 (RFC 7643, RFC 7644, RFC 9865).
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "testing")]
pub mod testing;
