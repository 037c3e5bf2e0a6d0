//! Users that a run is about to write: after a death, nobody knows which of its values they have.
//!
//! The ledger still says what was delivered before; a later file that says the same again would be taken for unchanged.
//! So the key goes into a file before the request, and the next run forgets the fingerprints of all that are in it. The
//! file is not synced: it outlives the process, not the machine, for a second's worth of which the ledger is no surer.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{LedgerError, UserKey};

/// The users that a run is about to write.
#[derive(Debug)]
pub struct Doubts {
    file: Mutex<File>,
    path: PathBuf,
}

impl Doubts {
    /// The name of the file in the workspace's folder.
    const FILE: &'static str = "in-flight";

    /// Opens the file. Returns the keys that a run that died left in it.
    pub(super) fn open(folder: &Path) -> Result<(Self, Vec<UserKey>), LedgerError> {
        let path = folder.join(Self::FILE);
        let opened = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&path);
        let mut file = opened.map_err(|error| LedgerError::of_io(&path, &error))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| LedgerError::of_io(&path, &error))?;
        Ok((Self { file: Mutex::new(file), path }, keys(&bytes)))
    }

    /// Notes that a user is about to be written.
    ///
    /// # Errors
    /// When it cannot be noted; the user must not be written then.
    pub fn add(&self, key: &UserKey) -> Result<(), LedgerError> {
        let mut entry = Vec::with_capacity(32);
        entry.push(key.as_bytes().len() as u8);
        entry.extend_from_slice(key.as_bytes());
        self.with(|file| {
            let length = file.metadata()?.len();
            // Half a key, as a full disk leaves it, would hide those that come after it.
            file.write_all(&entry).inspect_err(|_| drop(file.set_len(length)))
        })
    }

    /// Forgets all: each of them has its outcome, and the ledger has it on the disk.
    ///
    /// # Errors
    /// When the file cannot be written; then nothing is lost but some requests.
    pub fn clear(&self) -> Result<(), LedgerError> {
        self.with(|file| file.set_len(0))
    }

    fn with(&self, act: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), LedgerError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut file).map_err(|error| LedgerError::of_io(&self.path, &error))
    }
}

/// Reads keys, each after its length. A torn one was not written about: its request waited for it.
fn keys(bytes: &[u8]) -> Vec<UserKey> {
    let (mut keys, mut rest) = (Vec::new(), bytes);
    while let Some((length, tail)) = rest.split_first() {
        let length = usize::from(*length);
        let Some(key) = tail.get(..length).and_then(UserKey::stored) else { break };
        keys.push(key);
        rest = &tail[length..];
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::KeyKind;

    #[test]
    fn what_was_about_to_be_written_is_known_after_a_death() {
        let folder = tempfile::tempdir().unwrap();
        let key = |name: &str| UserKey::new(KeyKind::ExternalId, name);
        let (doubts, before) = Doubts::open(folder.path()).unwrap();
        assert!(before.is_empty());
        doubts.add(&key("one")).unwrap();
        doubts.add(&key("two")).unwrap();
        doubts.with(|file| file.write_all(b"\x06xth")).unwrap();
        let (doubts, before) = Doubts::open(folder.path()).unwrap();
        assert_eq!([key("one"), key("two")], *before);
        doubts.clear().unwrap();
        doubts.add(&key("four")).unwrap();
        assert_eq!([key("four")], *Doubts::open(folder.path()).unwrap().1);
    }
}
