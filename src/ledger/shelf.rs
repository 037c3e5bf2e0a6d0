//! What a listing has shown of users, by key: too much for memory, and of no use after the run. A table in a file of this
//! process alone, which has no name and ends with it. SQLite puts it where temporary files go: `TMPDIR`, else `/var/tmp`.

use rusqlite::{Connection, OptionalExtension};

use super::{OverflowError, UserKey};

/// What is kept of the table in memory: 16 MiB.
const CACHE_KIB: i64 = 16 * 1024;

/// What one contact shows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it all.
pub struct Shown {
    pub key: UserKey,
    pub id: String,
    pub json: String,
}

/// The table.
#[derive(Debug)]
pub struct Shelf(Connection);

impl Shelf {
    /// Begins an empty table.
    ///
    /// # Errors
    /// When there is no place for temporary files.
    pub fn new() -> Result<Self, OverflowError> {
        let connection = Connection::open("")?;
        // What dies with the process has nothing to roll back and nothing to keep.
        connection.pragma_update(None, "journal_mode", "off")?;
        connection.pragma_update(None, "synchronous", "off")?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.execute_batch(
            "CREATE TABLE shown (key BLOB PRIMARY KEY, id TEXT NOT NULL, json TEXT) WITHOUT ROWID",
        )?;
        Ok(Self(connection))
    }

    /// Keeps what contacts show. A key that several have shows nothing.
    ///
    /// # Errors
    /// As [`OverflowError`].
    pub fn put(&mut self, contacts: &[Shown]) -> Result<(), OverflowError> {
        let transaction = self.0.transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO shown VALUES (?1, ?2, ?3)
                 ON CONFLICT (key) DO UPDATE SET json = iif(id = ?2, ?3, NULL)",
            )?;
            for Shown { key, id, json } in contacts {
                insert.execute((key.as_bytes(), id, json))?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Returns what was shown of a user.
    ///
    /// # Errors
    /// As [`OverflowError`].
    pub fn get(&self, key: &UserKey) -> Result<Option<String>, OverflowError> {
        let mut select = self.0.prepare_cached("SELECT json FROM shown WHERE key = ?1")?;
        let found = select.query_row([key.as_bytes()], |row| row.get::<_, Option<String>>(0));
        Ok(found.optional()?.flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::KeyKind;

    fn shown(email: &str, id: &str, json: &str) -> Shown {
        Shown { key: UserKey::new(KeyKind::Email, email), id: id.into(), json: json.into() }
    }

    #[test]
    fn what_was_shown_last_of_one_contact_is_kept_and_of_two_nothing() {
        let mut shelf = Shelf::new().unwrap();
        shelf.put(&[shown("a", "1", "old"), shown("b", "2", "b"), shown("a", "1", "new")]).unwrap();
        shelf.put(&[shown("b", "3", "other")]).unwrap();
        let get = |email| shelf.get(&UserKey::new(KeyKind::Email, email)).unwrap();
        assert_eq!([Some("new".to_owned()), None, None], ["a", "b", "c"].map(get));
    }
}
