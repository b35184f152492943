//! What the type of a field says: how many values, who may set them, and of which data type.

use quote::ToTokens as _;
use syn::{GenericArgument, PathArguments, Type};

use super::findings::Findings;
use crate::emit::kind_of;
use scim_schema::model::Kind;

/// A type, taken apart.
pub(super) struct ValueType<'t> {
    pub(super) access: Access,
    pub(super) plurality: Plurality,
    /// The type of one value.
    pub(super) single: &'t Type,
    pub(super) kind: Kind,
    /// The resource type that a reference names.
    pub(super) target: Option<String>,
    /// Whether no attribute can have such a value.
    pub(super) refused: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Access {
    Plain,
    ReadOnly,
    WriteOnly,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Plurality {
    One,
    Option,
    Vec,
}

impl<'t> ValueType<'t> {
    /// Takes a type apart; wrappers in an impossible order are reported.
    pub(super) fn of(whole: &'t Type, findings: &mut Findings) -> Self {
        let (access, inner) = match wrapper(whole) {
            Some(("ReadOnly", inner)) => (Access::ReadOnly, inner),
            Some(("WriteOnly", inner)) => (Access::WriteOnly, inner),
            _ => (Access::Plain, whole),
        };
        let (plurality, mut single) = match wrapper(inner) {
            Some(("Option", inner)) => (Plurality::Option, inner),
            Some(("Vec", inner)) => (Plurality::Vec, inner),
            _ => (Plurality::One, inner),
        };
        let misused = wrapper(single).is_some();
        if let Some((name, within)) = wrapper(single) {
            findings.at(whole, misplaced(name, plurality, access));
            single = within;
            while let Some((_, within)) = wrapper(single) {
                single = within;
            }
        }
        let foreign = foreign(single, plurality);
        if let Some(message) = foreign {
            findings.at(single, message);
        }
        let (kind, target) = kind(single);
        let refused = misused || foreign.is_some();
        Self {
            access,
            plurality,
            single,
            kind,
            target,
            refused,
        }
    }
}

fn misplaced(name: &str, outer: Plurality, access: Access) -> String {
    match (name, outer) {
        ("ReadOnly" | "WriteOnly", Plurality::One) if access != Access::Plain => {
            "an attribute is readOnly or writeOnly, and only once".to_owned()
        }
        ("ReadOnly" | "WriteOnly", _) => format!("`{name}` goes outside: `{name}<Option<...>>`"),
        ("Vec", Plurality::Option) => {
            "an absent and an empty list are the same (RFC 7643 §2.5): write `Vec<...>`".to_owned()
        }
        ("Option", Plurality::Vec) => {
            "a value in a list is never absent: write `Vec<...>`".to_owned()
        }
        ("Vec", _) => "SCIM has no lists of lists: write `Vec<...>`".to_owned(),
        _ => "a value is absent or not: write `Option<...>` once".to_owned(),
    }
}

/// What to write instead of a type of the language or its library that is no attribute type. Any
/// other type is left to the compiler, for its name may be the author's.
fn foreign(single: &Type, plurality: Plurality) -> Option<&'static str> {
    let name = match single {
        Type::Reference(_) | Type::Ptr(_) => {
            return Some("a SCIM type owns its values: write `String`");
        }
        Type::Tuple(_) | Type::Array(_) | Type::Slice(_) => {
            return Some(
                "several values of one type are a `Vec`, of several types a struct with \
                         `#[derive(Complex)]`",
            );
        }
        _ => named(single)?.0,
    };
    Some(match name.as_str() {
        "u8" if plurality == Plurality::Vec => "bytes are `Binary`: write it instead of `Vec<u8>`",
        "i8" | "i16" | "i32" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128"
        | "usize" => "a whole number is an `i64`",
        "f32" | "f64" => "a number with a fraction is a `Decimal`, which keeps every digit",
        "char" | "str" | "Cow" => "text is a `String`",
        "HashMap" | "BTreeMap" => {
            "SCIM has no maps: write a struct with `#[derive(Complex)]`, or `Json` for anything"
        }
        "HashSet" | "BTreeSet" | "VecDeque" => "several values are a `Vec`",
        "Box" | "Rc" | "Arc" => "a value stands in its struct, without a pointer",
        _ => return None,
    })
}

/// A type that says something about the values in it, and their type.
fn wrapper(given: &Type) -> Option<(&'static str, &Type)> {
    let (name, inner) = named(given)?;
    let name = ["ReadOnly", "WriteOnly", "Option", "Vec"]
        .into_iter()
        .find(|wrapper| name == *wrapper)?;
    Some((name, inner?))
}

/// The last name of a path, and its first type argument.
fn named(given: &Type) -> Option<(String, Option<&Type>)> {
    match given {
        Type::Group(group) => named(&group.elem),
        Type::Paren(paren) => named(&paren.elem),
        Type::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last()?;
            let argument = match &last.arguments {
                PathArguments::AngleBracketed(given) => given.args.iter().find_map(|a| match a {
                    GenericArgument::Type(inner) => Some(inner),
                    _ => None,
                }),
                _ => None,
            };
            Some((last.ident.to_string(), argument))
        }
        _ => None,
    }
}

/// The data type of one value, as far as its name tells it.
fn kind(single: &Type) -> (Kind, Option<String>) {
    let named = named(single);
    let kind = named.as_ref().and_then(|(name, _)| kind_of(name));
    let declared = || Kind::Declared(single.to_token_stream().to_string().replace(' ', ""));
    let kind = kind.unwrap_or_else(declared);
    let target = match named {
        Some((name, Some(target))) if name == "Reference" => self::named(target)
            .map(|(name, _)| name)
            .filter(|name| name != "Any"),
        _ => None,
    };
    (kind, target)
}
