//! Where the command keeps its files, and how it writes them.

mod lock;

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

pub(crate) use self::lock::Lock;
use crate::failure::{Failure, of_file};

fn variable(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name)?;
    (!value.is_empty()).then(|| PathBuf::from(value))
}

/// A folder that a variable names. One that depends on where the command is run is refused: what a
/// cloned repository holds there is not its user's.
fn absolute(name: &str) -> Result<Option<PathBuf>, Failure> {
    match variable(name) {
        Some(path) if path.is_absolute() => Ok(Some(path)),
        Some(path) => Err(Failure::usage(format!(
            "${name} is `{}`, which is not an absolute path",
            path.display()
        ))
        .hint("correct it, or unset it")),
        None => Ok(None),
    }
}

fn home() -> Result<Option<PathBuf>, Failure> {
    Ok(match absolute("HOME")? {
        Some(home) => Some(home),
        None => absolute("USERPROFILE")?,
    })
}

/// The first folder that a variable names, or else one in the home folder.
fn base(names: [&str; 2], in_home: &str) -> Result<Option<PathBuf>, Failure> {
    for name in names {
        if let Some(path) = absolute(name)? {
            return Ok(Some(path.join("scim")));
        }
    }
    Ok(home()?.map(|home| home.join(in_home).join("scim")))
}

/// The folder of the configuration; none without a home folder.
fn config_home() -> Result<Option<PathBuf>, Failure> {
    base(["XDG_CONFIG_HOME", "APPDATA"], ".config")
}

/// The folder of the configuration.
pub(crate) fn config_folder() -> Result<PathBuf, Failure> {
    config_home()?.ok_or_else(no_home)
}

/// That there is no place for the configuration.
pub(crate) fn no_home() -> Failure {
    Failure::usage("there is no folder for the configuration: $HOME is not set")
        .hint("set it, or XDG_CONFIG_HOME, or SCIM_CONFIG to a file")
}

/// The configuration: `$SCIM_CONFIG`, or else `config.toml` in its folder; none without a home
/// folder.
pub(crate) fn config_file() -> Result<Option<PathBuf>, Failure> {
    match variable("SCIM_CONFIG") {
        Some(path) => Ok(Some(path)),
        None => Ok(config_home()?.map(|folder| folder.join("config.toml"))),
    }
}

/// The folder of what can be fetched again; none without a home folder.
pub(crate) fn cache_folder() -> Option<PathBuf> {
    base(["XDG_CACHE_HOME", "LOCALAPPDATA"], ".cache")
        .ok()
        .flatten()
}

/// A path as people write it: `~` is the home folder.
pub(crate) fn expand(path: &str) -> PathBuf {
    let home = home().ok().flatten();
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// A name from elsewhere as that of a file: a server may call a type `../x` or `/dev/full`.
pub(crate) fn safe_name(name: &str) -> String {
    let plain = |c: char| match c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
        true => c,
        false => '_',
    };
    let safe: String = name.chars().take(100).map(plain).collect();
    match safe.strip_prefix(['.', '-']) {
        Some(rest) => format!("_{rest}"),
        None if safe.is_empty() => "_".to_owned(),
        None => safe,
    }
}

/// Whether a path is something that is written into, and not replaced: a pipe, a device.
pub(crate) fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir())
}

/// The file that a path leads to through symbolic links, whether it is there or not.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    // As many as Linux follows; a circle is an error when it is opened.
    for _ in 0..40 {
        let Ok(to) = fs::read_link(&path) else {
            break;
        };
        path = path.parent().unwrap_or(Path::new("")).join(to);
    }
    path
}

/// Writes a file that only its owner may read. It is never half written: it is made beside the old
/// one, which it then replaces. A link stays one, and a pipe or device is written into.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    if is_special(path) {
        return write_into(path, text.as_bytes());
    }
    let target = resolved(path);
    let folder = target.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let (new, mut file) = new_beside(&target).map_err(of_file(path))?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&new, &target));
    written.map_err(|error| {
        let _gone = fs::remove_file(&new);
        of_file(path)(error)
    })
}

/// A file in the place of another, as [`write_private`] makes it, for what goes on to be written. It begins with
/// this text.
pub(crate) fn begin_private(path: &Path, text: &str) -> Result<fs::File, Failure> {
    let target = resolved(path);
    if target.is_dir() {
        return Err(Failure::usage(format!("{} is a folder", path.display()))
            .hint("give the name of a file in it"));
    }
    make_folder(target.parent().unwrap_or(Path::new(".")))?;
    let (new, mut file) = new_beside(&target).map_err(of_file(path))?;
    let begun = file
        .write_all(text.as_bytes())
        .and_then(|()| fs::rename(&new, &target));
    match begun {
        Ok(()) => Ok(file),
        Err(error) => {
            let _gone = fs::remove_file(&new);
            Err(of_file(path)(error))
        }
    }
}

/// The most that a file of settings may have: 16 MiB.
const MAX_SETTINGS: u64 = 16 * 1024 * 1024;

/// A file of settings, certificates or secrets. One without an end, as devices are, would take all memory.
///
/// # Errors
/// It cannot be read, or has more than 16 MiB.
pub(crate) fn read_settings(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path)?;
    file.take(MAX_SETTINGS + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MAX_SETTINGS {
        true => Err(std::io::Error::other(
            "it has more than 16 MiB: is it the right file?",
        )),
        false => Ok(bytes),
    }
}

/// As [`read_settings`], as text in UTF-8.
///
/// # Errors
/// As there; of the kind `InvalidData` where it is no such text.
pub(crate) fn read_settings_text(path: &Path) -> std::io::Result<String> {
    String::from_utf8(read_settings(path)?)
        .map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error))
}

/// Puts a file that was written beside it in the place of another, as [`write_private`] does.
pub(crate) fn put(from: &Path, path: &Path) -> Result<(), Failure> {
    if is_special(path) {
        let bytes = fs::read(from).map_err(of_file(from))?;
        write_into(path, &bytes)?;
        return fs::remove_file(from).map_err(of_file(from));
    }
    fs::rename(from, resolved(path)).map_err(of_file(path))
}

fn write_into(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let file = fs::OpenOptions::new().write(true).open(path);
    file.and_then(|mut file| file.write_all(bytes))
        .map_err(of_file(path))
}

/// A file that was not there before.
fn new_beside(path: &Path) -> std::io::Result<(PathBuf, fs::File)> {
    let mut number = 0;
    loop {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}-{number}.new", std::process::id()));
        let new = path.with_file_name(name);
        match private_options().open(&new) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 100 => {
                number += 1;
            }
            other => return other.map(|file| (new, file)),
        }
    }
}

/// How a file is made that only its owner may read. What is there already is never opened: it may
/// be a link that somebody else has put there, or be open to all.
pub(crate) fn private_options() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// A new folder for files that go again, which only its owner may look into.
pub(crate) fn temporary_folder() -> Result<PathBuf, Failure> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    let base = std::env::temp_dir();
    let mut number = 0;
    loop {
        let folder = base.join(format!("scim-{}-{number}", std::process::id()));
        match builder.create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 1000 => {
                number += 1;
            }
            Err(error) => return Err(of_file(&folder)(error)),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_elsewhere() {
        for (name, safe) in [
            ("User", "User"),
            ("/dev/shm/x", "_dev_shm_x"),
            ("..", "_."),
            ("../../x", "_._.._x"),
            ("-rf", "_rf"),
            ("a\u{1b}b\\c\0", "a_b_c_"),
            ("", "_"),
        ] {
            assert_eq!(safe_name(name), safe);
        }
        assert_eq!(safe_name(&"x".repeat(500)).len(), 100);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_and_planted_files_are_left_alone() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = temporary_folder().unwrap();
        let at = |name: &str| folder.join(name);
        fs::write(at("real"), "old").unwrap();
        symlink("real", at("link")).unwrap();
        symlink("link", at("link2")).unwrap();
        symlink("to-be", at("dangling")).unwrap();
        // What somebody else has put where the new file would be made.
        fs::write(at("victim"), "precious").unwrap();
        symlink(
            at("victim"),
            at(&format!("real.{}-0.new", std::process::id())),
        )
        .unwrap();
        let open = at(&format!("real.{}-1.new", std::process::id()));
        fs::write(&open, "").unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o666)).unwrap();
        write_private(&at("link2"), "new").unwrap();
        write_private(&at("dangling"), "new").unwrap();
        for name in ["link", "link2", "dangling"] {
            assert!(fs::symlink_metadata(at(name)).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(at(name)).unwrap(), "new");
        }
        assert_eq!(fs::read_to_string(at("victim")).unwrap(), "precious");
        let mode = fs::metadata(at("real")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(write_private(Path::new("/dev/full"), "x").is_err());
        assert!(is_special(Path::new("/dev/full")));
        write_private(Path::new("/dev/null"), "x").unwrap();
        assert!(is_special(Path::new("/dev/null")));
        fs::remove_dir_all(folder).unwrap();
    }
}
