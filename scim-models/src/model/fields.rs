//! Structs of paths.

/// The paths of all attributes in something. For generated code.
pub trait Fields: 'static {
    /// Each has one value only.
    const ALL: &'static Self;
}

/// There are no paths below a simple attribute.
#[derive(Debug)]
pub struct NoFields;

impl Fields for NoFields {
    const ALL: &'static Self = &Self;
}
