//! Whoever reads what the command prints may stop reading.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::{Command, Stdio};

#[test]
fn nobody_needs_to_read_the_warnings() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("pipes");
    let (documents, out) = (folder.join("documents"), folder.join("out"));
    std::fs::create_dir_all(&documents).unwrap();
    // What is read of it is longer than a pipe holds.
    let attribute =
        |n: usize| format!(r#"{{"name": "a{n}", "type": "mobility", "multiValued": false}}"#);
    let attributes: Vec<String> = (0..1000).map(attribute).collect();
    let schema = format!(
        r#"{{"id": "urn:x:A", "name": "A", "attributes": [{}]}}"#,
        attributes.join(",")
    );
    std::fs::write(documents.join("a.json"), schema).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_scim"));
    command
        .arg("generate")
        .arg(&documents)
        .arg("--out")
        .arg(&out);
    let mut child = command
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
