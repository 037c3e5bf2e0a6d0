//! The rows of an export while it is not whole: on the disk, with how far each part of the walk is, so that the next run
//! of the same export goes on from there. The output is filled from them at the end, and they are removed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::RoleFilter;
use super::part::{Ahead, Part, Source};
use crate::intercom::Expand;
use crate::ledger::PageStore;
use crate::ledger::Put;
use crate::ledger::StoredRow;
use crate::transfer::Exported;

/// Raised when what is noted changes its meaning.
const SCHEMA: u32 = 2;

/// The clock by which files are dated may be so much behind the one that is asked for the time.
const CLOCKS_APART: Duration = Duration::from_millis(20);

/// For so long after its last page an export may be gone on with. A scheduler that tries again after an outage, and a
/// person after lunch, find their pages; the export of the next night is made of that night's values only.
const FRESH_FOR: Duration = Duration::from_secs(60 * 60);

/// What an export is: one that goes on with its pages is the same in all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportIdentity {
    /// The version of this program, which writes rows in its own way.
    pub program: String,
    /// The workspace.
    pub workspace: String,
    /// Where the workspace is.
    pub server: String,
    /// The version of the API.
    pub api_version: String,
    /// The file, as an absolute path.
    pub output: PathBuf,
    /// Its format.
    pub format: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Which contacts are written.
    pub role: RoleFilter,
    /// Since when they must have been updated, as it was asked for.
    pub since: Option<String>,
    /// Which lists are written whole.
    pub expand: Expand,
}

/// What becomes of pages that somebody left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// This export goes on with them.
    GoneOnWith,
    /// Nobody will go on with them.
    Removed,
    /// They are another export's.
    LeftAlone,
}

/// The pages of one export, in a file that nobody else has while it is open.
#[derive(Debug)]
pub struct Spool {
    store: PageStore,
    job: Job,
    parts: Vec<Part>,
    exported: Exported,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Job {
    schema: u32,
    run_id: String,
    /// When that run began, by the server's clock; `None` before its first page.
    begun_at: Option<i64>,
    /// When a page was last kept, since 1970.
    kept_at: Duration,
    #[serde(flatten)]
    identity: ExportIdentity,
}

const JOB: &str = "job";
const EXPORTED: &str = "exported";

impl Spool {
    /// The name of the file in a run's folder.
    pub const FILE: &str = "pages.db";

    /// Begins an empty one.
    ///
    /// # Errors
    /// When the file cannot be written; [`io::ErrorKind::ResourceBusy`] if another run has it open.
    pub fn create(path: &Path, run_id: &str, identity: ExportIdentity) -> io::Result<Self> {
        let store = PageStore::create(path)?;
        let job =
            Job { schema: SCHEMA, run_id: run_id.into(), begun_at: None, kept_at: Duration::ZERO, identity };
        let mut spool = Self { store, job, parts: Vec::new(), exported: Exported::default() };
        spool.note(JOB, &spool.job.clone())?;
        spool.store.commit()?;
        Ok(spool)
    }

    /// Opens one that a run left. `None` if there is none, or a run has it open; one that does not say whose it is, is
    /// removed.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn open(path: &Path) -> io::Result<Option<Self>> {
        let store = match PageStore::open(path) {
            Ok(Some(store)) => store,
            Ok(None) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => return Ok(None),
            Err(error) => return Err(error),
        };
        match read(&store) {
            Some((job, parts, exported)) => Ok(Some(Self { store, job, parts, exported })),
            None => {
                store.remove();
                Ok(None)
            }
        }
    }

    /// Returns the id of the run that began it.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.job.run_id
    }

    /// Returns where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.store.path()
    }

    /// Returns how many contacts were kept when it was last opened.
    #[must_use]
    pub fn n_contacts(&self) -> u64 {
        self.exported.seen
    }

    /// Returns when the run that began it began, by the server's clock; `None` before its first page.
    #[must_use]
    pub fn first_begun_at(&self) -> Option<i64> {
        self.job.begun_at
    }

    /// Returns whether there is no page in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.job.kept_at.is_zero()
    }

    /// Decides what becomes of it when an export begins. `now` is since 1970.
    #[must_use]
    pub fn fate(&self, identity: &ExportIdentity, now: Duration) -> Fate {
        let is_same = self.job.schema == SCHEMA && self.job.identity == *identity;
        // A clock that was set back makes pages of the future, whose age nobody knows.
        let is_fresh = now.abs_diff(self.job.kept_at) <= FRESH_FOR;
        match (is_same, is_fresh) {
            (true, true) if self.is_poured() => Fate::Removed,
            (true, true) => Fate::GoneOnWith,
            (false, true) if self.job.identity.output != identity.output => Fate::LeftAlone,
            _ => Fate::Removed,
        }
    }

    /// Returns whether the run that died had given the file its name already: then nothing is left to go on with.
    fn is_poured(&self) -> bool {
        let output = fs::metadata(&self.job.identity.output).and_then(|metadata| metadata.modified());
        let since = output.ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        since.is_some_and(|output| output + CLOCKS_APART >= self.job.kept_at)
    }

    /// Returns how far it is; the parts are those of an earlier run, if there was one.
    pub(super) fn take_progress(&mut self) -> (Vec<Part>, Exported) {
        let mut parts = std::mem::take(&mut self.parts);
        for part in parts.iter_mut().filter(|part| matches!(part.source, Source::Updated { .. })) {
            // Whoever was updated is searched for anew, up to the end of this run.
            part.ahead = Some(Ahead::End);
        }
        let resumed = self.exported.seen;
        (parts, Exported { resumed, ..self.exported.clone() })
    }

    /// Returns when its first run began, by the server's clock: `now` if that is this one.
    pub(super) fn begun_at(&mut self, now: i64) -> io::Result<i64> {
        if self.job.begun_at.is_none() {
            self.job.begun_at = Some(now);
            self.note(JOB, &self.job.clone())?;
        }
        Ok(self.job.begun_at.unwrap_or(now))
    }

    pub(super) fn set_part(&mut self, number: usize, part: &Part) -> io::Result<()> {
        self.store.set_part(number, &serde_json::to_string(part)?)
    }

    pub(super) fn put(&mut self, row: &StoredRow<'_>, walk: i64) -> io::Result<Put> {
        self.store.put(row, walk)
    }

    pub(super) fn see(&mut self, created_at: i64, id: &str, walk: i64) -> io::Result<Option<Put>> {
        self.store.see(created_at, id, walk)
    }

    pub(super) fn holds(&self, created_at: i64, id: &str) -> io::Result<bool> {
        self.store.holds(created_at, id)
    }

    /// Keeps everything so far, whatever ends the process. `now` is since 1970.
    pub(super) fn commit(&mut self, exported: &Exported, now: Duration) -> io::Result<()> {
        self.job.kept_at = now;
        self.note(EXPORTED, exported)?;
        self.note(JOB, &self.job.clone())?;
        self.store.commit()
    }

    /// Writes the whole output: the header, and the rows of `seen` contacts in order of creation.
    ///
    /// # Errors
    /// When `out` cannot be written to, and [`io::ErrorKind::InvalidData`] if a contact is missing.
    pub fn pour(&self, header: &[u8], seen: u64, out: &mut dyn Write) -> io::Result<()> {
        let mut out = io::BufWriter::with_capacity(BUFFER, out);
        out.write_all(header)?;
        let poured = self.store.each(|row| out.write_all(row))?;
        if poured == seen {
            return out.flush();
        }
        let message = format!("`{}` holds {poured} of the {seen} contacts seen", self.path().display());
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }

    /// Removes it.
    pub fn remove(self) {
        self.store.remove();
    }

    fn note(&mut self, name: &str, value: &impl Serialize) -> io::Result<()> {
        self.store.set_note(name, &serde_json::to_string(value)?)
    }
}

/// How much is written at a time.
const BUFFER: usize = 256 * 1024;

fn read(store: &PageStore) -> Option<(Job, Vec<Part>, Exported)> {
    let note = |name| store.note(name).ok().flatten();
    let job = serde_json::from_str(&note(JOB)?).ok()?;
    let parts = store.parts().ok()?.iter().map(|part| serde_json::from_str(part)).collect::<Result<_, _>>();
    let exported = note(EXPORTED).map_or_else(|| Ok(Exported::default()), |text| serde_json::from_str(&text));
    Some((job, parts.ok()?, exported.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_795_000_000);

    fn identity(output: &str, column: &str) -> ExportIdentity {
        ExportIdentity {
            program: "0.1.0".into(),
            workspace: "w".into(),
            server: "s".into(),
            api_version: "2.16".into(),
            output: output.into(),
            format: "csv".into(),
            columns: vec![column.into()],
            role: RoleFilter::User,
            since: None,
            expand: Expand::default(),
        }
    }

    #[track_caller]
    fn check(output: &str, column: &str, minutes: i64, expected: Fate) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Spool::FILE);
        let mut spool = Spool::create(&path, "r", identity("/a.csv", "id")).unwrap();
        let kept_at = Duration::from_secs(NOW.as_secs().saturating_add_signed(-minutes * 60));
        spool.commit(&Exported::default(), kept_at).unwrap();
        drop(spool);
        let spool = Spool::open(&path).unwrap().unwrap();
        assert_eq!(expected, spool.fate(&identity(output, column), NOW));
    }

    #[test]
    fn pages_are_gone_on_with_by_the_same_export_within_the_hour() {
        check("/a.csv", "id", 0, Fate::GoneOnWith);
        check("/a.csv", "id", 59, Fate::GoneOnWith);
        check("/a.csv", "id", 61, Fate::Removed);
        check("/a.csv", "id", -61, Fate::Removed);
        check("/a.csv", "email", 0, Fate::Removed);
        check("/b.csv", "id", 0, Fate::LeftAlone);
        check("/b.csv", "id", 61, Fate::Removed);
    }
}
