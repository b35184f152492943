//! Files that one command at a time may change.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fs4::{FileExt, TryLockError};

use super::{make_folder, private_options, resolved};
use crate::failure::{Failure, of_file};

/// How long another command is waited for that has a file for a moment.
const PATIENCE: Duration = Duration::from_secs(10);

/// A file for this command alone, until it is dropped.
///
/// What is locked is another file beside it, `NAME.lock`: the file itself may be replaced meanwhile. The lock is the
/// system's, which takes it away with the process, whatever ends that. So a file that a killed command left
/// behind keeps nobody waiting.
pub(crate) struct Lock {
    path: PathBuf,
    _locked: File,
}

impl Lock {
    /// Waits a while until no other command has the file. Its folder is made.
    pub(crate) fn wait(path: &Path) -> Result<Self, Failure> {
        make_folder(resolved(path).parent().unwrap_or(Path::new(".")))?;
        let begun = Instant::now();
        loop {
            if let Some(lock) = Self::attempt(path)? {
                return Ok(lock);
            }
            if begun.elapsed() > PATIENCE {
                let message = format!("{}: another command is changing it", path.display());
                return Err(Failure::usage(message).hint("try again when that has ended"));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// None if another command has the file.
    pub(crate) fn attempt(path: &Path) -> Result<Option<Self>, Failure> {
        let target = resolved(path);
        let mut name = target.file_name().unwrap_or_default().to_os_string();
        name.push(".lock");
        let lock = target.with_file_name(name);
        loop {
            let file = match open(&lock) {
                Ok(Some(file)) => file,
                // Whoever had it has taken it away just now.
                Ok(None) => continue,
                // There is no folder for either of them.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    return Err(of_file(path)(error));
                }
                Err(error) => return Err(of_file(&lock)(error)),
            };
            match FileExt::try_lock(&file) {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                // Some network file systems have no locks. Nobody could work there at all.
                Err(TryLockError::Error(error)) if has_no_locks(&error) => {}
                Err(TryLockError::Error(error)) => return Err(of_file(&lock)(error)),
            }
            // A lock of a file that was taken away meanwhile keeps nobody out.
            if is_at(&file, &lock) {
                return Ok(Some(Self {
                    path: lock,
                    _locked: file,
                }));
            }
        }
    }
}

/// Whether the file system has no locks: some of a network have none, or nobody who keeps them (ENOLCK).
fn has_no_locks(error: &io::Error) -> bool {
    const ENOLCK: i32 = 37;
    error.kind() == ErrorKind::Unsupported
        || cfg!(target_os = "linux") && error.raw_os_error() == Some(ENOLCK)
}

/// The file of a lock, made if it is not there. None if it goes away meanwhile.
fn open(path: &Path) -> io::Result<Option<File>> {
    match private_options().open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        other => return other.map(Some),
    }
    let opened = fs::symlink_metadata(path).and_then(|about| match about.is_file() {
        true => OpenOptions::new().write(true).open(path),
        // A link may lead to what is somebody else's, and a pipe would be waited for.
        false => Err(io::Error::other(
            "this has the name of a lock, and is not one: remove it",
        )),
    });
    match opened {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// Whether a file is the one of this name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let id = |about: fs::Metadata| (about.dev(), about.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(own), Ok(named)) => id(own) == id(named),
        _ => false,
    }
}

/// Nobody takes it away here.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// The file goes while it is still locked. Where it cannot be told which file is locked, it stays.
impl Drop for Lock {
    fn drop(&mut self) {
        if cfg!(unix) {
            let _gone = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_has_it() {
        let folder = super::super::temporary_folder().unwrap();
        let path = folder.join("x");
        let lock = Lock::attempt(&path).unwrap().unwrap();
        assert!(Lock::attempt(&path).unwrap().is_none());
        drop(lock);
        // As a command that was killed leaves it.
        fs::write(folder.join("x.lock"), "").unwrap();
        let lock = Lock::attempt(&path).unwrap().unwrap();
        assert!(Lock::attempt(&path).unwrap().is_none());
        drop(lock);
        assert_eq!(folder.join("x.lock").exists(), !cfg!(unix));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn many_that_wait_get_it_one_after_the_other() {
        let folder = super::super::temporary_folder().unwrap();
        let path = folder.join("count");
        fs::write(&path, "0").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        let _lock = Lock::wait(&path).unwrap();
                        let count: u32 = fs::read_to_string(&path).unwrap().parse().unwrap();
                        fs::write(&path, (count + 1).to_string()).unwrap();
                    }
                });
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap(), "200");
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn what_is_in_the_way_is_told() {
        let folder = super::super::temporary_folder().unwrap();
        let path = folder.join("x");
        std::os::unix::fs::symlink(folder.join("elsewhere"), folder.join("x.lock")).unwrap();
        let said = Lock::attempt(&path).err().unwrap().render();
        assert!(
            said.contains("x.lock") && said.contains("remove it"),
            "{said}"
        );
        assert!(!folder.join("elsewhere").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
