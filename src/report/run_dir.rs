//! The folder of one run: created for the user alone, named by time, command and chance.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::rows::OutputError;

const REPORT: &str = "report.json";
const REJECTS: [&str; 3] = ["rejects.csv", RunDir::RETRY[0], RunDir::RETRY[1]];

/// The name of one run: `20261121T021500Z-import-7f3a`.
#[derive(Debug, Clone)]
pub struct RunId {
    text: String,
    command: &'static str,
    began: Duration,
}

impl RunId {
    /// Names a run. `now` is since 1970; `chance` tells apart runs of one second.
    #[must_use]
    pub fn new(command: &'static str, now: Duration, chance: u16) -> Self {
        Self { text: format!("{}-{command}-{chance:04x}", compact_time(now)), command, began: now }
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns what is run: `import`, `export` or `check`.
    #[must_use]
    pub fn command(&self) -> &'static str {
        self.command
    }

    /// Returns when the run began, as `2026-11-21T02:15:00Z`.
    #[must_use]
    pub fn began(&self) -> String {
        timestamp(self.began).to_string()
    }
}

/// The folder that holds the files of one run.
#[derive(Debug, Clone)]
pub struct RunDir {
    path: PathBuf,
    id: RunId,
}

impl RunDir {
    /// The files that a run may write into its folder.
    pub const FILES: [&str; 5] = [REPORT, REJECTS[0], REJECTS[1], REJECTS[2], "pages.db"];

    /// The files for the rows of a run that are to be sent again, of which it writes one.
    pub const RETRY: [&str; 2] = ["retry.csv", "retry.ndjson"];

    /// Creates the run's own folder in `runs`.
    ///
    /// # Errors
    /// When the folder cannot be created.
    pub fn create(runs: &Path, id: &RunId) -> io::Result<Self> {
        Self::at(&runs.join(id.as_str()), id)
    }

    /// Uses a folder of the user's choice as it is.
    ///
    /// # Errors
    /// When the folder cannot be created.
    pub fn at(path: &Path, id: &RunId) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        Ok(Self { path: path.into(), id: id.clone() })
    }

    /// Returns the run's name.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_str()
    }

    /// Returns the folder's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the path of a file in the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Creates a file in the folder, readable by the user alone.
    pub(super) fn create_file(&self, name: &str) -> io::Result<File> {
        create(&self.file(name))
    }

    /// Removes the rejects that an earlier run left in the same folder: they must not be taken for this one's.
    pub(super) fn clear_rejects(&self) -> io::Result<()> {
        for name in REJECTS {
            match fs::remove_file(self.file(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(OutputError::named(&self.file(name), error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Replaces a file in the folder as a whole.
    pub(super) fn replace_file(&self, name: &str, content: &[u8]) -> io::Result<()> {
        replace(&self.file(name), content)
    }
}

fn create(path: &Path) -> io::Result<File> {
    let created = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    created.map_err(|error| OutputError::named(path, error))
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    let written =
        create(partial).and_then(|mut file| file.write_all(content)).and_then(|()| fs::rename(partial, path));
    written.map_err(|error| {
        // What is there of it is of no use, and takes the space of something that is.
        let _ = fs::remove_file(partial);
        OutputError::named(path, error)
    })
}

/// Lets the report in the folder of a dead run say `died`, if it says that the run is running.
///
/// # Errors
/// When there is no such report, or it cannot be replaced.
pub fn note_death(folder: &Path) -> io::Result<()> {
    let path = folder.join(REPORT);
    let mut report: serde_json::Value = serde_json::from_slice(&fs::read(&path)?)?;
    if report["state"] != "running" {
        return Ok(());
    }
    report["state"] = "died".into();
    let text = format!("{report:#}\n");
    replace(&path, text.as_bytes())
}

/// Writes a time as `20261121T021500Z`.
fn compact_time(now: Duration) -> String {
    timestamp(now).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Returns a time since 1970 as a timestamp of whole seconds.
pub(super) fn timestamp(now: Duration) -> jiff::Timestamp {
    i64::try_from(now.as_secs())
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}
