//! Structs of paths.

/// The struct of the paths of all attributes of a type. For generated code.
pub trait Fields: 'static {
    /// Each has one value only.
    const ALL: &'static Self;
}

/// The paths below a simple attribute: none.
#[derive(Debug)]
pub struct NoFields;

impl Fields for NoFields {
    const ALL: &'static Self = &Self;
}
