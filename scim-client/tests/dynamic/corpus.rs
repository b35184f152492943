//! The schemas of real service providers, where they are at hand.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use proptest::prelude::*;
use scim_client::{
    Meta, Stored,
    dynamic::{ResourceType, ResourceTypes},
    json::{Problem, ProblemKind},
    model::{Attribute, Mutability},
    patch::{self, ApplyOptions, Unknown},
};

use crate::common::filler::{self, Random};

/// Every resource type of every document that can be read.
fn types() -> Vec<(String, ResourceType)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpus");
    let mut found = Vec::new();
    let Ok(vendors) = fs::read_dir(root) else {
        // Where the runner of tests does not keep it.
        let _ = writeln!(
            io::stderr(),
            "skipped: documents of vendors, which are not in the repository"
        );
        return found;
    };
    let mut files = Vec::new();
    vendors
        .flatten()
        .for_each(|vendor| collect(&vendor.path(), &mut files));
    files.sort();
    let mut refused = 0;
    for file in files {
        match ResourceTypes::from_folder(&file) {
            Ok((types, _)) => {
                let name = file.display().to_string();
                found.extend(types.iter().map(|one| (name.clone(), one.clone())));
            }
            Err(_) => refused += 1,
        }
    }
    println!(
        "{} resource types; {refused} documents refused",
        found.len()
    );
    assert!(found.len() > 20);
    found
}

fn collect(path: &Path, files: &mut Vec<std::path::PathBuf>) {
    if let Ok(entries) = fs::read_dir(path) {
        entries
            .flatten()
            .for_each(|entry| collect(&entry.path(), files));
    } else if path.extension().is_some_and(|found| found == "json") {
        files.push(path.to_owned());
    }
}

#[test]
fn full_resources_go_there_and_back() {
    let (mut whole, mut changed) = (0, 0);
    let types = types();
    let all = types.len();
    // Said by `types`: a clone of the repository has no documents of vendors.
    if all == 0 {
        return;
    }
    for (file, kind) in types {
        let place = format!("{} of {file}", kind.name());
        for seed in 0..8 {
            let mut before = kind.new_resource();
            filler::fill(&mut before, &mut Random(seed));
            let stored = Stored::from_parts("1", Meta::default(), before.clone());
            match kind.stored_from_json(&stored.to_json()) {
                Ok(read) => {
                    assert_eq!(read.to_json(), stored.to_json(), "{place}");
                    whole += 1;
                }
                // What is required and never returned does not come back.
                Err(error) => {
                    let mut problems = error.places().iter();
                    let is_secret = |problem: &Problem| {
                        let found = kind.path(problem.path()).is_ok();
                        found && *problem.kind() == ProblemKind::MissingRequired
                    };
                    assert!(problems.all(is_secret), "{place}: {error}");
                }
            }
            let mut after = before.clone();
            filler::change(&mut after, &mut Random(seed + 100));
            let patch = match patch::diff(&before, &after) {
                Ok(patch) => patch.to_message(),
                // Names that no path can have.
                Err(_) => continue,
            };
            let options = ApplyOptions::default().with_unknown(Unknown::Keep);
            let mut applied = before.clone();
            if let Err(error) = patch.apply(&mut applied, &options) {
                // The filler leaves out what is required and readOnly.
                let detail = error.detail();
                assert!(
                    detail.contains("is required and missing"),
                    "{place}: {error}"
                );
                continue;
            }
            changed += 1;
            let rest = patch::diff(&applied, &after).unwrap();
            // What only the service provider sets is lost where an element is replaced.
            let mut left = rest.operations().iter();
            let is_set_there = |operation: &patch::Operation| {
                let path = operation.path.as_ref().and_then(|path| path.attribute());
                let mut all = kind.attributes();
                all.any(|one| {
                    let read_only = one.attribute().mutability() == Mutability::ReadOnly;
                    let of = one.parent().map(Attribute::name);
                    read_only
                        && of.is_some()
                        && of == path.map(scim_client::attribute_path::AttributePath::name)
                })
            };
            assert!(left.all(is_set_there), "{place}: {:?}", rest.operations());
        }
        let again = ResourceTypes::from_json(&format!(
            "[{}]",
            std::iter::once(kind.resource_type_document())
                .chain([kind.schema_document()])
                .chain(kind.extension_documents().map(|(_, document)| document))
                .map(|document| document.as_str().to_owned())
                .collect::<Vec<_>>()
                .join(",")
        ));
        let again = again.unwrap_or_else(|error| panic!("{place}: {error}"));
        let again = again.find(kind.name()).unwrap();
        assert!(
            std::ptr::eq(again.descriptor(), kind.descriptor()),
            "{place}"
        );
        for one in kind.attributes() {
            let path = one.path().to_string();
            if let Ok(found) = kind.path(&path) {
                assert_eq!(found.to_string(), path, "{place}");
            }
        }
    }
    println!("{whole} resources of {all} types, {changed} of them changed");
    assert!(whole > 7 * all && changed > 6 * all);
}

proptest! {
    /// Nothing that stands in a text makes a path, a filter or a document panic.
    #[test]
    fn no_text_panics(text in ".*") {
        let types = ResourceTypes::core();
        let user = types.find("User").unwrap();
        let mut babs = user.new_resource();
        let _ = (user.path(&text), user.filter(&text), babs.set(&text, &text), babs.get(&text).is_ok());
        let _ = (babs.remove(&text), user.nearest(&text), types.find(&text).is_ok());
        let _ = ResourceTypes::from_json(&text);
    }
}
