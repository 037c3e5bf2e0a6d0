//! What was delivered: noted in order by one thread, and on the disk within a second.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::companies::Learned;
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

/// Notes what was delivered.
#[derive(Debug)]
pub struct LedgerWriter {
    connection: Connection,
    path: PathBuf,
    run: i64,
    learned: Learned,
    /// Since when notes wait for the disk, on the caller's clock.
    waiting_since: Option<Duration>,
}

impl LedgerWriter {
    pub(super) fn new(connection: Connection, path: &Path) -> Self {
        Self { connection, path: path.into(), run: 0, learned: Learned::default(), waiting_since: None }
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
        self.try_commit().map_err(|error| self.failed(&error))
    }

    fn try_commit(&mut self) -> rusqlite::Result<()> {
        if !self.learned.is_empty() {
            // No later than a second after the rows that it was learned with: they begin the transaction.
            self.begin(Duration::ZERO)?;
            self.learned.write(&self.connection)?;
        }
        match self.waiting_since.take() {
            Some(_) => self.connection.execute_batch("COMMIT"),
            None => Ok(()),
        }
    }

    fn begin(&mut self, now: Duration) -> rusqlite::Result<()> {
        if self.waiting_since.is_none() {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            self.waiting_since = Some(now);
        }
        Ok(())
    }

    pub(super) fn learned(&self) -> Learned {
        self.learned.clone()
    }

    fn try_note(&mut self, note: &Note, now: Duration) -> rusqlite::Result<()> {
        self.begin(now)?;
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

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn run(&self) -> i64 {
        self.run
    }

    pub(super) fn set_run(&mut self, run: i64) {
        self.run = run;
    }

    /// Forgets what was delivered to users that a run was writing when it died, unless that very run has noted it.
    pub(super) fn doubt(&mut self, keys: &[UserKey]) -> Result<(), LedgerError> {
        self.try_doubt(keys).map_err(|error| self.failed(&error))
    }

    fn try_doubt(&mut self, keys: &[UserKey]) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        {
            let mut update = transaction.prepare(
                "UPDATE users SET fingerprint = NULL WHERE key = ?1 AND run < (SELECT max(run) FROM runs)",
            )?;
            keys.iter().try_for_each(|key| update.execute([key.as_bytes()]).map(drop))?;
        }
        transaction.commit()
    }

    pub(super) fn failed(&self, error: &rusqlite::Error) -> LedgerError {
        LedgerError::of(&self.path, error)
    }
}
