//! The folder of one run: created for the user alone, named by time, command and chance.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The folder that holds the files of one run.
#[derive(Debug, Clone)]
pub struct RunDir {
    path: PathBuf,
    id: String,
}

impl RunDir {
    /// The files that a run may write into its folder.
    pub const FILES: [&str; 4] = ["report.json", "rejects.csv", "retry.csv", "retry.ndjson"];

    /// Creates the folder `<runs>/20261121T021500Z-import-7f3a`.
    ///
    /// `now` is seconds since 1970; `chance` tells apart runs of one second.
    ///
    /// # Errors
    /// When the folder cannot be created.
    pub fn create(runs: &Path, command: &str, now: Duration, chance: u16) -> io::Result<Self> {
        let id = format!("{}-{command}-{chance:04x}", compact_time(now));
        let path = runs.join(&id);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        Ok(Self { path, id })
    }

    /// Uses a folder of the user's choice as it is.
    ///
    /// # Errors
    /// When the folder cannot be created.
    pub fn at(path: &Path, command: &str, now: Duration, chance: u16) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        Ok(Self { path: path.into(), id: format!("{}-{command}-{chance:04x}", compact_time(now)) })
    }

    /// Returns the run's name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
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
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(self.file(name))
    }

    /// Replaces a file in the folder as a whole.
    pub(super) fn replace_file(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let partial = format!("{name}.partial");
        io::Write::write_all(&mut self.create_file(&partial)?, content)?;
        fs::rename(self.file(&partial), self.file(name))
    }
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
