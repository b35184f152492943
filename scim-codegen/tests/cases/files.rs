//! What the command and build scripts make of folders.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use super::*;

/// A folder with these documents.
fn folder(name: &str, documents: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _absent = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in documents {
        fs::write(folder.join(name), text).unwrap();
    }
    folder
}

fn command(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scim-codegen"));
    command.args(arguments).output().unwrap()
}

#[test]
fn warnings_can_be_denied() {
    let documents = folder("doubtful", &[("a.json", &schema("urn:x:A", "A", ONE))]);
    let out = folder("doubtful-crate", &[]);
    let denied = command(&[&"generate", &documents, &"--out", &out, &"--deny-warnings"]);
    assert_eq!(denied.status.code(), Some(1));
    let said = String::from_utf8(denied.stderr).unwrap();
    assert!(
        said.contains("guessed-endpoint") && said.contains("warnings are denied"),
        "{said}"
    );
    assert!(!out.join("Cargo.toml").exists());
    assert!(
        command(&[&"generate", &documents, &"--out", &out])
            .status
            .success()
    );
    assert!(
        command(&[&"check", &documents, &"--out", &out])
            .status
            .success()
    );
    let denied = command(&[&"check", &documents, &"--out", &out, &"--deny-warnings"]);
    assert_eq!(denied.status.code(), Some(1));

    let build = scim_codegen::build::folder(&documents);
    assert!(build.clone().write(Path::new(""), &out).is_ok());
    let error = build
        .deny_warnings()
        .write(Path::new(""), &out)
        .unwrap_err();
    assert!(error.to_string().contains("guessed-endpoint"), "{error}");
}

#[test]
fn the_exit_code_of_diff_says_whether_anything_breaks() {
    let old = folder("diff-old", &[("a.json", &schema("urn:x:A", "A", ONE))]);
    let more = format!(r#"{ONE}, {{"name": "b", "type": "string", "multiValued": false}}"#);
    let new = folder("diff-new", &[("a.json", &schema("urn:x:A", "A", &more))]);
    let code = |old: &PathBuf, new: &PathBuf| command(&[&"diff", old, new]).status.code();
    assert_eq!(code(&old, &old), Some(0));
    assert_eq!(code(&old, &new), Some(0));
    assert_eq!(code(&new, &old), Some(2));
    assert_eq!(code(&old, &PathBuf::from("absent")), Some(1));
    let broken = folder(
        "diff-broken",
        &[(
            "a.json",
            "{\"id\": \"urn:x:A\", \"name\": \"a\nb\", \"attributes\": []}",
        )],
    );
    assert_eq!(code(&broken, &broken), Some(1));
    let lenient = command(&[&"diff", &"--lenient", &broken, &broken]);
    assert_eq!(lenient.status.code(), Some(0));
}

#[test]
fn a_folder_with_a_dot_in_its_name_is_one() {
    let documents = folder("scim.dev", &[("a.json", &schema("urn:x:A", "A", ONE))]);
    let out = folder("scim.dev-out", &[]);
    let build = scim_codegen::build::folder(&documents);
    build.write(Path::new(""), &out).unwrap();
    assert!(out.join("scim.dev.rs").exists());
    let out = folder("scim.dev-crate", &[]).join("scim.dev");
    assert!(
        command(&[&"generate", &documents, &"--out", &out])
            .status
            .success()
    );
    let manifest = fs::read_to_string(out.join("Cargo.toml")).unwrap();
    assert!(manifest.contains("name = \"scim-dev\""), "{manifest}");
}

#[test]
fn a_file_that_is_no_text_is_one_document() {
    let documents = folder(
        "no-text",
        &[("a.json", "{\"id\": 1, \"name\": \"A\", \"attributes\": []}")],
    );
    fs::write(documents.join("b.json"), b"{\"id\": \"\xff\"}").unwrap();
    let refused = command(&[
        &"generate",
        &documents,
        &"--out",
        &documents.join("out"),
        &"--lenient",
    ]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        said.contains("wrong-type") && said.contains("UTF-8"),
        "{said}"
    );
    assert!(said.contains("no-text/b.json:1:9"), "{said}");
    let build = scim_codegen::build::folder(&documents);
    let error = build.write(Path::new(""), &documents).unwrap_err();
    assert!(error.to_string().contains("wrong-type") && error.to_string().contains("UTF-8"));
}
