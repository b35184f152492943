//! Responses of the server as files: test data for clients.

use std::{collections::BTreeMap, fs, io, path::Path};

use serde_json::{Value, json};

use crate::{
    context::{BULK_RESPONSE, ERROR, LIST},
    json::{at, elements, member, text},
    report::Report,
    wire::Answer,
};

/// What a file is called: what the answer is, and what it was asked by.
fn name(report: &Report, answer: &Answer) -> Option<String> {
    let document = answer.doc();
    if !document.is_object() {
        return None;
    }
    let rest = answer.url.strip_prefix(&report.target).unwrap_or_default();
    let path = rest.split('?').next().unwrap_or_default().trim_matches('/');
    let first = path.split('/').next().unwrap_or_default();
    let is = |urn: &str| {
        elements(member(document, "schemas"))
            .iter()
            .any(|schema| schema.as_str() == Some(urn))
    };
    if is(ERROR) {
        let kind = text(document, "scimType").map_or_else(String::new, |word| format!("-{word}"));
        return Some(format!("error-{}{kind}", answer.status));
    }
    if !answer.is_success() {
        return None;
    }
    match first {
        "ServiceProviderConfig" => return Some("service-provider-config".to_owned()),
        "ResourceTypes" if path == first => return Some("resource-types".to_owned()),
        "Schemas" if path == first => return Some("schemas".to_owned()),
        "ResourceTypes" | "Schemas" => return None,
        _ => {}
    }
    if is(BULK_RESPONSE) {
        return Some("bulk-response".to_owned());
    }
    let method = answer.method.as_str().to_ascii_lowercase();
    if is(LIST) {
        let kind = if path.ends_with(".search") {
            "search"
        } else {
            "list"
        };
        return Some(format!(
            "{}-{kind}",
            first.trim_start_matches('.').to_lowercase()
        ));
    }
    let kind = at(document, "meta/resourceType").and_then(Value::as_str)?;
    Some(format!("{}-{method}", kind.to_lowercase()))
}

/// Writes one file for each kind of answer, the fullest one, and `index.json` that says what they
/// are. Secrets are masked. Gives the number of files.
///
/// # Errors
/// A file cannot be written.
pub(super) fn save(report: &Report, folder: &Path) -> io::Result<usize> {
    let mut fullest: BTreeMap<String, &Answer> = BTreeMap::new();
    for answer in &report.exchanges {
        // File names are made of what the server says.
        let Some(name) = name(report, answer).map(|name| {
            name.chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
                .collect::<String>()
        }) else {
            continue;
        };
        let known = fullest.entry(name).or_insert(answer);
        if answer.body.len() > known.body.len() {
            *known = answer;
        }
    }
    fs::create_dir_all(folder)?;
    let mut index = Vec::new();
    for (name, answer) in &fullest {
        let file = format!("{name}.json");
        let body = report.secrets.body(&answer.body);
        let pretty =
            serde_json::from_str::<Value>(&body).map_or(body, |body| format!("{body:#}\n"));
        fs::write(folder.join(&file), pretty)?;
        let url = report.mask(&answer.url);
        index.push(json!({
            "file": file,
            "check": answer.check,
            "method": answer.method.as_str(),
            "path": url.strip_prefix(&report.target).unwrap_or(&url),
            "status": answer.status,
            "contentType": answer.header("content-type"),
            "location": answer.header("location"),
            "etag": answer.header("etag"),
        }));
    }
    fs::write(
        folder.join("index.json"),
        format!("{:#}\n", Value::from(index)),
    )?;
    Ok(fullest.len())
}
