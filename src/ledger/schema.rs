//! The file itself: what is in it, how it is opened, and what happens to one that is damaged.
//!
//! The tables are public: people look into them with `sqlite3` or Python. A change raises [`SCHEMA`].

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::{Companies, Doubts, LedgerError, LedgerReader, LedgerWriter};

/// The schema that this version writes; a later one is refused.
const SCHEMA: u32 = 1;
/// Marks the file as ours, "icbl"; `file` and `PRAGMA application_id` show it.
const APPLICATION: u32 = 0x6963_626c;
/// What the reading connection keeps of the file in memory, whatever the file's size: a million users in no order, or any
/// number of them in the order of their keys.
const READ_CACHE_KIB: i64 = 64 * 1024;
/// What the others keep.
const CACHE_KIB: i64 = 16 * 1024;
/// Pages of the write-ahead log before they are moved into the file: 16 MiB, a second's worth of random writes.
const LOG_PAGES: i64 = 4_096;

const TABLES: &str = "
    CREATE TABLE workspace (id TEXT PRIMARY KEY) WITHOUT ROWID;
    -- One row a run of import or export. `job` names the runs that do the same: see the runs before this one.
    CREATE TABLE runs (
        run INTEGER PRIMARY KEY, name TEXT NOT NULL, job TEXT NOT NULL, folder TEXT NOT NULL,
        started_at INTEGER NOT NULL, ended_at INTEGER, exit_code INTEGER, rows INTEGER
    );
    CREATE INDEX runs_of_job ON runs (job, run);
    -- `key`: x external_id, e email, i id, l email of a lead, then the text; an upper-case letter before a hashed text.
    -- `id`: 12 bytes or text. `fingerprint`: what was delivered, null if only the id is known.
    CREATE TABLE users (
        key BLOB PRIMARY KEY, id BLOB NOT NULL, fingerprint BLOB, run INTEGER NOT NULL
    ) WITHOUT ROWID;
    -- Intercom's ids of companies, by the caller's ids.
    CREATE TABLE companies (company_id TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID;
    CREATE VIEW delivered AS
        SELECT CAST(key AS TEXT) AS key, CASE typeof(id) WHEN 'blob' THEN lower(hex(id)) ELSE id END AS id,
            lower(hex(fingerprint)) AS fingerprint, datetime(started_at, 'unixepoch') AS at, name AS run
        FROM users LEFT JOIN runs USING (run);
";

/// The ledger of a workspace: an end to read and one to write. The lock of the run keeps other processes out.
#[derive(Debug)]
pub struct Ledger {
    /// Says what is known.
    pub reader: LedgerReader,
    /// Notes what was delivered.
    pub writer: LedgerWriter,
    /// Notes what is about to be.
    pub doubts: Doubts,
    /// Knows the companies.
    pub companies: Companies,
}

/// A ledger, and the damaged one that stood in its place.
#[derive(Debug)]
pub struct Opened {
    /// The ledger.
    pub ledger: Ledger,
    /// Where the damaged one is now.
    pub set_aside: Option<(PathBuf, LedgerError)>,
}

impl Ledger {
    /// The name of the file in the workspace's folder.
    pub const FILE: &'static str = "ledger.db";

    /// Opens the ledger in a folder, or begins one. A damaged one is renamed, and a new one begun.
    ///
    /// # Errors
    /// As [`LedgerError`], but for a damaged one.
    pub fn open(folder: &Path, workspace: &str) -> Result<Opened, LedgerError> {
        let path = folder.join(Self::FILE);
        match Self::open_file(&path, workspace) {
            Err(damage @ LedgerError::Damaged { .. }) => {
                let aside = set_aside(&path).map_err(|error| LedgerError::of_io(&path, &error))?;
                let ledger = Self::open_file(&path, workspace)?;
                Ok(Opened { ledger, set_aside: Some((aside, damage)) })
            }
            opened => Ok(Opened { ledger: opened?, set_aside: None }),
        }
    }

    /// Deletes the ledger in a folder, if there is one.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub fn delete(folder: &Path) -> std::io::Result<()> {
        let path = folder.join(Self::FILE);
        [path.clone(), with_ending(&path, "-wal"), with_ending(&path, "-shm")].iter().try_for_each(|path| {
            match fs::remove_file(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            }
        })
    }

    /// Gives a ledger that turned out to be damaged another name, so that the next run begins a new one.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
        set_aside(path)
    }

    fn open_file(path: &Path, workspace: &str) -> Result<Self, LedgerError> {
        let failed = |error: rusqlite::Error| LedgerError::of(path, &error);
        create_private(path).map_err(|error| LedgerError::of_io(path, &error))?;
        let mut connection = connect(path).map_err(failed)?;
        match schema_of(&connection).map_err(failed)? {
            0 => begin(&mut connection, workspace).map_err(failed)?,
            SCHEMA => {}
            found if found > SCHEMA => {
                return Err(LedgerError::Newer { path: path.into(), found, known: SCHEMA });
            }
            found => {
                let reason = format!("nobody has ever written schema {found}");
                return Err(LedgerError::Damaged { path: path.into(), reason });
            }
        }
        let found = workspace_of(&connection).map_err(failed)?;
        if found.as_deref() != Some(workspace) {
            let (path, expected) = (path.to_owned(), workspace.to_owned());
            return Err(match found {
                Some(found) => LedgerError::OtherWorkspace { path, found, expected },
                None => LedgerError::Damaged { path, reason: "it does not say whose it is".into() },
            });
        }
        let (doubts, keys) = Doubts::open(path.parent().unwrap_or(path))?;
        let mut writer = LedgerWriter::new(connection, path);
        if !keys.is_empty() {
            writer.doubt(&keys)?;
        }
        // Of a file with a torn key alone, too: what is added behind it could not be read.
        doubts.clear()?;
        let read_connection = connect(path).map_err(failed)?;
        read_connection.pragma_update(None, "cache_size", -READ_CACHE_KIB).map_err(failed)?;
        let reader = LedgerReader::new(read_connection, path)?;
        let companies = Companies::new(connect(path).map_err(failed)?, path, writer.learned());
        Ok(Self { reader, writer, doubts, companies })
    }
}

/// Creates an empty file that only the user can read: SQLite gives its log the same permissions.
fn create_private(path: &Path) -> std::io::Result<()> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop)
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // Synced at every commit, once a second: after a power cut, too, no more than a second is forgotten.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_PAGES * 4_096)?;
    Ok(connection)
}

/// Returns the schema of a file, 0 if there is nothing in it.
fn schema_of(connection: &Connection) -> rusqlite::Result<u32> {
    let schema = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: u32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: u32 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (application, tables) {
        (APPLICATION, _) => schema,
        (_, 0) => 0,
        // Somebody else's database: not ours to write to.
        _ => return Err(rusqlite::Error::InvalidQuery),
    })
}

fn begin(connection: &mut Connection, workspace: &str) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.execute("INSERT INTO workspace VALUES (?1)", [workspace])?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", SCHEMA)?;
    transaction.commit()
}

fn workspace_of(connection: &Connection) -> rusqlite::Result<Option<String>> {
    connection.query_row("SELECT id FROM workspace", [], |row| row.get(0)).optional()
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Gives a damaged file another name, with its log. Returns the first name that was free.
fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let named = |end: &str| with_ending(path, end);
    let free = (1..).map(|n| format!(".damaged-{n}")).find(|end| !named(end).exists());
    let aside = free.expect("there is a last number on no disk");
    for log in ["-wal", "-shm"] {
        match fs::rename(named(log), named(&format!("{aside}{log}"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(path, named(&aside))?;
    Ok(named(&aside))
}

#[cfg(test)]
mod tests;
