//! Intercom's ids of companies: asked for by many threads, learned by some, written by the one writer.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension};

use super::LedgerError;

/// What earlier runs have learned of companies.
#[derive(Debug)]
pub struct Companies {
    connection: Mutex<Connection>,
    path: PathBuf,
    learned: Learned,
    /// Those that this run found to be gone, whatever the file still says of them.
    gone: Mutex<HashSet<String>>,
}

/// What this run has learned and not written yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Learned(Arc<Mutex<Vec<Lesson>>>);

#[derive(Debug)]
struct Lesson {
    company_id: String,
    /// `None` for a company that is gone.
    id: Option<String>,
}

impl Companies {
    pub(super) fn new(connection: Connection, path: &Path, learned: Learned) -> Self {
        let (connection, path) = (Mutex::new(connection), path.into());
        Self { connection, path, learned, gone: Mutex::default() }
    }

    /// Returns Intercom's id of a company.
    ///
    /// # Errors
    /// As [`LedgerError`].
    pub fn id(&self, company_id: &str) -> Result<Option<String>, LedgerError> {
        if lock(&self.gone).contains(company_id) {
            return Ok(None);
        }
        let connection = lock(&self.connection);
        let select = connection.prepare_cached("SELECT id FROM companies WHERE company_id = ?1");
        let id = select.and_then(|mut select| select.query_row([company_id], |row| row.get(0)).optional());
        id.map_err(|error| LedgerError::of(&self.path, &error))
    }

    /// Notes what a company is called, or that it is gone; it is on the disk with the next commit.
    pub fn note(&self, company_id: &str, id: Option<&str>) {
        if id.is_none() {
            lock(&self.gone).insert(company_id.into());
        }
        lock(&self.learned.0).push(Lesson { company_id: company_id.into(), id: id.map(Into::into) });
    }
}

impl Learned {
    pub(super) fn is_empty(&self) -> bool {
        lock(&self.0).is_empty()
    }

    /// Writes all, within the caller's transaction.
    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let learned = std::mem::take(&mut *lock(&self.0));
        let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO companies VALUES (?1, ?2)")?;
        let mut delete = connection.prepare_cached("DELETE FROM companies WHERE company_id = ?1")?;
        for Lesson { company_id, id } in learned {
            match id {
                Some(id) => insert.execute((company_id, id))?,
                None => delete.execute([company_id])?,
            };
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
