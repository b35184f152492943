//! What is generated in this repository: the core models, a crate for each folder of `sdks/`, and
//! the types of the suite in `interop/`.

use std::fs;
use std::path::{Component, Path, PathBuf};

use scim_codegen::cli::Target;
use scim_codegen::{Options, SdkOptions};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

pub(crate) fn all() -> Result<Vec<Target>, String> {
    let root = root();
    let mut all = vec![core(&root), interop(&root)];
    let sdks = root.join("sdks");
    let entries = fs::read_dir(&sdks).map_err(|error| format!("{}: {error}", sdks.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| format!("{}: {error}", sdks.display()))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    for name in names {
        all.push(vendor(&root, &name)?);
    }
    Ok(all)
}

/// The models that are part of `scim-models`.
fn core(root: &Path) -> Target {
    let mut options = Options::default();
    options.runtime = "crate".to_owned();
    // As all examples of that crate: users have the types by the client.
    options.examples = Some("scim_client".to_owned());
    options.command = "cargo xtask generate".to_owned();
    let (schemas, out) = (root.join("schemas/core"), root.join("scim-models/src/core"));
    Target::models(root.to_path_buf(), schemas, out, options)
}

/// The types of the suite: the core's user with another extension, and another resource type.
fn interop(root: &Path) -> Target {
    let mut options = Options::default();
    options.command = "cargo xtask generate".to_owned();
    let (schemas, out) = (root.join("interop/schemas"), root.join("interop/src/acme"));
    Target::models(root.to_path_buf(), schemas, out, options)
        .and(root.join("schemas/core/user.json"))
        .and(root.join("schemas/core/enterprise_user.json"))
}

/// What `generate` and `check` are to do with these arguments, where that is one of the crates of
/// [`all`]: its files tell their reader to run the same command as theirs.
pub(crate) fn named(arguments: &[&str]) -> Result<Option<Target>, String> {
    let [folder, "--out", out] = arguments else {
        return Ok(None);
    };
    let (root, out) = (root(), absolute(out)?);
    let name = out.strip_prefix(root.join("sdks")).unwrap_or(Path::new(""));
    let name = name.to_string_lossy();
    let Some(vendor_name) = name.strip_prefix("scim-") else {
        return Ok(None);
    };
    if absolute(folder)? != root.join("schemas").join(vendor_name) {
        return Ok(None);
    }
    vendor(&root, &name).map(Some)
}

/// The path of `scim-client` from the folder that a crate is generated in; nothing if the
/// arguments give one, or no crate. The runtime that fits the generator is the one beside it.
pub(crate) fn runtime(arguments: &[&str]) -> Result<Option<String>, String> {
    let given = ["--runtime-path", "--models-only"];
    if arguments.iter().any(|argument| given.contains(argument)) {
        return Ok(None);
    }
    let out = arguments
        .iter()
        .skip_while(|argument| **argument != "--out");
    let Some(out) = out.clone().nth(1) else {
        return Ok(None);
    };
    let (root, out) = (root(), absolute(out)?);
    let path = match out.strip_prefix(&root) {
        Ok(inside) => inside.iter().map(|_| "..").collect::<PathBuf>(),
        Err(_) => root,
    };
    Ok(Some(path.join("scim-client").display().to_string()))
}

/// A path from the root of the file system, without `..`.
fn absolute(path: &str) -> Result<PathBuf, String> {
    let path = std::path::absolute(path).map_err(|error| format!("{path}: {error}"))?;
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    Ok(plain)
}

/// `sdks/scim-acme` comes from `schemas/acme`.
fn vendor(root: &Path, name: &str) -> Result<Target, String> {
    let folder = name.strip_prefix("scim-");
    let folder = folder.ok_or_else(|| format!("sdks/{name} should be called sdks/scim-{name}"))?;
    let mut options = SdkOptions::new(name);
    options.runtime_path = Some("../../scim-client".to_owned());
    options.documents.command = "cargo xtask generate".to_owned();
    Ok(Target::sdk(
        root.to_path_buf(),
        root.join("schemas").join(folder),
        root.join("sdks").join(name),
        options,
    ))
}

#[cfg(test)]
mod tests {
    use scim_client::Profile;
    use scim_codegen::cli::read_folder;

    use super::*;

    #[test]
    fn everything_is_fresh() {
        for target in all().unwrap() {
            target.check().unwrap();
        }
    }

    #[test]
    fn a_crate_of_a_vendor_is_the_same_by_its_name_and_with_all() {
        let root = root();
        let path = |inside: &str| root.join(inside).display().to_string();
        let (schemas, crate_) = (path("schemas/aws"), path("xtask/../sdks/scim-aws"));
        let aws = named(&[&schemas, "--out", &crate_]).unwrap();
        aws.expect("it is one of them").check().unwrap();
        let elsewhere = path("target/scim-aws");
        assert!(named(&[&schemas, "--out", &elsewhere]).unwrap().is_none());
        let other = path("schemas/sap-ias");
        assert!(named(&[&other, "--out", &crate_]).unwrap().is_none());
    }

    #[test]
    fn the_runtime_is_the_one_of_this_repository() {
        let root = root();
        let path = |inside: &str| root.join(inside).display().to_string();
        let of = |arguments: &[&str]| runtime(arguments).unwrap();
        let inside = of(&["schemas/x", "--out", &path("sdks/scim-x"), "--lenient"]);
        assert_eq!(inside.as_deref(), Some("../../scim-client"));
        let outside = of(&["schemas/x", "--out", &path("../scim-x")]);
        assert_eq!(outside, Some(path("scim-client")));
        assert_eq!(of(&["x", "--out", "y", "--models-only"]), None);
        assert_eq!(of(&["x", "--out", "y", "--runtime-path", "z"]), None);
        assert_eq!(of(&["x"]), None);
    }

    /// The generator knows the shape of a profile, the runtime its meaning. Here they agree.
    #[test]
    fn the_shipped_profiles_are_known_to_the_generator() {
        let schema = r#"{"id": "urn:example:Device", "name": "Device", "attributes": []}"#;
        let schema = scim_codegen::Source::new("device.json", schema);
        let texts = read_folder(&root().join("scim-models/src/profile"), "json").unwrap();
        let names: Vec<&str> = texts.keys().map(|n| n.trim_end_matches(".json")).collect();
        assert_eq!(names, Profile::NAMES);
        for (name, text) in &texts {
            Profile::from_json(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let profile = scim_codegen::Source::new("profile.json", text);
            let read = scim_codegen::read(&[schema.clone(), profile], &Options::default());
            read.unwrap_or_else(|findings| panic!("{findings}"));
            let base = format!(r#"{{"base": "{}"}}"#, name.trim_end_matches(".json"));
            let base = scim_codegen::Source::new("profile.json", base);
            let read = scim_codegen::read(&[schema.clone(), base], &Options::default());
            read.unwrap_or_else(|findings| panic!("{findings}"));
        }
    }
}
