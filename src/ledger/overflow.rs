//! Marks by hash that are too many for memory: a table in a file of this process alone, which has no name and ends with
//! it. SQLite puts it where temporary files go: `TMPDIR`, else `/var/tmp`.

use rusqlite::{Connection, OptionalExtension, Row};

/// What is kept of the table in memory: 16 MiB.
const CACHE_KIB: i64 = 16 * 1024;

/// The file cannot be read or written: there is no room, as a rule.
#[derive(Debug, thiserror::Error)]
#[error("the temporary file cannot be used: {0}")]
pub struct OverflowError(#[from] rusqlite::Error);

/// Two places by a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // The owner knows what its places mean.
pub struct Span {
    pub first: u64,
    pub last: u64,
}

/// The table.
#[derive(Debug)]
pub struct Overflow(Connection);

impl Overflow {
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
            "CREATE TABLE spans (hash BLOB PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID",
        )?;
        Ok(Self(connection))
    }

    /// Keeps spans, in the place of older ones of the same hash.
    ///
    /// # Errors
    /// As [`OverflowError`].
    pub fn put(&mut self, spans: impl IntoIterator<Item = (u128, Span)>) -> Result<(), OverflowError> {
        // In the order of the table, neighbours are written together.
        let mut spans: Vec<_> = spans.into_iter().map(|(hash, span)| (hash.to_be_bytes(), span)).collect();
        spans.sort_unstable_by_key(|(hash, _)| *hash);
        let transaction = self.0.transaction()?;
        {
            let mut insert =
                transaction.prepare_cached("INSERT OR REPLACE INTO spans VALUES (?1, ?2, ?3)")?;
            for (hash, Span { first, last }) in spans {
                insert.execute((hash, first.cast_signed(), last.cast_signed()))?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Returns the span of a hash.
    ///
    /// # Errors
    /// As [`OverflowError`].
    pub fn get(&self, hash: u128) -> Result<Option<Span>, OverflowError> {
        let mut select = self.0.prepare_cached("SELECT first, last FROM spans WHERE hash = ?1")?;
        let number = |row: &Row<'_>, column| row.get::<_, i64>(column).map(i64::cast_unsigned);
        let found = select.query_row([hash.to_be_bytes()], |row| {
            Ok(Span { first: number(row, 0)?, last: number(row, 1)? })
        });
        Ok(found.optional()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_span_of_a_hash_is_kept() {
        let mut overflow = Overflow::new().unwrap();
        overflow
            .put([(7, Span { first: 0, last: 2 }), (u128::MAX, Span { first: 0, last: u64::MAX })])
            .unwrap();
        overflow.put([(7, Span { first: 1, last: 9 })]).unwrap();
        assert_eq!(Some(Span { first: 1, last: 9 }), overflow.get(7).unwrap());
        assert_eq!(Some(Span { first: 0, last: u64::MAX }), overflow.get(u128::MAX).unwrap());
        assert_eq!(None, overflow.get(8).unwrap());
    }
}
