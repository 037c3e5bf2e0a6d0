//! What was delivered: noted in order by one thread, and on the disk within a second.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::{ContactId, Fingerprint, LedgerError, UserKey};

/// How long a note waits for the disk at most: what a death may forget.
const COMMIT_EVERY: Duration = Duration::from_secs(1);

/// What a run has learned of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The user has these values.
    Delivered {
        /// Who.
        key: UserKey,
        /// Intercom's id.
        id: ContactId,
        /// What was delivered.
        fingerprint: Fingerprint,
    },
    /// The user has this id; what values it has is not known for sure.
    Known {
        /// Who.
        key: UserKey,
        /// Intercom's id.
        id: ContactId,
    },
    /// The user was seen to have this id; what was delivered to the same id still holds.
    Seen {
        /// Who.
        key: UserKey,
        /// Intercom's id.
        id: ContactId,
    },
    /// A write may have been carried out although its answer was lost.
    InDoubt {
        /// Who.
        key: UserKey,
    },
    /// The user is gone.
    Gone {
        /// Who.
        key: UserKey,
    },
}

/// A run, as the ledger keeps it.
#[derive(Debug, Clone, Copy)]
pub struct RunStart<'a> {
    /// Its name, which is also that of its folder.
    pub name: &'a str,
    /// What it does, so that the run before of the same job can be found.
    pub job: &'a str,
    /// Where its files are.
    pub folder: &'a Path,
    /// Seconds since 1970.
    pub started_at: u64,
}

/// Notes what was delivered.
#[derive(Debug)]
pub struct LedgerWriter {
    connection: Connection,
    path: PathBuf,
    run: i64,
    /// Since when notes wait for the disk, on the caller's clock.
    waiting_since: Option<Duration>,
}

impl LedgerWriter {
    pub(super) fn new(connection: Connection, path: &Path) -> Self {
        Self { connection, path: path.into(), run: 0, waiting_since: None }
    }

    /// Begins a run: what is noted from now on is noted by it.
    ///
    /// # Errors
    /// As [`LedgerError`].
    pub fn begin_run(&mut self, run: &RunStart<'_>) -> Result<(), LedgerError> {
        let folder = run.folder.display().to_string();
        let started_at = i64::try_from(run.started_at).unwrap_or(i64::MAX);
        let inserted = self.connection.execute(
            "INSERT INTO runs (name, job, folder, started_at) VALUES (?1, ?2, ?3, ?4)",
            (run.name, run.job, folder, started_at),
        );
        inserted.map_err(|error| self.failed(&error))?;
        self.run = self.connection.last_insert_rowid();
        Ok(())
    }

    /// Takes a note; it is on the disk after the next commit. `now` is on any clock that does not go back.
    ///
    /// # Errors
    /// As [`LedgerError`].
    pub fn note(&mut self, note: &Note, now: Duration) -> Result<(), LedgerError> {
        self.try_note(note, now).map_err(|error| self.failed(&error))
    }

    /// Commits what has waited for long enough.
    ///
    /// # Errors
    /// As [`LedgerError`].
    pub fn commit_if_due(&mut self, now: Duration) -> Result<(), LedgerError> {
        match self.waiting_since {
            Some(since) if now.saturating_sub(since) >= COMMIT_EVERY => self.commit(),
            _ => Ok(()),
        }
    }

    /// Puts everything on the disk.
    ///
    /// # Errors
    /// As [`LedgerError`].
    pub fn commit(&mut self) -> Result<(), LedgerError> {
        if self.waiting_since.take().is_some() {
            self.connection.execute_batch("COMMIT").map_err(|error| self.failed(&error))?;
        }
        Ok(())
    }

    fn try_note(&mut self, note: &Note, now: Duration) -> rusqlite::Result<()> {
        if self.waiting_since.is_none() {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            self.waiting_since = Some(now);
        }
        let connection = &self.connection;
        match note {
            Note::Delivered { key, id, fingerprint } => connection
                .prepare_cached("INSERT OR REPLACE INTO users VALUES (?1, ?2, ?3, ?4)")?
                .execute((key.as_bytes(), id, fingerprint, self.run)),
            Note::Known { key, id } => connection
                .prepare_cached("INSERT OR REPLACE INTO users VALUES (?1, ?2, NULL, ?3)")?
                .execute((key.as_bytes(), id, self.run)),
            Note::Seen { key, id } => connection
                .prepare_cached(
                    "INSERT INTO users VALUES (?1, ?2, NULL, ?3)
                     ON CONFLICT (key) DO UPDATE SET id = ?2, fingerprint = NULL, run = ?3 WHERE id <> ?2",
                )?
                .execute((key.as_bytes(), id, self.run)),
            Note::InDoubt { key } => connection
                .prepare_cached("UPDATE users SET fingerprint = NULL WHERE key = ?1")?
                .execute([key.as_bytes()]),
            Note::Gone { key } => {
                connection.prepare_cached("DELETE FROM users WHERE key = ?1")?.execute([key.as_bytes()])
            }
        }
        .map(drop)
    }

    fn failed(&self, error: &rusqlite::Error) -> LedgerError {
        LedgerError::of(&self.path, error)
    }
}
