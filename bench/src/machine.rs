//! The machine and the checkout that figures are taken with.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Result;

/// What decides how many instructions a program takes.
pub fn taken_with() -> Result<String> {
    let line = |program: &str| -> Result<String> {
        let output = Command::new(program).arg("--version").output()?;
        let text = String::from_utf8(output.stdout)?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    };
    Ok(format!(
        "{}, {}, {}, {}",
        line("rustc")?,
        line("ldd")?,
        line("valgrind")?,
        processor()?
    ))
}

/// The processor, as Linux names it.
pub fn processor() -> Result<String> {
    let text = fs::read_to_string("/proc/cpuinfo")?;
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    Ok(name
        .map_or("an unnamed processor", |(_, name)| name)
        .to_owned())
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// CPU seconds of all processes that this one has waited for, and of theirs.
pub fn cpu_of_children() -> Result<f64> {
    let text = fs::read_to_string("/proc/self/stat")?;
    // The second field is a name in parentheses, which may hold anything.
    let (_, rest) = text.rsplit_once(')').ok_or("/proc/self/stat")?;
    let ticks: u64 = rest
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(|field| field.parse::<u64>().unwrap_or(0))
        .sum();
    // Linux counts in hundredths of a second whatever the machine (proc(5), USER_HZ).
    Ok(ticks as f64 / 100.0)
}
