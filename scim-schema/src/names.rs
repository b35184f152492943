//! Rust names for SCIM names. Everything here depends on its arguments alone, so that the same
//! documents always give the same names.

mod singular;

use std::collections::BTreeSet;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Words that cannot be an identifier in edition 2024.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "_",
];

/// Names that generated code and its readers expect to mean what they usually mean. The letters are
/// type parameters.
const TYPES: &[&str] = &[
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

/// Whether that can be the name of an attribute (RFC 7643 §2.1): a letter, then letters, digits, `$`,
/// `-` and `_`; or `$ref`.
#[must_use]
pub fn is_attribute_name(name: &str) -> bool {
    name == "$ref"
        || name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '$' | '-' | '_'))
}

/// Whether that can be an identifier of Rust's, without `r#`.
#[must_use]
pub fn is_identifier(name: &str) -> bool {
    let mut rest = name.chars();
    let first = rest.next();
    first.is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && rest.all(unicode_ident::is_xid_continue)
        && !KEYWORDS.contains(&name)
        && name != "Self"
}

pub(crate) fn is_urn(name: &str) -> bool {
    name.get(..4)
        .is_some_and(|urn| urn.eq_ignore_ascii_case("urn:"))
}

/// A set of names that are taken, compared without regard to case.
#[derive(Debug, Default, Clone)]
pub struct Scope(BTreeSet<String>);

impl Scope {
    /// Takes a name; `false` if it was taken before.
    pub fn claim(&mut self, name: &str) -> bool {
        self.0.insert(name.to_ascii_lowercase())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(&name.to_ascii_lowercase())
    }

    /// Takes the name, or the first of `name2`, `name3`, ... (with the separator) that is free.
    pub fn claim_numbered(&mut self, name: &str, separator: &str) -> String {
        if self.claim(name) {
            return name.to_owned();
        }
        // A name that ends with its own separator needs no second one.
        let stem = name.trim_end_matches('_');
        let mut number = 2_u64;
        loop {
            let candidate = format!("{stem}{separator}{number}");
            if self.claim(&candidate) {
                return candidate;
            }
            number += 1;
        }
    }
}

/// The types of one generated module. Beside a type stand its paths and its table, or the rest of
/// its values, so those names are taken with it.
#[derive(Debug, Default)]
pub(crate) struct TypeScope(Scope);

impl TypeScope {
    fn around(name: &str) -> [String; 4] {
        [
            name.to_owned(),
            format!("{name}Paths"),
            format!("{name}Attributes"),
            format!("Unknown{name}"),
        ]
    }

    /// Takes a name and what belongs to it; `false` if any of them was taken before.
    pub(crate) fn claim(&mut self, name: &str) -> bool {
        let names = Self::around(name);
        let free = names.iter().all(|name| !self.0.has(name));
        if free {
            for name in &names {
                self.0.claim(name);
            }
        }
        free
    }

    /// Takes the name, or the first of `Name2`, `Name3`, ... that is free.
    pub(crate) fn claim_numbered(&mut self, name: &str) -> String {
        if self.claim(name) {
            return name.to_owned();
        }
        let mut number = 2_u64;
        loop {
            let candidate = format!("{name}{number}");
            if self.claim(&candidate) {
                return candidate;
            }
            number += 1;
        }
    }
}

/// Longer names are cut, in characters of snake case: a file is called after a type, and a line of
/// generated code holds a name or two. No real schema comes near, but in the names of fields.
const LONGEST_TYPE: usize = 56;
const LONGEST_FIELD: usize = 80;

/// What is read of a name. It costs time to look for words that repeat.
const LONGEST_READ: usize = 240;

/// The name of a field: snake case, with a trailing underscore where it would be a keyword or clash
/// with a field that every struct has.
#[must_use]
pub fn field(name: &str) -> String {
    let snake = ascii(&oauth_as_one_word(name)).to_snake_case();
    match cut(&snake, LONGEST_FIELD) {
        "" => "attribute".to_owned(),
        "extra" => "extra_".to_owned(),
        word if KEYWORDS.contains(&word) => format!("{word}_"),
        word if word.starts_with(|c: char| c.is_ascii_digit()) => format!("_{word}"),
        word => word.to_owned(),
    }
}

/// The words of a snake case name that fit, at least a part of the first.
fn cut(snake: &str, longest: usize) -> &str {
    let Some(head) = snake.get(..longest).filter(|_| snake.len() > longest) else {
        return snake;
    };
    match head.rsplit_once('_') {
        Some((words, _)) => words,
        None => head,
    }
}

/// OAuth is one word to its readers, but two to the rule that upper case begins a word.
fn oauth_as_one_word(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest
        .find("OAuth")
        .or_else(|| rest.starts_with("oAuth").then_some(0))
    {
        let (before, found) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let (word, after) = found.split_at_checked("OAuth".len()).unwrap_or((found, ""));
        text.push_str(before);
        if after.starts_with(|c: char| c.is_ascii_lowercase()) {
            text.push_str(word);
        } else {
            text.push_str(if before.is_empty() && word.starts_with('o') {
                "oauth"
            } else {
                "Oauth"
            });
        }
        rest = after;
    }
    text + rest
}

/// The name of a module, which is not that of the module around it or in it, nor of the runtime that
/// stands beside it in a crate for a service provider.
#[must_use]
pub fn module(type_name: &str, root: &str) -> String {
    let name = field(type_name);
    match name == root || matches!(name.as_str(), "scim_client" | "scim_models") || name == "impls"
    {
        true => name + "_",
        false => name,
    }
}

/// A type name, with `suffix` where the plain one means something else to every reader of Rust.
#[must_use]
pub fn type_name(name: &str, suffix: &str) -> String {
    let camel = short(without_echo(&upper_camel(name)));
    if TYPES.contains(&camel.as_str()) {
        camel + suffix
    } else {
        camel
    }
}

/// The words of a type name that fit.
fn short(camel: String) -> String {
    let snake = camel.to_snake_case();
    match cut(&snake, LONGEST_TYPE) {
        whole if whole.len() == snake.len() => camel,
        words => words.to_upper_camel_case(),
    }
}

/// The name of the struct for the values of a complex attribute.
pub(crate) fn complex(attribute: &str, multi_valued: bool) -> String {
    let name = if multi_valued {
        singular::of(attribute)
    } else {
        attribute.to_owned()
    };
    type_name(&name, "Value")
}

/// One type name made of two, without saying a word twice: `Email` and `emailType` are `EmailType`.
pub(crate) fn joined(first: &str, second: &str) -> String {
    let second = upper_camel(second);
    let within = format!("_{}_", second.to_snake_case());
    if within.contains(&format!("_{}_", first.to_snake_case())) && within.len() > first.len() + 2 {
        return short(second);
    }
    short(without_echo(&format!("{first}{second}")))
}

/// The variant for a canonical value. Never `Other` for a value that does not say so, because SCIM
/// has canonical values called "other".
pub(crate) fn variant(value: &str) -> String {
    let mut words = String::with_capacity(value.len());
    let mut previous = ' ';
    for c in value.chars().take(LONGEST_READ) {
        match c {
            '+' => words.push_str(" plus "),
            '&' => words.push_str(" and "),
            '%' => words.push_str(" percent "),
            '#' => words.push_str(" sharp "),
            '@' => words.push_str(" at "),
            '*' => words.push_str(" star "),
            '-' if !previous.is_alphanumeric() => words.push_str(" minus "),
            c if c.is_ascii_alphanumeric() => words.push(c),
            _ => words.push(' '),
        }
        previous = c;
    }
    let camel = short(words.to_upper_camel_case());
    match camel.as_str() {
        "" => "Blank".to_owned(),
        "Self" => "SelfValue".to_owned(),
        word if word.starts_with(|c: char| c.is_ascii_digit()) => format!("V{word}"),
        _ => camel,
    }
}

/// The words of a URN that tell one schema from another, from right to left: its last segment, then
/// what stands before it, without the segments that every URN has.
pub(crate) fn urn_words(urn: &str) -> Vec<String> {
    const COMMON: [&str; 7] = [
        "urn",
        "ietf",
        "params",
        "scim",
        "schemas",
        "core",
        "extension",
    ];
    let version = |s: &str| {
        s.chars()
            .all(|c| c.is_ascii_digit() || c == '.' || c == 'v')
    };
    urn.split([':', '/'])
        .rev()
        .filter(|segment| {
            !version(segment) && !COMMON.contains(&segment.to_ascii_lowercase().as_str())
        })
        .map(upper_camel)
        .collect()
}

/// The plural that an endpoint of such resources most likely has.
#[must_use]
pub fn plural(name: &str) -> String {
    let vowel = |c: char| "aeiou".contains(c);
    match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(vowel) => format!("{stem}ies"),
        _ => format!("{name}s"),
    }
}

/// Upper camel case of any text; `Schema` where nothing of it can be part of a name.
fn upper_camel(text: &str) -> String {
    let camel = ascii(text).to_upper_camel_case();
    match camel.chars().next() {
        None => "Unnamed".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("V{camel}"),
        Some(_) => camel,
    }
}

/// Only what Rust and every reader's keyboard accept in a name.
fn ascii(text: &str) -> String {
    text.chars()
        .take(LONGEST_READ)
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect()
}

/// Removes a group of words that repeats the group before it: `UserUser` is `User`.
fn without_echo(camel: &str) -> String {
    let snake = camel.to_snake_case();
    let mut words: Vec<&str> = snake.split('_').collect();
    let before = words.len();
    let mut size = words.len() / 2;
    while size > 0 {
        let echo = words
            .windows(2 * size)
            .position(|pair| pair.get(..size) == pair.get(size..));
        match echo {
            Some(start) => {
                words.drain(start..start + size);
                size = size.min(words.len() / 2);
            }
            None => size -= 1,
        }
    }
    if words.len() == before {
        camel.to_owned()
    } else {
        words.join("_").to_upper_camel_case()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        let cases = [
            ("userName", "user_name"),
            ("x509Certificates", "x509_certificates"),
            ("$ref", "ref_"),
            ("type", "type_"),
            ("self", "self_"),
            ("crate", "crate_"),
            ("super", "super_"),
            ("async", "async_"),
            ("gen", "gen_"),
            ("a-b", "a_b"),
            ("_a", "a"),
            ("__x_info", "x_info"),
            ("1a", "_1a"),
            ("é", "attribute"),
            ("extra", "extra_"),
            ("CACertChain", "ca_cert_chain"),
            ("ProjectName", "project_name"),
            ("--", "attribute"),
            ("oAuth2Client", "oauth2_client"),
            ("myOAuthClients", "my_oauth_clients"),
            ("fidoAuthentication", "fido_authentication"),
            ("_", "attribute"),
            ("extra", "extra_"),
        ];
        for (name, expected) in cases {
            assert_eq!(field(name), expected, "{name}");
        }
    }

    #[test]
    fn a_long_name_may_be_cut_to_a_word_that_is_taken() {
        for (word, expected) in [("extra", "extra_"), ("type", "type_"), ("plain", "plain")] {
            let name = format!("{word}_{}", "x".repeat(LONGEST_FIELD));
            assert_eq!(field(&name), expected, "{name}");
        }
    }

    #[test]
    fn complex_types() {
        let cases = [
            ("emails", "Email"),
            ("addresses", "Address"),
            ("x509Certificates", "X509Certificate"),
            ("phoneNumbers", "PhoneNumber"),
            ("ims", "Im"),
            ("entitlements", "Entitlement"),
            ("authenticationSchemes", "AuthenticationScheme"),
            ("options", "OptionValue"),
            ("members", "Member"),
        ];
        for (name, expected) in cases {
            assert_eq!(complex(name, true), expected, "{name}");
        }
        assert_eq!(complex("settings", false), "Settings");
    }

    #[test]
    fn variants() {
        let cases = [
            ("work", "Work"),
            ("other", "Other"),
            ("Asia/Shanghai", "AsiaShanghai"),
            ("+1", "Plus1"),
            ("-1", "Minus1"),
            ("3DES", "V3des"),
            ("SHA-256", "Sha256"),
            ("zh-CN", "ZhCn"),
            ("RSA-v1.5", "RsaV15"),
            ("Business Unit", "BusinessUnit"),
            ("", "Blank"),
            ("self", "SelfValue"),
            ("urn:ietf:x", "UrnIetfX"),
            ("é", "Blank"),
        ];
        for (value, expected) in cases {
            assert_eq!(variant(value), expected, "{value}");
        }
    }

    #[test]
    fn no_word_twice() {
        assert_eq!(type_name("ExtensionUserUser", "Resource"), "ExtensionUser");
        assert_eq!(
            type_name("AppTemplateAppTemplate", "Resource"),
            "AppTemplate"
        );
        assert_eq!(
            type_name("OCITags", "Resource"),
            "OCITags".to_upper_camel_case()
        );
        assert_eq!(joined("Email", "emailType"), "EmailType");
        assert_eq!(joined("Email", "type"), "EmailType");
        assert_eq!(
            joined("Pagination", "defaultPaginationMethod"),
            "DefaultPaginationMethod"
        );
        assert_eq!(type_name("Option", "Resource"), "OptionResource");
    }

    #[test]
    fn urns() {
        assert_eq!(
            urn_words("urn:ietf:params:scim:schemas:oracle:idcs:extension:posix:User"),
            ["User", "Posix", "Idcs", "Oracle"]
        );
        assert_eq!(
            urn_words("urn:scim:schemas:extension:2.0.1:Foo-Bar_baz"),
            ["FooBarBaz"]
        );
    }

    #[test]
    fn long_names_are_cut_between_words() {
        let name = "VeryLong".repeat(1000);
        assert_eq!(field(&name), ["very_long"; 8].join("_"));
        assert_eq!(type_name(&name, "Resource"), "VeryLong");
        assert_eq!(type_name(&"x".repeat(1000), "Resource").len(), LONGEST_TYPE);
        let words: String = (0..100).map(|number| format!("Part{number}")).collect();
        assert_eq!(
            joined(&words, "type"),
            "Part0Part1Part2Part3Part4Part5Part6Part7Part8"
        );
        assert!(variant(&words).len() <= LONGEST_TYPE);
    }

    #[test]
    fn taken_names_are_numbered() {
        let mut scope = Scope::default();
        let names: Vec<_> = (0..3).map(|_| scope.claim_numbered("a_b", "_")).collect();
        assert_eq!(names, ["a_b", "a_b_2", "a_b_3"]);
        let names: Vec<_> = (0..2).map(|_| scope.claim_numbered("ref_", "_")).collect();
        assert_eq!(names, ["ref_", "ref_2"]);
    }
}
