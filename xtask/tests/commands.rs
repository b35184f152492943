//! The commands that stand in documentation and comments work from the root, as they are written: each
//! `cargo run` and `cargo test` names packages, examples and programs that exist where it looks for them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// A package of the workspace.
struct Package {
    name: String,
    /// Whether commands that name no package mean this one, too.
    is_default: bool,
    /// Kind (`example`, `bin`, `test`), name, and whether it needs features that are not on by default.
    targets: Vec<(String, String, bool)>,
}

fn packages() -> Vec<Package> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let all: Value = serde_json::from_slice(&output.stdout).unwrap();
    let defaults = all["workspace_default_members"].as_array().unwrap();
    let packages = all["packages"].as_array().unwrap().iter().map(|package| {
        let targets = package["targets"].as_array().unwrap().iter();
        let targets = targets.map(|target| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let needed = target["required-features"].as_array();
            let needs = needed.is_some_and(|features| !features.is_empty());
            (text(&target["kind"][0]), text(&target["name"]), needs)
        });
        Package {
            name: package["name"].as_str().unwrap().to_owned(),
            is_default: defaults.contains(&package["id"]),
            targets: targets.collect(),
        }
    });
    packages.collect()
}

/// What is wrong with a command; its words are those behind `cargo`.
fn fault(packages: &[Package], words: &[&str]) -> Option<String> {
    // What follows is for the program that is run.
    let words = words.split(|word| *word == "--").next().unwrap_or_default();
    let after = |names: [&str; 2]| {
        let pairs = words.windows(2).filter(|pair| names.contains(&pair[0]));
        pairs.map(|pair| pair[1]).collect::<Vec<_>>()
    };
    let named = after(["-p", "--package"]);
    if let Some(name) = named
        .iter()
        .find(|name| packages.iter().all(|package| package.name != **name))
    {
        return Some(format!("there is no package {name}"));
    }
    let all = words.contains(&"--workspace");
    let searched = packages.iter().filter(|package| match named.is_empty() {
        true => all || package.is_default,
        false => named.contains(&package.name.as_str()),
    });
    let targets: Vec<_> = searched.flat_map(|package| &package.targets).collect();
    let has_features = words.iter().any(|word| word.contains("features"));
    let mut asked = Vec::new();
    for kind in ["example", "bin", "test"] {
        let option = format!("--{kind}");
        asked.extend(
            after([&option, &option])
                .into_iter()
                .map(|name| (kind, name)),
        );
    }
    for (kind, name) in &asked {
        let mut targets = targets.iter();
        match targets.find(|(own, found, _)| own == kind && found == name) {
            None => return Some(format!("no {kind} {name} where it is looked for")),
            Some((_, _, true)) if !has_features => {
                return Some(format!("the {kind} {name} needs features"));
            }
            Some(_) => {}
        }
    }
    let programs = targets.iter().filter(|(kind, ..)| kind == "bin").count();
    (words.first() == Some(&"run") && asked.is_empty() && programs != 1)
        .then(|| format!("there are {programs} programs, and it says not which"))
}

/// The commands of a text: to the end of the line, or of what marks them as code.
fn commands(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    for line in text.lines() {
        for (at, _) in line.match_indices("cargo ") {
            let rest = line.get(at + "cargo ".len()..).unwrap_or_default();
            let command = rest.split(['`', '"', '#', ';', '|', '&', ')', '>']).next();
            let command = command.unwrap_or_default().trim();
            if ["run ", "test "]
                .iter()
                .any(|verb| command.starts_with(verb))
            {
                all.push(command);
            }
        }
    }
    all
}

/// The files of the repository that tell people what to run, below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // Workspaces of their own, what is built, what tells of the past, and this.
        let other = [
            "target",
            "fuzz",
            "bench",
            "api",
            "browser",
            "CHANGELOG.md",
            "node_modules",
        ];
        if other.contains(&name.as_str()) || name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            if path != root().join("xtask/tests") {
                files(&path, found);
            }
        } else if path
            .extension()
            .is_some_and(|kind| kind == "md" || kind == "rs")
        {
            found.push(path);
        }
    }
}

#[test]
fn the_commands_that_people_are_told_to_run_exist() {
    let packages = packages();
    let mut paths = Vec::new();
    files(&root(), &mut paths);
    let (mut seen, mut wrong) = (Vec::new(), Vec::new());
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        for command in commands(&text) {
            let words: Vec<&str> = command.split_whitespace().collect();
            if let Some(fault) = fault(&packages, &words) {
                wrong.push(format!("{}: cargo {command}: {fault}", path.display()));
            }
            seen.push(command.to_owned());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // It has read what it is about.
    for known in ["run --example quickstart", "test --workspace"] {
        assert!(seen.iter().any(|command| command == known), "{seen:#?}");
    }
    assert!(seen.len() > 25, "{seen:#?}");
}

#[test]
fn commands_that_find_nothing_are_noticed() {
    let packages = packages();
    let fault = |command: &str| {
        let words: Vec<&str> = command.split_whitespace().collect();
        fault(&packages, &words)
    };
    for right in [
        "run --example quickstart -- --url URL --example nothing",
        "run -p scim-axum-example --example axum_in_process",
        "run --package scim-cli -- --help",
        "test -p scim-client --test misuse",
        "test --workspace",
    ] {
        assert_eq!(fault(right), None, "{right}");
    }
    for wrong in [
        "run --example axum_in_process",
        "run --example quickstrat",
        "run -p scim-nothing --example quickstart",
        "run -p scim-client --example quickstart",
        "run -p scim-client",
        "run",
        "test -p scim-client --test nothing",
    ] {
        assert!(fault(wrong).is_some(), "{wrong}");
    }
}
