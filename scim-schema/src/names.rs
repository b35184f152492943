//! Rust names for SCIM names. Every function depends only on its arguments, so that the same
//! documents always give the same names.

mod choose;
mod reserved;
mod singular;
mod variant;
mod words;

use std::collections::BTreeSet;

use heck::{ToSnakeCase, ToUpperCamelCase};

use self::reserved::{KEYWORDS, MODULES, TYPES};

pub(crate) use self::choose::{Taken, alone, choose};
pub use self::choose::{digest, distinct};
pub(crate) use self::variant::{is_variant, variants};

/// Returns whether a text can be the name of an attribute (RFC 7643 §2.1): a letter, then letters,
/// digits, `$`, `-` and `_`; or `$ref`.
#[must_use]
pub fn is_attribute_name(name: &str) -> bool {
    name == "$ref"
        || name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '$' | '-' | '_'))
}

/// Returns whether a text can be an identifier of Rust, without `r#`.
#[must_use]
pub fn is_identifier(name: &str) -> bool {
    let mut rest = name.chars();
    let first = rest.next();
    first.is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && rest.all(unicode_ident::is_xid_continue)
        && !KEYWORDS.contains(&name)
        && name != "Self"
}

/// Returns whether a schema's URN says that it is an extension.
pub(crate) fn is_extension_urn(urn: &str) -> bool {
    urn.to_ascii_lowercase().contains(":extension:")
}

/// Returns whether that is the URI of a schema and no name of an attribute.
pub(crate) fn is_urn(name: &str) -> bool {
    let urn = name
        .get(..4)
        .is_some_and(|urn| urn.eq_ignore_ascii_case("urn:"));
    urn || name.contains("://")
}

/// A set of names that are taken, compared without regard to case.
#[derive(Debug, Default, Clone)]
pub struct Scope(BTreeSet<String>);

impl Scope {
    /// Takes a name; `false` if it was taken before.
    pub fn claim(&mut self, name: &str) -> bool {
        self.0.insert(name.to_lowercase())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(&name.to_lowercase())
    }
}

/// The names that a type of a generated module takes: beside it stand its paths, or the rest of its
/// values.
pub(crate) fn around_type(name: &str) -> Vec<String> {
    vec![
        name.to_owned(),
        format!("{name}Paths"),
        format!("Unknown{name}"),
    ]
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
    let snake = snake(&plain(&oauth_as_one_word(name)));
    match cut(&snake, LONGEST_FIELD) {
        "" => "attribute".to_owned(),
        "extra" => "extra_".to_owned(),
        word if KEYWORDS.contains(&word) => format!("{word}_"),
        word if !word.starts_with(unicode_ident::is_xid_start) => format!("_{word}"),
        word => word.to_owned(),
    }
}

/// What the field of an attribute may be called, the best first; each follows from the attribute's
/// name alone.
pub(crate) fn fields(name: &str) -> Vec<String> {
    let plain = field(name);
    let stem = plain.trim_end_matches('_');
    let mut wishes = vec![plain.clone()];
    wishes.extend(words::spelling(name, false).map(|how| format!("{stem}_{}", snake(&how))));
    // Attributes have the same name whatever its case (RFC 7643 §2.1).
    wishes.push(format!("{stem}_{}", digest(&name.to_ascii_lowercase())));
    wishes
}

/// The words of a snake case name that fit, at least a part of the first.
fn cut(snake: &str, longest: usize) -> &str {
    let mut end = longest.min(snake.len());
    while !snake.is_char_boundary(end) {
        end -= 1;
    }
    let Some(head) = snake.get(..end).filter(|head| head.len() < snake.len()) else {
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

/// The name of a module. It differs from that of the module around it, and from modules that every
/// crate or the module itself has. It is in ASCII, because it is also the name of a file.
#[must_use]
pub fn module(type_name: &str, root: &str) -> String {
    let name = words::ascii(&field(type_name));
    match name == root || MODULES.contains(&name.as_str()) {
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

/// What the struct for the values of a complex attribute may be called, the best first; each follows
/// from the names of the attribute and of those around it alone.
pub(crate) fn complexes(plain: &str, multi_valued: bool, path: &str) -> Vec<String> {
    let kind = if multi_valued { "Item" } else { "Single" };
    vec![
        plain.to_owned(),
        ending(plain, "Value"),
        ending(plain, kind),
        with_digest(plain, path),
    ]
}

/// What an open enum may be called, the best first; each follows from the names of the attribute and
/// of those around it alone.
pub(crate) fn enums(plain: &str, path: &str) -> Vec<String> {
    vec![
        plain.to_owned(),
        ending(plain, "Choice"),
        with_digest(plain, path),
    ]
}

/// A type name that no other thing has.
pub(crate) fn with_digest(plain: &str, thing: &str) -> String {
    ending(plain, &format!("X{}", digest(&thing.to_ascii_lowercase())))
}

/// A type name with this at its end, which is not much longer than a type name may be.
fn ending(plain: &str, end: &str) -> String {
    let mut at = plain.len().min(LONGEST_TYPE - 10);
    while !plain.is_char_boundary(at) {
        at -= 1;
    }
    match plain
        .get(..at)
        .filter(|_| plain.len() + end.len() > LONGEST_TYPE)
    {
        Some(head) => format!("{head}{end}"),
        None => format!("{plain}{end}"),
    }
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

/// The plural of a resource type's name, as an endpoint most likely has it.
#[must_use]
pub fn plural(name: &str) -> String {
    singular::plural(name)
}

/// Upper camel case of any text; `Unnamed` where nothing of it can be part of a name.
fn upper_camel(text: &str) -> String {
    let camel = camel(&plain(text));
    match camel.chars().next() {
        None => "Unnamed".to_owned(),
        Some(first) if !unicode_ident::is_xid_start(first) => format!("V{camel}"),
        Some(_) => camel,
    }
}

/// What of a text can stand in a name, and blanks.
fn plain(text: &str) -> String {
    let kept = |c: char| if words::usable(c) { c } else { ' ' };
    let characters = words::composed(text).into_iter();
    characters.take(LONGEST_READ).map(kept).collect()
}

/// Words in upper camel case. A word with a mark that is no letter, as some scripts write vowels, has
/// no letters of two cases, and its marks would be lost.
fn camel(words: &str) -> String {
    let one = |word: &str| match word.chars().all(char::is_alphanumeric) {
        true => word.to_upper_camel_case(),
        false => word.to_owned(),
    };
    words.split(' ').map(one).collect()
}

/// Words in snake case, as [`camel`].
fn snake(words: &str) -> String {
    let one = |word: &str| match word.chars().all(char::is_alphanumeric) {
        true => word.to_snake_case(),
        false => word.to_lowercase(),
    };
    let words: Vec<String> = words
        .split(' ')
        .map(one)
        .filter(|w| !w.is_empty())
        .collect();
    words.join("_")
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
    fn names_of_fields() {
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
            ("é", "é"),
            ("Größe", "größe"),
            ("Gro\u{308}ße", "größe"),
            ("名前", "名前"),
            ("हिन्दी", "हिन्दी"),
            ("😀", "attribute"),
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
    fn attributes_of_one_name_are_told_apart_by_their_spelling() {
        let second = |name: &str| fields(name).into_iter().nth(1).unwrap();
        let cases = [
            ("cost-center", "cost_center_hyphen"),
            ("cost_center", "cost_center_underscore"),
            ("costCenter", "cost_center_mixed"),
            ("$ref", "ref_dollar"),
            ("ref", "ref_lower"),
        ];
        for (name, expected) in cases {
            assert_eq!(second(name), expected, "{name}");
        }
        assert_eq!(fields(&"-".repeat(9)).len(), 2);
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
    }
}
