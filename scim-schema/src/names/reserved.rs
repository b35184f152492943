//! Words that a name must not be.

/// Words that cannot be an identifier in edition 2024.
pub(super) const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "_",
];

/// Names that generated code and its readers expect to mean what they usually mean. The letters are
/// type parameters.
pub(super) const TYPES: &[&str] = &[
    "AsMut",
    "AsRef",
    "Binary",
    "Box",
    "Clone",
    "Copy",
    "D",
    "DateTime",
    "Debug",
    "Decimal",
    "Default",
    "Deserialize",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Extra",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "H",
    "Into",
    "IntoIterator",
    "Iterator",
    "Json",
    "New",
    "None",
    "Ok",
    "Option",
    "PartialEq",
    "ReadOnly",
    "Reference",
    "Result",
    "S",
    "Self",
    "Send",
    "Serialize",
    "Some",
    "String",
    "ToString",
    "Vec",
    "WriteOnly",
];

/// Modules of the runtime and of every crate: a path through them must not end in a schema's module.
/// `impls` is in the module of a schema, the others are around it.
pub(super) const MODULES: [&str; 7] = [
    "alloc",
    "core",
    "impls",
    "proc_macro",
    "scim_client",
    "scim_models",
    "std",
];
