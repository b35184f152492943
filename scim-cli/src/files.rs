//! Where the command keeps its files, and how it writes them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, of_file};

fn variable(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name)?;
    (!value.is_empty()).then(|| PathBuf::from(value))
}

fn home() -> PathBuf {
    let home = variable("HOME").or_else(|| variable("USERPROFILE"));
    home.unwrap_or_else(|| PathBuf::from("."))
}

/// The folder of the configuration.
pub(crate) fn config_folder() -> PathBuf {
    let base = variable("XDG_CONFIG_HOME").or_else(|| variable("APPDATA"));
    base.unwrap_or_else(|| home().join(".config")).join("scim")
}

/// The configuration: `$SCIM_CONFIG`, or else `config.toml` in its folder.
pub(crate) fn config_file() -> PathBuf {
    variable("SCIM_CONFIG").unwrap_or_else(|| config_folder().join("config.toml"))
}

/// The folder of what can be fetched again.
pub(crate) fn cache_folder() -> PathBuf {
    let base = variable("XDG_CACHE_HOME").or_else(|| variable("LOCALAPPDATA"));
    base.unwrap_or_else(|| home().join(".cache")).join("scim")
}

/// A path as people write it: `~` is the home folder.
pub(crate) fn expand(path: &str) -> PathBuf {
    match path.strip_prefix("~/") {
        Some(rest) => home().join(rest),
        None => PathBuf::from(path),
    }
}

/// Writes a file that only its owner may read. It is never half written: it is made beside the old
/// one, which it then replaces.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.new", std::process::id()));
    let new = folder.join(name);
    let written = private_options().open(&new).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)
    });
    written.map_err(|error| {
        let _gone = fs::remove_file(&new);
        of_file(path)(error)
    })
}

/// How a file is made that only its owner may read.
pub(crate) fn private_options() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// A folder that only its owner may look into, if it is made here.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    builder.create(folder).map_err(of_file(folder))
}

/// A number that stands for a text: FNV-1a, 64 bits. It names files; nothing is kept secret by it.
pub(crate) fn digest(text: &str) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
