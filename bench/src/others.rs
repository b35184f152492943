//! The long list, read by clients in other languages, where these are installed: Python's scim2-client,
//! and what one writes by hand in Go.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Result, machine};

const PYTHON: &str = include_str!("others/list.py");
const GO: &str = include_str!("others/list.go");

/// What the script in Python needs.
const PACKAGES: [&str; 2] = ["scim2-client==0.13.2", "httpx2==2.16.2"];

/// How many users each of them reads.
const USERS: usize = 2000;

/// What a client costs.
pub struct Cost {
    /// Who it is.
    pub who: &'static str,
    /// How many users it read.
    pub users: usize,
    /// The peak of its process.
    pub megabytes: f64,
    /// CPU seconds for one user; starting the program is not in it.
    pub seconds: f64,
}

/// What those cost that are here, for users in pages of `count`. Whoever is not here is told to the
/// person at the keyboard.
pub fn list(base: &str, count: usize) -> Vec<Cost> {
    let all: [(&str, usize, fn() -> Result<Program>); 2] = [
        ("scim2-client, Python", USERS, python),
        ("by hand, Go", USERS * 10, go),
    ];
    let costs = all.into_iter().filter_map(|(who, users, find)| {
        let cost = find().and_then(|program| program.cost(who, base, users, count));
        cost.inspect_err(|why| eprintln!("{who}, not measured: {why}"))
            .ok()
    });
    costs.collect()
}

/// A program that takes the base URL, the number of users, and the number on a page.
struct Program {
    path: PathBuf,
    arguments: Vec<PathBuf>,
}

impl Program {
    fn cost(&self, who: &'static str, base: &str, users: usize, count: usize) -> Result<Cost> {
        let run = |users: usize| -> Result<(f64, f64)> {
            let before = machine::cpu_of_children()?;
            let mut command = Command::new(&self.path);
            command.args(&self.arguments).arg(base);
            command.args([users.to_string(), count.to_string()]);
            let said = output(&mut command)?;
            let kilobytes: f64 = said.trim().parse()?;
            Ok((machine::cpu_of_children()? - before, kilobytes))
        };
        let (start, _) = run(0)?;
        let (seconds, kilobytes) = run(users)?;
        Ok(Cost {
            who,
            users,
            megabytes: kilobytes / 1024.0,
            seconds: (seconds - start) / users as f64,
        })
    }
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output()?;
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout)?),
        false => Err(String::from_utf8_lossy(&output.stderr).into()),
    }
}

fn folder(name: &str) -> Result<PathBuf> {
    let folder = machine::root().join("bench/target/others").join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn written(folder: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    fs::write(&path, text)?;
    Ok(path)
}

/// In an environment of its own.
fn python() -> Result<Program> {
    let folder = folder("python")?;
    let script = written(&folder, "list.py", PYTHON)?;
    let path = folder.join("venv/bin/python");
    let imports = |path: &Path| {
        let import = ["-c", "import httpx2, scim2_client"];
        output(Command::new(path).args(import)).is_ok()
    };
    if !imports(&path) {
        output(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(folder.join("venv")),
        )?;
        output(
            Command::new(&path)
                .args(["-m", "pip", "install", "--quiet"])
                .args(PACKAGES),
        )?;
    }
    Ok(Program {
        path,
        arguments: vec!["-Wignore".into(), script],
    })
}

fn go() -> Result<Program> {
    let folder = folder("go")?;
    let source = written(&folder, "list.go", GO)?;
    let path = folder.join("list");
    output(
        Command::new("go")
            .arg("build")
            .arg("-o")
            .arg(&path)
            .arg(source),
    )?;
    Ok(Program {
        path,
        arguments: Vec::new(),
    })
}
