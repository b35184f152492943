//! Every public type is either among those whose `Debug` is looked at, or listed here as one that
//! holds nothing that must not be shown.

use std::{collections::BTreeSet, fs, path::Path};

/// Types without text from outside, with nothing but attributes that a type knows, or without
/// `Debug`.
const PLAIN: &[&str] = &[
    // Facts of a schema, a profile or a protocol.
    "Responses",
    "Attribute",
    "AttributeFacts",
    "AttributePath",
    "BulkMethod",
    "Capabilities",
    "DataType",
    "Descriptor",
    "Dialect",
    "DiscoveryEndpoints",
    "Described",
    "Extension",
    "ExtensionOf",
    "Found",
    "Published",
    "ResourceKind",
    "ResourceType",
    "ResourceTypes",
    "Table",
    "Drift",
    "DriftKind",
    "DriftReport",
    "Fact",
    "FilterRules",
    "Kind",
    "Limits",
    "Profile",
    "ScimType",
    "SortOrder",
    "Values",
    // Insides of the models, and types whose `Debug` has names and sizes only.
    "Asked",
    "Claims",
    "NoEscape",
    "Bytes",
    "Context",
    "Envelope",
    "For",
    "Layers",
    "Members",
    "Name",
    "Names",
    "Next",
    "NotApplied",
    "Preparation",
    "Problems",
    "Reader",
    "Resolved",
    "Unapplied",
    "Visible",
    // Types known at run time: names and rules, no values.
    "AttributeErrorKind",
    "Described",
    "ExtensionOf",
    "Published",
    "ResourceType",
    "ResourceTypes",
    "TypesError",
    // Options.
    "ApplyOptions",
    "FilterOptions",
    "MaxBody",
    "ComplexValues",
    "ElementValues",
    "Identity",
    "NoMatch",
    "ReadOnlyValues",
    "Removal",
    "RemovedValues",
    "RetryPolicy",
    "RateLimit",
    "Unknown",
    // Errors that name attributes, positions and rules.
    "BinaryError",
    "DecimalError",
    "DiffError",
    "DiffErrorKind",
    "ErrorKind",
    "ExtensionError",
    "FilterCheckError",
    "FilterError",
    "FilterRule",
    "InvalidBulk",
    "NotProcessed",
    "PatchError",
    "PatchErrorKind",
    "PathError",
    "PlanError",
    "PlanErrorKind",
    "Problem",
    "ProblemKind",
    "ProfileError",
    "AttributeErrorKind",
    "DateTimeError",
    "SearchRequestError",
    "TypesError",
    "SyntaxError",
    "TransportError",
    "TransportErrorKind",
    "WrongType",
    // Where something is, and what came of it.
    "Accepted",
    "BulkHandle",
    "BulkReference",
    "CreatedOrFound",
    "Deferred",
    "Meta",
    "Provider",
    "Receipt",
    "Written",
    // Values of attributes that a type knows.
    "Any",
    "Binary",
    "DateTime",
    "Decimal",
    "ReadOnly",
    "Reference",
    "Timestamp",
    "UnknownValue",
    // For the crates of this family only, and never in anything that is shown.
    "Bytes",
    "Context",
    "Envelope",
    "For",
    "Layers",
    "Members",
    "Next",
    "Problems",
    "Reader",
    "Resolved",
    "Visible",
    "LocalTimer",
    "LocalTransport",
    "Probe",
    // What an `OperationBuilder` has inside, which shows none of it.
    "BulkVerb",
    "Complete",
    "CreateOrGetVerb",
    "Creates",
    "DeleteVerb",
    "DiscoverVerb",
    "GetVerb",
    "NoRefetch",
    "Patches",
    "Projection",
    "QueryVerb",
    "RawVerb",
    "Replaces",
    "RespondAsync",
    "Updates",
    "WholeResource",
    "Named",
    "RequestBody",
    "Write",
    "WriteVerb",
    // Steps, operators and markers; paths of types.
    "Attr",
    "Boolean",
    "Canonical",
    "Complex",
    "Condition",
    "Immutable",
    "ImmutableAttribute",
    "Index",
    "ItemReader",
    "ManyPlaces",
    "MetaPaths",
    "NoFields",
    "OnePlace",
    "Op",
    "Operator",
    "Over",
    "Optional",
    "PartialViews",
    "Place",
    "ReadOnlyAttribute",
    "ReadWrite",
    "Required",
    "RequiredValues",
    "Scalar",
    "Slot",
    "Sub",
    "Subject",
    "TargetParts",
    "Text",
    "TokioTimer",
    "ValuePath",
    "ValueSubPath",
    "WriteOnlyAttribute",
    // What shows paths and sizes only, or has no `Debug`.
    "Element",
    "Elements",
    "End",
    "NotApplied",
    "Unapplied",
    // The service provider: attributes and SQL that the program wrote, versions, sizes, names of
    // attributes, and what a client is told.
    "provider::Abilities",
    "provider::Accept",
    "provider::Aimed",
    "provider::Column",
    "provider::Disconnected",
    "provider::GroupOf",
    "provider::MemoryStore",
    "provider::Misbehaviour",
    "provider::Rule",
    "provider::Tables",
    "provider::TableStore",
    "provider::UnfitColumn",
    "provider::UniqueValue",
    // By the names of the same in `testing`, which are looked at above.
    "provider::Query",
    "provider::ReceivedRequest",
    "provider::Server",
    "provider::Session",
    // The tester: levels and forms, and an exchange, which shows names and sizes.
    "tester::Counts",
    "tester::Exchange",
    "tester::Force",
    "tester::Format",
    "tester::Level",
    "tester::Profile",
    "tester::Target",
    // Schema documents, which everybody may read, and what is made of them.
    "schema::Attribute",
    "schema::Change",
    "schema::ComplexType",
    "schema::Diagnostic",
    "schema::Diagnostics",
    "schema::Draft",
    "schema::Extension",
    "schema::Fault",
    "schema::FolderError",
    "schema::Kind",
    "schema::Member",
    "schema::Model",
    "schema::Mutability",
    "schema::Node",
    "schema::OpenEnum",
    "schema::ParseError",
    "schema::Reading",
    "schema::Resource",
    "schema::ResourceType",
    "schema::Returned",
    "schema::Role",
    "schema::Schema",
    "schema::Scope",
    "schema::ServiceProvider",
    "schema::Severity",
    "schema::Source",
    "schema::SourceKind",
    "schema::Uniqueness",
    "schema::Value",
    "schema::Variant",
];

fn public_types(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // Generated types are all the same.
            if !path.ends_with("generated") {
                public_types(&path, found);
            }
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        for line in fs::read_to_string(&path).unwrap().lines() {
            let line = line.trim_start();
            let item = ["pub struct ", "pub enum "]
                .iter()
                .find_map(|start| line.strip_prefix(start));
            let name = item.and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next());
            // Names of attributes are in lower case.
            if let Some(name) = name.filter(|name| name.starts_with(char::is_uppercase)) {
                found.insert(name.to_owned());
            }
        }
    }
}

#[test]
fn no_public_type_is_forgotten() {
    let mut all = BTreeSet::new();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["src", "../scim-models/src"] {
        public_types(&here.join(folder), &mut all);
    }
    // Those of the other crates that a program has in its hands, by the name of the crate: several are
    // called as one here is.
    for (folder, prefix) in [
        ("../scim-provider/src", "provider"),
        ("../scim-tester/src", "tester"),
        ("../scim-schema/src", "schema"),
    ] {
        let mut own = BTreeSet::new();
        public_types(&here.join(folder), &mut own);
        assert!(own.len() > 10, "{own:?}");
        all.extend(own.into_iter().map(|name| format!("{prefix}::{name}")));
    }
    assert!(all.len() > 100, "{all:?}");
    let shown = super::debug::shown();
    let known: BTreeSet<&str> = shown.names().chain(PLAIN.iter().copied()).collect();
    let forgotten: Vec<_> = all
        .iter()
        .filter(|name| !known.contains(name.as_str()))
        .collect();
    assert!(
        forgotten.is_empty(),
        "show them in tests/secrets/debug.rs, or say in PLAIN that they hold no secret: {forgotten:?}"
    );
    let gone: Vec<_> = PLAIN.iter().filter(|name| !all.contains(**name)).collect();
    assert!(gone.is_empty(), "{gone:?}");
}
