//! What generated models cost to build, beside structs with serde's derive for the same schemas;
//! and what the library itself costs.
//!
//! CPU time of all processes that cargo starts. It is good to a quarter; ratios within one run are
//! better.

mod derive;
mod schemas;
mod units;

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use scim_codegen::{Model, Options, Source};

use crate::{
    Result,
    machine::{cpu_of_children, root},
    report::{Report, table},
};

/// A large vendor's schemas, if a folder `shared` with real documents lies beside the repository.
fn vendor() -> Option<Vec<Source>> {
    let path = root().join("../shared/corpus/oracle-idcs");
    scim_codegen::folder::read(&root(), &path).ok()
}

/// What is built: each is a table of its own, because all of them take long.
pub fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = [50, 10, 1]
        .into_iter()
        .map(|count| -> Step {
            Box::new(move |report| {
                models(
                    report,
                    &format!("{count} schemas"),
                    &schemas::documents(count),
                )
            })
        })
        .collect();
    steps.push(Box::new(|report| match vendor() {
        Some(documents) => models(report, "Oracle, 116 schemas", &documents),
        None => {
            let why = "Not measured: its schemas were not here.\n";
            report.section("Building generated models: Oracle, 116 schemas", "", why);
            Ok(())
        }
    }));
    steps.push(Box::new(dependencies));
    steps.push(Box::new(units::report));
    steps
}

/// Something that takes long and adds to a report.
pub type Step = Box<dyn Fn(&mut Report) -> Result>;

fn models(report: &mut Report, what: &str, documents: &[Source]) -> Result {
    let rows = compare(report, what, documents)?;
    report.section(
        &format!("Building generated models: {what}"),
        "A crate with the models, and a program that reads and writes each of them through serde. \
         Its dependencies were built before. The figures are CPU seconds, and the size of the \
         stripped program in MB. The check is that of the models without the program. Cargo's \
         incremental state is on, except in \"from nothing\", which has `CARGO_INCREMENTAL=0`, as \
         in CI. Each of our schemas has 25 attributes, 5 of them complex with 5 sub-attributes \
         each.",
        &table(
            &[
                "who",
                "check",
                "check from nothing",
                "debug",
                "debug again",
                "release",
                "MB",
            ],
            &rows,
        ),
    );
    Ok(())
}

/// What the guard looks at.
pub fn fifty(report: &mut Report) -> Result {
    compare(report, "50 schemas", &schemas::documents(50)).map(drop)
}

/// One style beside the other, for the same schemas.
fn compare(report: &mut Report, what: &str, documents: &[Source]) -> Result<Vec<Vec<String>>> {
    let mut costs = [Cost::default(), Cost::default()];
    // Turn by turn, so that a busy moment of the machine hits both. Twice where a bar is about it; what
    // takes minutes, once.
    let turns = if documents.len() == 50 { 2 } else { 1 };
    for _ in 0..turns {
        for (style, best) in Style::ALL.into_iter().zip(&mut costs) {
            let package = Package::write(style, documents)?;
            best.keep_lower(&package.cost()?);
        }
    }
    let mut rows = Vec::new();
    for (style, cost) in Style::ALL.into_iter().zip(&costs) {
        let mut row = vec![style.name().to_owned()];
        let seconds = [cost.check, cost.cold, cost.debug, cost.again, cost.release];
        row.extend(seconds.map(|seconds| format!("{seconds:.1}")));
        row.push(format!("{:.2}", cost.bytes / 1e6));
        rows.push(row);
    }
    let [ours, derive] = costs;
    let mut figure = |name: &str, ours: f64, derive: f64| {
        report.figure(&format!("builds/{what}/{name} by derive"), ours / derive);
    };
    figure("check", ours.check, derive.check);
    figure("check from nothing", ours.cold, derive.cold);
    figure("debug", ours.debug, derive.debug);
    figure("release", ours.release, derive.release);
    figure("binary", ours.bytes, derive.bytes);
    report.figure(&format!("builds/{what}/check seconds"), ours.check);
    report.figure(
        &format!("builds/{what}/check from nothing, seconds"),
        ours.cold,
    );
    Ok(rows)
}

#[derive(Clone, Copy)]
enum Style {
    Ours,
    Derive,
}

impl Style {
    const ALL: [Self; 2] = [Self::Ours, Self::Derive];

    fn name(self) -> &'static str {
        match self {
            Self::Ours => "scim-client",
            Self::Derive => "derive",
        }
    }

    fn dependencies(self) -> String {
        match self {
            Self::Ours => format!(
                "scim-client = {{ path = {:?}, default-features = false }}\nserde = \"1\"\n",
                root().join("scim-client")
            ),
            Self::Derive => "serde = { version = \"1\", features = [\"derive\"] }\n".to_owned(),
        }
    }
}

/// CPU seconds, and bytes of the program.
#[derive(Clone, Copy)]
struct Cost {
    check: f64,
    /// The same without incremental state.
    cold: f64,
    debug: f64,
    again: f64,
    release: f64,
    bytes: f64,
}

impl Default for Cost {
    fn default() -> Self {
        Self {
            check: f64::MAX,
            cold: f64::MAX,
            debug: f64::MAX,
            again: f64::MAX,
            release: f64::MAX,
            bytes: f64::MAX,
        }
    }
}

impl Cost {
    fn keep_lower(&mut self, other: &Self) {
        self.check = self.check.min(other.check);
        self.cold = self.cold.min(other.cold);
        self.debug = self.debug.min(other.debug);
        self.again = self.again.min(other.again);
        self.release = self.release.min(other.release);
        self.bytes = self.bytes.min(other.bytes);
    }
}

/// A crate on disk.
struct Package {
    folder: PathBuf,
}

impl Package {
    fn write(style: Style, documents: &[Source]) -> Result<Self> {
        let (model, _) = scim_codegen::read(documents, &Options::default())?;
        let name = match style {
            Style::Ours => "ours",
            Style::Derive => "derived",
        };
        let folder = root().join("bench/target/builds").join(name);
        let source = folder.join("src");
        if source.exists() {
            fs::remove_dir_all(&source)?;
        }
        fs::create_dir_all(&source)?;
        let package = Self { folder };
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [workspace]\n\n[dependencies]\nserde_json = \"1\"\n{}\n\
             [profile.release]\nstrip = true\n",
            style.dependencies()
        );
        fs::write(package.folder.join("Cargo.toml"), manifest)?;
        // What the dependencies cost is not the question.
        package.file("lib.rs", "")?;
        package.file("main.rs", "fn main() {}\n")?;
        for (command, incremental) in COMMANDS {
            package.cargo(command, incremental)?;
        }
        let (library, files) = match style {
            Style::Ours => {
                let made = scim_codegen::generate(documents, &Options::default())?;
                (
                    "#![allow(missing_docs)]\nmod generated;\npub use generated::*;\n".to_owned(),
                    made.files,
                )
            }
            Style::Derive => (derive::library(&model), derive::modules(&model)),
        };
        for (path, text) in &files {
            package.file(path, text)?;
        }
        package.file("lib.rs", &library)?;
        package.file("main.rs", &program(name, &model))?;
        Ok(package)
    }

    fn file(&self, path: &str, text: &str) -> Result {
        let path = self.folder.join("src").join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(path, text)?)
    }

    /// CPU seconds of a cargo command, which keeps what it needs to do less the next time, or does not.
    fn cargo(&self, arguments: &[&str], incremental: bool) -> Result<f64> {
        let before = cpu_of_children()?;
        run(Command::new("cargo")
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", if incremental { "1" } else { "0" })
            .env("CARGO_TARGET_DIR", self.folder.join("target")))?;
        Ok(cpu_of_children()? - before)
    }

    fn cost(&self) -> Result<Cost> {
        let run = |(command, incremental)| self.cargo(command, incremental);
        let [cold, check, debug, release] = COMMANDS;
        let library = fs::read_to_string(self.folder.join("src/lib.rs"))?;
        let (cold, check, first) = (run(cold)?, run(check)?, run(debug)?);
        // Something else in the same crate has changed.
        self.file("lib.rs", &format!("{library}pub fn added() {{}}\n"))?;
        let (again, release) = (run(debug)?, run(release)?);
        let name = self.folder.file_name().ok_or("no name")?;
        let program = self.folder.join("target/release").join(name);
        Ok(Cost {
            check,
            cold,
            debug: first,
            again,
            release,
            bytes: fs::metadata(program)?.len() as f64,
        })
    }
}

/// What is run, and whether with incremental state. Each has artefacts of its own.
const COMMANDS: [(&[&str], bool); 4] = [
    // What a vendor's models cost, whatever is done with them.
    (CHECK, false),
    (CHECK, true),
    (&["build", "--quiet"], true),
    (&["build", "--quiet", "--release"], false),
];

const CHECK: &[&str] = &["check", "--quiet", "--lib"];

/// A program that reads and writes a resource of each type.
fn program(name: &str, model: &Model) -> String {
    let mut arms = String::new();
    for schema in model.schemas() {
        let (module, type_name) = (&schema.module, &schema.type_name);
        arms.push_str(&format!(
            "        {module:?} => round_trip::<{name}::{module}::{type_name}>(&text),\n"
        ));
    }
    format!(
        "use serde_json::Error;\n\n\
         fn round_trip<T: serde::de::DeserializeOwned + serde::Serialize>(text: &str) -> Result<String, Error> {{\n    \
             serde_json::to_string(&serde_json::from_str::<T>(text)?)\n}}\n\n\
         fn main() {{\n    let mut arguments = std::env::args().skip(1);\n    \
             let (name, text) = (arguments.next().unwrap(), arguments.next().unwrap());\n    \
             let text = match name.as_str() {{\n{arms}        _ => panic!(\"unknown\"),\n    }};\n    \
             println!(\"{{}}\", text.unwrap());\n}}\n"
    )
}

/// What the library itself costs with all that it needs, from nothing, and then without.
fn dependencies(report: &mut Report) -> Result {
    let mut rows = Vec::new();
    let mut yardstick = None;
    for (what, package, features) in [
        // What all programs with JSON need: the others are told in units of it.
        ("serde_json alone", "serde_json", None),
        ("models, filters, patches", "scim-client", None),
        (
            "the client without a transport",
            "scim-client",
            Some("client"),
        ),
        (
            "the client over reqwest, no TLS",
            "scim-client",
            Some("reqwest"),
        ),
        ("default", "scim-client", Some("default")),
    ] {
        let target = root().join("bench/target/builds/library");
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        let build = || -> Result<f64> {
            let mut command = Command::new("cargo");
            command
                .args(["build", "--quiet", "--release", "--package", package])
                .current_dir(root())
                .env("CARGO_TARGET_DIR", &target);
            if package == "scim-client" {
                command.arg("--no-default-features");
            }
            if let Some(features) = features {
                command.args(["--features", features]);
            }
            let before = cpu_of_children()?;
            run(&mut command)?;
            Ok(cpu_of_children()? - before)
        };
        let seconds = build()?;
        report.figure(&format!("cold build/{what}/seconds"), seconds);
        let unit = *yardstick.get_or_insert(seconds);
        let mut row = vec![
            what.to_owned(),
            format!("{seconds:.0}"),
            format!("{:.2}", seconds / unit),
        ];
        if package == "scim-client" {
            // Everything but our own crates stays.
            run(Command::new("cargo")
                .args(["clean", "--quiet", "--release"])
                .args(OWN.iter().flat_map(|name| ["--package", name]))
                .current_dir(root())
                .env("CARGO_TARGET_DIR", &target))?;
            let itself = build()?;
            report.figure(&format!("cold build/{what}/itself, seconds"), itself);
            row.push(format!("{:.2}", itself / unit));
        } else {
            row.push(String::new());
        }
        rows.push(row);
    }
    report.section(
        "Building the library from nothing",
        "CPU seconds of a release build with all dependencies, and their ratio to those of \
         serde_json alone, which is built in the same run. The last column has the ratio of our \
         own crates without their dependencies.",
        &table(
            &[
                "what",
                "CPU seconds",
                "by serde_json",
                "itself, by serde_json",
            ],
            &rows,
        ),
    );
    Ok(())
}

/// The crates of ours that a build of `scim-client` compiles.
const OWN: [&str; 3] = ["scim-client", "scim-models", "scim-schema"];

fn run(command: &mut Command) -> Result {
    let output = command
        .env_remove("RUSTFLAGS")
        .stdin(Stdio::null())
        .output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into()),
    }
}
