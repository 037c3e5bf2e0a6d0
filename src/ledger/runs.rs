//! The runs of a workspace: what each did, and the one before of the same job.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::{LedgerError, LedgerWriter};

/// A run that begins.
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

/// A run that has ended.
#[derive(Debug, Clone, Copy)]
pub struct RunEnd {
    /// Seconds since 1970.
    pub ended_at: u64,
    /// Its exit code.
    pub exit_code: u8,
    /// The rows of its input; `None` if it did not come to its end.
    pub rows: Option<u64>,
}

/// A run of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRun {
    /// Its number; later ones are greater.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// Where its files are, unless somebody has deleted them.
    pub folder: PathBuf,
    /// The rows of its input, if it came to its end.
    pub rows: Option<u64>,
}

impl LedgerWriter {
    /// Begins a run: what is noted from now on is noted by it.
    ///
    /// # Errors
    /// As [`LedgerError`].
    pub fn begin_run(&mut self, run: &RunStart<'_>) -> Result<(), LedgerError> {
        let folder = run.folder.display().to_string();
        let values = (run.name, run.job, folder, signed(run.started_at));
        let insert = "INSERT INTO runs (name, job, folder, started_at) VALUES (?1, ?2, ?3, ?4)";
        self.connection().execute(insert, values).map_err(|error| self.failed(&error))?;
        self.set_run(self.connection().last_insert_rowid());
        Ok(())
    }

    /// Ends the run, and puts everything on the disk.
    ///
    /// # Errors
    /// As [`LedgerError`].
    pub fn end_run(&mut self, end: &RunEnd) -> Result<(), LedgerError> {
        self.commit()?;
        let values = (signed(end.ended_at), end.exit_code, end.rows.map(signed), self.run());
        let update = "UPDATE runs SET ended_at = ?1, exit_code = ?2, rows = ?3 WHERE run = ?4";
        self.connection().execute(update, values).map(drop).map_err(|error| self.failed(&error))
    }

    /// Returns the newest earlier run of a job, and the newest that read its input to the end.
    ///
    /// # Errors
    /// As [`LedgerError`].
    pub fn past_runs(&self, job: &str) -> Result<(Option<PastRun>, Option<PastRun>), LedgerError> {
        let newest = |which: &str| newest(self.connection(), job, self.run(), which);
        let both = newest("1").and_then(|last| Ok((last, newest("rows IS NOT NULL")?)));
        both.map_err(|error| self.failed(&error))
    }

    /// Returns the earlier runs of a job that may have left rows undelivered which no later one has looked at: the
    /// newest that read its input to the end, and those after it. The oldest comes first.
    ///
    /// # Errors
    /// As [`LedgerError`].
    pub fn unsettled_runs(&self, job: &str) -> Result<Vec<PastRun>, LedgerError> {
        unsettled(self.connection(), job, self.run()).map_err(|error| self.failed(&error))
    }
}

fn newest(connection: &Connection, job: &str, but: i64, which: &str) -> rusqlite::Result<Option<PastRun>> {
    let select = format!(
        "SELECT run, name, folder, rows FROM runs WHERE job = ?1 AND run <> ?2 AND {which} ORDER BY run DESC LIMIT 1"
    );
    connection.query_row(&select, (job, but), past).optional()
}

fn unsettled(connection: &Connection, job: &str, but: i64) -> rusqlite::Result<Vec<PastRun>> {
    let mut select = connection.prepare(
        "SELECT run, name, folder, rows FROM runs WHERE job = ?1 AND run <> ?2 AND run >= ifnull(
             (SELECT max(run) FROM runs WHERE job = ?1 AND run <> ?2 AND rows IS NOT NULL), 0)
         ORDER BY run",
    )?;
    select.query_map((job, but), past)?.collect()
}

fn past(row: &rusqlite::Row<'_>) -> rusqlite::Result<PastRun> {
    let (folder, rows): (String, Option<i64>) = (row.get(2)?, row.get(3)?);
    let rows = rows.map(i64::unsigned_abs);
    Ok(PastRun { number: row.get(0)?, name: row.get(1)?, folder: folder.into(), rows })
}

/// SQLite has no unsigned numbers.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
