//! The lock of a workspace: one run at a time.
//!
//! A kernel lock on a file that is never deleted, so that any death lets go of it. What is written into the file is for
//! people: who holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Held until it is dropped, or the process dies.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
    previous: Option<Holder>,
}

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// What is run: `import`.
    pub command: String,
    /// The run's name.
    pub run: String,
    /// The process.
    pub pid: u32,
    /// The machine that the process is on.
    pub host: String,
    /// When the run began, as `2026-11-21T02:15:00Z`.
    pub since: String,
}

/// Why a lock cannot be had. A variant is a different thing to do.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it, perhaps this one.
    #[error("another run holds the lock")]
    Held(Option<Holder>),
    /// The file system has no locks.
    #[error("its file system has no locks")]
    NoLocks(#[source] io::Error),
    /// The file cannot be opened.
    #[error(transparent)]
    Unusable(#[from] io::Error),
}

impl RunLock {
    /// Takes the lock if nobody holds it, and writes down who does now.
    ///
    /// # Errors
    /// As [`LockError`].
    pub fn try_take(path: &Path, holder: &Holder) -> Result<Self, LockError> {
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held(read(&mut file))),
            Err(TryLockError::Error(error)) => return Err(LockError::NoLocks(error)),
        }
        let previous = read(&mut file);
        // The lock holds without it: on a full disk, others only learn less.
        let _ = write(&mut file, holder);
        Ok(Self { _file: file, previous })
    }

    /// Returns who held it last, and does no more.
    #[must_use]
    pub fn previous(&self) -> Option<&Holder> {
        self.previous.as_ref()
    }
}

/// Reads who holds the lock; a holder that has only just taken it may not have said so yet.
fn read(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn write(file: &mut File, holder: &Holder) -> io::Result<()> {
    let mut line = serde_json::to_vec(holder)?;
    line.push(b'\n');
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(pid: u32) -> Holder {
        let text = |text: &str| text.to_owned();
        Holder { command: text("import"), run: text("r"), pid, host: text("h"), since: text("s") }
    }

    #[test]
    fn a_lock_is_had_by_one_and_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = RunLock::try_take(&path, &holder(1_000_000)).unwrap();
        let Err(LockError::Held(held)) = RunLock::try_take(&path, &holder(2)) else { panic!() };
        assert_eq!(Some(holder(1_000_000)), held);
        drop(first);
        let second = RunLock::try_take(&path, &holder(2)).unwrap();
        assert_eq!(Some(&holder(1_000_000)), second.previous());
        let Err(LockError::Held(held)) = RunLock::try_take(&path, &holder(3)) else { panic!() };
        assert_eq!(Some(holder(2)), held);
    }

    #[test]
    fn a_holder_that_said_nothing_yet_holds_it_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let _first = RunLock::try_take(&path, &holder(1)).unwrap();
        std::fs::write(&path, "{\"comm").unwrap();
        assert!(matches!(RunLock::try_take(&path, &holder(2)), Err(LockError::Held(None))));
    }
}
