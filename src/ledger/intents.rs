//! Intents: what is written down before a request that would do its work twice if it were sent twice.
//!
//! One JSON line for the begin, on the disk before the request starts, and one for the end. What was begun and has no
//! end was cut off by a death or a lost answer: whoever comes next must look before it acts. The last line of a key
//! counts; a line that a death tore is dropped.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// How many keys are kept before those that no longer matter are let go.
const MANY: usize = 65_536;
/// By how many seconds this machine's clock and the server's may differ.
const CLOCKS_DIFFER: u64 = 24 * 60 * 60;

/// The intents of a workspace, in a file that is locked while it is open.
#[derive(Debug)]
pub struct Intents {
    state: Mutex<State>,
    /// For so many seconds an end is remembered; after that, the server itself shows what was done.
    remembered_for: u64,
}

#[derive(Debug)]
struct State {
    file: File,
    keys: HashMap<String, Entry>,
    let_go_at: usize,
    /// The last line may have been written in part only.
    is_torn: bool,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It was begun at this time, and nobody knows its end.
    Begun {
        /// Seconds since 1970.
        at: u64,
    },
    /// It was done, with this result.
    Done {
        /// What it made: an id.
        result: String,
    },
}

/// Why the intents cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IntentError {
    /// Another process has them open.
    #[error("`{}` is in use by another run", .0.display())]
    InUse(PathBuf),
    /// They cannot be read or written.
    #[error("`{}` cannot be read or written", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    key: String,
    #[serde(flatten)]
    entry: Entry,
}

/// Where a key stands. `at` is in seconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    at: u64,
    stage: Stage,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    Begun,
    Done,
    /// It came to nothing.
    Dropped,
}

impl Intents {
    /// Opens the file, or begins one. Ends that are older than `remembered_for` seconds at `now` are let go.
    ///
    /// # Errors
    /// As [`IntentError`].
    pub fn open(path: &Path, now: u64, remembered_for: u64) -> Result<Self, IntentError> {
        let unusable = |source| IntentError::Unusable { path: path.into(), source };
        let file = open(path).and_then(locked).map_err(|error| error.at(path))?;
        let (mut keys, lines) = read(&file).map_err(unusable)?;
        // The times are the server's, `now` is this machine's: what is a day old is over on every clock.
        keys.retain(|_, entry| entry.matters(now.saturating_sub(CLOCKS_DIFFER), remembered_for));
        let file =
            if lines > keys.len() { write_anew(&keys, path).map_err(|error| error.at(path))? } else { file };
        let state = State { file, keys, let_go_at: MANY, is_torn: false };
        Ok(Self { state: Mutex::new(state), remembered_for })
    }

    /// Returns what is known of a key.
    #[must_use]
    pub fn known(&self, key: &str) -> Option<Known> {
        let state = self.lock();
        let entry = state.keys.get(key)?;
        match (entry.stage, &entry.result) {
            (Stage::Begun, _) => Some(Known::Begun { at: entry.at }),
            (Stage::Done, Some(result)) => Some(Known::Done { result: result.clone() }),
            _ => None,
        }
    }

    /// Notes that something is about to be done; it is on the disk when this returns.
    ///
    /// # Errors
    /// When it cannot be written: then it must not be done.
    pub fn begin(&self, key: &str, at: u64) -> io::Result<()> {
        let mut state = self.lock();
        state.append(key, Entry { at, stage: Stage::Begun, result: None })?;
        state.file.sync_data()?;
        state.let_go(at, self.remembered_for);
        Ok(())
    }

    /// Notes what came of it: a result, or nothing. Without this line it counts as begun, which is safe.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(&self, key: &str, result: Option<&str>) -> io::Result<()> {
        let mut state = self.lock();
        let at = state.keys.get(key).map_or(0, |entry| entry.at);
        let stage = if result.is_some() { Stage::Done } else { Stage::Dropped };
        state.append(key, Entry { at, stage, result: result.map(Into::into) })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn matters(&self, now: u64, remembered_for: u64) -> bool {
        match self.stage {
            Stage::Begun => true,
            Stage::Done => now < self.at.saturating_add(remembered_for),
            Stage::Dropped => false,
        }
    }
}

impl State {
    fn append(&mut self, key: &str, entry: Entry) -> io::Result<()> {
        let line = Line { key: key.into(), entry };
        let mut bytes = to_bytes(&line)?;
        if self.is_torn {
            // On a line of its own, it is not lost with the one that a full disk cut off.
            bytes.insert(0, b'\n');
        }
        self.is_torn = true;
        self.file.write_all(&bytes)?;
        self.is_torn = false;
        self.keys.insert(line.key, line.entry);
        Ok(())
    }

    /// Forgets what no longer matters, so that memory does not grow with the input.
    fn let_go(&mut self, now: u64, remembered_for: u64) {
        if self.keys.len() >= self.let_go_at {
            self.keys.retain(|_, entry| entry.matters(now, remembered_for));
            self.let_go_at = MANY.max(self.keys.len() * 2);
        }
    }
}

/// Why a file cannot be had.
enum Refused {
    InUse,
    Io(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Refused {
    fn at(self, path: &Path) -> IntentError {
        match self {
            Self::InUse => IntentError::InUse(path.into()),
            Self::Io(source) => IntentError::Unusable { path: path.into(), source },
        }
    }
}

fn open(path: &Path) -> Result<File, Refused> {
    Ok(OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?)
}

fn locked(file: File) -> Result<File, Refused> {
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Refused::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Writes what matters to a new file, locked before it takes the name of the old one, whose lock is still held.
fn write_anew(keys: &HashMap<String, Entry>, path: &Path) -> Result<File, Refused> {
    let partial = path.with_extension("partial");
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut file = locked(open(&partial)?)?;
    for (key, entry) in keys {
        file.write_all(&to_bytes(&Line { key: key.clone(), entry: entry.clone() })?)?;
    }
    file.sync_all()?;
    std::fs::rename(&partial, path)?;
    Ok(file)
}

fn to_bytes(line: &Line) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Returns the last entry of each key, and how many lines there are.
fn read(file: &File) -> io::Result<(HashMap<String, Entry>, usize)> {
    let (mut keys, mut lines) = (HashMap::new(), 0);
    for line in BufReader::new(file).split(b'\n') {
        lines += 1;
        // A line that is torn was not answered yet when it was written.
        if let Ok(line) = serde_json::from_slice::<Line>(&line?) {
            keys.insert(line.key, line.entry);
        }
    }
    Ok((keys, lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &Path, now: u64) -> Intents {
        Intents::open(path, now, 600).unwrap()
    }

    #[test]
    fn what_was_begun_is_known_after_a_death() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("intents.ndjson");
        let intents = open(&path, 1_000);
        intents.begin("a", 1_000).unwrap();
        intents.begin("b", 1_000).unwrap();
        intents.begin("c", 1_000).unwrap();
        intents.end("b", Some("6064")).unwrap();
        intents.end("c", None).unwrap();
        drop(intents);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"key\":\"d").unwrap();
        let intents = open(&path, 1_001);
        assert_eq!(Some(Known::Begun { at: 1_000 }), intents.known("a"));
        assert_eq!(Some(Known::Done { result: "6064".into() }), intents.known("b"));
        assert_eq!(None, intents.known("c"));
        assert_eq!(None, intents.known("d"));
    }

    #[test]
    fn a_line_that_a_full_disk_cut_off_takes_no_other_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("intents.ndjson");
        let intents = open(&path, 1_000);
        {
            let mut state = intents.lock();
            state.file.write_all(b"{\"key\":\"a").unwrap();
            state.is_torn = true;
        }
        intents.begin("b", 1_000).unwrap();
        drop(intents);
        assert_eq!(Some(Known::Begun { at: 1_000 }), open(&path, 1_001).known("b"));
    }

    #[test]
    fn an_end_is_forgotten_when_the_server_shows_it_and_a_begin_never() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("intents.ndjson");
        let intents = open(&path, 1_000);
        intents.begin("a", 1_000).unwrap();
        intents.begin("b", 1_000).unwrap();
        intents.end("b", Some("6064")).unwrap();
        drop(intents);
        let intents = open(&path, 1_600 + CLOCKS_DIFFER);
        assert_eq!(Some(Known::Begun { at: 1_000 }), intents.known("a"));
        assert_eq!(None, intents.known("b"));
        assert_eq!(1, std::fs::read_to_string(&path).unwrap().lines().count());
    }

    #[test]
    fn two_processes_do_not_share_intents() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("intents.ndjson");
        let _first = open(&path, 0);
        assert!(matches!(Intents::open(&path, 0, 600), Err(IntentError::InUse(_))));
    }
}
