//! The rows of a listing while it is walked, in an SQLite file of one run: each contact once, in the order of creation,
//! with how far each part of the walk is. Whatever ends the process, rows and cursors agree.
//!
//! Nothing is synced but what SQLite moves from its log into the file: a killed process loses nothing that it committed,
//! and a power cut loses the end of the log.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

/// Marks the file as ours, "icbp".
const APPLICATION: u32 = 0x6963_6270;
/// Raised when a table or a value changes its meaning.
const SCHEMA: u32 = 1;
/// A row is about half a kilobyte.
const PAGE_BYTES: u32 = 16 * 1024;
/// What is kept of the file in memory.
const CACHE_KIB: i64 = 16 * 1024;
/// Pages of the log before they are moved into the file: 16 MiB.
const LOG_PAGES: i64 = 1_024;

const TABLES: &str = "
    CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE parts (part INTEGER PRIMARY KEY, value TEXT NOT NULL);
    -- `row` is null for a contact that is not asked for; `walk` is the last one that showed it.
    CREATE TABLE contacts (
        created_at INTEGER NOT NULL, id TEXT NOT NULL, updated_at INTEGER NOT NULL, walk INTEGER NOT NULL,
        kind INTEGER NOT NULL, row BLOB, PRIMARY KEY (created_at, id)
    ) WITHOUT ROWID;
";

/// A contact as a page showed it.
#[derive(Debug, Clone, Copy)]
pub struct StoredRow<'a> {
    /// Where its row stands: by the second of its creation, then by its id.
    pub created_at: i64,
    /// Intercom's id.
    pub id: &'a str,
    /// Of two that are shown, the one that was updated later counts.
    pub updated_at: i64,
    /// What its owner wants to know of it again.
    pub kind: i64,
    /// Its row as the output has it; `None` if it is not asked for.
    pub row: Option<&'a [u8]>,
}

/// What became of a contact that was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// Nobody has shown it before.
    New,
    /// The same walk has shown it before.
    Repeated,
    /// Another walk has shown it before, and not an older one.
    Known,
    /// Another walk has shown it before; what it is now takes the place of that.
    Replaced {
        /// What kind it was.
        kind: i64,
        /// Whether it was updated since.
        is_newer: bool,
    },
}

/// The file; nobody else has it while it is open.
#[derive(Debug)]
pub struct PageStore {
    connection: Connection,
    path: PathBuf,
    is_in_transaction: bool,
}

impl PageStore {
    /// Begins an empty one, readable by the user alone; what it held is gone.
    ///
    /// # Errors
    /// When it cannot be written; [`io::ErrorKind::ResourceBusy`] if another process has it open.
    pub fn create(path: &Path) -> io::Result<Self> {
        if let Some(old) = Self::open(path)? {
            old.remove();
        }
        remove_files(path);
        OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        let store = Self::connect(path).map_err(|error| io_error(&error))?;
        store.begin().map_err(|error| io_error(&error))?;
        Ok(store)
    }

    /// Opens one that somebody left. `None` if there is none, or if it is none; that is removed.
    ///
    /// # Errors
    /// When it cannot be read or written; [`io::ErrorKind::ResourceBusy`] if another process has it open.
    pub fn open(path: &Path) -> io::Result<Option<Self>> {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
            Ok(_) => {}
        }
        match Self::connect(path).and_then(|store| Ok((store.is_ours()?, store))) {
            Ok((true, store)) => Ok(Some(store)),
            Ok((false, store)) => {
                store.remove();
                Ok(None)
            }
            Err(error) if is_damage(&error) => {
                remove_files(path);
                Ok(None)
            }
            Err(error) => Err(io_error(&error)),
        }
    }

    fn connect(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        // Who has it open should tell others at once.
        connection.busy_timeout(std::time::Duration::ZERO)?;
        connection.pragma_update(None, "page_size", PAGE_BYTES)?;
        connection.pragma_update(None, "locking_mode", "exclusive")?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        // In this mode, the first transaction takes the lock until the end.
        connection.execute_batch("BEGIN IMMEDIATE; COMMIT")?;
        // What is left for another run is left in the log as well; what is removed needs no tidying.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        Ok(Self { connection, path: path.into(), is_in_transaction: false })
    }

    fn begin(&self) -> rusqlite::Result<()> {
        self.connection.execute_batch(&format!("BEGIN; {TABLES} COMMIT"))?;
        self.connection.pragma_update(None, "application_id", APPLICATION)?;
        self.connection.pragma_update(None, "user_version", SCHEMA)
    }

    fn is_ours(&self) -> rusqlite::Result<bool> {
        let number = |name: &str| self.connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
        Ok((number("application_id")?, number("user_version")?) == (APPLICATION, SCHEMA))
    }

    /// Returns where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns something that was noted.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn note(&self, name: &str) -> io::Result<Option<String>> {
        let mut select = self.prepare("SELECT value FROM notes WHERE name = ?1")?;
        select.query_row([name], |row| row.get(0)).optional().map_err(|error| io_error(&error))
    }

    /// Notes something, in the place of what had the name.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_note(&mut self, name: &str, value: &str) -> io::Result<()> {
        self.write("INSERT OR REPLACE INTO notes VALUES (?1, ?2)", params![name, value])
    }

    /// Returns the parts, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn parts(&self) -> io::Result<Vec<String>> {
        let mut select = self.prepare("SELECT value FROM parts ORDER BY part")?;
        let rows = select.query_map([], |row| row.get(0)).map_err(|error| io_error(&error))?;
        rows.collect::<rusqlite::Result<_>>().map_err(|error| io_error(&error))
    }

    /// Notes how far a part is.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_part(&mut self, part: usize, value: &str) -> io::Result<()> {
        self.write("INSERT OR REPLACE INTO parts VALUES (?1, ?2)", params![part as i64, value])
    }

    /// Takes a contact that a walk shows.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn put(&mut self, row: &StoredRow<'_>, walk: i64) -> io::Result<Put> {
        self.ensure_transaction()?;
        self.try_put(row, walk).map_err(|error| io_error(&error))
    }

    fn try_put(&self, row: &StoredRow<'_>, walk: i64) -> rusqlite::Result<Put> {
        let StoredRow { created_at, id, updated_at, kind, row } = *row;
        let mut insert = self
            .connection
            .prepare_cached("INSERT OR IGNORE INTO contacts VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        if insert.execute(params![created_at, id, updated_at, walk, kind, row])? == 1 {
            return Ok(Put::New);
        }
        let mut select = self.connection.prepare_cached(
            "SELECT updated_at, walk, kind FROM contacts WHERE created_at = ?1 AND id = ?2",
        )?;
        let (known_at, known_walk, known_kind): (i64, i64, i64) =
            select.query_row(params![created_at, id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        // What is shown later is no older, but the index may answer from two states in turn.
        if updated_at < known_at || (updated_at == known_at && known_walk == walk) {
            self.touch(created_at, id, walk)?;
            return Ok(if known_walk == walk { Put::Repeated } else { Put::Known });
        }
        let mut update = self.connection.prepare_cached(
            "UPDATE contacts SET updated_at = ?3, walk = ?4, kind = ?5, row = ?6
             WHERE created_at = ?1 AND id = ?2",
        )?;
        update.execute(params![created_at, id, updated_at, walk, kind, row])?;
        Ok(Put::Replaced { kind: known_kind, is_newer: updated_at > known_at })
    }

    /// Says of a contact that a walk shows it; `None` if nobody has shown it before.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn see(&mut self, created_at: i64, id: &str, walk: i64) -> io::Result<Option<Put>> {
        self.ensure_transaction()?;
        let mut select = self.prepare("SELECT walk FROM contacts WHERE created_at = ?1 AND id = ?2")?;
        let known = select.query_row(params![created_at, id], |row| row.get::<_, i64>(0)).optional();
        let Some(known) = known.map_err(|error| io_error(&error))? else { return Ok(None) };
        self.touch(created_at, id, walk).map_err(|error| io_error(&error))?;
        Ok(Some(if known == walk { Put::Repeated } else { Put::Known }))
    }

    /// Returns whether somebody has shown a contact.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn holds(&self, created_at: i64, id: &str) -> io::Result<bool> {
        let mut select = self.prepare("SELECT 1 FROM contacts WHERE created_at = ?1 AND id = ?2")?;
        select.exists(params![created_at, id]).map_err(|error| io_error(&error))
    }

    fn touch(&self, created_at: i64, id: &str, walk: i64) -> rusqlite::Result<()> {
        let mut update = self
            .connection
            .prepare_cached("UPDATE contacts SET walk = ?3 WHERE created_at = ?1 AND id = ?2")?;
        update.execute(params![created_at, id, walk]).map(drop)
    }

    /// Keeps everything so far, whatever ends the process.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn commit(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.is_in_transaction) {
            self.connection.execute_batch("COMMIT").map_err(|error| io_error(&error))?;
        }
        Ok(())
    }

    /// Hands over each row in order, and returns of how many contacts there is none or one.
    ///
    /// # Errors
    /// When the file cannot be read, or as `take` says.
    pub fn each(&self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<u64> {
        let failed = |error: rusqlite::Error| io_error(&error);
        let mut select = self.prepare("SELECT row FROM contacts ORDER BY created_at, id")?;
        let (mut rows, mut n_contacts) = (select.query([]).map_err(failed)?, 0);
        while let Some(row) = rows.next().map_err(failed)? {
            n_contacts += 1;
            if let Some(row) = blob(row).map_err(failed)? {
                take(row)?;
            }
        }
        Ok(n_contacts)
    }

    /// Removes the file. One that cannot be removed is emptied, so that nobody goes on from it.
    pub fn remove(self) {
        let Self { connection, path, .. } = self;
        drop(connection);
        remove_files(&path);
    }

    fn prepare(&self, sql: &str) -> io::Result<rusqlite::CachedStatement<'_>> {
        self.connection.prepare_cached(sql).map_err(|error| io_error(&error))
    }

    fn write(&mut self, sql: &str, values: impl rusqlite::Params) -> io::Result<()> {
        self.ensure_transaction()?;
        self.prepare(sql)?.execute(values).map(drop).map_err(|error| io_error(&error))
    }

    fn ensure_transaction(&mut self) -> io::Result<()> {
        if !self.is_in_transaction {
            self.connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| io_error(&error))?;
            self.is_in_transaction = true;
        }
        Ok(())
    }
}

fn blob<'a>(row: &'a rusqlite::Row<'_>) -> rusqlite::Result<Option<&'a [u8]>> {
    Ok(row.get_ref(0)?.as_blob_or_null()?)
}

fn remove_files(path: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        if fs::remove_file(&name).is_err_and(|error| error.kind() != io::ErrorKind::NotFound)
            && let Ok(file) = File::options().write(true).open(&name)
        {
            let _ = file.set_len(0);
        }
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn io_error(error: &rusqlite::Error) -> io::Error {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => io::ErrorKind::StorageFull,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => io::ErrorKind::ResourceBusy,
        Some(ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => io::ErrorKind::PermissionDenied,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => io::ErrorKind::InvalidData,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error.to_string())
}

#[cfg(test)]
mod tests;
