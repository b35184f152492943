//! Real answers of real servers: each resource is read, or is an error that keeps its JSON.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use scim_client::{
    Group, Json, Resource, Stored, User,
    message::{ListResponse, Outcome},
};

const PAYLOADS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/payloads");

#[derive(Default)]
struct Count {
    documents: usize,
    read: usize,
    refused: usize,
    reasons: Vec<String>,
}

impl Count {
    fn add<R: Resource>(&mut self, file: &str, element: &str, result: Outcome<Stored<R>>) {
        match result {
            Ok(stored) => {
                self.read += 1;
                assert_nothing_lost(file, element, &stored.to_json());
            }
            Err(error) => {
                self.refused += 1;
                let places: Vec<_> = error.places().iter().map(ToString::to_string).collect();
                assert!(!places.is_empty(), "{file}: {error}");
                let raw: serde_json::Value = serde_json::from_str(error.raw()).unwrap();
                assert_eq!(
                    raw,
                    serde_json::from_str::<serde_json::Value>(element).unwrap()
                );
                self.reasons.push(format!("{file}: {}", places.join("; ")));
            }
        }
    }
}

/// Every leaf of the original is in the copy, under the same names in any letter case.
fn assert_nothing_lost(file: &str, original: &str, copy: &str) {
    fn leaves(value: &serde_json::Value, path: &str, out: &mut Vec<(String, String)>) {
        match value {
            serde_json::Value::Object(members) => {
                for (name, value) in members {
                    let name = name.to_ascii_lowercase();
                    // Secrets are left out of what a client keeps; `schemas` is worked out anew.
                    if !(name == "password" || path.is_empty() && name == "schemas") {
                        leaves(value, &format!("{path}/{name}"), out);
                    }
                }
            }
            serde_json::Value::Array(elements) => {
                for element in elements {
                    leaves(element, &format!("{path}/*"), out);
                }
            }
            serde_json::Value::Null => {}
            serde_json::Value::String(text) => out.push((path.to_owned(), text.to_lowercase())),
            other => out.push((path.to_owned(), other.to_string())),
        }
    }
    let (mut before, mut after) = (Vec::new(), Vec::new());
    leaves(&serde_json::from_str(original).unwrap(), "", &mut before);
    leaves(&serde_json::from_str(copy).unwrap(), "", &mut after);
    for leaf in before {
        // One value where an array belongs, or a simple one where a complex one does.
        let (path, text) = &leaf;
        let path = &without_urn(path);
        let forms = [
            path.clone(),
            format!("{path}/*"),
            format!("{path}/value"),
            format!("{path}/*/value"),
        ];
        let kept = after.iter().any(|(path, value)| {
            let path_fits = forms.contains(path)
                || forms
                    .iter()
                    .any(|form| form.replace("/*", "") == path.replace("/*", ""));
            path_fits && value == text
        });
        assert!(kept, "{file}: {leaf:?} is lost in {copy}");
    }
}

/// The path of `/urn:..:user/userName` and of `/urn:..:user:userName`: an attribute under the URN of
/// its schema is that attribute, for an extension in its container.
fn without_urn(path: &str) -> String {
    const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:";
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:";
    let name = path.strip_prefix('/').unwrap_or(path);
    if let Some(rest) = name.strip_prefix(ENTERPRISE) {
        return format!("/{}/{rest}", ENTERPRISE.trim_end_matches(':'));
    }
    let own = name
        .strip_prefix(CORE)
        .and_then(|rest| rest.split_once([':', '/']));
    own.map_or_else(|| path.to_owned(), |(_, rest)| format!("/{rest}"))
}

fn is_group(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    !lower.contains("\"username\"")
        && !lower.contains(":user\"")
        && (lower.contains(":group\"") || lower.contains("\"members\""))
}

#[test]
fn every_payload_is_read_or_refused() {
    if !Path::new(PAYLOADS).exists() {
        // Where the runner of tests does not keep it.
        let _ = writeln!(
            io::stderr(),
            "skipped: payloads of real servers, which are not in the repository"
        );
        return;
    }
    let mut counts: std::collections::BTreeMap<(String, &str), Count> = Default::default();
    for vendor in fs::read_dir(PAYLOADS).unwrap() {
        let vendor = vendor.unwrap().path();
        if !vendor.is_dir() {
            continue;
        }
        for file in fs::read_dir(&vendor).unwrap() {
            let file = file.unwrap().path();
            let name = format!(
                "{}/{}",
                vendor.file_name().unwrap().to_string_lossy(),
                file.file_name().unwrap().to_string_lossy()
            );
            let text = fs::read_to_string(&file).unwrap();
            let kind = file.file_name().unwrap().to_string_lossy().into_owned();
            let vendor = vendor.file_name().unwrap().to_string_lossy().into_owned();
            if kind.starts_with("resource_") {
                let count = counts.entry((vendor, "resource")).or_default();
                count.documents += 1;
                let text = with_id(&text);
                if is_group(&text) {
                    count.add::<Group>(&name, &text, Stored::from_json(&text));
                } else {
                    count.add::<User>(&name, &text, Stored::from_json(&text));
                }
            } else if kind.starts_with("list_") {
                let count = counts.entry((vendor, "list")).or_default();
                count.documents += 1;
                let raw = ListResponse::<Json>::from_json(&text)
                    .unwrap_or_else(|error| panic!("{name}: the page is lost: {error}"));
                let users = ListResponse::<Outcome<Stored<User>>>::from_json(&text).unwrap();
                let groups = ListResponse::<Outcome<Stored<Group>>>::from_json(&text).unwrap();
                assert_eq!(users.resources.len(), raw.resources.len(), "{name}");
                let pairs = users.resources.into_iter().zip(groups.resources);
                for (element, (user, group)) in raw.resources.iter().zip(pairs) {
                    if is_group(element.as_str()) {
                        count.add::<Group>(&name, element.as_str(), group);
                    } else {
                        count.add::<User>(&name, element.as_str(), user);
                    }
                }
            }
        }
    }
    let mut sum = (0, 0, 0);
    println!(
        "{:<28} {:<9} {:>9} {:>6} {:>8}",
        "vendor", "form", "documents", "read", "refused"
    );
    for ((vendor, form), count) in &counts {
        let Count {
            documents,
            read,
            refused,
            ..
        } = count;
        println!("{vendor:<28} {form:<9} {documents:>9} {read:>6} {refused:>8}");
        sum = (sum.0 + documents, sum.1 + read, sum.2 + refused);
    }
    println!("{:<38} {:>9} {:>6} {:>8}", "all", sum.0, sum.1, sum.2);
    for count in counts.values_mut() {
        // One line for all elements of a list that fail alike.
        for reason in &mut count.reasons {
            *reason = reason.chars().filter(|c| !c.is_ascii_digit()).collect();
        }
        count.reasons.dedup();
        for reason in &count.reasons {
            println!("refused {reason}");
        }
    }
    assert!(sum.1 > sum.2, "most resources are read");
}

/// Bodies of requests have no `id`; a stored resource has one.
fn with_id(text: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(text).unwrap();
    if let Some(members) = value.as_object_mut()
        && !members.keys().any(|name| name.eq_ignore_ascii_case("id"))
    {
        members.insert("id".into(), "made-up".into());
    }
    value.to_string()
}
