//! What has been delivered, by key. Many keys at a time, because neighbours share a page.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{CachedStatement, Connection};

use super::{ContactId, Delivery, LedgerError, UserKey};

/// Says what is known of users.
#[derive(Debug)]
pub struct LedgerReader {
    connection: Connection,
    path: PathBuf,
    /// When each run began, in seconds since 1970.
    runs: HashMap<i64, u64>,
}

impl LedgerReader {
    pub(super) fn new(connection: Connection, path: &Path) -> Result<Self, LedgerError> {
        let runs = runs(&connection).map_err(|error| LedgerError::of(path, &error))?;
        Ok(Self { connection, path: path.into(), runs })
    }

    /// Returns what is known of each key, in the order asked.
    ///
    /// # Errors
    /// As [`LedgerError`].
    pub fn look_up(&mut self, keys: &[UserKey]) -> Result<Vec<Option<Delivery>>, LedgerError> {
        self.try_look_up(keys).map_err(|error| LedgerError::of(&self.path, &error))
    }

    /// Returns whether the run that goes on has noted what is known.
    #[must_use]
    pub fn is_of_this_run(&self, known: &Delivery) -> bool {
        // The runs were read before this one began.
        !self.runs.contains_key(&known.run)
    }

    fn try_look_up(&mut self, keys: &[UserKey]) -> rusqlite::Result<Vec<Option<Delivery>>> {
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_unstable_by_key(|at| &keys[*at]);
        let mut found = vec![None; keys.len()];
        // One transaction for all: each of its own would lock and unlock the log.
        let transaction = self.connection.transaction()?;
        {
            let mut select =
                transaction.prepare_cached("SELECT id, fingerprint, run FROM users WHERE key = ?1")?;
            for at in order {
                found[at] = look_up(&mut select, &keys[at], &self.runs)?;
            }
        }
        transaction.commit()?;
        Ok(found)
    }
}

fn look_up(
    select: &mut CachedStatement<'_>,
    key: &UserKey,
    runs: &HashMap<i64, u64>,
) -> rusqlite::Result<Option<Delivery>> {
    let mut rows = select.query([key.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (id, fingerprint, run): (ContactId, _, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(Some(Delivery { id, fingerprint, at: runs.get(&run).copied().unwrap_or(0), run }))
}

fn runs(connection: &Connection) -> rusqlite::Result<HashMap<i64, u64>> {
    let mut select = connection.prepare("SELECT run, started_at FROM runs")?;
    select.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?.collect()
}
