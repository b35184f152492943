//! What the other crates of this family need of the insides of this one. Not part of the public
//! interface: they are released together, and anything here may change in any release.

pub use crate::{
    json::{
        check,
        decode::{Context, Layers},
        prefix,
        reader::{Next, Reader},
    },
    message::bulk::check as check_bulk,
    resource::id_in_text,
};

/// Reading JSON into types.
pub mod decode {
    pub use crate::json::decode::*;
}

/// Writing types as JSON.
pub mod encode {
    pub use crate::json::encode::*;
}

/// `id`, `meta` and `schemas`.
pub mod envelope {
    pub use crate::resource::envelope::*;
}

/// Discovery documents.
pub mod document {
    pub use crate::resource::document::*;
}

/// Percent-encoding of URLs.
pub mod percent {
    pub use crate::percent::*;
}
