//! What the other crates of this family need of the insides of this one. Not part of the public
//! interface: they are released together, and anything here may change in any release.

pub use crate::{
    json::{
        check,
        decode::{Context, Layers},
        error::Problems,
        escapes::escape,
        nesting::nests_deeper,
        pieces::each_member,
        prefix,
        reader::{Next, Reader},
        recover::message_to_value,
        repeated::{Names, repeated},
        value::to_value,
    },
    message::{
        bulk::check as check_bulk,
        elements::{Element, Elements, End},
    },
    patch::duplicates::drop_duplicates,
    resource::{
        id_in_text,
        named::{Named, named},
        stored::resource as read_resource,
    },
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

/// `schemas`.
pub mod schemas {
    pub use crate::json::schemas::*;
}

/// References in bulk requests to what they create.
pub mod references {
    pub use crate::message::bulk::references::*;
}

/// Discovery documents.
pub mod document {
    pub use crate::resource::document::*;
}

/// What messages and `Debug` may show.
pub mod shown {
    pub use crate::shown::*;
}

/// What a profile may have, for the test that compares it with what the generator checks.
pub fn profile_grammar() -> Vec<(String, String)> {
    crate::profile::grammar()
}

/// Whether values are the same.
pub mod equality {
    pub use crate::patch::equality::{is_nothing, is_primary, same};
}

/// Comparison of types with what is published.
pub mod drift {
    pub use crate::drift::compare::{Published, Publisher, verify};
}

/// Percent-encoding of URLs.
pub mod percent {
    pub use crate::percent::*;
}
