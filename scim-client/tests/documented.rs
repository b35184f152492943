//! The types that people use most say how: each of their public methods is called by an example in their
//! documentation, and each that can fail says when.
//!
//! Examples run as tests of the documentation; this one counts them. It reads the source as rustfmt leaves
//! it: an item of an `impl` begins four columns in, and its documentation stands right above it.

#[path = "documented/items.rs"]
mod items;

use std::{collections::BTreeMap, path::Path};

use items::Source;

/// Where a type is, and its name: the operations, what they give, and what they are made of.
const TYPES: [(&str, &str); 62] = [
    ("scim-client/src", "Client"),
    ("scim-client/src", "ClientBuilder"),
    ("scim-client/src", "ClientCredentials"),
    ("scim-client/src", "Tls"),
    ("scim-client/src", "RateLimit"),
    ("scim-client/src", "RetryPolicy"),
    ("scim-client/src", "RequestOptions"),
    ("scim-client/src", "Resources"),
    ("scim-client/src", "Me"),
    ("scim-client/src", "OperationBuilder"),
    ("scim-client/src", "Get"),
    ("scim-client/src", "Query"),
    ("scim-client/src", "Results"),
    ("scim-client/src", "Pages"),
    ("scim-client/src", "Replace"),
    ("scim-client/src", "PatchResource"),
    ("scim-client/src", "Update"),
    ("scim-client/src", "Delete"),
    ("scim-client/src", "CreatedOrFound"),
    ("scim-client/src", "RawRequest"),
    ("scim-client/src", "Bulk"),
    ("scim-client/src", "BulkResources"),
    ("scim-client/src", "BulkReference"),
    ("scim-client/src", "BulkResults"),
    ("scim-client/src", "BulkOutcome"),
    ("scim-client/src", "BulkSuccess"),
    ("scim-client/src", "Provider"),
    ("scim-client/src", "Response"),
    ("scim-client/src", "Receipt"),
    ("scim-client/src", "Steps"),
    ("scim-client/src", "Error"),
    ("scim-client/src", "NotApplied"),
    ("scim-models/src/resource", "Stored"),
    ("scim-models/src/dynamic", "Stored"),
    ("scim-models/src/resource", "Partial"),
    ("scim-models/src/dynamic", "Partial"),
    ("scim-models/src/filter", "Filter"),
    ("scim-models/src/evaluate", "Filter"),
    ("scim-models/src/filter", "FilterOptions"),
    ("scim-models/src/typed", "Attr"),
    ("scim-models/src/typed", "Condition"),
    ("scim-models/src/patch", "Patch"),
    ("scim-models/src/patch", "PatchOp"),
    ("scim-models/src/message", "SearchRequest"),
    ("scim-models/src/message", "ListResponse"),
    ("scim-models/src/profile", "Profile"),
    ("scim-models/src/model", "Extra"),
    ("scim-models/src/model", "Json"),
    ("scim-models/src/value", "DateTime"),
    ("scim-models/src/value", "Decimal"),
    ("scim-models/src/value", "Binary"),
    ("scim-models/src/value", "Reference"),
    ("scim-provider/src/provider", "ServiceProvider"),
    ("scim-provider/src/builder", "ServiceProviderBuilder"),
    ("scim-provider/src/testing", "ServiceProvider"),
    ("scim-provider/src/testing", "ServiceProviderBuilder"),
    ("scim-provider/src/testing", "Misbehaviour"),
    ("scim-provider/src/memory", "MemoryStore"),
    ("scim-provider/src/refusal", "Refusal"),
    ("scim-provider/src/precondition", "Preconditions"),
    ("scim-tester/src/suite", "Suite"),
    ("scim-tester/src/report", "Report"),
];

/// Methods without an example, and why.
const EXCUSED: [(&str, &str, &str); 1] = [(
    "Tls",
    "crypto_provider",
    "what it takes is of rustls, which is not among what the examples can use",
)];

/// What the crates document, by crate.
fn sources() -> BTreeMap<&'static str, Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    ["scim-client", "scim-models", "scim-provider", "scim-tester"]
        .map(|package| (package, Source::read(&root, &format!("{package}/src"))))
        .into()
}

#[test]
fn methods_have_examples_and_say_how_they_fail() {
    let sources = sources();
    let (mut count, mut wrong) = (0, Vec::new());
    for (place, name) in TYPES {
        let source = &sources[place.split('/').next().unwrap()];
        // A type's own page shows the examples of all its `impl` blocks.
        let examples = source.examples_of(name);
        let methods: Vec<_> = source.methods_of(place, name).collect();
        if methods.is_empty() {
            wrong.push(format!("{place}: `{name}` has no methods: has it moved?"));
        }
        for method in methods {
            count += 1;
            let at = format!("{}: `{name}::{}`", method.file, method.name);
            let excused = EXCUSED
                .iter()
                .any(|(of, excused, _)| *of == name && *excused == method.name);
            if items::calls(&examples, &method.name) == excused {
                wrong.push(match excused {
                    true => format!("{at} has an example, and is listed as having none"),
                    false => format!("{at} is in no example of the type"),
                });
            }
            if method.can_fail() && !method.docs.contains("# Errors") {
                wrong.push(format!("{at} can fail, and has no section `# Errors`"));
            }
            if method.docs.trim().is_empty() {
                wrong.push(format!("{at} says nothing"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 350, "only {count} methods were found");
    println!("documented: {count} methods of {} types", TYPES.len());
}

/// What people look for by another name leads to what there is.
#[test]
fn other_names_lead_there() {
    let sources = sources();
    let missing: Vec<_> = [
        "upsert",
        "contains",
        "starts_with",
        "ends_with",
        "if_match",
        "etag",
        "proxy",
        "tls",
        "mock",
        "pagination",
        "retry",
        "throttle",
        "backoff",
        "conflict",
        "put",
        "post",
        "list",
        "batch",
        "select",
        "where",
        "order_by",
        "token",
        "mtls",
        "middleware",
        "404",
        "429",
    ]
    .into_iter()
    .filter(|name| {
        let told = |source: &Source| {
            source.aliases.iter().any(|alias| alias == name)
                || source.methods.iter().any(|method| method.name == *name)
        };
        !sources.values().any(told)
    })
    .collect();
    assert!(missing.is_empty(), "nothing is found for {missing:?}");
}

/// The guard itself: it sees what it should.
#[test]
fn what_lacks_an_example_is_seen() {
    let source = Source::of(
        "thing.rs",
        "/// ```\n/// thing.told();\n/// ```\npub struct Thing<T> {\n}\n\nimpl<T: Fn() -> u8> Thing<T> {\n    \
         /// Told.\n    pub fn told(&self) {}\n\n    /// Not.\n    ///\n    /// # Errors\n    /// Always.\n    \
         #[must_use]\n    pub fn untold(\n        self,\n    ) -> Result<(), Error> {\n    }\n\n    /// Hidden.\n    \
         #[doc(hidden)]\n    pub fn hidden(&self) {}\n\n    pub async fn silent(&self) -> Option<Result<u8, u8>> {}\n}\n\n\
         impl<T> Other for Thing<T> {\n    pub fn not_ours() {}\n}\n",
    );
    let examples = source.examples_of("Thing");
    let seen: Vec<_> = source
        .methods_of("", "Thing")
        .map(|method| {
            let name = method.name.as_str();
            (
                name,
                items::calls(&examples, name),
                method.can_fail(),
                method.docs.contains("# Errors"),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("told", true, false, false),
            ("untold", false, true, true),
            ("silent", false, true, false),
        ]
    );
}
